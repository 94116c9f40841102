//! The front end's side: starts the engine's process, carries messages, and restarts it where it ends by itself.

use std::collections::BTreeMap;
use std::io::{BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command as Program, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, never, select, unbounded};

use super::asked::{Asked, PATIENCE, PATIENCE_TO_SAVE};
use super::ending::how_it_ended;
use super::wire::{FromEngine, REVISION, ToEngine, read, write};
use crate::error::{Error, Result};
use crate::log;
use crate::protocol::{Command, EngineEnd, Event, Failure, Job, Phase};
use crate::spawn::spawn;

/// Beside the program that starts it.
const ENGINE: &str = "counterweight-engine";

/// As an engine's own `start`, with the engine in a process of its own, which the first command starts.
///
/// # Errors
/// Where this program lies is not known; the system gives no thread.
pub fn start(end: EngineEnd) -> Result<JoinHandle<()>> {
    let ours =
        std::env::current_exe().map_err(|e| Error::Job(format!("cannot tell where this program is: {e}")))?;
    let beside = ours.with_file_name(ENGINE);
    start_program(beside.with_extension(std::env::consts::EXE_EXTENSION), end)
}

/// The same with the engine's program named.
///
/// # Errors
/// The system gives no thread.
pub fn start_program(program: PathBuf, end: EngineEnd) -> Result<JoinHandle<()>> {
    let (ask_to_stop, stops) = unbounded();
    let carrier = Carrier {
        program,
        end,
        engine: None,
        jobs: BTreeMap::new(),
        ask_to_stop,
    };
    // The engine is started by the thread that lives as long as it is wanted: it ends with that one.
    spawn("cw-remote", move || carrier.carry(&stops))
}

struct Carrier {
    program: PathBuf,
    end: EngineEnd,
    /// None where nothing was asked of it yet, or since it has ended by itself.
    engine: Option<Running>,
    /// Those that have not ended.
    jobs: BTreeMap<u64, Asked>,
    ask_to_stop: Sender<u64>,
}

impl Carrier {
    /// Until the front end drops its link and the engine has ended.
    fn carry(mut self, stops: &Receiver<u64>) {
        let commands = self.end.commands.clone();
        let nothing = never();
        loop {
            let news = self
                .engine
                .as_ref()
                .map_or(&nothing, |engine| &engine.news)
                .clone();
            select! {
                recv(commands) -> command => match command {
                    Ok((job, command)) => self.hand_over(&job, command),
                    Err(_) => break,
                },
                recv(stops) -> id => id.iter().for_each(|&id| self.stop(id)),
                recv(news) -> message => match message {
                    Ok(message) => self.take(message),
                    Err(_) => self.mourn(),
                },
                default(self.until_next_look()) => {}
            }
            self.end_what_hangs();
        }
        stops.try_iter().for_each(|id| self.stop(id));
        let _ = self.send(&ToEngine::Close);
        // What was asked to stop and says nothing any more waits for something that may never come.
        let gives_up = !self.jobs.is_empty() && self.jobs.values().all(Asked::is_stopping);
        if let Some(engine) = self.engine {
            if gives_up {
                engine.end_soon();
            } else {
                engine.end();
            }
        }
    }

    fn hand_over(&mut self, job: &Job, command: Command) {
        let id = job.id;
        if let Err(reason) = self.wake_engine() {
            return self.fail(id, &reason);
        }
        self.jobs.insert(id, Asked::new(command.clone()));
        if let Err(reason) = self.send(&ToEngine::Job { id, command }) {
            let message = match reason.to_string() {
                reason if reason.contains("UTF-8") => {
                    "the name of a folder in this is not UTF-8, and cannot be handed to the engine; rename the folder".into()
                }
                reason => format!("the engine cannot be asked for this: {reason}"),
            };
            return self.fail(id, &Error::Input(message));
        }
        // Only now: a stop must not come before what it stops.
        let ask_to_stop = self.ask_to_stop.clone();
        job.cancel.on_cancel(move || {
            let _ = ask_to_stop.send(id);
        });
    }

    /// Starts one where there is none, with what the last one was to do and has not failed with it.
    fn wake_engine(&mut self) -> Result<()> {
        if self.engine.is_some() {
            return Ok(());
        }
        self.engine = Some(Running::start(&self.program)?);
        let left = self.jobs.iter().map(|(&id, asked)| (id, asked.command.clone()));
        for (id, command) in left.collect::<Vec<_>>() {
            // It could be sent once.
            let _ = self.send(&ToEngine::Job { id, command });
        }
        Ok(())
    }

    fn stop(&mut self, id: u64) {
        if let Some(asked) = self.jobs.get_mut(&id) {
            asked.stop();
        }
        let _ = self.send(&ToEngine::Cancel { id });
    }

    /// How long nothing needs to be looked at.
    fn until_next_look(&self) -> Duration {
        match self.jobs.values().any(Asked::is_stopping) {
            true => Duration::from_millis(100),
            false => Duration::from_secs(3600),
        }
    }

