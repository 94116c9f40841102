//! Where runs are kept unless a command says otherwise: one place for window and terminal, in the user's data folder until
//! the user chooses another.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::folder::EVENTS_FILE;
use crate::disk::files::json_file::{check_format, from_json, make_way, write_json};
use crate::disk::files::user_file::create_folder;
use crate::disk::files::user_folders::data_dir;
use crate::disk::files::whole_file::{SMALL, read_small};
use crate::error::{Error, Result};
use crate::formats::Formats;

/// Where versions without such a place kept them: in the folder that they were started from.
const EARLIER: &str = "runs";
const PLACE_FILE: &str = "runs-folder.json";
const PLACE_FORMATS: Formats = Formats { oldest: 1, newest: 1 };

/// The choice as it is stored, in `counterweight/runs-folder.json` of the user's data folder.
#[derive(Serialize, Deserialize)]
struct PlaceFile {
    format: u32,
    runs: PathBuf,
}

/// The user's own place for runs: the one that was chosen, else `counterweight/runs` in the user's data folder, else `runs`
/// in the folder that the program was started from.
///
/// # Errors
/// The choice cannot be read, or what was chosen is away.
pub fn runs_dir() -> Result<PathBuf> {
    let chosen = match data_dir() {
        Some(home) => read_place(&home.join(PLACE_FILE))?,
        None => None,
    };
    chosen.map_or_else(|| Ok(default_runs_dir()), not_away)
}

/// A disk that is not mounted has no empty folder of runs, and must not get one beside it. Where only the folder itself is
/// gone, it is made anew.
fn not_away(chosen: PathBuf) -> Result<PathBuf> {
    let is_there = chosen.is_dir() || chosen.parent().is_some_and(Path::is_dir);
    match is_there {
        true => Ok(chosen),
        false => Err(Error::file(
            &chosen,
            "was chosen to keep runs in and is not there; mount its disk, choose another folder in the window, or name \
             one with --runs",
        )),
    }
}

/// The place where none was chosen.
pub fn default_runs_dir() -> PathBuf {
    data_dir().map_or_else(earlier_dir, |home| home.join("runs"))
}

/// Keeps runs there from now on. The folder is created if missing; runs that lie elsewhere stay where they are.
///
/// # Errors
/// It cannot be created; there is no data folder to keep the choice in, or it cannot be written.
pub fn keep_runs_in(dir: &Path) -> Result<()> {
    let nowhere = || {
        Error::file(
            dir,
            "neither XDG_DATA_HOME nor HOME is set, so the choice cannot be kept",
        )
    };
    let home = data_dir().ok_or_else(nowhere)?;
    create_folder(dir)?;
    create_folder(&home)?;
    let path = home.join(PLACE_FILE);
    make_way(&path, PLACE_FORMATS, read_place(&path))?;
    let file = PlaceFile {
        format: PLACE_FORMATS.newest,
        runs: dir.to_path_buf(),
    };
    write_json(&path, &file)
}

/// Runs of a version that kept them where it was started, if this one was started there, too.
pub fn earlier_runs() -> Option<PathBuf> {
    let dir = earlier_dir();
    holds_runs(&dir).then_some(dir)
}

/// Whether there is any run in that folder.
pub fn holds_runs(dir: &Path) -> bool {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .any(|path| path.join(EVENTS_FILE).is_file())
}

/// Absolute, since it is shown elsewhere: in the file manager, on the clipboard.
fn earlier_dir() -> PathBuf {
    std::path::absolute(EARLIER).unwrap_or_else(|_| EARLIER.into())
}

fn read_place(path: &Path) -> Result<Option<PathBuf>> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(None);
    }
    let text = read_small(path, SMALL)?;
    check_format(path, &text, PLACE_FORMATS, "runs folder")?;
    let PlaceFile { runs, .. } = from_json(path, &text, "the choice of a folder for runs")?;
    Ok(Some(runs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_on_a_disk_that_is_away_is_not_taken_for_an_empty_one() {
        let home = tempfile::tempdir().unwrap();
        let there = home.path().join("runs");
        assert_eq!(not_away(there.clone()).unwrap(), there);
        let away = home.path().join("disk/runs");
        let error = not_away(away.clone()).unwrap_err();
        assert!(
            error.is_input() && error.to_string().contains("mount its disk"),
            "{error}"
        );
        fs::create_dir(home.path().join("disk")).unwrap();
        assert_eq!(not_away(away.clone()).unwrap(), away);
    }
}
