//! The way of a command: what needs no tensor is done here, in the front end's own process, and the rest by the engine,
//! which is started by the first command that needs it. So an engine that does not start, or dies, fails its own jobs only.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{JoinHandle, available_parallelism};

use crossbeam_channel::{Sender, select};

use super::beside::{Beside, Kind};
use super::files;
use super::gate::Gate;
use super::heard;
use super::own_runs::OwnRuns;
use crate::disk::FeatureStore;
use crate::disk::images::thumbnail_store::ThumbnailStore;
use crate::error::{Error, Result};
use crate::protocol::{
    CacheCommand, Command, DatasetCommand, EngineEnd, Event, HealthCommand, Job, JudgeCommand, Link,
    RunsCommand, Wake, link,
};
use crate::spawn::spawn;

/// Gives the link that a front end submits to. It all ends when that is dropped, and then the handle can be joined.
/// `start_engine` starts an engine on its end of the link, in this process or in one of its own.
///
/// # Errors
/// The system gives no thread.
pub fn start(
    wake: Wake,
    start_engine: impl FnMut(EngineEnd) -> Result<JoinHandle<()>> + Send + 'static,
) -> Result<(Link, JoinHandle<()>)> {
    let (link, end) = link(wake);
    let router = Router::new(&end, start_engine);
    let thread = spawn("cw-router", move || router.route())?;
    Ok((link, thread))
}

struct Router {
    end: EngineEnd,
    beside: Beside,
    store: FeatureStore,
    /// Pictures to show that are decoded at a time.
    pictures: Arc<Gate>,
    thumbnails: ThumbnailStore,
    own_runs: OwnRuns,
    start_engine: Box<dyn FnMut(EngineEnd) -> Result<JoinHandle<()>> + Send>,
    engine: Option<Engine>,
}

struct Engine {
    commands: Sender<(Job, Command)>,
    thread: JoinHandle<()>,
}

impl Router {
    fn new(
        end: &EngineEnd,
        start_engine: impl FnMut(EngineEnd) -> Result<JoinHandle<()>> + Send + 'static,
    ) -> Self {
        let end = end.shown_to(heard::told);
        let store = FeatureStore::from_env();
        Router {
            beside: Beside::new(&end),
            end,
            thumbnails: ThumbnailStore::new(store.beside("thumbnails")),
            store,
            pictures: Arc::new(Gate::new(available_parallelism().map_or(1, usize::from))),
            own_runs: OwnRuns::default(),
            start_engine: Box::new(start_engine),
            engine: None,
        }
    }

    /// Until the front end drops its link and all jobs have ended. The engine's own end is the end of it all, which the
    /// closed event channel shows.
    fn route(mut self) {
        let (commands, news) = (self.end.commands.clone(), self.beside.news.clone());
        while !self
            .engine
            .as_ref()
            .is_some_and(|engine| engine.thread.is_finished())
        {
            select! {
                recv(commands) -> command => match command {
                    Ok((job, command)) => self.take(job, command),
                    Err(_) => break,
                },
                recv(news) -> news => news.into_iter().for_each(|news| self.beside.take(news)),
                default(self.beside.until_next_look()) => {}
            }
            self.beside.give_up_what_hangs();
        }
        let engine = self.engine.map(|Engine { commands, thread }| {
            // That is what ends it.
            drop(commands);
            thread
        });
        self.beside.end();
        // Whoever joins this thread learns how the engine ended.
        if let Some(Err(crash)) = engine.map(JoinHandle::join) {
            resume_unwind(crash);
        }
    }

