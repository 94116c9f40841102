//! Follows a runs folder: what is in it, and how it changes. A run that another process writes is read line by line
//! as it grows, so that it can be watched as one of our own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::run_folder::{CONFIG_FILE, EVENTS_FILE, SavedRun, is_written, read_events, read_run, run_dirs};
use super::run_scores::read_decision;
use super::stamp::Stamp;
use crate::error::Result;
use crate::experiment::RunEvent;
use crate::protocol::{Event, FollowedRun, ListedRun};

/// What is known of a runs folder.
#[derive(Debug)]
pub struct Follower {
    runs_dir: PathBuf,
    known: BTreeMap<PathBuf, Known>,
}

#[derive(Debug)]
enum Known {
    /// It has ended; nothing follows.
    Ended,
    Open {
        n_events: usize,
        n_bytes: u64,
        written: bool,
    },
    /// Somebody else's, or just being made: tried again when it looks different.
    Unreadable { looks: Looks },
}

/// A run's folder, its config and its events, from outside.
type Looks = [Option<Stamp>; 3];

impl Follower {
    pub fn new(runs_dir: &Path) -> Self {
        Follower {
            runs_dir: runs_dir.to_path_buf(),
            known: BTreeMap::new(),
        }
    }

    /// Looks once, and tells what has changed since the last time: at first, every run. Cheap where nothing has: one
    /// listing, and one look at each run that has not ended.
    ///
    /// # Errors
    /// What `tell` returns, and where the folder cannot be listed.
    pub fn poll(&mut self, tell: &mut dyn FnMut(Event) -> Result<()>) -> Result<()> {
        let dirs = run_dirs(&self.runs_dir)?;
        // They come newest first, which is last first.
        let is_there = |dir: &PathBuf| dirs.binary_search_by(|there| dir.cmp(there)).is_ok();
        let gone: Vec<PathBuf> = self.known.keys().filter(|dir| !is_there(dir)).cloned().collect();
        for dir in gone {
            self.known.remove(&dir);
            tell(Event::RunGone { dir })?;
        }
        for dir in dirs {
            match self.known.get_mut(&dir) {
                None => self.read(dir, tell)?,
                Some(Known::Unreadable { looks }) if *looks != looks_of(&dir) => self.read(dir, tell)?,
                Some(Known::Ended | Known::Unreadable { .. }) => {}
                Some(Known::Open { .. }) => self.follow(&dir, tell)?,
            }
        }
        Ok(())
    }

    fn read(&mut self, dir: PathBuf, tell: &mut dyn FnMut(Event) -> Result<()>) -> Result<()> {
        // Asked first: a writer that ends in between has written all that is read then.
        let written = is_written(&dir);
        let looks = looks_of(&dir);
        let Ok(run) = read_run(&dir) else {
            self.known.insert(dir, Known::Unreadable { looks });
            return Ok(());
        };
        let known = match run.record.outcome {
            Some(_) => Known::Ended,
            None => Known::Open {
                n_events: run.n_events,
                n_bytes: run.n_bytes,
                written,
            },
        };
        self.known.insert(dir, known);
        tell(Event::RunListed(Box::new(listed(run, written))))
    }

    fn follow(&mut self, dir: &Path, tell: &mut dyn FnMut(Event) -> Result<()>) -> Result<()> {
        let Some(Known::Open {
            n_events,
            n_bytes,
            written,
        }) = self.known.get_mut(dir)
        else {
            return Ok(());
        };
        let is_written = is_written(dir);
        let length = fs::metadata(dir.join(EVENTS_FILE)).map_or(0, |file| file.len());
        // Where a new line is no event, it and what follows stay untold; who opens the run anew is told why.
        let (events, end) = match length > *n_bytes {
            true => read_events(dir, *n_bytes).map_or((vec![], *n_bytes), |new| (new.events, new.end)),
            false => (vec![], *n_bytes),
        };
        // Where a file system has no locks, growth tells that somebody writes.
        let is_written = is_written || !events.is_empty();
        if events.is_empty() && is_written == *written {
            return Ok(());
        }
        let first = *n_events;
        (*n_events, *n_bytes, *written) = (first + events.len(), end, is_written);
        let ended = events.iter().any(|e| matches!(e, RunEvent::Ended { .. }));
        if ended {
            self.known.insert(dir.to_path_buf(), Known::Ended);
        }
        tell(Event::RunFollowed(Box::new(FollowedRun {
            dir: dir.to_path_buf(),
            first,
            events,
            written: is_written && !ended,
        })))
    }
}

