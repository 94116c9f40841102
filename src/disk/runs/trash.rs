//! The desktop's trash: run folders go there and come back.

use std::path::Path;

use super::folder::{EVENTS_FILE, is_written};
use crate::error::{Error, Result};

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
    // Within one second a later one has a longer name there: it got a number.
    let latest = of_dir.max_by_key(|item| (item.time_deleted, item.id.len()));
    let Some(item) = latest else {
        return Err(Error::file(dir, "is no longer in the trash"));
    };
    restore_all([item]).map_err(failed)
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
    use crate::experiment::{Config, Outcome, RunEvent, Timing};

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
        let before = read_run(&dir).unwrap();
        move_to_trash(&dir).unwrap();
        assert!(!dir.exists());
        assert!(move_to_trash(&dir).unwrap_err().is_input());
        restore(&dir).unwrap();
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
