//! A run as read from its folder. The folder may be a stranger's, or damaged: links in it are not followed, pipes are not
//! waited for, and every length is held against the others before it is believed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::folder::{CONFIG_FILE, ENVIRONMENT_FILE, EVENTS_FILE, Environment, SPLIT_FILE, SplitRow};
use super::tag::read_tag;
use crate::disk::files::json_file::{check_format, from_json};
use crate::disk::files::whole_file::{SMALL, TABLE, open_own, read_given, read_small};
use crate::error::{Error, Result};
use crate::experiment::{
    CONFIG_FORMATS, Config, EVENT_FORMATS, Part, RunEvent, RunGuard, RunRecord, RunTag, Started, When,
};
use crate::formats::format_of;

/// A run as read from its folder.
#[derive(Debug, Clone)]
pub struct SavedRun {
    pub dir: PathBuf,
    pub name: String,
    pub config: Config,
    pub record: RunRecord,
    pub tag: RunTag,
    /// What in the folder does not fit the rest of it, each a sentence with the file's name.
    pub doubts: Vec<String>,
    /// Why what its folds came to is left out, in a sentence that is among the doubts, too.
    pub folds_damage: Option<String>,
    /// How many events the record is the fold of, and where the next one begins in the file.
    pub n_events: usize,
    pub n_bytes: u64,
    /// What those events bind the next ones to.
    pub guard: RunGuard,
}

/// Reads a run's config and record. A folder that is still being written is read as far as it goes.
///
/// # Errors
/// It is not a run folder, or its config or events cannot be read or cannot be.
pub fn read_run(dir: &Path) -> Result<SavedRun> {
    if fs::symlink_metadata(dir.join(EVENTS_FILE)).is_err() {
        return Err(Error::file(dir, "is not a run folder: it has no events.jsonl"));
    }
    let name = dir
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let mut guard = RunGuard::default();
    let NewEvents {
        mut events,
        end,
        damage,
        folds_damage,
    } = read_events(dir, 0, &mut guard)?;
    if let Some(damage) = damage {
        return Err(damage);
    }
    if folds_damage.is_some() {
        // Of some folds there is no saying what all would be.
        events.retain(|event| !is_of_folds(event));
    }
    let record = RunRecord::from_events(&events);
    let path = dir.join(CONFIG_FILE);
    let config = config_from(&path, &read_small(&path, SMALL)?)?;
    let mut doubts: Vec<String> = folds_damage.iter().cloned().collect();
    doubts.extend(
        record
            .started
            .as_ref()
            .and_then(|started| disagreement(&path, started, &config)),
    );
    let tag = read_tag(dir).unwrap_or_else(|e| {
        doubts.push(e.to_string());
        RunTag::default()
    });
    Ok(SavedRun {
        dir: dir.to_path_buf(),
        name,
        // What it was trained with is what its own events say.
        config: record
            .started
            .as_ref()
            .map_or(config, |started| started.config.clone()),
        record,
        tag,
        doubts,
        folds_damage,
        n_events: events.len(),
        n_bytes: end,
        guard,
    })
}

/// Both files hold the config. Where they differ, one of them was changed afterwards.
fn disagreement(path: &Path, started: &Started, config: &Config) -> Option<String> {
    let fields = [&started.config, config].map(|config| serde_json::to_value(config).unwrap_or_default());
    let names: Vec<&str> = fields[0].as_object()?.keys().map(String::as_str).collect();
    let differ: Vec<&str> = names
        .into_iter()
        .filter(|&name| fields[0][name] != fields[1][name])
        .collect();
    (!differ.is_empty()).then(|| {
        format!(
            "{}: differs from what events.jsonl says the run was trained with ({}); what events.jsonl says is shown",
            path.display(),
            differ.join(", ")
        )
    })
}

/// Reads a config file that the user names: a run folder's `config.json`, or one written by hand.
///
/// # Errors
/// It cannot be read, is not a config, or is of another version.
pub fn read_config(path: &Path) -> Result<Config> {
    config_from(path, &read_given(path, SMALL)?)
}

fn config_from(path: &Path, text: &str) -> Result<Config> {
    check_format(path, text, CONFIG_FORMATS, "config")?;
    from_json(path, text, "a run's config")
}

/// # Errors
/// It cannot be read or is not an environment.
pub fn read_environment(dir: &Path) -> Result<Environment> {
    let path = dir.join(ENVIRONMENT_FILE);
    from_json(&path, &read_small(&path, SMALL)?, "a run's environment")
}

/// Which image was in which part; the count is the one the run gives.
///
/// # Errors
/// It cannot be read, or rows were lost, added or doubled since the run was made.
pub fn read_split(dir: &Path, started: &Started) -> Result<Vec<SplitRow>> {
    let path = dir.join(SPLIT_FILE);
    let broken = |what: String| Error::file(&path, format!("is not the run's split: {what}"));
    let text = read_small(&path, TABLE)?;
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let rows = csv.deserialize().collect::<csv::Result<Vec<SplitRow>>>();
    let rows = rows.map_err(|e| broken(e.to_string()))?;
    let paths: BTreeSet<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    if paths.len() < rows.len() {
        return Err(broken(format!(
            "{} of its rows are there twice",
            rows.len() - paths.len()
        )));
    }
    let mut n_of: BTreeMap<(Part, &str), usize> = BTreeMap::new();
    for row in &rows {
        *n_of.entry((row.part, row.class.as_str())).or_default() += 1;
    }
    for (part, expected) in Part::ALL
        .into_iter()
        .zip([&started.n_train, &started.n_val, &started.n_test])
    {
        for (class, &expected) in started.classes.iter().zip(expected) {
            let found = n_of.get(&(part, class.as_str())).copied().unwrap_or(0);
            if found != expected {
                return Err(broken(format!(
                    "it has {found} {} images of class {class}, and the run was made with {expected}",
                    part.name()
                )));
            }
        }
    }
    let n_expected: usize = [&started.n_train, &started.n_val, &started.n_test]
        .iter()
        .flat_map(|n| n.iter())
        .sum();
    if rows.len() != n_expected {
        let n_more = rows.len().saturating_sub(n_expected);
        return Err(broken(format!(
            "{n_more} of its images are of no class of the run"
        )));
    }
    Ok(rows)
}

