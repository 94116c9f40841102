//! The decisions that a folder has, for what is done with it.

use std::path::Path;
use std::sync::Arc;

use crate::cli::output::progress::ProgressView;
use crate::cli::session::Session;
use crate::disk::dataset::labels::{may_have_moved, own_overlay};
use crate::error::Result;
use crate::experiment::{Dataset, LabelsOverlay, Source};
use crate::protocol::{ReadLabels, Scan};

/// What a training takes. The folder is read for that only where its decisions may be those of an earlier place.
///
/// # Errors
/// The decisions or the folder cannot be read; stopped.
pub fn own_labels(
    session: &Session,
    runs_dir: &Path,
    source: &Source,
    view: &ProgressView,
) -> Result<Option<LabelsOverlay>> {
    if !may_have_moved(runs_dir, source.place()) {
        return own_overlay(runs_dir, source.place());
    }
    let source = source.clone();
    let dataset = session.ask(Scan { source }, |event| view.show_of(event));
    view.clear();
    let request = ReadLabels {
        dataset: Arc::<Dataset>::from(dataset?),
        runs_dir: runs_dir.to_path_buf(),
    };
    let labels = session.ask(request, |_| {})?;
    labels.notices.iter().for_each(|notice| view.warn(notice));
    Ok(labels.overlay)
}