fn looks_of(dir: &Path) -> Looks {
    [dir.to_path_buf(), dir.join(CONFIG_FILE), dir.join(EVENTS_FILE)].map(|path| Stamp::of(&path))
}

/// As the front end is told of it.
pub fn listed(run: SavedRun, written: bool) -> ListedRun {
    ListedRun {
        // A threshold that cannot be read is told where it is used.
        decision: read_decision(&run.dir).unwrap_or_default(),
        dir: run.dir,
        name: run.name,
        config: run.config,
        written: written && run.record.outcome.is_none(),
        record: run.record,
        tag: run.tag,
        n_events: run.n_events,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::run_folder::RunFolder;
    use crate::experiment::{Config, Outcome, Timing};

    fn polled(follower: &mut Follower) -> Vec<String> {
        let mut told = Vec::new();
        let mut tell = |event| {
            told.push(match event {
                Event::RunListed(run) => format!("listed {} {}", run.n_events, run.written),
                Event::RunFollowed(run) => {
                    format!("followed {}+{} {}", run.first, run.events.len(), run.written)
                }
                Event::RunGone { .. } => "gone".into(),
                other => panic!("{other:?}"),
            });
            Ok(())
        };
        follower.poll(&mut tell).unwrap();
        told
    }

    fn warning() -> RunEvent {
        RunEvent::Warning {
            message: "mind".into(),
        }
    }

    fn ended() -> RunEvent {
        RunEvent::Ended {
            outcome: Outcome::Finished,
            timing: Timing::default(),
        }
    }

    #[test]
    fn a_folder_is_followed_from_its_making_to_its_end() {
        let home = tempfile::tempdir().unwrap();
        let mut follower = Follower::new(&home.path().join("runs"));
        assert!(polled(&mut follower).is_empty());
        let mut folder = RunFolder::create(&home.path().join("runs"), &Config::default()).unwrap();
        folder.append(&warning()).unwrap();
        assert_eq!(polled(&mut follower), ["listed 1 true"]);
        assert!(polled(&mut follower).is_empty());
        folder.append(&warning()).unwrap();
        folder.append(&warning()).unwrap();
        assert_eq!(polled(&mut follower), ["followed 1+2 true"]);
        folder.append(&ended()).unwrap();
        assert_eq!(polled(&mut follower), ["followed 3+1 false"]);
        assert!(polled(&mut follower).is_empty());
        fs::remove_dir_all(&folder.dir).unwrap();
        assert_eq!(polled(&mut follower), ["gone"]);
    }

    #[test]
    fn a_writer_that_dies_leaves_a_run_that_nobody_writes() {
        let home = tempfile::tempdir().unwrap();
        let mut follower = Follower::new(home.path());
        let mut folder = RunFolder::create(home.path(), &Config::default()).unwrap();
        folder.append(&warning()).unwrap();
        assert_eq!(polled(&mut follower), ["listed 1 true"]);
        let dir = folder.dir.clone();
        drop(folder);
        assert_eq!(polled(&mut follower), ["followed 1+0 false"]);
        // Half a line waits for its other half.
        let append = |text: &str| {
            let path = dir.join(EVENTS_FILE);
            let before = fs::read_to_string(&path).unwrap();
            fs::write(&path, before + text).unwrap();
        };
        let line = serde_json::to_string(&warning()).unwrap();
        append(&line[..9]);
        assert!(polled(&mut follower).is_empty());
        append(&format!("{}\n", &line[9..]));
        assert_eq!(polled(&mut follower), ["followed 1+1 true"]);
        assert_eq!(polled(&mut follower), ["followed 2+0 false"]);
        // What is damaged hides nothing of what stands before it.
        append(&format!("{line}\n{line}\nno event\n{line}\n"));
        assert_eq!(polled(&mut follower), ["followed 2+2 true"]);
        assert_eq!(polled(&mut follower), ["followed 4+0 false"]);
        assert!(polled(&mut follower).is_empty());
    }

    #[test]
    fn a_folder_that_is_no_run_is_passed_over() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("half");
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join(EVENTS_FILE), "").unwrap();
        let mut follower = Follower::new(home.path());
        for _often in 0..10 {
            assert!(polled(&mut follower).is_empty());
        }
        fs::write(dir.join("config.json"), "{}").unwrap();
        assert_eq!(polled(&mut follower), ["listed 0 false"]);
    }
}
