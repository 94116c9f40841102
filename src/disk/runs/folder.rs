//! A run on disk: a folder that holds what was asked, what happened and what came of it.
//!
//! `events.jsonl` is append-only and flushed line by line; a run's record is its fold. Every other file is written
//! beside its place and renamed into it, so that a reader never meets half a file.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::disk::files::json_file::{to_json, write_json};
use crate::disk::files::whole_file::{open_own, write_whole};
use crate::disk::images::content::{ContentHash, hex};
use crate::disk::runs::class_columns::class_columns;
use crate::error::{Error, Result};
use crate::experiment::{Config, Dataset, Part, Predictions, RunEvent, Split, run_name};
use crate::now::now;

pub use crate::experiment::LABELS_FILE;

pub const CONFIG_FILE: &str = "config.json";
pub const ENVIRONMENT_FILE: &str = "environment.json";
pub const SPLIT_FILE: &str = "split.csv";
pub const EVENTS_FILE: &str = "events.jsonl";
pub const PREDICTIONS_FILE: &str = "predictions.csv";
pub const MODEL_FILE: &str = "model.safetensors";
pub const HEAD_FILE: &str = "head.safetensors";
/// What a run of a sweep has instead of [`MODEL_FILE`]: all but the head.
pub const BACKBONE_FILE: &str = "backbone.safetensors";
pub const TAG_FILE: &str = "tag.json";

/// What the run was made with, beside its config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Name and version of this program.
    pub program: String,
    pub git_revision: String,
    pub libtorch: String,
    pub device: String,
    pub precision: String,
    /// Threads of one tensor operation.
    pub threads: usize,
    /// Where the backbone's weights were read from, or `none` for random ones.
    pub weights_file: String,
    /// Of the image folder: every path and length (see `disk::dataset::fingerprint`).
    pub data_fingerprint: String,
}

/// One image's line in `split.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitRow {
    pub path: String,
    pub class: String,
    pub part: Part,
    /// What the file held, as the hex of its [`ContentHash`]; empty before the images were read, and in older runs.
    #[serde(default)]
    pub content: String,
}

/// A run folder that this process writes.
#[derive(Debug)]
pub struct RunFolder {
    pub dir: PathBuf,
    pub name: String,
    events: File,
}

impl RunFolder {
    /// Makes a new folder in `runs_dir`, with the config in it. The name says when, what and how weighed, and ends in
    /// four digits of the config's hash; a name that is taken gets a number.
    ///
    /// # Errors
    /// What the file system says, with the path; the config cannot be told in JSON, such as a path that is not UTF-8.
    pub fn create(runs_dir: &Path, config: &Config, classes: &[String]) -> Result<Self> {
        fs::create_dir_all(runs_dir).map_err(Error::io("create the runs folder", runs_dir))?;
        let (dir, name) = new_folder(runs_dir, &name_of(config, classes)?, "create the run folder")?;
        Self::begin(dir, name, config)
    }

    fn begin(dir: PathBuf, name: String, config: &Config) -> Result<Self> {
        let path = dir.join(EVENTS_FILE);
        let events = File::options().create_new(true).append(true).open(&path);
        let events = events.map_err(|e| {
            let _ = fs::remove_dir(&dir);
            Error::io("create", &path)(e)
        })?;
        lock(&events);
        let folder = RunFolder { dir, name, events };
        match folder.write_json(CONFIG_FILE, config) {
            Ok(()) => Ok(folder),
            Err(error) => {
                folder.remove();
                Err(error)
            }
        }
    }

    /// Takes it away again, where nothing came of it. Gives its path.
    pub fn remove(self) -> PathBuf {
        drop(self.events);
        // Where that fails, an empty folder stays, which is not a run.
        let _ = fs::remove_dir_all(&self.dir);
        self.dir
    }

