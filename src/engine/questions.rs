//! What the window asks before anything is trained: the devices, the weights, the split.

use std::path::Path;

use crate::disk::dataset::check_images::check_images;
use crate::disk::dataset::company::{holds_runs, is_run};
use crate::disk::dataset::scan::scan;
use crate::disk::divide;
use crate::disk::runs::saved::{read_config, read_run};
use crate::disk::weights::{Places, StateDict, kept_weights, read_state_dict};
use crate::engine::backbone::Parameters;
use crate::engine::device;
use crate::engine::report::Report;
use crate::error::{Error, Result};
use crate::experiment::{BACKBONES, Backbone, Checked, Config, Dataset, Part, WeightsSource, backbone};
use crate::metrics::thousands;
use crate::protocol::{
    Cancel, CountSplit, DatasetEvent, DescribeWeights, Devices, FoundSettings, Phase, SplitCounts,
    WeightsFacts,
};

pub fn devices() -> Devices {
    let no_cuda = device::load_cuda().map(str::to_owned);
    Devices {
        n_cuda: device::all().len() - 1,
        no_cuda,
    }
}

/// # Errors
/// There is no such architecture; stopped. What is wrong with the weights is among the facts.
pub fn describe(request: &DescribeWeights, cancel: &Cancel) -> Result<WeightsFacts> {
    let DescribeWeights { arch, weights } = request;
    let backbone = backbone(arch).ok_or_else(|| Error::input(format!("unknown architecture {arch}")))?;
    let mut fits = None;
    let facts = match weights {
        WeightsSource::Random => Ok("drawn from the seed; nothing is known before training".into()),
        WeightsSource::Imagenet => published(backbone),
        WeightsSource::File(path) => read_state_dict(path).and_then(|state| {
            let is_of = |other: &&Backbone| Parameters::check(other, path, &state).is_ok();
            fits = BACKBONES.iter().find(is_of).map(|other| other.name.to_owned());
            of_file(backbone, path, &state)
        }),
    };
    cancel.check()?;
    Ok(WeightsFacts {
        arch: arch.clone(),
        weights: weights.clone(),
        facts: facts.map_err(|e| e.to_string()),
        fits,
    })
}

/// A config by itself, or a run's, whose classes are beside it.
///
/// # Errors
/// The file cannot be read, or holds no config.
pub fn settings(path: &Path) -> Result<Box<FoundSettings>> {
    let config = read_config(path)?;
    let of_run = path.parent().and_then(|dir| read_run(dir).ok());
    let started = of_run.and_then(|run| run.record.started);
    Ok(Box::new(FoundSettings {
        path: path.to_path_buf(),
        config,
        classes: started.map_or_else(Vec::new, |started| started.classes),
    }))
}

/// Scans an image folder. One that holds runs instead is reported as such, and refused.
///
/// # Errors
/// The folder cannot be read, or holds runs; stopped.
pub fn scan_folder(dir: &Path, report: &mut Report) -> Result<Box<Dataset>> {
    if is_run(dir) {
        return Err(holds_no_images(dir, report));
    }
    report.begin(Phase::Scan, 0);
    let cancel = report.cancel.clone();
    let dataset = scan(dir, &cancel, &mut |n| report.reach(n, 0))?;
    // Somebody may have trained from inside the image folder.
    if dataset.images.is_empty() && holds_runs(dir) {
        return Err(holds_no_images(dir, report));
    }
    Ok(Box::new(dataset))
}

/// Tells which runs were found instead.
fn holds_no_images(dir: &Path, report: &mut Report) -> Error {
    // As the runs that are watched are called.
    let dir = match dir.canonicalize() {
        Ok(dir) => dir,
        Err(e) => return Error::io("find", dir)(e),
    };
    let run = is_run(&dir).then(|| dir.clone());
    let runs_dir = run.as_ref().and_then(|run| run.parent()).unwrap_or(&dir);
    let runs_dir = runs_dir.to_path_buf();
    report.send(DatasetEvent::RunsFound { runs_dir, run });
    Error::file(dir, "holds runs of this program, not images by class")
}

