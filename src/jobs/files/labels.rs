//! Decisions about single images: read, made, taken back, written as a table, and made into a folder.

use crate::disk::dataset::labels::{copy_cleaned, edit, export_of, folder_labels};
use crate::disk::feature_store::FeatureStore;
use crate::error::Result;
use crate::jobs::progress::Reporter;
use crate::jobs::{Tell, answer};
use crate::protocol::{CleanedFolder, CopyCleaned, LabelsCommand, Phase};

/// Answers what is asked of decisions about images.
///
/// # Errors
/// Whatever the command meets; stopped.
pub fn run(command: &LabelsCommand, store: &FeatureStore, progress: &mut Reporter, tell: Tell) -> Result<()> {
    let cancel = progress.cancel.clone();
    match command {
        LabelsCommand::ReadLabels(request) => {
            let labels = folder_labels(&request.dataset, &request.runs_dir, store, &cancel);
            answer(request, labels.map(Box::new), tell)
        }
        LabelsCommand::EditLabels(request) => {
            let labels = edit(&request.dataset, &request.runs_dir, &request.edit, store, &cancel);
            answer(request, labels.map(Box::new), tell)
        }
        LabelsCommand::ExportLabels(request) => {
            let to = (request.to.as_path(), request.may_replace);
            let exported = export_of(&request.dataset, &request.runs_dir, to, store, &cancel);
            answer(request, exported, tell)
        }
        LabelsCommand::CopyCleaned(request) => answer(request, cleaned(request, store, progress), tell),
    }
}

fn cleaned(request: &CopyCleaned, store: &FeatureStore, progress: &mut Reporter) -> Result<CleanedFolder> {
    let CopyCleaned {
        dataset,
        runs_dir,
        to,
    } = request;
    let cancel = progress.cancel.clone();
    let labels = folder_labels(dataset, runs_dir, store, &cancel)?;
    let total = dataset.images.len();
    progress.begin(Phase::Save, total);
    let mut reach = |n_done: u64| progress.reach(n_done, total as u64);
    copy_cleaned(dataset, &labels.images, to, &cancel, &mut reach)
}
