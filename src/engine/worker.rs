//! The engine's threads. Trainings queue up and run one after the other. So do predictions in a queue of their own, so
//! that they never wait for a training, and that many dropped images do not mean many networks in memory at once; what
//! one learns of images and backbones serves the next. Weights that are tried have one thread for all as well, which
//! keeps what they share; of them only the latest counts. Everything else runs at once beside them. A panic ends the
//! job, not the engine.

use std::path::{Path, PathBuf};
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{Receiver, unbounded};

use super::known::Known;
use super::report::Report;
use super::{
    ahead, device, guarded, judge_folder, lab, predict, questions, runs_folder, selfcheck, threads, train,
};
use crate::disk::feature_store::FeatureStore;
use crate::disk::follow::listed;
use crate::disk::run_folder;
use crate::disk::thumbnail::thumbnail;
use crate::disk::{demo, run_scores, scan, user_file};
use crate::error::{Error, Result};
use crate::experiment::Config;
use crate::memory;
use crate::protocol::{
    Cancel, Command, EngineEnd, Event, Job, Link, Phase, PredictRequest, RunScores, Thumbnail, Wake, link,
};

/// Starts the engine. It ends when the link is dropped and its jobs have ended; then the handle can be joined.
///
/// # Errors
/// Where the system gives no thread.
pub fn start(wake: Wake) -> Result<(Link, JoinHandle<()>)> {
    start_with(FeatureStore::from_env(), wake)
}

/// As [`start`], keeping features in that store.
pub fn start_with(store: FeatureStore, wake: Wake) -> Result<(Link, JoinHandle<()>)> {
    let (link, end) = link(wake);
    let engine = Engine { end, store };
    let thread = spawn("cw-engine", move || dispatch(&engine))?;
    Ok((link, thread))
}

/// What every job may need.
#[derive(Clone)]
struct Engine {
    end: EngineEnd,
    store: FeatureStore,
}

fn dispatch(engine: &Engine) {
    device::load_cuda();
    let (trainings, queue) = unbounded();
    let trainer = {
        let engine = engine.clone();
        spawn("cw-trainer", move || run_in_turn(&queue, &engine))
    };
    let (predictions, queue) = unbounded();
    let judge = {
        let engine = engine.clone();
        spawn("cw-judge", move || predict_in_turn(&queue, &engine))
    };
    let (tries, queue) = unbounded();
    let lab = {
        let engine = engine.clone();
        spawn("cw-lab", move || try_in_turn(&queue, &engine))
    };
    let mut latest_try: Option<Cancel> = None;
    let mut beside: Vec<JoinHandle<()>> = Vec::new();
    // These never end by themselves.
    let mut watches = Vec::new();
    for (job, command) in &engine.end.commands {
        beside.retain(|thread| !thread.is_finished());
        // Their threads end only after these senders are dropped.
        match command {
            Command::Train(_) | Command::Sweep(_) | Command::ComputeFeatures(_) => {
                let _ = trainings.send((job, command));
            }
            Command::Predict(request) => {
                let _ = predictions.send((job, request));
            }
            Command::TryWeights(config) => {
                if let Some(older) = latest_try.replace(job.cancel.clone()) {
                    older.cancel();
                }
                let _ = tries.send((job, config));
            }
            command => {
                if matches!(command, Command::WatchRuns { .. }) {
                    watches.push(job.cancel.clone());
                }
                beside.extend(start_job(job, command, engine));
            }
        }
    }
    drop((trainings, predictions, tries));
    watches.iter().for_each(Cancel::cancel);
    for thread in trainer.into_iter().chain(judge).chain(lab).chain(beside) {
        let _ = thread.join();
    }
}

fn run_in_turn(queue: &Receiver<(Job, Command)>, engine: &Engine) {
    for (job, command) in queue {
        if let Some(thread) = start_job(job, command, engine) {
            let _ = thread.join();
        }
    }
}

fn predict_in_turn(queue: &Receiver<(Job, PredictRequest)>, engine: &Engine) {
    let mut known = Known::default();
    for (job, request) in queue {
        tell_ending(job, engine, |report| {
            // Out of reach of a panic, which may leave it half done.
            let mut of_job = std::mem::take(&mut known);
            let result = report
                .cancel
                .check()
                .and_then(|()| predict::predict(&request, &mut of_job, report));
            if queue.is_empty() {
                of_job.rest();
            }
            known = of_job;
            result
        });
    }
}

/// An older request has been cancelled when a newer one is in the queue, so it ends at once.
fn try_in_turn(queue: &Receiver<(Job, Box<Config>)>, engine: &Engine) {
    let mut session = None;
    for (job, config) in queue {
        tell_ending(job, engine, |report| {
            report.cancel.check()?;
            lab::try_weights(&mut session, &config, &engine.store, report)
        });
    }
}

/// Runs one job on a thread of its own and tells how it ended.
fn start_job(job: Job, command: Command, engine: &Engine) -> Option<JoinHandle<()>> {
    let id = job.id;
    let on_thread = {
        let engine = engine.clone();
        move || tell_ending(job, &engine, |report| run(&command, &engine.store, report))
    };
    match spawn("cw-job", on_thread) {
        Ok(thread) => Some(thread),
        Err(e) => {
            engine.end.send(id, ending(Err(e)));
            None
        }
    }
}

fn tell_ending(job: Job, engine: &Engine, run: impl FnOnce(&mut Report) -> Result<()>) {
    threads::as_at_start();
    let (id, end) = (job.id, &engine.end);
    let mut send = |event| end.send(id, event);
    let mut report = Report::new(job.cancel, &mut send);
    let result = guarded(|| run(&mut report));
    end.send(id, ending(result));
    memory::give_back();
}

fn run(command: &Command, store: &FeatureStore, report: &mut Report) -> Result<()> {
    report.cancel.check()?;
    match command {
        Command::Train(request) => train::run(request, store, report),
        Command::Sweep(request) => train::sweep(request, store, report),
        Command::ComputeFeatures(config) => ahead::compute(config, store, report),
        Command::AskFeatures(config) => ahead::ask(config, store, report),
        // `dispatch` gives these two to threads that keep what the next one needs; here they begin with nothing.
        Command::TryWeights(config) => lab::try_weights(&mut None, config, store, report),
        Command::Predict(request) => predict::predict(request, &mut Known::default(), report),
        Command::Evaluate(request) => judge_folder::evaluate_folder(request, store, report),
        Command::SelfCheck => selfcheck::run(report),
        Command::ListRuns { runs_dir } => list_runs(runs_dir, report),
        Command::Thumbnails { paths, side } => thumbnails(paths, *side, report),
        Command::WriteFile { path, content } => user_file::write(path, content),
        Command::ReadScores { run_dir, classes } => {
            let parts = run_scores::read_scores(run_dir, classes)?;
            let run_dir = run_dir.clone();
            report.send(Event::Scored(Box::new(RunScores { run_dir, parts })));
            Ok(())
        }
        Command::Decide { run_dir, decision } => run_scores::write_decision(run_dir, decision.as_ref()),
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
        Command::ListCache => tell_cache(store, report),
        Command::ClearCache { space } => {
            store.clear(space.as_deref())?;
            tell_cache(store, report)
        }
        Command::LimitCache { n_bytes } => {
            store.set_limit(*n_bytes)?;
            tell_cache(store, report)
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

fn tell_cache(store: &FeatureStore, report: &mut Report) -> Result<()> {
    report.send(Event::Cache(store.listing()));
    Ok(())
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
