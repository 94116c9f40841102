//! The engine as a process of its own: the same answers, a stop that reaches it, an end that is told and mended.
#![cfg(all(target_os = "linux", feature = "torch"))]

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command as Program;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use counterweight::engine::worker;
use counterweight::experiment::{Config, RunEvent, WeightsSource};
use counterweight::jobs;
use counterweight::protocol::{
    Command, DatasetEvent, DescribeWeights, DrawDemo, Event, Failure, FitEvent, Job, Link, ListDevices,
    MachineEvent, RunsEvent, Scan, Train, WatchRuns, link,
};
use counterweight::remote;

/// Whatever is waited for comes within this, on any machine.
const PATIENCE: Duration = Duration::from_secs(120);

struct Remote {
    link: Link,
    thread: JoinHandle<()>,
    n_wakes: Arc<AtomicUsize>,
}

impl Remote {
    fn start() -> Self {
        Self::start_program(PathBuf::from(env!("CARGO_BIN_EXE_counterweight-engine")))
    }

    fn start_program(program: PathBuf) -> Self {
        let n_wakes = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&n_wakes);
        let wake = Arc::new(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let start_engine = move |end| remote::start_program(program.clone(), end);
        let (link, thread) = jobs::start(wake, start_engine).unwrap();
        Remote {
            link,
            thread,
            n_wakes,
        }
    }

    /// The events of a job up to one of that kind, which is the last.
    fn until(&self, job: &Job, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
        let seen = self.all_until(|id, event| id == job.id && wanted(event));
        let of_job = seen.into_iter().filter(|(id, _)| *id == job.id);
        of_job.map(|(_, event)| event).collect()
    }

    /// The events of all jobs up to that one.
    fn all_until(&self, wanted: impl Fn(u64, &Event) -> bool) -> Vec<(u64, Event)> {
        let mut seen: Vec<(u64, Event)> = Vec::new();
        while !seen.last().is_some_and(|(id, event)| wanted(*id, event)) {
            seen.push(self.link.events.recv_timeout(PATIENCE).expect("an event"));
        }
        seen
    }

    fn run(&self, command: impl Into<Command>) -> Vec<Event> {
        let job = self.link.submit(command);
        self.until(&job, is_end)
    }

    fn close(self) {
        drop(self.link);
        self.thread.join().unwrap();
    }
}

fn is_end(event: &Event) -> bool {
    matches!(event, Event::Done | Event::Failed { .. })
}

/// What it says of its end.
fn failure(events: &[Event]) -> (&str, bool) {
    match events.last() {
        Some(Event::Failed { message, failure }) => (message, *failure == Failure::Stopped),
        other => panic!("{other:?}"),
    }
}

