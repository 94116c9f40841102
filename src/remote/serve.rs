//! The engine's side: commands from one pipe to the engine, its events into the other.

use std::collections::BTreeMap;
use std::io::{BufRead, BufWriter, ErrorKind, Write};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, never, select, unbounded};

use super::asked::{PATIENCE, PATIENCE_TO_SAVE};
use super::wire::{FromEngine, REVISION, ToEngine, read, write};
use crate::backlog::Backlog;
use crate::error::{Error, Result};
use crate::protocol::{EngineEnd, Event, Job, Link, Phase, link};
use crate::spawn::{are_given, spawn};

/// Threads of this module and of an engine that has nothing to do.
const N_THREADS: usize = 6;

/// Serves a front end until it closes or is gone, or a signal asks to end, and the engine has ended. `start_engine` starts
/// one in this process; the lines of its log go along.
///
/// # Errors
/// The engine does not start; a pipe breaks, and by then every job has been asked to stop; a job does not stop.
pub fn serve(
    start_engine: impl FnOnce(EngineEnd) -> Result<JoinHandle<()>>,
    commands: impl BufRead + Send + 'static,
    mut events: impl Write + Send + 'static,
    signals: &Receiver<()>,
    log: Receiver<String>,
) -> Result<()> {
    if let Err(error) = are_given(N_THREADS) {
        let reason = error.to_string();
        let _ = write(&mut events, &FromEngine::Unable { reason }).and_then(|()| events.flush());
        return Err(error);
    }
    let (backlog, wake) = Backlog::new();
    let (link, end) = link(wake);
    let engine = start_engine(end)?;
    let news = link.events.clone();
    let (tell_signs, signs) = unbounded();
    let written = backlog.clone();
    let writer = spawn("cw-events", move || {
        write_events(&news, &log, &written, &tell_signs, BufWriter::new(events))
    })?;
    let (hand_on, commands_out) = unbounded();
    // It waits in `read` and ends with the process.
    spawn("cw-commands", move || read_commands(commands, &hand_on))?;
    let (jobs, close) = take_commands(&link, &signs, &commands_out, signals);
    drop(link);
    if let Close::Stop(_) = close {
        // Whether events are still read or not.
        backlog.release();
    }
    let end = Ending {
        backlog,
        engine,
        writer,
        signs,
        signals,
    };
    match close {
        Close::Asked => end.wait(&jobs),
        Close::Stop(reason) => {
            jobs.values().for_each(|job| job.cancel.cancel());
            end.wait_a_while().and(reason)
        }
    }
}

/// What there is to wait for.
struct Ending<'a> {
    backlog: Backlog,
    engine: JoinHandle<()>,
    writer: JoinHandle<std::io::Result<()>>,
    signs: Receiver<Sign>,
    signals: &'a Receiver<()>,
}

impl Ending<'_> {
    /// Until all jobs have ended by themselves; a signal asks them to stop.
    fn wait(self, jobs: &BTreeMap<u64, Job>) -> Result<()> {
        while !self.engine.is_finished() {
            if self.signals.recv_timeout(Duration::from_millis(20)).is_ok() {
                self.backlog.release();
                jobs.values().for_each(|job| job.cancel.cancel());
                return self.wait_a_while();
            }
        }
        self.join()
    }

    /// As long as a job goes on reporting.
    fn wait_a_while(self) -> Result<()> {
        let mut patience = PATIENCE;
        let mut waited = Duration::ZERO;
        let step = Duration::from_millis(20);
        while !self.engine.is_finished() {
            match self.signs.recv_timeout(step) {
                Ok(sign) => {
                    waited = Duration::ZERO;
                    if let Sign::Saving = sign {
                        patience = PATIENCE_TO_SAVE;
                    }
                }
                Err(RecvTimeoutError::Timeout) => waited += step,
                Err(RecvTimeoutError::Disconnected) => {
                    std::thread::sleep(step);
                    waited += step;
                }
            }
            if waited >= patience {
                let message = "a job does not stop; it waits for a file, and is given up";
                return Err(Error::Job(message.into()));
            }
        }
        self.join()
    }

    fn join(self) -> Result<()> {
        let ended_well = self.engine.join().is_ok();
        let _ = self.writer.join();
        match ended_well {
            true => Ok(()),
            false => Err(Error::Job("the engine crashed".into())),
        }
    }
}

/// What the writer sees go by.
enum Sign {
    Ended(u64),
    /// A job writes what it has.
    Saving,
    Other,
}

/// Why no more commands come.
enum Close {
    /// The front end closes, and waits for what runs to end by itself.
    Asked,
    /// The front end is gone, or a signal asks to end: what runs is stopped.
    Stop(Result<()>),
}

fn read_commands(mut pipe: impl BufRead, hand_on: &Sender<std::io::Result<Option<ToEngine>>>) {
    loop {
        let message = read(&mut pipe);
        let is_last = !matches!(message, Ok(Some(_)));
        if hand_on.send(message).is_err() || is_last {
            return;
        }
    }
}

