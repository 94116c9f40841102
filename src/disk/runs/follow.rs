//! Follows a runs folder: what is in it, and how it changes. A run that another process writes is read line by line
//! as it grows, so that it can be watched like one of this window's.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::folder::{CONFIG_FILE, EVENTS_FILE, is_written};
use super::saved::{SavedRun, read_environment, read_events, read_run, run_dirs};
use super::scores::read_decision;
use crate::disk::files::stamp::Stamp;
use crate::disk::files::whole_file::remove_stale_of_run;
use crate::error::Result;
use crate::experiment::{RunEvent, RunGuard};
use crate::protocol::{FollowedRun, ListedRun, RunsEvent};

/// What is known of a runs folder.
#[derive(Debug)]
pub struct Follower {
    runs_dir: PathBuf,
    known: BTreeMap<PathBuf, Known>,
}

#[derive(Debug)]
enum Known {
    /// This program's own: its facts come from the job that writes it.
    Ours,
    /// It has ended; nothing follows.
    Ended,
    Open {
        n_events: usize,
        n_bytes: u64,
        written: bool,
        guard: RunGuard,
    },
    /// Another program's, or just being made: tried again when it looks different, or when nobody writes it any more
    /// and that it cannot be read was not reported yet.
    Unreadable { looks: Looks, is_told: bool },
}

/// A run's folder, its config and its events, from outside.
type Looks = [Option<Stamp>; 3];

impl Known {
    /// Nothing of it was reported yet.
    fn from_start() -> Self {
        Known::Open {
            n_events: 0,
            n_bytes: 0,
            written: true,
            guard: RunGuard::default(),
        }
    }
}

impl Follower {
    pub fn new(runs_dir: &Path) -> Self {
        Follower {
            runs_dir: runs_dir.to_path_buf(),
            known: BTreeMap::new(),
        }
    }

    /// Looks once, and reports what has changed since the last time: at first, every run. Cheap where nothing has: one
    /// listing, and one look at each run that has not ended. Of runs that are ours only their going is reported.
    ///
    /// # Errors
    /// What `tell` returns, and where the folder cannot be listed.
    pub fn poll(
        &mut self,
        is_ours: &dyn Fn(&Path) -> bool,
        tell: &mut dyn FnMut(RunsEvent) -> Result<()>,
    ) -> Result<()> {
        let dirs = run_dirs(&self.runs_dir)?;
        let mut damaged = Vec::new();
        // They come newest first, which is last first.
        let is_there = |dir: &PathBuf| dirs.binary_search_by(|there| dir.cmp(there)).is_ok();
        let gone: Vec<PathBuf> = self.known.keys().filter(|dir| !is_there(dir)).cloned().collect();
        for dir in gone {
            self.known.remove(&dir);
            tell(RunsEvent::Gone(dir))?;
        }
        for dir in dirs {
            if is_ours(&dir) {
                self.known.insert(dir, Known::Ours);
                continue;
            }
            match self.known.get_mut(&dir) {
                None => damaged.extend(self.read(dir, tell)?),
                Some(Known::Unreadable { looks, is_told })
                    if *looks != looks_of(&dir) || !*is_told && !is_written(&dir) =>
                {
                    damaged.extend(self.read(dir, tell)?);
                }
                Some(Known::Ended | Known::Unreadable { .. }) => {}
                // Its job ended before the run did. How much was reported is unknown: it is reported from its start.
                Some(Known::Ours) => {
                    self.known.insert(dir.clone(), Known::from_start());
                    damaged.extend(self.follow(&dir, tell)?);
                }
                Some(Known::Open { .. }) => damaged.extend(self.follow(&dir, tell)?),
            }
        }
        if damaged.is_empty() {
            return Ok(());
        }
        tell(RunsEvent::Unreadable { messages: damaged })
    }

    /// Gives what is wrong with a run that cannot be read, unless somebody is just making it.
    fn read(
        &mut self,
        dir: PathBuf,
        tell: &mut dyn FnMut(RunsEvent) -> Result<()>,
    ) -> Result<Option<String>> {
        // Asked first: a writer that ends in between has written all that is read then.
        let written = is_written(&dir);
        if !written {
            remove_stale_of_run(&dir);
        }
        let looks = looks_of(&dir);
        let run = match read_run(&dir) {
            Ok(run) => run,
            Err(error) => {
                let is_told = !written;
                self.known.insert(dir, Known::Unreadable { looks, is_told });
                return Ok(is_told.then(|| error.to_string()));
            }
        };
        let known = match run.record.outcome {
            Some(_) => Known::Ended,
            None => Known::Open {
                n_events: run.n_events,
                n_bytes: run.n_bytes,
                written,
                guard: run.guard.clone(),
            },
        };
        self.known.insert(dir, known);
        tell(RunsEvent::Listed(Box::new(listed(run, written))))?;
        Ok(None)
    }