fn published(backbone: &Backbone) -> Result<String> {
    let mut troubles = Vec::new();
    let Some(path) = kept_weights(backbone, &Places::from_env(), &mut troubles) else {
        troubles.push("downloaded once, at the first training".into());
        return Ok(troubles.join("; "));
    };
    Ok(format!(
        "on this machine, {}: {}",
        megabytes(&path)?,
        path.display()
    ))
}

fn of_file(backbone: &Backbone, path: &Path, state: &StateDict) -> Result<String> {
    Parameters::check(backbone, path, state)?;
    let n_numbers: usize = state
        .tensors
        .iter()
        .map(|t| t.shape.iter().product::<usize>())
        .sum();
    let mut facts = vec![
        format!("fits {}", backbone.title),
        megabytes(path)?,
        format!("{} numbers", thousands(n_numbers as u64)),
    ];
    if let Some(n_classes) = n_classes(state, backbone) {
        facts.push(format!(
            "its head of {} classes is replaced",
            thousands(n_classes as u64)
        ));
    }
    Ok(facts.join(", "))
}

/// Of the classifier that the new head replaces, where the file holds one.
fn n_classes(state: &StateDict, backbone: &Backbone) -> Option<usize> {
    let names = [format!("{}.weight", backbone.head), "classifier.1.weight".into()];
    let head = names.iter().find_map(|name| state.get(name))?;
    head.shape.first().copied()
}

fn megabytes(path: &Path) -> Result<String> {
    let n_bytes = std::fs::metadata(path).map_err(Error::io("read", path))?.len();
    Ok(format!("{:.1} MB", n_bytes as f64 / 1e6))
}

/// Decodes every image. Stopped, it answers with what it has seen by then.
///
/// # Errors
/// The system gives no thread.
pub fn check(dataset: &Dataset, report: &mut Report) -> Result<Box<Checked>> {
    let n_images = dataset.images.len();
    report.begin(Phase::Check, n_images);
    report.plan_work(n_images);
    let cancel = report.cancel.clone();
    let mut n_before = 0;
    let checked = check_images(dataset, &cancel, &mut |n_done| {
        report.work_done((n_done - n_before) as usize);
        n_before = n_done;
        report.reach(n_done, n_images as u64);
    })?;
    Ok(Box::new(checked))
}

/// # Errors
/// Stopped. Why there is no such split is in the answer.
pub fn split_counts(request: &CountSplit, cancel: &Cancel) -> Result<SplitCounts> {
    let CountSplit { dataset, config } = request;
    let counts = count(dataset, config);
    cancel.check()?;
    Ok(match counts {
        Ok((parts, n_groups)) => SplitCounts {
            parts: Ok(parts),
            n_groups,
        },
        Err(e) => SplitCounts {
            parts: Err(beside_its_folder(&e.to_string(), &dataset.root)),
            n_groups: None,
        },
    })
}

/// The message for where the folder is named already.
fn beside_its_folder(message: &str, folder: &Path) -> String {
    let folder = folder.display().to_string();
    let own = message.strip_prefix(&format!("{folder}: "));
    own.map_or_else(|| message.replace(&format!("{folder}/"), ""), str::to_owned)
}

type Counted = ([Vec<usize>; 3], Option<[usize; 3]>);

fn count(dataset: &Dataset, config: &Config) -> Result<Counted> {
    let (split, groups) = divide(config, dataset)?;
    let parts = Part::ALL.map(|part| dataset.counts_of(split.indices(part).iter().copied()));
    let n_groups = groups.map(|groups| {
        Part::ALL.map(|part| {
            let mut names: Vec<&str> = split.indices(part).iter().map(|&i| groups[i].as_str()).collect();
            names.sort_unstable();
            names.dedup();
            names.len()
        })
    });
    Ok((parts, n_groups))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ImageEntry;

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
            let mut send = |_| {};
            let checked = check(&dataset, &mut Report::new(cancel, &mut send)).unwrap();
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