    fn take(&mut self, job: Job, command: Command) {
        heard::asked(job.id, &command);
        match command {
            Command::Dataset(command) => self.about_dataset(job, command),
            Command::Runs(command) => {
                let (own_runs, thumbnails) = (self.own_runs.clone(), self.thumbnails.clone());
                self.beside
                    .start(job, kind_about_runs(&command), move |progress, tell| {
                        files::runs::run(&command, &own_runs, &thumbnails, progress, tell)
                    });
            }
            Command::Cache(command) => {
                let (store, thumbnails) = (self.store.clone(), self.thumbnails.clone());
                let kind = match command {
                    CacheCommand::ListCache(_) => Kind::Look,
                    _ => Kind::Change,
                };
                self.beside.start(job, kind, move |_, tell| {
                    files::cache::run(&command, &store, &thumbnails, tell)
                });
            }
            Command::Labels(command) => {
                let store = self.store.clone();
                self.beside.start(job, Kind::Change, move |progress, tell| {
                    files::labels::run(&command, &store, progress, tell)
                });
            }
            Command::Judge(JudgeCommand::FindImages(request)) => {
                self.beside.start(job, Kind::Scan, move |progress, tell| {
                    files::images::find_images(&request, progress, tell)
                });
            }
            Command::Health(HealthCommand::ExamineImages(request)) => {
                let store = self.store.clone();
                self.beside.start(job, Kind::Look, move |progress, tell| {
                    files::health::examine_images(&request, &store, progress, tell)
                });
            }
            Command::Health(HealthCommand::ReadSlices(request)) => {
                let store = self.store.clone();
                self.beside.start(job, Kind::Look, move |progress, tell| {
                    files::slices::read_slices(&request, &store, progress, tell)
                });
            }
            Command::Health(HealthCommand::ExamineSplit(request)) => {
                let store = self.store.clone();
                self.beside.start(job, Kind::Look, move |progress, tell| {
                    files::health::examine_split(&request, &store, progress, tell)
                });
            }
            Command::Health(HealthCommand::ExamineLabels(_))
            | Command::Map(_)
            | Command::Fit(_)
            | Command::Live(_)
            | Command::Judge(_)
            | Command::Machine(_) => {
                self.hand_over(job, command);
            }
        }
    }

    fn about_dataset(&mut self, job: Job, command: DatasetCommand) {
        let (pictures, store) = (Arc::clone(&self.pictures), self.store.clone());
        let thumbnails = self.thumbnails.clone();
        let kind = match command {
            DatasetCommand::Scan(_) => Kind::Scan,
            DatasetCommand::DrawDemo(_) => Kind::Change,
            _ => Kind::Look,
        };
        self.beside.start(job, kind, move |progress, tell| {
            files::dataset::run(&command, (&pictures, &thumbnails), &store, progress, tell)
        });
    }

    fn hand_over(&mut self, job: Job, command: Command) {
        let id = job.id;
        let handed_over = self.engine().and_then(|engine| {
            let gone = |_| Error::Job("the engine has ended; start the program again".into());
            engine.commands.send((job, command)).map_err(gone)
        });
        if let Err(e) = handed_over {
            self.end.send(id, Event::failed(&e));
        }
    }

    /// Started where it is not there yet, or could not be started before.
    fn engine(&mut self) -> Result<&Engine> {
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => {
                let own_runs = self.own_runs.clone();
                let see = move |id, event: &Event| {
                    heard::told(id, event);
                    own_runs.see(id, event);
                };
                let (commands, end) = self.end.branch(see);
                let thread = (self.start_engine)(end)?;
                Engine { commands, thread }
            }
        };
        Ok(self.engine.insert(engine))
    }
}