/// What is in an events file from some byte on.
#[derive(Debug)]
pub struct NewEvents {
    pub events: Vec<RunEvent>,
    /// Where the next one will begin.
    pub end: u64,
    /// Why what follows is not an event; a last line without its end, which is being written, is not damage.
    pub damage: Option<Error>,
    /// Why the evaluation of a fold is not among them, in a sentence: a line that could be nothing else is damaged, which
    /// concerns nothing that follows.
    pub folds_damage: Option<String>,
}

/// Reads on from there; `guard` knows what the events before it were.
///
/// # Errors
/// The file cannot be read at all.
pub fn read_events(dir: &Path, from: u64, guard: &mut RunGuard) -> Result<NewEvents> {
    let path = dir.join(EVENTS_FILE);
    let failed = || Error::io("read", &path);
    let mut file = open_own(&path)?;
    file.seek(SeekFrom::Start(from)).map_err(failed())?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed())?;
    let n_whole = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |end| end + 1);
    let mut read = NewEvents {
        events: Vec::new(),
        end: from,
        damage: None,
        folds_damage: None,
    };
    let is_new = from > 0;
    let mut n_lines = 0;
    let mut lines = bytes[..n_whole].split_inclusive(|&b| b == b'\n').peekable();
    while let Some(line) = lines.next() {
        n_lines += 1;
        match event(line, guard) {
            Ok(event) => read.events.push(event),
            Err(message) => {
                let after = if is_new { "new line" } else { "line" };
                let message = format!("{after} {n_lines} {message}");
                let is_between = read.events.last().is_some_and(is_of_folds)
                    && lines.peek().is_some_and(|next| is_line_of_folds(next));
                if !is_between && !is_line_of_folds(line) {
                    read.damage = Some(Error::file(&path, message));
                    break;
                }
                read.folds_damage.get_or_insert(format!(
                    "{}: {message}; what its folds came to is left out",
                    path.display()
                ));
            }
        }
        read.end += line.len() as u64;
    }
    Ok(read)
}

fn is_of_folds(event: &RunEvent) -> bool {
    match event {
        RunEvent::Evaluated(evaluation) => matches!(evaluation.when, When::Fold { .. } | When::OutOfFold),
        _ => false,
    }
}

/// Whether a line that is no event was of a fold: it still says so.
fn is_line_of_folds(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    let words = ["\"when\":{\"fold\":", "\"when\":\"out-of-fold\""];
    words.iter().any(|words| line.contains(words))
}

fn event(line: &[u8], guard: &mut RunGuard) -> std::result::Result<RunEvent, String> {
    let event = serde_json::from_slice(line);
    let format = match &event {
        Ok(RunEvent::Started(started)) => Some(u64::from(started.format)),
        Ok(_) => None,
        // In a newer one not every field is known here.
        Err(_) => format_of(line),
    };
    if let Some(message) = format.and_then(|format| EVENT_FORMATS.refusal("event", format)) {
        return Err(message);
    }
    let event = event.map_err(|e| format!("is not a run event: {e}"))?;
    guard.admit(&event).map(|()| event)
}

/// The run folders in a folder, newest first (names begin with the time). A missing folder has none. One in which nothing
/// was ever written, as a full disk leaves it, is not one.
///
/// # Errors
/// The folder is there and cannot be listed.
pub fn run_dirs(runs_dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(runs_dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        Err(e) => return Err(Error::io("read the runs folder", runs_dir)(e)),
    };
    let mut dirs: Vec<PathBuf> = entries
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|dir| is_run_folder(dir))
        .collect();
    dirs.sort_unstable_by(|a, b| b.cmp(a));
    Ok(dirs)
}

fn is_run_folder(dir: &Path) -> bool {
    let is_there = |name: &str| fs::symlink_metadata(dir.join(name)).is_ok();
    let events = fs::symlink_metadata(dir.join(EVENTS_FILE));
    match events {
        Ok(events) => !events.is_file() || events.len() > 0 || is_there(CONFIG_FILE),
        // One that is closed to us is a run as far as one can see, and is said to be closed.
        Err(e) => e.kind() == std::io::ErrorKind::PermissionDenied,
    }
}

/// All runs in a folder, newest first, and what could not be read or does not fit.
///
/// # Errors
/// The folder is there and cannot be listed.
pub fn list_runs(runs_dir: &Path) -> Result<(Vec<SavedRun>, Vec<Error>)> {
    let (mut runs, mut errors) = (Vec::new(), Vec::new());
    for dir in &run_dirs(runs_dir)? {
        match read_run(dir) {
            Ok(run) => {
                errors.extend(run.doubts.iter().cloned().map(Error::Input));
                runs.push(run);
            }
            Err(e) => errors.push(e),
        }
    }
    Ok((runs, errors))
}
