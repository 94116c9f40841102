//! The engine's threads. Trainings queue up and run one after the other. So do predictions in a queue of their own, so
//! that they never wait for a training, and that many dropped images do not mean many networks in memory at once; and
//! weights that are tried, of which only the latest counts. What one job of a queue learns serves the next. Everything
//! else runs at once beside them. A panic ends the job, not the engine.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::disk::feature_store::FeatureStore;
use crate::engine::describe;
use crate::engine::device;
use crate::engine::device::threads;
use crate::engine::fit::live;
use crate::engine::fit::precompute;
use crate::engine::fit::run;
use crate::engine::judge::cache::PredictionCache;
use crate::engine::judge::folder;
use crate::engine::judge::predict;
use crate::engine::selfcheck;
use crate::error::Result;
use crate::jobs::gate::Gate;
use crate::jobs::progress::Reporter;
use crate::jobs::queue::{run_beside, run_job};
use crate::jobs::{Tell, answer, files};
use crate::protocol::{
    Cancel, Command, EngineEnd, Event, FitCommand, Job, JudgeCommand, Link, LiveCommand, MachineCommand,
    RunsCommand, Wake, link,
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
///
/// # Errors
/// Where the system gives no thread.
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
            Command::Fit(FitCommand::Train(_) | FitCommand::Sweep(_))
            | Command::Live(LiveCommand::ComputeFeatures(_)) => {
                put(&trainings, job, command);
            }
            Command::Judge(JudgeCommand::Predict(_)) => {
                put(&predictions, job, command);
            }
            Command::Live(LiveCommand::TryWeights(_)) => {
                if let Some(older) = latest_try.replace(job.cancel.clone()) {
                    older.cancel();
                }
                put(&tries, job, command);
            }
            command => {
                if matches!(command, Command::Runs(RunsCommand::WatchRuns(_))) {
                    watches.push(job.cancel.clone());
                }
                let of_job = engine.clone();
                beside.extend(run_beside(job, &engine.end, move |progress, tell| {
                    run(&command, &of_job, &mut Kept::default(), progress, tell)
                }));
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
        run_job(job, &engine.end, |progress, tell| {
            let result = run(&command, engine, &mut kept, progress, tell);
            if queue.is_empty() {
                kept.known.rest();
            }
            result
        });
    }
}

fn run(
    command: &Command,
    engine: &Engine,
    kept: &mut Kept,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<()> {
    progress.cancel.check()?;
    // Before libtorch is asked for anything: it waits for ever for a thread that the system does not give.
    threads::are_given()?;
    threads::as_at_start();
    let store = &engine.store;
    match command {
        Command::Dataset(command) => files::dataset::run(command, &engine.pictures, progress, tell),
        Command::Runs(command) => files::runs::run(command, &progress.cancel, tell),
        Command::Cache(command) => files::cache::run(command, store, tell),
        Command::Fit(command) => fit(command, store, progress, tell),
        Command::Live(command) => live(command, &mut kept.session, store, progress, tell),
        Command::Judge(command) => judge(command, &mut kept.known, store, progress, tell),
        Command::Machine(command) => machine(command, progress, tell),
    }
}

fn fit(command: &FitCommand, store: &FeatureStore, progress: &mut Reporter, tell: Tell) -> Result<()> {
    match command {
        FitCommand::Train(request) => run::run(request, store, progress, tell),
        FitCommand::Sweep(request) => run::sweep(request, store, progress, tell),
        FitCommand::DescribeWeights(request) => {
            answer(request, describe::weights(request, &progress.cancel), tell)
        }
    }
}

fn live(
    command: &LiveCommand,
    session: &mut Option<live::Session>,
    store: &FeatureStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<()> {
    match command {
        LiveCommand::ComputeFeatures(request) => {
            let computed = precompute::compute(&request.config, store, progress, tell);
            answer(request, computed, tell)
        }
        LiveCommand::AskFeatures(request) => {
            answer(request, precompute::ask(&request.config, store, progress), tell)
        }
        LiveCommand::TryWeights(request) => {
            let trial = live::try_weights(session, &request.config, store, progress);
            answer(request, trial, tell)
        }
    }
}

fn judge(
    command: &JudgeCommand,
    known: &mut PredictionCache,
    store: &FeatureStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<()> {
    match command {
        JudgeCommand::Evaluate(request) => answer(
            request,
            folder::evaluate_folder(request, store, progress, tell),
            tell,
        ),
        JudgeCommand::Predict(request) => {
            // Out of reach of a panic, which may leave it half done.
            let mut taken = std::mem::take(known);
            let result = predict::predict(request, &mut taken, progress, tell);
            *known = taken;
            result
        }
    }
}

fn machine(command: &MachineCommand, progress: &Reporter, tell: Tell) -> Result<()> {
    match command {
        MachineCommand::ListDevices(request) => answer(request, Ok(describe::devices()), tell),
        MachineCommand::RunSelfCheck(request) => answer(request, selfcheck::run(&progress.cancel), tell),
    }
}
