//! A run to hand on: tables for a spreadsheet beside the config, the predictions, the threshold and the model.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::folder::{
    BACKBONE_FILE, CONFIG_FILE, ENVIRONMENT_FILE, HEAD_FILE, LABELS_FILE, MODEL_FILE, PREDICTIONS_FILE,
    SPLIT_FILE, new_folder, write_csv,
};
use super::saved::SavedRun;
use super::scores::DECISION_FILE;
use crate::disk::files::whole_file::{open_own, short_of_room, write_whole};
use crate::error::{Error, Result};
use crate::experiment::command_line;
use crate::visible::cell;

/// Rows of cells, the heading first. The caller has computed them.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    pub evaluations: Vec<Vec<String>>,
    pub classes: Vec<Vec<String>>,
    pub losses: Vec<Vec<String>>,
}

/// Writes a new folder in `to`, which is created if missing, named like the run; a name that is taken gets a number.
/// Returns the folder. If that fails, nothing of it is left behind.
///
/// # Errors
/// What the file system says, with the path; a file of the run is a link or no regular file, or a table's rows differ
/// in length.
pub fn export(run: &SavedRun, tables: &Tables, to: &Path) -> Result<PathBuf> {
    // It may be missing: without a file dialog nobody chose an existing folder.
    fs::create_dir_all(to).map_err(Error::io("create", to))?;
    let (folder, _) = new_folder(to, &run.name, "create")?;
    if let Err(error) = fill(&folder, run, tables) {
        let _ = fs::remove_dir_all(&folder);
        return Err(error);
    }
    Ok(folder)
}

fn fill(folder: &Path, run: &SavedRun, tables: &Tables) -> Result<()> {
    for (name, table) in [
        ("evaluations.csv", &tables.evaluations),
        ("classes.csv", &tables.classes),
        ("losses.csv", &tables.losses),
    ] {
        write_table(&folder.join(name), table)?;
    }
    write_whole(
        &folder.join("command.txt"),
        (command_line(&run.config) + "\n").as_bytes(),
    )?;
    // A run may not have written every file yet; one of a sweep has a head and a backbone in place of a model.
    for name in [
        CONFIG_FILE,
        ENVIRONMENT_FILE,
        SPLIT_FILE,
        LABELS_FILE,
        PREDICTIONS_FILE,
        DECISION_FILE,
        MODEL_FILE,
        HEAD_FILE,
        BACKBONE_FILE,
    ] {
        let from = run.dir.join(name);
        if fs::symlink_metadata(&from).is_ok() {
            copy_own(&from, &folder.join(name))?;
        }
    }
    Ok(())
}

/// A link in a stranger's run folder may point to any file of the user's, which must not be passed on.
fn copy_own(from: &Path, to: &Path) -> Result<()> {
    let mut source = open_own(from)?;
    let mut copy = fs::File::create_new(to).map_err(Error::io("create", to))?;
    let n_bytes = source.metadata().map_or(0, |source| source.len());
    let copied = io::copy(&mut source, &mut copy);
    copied.map_err(|e| Error::io("write", to)(short_of_room(e, to, n_bytes)))?;
    Ok(())
}

fn write_table(path: &Path, table: &[Vec<String>]) -> Result<()> {
    let cells = |row: &[String]| row.iter().map(|text| cell(text).into_owned()).collect::<Vec<_>>();
    write_csv(path, |csv| {
        table.iter().try_for_each(|row| csv.write_record(cells(row)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::runs::folder::RunFolder;
    use crate::disk::runs::saved::{read_config, read_run};
    use crate::experiment::Config;

    #[test]
    fn a_run_is_exported_beside_an_earlier_export() {
        let home = tempfile::tempdir().unwrap();
        let config = Config {
            data: "faces".into(),
            ..Config::default()
        };
        let folder = RunFolder::create(&home.path().join("runs"), &config, &[]).unwrap();
        let run = read_run(&folder.dir).unwrap();
        let tables = Tables {
            losses: vec![
                vec!["epoch".into(), "loss".into()],
                vec!["1".into(), "0.5".into()],
            ],
            ..Tables::default()
        };
        let first = export(&run, &tables, home.path()).unwrap();
        let second = export(&run, &tables, home.path()).unwrap();
        assert_eq!(first, home.path().join(&run.name));
        assert_ne!(first, second);
        let losses = fs::read_to_string(second.join("losses.csv")).unwrap();
        assert_eq!(losses, "epoch,loss\n1,0.5\n");
        assert_eq!(read_config(&first.join(CONFIG_FILE)).unwrap(), run.config);
        let command = fs::read_to_string(first.join("command.txt")).unwrap();
        assert!(
            command.starts_with("counterweight train --data faces"),
            "{command}"
        );
        assert!(!first.join(MODEL_FILE).exists());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_passed_on_through_a_link() {
        let home = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(&home.path().join("runs"), &Config::default(), &[]).unwrap();
        fs::write(home.path().join("secret"), "mine").unwrap();
        std::os::unix::fs::symlink(home.path().join("secret"), folder.dir.join(SPLIT_FILE)).unwrap();
        let run = read_run(&folder.dir).unwrap();
        let error = export(&run, &Tables::default(), home.path())
            .unwrap_err()
            .to_string();
        assert!(error.contains("split.csv: is a link"), "{error}");
        assert!(!home.path().join(&run.name).exists(), "half an export");
    }

    #[test]
    fn all_that_judges_goes_along_into_a_folder_that_is_not_there_yet() {
        let home = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(&home.path().join("runs"), &Config::default(), &[]).unwrap();
        let of_a_sweep = [HEAD_FILE, BACKBONE_FILE, DECISION_FILE];
        for name in of_a_sweep {
            fs::write(folder.dir.join(name), name).unwrap();
        }
        let run = read_run(&folder.dir).unwrap();
        let exported = export(&run, &Tables::default(), &home.path().join("none/yet")).unwrap();
        for name in of_a_sweep {
            assert_eq!(fs::read_to_string(exported.join(name)).unwrap(), name);
        }
    }
}
