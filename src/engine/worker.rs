//! The engine's threads. Trainings queue up and run one after the other. So do predictions in a queue of their own, so
//! that they never wait for a training, and that many dropped images do not mean many networks in memory at once; and
//! weights that are tried, of which only the latest counts. What one job of a queue learns serves the next. Everything
//! else runs at once beside them. A panic ends the job, not the engine.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::disk::dataset::demo;
use crate::disk::feature_store::FeatureStore;
use crate::disk::files::user_file;
use crate::disk::images::thumbnail::thumbnail;
use crate::disk::runs::scores;
use crate::engine::device;
use crate::engine::device::gate::Gate;
use crate::engine::device::threads;
use crate::engine::fit::live;
use crate::engine::fit::precompute;
use crate::engine::fit::run;
use crate::engine::guarded;
use crate::engine::judge::cache::PredictionCache;
use crate::engine::judge::folder;
use crate::engine::judge::predict;
use crate::engine::questions;
use crate::engine::runs_folder;
use crate::engine::selfcheck;
use crate::error::Result;
use crate::jobs::Tell;
use crate::jobs::progress::Reporter;
use crate::memory;
use crate::protocol::{
    Cancel, Command, EngineEnd, Event, Job, Link, Phase, RunScores, Thumbnail, Wake, link,
};
use crate::spawn::spawn;

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
    let pictures = Arc::new(Gate::new(thread::available_parallelism().map_or(1, usize::from)));
    let engine = Engine { end, store, pictures };
    let thread = spawn("cw-engine", move || dispatch(&engine))?;
    Ok((link, thread))
}

/// What every job may need.
#[derive(Clone)]
struct Engine {
    end: EngineEnd,
    store: FeatureStore,
    /// Pictures to show that are decoded at a time.
    pictures: Arc<Gate>,
}

