//! The desktop's trash: run folders go there and come back.

use std::path::{Path, PathBuf};
#[cfg(not(target_os = "macos"))]
use std::time::SystemTime;

use super::folder::{EVENTS_FILE, is_written};
#[cfg(not(target_os = "macos"))]
use super::tag::read_tag;
use crate::error::{Error, Result};
#[cfg(not(target_os = "macos"))]
use crate::experiment::began;
use crate::protocol::TrashedRun;

/// Moves a run's folder to the trash.
///
/// # Errors
/// Where it is not a run folder, where it is still written, and where there is no trash for it.
pub fn move_to_trash(dir: &Path) -> Result<()> {
    if !dir.join(EVENTS_FILE).is_file() {
        return Err(Error::file(dir, "is no longer a run folder"));
    }
    if is_written(dir) {
        return Err(Error::file(
            dir,
            "is still being written; stop its training first",
        ));
    }
    trash::delete(dir).map_err(|e| Error::file(dir, format!("cannot be moved to the trash: {e}")))
}

/// Brings back what was moved to the trash from there.
///
/// # Errors
/// Where it is not in the trash any more, or something else has taken its place.
#[cfg(not(target_os = "macos"))]
pub fn restore(dir: &Path) -> Result<()> {
    use trash::os_limited::{list, restore_all};
    let failed = |e: trash::Error| Error::file(dir, format!("cannot be brought back from the trash: {e}"));
    // The trash knows whole paths.
    let parent = dir.parent().unwrap_or(Path::new("."));
    let parent = parent.canonicalize().map_err(Error::io("find", parent))?;
    let place = dir.file_name().map(|name| parent.join(name));
    let items = list().map_err(failed)?;
    let of_dir = items
        .into_iter()
        .filter(|item| Some(item.original_path()) == place);
    // On a disk that counts whole seconds a later one has a longer name there: it got a number.
    let latest = of_dir.max_by_key(|item| (went(item), item.id.len()));
    let Some(item) = latest else {
        return Err(Error::file(dir, "is no longer in the trash"));
    };
    restore_all([item]).map_err(failed)
}

/// What of these folders of runs is in the trash, what went last first.
///
/// # Errors
/// The trash cannot be read.
#[cfg(not(target_os = "macos"))]
pub fn in_trash(runs_dirs: &[PathBuf]) -> Result<Vec<TrashedRun>> {
    let items =
        trash::os_limited::list().map_err(|e| Error::input(format!("the trash cannot be read: {e}")))?;
    // The trash knows whole paths.
    let whole = |dir: &PathBuf| (dir.canonicalize().unwrap_or_else(|_| dir.clone()), dir.clone());
    let places: Vec<(PathBuf, PathBuf)> = runs_dirs.iter().map(whole).collect();
    let now = SystemTime::now();
    let mut runs: Vec<TrashedRun> = items
        .iter()
        .filter(|item| is_run(item))
        .filter_map(|item| {
            let (_, runs_dir) = places.iter().find(|(whole, _)| *whole == item.original_parent)?;
            let tag = content(item).and_then(|content| read_tag(&content).ok());
            let gone = now.duration_since(went(item)).unwrap_or_default();
            Some(TrashedRun {
                dir: runs_dir.join(&item.name),
                name: tag.map_or_else(String::new, |tag| tag.name),
                gone_secs: gone.as_secs(),
            })
        })
        .collect();
    runs.sort_by(|a, b| a.gone_secs.cmp(&b.gone_secs).then_with(|| b.dir.cmp(&a.dir)));
    Ok(runs)
}

/// Only where it lies is told by every desktop, and only on some what is in it.
#[cfg(not(target_os = "macos"))]
fn is_run(item: &trash::TrashItem) -> bool {
    match content(item) {
        Some(content) => content.join(EVENTS_FILE).is_file(),
        None => began(&item.name.to_string_lossy()).is_some(),
    }
}

/// The folder in the trash, where the item is known by the file that says where it came from.
#[cfg(not(target_os = "macos"))]
fn content(item: &trash::TrashItem) -> Option<PathBuf> {
    let info = Path::new(&item.id);
    let is_info = info.extension().is_some_and(|ending| ending == "trashinfo");
    let trash = info.parent()?.parent()?;
    is_info.then(|| Some(trash.join("files").join(info.file_stem()?)))?
}

