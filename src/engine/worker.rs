//! The engine's threads. Trainings queue up and run one after the other. So do predictions in a queue of their own, so
//! that they never wait for a training, and that many dropped images do not mean many networks in memory at once; and
//! weights that are tried, of which only the latest counts. What one job of a queue learns serves the next. Everything
//! else runs at once beside them. A panic ends the job, not the engine.

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
use crate::engine::report::Report;
use crate::engine::runs_folder;
use crate::engine::selfcheck;
use crate::error::Result;
use crate::memory;
use crate::protocol::{
    Ask, CacheCommand, Cancel, Command, DatasetCommand, DatasetEvent, EngineEnd, Event, FitCommand, Job,
    JudgeCommand, Link, LiveCommand, MachineCommand, Phase, RunsCommand, Thumbnail, Thumbnails, Wake, link,
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
        tell_ending(job, engine, |report| {
            let result = threads::are_given().and_then(|()| run(&command, engine, &mut kept, report));
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
            tell_ending(job, &engine, |report| {
                run(&command, &engine, &mut Kept::default(), report)
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

fn tell_ending(job: Job, engine: &Engine, run: impl FnOnce(&mut Report) -> Result<()>) {
    let (id, end) = (job.id, &engine.end);
    let mut send = |event| end.send(id, event);
    let mut report = Report::new(job.cancel, &mut send);
    // Before libtorch is asked for anything: it waits for ever for a thread that the system does not give.
    let result = threads::are_given().and_then(|()| {
        threads::as_at_start();
        guarded(|| run(&mut report))
    });
    end.send(id, result.map_or_else(|e| Event::failed(&e), |()| Event::Done));
    memory::give_back();
}

fn run(command: &Command, engine: &Engine, kept: &mut Kept, report: &mut Report) -> Result<()> {
    report.cancel.check()?;
    let store = &engine.store;
    match command {
        Command::Dataset(command) => of_dataset(command, engine, report),
        Command::Runs(command) => of_runs(command, report),
        Command::Fit(command) => of_fit(command, store, report),
        Command::Live(command) => of_live(command, &mut kept.session, store, report),
        Command::Judge(command) => of_judge(command, &mut kept.known, store, report),
        Command::Cache(command) => of_cache(command, store, report),
        Command::Machine(command) => of_machine(command, report),
    }
}

/// Sends the answer to a request: the type of one is that of the other.
fn answer<A: Ask>(_request: &A, answer: Result<A::Answer>, report: &mut Report) -> Result<()> {
    report.send(A::event(answer?));
    Ok(())
}

fn of_dataset(command: &DatasetCommand, engine: &Engine, report: &mut Report) -> Result<()> {
    match command {
        DatasetCommand::Scan(scan) => answer(scan, questions::scan_folder(&scan.dir, report), report),
        DatasetCommand::CheckImages(check) => answer(check, questions::check(&check.dataset, report), report),
        DatasetCommand::CountSplit(count) => {
            answer(count, questions::split_counts(count, &report.cancel), report)
        }
        DatasetCommand::DrawDemo(draw) => {
            report.begin(Phase::Draw, 0);
            let cancel = report.cancel.clone();
            demo::draw(&draw.dir, &cancel, &mut |done, total| report.reach(done, total))
        }
        DatasetCommand::Thumbnails(request) => thumbnails(request, &engine.pictures, report),
    }
}

fn of_runs(command: &RunsCommand, report: &mut Report) -> Result<()> {
    match command {
        RunsCommand::WatchRuns(watch) => runs_folder::watch(&watch.runs_dir, report),
        RunsCommand::TagRun(tag) => answer(tag, runs_folder::tag(tag), report),
        RunsCommand::TrashRun(trash) => answer(trash, runs_folder::to_trash(&trash.dir), report),
        RunsCommand::RestoreRun(restore) => answer(restore, runs_folder::restore(&restore.dir), report),
        RunsCommand::ExportRun(export) => answer(export, runs_folder::export_run(export), report),
        RunsCommand::ReadScores(read) => answer(read, runs_folder::scores(&read.run_dir), report),
        RunsCommand::Decide(decide) => scores::write_decision(&decide.run_dir, decide.decision.as_ref()),
        RunsCommand::ReadSettings(read) => answer(read, questions::settings(&read.path), report),
        RunsCommand::WriteFile(write) => user_file::write(&write.path, &write.content),
    }
}

fn of_fit(command: &FitCommand, store: &FeatureStore, report: &mut Report) -> Result<()> {
    match command {
        FitCommand::Train(request) => run::run(request, store, report),
        FitCommand::Sweep(request) => run::sweep(request, store, report),
        FitCommand::DescribeWeights(request) => {
            answer(request, questions::describe(request, &report.cancel), report)
        }
    }
}

fn of_live(
    command: &LiveCommand,
    session: &mut Option<live::Session>,
    store: &FeatureStore,
    report: &mut Report,
) -> Result<()> {
    match command {
        LiveCommand::ComputeFeatures(request) => answer(
            request,
            precompute::compute(&request.config, store, report),
            report,
        ),
        LiveCommand::AskFeatures(request) => {
            answer(request, precompute::ask(&request.config, store, report), report)
        }
        LiveCommand::TryWeights(request) => {
            let trial = live::try_weights(session, &request.config, store, report);
            answer(request, trial, report)
        }
    }
}

fn of_judge(
    command: &JudgeCommand,
    known: &mut PredictionCache,
    store: &FeatureStore,
    report: &mut Report,
) -> Result<()> {
    match command {
        JudgeCommand::Evaluate(request) => {
            answer(request, folder::evaluate_folder(request, store, report), report)
        }
        JudgeCommand::Predict(request) => {
            // Out of reach of a panic, which may leave it half done.
            let mut taken = std::mem::take(known);
            let result = predict::predict(request, &mut taken, report);
            *known = taken;
            result
        }
    }
}

fn of_cache(command: &CacheCommand, store: &FeatureStore, report: &mut Report) -> Result<()> {
    match command {
        CacheCommand::ListCache(list) => answer(list, Ok(store.listing()), report),
        CacheCommand::ClearCache(clear) => {
            let cleared = store.clear(clear.space.as_deref());
            answer(clear, cleared.map(|()| store.listing()), report)
        }
        CacheCommand::LimitCache(limit) => {
            let limited = store.set_limit(limit.n_bytes);
            answer(limit, limited.map(|()| store.listing()), report)
        }
    }
}

fn of_machine(command: &MachineCommand, report: &mut Report) -> Result<()> {
    match command {
        MachineCommand::ListDevices(list) => answer(list, Ok(questions::devices()), report),
        MachineCommand::RunSelfCheck(check) => answer(check, selfcheck::run(&report.cancel), report),
    }
}

fn thumbnails(request: &Thumbnails, gate: &Gate, report: &mut Report) -> Result<()> {
    for path in &request.paths {
        let pass = gate.enter(&report.cancel)?;
        let picture = thumbnail(path, request.side, &report.cancel).map_err(|e| e.to_string());
        drop(pass);
        report.cancel.check()?;
        let path = path.clone();
        report.send(DatasetEvent::Thumbnail(Thumbnail { path, picture }));
    }
    Ok(())
}
