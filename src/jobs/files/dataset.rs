//! Image folders: looked through, checked, divided, and the demo's drawn.

use std::borrow::Cow;
use std::path::Path;

use crate::disk::dataset::check_images::check_images;
use crate::disk::dataset::company::{holds_runs, is_run};
use crate::disk::dataset::demo;
use crate::disk::dataset::label_table::is_groups_table;
use crate::disk::dataset::labels::{divide_as_decided, is_decisions_table};
use crate::disk::dataset::scan::scan as scan_source;
use crate::disk::images::thumbnail_store::ThumbnailStore;
use crate::disk::{FeatureStore, divide};
use crate::error::{Error, Result};
use crate::experiment::{Checked, Config, Dataset, Part, Source};
use crate::jobs::gate::Gate;
use crate::jobs::progress::Reporter;
use crate::jobs::{Tell, answer};
use crate::protocol::advice::{NO_CLASS_FOLDERS, NO_LABEL_COLUMN};
use crate::protocol::{Cancel, CountSplit, DatasetCommand, DatasetEvent, Phase, SplitCounts};

use super::pictures::{describe, thumbnails};

/// Answers what is asked of an image folder. `pictures` are those to show that may be decoded at a time, and where small ones are
/// kept.
///
/// # Errors
/// Whatever the command meets; stopped.
pub fn run(
    command: &DatasetCommand,
    pictures: (&Gate, &ThumbnailStore),
    store: &FeatureStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<()> {
    let cancel = progress.cancel.clone();
    match command {
        DatasetCommand::Scan(request) => answer(request, scan(&request.source, progress, tell), tell),
        DatasetCommand::CheckImages(request) => answer(request, check(&request.dataset, progress), tell),
        DatasetCommand::CountSplit(request) => answer(request, count_split(request, store, &cancel), tell),
        DatasetCommand::DrawDemo(request) => {
            progress.begin(Phase::Draw, 0);
            demo::draw(&request.dir, &cancel, &mut |done, total| {
                progress.reach(done, total)
            })
        }
        DatasetCommand::Thumbnails(request) => thumbnails(request, pictures, &cancel, tell),
        DatasetCommand::DescribeImage(request) => answer(request, describe(&request.path), tell),
    }
}

/// Scans an image folder or a table of images. A folder that holds runs instead, and a table of groups or of decisions, are reported as such,
/// and refused.
///
/// # Errors
/// It cannot be read, or is something else; stopped.
fn scan(source: &Source, progress: &mut Reporter, tell: Tell) -> Result<Box<Dataset>> {
    let dir = source.folder.as_path();
    if source.table.is_none() && is_run(dir) {
        return Err(holds_no_images(dir, tell));
    }
    progress.begin(Phase::Scan, 0);
    let cancel = progress.cancel.clone();
    let dataset = scan_source(source, &cancel, &mut |n| progress.reach(n, 0)).inspect_err(|e| {
        let message = e.to_string();
        if message.contains(NO_CLASS_FOLDERS) {
            tell(DatasetEvent::ImagesFound(dir.to_path_buf()).into());
        }
        let table = source
            .table
            .as_ref()
            .filter(|_| message.contains(NO_LABEL_COLUMN));
        match table.map(|table| (table, is_groups_table(table), is_decisions_table(table))) {
            Some((table, true, _)) => tell(DatasetEvent::GroupsFound(table.clone()).into()),
            Some((table, _, true)) => tell(DatasetEvent::DecisionsFound(table.clone()).into()),
            _ => {}
        }
    })?;
    // Somebody may have trained from inside the image folder.
    if source.table.is_none() && dataset.images.is_empty() && holds_runs(dir) {
        return Err(holds_no_images(dir, tell));
    }
    Ok(Box::new(dataset))
}

/// Reports which runs were found instead.
fn holds_no_images(dir: &Path, tell: Tell) -> Error {
    // In the form that watched runs are named in.
    let dir = match dir.canonicalize() {
        Ok(dir) => dir,
        Err(e) => return Error::io("find", dir)(e),
    };
    let run = is_run(&dir).then(|| dir.clone());
    let runs_dir = run.as_ref().and_then(|run| run.parent()).unwrap_or(&dir);
    let runs_dir = runs_dir.to_path_buf();
    tell(DatasetEvent::RunsFound { runs_dir, run }.into());
    Error::file(dir, "holds runs of this program, not images by class")
}

/// Decodes every image. Stopped, it answers with what it has seen by then.
///
/// # Errors
/// The system gives no thread.
fn check(dataset: &Dataset, progress: &mut Reporter) -> Result<Box<Checked>> {
    let n_images = dataset.images.len();
    progress.begin(Phase::Check, n_images);
    progress.plan_whole_job(n_images);
    let cancel = progress.cancel.clone();
    let mut n_before = 0;
    let checked = check_images(dataset, &cancel, &mut |n_done| {
        progress.work_done((n_done - n_before) as usize);
        n_before = n_done;
        progress.reach(n_done, n_images as u64);
    })?;
    Ok(Box::new(checked))
}

/// # Errors
/// Stopped. Why there is no such split is in the answer.
fn count_split(request: &CountSplit, store: &FeatureStore, cancel: &Cancel) -> Result<SplitCounts> {
    let CountSplit { dataset, config } = request;
    let counts = count(dataset, config, store, cancel);
    cancel.check()?;
    Ok(match counts {
        Ok(counts) => counts,
        Err(e) => SplitCounts {
            parts: Err(beside_its_folder(&e.to_string(), &dataset.root)),
            n_groups: None,
            notes: Vec::new(),
        },
    })
}

/// The message for where the folder is named already.
fn beside_its_folder(message: &str, folder: &Path) -> String {
    let folder = folder.display().to_string();
    let own = message.strip_prefix(&format!("{folder}: "));
    own.map_or_else(|| message.replace(&format!("{folder}/"), ""), str::to_owned)
}

fn count(dataset: &Dataset, config: &Config, store: &FeatureStore, cancel: &Cancel) -> Result<SplitCounts> {
    // Relabelled here, and only where something was decided.
    let mut dataset = Cow::Borrowed(dataset);
    let (split, groups, notes) = match config.labels_overlay {
        None => {
            let (split, groups) = divide(config, &dataset)?;
            (split, groups, Vec::new())
        }
        Some(_) => {
            let divided = divide_as_decided(config, dataset.to_mut(), store, cancel)?;
            (divided.split, divided.groups, divided.warnings)
        }
    };
    let parts = Part::ALL.map(|part| dataset.counts_of(split.indices(part).iter().copied()));
    let n_groups = groups.map(|groups| {
        Part::ALL.map(|part| {
            let mut names: Vec<&str> = split.indices(part).iter().map(|&i| groups[i].as_str()).collect();
            names.sort_unstable();
            names.dedup();
            names.len()
        })
    });
    Ok(SplitCounts {
        parts: Ok(parts),
        n_groups,
        notes,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::experiment::{Groups, ImageEntry, SplitMethod};

    #[test]
    fn a_split_is_counted_with_its_groups() {
        let images = (0..40).map(|i| ImageEntry {
            path: format!("{}/{:02}-{i}.png", i % 2, i / 4),
            class_idx: i % 2,
            folder: None,
        });
        let mut images: Vec<ImageEntry> = images.collect();
        images.sort_by_key(|image| image.class_idx);
        let request = CountSplit {
            dataset: Arc::new(Dataset {
                classes: vec!["a".into(), "b".into()],
                images,
                ..Dataset::default()
            }),
            config: Box::new(Config {
                split: SplitMethod::Groups,
                groups: Some(Groups::Pattern("^[0-9]+".into())),
                ..Config::default()
            }),
        };
        let counts = count_split(&request, &FeatureStore::in_memory(), &Cancel::new()).unwrap();
        assert_eq!(counts.n_groups, Some([7, 3, 0]));
        assert_eq!(counts.parts, Ok([vec![14, 14], vec![6, 6], vec![0, 0]]));
    }

    #[test]
    fn a_check_that_is_stopped_answers_with_what_it_has_seen() {
        let image = ImageEntry {
            path: "a/1.png".into(),
            class_idx: 0,
            folder: None,
        };
        let dataset = Dataset {
            root: "nowhere".into(),
            classes: vec!["a".into()],
            images: vec![image],
            ..Dataset::default()
        };
        for is_stopped in [false, true] {
            let cancel = Cancel::new();
            if is_stopped {
                cancel.cancel();
            }
            let checked = check(&dataset, &mut Reporter::quiet(&cancel)).unwrap();
            let expected = if is_stopped { (false, 0) } else { (true, 1) };
            assert_eq!((checked.is_whole, checked.n_failed[0]), expected);
        }
    }

    #[test]
    fn a_message_beside_its_folder_does_not_name_it_again() {
        let shortened = |message| beside_its_folder(message, Path::new("/pictures/faces"));
        assert_eq!(
            shortened("/pictures/faces: class REAL has 1 image"),
            "class REAL has 1 image"
        );
        assert_eq!(
            shortened("/pictures/faces/who.csv: no column"),
            "who.csv: no column"
        );
        assert_eq!(
            shortened("train share must be below 1"),
            "train share must be below 1"
        );
    }
}