    /// Appends one fact. One write for the whole line, so that a reader meets whole lines or an unended last one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn append(&mut self, event: &RunEvent) -> Result<()> {
        let path = self.dir.join(EVENTS_FILE);
        let mut line = to_json(&path, event, false)?;
        line.push('\n');
        self.events
            .write_all(line.as_bytes())
            .map_err(Error::io("write", &path))
    }

    /// # Errors
    /// It cannot be written.
    pub fn write_environment(&self, environment: &Environment) -> Result<()> {
        self.write_json(ENVIRONMENT_FILE, environment)
    }

    /// `contents` is by image index, or empty where it is not known yet.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_split(
        &self,
        dataset: &Dataset,
        split: &Split,
        contents: &[Option<ContentHash>],
    ) -> Result<()> {
        let mut rows: Vec<(usize, Part)> = Part::ALL
            .iter()
            .flat_map(|&part| split.indices(part).iter().map(move |&i| (i, part)))
            .collect();
        rows.sort_unstable();
        self.write_csv(SPLIT_FILE, |csv| {
            for (i, part) in rows {
                let image = &dataset.images[i];
                let class = dataset.classes[image.class_idx].clone();
                csv.serialize(SplitRow {
                    path: image.path.clone(),
                    class,
                    part,
                    content: contents.get(i).copied().flatten().map_or_else(String::new, hex),
                })?;
            }
            Ok(())
        })
    }

    /// `path, part, true class, one probability per class` for each image of each part.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_predictions(&self, classes: &[String], parts: &[(Part, Predictions)]) -> Result<()> {
        self.write_csv(PREDICTIONS_FILE, |csv| {
            let header = ["path", "part", "true_class"].into_iter();
            let columns = class_columns(classes, &["path", "part", "true_class"]);
            csv.write_record(header.chain(columns.iter().map(String::as_str)))?;
            for (part, predictions) in parts {
                for (image, truth, probabilities) in predictions.rows() {
                    csv.write_field(image.as_os_str().as_encoded_bytes())?;
                    csv.write_field(part.name())?;
                    csv.write_field(&classes[truth])?;
                    probabilities
                        .iter()
                        .try_for_each(|p| csv.write_field(p.to_string()))?;
                    csv.write_record(None::<&[u8]>)?;
                }
            }
            Ok(())
        })
    }

    fn write_json(&self, file: &str, value: &impl Serialize) -> Result<()> {
        write_json(&self.dir.join(file), value)
    }

    fn write_csv(
        &self,
        file: &str,
        fill: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>,
    ) -> Result<()> {
        write_csv(&self.dir.join(file), fill)
    }
}

/// # Errors
/// What `fill` meets; it cannot be written.
pub(super) fn write_csv(
    path: &Path,
    fill: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>,
) -> Result<()> {
    let failed = |e: String| Error::file(path, format!("cannot be written: {e}"));
    let mut csv = csv::Writer::from_writer(Vec::new());
    fill(&mut csv).map_err(|e| failed(e.to_string()))?;
    let bytes = csv.into_inner().map_err(|e| failed(e.to_string()))?;
    write_whole(path, &bytes)
}

/// Makes a folder in `parent`, and gives its path and name; a name that is taken gets a number.
///
/// # Errors
/// It cannot be made; `action` says what was meant.
pub(super) fn new_folder(parent: &Path, stem: &str, action: &'static str) -> Result<(PathBuf, String)> {
    for attempt in 1.. {
        let name = match attempt {
            1 => stem.to_owned(),
            n => format!("{stem}-{n}"),
        };
        let dir = parent.join(&name);
        match fs::create_dir(&dir) {
            Ok(()) => return Ok((dir, name)),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(Error::io(action, &dir)(e)),
        }
    }
    Err(Error::Job(format!("no free name for {stem}")))
}

/// Gives a file a second name, which costs nothing; copies it where the file system knows no links. What is in that
/// place is replaced.
///
/// # Errors
/// The file cannot be read; what is in that place cannot be removed; it can be neither linked nor copied.
pub fn share_file(from: &Path, to: &Path) -> Result<()> {
    // First, so that what is in that place stays where there is nothing to put there, and the file at fault is named.
    File::open(from).map_err(Error::io("read", from))?;
    match fs::remove_file(to) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::io("replace", to)(e)),
        _ => {}
    }
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to).map_err(Error::io("write", to))?;
    Ok(())
}

