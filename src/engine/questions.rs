//! What the window asks before anything is trained: the devices, the weights, the split.

use std::path::Path;
use std::sync::Arc;

use crate::disk::dataset::check_images::check_images;
use crate::disk::dataset::company::{holds_runs, is_run};
use crate::disk::dataset::scan::scan;
use crate::disk::divide;
use crate::disk::runs::saved::{read_config, read_run};
use crate::disk::weights::{Places, StateDict, kept_weights, read_state_dict};
use crate::engine::backbone::Parameters;
use crate::engine::device;
use crate::error::{Error, Result};
use crate::experiment::{BACKBONES, Backbone, Config, Dataset, Part, WeightsSource, backbone};
use crate::jobs::Tell;
use crate::jobs::progress::Reporter;
use crate::metrics::thousands;
use crate::protocol::{Cancel, Devices, Event, FoundSettings, Phase, SplitCounts, WeightsFacts};

pub fn devices(tell: Tell) -> Result<()> {
    let no_cuda = device::load_cuda().map(str::to_owned);
    tell(Event::DevicesListed(Devices {
        n_cuda: device::all().len() - 1,
        no_cuda,
    }));
    Ok(())
}

pub fn weights(arch: &str, weights: &WeightsSource, cancel: &Cancel, tell: Tell) -> Result<()> {
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
    tell(Event::WeightsDescribed(WeightsFacts {
        arch: arch.into(),
        weights: weights.clone(),
        facts: facts.map_err(|e| e.to_string()),
        fits,
    }));
    Ok(())
}

/// A config by itself, or a run's, whose classes are beside it.
pub fn settings(path: &Path, tell: Tell) -> Result<()> {
    let config = read_config(path)?;
    let of_run = path.parent().and_then(|dir| read_run(dir).ok());
    let started = of_run.and_then(|run| run.record.started);
    tell(Event::SettingsRead(Box::new(FoundSettings {
        path: path.to_path_buf(),
        config,
        classes: started.map_or_else(Vec::new, |started| started.classes),
    })));
    Ok(())
}

/// Scans an image folder. One that holds runs instead is reported as such, and refused.
pub fn scan_folder(dir: &Path, progress: &mut Reporter, tell: Tell) -> Result<()> {
    progress.begin(Phase::Scan, 0);
    let cancel = progress.cancel.clone();
    let dataset = match is_run(dir) {
        true => None,
        false => Some(scan(dir, &cancel, &mut |n| progress.reach(n, 0))?),
    };
    // Somebody may have trained from inside the image folder.
    let is_empty = dataset.as_ref().is_none_or(|found| found.images.is_empty());
    if is_empty && holds_runs(dir) {
        // As the runs that are watched are called.
        let dir = dir.canonicalize().map_err(Error::io("find", dir))?;
        let run = is_run(&dir).then(|| dir.clone());
        let runs_dir = run
            .as_ref()
            .and_then(|run| run.parent())
            .unwrap_or(&dir)
            .to_path_buf();
        tell(Event::RunsFound { runs_dir, run });
        return Err(Error::file(
            dir,
            "holds runs of this program, not images by class",
        ));
    }
    if let Some(dataset) = dataset {
        tell(Event::Scanned(Box::new(dataset)));
    }
    Ok(())
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

/// Decodes every image. Stopped, it reports what it has seen by then.
pub fn check(dataset: &Dataset, progress: &mut Reporter, tell: Tell) -> Result<()> {
    let n_images = dataset.images.len();
    progress.begin(Phase::Check, n_images);
    progress.plan_work(n_images);
    let cancel = progress.cancel.clone();
    let mut n_before = 0;
    let checked = check_images(dataset, &cancel, &mut |n_done| {
        progress.work_done((n_done - n_before) as usize);
        n_before = n_done;
        progress.reach(n_done, n_images as u64);
    })?;
    tell(Event::Checked(Box::new(checked)));
    progress.cancel.check()
}

pub fn split_counts(dataset: &Arc<Dataset>, config: &Config, cancel: &Cancel, tell: Tell) -> Result<()> {
    let counts = count(dataset, config);
    cancel.check()?;
    tell(Event::SplitCounted(match counts {
        Ok((parts, n_groups)) => SplitCounts {
            parts: Ok(parts),
            n_groups,
        },
        Err(e) => SplitCounts {
            parts: Err(beside_its_folder(&e.to_string(), &dataset.root)),
            n_groups: None,
        },
    }));
    Ok(())
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
    use std::cell::RefCell;

    use super::*;
    use crate::experiment::ImageEntry;

    #[test]
    fn a_check_that_is_stopped_tells_what_it_has_seen_first() {
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
            let events = RefCell::new(Vec::new());
            let tell = |event| events.borrow_mut().push(event);
            let result = check(&dataset, &mut Reporter::quiet(&cancel), &tell);
            assert_eq!(matches!(result, Err(Error::Stopped)), is_stopped);
            let told = events.borrow().iter().find_map(|event| match event {
                Event::Checked(checked) => Some((checked.is_whole, checked.n_failed[0])),
                _ => None,
            });
            let expected = if is_stopped { (false, 0) } else { (true, 1) };
            assert_eq!(told, Some(expected));
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
