//! The weight lab: one weighting at the speed of a slider. What does not change between two requests (folder, split,
//! network, features) is prepared once and kept, so that a request costs its training and evaluation alone.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use super::evaluate::Judgement;
use super::head::{Head, Heads};
use super::prepare::{Setup, candidates, checked, prepare};
use super::report::Report;
use super::train::{Judged, train_heads};
use crate::disk::feature_store::FeatureStore;
use crate::error::{Error, Result};
use crate::experiment::{Config, Part};
use crate::protocol::{Event, Trial};

/// Up to so many missing images are computed on the way: those that no backbone has seen because they cannot be
/// decoded are missing every time.
const FEW: usize = 64;

/// What requests about the same images and backbone share.
#[derive(Debug)]
pub struct Session {
    setup: Setup,
    /// But for what a head has for itself.
    config: Config,
    /// Folders with images, and when they last changed.
    folders: Vec<(PathBuf, Option<SystemTime>)>,
    paths: Arc<[String]>,
    labels: Arc<[usize]>,
}

/// Trains and judges one head on features that are there.
///
/// # Errors
/// The request is wrong, or features of more than a few images are missing; stopped; whatever a training meets.
pub fn try_weights(
    session: &mut Option<Session>,
    config: &Config,
    store: &FeatureStore,
    report: &mut Report,
) -> Result<()> {
    let config = checked(config)?;
    if config.uses_batch_statistics() {
        return Err(Error::input(
            "features depend on their batch with batch statistics, so there is nothing to try weights on",
        ));
    }
    let mut kept = session.take().filter(|session| session.serves(&config));
    if kept.is_none() {
        kept = Some(Session::open(&config, store, report)?);
    }
    let Some(mut open) = kept else { return Ok(()) };
    let trial = open.trial(&config, report);
    // A stop leaves the session as good as it was.
    if matches!(trial, Ok(_) | Err(Error::Stopped)) {
        *session = Some(open);
    }
    report.send(Event::Tried(Box::new(trial?)));
    Ok(())
}

impl Session {
    fn open(config: &Config, store: &FeatureStore, report: &mut Report) -> Result<Self> {
        let cancel = report.cancel.clone();
        let mut progress_only = |event| {
            if let Event::Progress(_) = event {
                report.send(event);
            }
        };
        let mut quiet = Report::new(cancel, &mut progress_only);
        let mut setup = prepare(std::slice::from_ref(config), store, &mut quiet)?;
        let everything = setup.split.all();
        let n_missing = setup.features.look_up(&everything, &mut quiet)?.len();
        if n_missing > FEW {
            return Err(Error::input(format!(
                "the features of {n_missing} of {} images are not there yet; compute them first",
                everything.len()
            )));
        }
        setup.features.complete(&setup.network, &everything, &mut quiet)?;
        setup.warnings.clear();
        let folders = folders(&setup);
        let val = setup.features.readable(&setup.split.val);
        let image = |&i: &usize| &setup.dataset.images[i];
        Ok(Session {
            paths: val.iter().map(|i| image(i).path.clone()).collect(),
            labels: val.iter().map(|i| image(i).class_idx).collect(),
            folders,
            config: config.without_head(),
            setup,
        })
    }

    /// Whether it was opened for such a config, and no image was added or removed since.
    fn serves(&self, config: &Config) -> bool {
        let is_as_it_was = |(dir, time): &(PathBuf, Option<SystemTime>)| modified(dir) == *time;
        self.config == config.without_head() && self.folders.iter().all(is_as_it_was)
    }

    fn trial(&mut self, config: &Config, report: &mut Report) -> Result<Trial> {
        let setup = &mut self.setup;
        setup.candidates = candidates(std::slice::from_ref(config), &setup.dataset, &setup.split)?;
        let head = Head::new(
            setup.backbone.n_features,
            setup.dataset.n_classes(),
            config.seed,
            setup.network.device,
        )?;
        setup.heads = Heads::starting_at(&head, 1)?;
        let mut nobody = |_| {};
        let mut quiet = Report::new(report.cancel.clone(), &mut nobody);
        let mut judged = Judged::default();
        train_heads(setup, &mut judged, false, &mut quiet)?;
        let seconds = quiet.elapsed_secs();
        let record = std::mem::take(&mut quiet.runs[0].record);
        let evaluation = record.latest(Part::Val).cloned();
        Ok(Trial {
            config: config.clone(),
            classes: setup.dataset.classes.clone(),
            class_weights: setup.candidates[0].class_weights.clone(),
            evaluation: evaluation.ok_or_else(|| Error::Job("the head was not judged".into()))?,
            losses: record.losses,
            epoch_starts: record.epoch_starts,
            paths: Arc::clone(&self.paths),
            labels: Arc::clone(&self.labels),
            probabilities: judged.val.first().map_or_else(Vec::new, Judgement::probabilities),
            seconds,
        })
    }
}

/// The dataset's folder and every folder in it that has images.
fn folders(setup: &Setup) -> Vec<(PathBuf, Option<SystemTime>)> {
    let root = &setup.dataset.root;
    let with_images = setup.dataset.images.iter();
    let mut dirs: Vec<PathBuf> = with_images
        .filter_map(|image| Some(root.join(&image.path).parent()?.to_path_buf()))
        .collect();
    dirs.push(root.clone());
    dirs.sort();
    dirs.dedup();
    dirs.into_iter()
        .map(|dir| {
            let time = modified(&dir);
            (dir, time)
        })
        .collect()
}

fn modified(dir: &std::path::Path) -> Option<SystemTime> {
    std::fs::metadata(dir).and_then(|m| m.modified()).ok()
}
