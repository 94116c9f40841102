//! A report of runs: read, with the small pictures that it shows, and written as one page.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::scores;
use crate::disk::images::thumbnail::jpeg;
use crate::disk::images::thumbnail_store::ThumbnailStore;
use crate::disk::runs::folder::{Environment, is_written};
use crate::disk::runs::follow::listed;
use crate::disk::runs::report_file::{check_place, write_report};
use crate::disk::runs::saved::{read_environment, read_run};
use crate::error::{Error, Result};
use crate::jobs::progress::Reporter;
use crate::metrics::named;
use crate::now::now;
use crate::protocol::{Cancel, ListedRun, Phase, ReportWritten, WriteReport};
use crate::report::{
    AtStake, BEGINNING, Material, Measured, PictureKey, Pictures, ReportRun, page, steps, wanted,
};

/// Of a picture's longer side, in pixels: the gallery's, whose pictures are kept. On paper that is an inch.
const SIDE: u32 = 128;
const QUALITY: u8 = 82;

/// # Errors
/// None of the runs can be read; the page cannot be written there; stopped.
pub(super) fn write(
    request: &WriteReport,
    thumbnails: &ThumbnailStore,
    progress: &mut Reporter,
) -> Result<ReportWritten> {
    check_place(&request.to, BEGINNING, &[])?;
    let material = material(request, progress)?;
    class_is_there(&material)?;
    let folders = folders(&material);
    // Known once the runs are read, and before the pictures.
    check_place(&request.to, BEGINNING, &folders)?;
    progress.begin(Phase::Measure, steps(&material));
    let measured = Measured::of(&material, || {
        progress.advance(1);
        progress.cancel.check()
    })?;
    let pictures = pictures(&material, &measured, thumbnails, progress)?;
    progress.begin(Phase::Save, 0);
    progress.cancel.check()?;
    write_report(
        &request.to,
        BEGINNING,
        &folders,
        &page(&material, &measured, &pictures),
    )?;
    Ok(ReportWritten {
        path: request.to.clone(),
        n_runs: material.runs.len(),
        unreadable: material.unreadable,
    })
}

fn material(request: &WriteReport, progress: &mut Reporter) -> Result<Material> {
    progress.begin(Phase::Load, request.runs.len());
    let mut runs = Vec::new();
    let mut errors = Vec::new();
    let mut asked: Vec<&Path> = Vec::new();
    for dir in &request.runs {
        progress.cancel.check()?;
        if asked.contains(&dir.as_path()) {
            continue;
        }
        asked.push(dir);
        match run(dir) {
            Ok(run) => runs.push(run),
            Err(error) => errors.push(error),
        }
        progress.advance(1);
    }
    if runs.is_empty() {
        return Err(errors
            .into_iter()
            .next()
            .unwrap_or_else(|| Error::input("a report needs a run")));
    }
    Ok(Material {
        runs,
        unreadable: errors.iter().map(Error::to_string).collect(),
        goal: request.goal.clone(),
        stakes: AtStake {
            stakes: request.stakes.clone(),
            miss_cost: request.miss_cost,
        },
        made: now().strftime("%-d %B %Y, %H:%M").to_string(),
        program: concat!("counterweight ", env!("CARGO_PKG_VERSION")).into(),
        is_full: request.full,
    })
}

/// # Errors
/// A class is said to be common that no run has.
fn class_is_there(material: &Material) -> Result<()> {
    let Some((class, _)) = &material.stakes.stakes.common else {
        return Ok(());
    };
    match material.runs.iter().any(|run| run.classes().contains(class)) {
        true => Ok(()),
        false => Err(Error::Input(format!(
            "no class is named {class}; the classes are {}",
            named(material.runs[0].classes(), 10)
        ))),
    }
}

fn run(dir: &Path) -> Result<ReportRun> {
    // A path by which it is found from anywhere.
    let dir = std::path::absolute(dir).map_err(Error::io("find", dir))?;
    let scores = scores::read(&dir)
        .map(|saved| saved.parts)
        .map_err(|e| e.to_string());
    let environment = read_environment(&dir).map(facts).unwrap_or_default();
    let run = listed(read_run(&dir)?, is_written(&dir));
    let ListedRun {
        dir,
        name,
        config,
        record,
        decision,
        tag,
        written,
        data_fingerprint,
        ..
    } = run;
    Ok(ReportRun {
        dir,
        name,
        config,
        record,
        decision,
        tag,
        is_written: written,
        data_fingerprint,
        environment,
        scores,
    })
}

fn facts(environment: Environment) -> Vec<(&'static str, String)> {
    vec![
        ("Program", environment.program),
        ("Revision", environment.git_revision),
        ("libtorch", environment.libtorch),
        ("Device", environment.device),
        ("Arithmetic of the network", environment.precision),
        ("Threads", environment.threads.to_string()),
        ("Network's weights", environment.weights_file),
        ("Fingerprint of the images", environment.data_fingerprint),
    ]
}

/// Of the images of all runs.
fn folders(material: &Material) -> Vec<PathBuf> {
    material
        .runs
        .iter()
        .map(|run| run.config.source().folder)
        .collect()
}

/// # Errors
/// Stopped. Why one cannot be shown stands in its place.
fn pictures(
    material: &Material,
    measured: &Measured,
    thumbnails: &ThumbnailStore,
    progress: &mut Reporter,
) -> Result<Pictures> {
    let wanted = wanted(material, measured);
    progress.begin(Phase::Check, wanted.len());
    let mut pictures = BTreeMap::new();
    for key in wanted {
        let picture = picture(material, key, thumbnails, &progress.cancel).map_err(|e| e.to_string());
        progress.cancel.check()?;
        pictures.insert(key, picture);
        progress.advance(1);
    }
    Ok(pictures)
}

fn picture(
    material: &Material,
    key: PictureKey,
    thumbnails: &ThumbnailStore,
    cancel: &Cancel,
) -> Result<Vec<u8>> {
    let gone = || Error::input("the run does not have it");
    let run = material.runs.get(key.run).ok_or_else(gone)?;
    let mut parts = run.scores.iter().flatten();
    let (_, predictions) = parts.find(|(part, _)| *part == key.part).ok_or_else(gone)?;
    let image = predictions.images().get(key.place as usize).ok_or_else(gone)?;
    let path = run.config.source().folder.join(image);
    let small = thumbnails.thumbnail(&path, SIDE, cancel)?;
    jpeg(&small, QUALITY).ok_or_else(|| Error::file(path, "cannot be made small"))
}
