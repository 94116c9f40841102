//! `--log FILE`: the program's log as a file, which grows.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;

use tracing::info;

use crate::error::{Error, Result};
use crate::log::{self, Each};

/// The first line of such a file. Lines are put after no other file's.
const HEAD: &str = "counterweight's log";

/// Begins the log, and writes it there as well where a file is named.
///
/// # Errors
/// The file cannot be written, or is something else than a log.
pub fn begin(path: Option<&Path>) -> Result<()> {
    let each = path.map(file).transpose()?;
    log::start(each);
    info!("counterweight {} begins", env!("CARGO_PKG_VERSION"));
    Ok(())
}

fn file(path: &Path) -> Result<Each> {
    let mut options = OpenOptions::new();
    let mut file = options
        .create(true)
        .read(true)
        .append(true)
        .open(path)
        .map_err(Error::io("write the log", path))?;
    let mut head = [0; HEAD.len()];
    let is_new = file.metadata().map_err(Error::io("read", path))?.len() == 0;
    if is_new {
        writeln!(file, "{HEAD}").map_err(Error::io("write", path))?;
    } else if file.read_exact(&mut head).is_err() || head != HEAD.as_bytes() {
        return Err(Error::file(
            path,
            "is not a log of this program, so nothing is written to it; give a name that is free",
        ));
    }
    // A disk that is full must not end what is logged.
    Ok(Box::new(move |line| {
        _ = file.write_all(format!("{line}\n").as_bytes())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_after_a_log_and_after_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("log.txt");
        for line in ["one", "two"] {
            file(&path).unwrap()(line);
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("{HEAD}\none\ntwo\n"));
        let notes = home.path().join("notes.txt");
        std::fs::write(&notes, "buy milk").unwrap();
        assert!(file(&notes).is_err());
        assert_eq!(std::fs::read_to_string(&notes).unwrap(), "buy milk");
        assert!(file(&home.path().join("no/such/log.txt")).is_err());
    }
}
