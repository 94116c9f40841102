//! The engine's threads. Trainings queue up and run one after the other; everything else runs at once beside them,
//! so that a prediction never waits for a training. Each job has a fresh thread: a panic ends the job, not the engine.

use std::path::{Path, PathBuf};
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{Receiver, unbounded};

use super::report::Report;
use super::{device, guarded, judge_folder, predict, questions, runs_folder, selfcheck, train};
use crate::disk::follow::listed;
use crate::disk::run_folder;
use crate::disk::thumbnail::thumbnail;
use crate::disk::{demo, scan};
use crate::error::{Error, Result};
use crate::protocol::{Cancel, Command, EngineEnd, Event, Job, Link, Phase, Thumbnail, Wake, link};

/// Starts the engine. It ends when the link is dropped and its jobs have ended; then the handle can be joined.
///
/// # Errors
/// Where the system gives no thread.
pub fn start(wake: Wake) -> Result<(Link, JoinHandle<()>)> {
    let (link, end) = link(wake);
    let engine = spawn("cw-engine", move || dispatch(&end))?;
    Ok((link, engine))
}

fn dispatch(end: &EngineEnd) {
    device::load_cuda();
    let (trainings, queue) = unbounded();
    let trainer = {
        let end = end.clone();
        spawn("cw-trainer", move || train_in_turn(&queue, &end))
    };
    let mut beside: Vec<JoinHandle<()>> = Vec::new();
    // These never end by themselves.
    let mut watches = Vec::new();
    for (job, command) in &end.commands {
        beside.retain(|thread| !thread.is_finished());
        if matches!(command, Command::WatchRuns { .. }) {
            watches.push(job.cancel.clone());
        }
        if matches!(command, Command::Train(_)) {
            // The trainer ends only after this sender is dropped.
            let _ = trainings.send((job, command));
        } else if let Some(thread) = start_job(job, command, end) {
            beside.push(thread);
        }
    }
    drop(trainings);
    watches.iter().for_each(Cancel::cancel);
    for thread in trainer.into_iter().chain(beside) {
        let _ = thread.join();
    }
}

fn train_in_turn(queue: &Receiver<(Job, Command)>, end: &EngineEnd) {
    for (job, command) in queue {
        if let Some(thread) = start_job(job, command, end) {
            let _ = thread.join();
        }
    }
}

/// Runs one job on a thread of its own and tells how it ended.
fn start_job(job: Job, command: Command, end: &EngineEnd) -> Option<JoinHandle<()>> {
    let on_thread = {
        let (id, end) = (job.id, end.clone());
        move || {
            let mut send = |event| end.send(id, event);
            let mut report = Report::new(job.cancel, &mut send);
            let result = guarded(|| run(&command, &mut report));
            end.send(id, ending(result));
        }
    };
    match spawn("cw-job", on_thread) {
        Ok(thread) => Some(thread),
        Err(e) => {
            end.send(job.id, ending(Err(e)));
            None
        }
    }
}

fn run(command: &Command, report: &mut Report) -> Result<()> {
    report.cancel.check()?;
    match command {
        Command::Train(request) => train::run(request, report),
        Command::Predict(request) => predict::predict(request, report),
        Command::Evaluate(request) => judge_folder::evaluate_folder(request, report),
        Command::SelfCheck => selfcheck::run(report),
        Command::ListRuns { runs_dir } => list_runs(runs_dir, report),
        Command::Thumbnails { paths, side } => thumbnails(paths, *side, report),
        Command::Scan { dir } => {
            report.begin(Phase::Scan, 0);
            let cancel = report.cancel.clone();
            let dataset = scan::scan(dir, &cancel, &mut |n| report.reach(n, 0))?;
            report.send(Event::Scanned(Box::new(dataset)));
            Ok(())
        }
        Command::DrawDemo { dir } => {
            report.begin(Phase::Draw, 0);
            let cancel = report.cancel.clone();
            demo::draw(dir, &cancel, &mut |done, total| report.reach(done, total))
        }
        Command::WatchRuns { runs_dir } => runs_folder::watch(runs_dir, report),
        Command::TagRun { dir, tag } => runs_folder::tag(dir, tag, report),
        Command::TrashRun { dir } => runs_folder::to_trash(dir, report),
        Command::RestoreRun { dir } => runs_folder::restore(dir, report),
        Command::ExportRun { dir, to } => runs_folder::export_run(dir, to, report),
        Command::ListDevices => questions::devices(report),
        Command::DescribeWeights { arch, weights } => questions::weights(arch, weights, report),
        Command::CountSplit { dataset, config } => questions::split_counts(dataset, config, report),
    }
}

/// A run that cannot be read is passed over: it is somebody else's folder, or of another version.
fn list_runs(runs_dir: &Path, report: &mut Report) -> Result<()> {
    let (runs, _unreadable) = run_folder::list_runs(runs_dir)?;
    for run in runs {
        report.cancel.check()?;
        let written = run_folder::is_written(&run.dir);
        report.send(Event::RunListed(Box::new(listed(run, written))));
    }
    Ok(())
}

fn thumbnails(paths: &[PathBuf], side: u32, report: &mut Report) -> Result<()> {
    for path in paths {
        report.cancel.check()?;
        let picture = thumbnail(path, side).map_err(|e| e.to_string());
        report.send(Event::Thumbnail(Thumbnail {
            path: path.clone(),
            picture,
        }));
    }
    Ok(())
}

fn ending(result: Result<()>) -> Event {
    match result {
        Ok(()) => Event::Done,
        Err(e) => Event::Failed {
            message: e.to_string(),
            input: e.is_input(),
            stopped: matches!(e, Error::Stopped),
        },
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    let thread = Builder::new().name(name.into()).spawn(run);
    thread.map_err(|e| Error::Job(format!("no thread can be started: {e}")))
}
