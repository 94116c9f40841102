//! The engine's side: commands from one pipe to the engine, its events into the other.

use std::collections::BTreeMap;
use std::io::{BufRead, BufWriter, ErrorKind, Write};
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::wire::{FromEngine, REVISION, ToEngine, read, write};
use crate::error::{Error, Result};
use crate::protocol::{Event, Job, Link, Wake};
use crate::spawn::spawn;

/// Serves a front end until it closes or is gone, and the engine has ended. `start_engine` starts one in this process.
///
/// # Errors
/// The engine does not start, or a pipe breaks; by then every job has been asked to stop.
pub fn serve(
    start_engine: impl FnOnce(Wake) -> Result<(Link, JoinHandle<()>)>,
    mut commands: impl BufRead,
    events: impl Write + Send + 'static,
) -> Result<()> {
    // The thread that writes waits for events itself.
    let (link, engine) = start_engine(Arc::new(|_| {}))?;
    let news = link.events.clone();
    let (tell_ended, ended) = unbounded();
    let writer = spawn("cw-events", move || {
        write_events(&news, &tell_ended, BufWriter::new(events))
    })?;
    let read = take_commands(&link, &ended, &mut commands);
    drop(link);
    let ended_well = engine.join().is_ok();
    let _ = writer.join();
    match ended_well {
        true => read,
        false => Err(Error::Job("the engine broke off".into())),
    }
}

/// `ended` tells which jobs are over.
fn take_commands(link: &Link, ended: &Receiver<u64>, commands: &mut impl BufRead) -> Result<()> {
    let mut jobs: BTreeMap<u64, Job> = BTreeMap::new();
    loop {
        match read(commands) {
            Ok(Some(ToEngine::Job { id, command })) => {
                for id in ended.try_iter() {
                    jobs.remove(&id);
                }
                jobs.insert(id, link.submit_as(id, command));
            }
            Ok(Some(ToEngine::Cancel { id })) => {
                jobs.get(&id).inspect(|job| job.cancel.cancel());
            }
            Ok(Some(ToEngine::Close)) => return Ok(()),
            gone => {
                jobs.values().for_each(|job| job.cancel.cancel());
                let broken = |e| Error::Job(format!("a command cannot be read: {e}"));
                return gone.map(|_| ()).map_err(broken);
            }
        }
    }
}

/// Ends with the engine, or where nobody reads any more.
fn write_events(
    news: &Receiver<(u64, Event)>,
    ended: &Sender<u64>,
    mut pipe: impl Write,
) -> std::io::Result<()> {
    let revision = REVISION.to_owned();
    write(&mut pipe, &FromEngine::Hello { revision })?;
    pipe.flush()?;
    for (id, event) in news {
        if event.is_last() {
            // Nobody listens once the front end is gone.
            let _ = ended.send(id);
        }
        match write(&mut pipe, &FromEngine::Event { id, event }) {
            Err(reason) if reason.kind() == ErrorKind::InvalidData => {
                let message = format!("what was found cannot be told: {reason}; rename the file or folder");
                let event = Event::failed(&Error::Input(message));
                write(&mut pipe, &FromEngine::Event { id, event })?;
            }
            written => written?,
        }
        if news.is_empty() {
            pipe.flush()?;
        }
    }
    pipe.flush()
}
