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
use counterweight::protocol::{
    Command, DatasetCommand, DatasetEvent, DrawDemo, Event, Failure, FitEvent, Job, Link, ListDevices,
    MachineEvent, Scan, Train, WatchRuns,
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
        let (link, thread) = remote::start_program(program, wake).unwrap();
        Remote {
            link,
            thread,
            n_wakes,
        }
    }

    /// The events of a job up to one of that kind, which is the last.
    fn until(&self, job: &Job, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut seen = Vec::new();
        while !seen.last().is_some_and(&wanted) {
            let (id, event) = self.link.events.recv_timeout(PATIENCE).expect("an event");
            if id == job.id {
                seen.push(event);
            }
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

/// Our one child, which the thread that carries messages started.
fn engine_pid() -> String {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let children =
        threads.filter_map(|thread| fs::read_to_string(thread.unwrap().path().join("children")).ok());
    let mut children: Vec<String> = children
        .flat_map(|c| c.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert_eq!(children.len(), 1, "{children:?}");
    children.remove(0)
}

fn draw(dir: &Path) -> Command {
    Command::Dataset(DatasetCommand::DrawDemo(DrawDemo {
        dir: dir.join("demo"),
    }))
}

/// One test, since all children of this process are looked at.
#[test]
fn an_engine_in_a_process_of_its_own_serves_stops_and_is_mended() {
    let dir = tempfile::tempdir().unwrap();
    let here = Remote::start();

    // The same answers as from an engine in this process.
    assert!(matches!(here.run(draw(dir.path())).last(), Some(Event::Done)));
    let scan = || {
        Command::Dataset(DatasetCommand::Scan(Scan {
            dir: dir.path().join("demo"),
        }))
    };
    let found = |events: &[Event]| {
        events.iter().find_map(|event| match event {
            Event::Dataset(DatasetEvent::Scanned(dataset)) => Some(dataset.clone()),
            _ => None,
        })
    };
    let remote = found(&here.run(scan())).unwrap();
    let (link, engine) = worker::start(Arc::new(|_| {})).unwrap();
    let job = link.submit(scan());
    let events: Vec<Event> = link
        .events
        .iter()
        .map(|(_, event)| event)
        .take_while(|event| !is_end(event))
        .collect();
    assert_eq!(Some(remote), found(&events));
    assert_eq!(job.id, 1);
    drop(link);
    engine.join().unwrap();
    assert!(here.n_wakes.load(Ordering::Relaxed) > 2);

    // An error is told as an error.
    let events = here.run(Scan {
        dir: dir.path().join("nowhere"),
    });
    assert!(failure(&events).0.contains("nowhere"), "{events:?}");

    // So is what cannot be asked for, and the next can.
    let no_text = std::ffi::OsStr::from_bytes(b"/a/\xff");
    let events = here.run(Scan { dir: no_text.into() });
    assert!(failure(&events).0.contains("UTF-8"), "{events:?}");

    // A stop reaches it.
    let job = here.link.submit(draw(&dir.path().join("stopped")));
    here.until(&job, |event| matches!(event, Event::Progress(_)));
    job.cancel.cancel();
    assert!(failure(&here.until(&job, is_end)).1);

    // Its end is the end of its jobs, but not of the front end: the next command starts it again, and what goes on as
    // long as the window goes on there.
    let runs_dir = dir.path().join("runs");
    let watch = here.link.submit(WatchRuns {
        runs_dir: runs_dir.clone(),
    });
    let job = here.link.submit(draw(&dir.path().join("killed")));
    here.until(&job, |event| matches!(event, Event::Progress(_)));
    let first = engine_pid();
    kill("-9", &first);
    let events = here.until(&job, is_end);
    let (message, stopped) = failure(&events);
    assert!(
        message.starts_with("the engine's process was killed (signal 9)") && !stopped,
        "{message}"
    );
    assert!(matches!(here.run(scan()).last(), Some(Event::Done)));
    assert_ne!(engine_pid(), first);
    // A stop reaches what was asked of the first, in the second.
    watch.cancel.cancel();
    here.until(&watch, is_end);

    // One that is held up by a file ends with its stop, and what was asked beside it is answered by the next.
    let held_up = engine_pid();
    kill("-STOP", &held_up);
    let job = here.link.submit(scan());
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
    assert!(matches!(here.run(scan()).last(), Some(Event::Done)));

    a_log_out_keeps_what_there_is(&here, &dir.path().join("demo"), &runs_dir);
    here.close();
    what_cannot_be_loaded_says_why(dir.path());
    the_engine_ends_with_who_started_it(dir.path());
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
    let config = Config {
        data: data.into(),
        arch: "squeezenet1_0".into(),
        weights: WeightsSource::Random,
        image_size: 32,
        epochs: 1_000_000,
        ..Config::default()
    };
    let runs_dir = runs_dir.to_path_buf();
    let job = here.link.submit(Train { config, runs_dir });
    let events = here.until(&job, |event| {
        matches!(event, Event::Fit(FitEvent::Run(RunEvent::Steps(_))))
    });
    let dir = events.iter().find_map(|event| match event {
        Event::Fit(FitEvent::RunCreated { dir }) => Some(dir.clone()),
        _ => None,
    });
    kill("-TERM", &engine_pid());
    let events = here.until(&job, is_end);
    assert!(failure(&events).1, "{events:?}");
    let dir = dir.unwrap();
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
    let events = here.run(draw(dir));
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