    /// Ends the engine where a job does not stop, unless something would be lost with it; another one goes on with the rest.
    fn end_what_hangs(&mut self) {
        let would_lose = |asked: &Asked| asked.would_lose() && !asked.hangs();
        if !self.jobs.values().any(Asked::hangs) || self.jobs.values().any(would_lose) {
            return;
        }
        let Some(mut engine) = self.engine.take() else {
            return;
        };
        let _ = engine.child.kill();
        engine.end();
        let stopping = self.jobs.iter().filter(|(_, asked)| asked.is_stopping());
        for id in stopping.map(|(&id, _)| id).collect::<Vec<_>>() {
            self.jobs.remove(&id);
            self.end.send(
                id,
                Event::Failed {
                    message: HUNG.into(),
                    failure: Failure::Stopped,
                },
            );
        }
        if let Err(reason) = self.wake_engine() {
            self.fail_all(reason.to_string());
        }
    }

    /// Fails for what cannot be said. A pipe that is broken is noticed where its other end is read.
    fn send(&mut self, message: &ToEngine) -> std::io::Result<()> {
        let Some(engine) = &mut self.engine else {
            return Ok(());
        };
        match write(&mut engine.commands, message).and_then(|()| engine.commands.flush()) {
            Err(reason) if reason.kind() == ErrorKind::InvalidData => Err(reason),
            _ => Ok(()),
        }
    }

    fn take(&mut self, message: FromEngine) {
        match message {
            FromEngine::Hello { revision } if revision == REVISION => {}
            FromEngine::Hello { revision } => {
                let reason = format!(
                    "{} is of revision {revision} and this program of {REVISION}: build both, as `make run` does",
                    self.program.display()
                );
                if let Some(mut engine) = self.engine.take() {
                    let _ = engine.child.kill();
                    engine.end();
                }
                self.fail_all(reason);
            }
            FromEngine::Unable { reason } => self.fail_all(reason),
            FromEngine::Log { line } => log::take(&line),
            FromEngine::Event { id, event } => {
                if event.is_last() {
                    self.jobs.remove(&id);
                } else if let Some(asked) = self.jobs.get_mut(&id) {
                    asked.hear(&event);
                }
                self.end.send(id, event);
            }
        }
    }

    /// The engine has ended by itself.
    fn mourn(&mut self) {
        let status = self.engine.take().and_then(Running::end);
        let how = how_it_ended(&self.program, status);
        tracing::error!("{how}");
        self.fail_all(how);
    }

    fn fail_all(&mut self, reason: String) {
        let reason = Error::Job(reason);
        for id in self.jobs.keys().copied().collect::<Vec<_>>() {
            self.fail(id, &reason);
        }
    }

    fn fail(&mut self, id: u64, reason: &Error) {
        self.jobs.remove(&id);
        self.end.send(id, Event::failed(reason));
    }
}

/// Messages of the engine that wait to be carried on.
const MOST_NEWS: usize = 256;

/// A process and its two pipes.
struct Running {
    child: Child,
    commands: BufWriter<ChildStdin>,
    /// Closed where the process has ended, or what it says is not a message.
    news: Receiver<FromEngine>,
    reader: JoinHandle<()>,
}

impl Running {
    fn start(program: &Path) -> Result<Self> {
        let mut start = Program::new(program);
        start.stdin(Stdio::piped()).stdout(Stdio::piped());
        // Ctrl-C in a terminal reaches its whole group, but how a job stops is the front end's to say.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut start, 0);
        let mut child = start.spawn().map_err(|e| {
            let message = format!(
                "the engine, a program of its own, does not start ({e}): build both, as `make run` does"
            );
            Error::file(program, message)
        })?;
        tracing::info!("the engine begins, process {}", child.id());
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (commands, events) = pipes.ok_or_else(|| Error::Job("the engine has no pipes".into()))?;
        // Where they are not taken, the pipe fills, and the engine waits.
        let (tell, news) = bounded(MOST_NEWS);
        let reader = spawn("cw-news", move || read_news(events, &tell)).inspect_err(|_| {
            let _ = child.kill().and_then(|()| child.wait());
        })?;
        Ok(Running {
            child,
            commands: BufWriter::new(commands),
            news,
            reader,
        })
    }

    /// Waits for its end as long as it reports from time to time, then ends it.
    fn end_soon(mut self) {
        let mut patience = PATIENCE;
        while let Ok(message) = self.news.recv_timeout(patience) {
            let is_saving = matches!(&message, FromEngine::Event { event: Event::Progress(progress), .. } if progress.phase == Phase::Save);
            patience = match message {
                FromEngine::Event { .. } if is_saving => PATIENCE_TO_SAVE,
                FromEngine::Event { .. } => PATIENCE,
                _ => patience,
            };
        }
        // It has ended, or is given up.
        if !self.reader.is_finished() {
            let _ = self.child.kill();
        }
        self.end();
    }

    /// Waits for its end, and drops what it still sends.
    fn end(self) -> Option<ExitStatus> {
        let Running {
            mut child,
            commands,
            news,
            reader,
        } = self;
        drop(commands);
        for _ in &news {}
        let _ = reader.join();
        child.wait().ok()
    }
}

fn read_news(events: ChildStdout, tell: &Sender<FromEngine>) {
    let mut events = BufReader::new(events);
    while let Ok(Some(message)) = read(&mut events) {
        if tell.send(message).is_err() {
            return;
        }
    }
}

/// Of a job that was stopped, and with it the engine.
const HUNG: &str =
    "Stopped: the engine was held up by one file, so it was ended and started again; what there was is kept";