/// When it went into the trash.
#[cfg(not(target_os = "macos"))]
fn went(item: &trash::TrashItem) -> SystemTime {
    let info = std::fs::metadata(&item.id).and_then(|info| info.modified());
    info.unwrap_or_else(|_| {
        let secs = u64::try_from(item.time_deleted).unwrap_or(0);
        SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(secs)
    })
}

/// The system offers no way to do it.
///
/// # Errors
/// Always; it says what to do instead.
#[cfg(target_os = "macos")]
pub fn in_trash(_: &[PathBuf]) -> Result<Vec<TrashedRun>> {
    Err(Error::input(
        "the Finder shows what is in the trash; what it puts back is listed here again",
    ))
}

/// The system offers no way to do it.
///
/// # Errors
/// Always; it says what to do instead.
#[cfg(target_os = "macos")]
pub fn restore(dir: &Path) -> Result<()> {
    Err(Error::file(
        dir,
        "is in the trash; put it back with the Finder, and it is shown here again",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::runs::folder::RunFolder;
    use crate::disk::runs::saved::read_run;
    use crate::disk::runs::tag::write_tag;
    use crate::experiment::{Config, Outcome, RunEvent, RunTag, Timing};

    /// Goes through the real trash, and leaves nothing in it.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_run_goes_and_comes_back_whole() {
        let home = tempfile::tempdir().unwrap();
        let mut folder = RunFolder::create(home.path(), &Config::default(), &[]).unwrap();
        let dir = folder.dir.clone();
        let message = move_to_trash(&dir).unwrap_err().to_string();
        assert!(message.contains("still being written"), "{message}");
        folder
            .append(&RunEvent::Ended {
                outcome: Outcome::Finished,
                timing: Timing::default(),
            })
            .unwrap();
        drop(folder);
        let tag = RunTag {
            name: "the good one".into(),
            ..RunTag::default()
        };
        write_tag(&dir, &tag).unwrap();
        let before = read_run(&dir).unwrap();
        // What else went into the trash from there is none of ours.
        let notes = home.path().join("notes");
        std::fs::create_dir(&notes).unwrap();
        trash::delete(&notes).unwrap();
        let places = [home.path().to_path_buf()];
        assert_eq!(in_trash(&places).unwrap(), []);
        move_to_trash(&dir).unwrap();
        assert!(!dir.exists());
        assert!(move_to_trash(&dir).unwrap_err().is_input());
        let found = in_trash(&places).unwrap();
        assert_eq!(
            (&found[0].dir, found[0].name.as_str(), found.len()),
            (&dir, "the good one", 1)
        );
        assert!(found[0].gone_secs < 60, "{found:?}");
        restore(&notes).unwrap();
        restore(&dir).unwrap();
        assert_eq!(in_trash(&places).unwrap(), []);
        assert_eq!(read_run(&dir).unwrap().record, before.record);
        assert!(
            restore(&dir)
                .unwrap_err()
                .to_string()
                .contains("no longer in the trash")
        );
    }

    /// Goes through the real trash, and leaves nothing in it.
    #[cfg(target_os = "linux")]
    #[test]
    fn of_two_runs_in_one_place_the_one_deleted_last_comes_back() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("run");
        for seed in [1, 2] {
            let config = Config {
                seed,
                ..Config::default()
            };
            let mut folder = RunFolder::create(home.path(), &config, &[]).unwrap();
            let (outcome, timing) = (Outcome::Finished, Timing::default());
            folder.append(&RunEvent::Ended { outcome, timing }).unwrap();
            let created = folder.dir.clone();
            drop(folder);
            std::fs::rename(created, &dir).unwrap();
            move_to_trash(&dir).unwrap();
        }
        restore(&dir).unwrap();
        assert_eq!(read_run(&dir).unwrap().config.seed, 2);
        // And the other, once the place is free.
        std::fs::remove_dir_all(&dir).unwrap();
        restore(&dir).unwrap();
        assert_eq!(read_run(&dir).unwrap().config.seed, 1);
    }
}
