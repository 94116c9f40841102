//! The engine's threads. Trainings queue up and run one after the other. So do predictions in a queue of their own, so
//! that they never wait for a training, and that many dropped images do not mean many networks in memory at once; and
//! weights that are tried, of which only the latest counts. What one job of a queue learns serves the next. Everything
//! else runs at once beside them. A panic ends the job, not the engine.

use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::disk::feature_store::FeatureStore;
use crate::engine::describe;
use crate::engine::device;
use crate::engine::device::threads;
use crate::engine::fit::live;
use crate::engine::fit::precompute;
use crate::engine::fit::run;
use crate::engine::health::examine_labels;
use crate::engine::judge::cache::PredictionCache;
use crate::engine::judge::folder;
use crate::engine::judge::grad_cam;
use crate::engine::judge::predict;
use crate::engine::map::{find_similar, map_features};
use crate::engine::selfcheck;
use crate::error::{Error, Result};
use crate::jobs::guard::run_job;
use crate::jobs::outlet::Outlet;
use crate::jobs::progress::Reporter;
use crate::jobs::{Tell, answer};
use crate::protocol::{
    Cancel, Command, EngineEnd, Event, FitCommand, HealthCommand, Job, JudgeCommand, LiveCommand,
    MachineCommand, MapCommand,
};
use crate::spawn::spawn;

/// Starts the engine. It ends when its link is dropped and its jobs have ended; then the handle can be joined.
///
/// # Errors
/// Where the system gives no thread.
pub fn start(end: EngineEnd) -> Result<JoinHandle<()>> {
    start_with(FeatureStore::from_env(), end)
}

/// As [`start`], keeping features in that store.
///
/// # Errors
/// Where the system gives no thread.
pub fn start_with(store: FeatureStore, end: EngineEnd) -> Result<JoinHandle<()>> {
    let engine = Engine { end, store };
    spawn("cw-engine", move || dispatch(&engine))
}

/// What every job may need.
#[derive(Clone)]
struct Engine {
    end: EngineEnd,
    store: FeatureStore,
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
    for (job, command) in &engine.end.commands {
        beside.retain(|thread| !thread.is_finished());
        // Their threads end only after these senders are dropped.
        match command {
            Command::Fit(FitCommand::Train(_) | FitCommand::Sweep(_))
            | Command::Live(LiveCommand::ComputeFeatures(_)) => {
                put(&trainings, job, command);
            }
            // Of the same length as a training, and with as much memory.
            Command::Health(_) | Command::Map(_) => put(&trainings, job, command),
            Command::Judge(JudgeCommand::Predict(_) | JudgeCommand::Explain(_)) => {
                put(&predictions, job, command);
            }
            Command::Live(LiveCommand::TryWeights(_)) => {
                if let Some(older) = latest_try.replace(job.cancel.clone()) {
                    older.cancel();
                }
                put(&tries, job, command);
            }
            command => {
                beside.extend(start_job(job, command, engine));
            }
        }
    }
    drop((trainings, predictions, tries));
    for thread in threads.into_iter().chain(beside) {
        let _ = thread.join();
    }
}

/// What one job leaves to the next in its queue.
#[derive(Default)]
struct QueueState {
    predictions: PredictionCache,
    session: Option<live::LiveSession>,
}

/// When a newer request to try weights is in the queue, the older one has been cancelled, so it ends at once.
fn run_in_turn(queue: &Receiver<(Job, Command)>, engine: &Engine) {
    let mut state = QueueState::default();
    for (job, command) in queue {
        let outlet = Outlet::new(job.id, &engine.end);
        run_job(job.cancel, &outlet, |progress, tell| {
            let result = run(&command, engine, &mut state, progress, tell);
            if queue.is_empty() {
                state.predictions.rest();
            }
            result
        });
    }
}

/// Runs one job on a thread of its own.
fn start_job(job: Job, command: Command, engine: &Engine) -> Option<JoinHandle<()>> {
    let (outlet, engine) = (Outlet::new(job.id, &engine.end), engine.clone());
    let of_job = outlet.clone();
    let run = move || {
        run_job(job.cancel, &of_job, |progress, tell| {
            run(&command, &engine, &mut QueueState::default(), progress, tell)
        });
    };
    spawn("cw-job", run)
        .map_err(|e| outlet.send(Event::failed(&e)))
        .ok()
}

fn run(
    command: &Command,
    engine: &Engine,
    state: &mut QueueState,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<()> {
    progress.cancel.check()?;
    // Before libtorch is asked for anything: it waits for ever for a thread that the system does not give.
    threads::are_given()?;
    threads::as_at_start();
    let store = &engine.store;
    match command {
        Command::Fit(command) => fit(command, store, progress, tell),
        Command::Live(command) => live(command, &mut state.session, store, progress, tell),
        Command::Judge(command) => judge(command, &mut state.predictions, store, progress, tell),
        Command::Health(HealthCommand::ExamineLabels(request)) => {
            answer(request, examine_labels(request, store, progress, tell), tell)
        }
        Command::Map(MapCommand::MapFeatures(request)) => {
            answer(request, map_features(request, store, progress, tell), tell)
        }
        Command::Map(MapCommand::FindSimilar(request)) => {
            answer(request, find_similar(request, store, progress), tell)
        }
        Command::Machine(command) => machine(command, progress, tell),
        Command::Dataset(_)
        | Command::Health(_)
        | Command::Runs(_)
        | Command::Labels(_)
        | Command::Cache(_) => Err(Error::Job("this is not the engine's to answer".into())),
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
    session: &mut Option<live::LiveSession>,
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
    predictions: &mut PredictionCache,
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
            let mut taken = std::mem::take(predictions);
            let result = predict::predict(request, &mut taken, progress, tell);
            *predictions = taken;
            result
        }
        JudgeCommand::Explain(request) => {
            let mut taken = std::mem::take(predictions);
            let explained = grad_cam::explain(request, &mut taken, &progress.cancel);
            *predictions = taken;
            answer(request, explained, tell)
        }
        JudgeCommand::FindImages(_) => Err(Error::Job("this is not the engine's to answer".into())),
    }
}

fn machine(command: &MachineCommand, progress: &Reporter, tell: Tell) -> Result<()> {
    match command {
        MachineCommand::ListDevices(request) => answer(request, Ok(describe::devices()), tell),
        MachineCommand::RunSelfCheck(request) => answer(request, selfcheck::run(&progress.cancel), tell),
    }
}

#[cfg(test)]
mod tests;