fn dispatch(engine: &Engine) {
    device::load_cuda();
    let mut threads = Vec::new();
    let mut queue = |name: &str| -> Result<Sender<(Job, Command)>> {
        let (jobs, queue) = unbounded();
        let of_queue = engine.clone();
        threads.push(spawn(name, move || run_in_turn(&queue, &of_queue))?);
        Ok(jobs)
    };
    let [trainings, predictions, tries] = ["cw-trainer", "cw-judge", "cw-lab"].map(&mut queue);
    let put = |queue: &Result<Sender<(Job, Command)>>, job: Job, command: Command| match queue {
        Ok(queue) => _ = queue.send((job, command)),
        Err(e) => engine.end.send(job.id, Event::failed(e)),
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
                put(&trainings, job, command);
            }
            Command::Predict(_) => {
                put(&predictions, job, command);
            }
            Command::TryWeights(_) => {
                if let Some(older) = latest_try.replace(job.cancel.clone()) {
                    older.cancel();
                }
                put(&tries, job, command);
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
    for thread in threads.into_iter().chain(beside) {
        let _ = thread.join();
    }
}

/// What one job leaves to the next in its queue.
#[derive(Default)]
struct Kept {
    known: PredictionCache,
    session: Option<live::Session>,
}

/// Of weights that are tried an older request has been cancelled when a newer one is in the queue, so it ends at once.
fn run_in_turn(queue: &Receiver<(Job, Command)>, engine: &Engine) {
    let mut kept = Kept::default();
    for (job, command) in queue {
        tell_ending(job, engine, |progress, tell| {
            let result = threads::are_given().and_then(|()| run(&command, engine, &mut kept, progress, tell));
            if queue.is_empty() {
                kept.known.rest();
            }
            result
        });
    }
}

/// Runs one job on a thread of its own and reports how it ended.
fn start_job(job: Job, command: Command, engine: &Engine) -> Option<JoinHandle<()>> {
    let id = job.id;
    let on_thread = {
        let engine = engine.clone();
        move || {
            tell_ending(job, &engine, |progress, tell| {
                run(&command, &engine, &mut Kept::default(), progress, tell)
            })
        }
    };
    match spawn("cw-job", on_thread) {
        Ok(thread) => Some(thread),
        Err(e) => {
            engine.end.send(id, Event::failed(&e));
            None
        }
    }
}

fn tell_ending(job: Job, engine: &Engine, run: impl FnOnce(&mut Reporter, Tell) -> Result<()>) {
    let (id, end) = (job.id, &engine.end);
    let tell = |event| end.send(id, event);
    let mut progress = Reporter::new(job.cancel, &tell);
    // Before libtorch is asked for anything: it waits for ever for a thread that the system does not give.
    let result = threads::are_given().and_then(|()| {
        threads::as_at_start();
        guarded(|| run(&mut progress, &tell))
    });
    end.send(id, result.map_or_else(|e| Event::failed(&e), |()| Event::Done));
    memory::give_back();
}

fn run(
    command: &Command,
    engine: &Engine,
    kept: &mut Kept,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<()> {
    progress.cancel.check()?;
    let (store, cancel) = (&engine.store, &progress.cancel.clone());
    match command {
        Command::Train(request) => run::run(request, store, progress, tell),
        Command::Sweep(request) => run::sweep(request, store, progress, tell),
        Command::ComputeFeatures(config) => precompute::compute(config, store, progress, tell),
        Command::AskFeatures(config) => precompute::ask(config, store, progress, tell),
        Command::TryWeights(config) => live::try_weights(&mut kept.session, config, store, progress, tell),
        Command::Predict(request) => {
            // Out of reach of a panic, which may leave it half done.
            let mut known = std::mem::take(&mut kept.known);
            let result = predict::predict(request, &mut known, progress, tell);
            kept.known = known;
            result
        }
        Command::Evaluate(request) => folder::evaluate_folder(request, store, progress, tell),
        Command::SelfCheck => selfcheck::run(cancel, tell),
        Command::Thumbnails { paths, side } => thumbnails(paths, *side, &engine.pictures, cancel, tell),
        Command::WriteFile { path, content } => user_file::write(path, content),
        Command::ReadScores { run_dir } => {
            let parts = scores::read_scores(run_dir)?;
            let run_dir = run_dir.clone();
            tell(Event::Scored(Box::new(RunScores { run_dir, parts })));
            Ok(())
        }
        Command::Decide { run_dir, decision } => scores::write_decision(run_dir, decision.as_ref()),
        Command::CheckImages { dataset } => questions::check(dataset, progress, tell),
        Command::Scan { dir } => questions::scan_folder(dir, progress, tell),
        Command::ReadSettings { path } => questions::settings(path, tell),
        Command::DrawDemo { dir } => {
            progress.begin(Phase::Draw, 0);
            demo::draw(dir, cancel, &mut |done, total| progress.reach(done, total))
        }
        Command::ListCache => tell_cache(store, tell),
        Command::ClearCache { space } => {
            store.clear(space.as_deref())?;
            tell_cache(store, tell)
        }
        Command::LimitCache { n_bytes } => {
            store.set_limit(*n_bytes)?;
            tell_cache(store, tell)
        }
        Command::WatchRuns { runs_dir } => runs_folder::watch(runs_dir, cancel, tell),
        Command::TagRun { dir, tag } => runs_folder::tag(dir, tag, tell),
        Command::TrashRun { dir } => runs_folder::to_trash(dir, tell),
        Command::RestoreRun { dir } => runs_folder::restore(dir, tell),
        Command::ExportRun { dir, to } => runs_folder::export_run(dir, to, tell),
        Command::ListDevices => questions::devices(tell),
        Command::DescribeWeights { arch, weights } => questions::weights(arch, weights, cancel, tell),
        Command::CountSplit { dataset, config } => questions::split_counts(dataset, config, cancel, tell),
    }
}

fn tell_cache(store: &FeatureStore, tell: Tell) -> Result<()> {
    tell(Event::Cache(store.listing()));
    Ok(())
}

fn thumbnails(paths: &[PathBuf], side: u32, gate: &Gate, cancel: &Cancel, tell: Tell) -> Result<()> {
    for path in paths {
        let pass = gate.enter(cancel)?;
        let picture = thumbnail(path, side, cancel).map_err(|e| e.to_string());
        drop(pass);
        cancel.check()?;
        tell(Event::Thumbnail(Thumbnail {
            path: path.clone(),
            picture,
        }));
    }
    Ok(())
}