/// Until nothing more comes. Gives the jobs that have not ended.
fn take_commands(
    link: &Link,
    signs: &Receiver<Sign>,
    commands: &Receiver<std::io::Result<Option<ToEngine>>>,
    signals: &Receiver<()>,
) -> (BTreeMap<u64, Job>, Close) {
    let mut jobs: BTreeMap<u64, Job> = BTreeMap::new();
    loop {
        let message = select! {
            recv(commands) -> message => message,
            recv(signals) -> _ => return (jobs, Close::Stop(Ok(()))),
        };
        for sign in signs.try_iter() {
            if let Sign::Ended(id) = sign {
                jobs.remove(&id);
            }
        }
        match message {
            Ok(Ok(Some(ToEngine::Job { id, command }))) => {
                jobs.insert(id, link.submit_as(id, command));
            }
            Ok(Ok(Some(ToEngine::Cancel { id }))) => {
                jobs.get(&id).inspect(|job| job.cancel.cancel());
            }
            Ok(Ok(Some(ToEngine::Close))) => return (jobs, Close::Asked),
            Ok(Ok(None)) | Err(_) => return (jobs, Close::Stop(Ok(()))),
            Ok(Err(e)) => {
                let broken = Error::Job(format!("a command cannot be read: {e}"));
                return (jobs, Close::Stop(Err(broken)));
            }
        }
    }
}

fn sign(id: u64, event: &Event) -> Sign {
    match event {
        Event::Progress(progress) if progress.phase == Phase::Save => Sign::Saving,
        event if event.is_last() => Sign::Ended(id),
        _ => Sign::Other,
    }
}

/// Ends with the engine. Where nobody reads any more, it goes on seeing what the engine does.
fn write_events(
    news: &Receiver<(u64, Event)>,
    log: &Receiver<String>,
    backlog: &Backlog,
    signs: &Sender<Sign>,
    mut pipe: impl Write,
) -> std::io::Result<()> {
    let revision = REVISION.to_owned();
    write(&mut pipe, &FromEngine::Hello { revision })?;
    pipe.flush()?;
    let mut is_read = true;
    let mut log = log.clone();
    loop {
        let (id, event) = select! {
            recv(news) -> event => match event {
                Ok(event) => event,
                Err(_) => break,
            },
            recv(log) -> line => {
                match line {
                    Ok(line) => is_read = is_read && write_line(&mut pipe, line).is_ok(),
                    Err(_) => log = never(),
                }
                continue;
            }
        };
        backlog.take();
        // Nobody listens once all has ended.
        let _ = signs.send(sign(id, &event));
        if is_read && write_event(&mut pipe, id, event, news.is_empty()).is_err() {
            is_read = false;
        }
    }
    pipe.flush()
}

fn write_line(pipe: &mut impl Write, line: String) -> std::io::Result<()> {
    write(pipe, &FromEngine::Log { line })?;
    pipe.flush()
}

fn write_event(pipe: &mut impl Write, id: u64, event: Event, flush: bool) -> std::io::Result<()> {
    match write(pipe, &FromEngine::Event { id, event }) {
        Err(reason) if reason.kind() == ErrorKind::InvalidData => {
            let message = format!("the result cannot be sent: {reason}; rename the file or folder");
            let event = Event::failed(&Error::Input(message));
            write(pipe, &FromEngine::Event { id, event })?;
        }
        written => written?,
    }
    if flush { pipe.flush() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, sink};
    use std::time::Instant;

    use super::*;
    use crate::protocol::{CacheCommand, Command, ListCache};

    /// Serves one job of an engine that does `work` with it, to a front end that is gone at once.
    fn served(work: impl Fn(&Job, &EngineEnd) + Send + 'static) -> (Result<()>, Duration) {
        let start = move |end: EngineEnd| {
            spawn("an engine", move || {
                end.commands.iter().for_each(|(job, _)| work(&job, &end));
            })
        };
        let (mut commands, command) = (Vec::new(), Command::Cache(CacheCommand::ListCache(ListCache)));
        write(&mut commands, &ToEngine::Job { id: 1, command }).unwrap();
        let (_never, signals) = unbounded();
        let began = Instant::now();
        let served = serve(start, Cursor::new(commands), sink(), &signals, never());
        (served, began.elapsed())
    }

    fn wait_for_stop(job: &Job) {
        while !job.cancel.is_cancelled() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn what_stops_when_it_is_asked_to_is_waited_for() {
        let (served, took) = served(|job, end| {
            wait_for_stop(job);
            end.send(job.id, Event::failed(&Error::Stopped));
        });
        assert!(served.is_ok(), "{served:?}");
        assert!(took < PATIENCE, "{took:?}");
    }

    /// Such as one that reads from a share that hangs.
    #[test]
    fn what_never_stops_is_given_up() {
        let (served, took) = served(|job, _| {
            wait_for_stop(job);
            loop {
                std::thread::sleep(PATIENCE);
            }
        });
        let message = served.unwrap_err().to_string();
        assert!(message.contains("is given up"), "{message}");
        assert!(took >= PATIENCE && took < 3 * PATIENCE, "{took:?}");
    }

    /// More than may wait, none of which is read once it has ended.
    #[test]
    fn a_job_that_tells_much_is_not_held_up_by_a_front_end_that_is_gone() {
        let (served, took) = served(|job, end| {
            wait_for_stop(job);
            (0..10_000).for_each(|_| end.send(7, Event::Done));
            end.send(job.id, Event::Done);
        });
        assert!(served.is_ok(), "{served:?}");
        assert!(took < PATIENCE, "{took:?}");
    }
}