fn kind_about_runs(command: &RunsCommand) -> Kind {
    match command {
        RunsCommand::WatchRuns(_)
        | RunsCommand::ListRuns(_)
        | RunsCommand::ReadScores(_)
        | RunsCommand::RateRuns(_)
        | RunsCommand::Measure(_)
        | RunsCommand::CompareRuns(_)
        | RunsCommand::SearchRuns(_)
        | RunsCommand::ReadImage(_)
        | RunsCommand::ReadSettings(_) => Kind::Look,
        _ => Kind::Change,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Mutex;
    use std::time::{Duration, Instant};

    use crossbeam_channel::bounded;

    use super::*;
    use crate::disk::runs::folder::RunFolder;
    use crate::disk::runs::saved::read_run;
    use crate::experiment::{Config, Outcome, RunEvent, RunTag, Timing};
    use crate::protocol::{
        Ask, ExportRuns, FitEvent, ListCache, ListDevices, ReadScores, RunsEvent, TagRun, WatchRuns,
    };

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Starts no engine.
    fn without_engine() -> (Link, JoinHandle<()>) {
        start(Arc::new(|_| {}), |_| {
            Err(Error::input("there is no engine; build it"))
        })
        .unwrap()
    }

    fn ask<A: Ask>(link: &Link, question: A) -> Result<A::Answer, String> {
        let job = link.submit(question);
        let mut answer = None;
        loop {
            match link.events.recv_timeout(PATIENCE).expect("an event") {
                (id, _) if id != job.id => {}
                (_, Event::Done) => return Ok(answer.expect("an answer")),
                (_, Event::Failed { message, .. }) => return Err(message),
                (_, event) => answer = answer.or(A::answer(event)),
            }
        }
    }

    fn ended_run(runs_dir: &std::path::Path) -> std::path::PathBuf {
        let mut folder = RunFolder::create(runs_dir, &Config::default(), &[]).unwrap();
        let (outcome, timing) = (Outcome::Finished, Timing::default());
        folder.append(&RunEvent::Ended { outcome, timing }).unwrap();
        folder.dir.clone()
    }

    #[test]
    fn what_needs_no_engine_is_answered_without_one() {
        let home = tempfile::tempdir().unwrap();
        let dir = ended_run(home.path());
        let (link, thread) = without_engine();
        let runs_dir = home.path().to_path_buf();
        let watch = link.submit(WatchRuns { runs_dir });
        let (_, listed) = link.events.recv_timeout(PATIENCE).unwrap();
        assert!(
            matches!(&listed, Event::Runs(RunsEvent::Listed(run)) if run.dir == dir),
            "{listed:?}"
        );

        let starred = RunTag {
            starred: true,
            ..RunTag::default()
        };
        let tag = TagRun {
            dir: dir.clone(),
            tag: starred.clone(),
        };
        assert_eq!(ask(&link, tag.clone()), Ok(tag));
        assert_eq!(read_run(&dir).unwrap().tag, starred);
        let to = home.path().join("to");
        std::fs::create_dir(&to).unwrap();
        let run_dir = dir.clone();
        assert!(
            ask(&link, ExportRuns { dirs: vec![dir], to }).unwrap().done[0]
                .join("classes.csv")
                .is_file()
        );
        assert!(ask(&link, ListCache).is_ok());
        assert!(ask(&link, ReadScores { run_dir }).is_err());

        // What needs one fails with what to do, each time, and nothing else does.
        for _ in 0..2 {
            let refused = ask(&link, ListDevices).unwrap_err();
            assert_eq!(refused, "there is no engine; build it");
        }
        assert!(!watch.cancel.is_cancelled());
        // A watch does not keep it all from ending.
        drop(link);
        thread.join().unwrap();
        assert!(watch.cancel.is_cancelled());
    }

    #[test]
    fn the_log_hears_why_no_engine_could_be_asked() {
        let log = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&log);
        let lines = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || Lines(Arc::clone(&written)));
        let (link, end) = link(Arc::new(|_| {}));
        let mut router = Router::new(&end, |_| Err(Error::input("there is no engine; build it")));
        let job = link.submit(ListDevices);
        tracing::subscriber::with_default(lines.finish(), || router.take(job, ListDevices.into()));
        let log = String::from_utf8(log.lock().unwrap().clone()).unwrap();
        assert!(log.contains("refused: there is no engine; build it"), "{log}");
    }

    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_run_of_ours_is_not_watched_while_its_job_tells_of_it() {
        let home = tempfile::tempdir().unwrap();
        let runs_dir = home.path().to_path_buf();
        let engine = move |end: EngineEnd| {
            let runs_dir = runs_dir.clone();
            spawn("an engine", move || {
                for (job, _) in &end.commands {
                    let mut folder = RunFolder::create(&runs_dir, &Config::default(), &[]).unwrap();
                    let dir = folder.dir.clone();
                    end.send(job.id, FitEvent::RunCreated { dir });
                    for i in 0..30 {
                        let message = format!("warning {i}");
                        let event = RunEvent::Warning { message };
                        folder.append(&event).unwrap();
                        end.send(job.id, FitEvent::Run(event));
                        std::thread::sleep(Duration::from_millis(50));
                    }
                    // It breaks off, and its last words are lost.
                    let message = "lost".into();
                    folder.append(&RunEvent::Warning { message }).unwrap();
                    drop(folder);
                    end.send(job.id, Event::failed(&Error::Job("broken off".into())));
                }
            })
        };
        let (link, thread) = start(Arc::new(|_| {}), engine).unwrap();
        let runs_dir = home.path().to_path_buf();
        let watch = link.submit(WatchRuns { runs_dir });
        let job = link.submit(ListDevices);
        let mut of_watch = Vec::new();
        let mut has_ended = false;
        while of_watch.is_empty() {
            match link.events.recv_timeout(PATIENCE).unwrap() {
                (id, event) if id == job.id => has_ended = event.is_last(),
                // It may be met before it was announced.
                (_, Event::Runs(RunsEvent::Listed(run))) => assert_eq!(run.n_events, 0),
                (id, event) if id == watch.id => of_watch.push(event),
                _ => {}
            }
        }
        assert!(has_ended);
        let Event::Runs(RunsEvent::Followed(run)) = &of_watch[0] else {
            panic!("{of_watch:?}")
        };
        assert_eq!((run.first, run.events.len(), run.written), (0, 31, false));
        drop(link);
        thread.join().unwrap();
    }

    /// A front end sees the closed channel, and says so.
    #[test]
    fn where_the_engine_crashes_the_channel_closes() {
        let home = tempfile::tempdir().unwrap();
        let crashing = |end: EngineEnd| {
            spawn("an engine", move || {
                let _ = end.commands.recv();
                std::panic::resume_unwind(Box::new("a crash"));
            })
        };
        let (link, thread) = start(Arc::new(|_| {}), crashing).unwrap();
        let runs_dir = home.path().to_path_buf();
        let watch = link.submit(WatchRuns { runs_dir });
        link.submit(ListDevices);
        let ends = link.events.iter().filter(|(_, event)| event.is_last());
        assert_eq!(ends.map(|(id, _)| id).collect::<Vec<_>>(), [watch.id]);
        assert!(thread.join().is_err());
    }

    #[test]
    fn what_does_not_stop_is_given_up_and_says_nothing_any_more() {
        let (link, end) = link(Arc::new(|_| {}));
        let mut beside = Beside::new(&end);
        let job = link.submit(ListCache);
        let (begin, begun) = bounded(0);
        let (release, held) = bounded::<()>(0);
        beside.start(job.clone(), Kind::Scan, move |_, _| {
            begin.send(()).unwrap();
            let _ = held.recv();
            Ok(())
        });
        begun.recv().unwrap();
        job.cancel.cancel();
        let began = Instant::now();
        beside.end();
        assert!(began.elapsed() < PATIENCE);
        let (id, event) = link.events.recv_timeout(PATIENCE).unwrap();
        assert!(
            id == job.id && matches!(&event, Event::Failed { message, .. } if message.contains("held up")),
            "{event:?}"
        );
        drop(release);
        std::thread::sleep(Duration::from_millis(200));
        assert!(link.events.try_recv().is_err());
    }
}