fn name_of(config: &Config, classes: &[String]) -> Result<String> {
    let json = to_json(Path::new(CONFIG_FILE), config, false)?;
    let hash = blake3::hash(json.as_bytes()).to_hex();
    Ok(run_name(config, classes, now().datetime(), &hash))
}

/// Holds the file's lock for as long as it is open, which is how others know that somebody writes it. On Unix, where
/// it hinders nobody from reading; where a file system has no locks, only growth shows it.
fn lock(events: &File) {
    // A reader that asks holds it for an instant.
    for _ in 0..20 {
        match cfg!(unix).then(|| events.try_lock()) {
            Some(Err(TryLockError::WouldBlock)) => std::thread::sleep(std::time::Duration::from_millis(5)),
            _ => return,
        }
    }
}

/// Whether a process holds the folder's events open to write them.
pub fn is_written(dir: &Path) -> bool {
    let events = open_own(&dir.join(EVENTS_FILE));
    events.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::runs::saved::{list_runs, read_run};
    use crate::experiment::{ClassWeights, Outcome, Timing};

    fn config() -> Config {
        Config {
            class_weights: ClassWeights::Given(vec![1.0, 8.0]),
            ..Config::default()
        }
    }

    fn ended() -> RunEvent {
        RunEvent::Ended {
            outcome: Outcome::Finished,
            timing: Timing::default(),
        }
    }

    #[test]
    fn a_run_is_read_back_as_it_was_written() {
        let home = tempfile::tempdir().unwrap();
        let mut folder = RunFolder::create(home.path(), &config(), &[]).unwrap();
        assert!(folder.name.contains("-resnet18-1x8-"), "{}", folder.name);
        folder
            .append(&RunEvent::Warning {
                message: "mind".into(),
            })
            .unwrap();
        folder.append(&ended()).unwrap();
        let (runs, errors) = list_runs(home.path()).unwrap();
        assert!(errors.is_empty());
        assert_eq!(runs[0].config, config());
        assert_eq!(runs[0].record.warnings, ["mind"]);
        assert_eq!(runs[0].record.outcome, Some(Outcome::Finished));
    }

    #[test]
    fn two_runs_of_one_second_do_not_share_a_folder() {
        let home = tempfile::tempdir().unwrap();
        let names: Vec<String> = (0..3)
            .map(|_| RunFolder::create(home.path(), &config(), &[]).unwrap().name)
            .collect();
        assert!(names[0] != names[1] && names[1] != names[2], "{names:?}");
    }

    #[test]
    fn a_line_that_is_being_written_waits() {
        let home = tempfile::tempdir().unwrap();
        let mut folder = RunFolder::create(home.path(), &config(), &[]).unwrap();
        folder.append(&ended()).unwrap();
        folder.events.write_all(b"{\"event\":\"war").unwrap();
        assert_eq!(
            read_run(&folder.dir).unwrap().record.outcome,
            Some(Outcome::Finished)
        );
        folder.events.write_all(b"\n").unwrap();
        let message = read_run(&folder.dir).unwrap_err().to_string();
        assert!(
            message.contains("events.jsonl: line 2 is not a run event"),
            "{message}"
        );
    }

    #[test]
    fn what_cannot_be_shared_is_named_and_what_is_there_stays() {
        let home = tempfile::tempdir().unwrap();
        let (from, to) = (home.path().join("from"), home.path().join("to"));
        fs::write(&to, "old").unwrap();
        let message = share_file(&from, &to).unwrap_err().to_string();
        assert!(message.contains("from: cannot read"), "{message}");
        assert_eq!(fs::read_to_string(&to).unwrap(), "old");
        fs::write(&from, "new").unwrap();
        share_file(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "new");
    }

    #[test]
    fn a_runs_folder_that_is_a_file_is_named() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("runs");
        fs::write(&file, "").unwrap();
        let error = RunFolder::create(&file, &config(), &[]).unwrap_err();
        assert!(error.is_input() && error.to_string().contains("runs"), "{error}");
    }
}