    /// Gives what is wrong with a new line, once nobody writes any more: all before it has been reported.
    fn follow(
        &mut self,
        dir: &Path,
        tell: &mut dyn FnMut(RunsEvent) -> Result<()>,
    ) -> Result<Option<String>> {
        let Some(Known::Open {
            n_events,
            n_bytes,
            written,
            guard,
        }) = self.known.get_mut(dir)
        else {
            return Ok(None);
        };
        let is_written = is_written(dir);
        let length = fs::symlink_metadata(dir.join(EVENTS_FILE)).map_or(0, |file| file.len());
        let new = (length > *n_bytes).then(|| read_events(dir, *n_bytes, guard).ok());
        let (events, end, damage) = match new.flatten() {
            Some(new) => (new.events, new.end, new.damage),
            None => (vec![], *n_bytes, None),
        };
        // Where a file system has no locks, growth shows that somebody writes.
        let has_grown = *n_bytes > 0 && !events.is_empty();
        let is_written = is_written || has_grown;
        if events.is_empty() && is_written == *written {
            let Some(damage) = damage.filter(|_| !is_written) else {
                return Ok(None);
            };
            let (looks, is_told) = (looks_of(dir), true);
            self.known
                .insert(dir.to_path_buf(), Known::Unreadable { looks, is_told });
            return Ok(Some(damage.to_string()));
        }
        let first = *n_events;
        (*n_events, *n_bytes, *written) = (first + events.len(), end, is_written);
        let ended = events.iter().any(|e| matches!(e, RunEvent::Ended { .. }));
        if ended {
            self.known.insert(dir.to_path_buf(), Known::Ended);
        }
        tell(RunsEvent::Followed(Box::new(FollowedRun {
            dir: dir.to_path_buf(),
            first,
            events,
            written: is_written && !ended,
        })))?;
        Ok(None)
    }
}

fn looks_of(dir: &Path) -> Looks {
    [dir.to_path_buf(), dir.join(CONFIG_FILE), dir.join(EVENTS_FILE)].map(|path| Stamp::of(&path))
}

/// As the front end gets it.
pub fn listed(run: SavedRun, written: bool) -> ListedRun {
    let mut record = run.record;
    // What does not fit is shown with what the run itself has warned of.
    record.warnings.extend(run.doubts);
    let decision = read_decision(&run.dir).unwrap_or_else(|e| {
        record.warnings.push(e.to_string());
        None
    });
    // One that was just begun has none yet, and one that has lost it is still known by its folder's path.
    let environment = read_environment(&run.dir);
    ListedRun {
        data_fingerprint: environment.map_or_else(|_| String::new(), |of_run| of_run.data_fingerprint),
        decision,
        dir: run.dir,
        name: run.name,
        config: run.config,
        written: written && record.outcome.is_none(),
        record,
        tag: run.tag,
        n_events: run.n_events,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::runs::folder::RunFolder;
    use crate::experiment::{CONFIG_FORMAT, Config, EVENT_FORMAT, Outcome, Timing};

    fn polled(follower: &mut Follower) -> Vec<String> {
        let mut told = Vec::new();
        let mut tell = |event| {
            told.push(match event {
                RunsEvent::Listed(run) => format!("listed {} {}", run.n_events, run.written),
                RunsEvent::Followed(run) => {
                    format!("followed {}+{} {}", run.first, run.events.len(), run.written)
                }
                RunsEvent::Gone(_) => "gone".into(),
                RunsEvent::Unreadable { messages } => {
                    format!("unreadable {}", messages.join("; "))
                }
                other => panic!("{other:?}"),
            });
            Ok(())
        };
        follower.poll(&|_| false, &mut tell).unwrap();
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
        let mut folder = RunFolder::create(&home.path().join("runs"), &Config::default(), &[]).unwrap();
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
        let mut folder = RunFolder::create(home.path(), &Config::default(), &[]).unwrap();
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
        let told = polled(&mut follower);
        assert!(told[0].contains("new line 1 is not a run event"), "{told:?}");
        assert!(polled(&mut follower).is_empty());
    }

    #[test]
    fn what_a_newer_version_writes_is_told_once_it_has_ended() {
        let home = tempfile::tempdir().unwrap();
        let mut follower = Follower::new(home.path());
        // Seen while it has no more than its config, and the same again with a config that is newer itself.
        let folder = RunFolder::create(home.path(), &Config::default(), &[]).unwrap();
        let config = folder.dir.join("config.json");
        assert_eq!(polled(&mut follower), ["listed 0 true"]);
        let other = RunFolder::create(&home.path().join("others"), &Config::default(), &[]).unwrap();
        let newer = home.path().join("newer");
        fs::rename(&other.dir, &newer).unwrap();
        fs::write(newer.join("config.json"), r#"{"format":9,"colours":"all"}"#).unwrap();
        assert!(polled(&mut follower).is_empty(), "while it is written");
        fs::write(
            config.with_file_name(EVENTS_FILE),
            "{\"event\":\"started\",\"format\":9}\n",
        )
        .unwrap();
        drop((folder, other));
        let told = (0..4).flat_map(|_| polled(&mut follower)).collect::<Vec<_>>();
        let of = |what: &str, newest: u32| {
            let said = format!(
                "has {what} format 9, and this version reads 1 to {newest}: a newer counterweight wrote it; update \
                 this one"
            );
            told.iter().filter(|told| told.contains(&said)).count()
        };
        let counts = (of("event", EVENT_FORMAT), of("config", CONFIG_FORMAT));
        assert_eq!(counts, (1, 1), "{told:?}");
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

    #[test]
    fn a_damaged_run_is_told_once_and_costs_no_other() {
        let home = tempfile::tempdir().unwrap();
        for name in ["good", "newer"] {
            fs::create_dir(home.path().join(name)).unwrap();
            fs::write(home.path().join(name).join(EVENTS_FILE), "").unwrap();
            let format = if name == "good" { "1" } else { "9" };
            fs::write(
                home.path().join(name).join("config.json"),
                format!("{{\"format\":{format}}}"),
            )
            .unwrap();
        }
        let mut follower = Follower::new(home.path());
        let told = polled(&mut follower);
        assert_eq!(told[0], "listed 0 false");
        assert!(
            told[1].contains("newer") && told[1].contains("has config format 9"),
            "{told:?}"
        );
        assert!(polled(&mut follower).is_empty());
    }
}