/// Our children, which the thread that carries messages started.
fn engine_pids() -> Vec<String> {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let children = threads.filter_map(|thread| {
        // A thread that has just ended has no children.
        fs::read_to_string(thread.ok()?.path().join("children")).ok()
    });
    children
        .flat_map(|c| c.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// The one there is.
fn engine_pid() -> String {
    let mut pids = engine_pids();
    assert_eq!(pids.len(), 1, "{pids:?}");
    pids.remove(0)
}

fn draw(dir: &Path) -> DrawDemo {
    DrawDemo {
        dir: dir.join("demo"),
    }
}

/// Trains until it is stopped.
fn train(data: &Path, runs_dir: &Path) -> Train {
    Train {
        config: Config {
            data: data.into(),
            arch: "squeezenet1_0".into(),
            weights: WeightsSource::Random,
            image_size: 32,
            epochs: 1_000_000,
            ..Config::default()
        },
        runs_dir: runs_dir.into(),
    }
}

fn is_step(event: &Event) -> bool {
    matches!(event, Event::Fit(FitEvent::Run(RunEvent::Steps(_))))
}

/// One test, since all children of this process are looked at.
#[test]
fn an_engine_in_a_process_of_its_own_serves_stops_and_is_mended() {
    let dir = tempfile::tempdir().unwrap();
    let (data, runs_dir) = (dir.path().join("demo"), dir.path().join("runs"));
    let here = Remote::start();
    what_needs_no_engine_starts_none(&here, dir.path());

    // The same answers as from an engine in this process.
    let asked = || DescribeWeights {
        arch: "resnet18".into(),
        weights: WeightsSource::Random,
    };
    let remote = here.run(asked());
    let (link, end) = link(Arc::new(|_| {}));
    let engine = worker::start(end).unwrap();
    link.submit(asked());
    let events: Vec<Event> = link.events.iter().map(|(_, event)| event).take(2).collect();
    assert_eq!(format!("{remote:?}"), format!("{events:?}"));
    drop(link);
    engine.join().unwrap();
    assert!(here.n_wakes.load(Ordering::Relaxed) > 2);

    // An error is told as an error.
    let events = here.run(train(&dir.path().join("nowhere"), &runs_dir));
    assert!(failure(&events).0.contains("nowhere"), "{events:?}");

    // So is what cannot be asked for, and the next can.
    let no_text = std::ffi::OsStr::from_bytes(b"/a/\xff");
    let events = here.run(train(no_text.as_ref(), &runs_dir));
    assert!(failure(&events).0.contains("UTF-8"), "{events:?}");

    // A stop reaches it.
    let job = here.link.submit(train(&data, &runs_dir));
    here.until(&job, is_step);
    job.cancel.cancel();
    assert!(failure(&here.until(&job, is_end)).1);

    its_end_is_the_end_of_its_jobs_alone(&here, &data, &runs_dir);

    // One that is held up ends with its stop, and what was asked beside it is answered by the next.
    let held_up = engine_pid();
    kill("-STOP", &held_up);
    let job = here.link.submit(asked());
    let beside = here.link.submit(ListDevices);
    job.cancel.cancel();
    let events = here.until(&job, is_end);
    let (message, stopped) = failure(&events);
    assert!(message.contains("held up by one file") && stopped, "{message}");
    let events = here.until(&beside, is_end);
    assert!(
        matches!(events[0], Event::Machine(MachineEvent::DevicesListed(_))),
        "{events:?}"
    );
    assert_ne!(engine_pid(), held_up);
    assert!(matches!(here.run(asked()).last(), Some(Event::Done)));

    a_log_out_keeps_what_there_is(&here, &data, &runs_dir);
    here.close();
    what_cannot_be_loaded_says_why(dir.path());
    the_engine_ends_with_who_started_it(dir.path());
}

fn what_needs_no_engine_starts_none(here: &Remote, dir: &Path) {
    assert!(matches!(here.run(draw(dir)).last(), Some(Event::Done)));
    let scanned = here.run(Scan {
        source: dir.join("demo").into(),
    });
    assert!(
        scanned
            .iter()
            .any(|event| matches!(event, Event::Dataset(DatasetEvent::Scanned(_)))),
        "{scanned:?}"
    );
    assert!(engine_pids().is_empty());
}

/// Neither of the front end nor of what is done there: the next command starts it again.
fn its_end_is_the_end_of_its_jobs_alone(here: &Remote, data: &Path, runs_dir: &Path) {
    let runs_dir = runs_dir.to_path_buf();
    let watch = here.link.submit(WatchRuns {
        runs_dir: runs_dir.clone(),
    });
    let job = here.link.submit(train(data, &runs_dir));
    let dir = run_dir(&here.until(&job, is_step));
    let followed = |event: &Event| matches!(event, Event::Runs(RunsEvent::Followed(run)) if run.dir == dir);
    // Longer than from one look at the folder to the next.
    std::thread::sleep(Duration::from_secs(1));
    let first = engine_pid();
    kill("-9", &first);
    let events = here.all_until(|id, event| id == job.id && is_end(event));
    let events: Vec<Event> = events.into_iter().map(|(_, event)| event).collect();
    assert!(!events.iter().any(followed), "its job tells of it");
    let (message, stopped) = failure(&events);
    assert!(
        message.starts_with("the engine's process was killed (signal 9)") && !stopped,
        "{message}"
    );
    // Whoever watches is told then how far it has come.
    let events = here.until(&watch, followed);
    let [.., Event::Runs(RunsEvent::Followed(run))] = &events[..] else {
        panic!("{events:?}")
    };
    assert!(run.first == 0 && !run.written && run.events.len() > 1, "{run:?}");
    let devices = here.run(ListDevices);
    assert!(matches!(devices.last(), Some(Event::Done)), "{devices:?}");
    assert_ne!(engine_pid(), first);
    watch.cancel.cancel();
    assert!(failure(&here.until(&watch, is_end)).1);
}

fn run_dir(events: &[Event]) -> PathBuf {
    let dir = events.iter().find_map(|event| match event {
        Event::Fit(FitEvent::RunCreated { dir }) => Some(dir.clone()),
        _ => None,
    });
    dir.unwrap()
}

fn kill(signal: &str, pid: &str) {
    assert!(
        Program::new("kill")
            .args([signal, pid])
            .status()
            .unwrap()
            .success()
    );
}

/// It sends SIGTERM to every process at once.
fn a_log_out_keeps_what_there_is(here: &Remote, data: &Path, runs_dir: &Path) {
    let job = here.link.submit(train(data, runs_dir));
    let dir = run_dir(&here.until(&job, is_step));
    kill("-TERM", &engine_pid());
    let events = here.until(&job, is_end);
    assert!(failure(&events).1, "{events:?}");
    assert!(dir.join("model.safetensors").is_file());
    let events = fs::read_to_string(dir.join("events.jsonl")).unwrap();
    assert!(events.lines().last().unwrap().contains("\"stopped\""));
}

/// Such as after the user emptied `~/.cache`.
fn what_cannot_be_loaded_says_why(dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let program = dir.join("engine");
    let loader =
        "engine: error while loading shared libraries: libtorch_cpu.so: cannot open shared object file";
    fs::write(&program, format!("#!/bin/sh\necho '{loader}' >&2\nexit 127\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let here = Remote::start_program(program);
    let events = here.run(ListDevices);
    let (message, stopped) = failure(&events);
    assert!(
        message.starts_with(
            "libtorch, which the engine computes with, or a library that it needs cannot be found"
        ) && message.contains("`make setup`")
            && !stopped,
        "{message}"
    );
    here.close();
}

/// Even where the pipe that it reads from stays open.
fn the_engine_ends_with_who_started_it(dir: &Path) {
    let pipe = dir.join("pipe");
    assert!(Program::new("mkfifo").arg(&pipe).status().unwrap().success());
    let _open = fs::File::options().read(true).write(true).open(&pipe).unwrap();
    let mut parent = Program::new("sh");
    parent.args(["-c", "\"$0\" <\"$1\" >/dev/null & echo $!; wait"]);
    parent.arg(env!("CARGO_BIN_EXE_counterweight-engine")).arg(&pipe);
    let mut parent = parent.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut pid = String::new();
    std::io::BufRead::read_line(
        &mut std::io::BufReader::new(parent.stdout.take().unwrap()),
        &mut pid,
    )
    .unwrap();
    let engine = Path::new("/proc").join(pid.trim());
    let state = || fs::read_to_string(engine.join("status")).unwrap_or_default();
    let until = |what: &str, is_so: &dyn Fn() -> bool| {
        let began = std::time::Instant::now();
        while !is_so() {
            assert!(began.elapsed() < PATIENCE, "{what}: {}", state());
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    // Its threads are there once it serves.
    until("it starts", &|| {
        state()
            .lines()
            .any(|line| line.starts_with("Threads:") && line != "Threads:\t1")
    });
    std::thread::sleep(Duration::from_secs(1));
    kill("-KILL", &parent.id().to_string());
    parent.wait().unwrap();
    until("it ends", &|| state().is_empty() || state().contains("State:\tZ"));
}
