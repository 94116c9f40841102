//! Run folders: read, named, deleted, brought back; and files of the user's, read and written.

use std::path::{Path, PathBuf};

use crate::disk::files::user_file;
use crate::disk::images::thumbnail_store::ThumbnailStore;
use crate::disk::runs::folder::is_written;
use crate::disk::runs::follow::listed;
use crate::disk::runs::place::keep_runs_in;
use crate::disk::runs::prediction_table;
use crate::disk::runs::saved::{SavedRun, list_runs, read_config, read_run};
use crate::disk::runs::scores::write_decision;
use crate::disk::runs::tag::write_tag;
use crate::disk::runs::trash::{in_trash, move_to_trash, restore as bring_back};
use crate::error::{Error, Result};
use crate::experiment::Sureness;
use crate::jobs::own_runs::OwnRuns;
use crate::jobs::progress::Reporter;
use crate::jobs::{Tell, answer};
use crate::protocol::{
    Cancel, FileContent, FoundSettings, Handled, ListedRun, RunsCommand, RunsList, TagRun,
};

use super::export::export_run;
use super::report;
use super::scores;
use super::watch::watch;

/// Answers what is asked of run folders.
///
/// # Errors
/// Whatever the command meets; stopped.
pub fn run(
    command: &RunsCommand,
    own_runs: &OwnRuns,
    thumbnails: &ThumbnailStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<()> {
    let cancel = &progress.cancel.clone();
    match command {
        RunsCommand::WatchRuns(request) => watch(&request.runs_dir, own_runs, cancel, tell),
        RunsCommand::ListRuns(request) => answer(request, list(&request.runs_dir), tell),
        RunsCommand::TagRun(request) => answer(request, tag(request), tell),
        RunsCommand::TrashRuns(request) => answer(request, each(&request.dirs, cancel, to_trash), tell),
        RunsCommand::RestoreRuns(request) => answer(request, each(&request.dirs, cancel, restore), tell),
        RunsCommand::ListTrash(request) => answer(request, in_trash(&request.runs_dirs), tell),
        RunsCommand::ExportRuns(request) => {
            let exported = |dir: &Path| export_run(&read_run(dir)?, &request.to);
            answer(request, each(&request.dirs, cancel, exported), tell)
        }
        RunsCommand::WriteReport(request) => answer(
            request.as_ref(),
            report::write(request, thumbnails, progress),
            tell,
        ),
        RunsCommand::ReadScores(request) => answer(request, scores::scores(&request.run_dir), tell),
        RunsCommand::RateRuns(request) => answer(request, scores::rate(request, cancel), tell),
        RunsCommand::Measure(request) => {
            let measured = || Sureness::by_rule(&request.asked, request.by_another_rule.as_ref());
            answer(
                request.as_ref(),
                cancel.check().map(|()| Box::new(measured())),
                tell,
            )
        }
        RunsCommand::CompareRuns(request) => answer(request, scores::compare(request, cancel), tell),
        RunsCommand::SearchRuns(request) => answer(request, scores::search(request, cancel), tell),
        RunsCommand::ReadImage(request) => answer(request, scores::image(request, cancel), tell),
        RunsCommand::Decide(request) => write_decision(&request.run_dir, request.decision.as_ref()),
        RunsCommand::ReadSettings(request) => answer(request, settings(&request.path), tell),
        RunsCommand::KeepRunsIn(request) => answer(request, keep_in(&request.dir), tell),
        RunsCommand::WriteFile(request) => write(&request.path, &request.content),
    }
}

/// Wherever the program is started, it is the same folder.
fn keep_in(dir: &Path) -> Result<PathBuf> {
    let dir = std::path::absolute(dir).map_err(Error::io("find", dir))?;
    keep_runs_in(&dir)?;
    Ok(dir)
}

fn write(path: &Path, content: &FileContent) -> Result<()> {
    match content {
        FileContent::Text(text) => user_file::write_text(path, text),
        FileContent::Picture(picture) => user_file::write_picture(path, picture),
        FileContent::Predictions(table) => prediction_table::write(path, table),
    }
}

/// As `runs` prints them.
fn list(runs_dir: &Path) -> Result<RunsList> {
    let (runs, doubts) = list_runs(runs_dir)?;
    let entry = |run: SavedRun| {
        let written = is_written(&run.dir);
        // They stand beside the list.
        let doubts = Vec::new();
        listed(SavedRun { doubts, ..run }, written)
    };
    Ok(RunsList {
        runs: runs.into_iter().map(entry).collect(),
        doubts: doubts.iter().map(Error::to_string).collect(),
    })
}

fn tag(request: &TagRun) -> Result<TagRun> {
    write_tag(&request.dir, &request.tag)?;
    Ok(request.clone())
}

/// Does it with each run. What was done until a stop is told.
///
/// # Errors
/// It could be done with none of them.
fn each<T>(dirs: &[PathBuf], cancel: &Cancel, mut act: impl FnMut(&Path) -> Result<T>) -> Result<Handled<T>> {
    let (mut done, mut errors) = (Vec::new(), Vec::new());
    for dir in dirs {
        match cancel.check().and_then(|()| act(dir)) {
            Ok(result) => done.push(result),
            Err(Error::Stopped) => break,
            Err(error) => errors.push(error),
        }
    }
    let failures = errors.iter().map(Error::to_string).collect();
    match errors.into_iter().next() {
        Some(first) if done.is_empty() => Err(first),
        _ => Ok(Handled { done, failures }),
    }
}

fn to_trash(dir: &Path) -> Result<PathBuf> {
    move_to_trash(dir)?;
    Ok(dir.to_path_buf())
}

fn restore(dir: &Path) -> Result<ListedRun> {
    bring_back(dir)?;
    Ok(listed(read_run(dir)?, false))
}

/// A config by itself, or a run's, whose classes are beside it.
fn settings(path: &Path) -> Result<Box<FoundSettings>> {
    let config = read_config(path)?;
    let of_run = path.parent().and_then(|dir| read_run(dir).ok());
    let started = of_run.and_then(|run| run.record.started);
    Ok(Box::new(FoundSettings {
        path: path.to_path_buf(),
        config,
        classes: started.map_or_else(Vec::new, |started| started.classes),
    }))
}
