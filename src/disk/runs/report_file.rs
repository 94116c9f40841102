//! A report's page in its place: whole, and only where nothing is or another report was.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::table_file::{folder_that_is, lies_in, may_be_replaced};
use crate::disk::files::whole_file::write_whole;
use crate::error::{Error, Result};

/// Whether a page that begins so may be written there; it is made from the images of `folders`. Asked before the work, and again by
/// [`write_report`].
///
/// # Errors
/// The place is a folder, lies in one of the image folders or in none that there is, may only be read, or holds something else.
pub fn check_place(path: &Path, beginning: &str, folders: &[PathBuf]) -> Result<()> {
    if path.is_dir() {
        return Err(Error::file(path, "is a folder; name a file for the report"));
    }
    folder_that_is(path)?;
    if let Some(images) = folders.iter().find(|images| lies_in(path, images)) {
        let message = format!(
            "lies in {}, an image folder, which is never written to; name a file in another folder",
            images.display()
        );
        return Err(Error::file(path, message));
    }
    let Ok(found) = fs::metadata(path) else {
        return Ok(());
    };
    may_be_replaced(path)?;
    if !found.is_file() || !begins_so(path, beginning)? {
        let message =
            "is there already and is not a report of this program, so it is left as it is; name another file";
        return Err(Error::file(path, message));
    }
    Ok(())
}

/// An empty file is as good as none.
fn begins_so(path: &Path, beginning: &str) -> Result<bool> {
    let failed = || Error::io("read", path);
    let file = File::open(path).map_err(failed())?;
    let mut found = Vec::new();
    file.take(beginning.len() as u64)
        .read_to_end(&mut found)
        .map_err(failed())?;
    Ok(found.is_empty() || found == beginning.as_bytes())
}

/// # Errors
/// As [`check_place`]; what the file system says, with the path.
pub fn write_report(path: &Path, beginning: &str, folders: &[PathBuf], html: &str) -> Result<()> {
    check_place(path, beginning, folders)?;
    write_whole(path, html.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_replaces_a_report_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        let images = at("faces");
        fs::create_dir(&images).unwrap();
        let write = |path: &Path| {
            write_report(
                path,
                "<!-- ours -->",
                std::slice::from_ref(&images),
                "<!-- ours --> again",
            )
        };
        let refused = |path: &Path| write(path).unwrap_err().to_string();
        for _ in 0..2 {
            write(&at("new.html")).unwrap();
        }
        fs::write(at("empty.html"), "").unwrap();
        write(&at("empty.html")).unwrap();
        fs::write(at("mine.html"), "<html>my own</html>").unwrap();
        assert!(refused(&at("mine.html")).contains("is not a report of this program"));
        assert_eq!(
            fs::read_to_string(at("mine.html")).unwrap(),
            "<html>my own</html>"
        );
        assert!(refused(&images).contains("is a folder"));
        assert!(refused(&images.join("r.html")).contains("never written to"));
        assert!(refused(&at("none/r.html")).contains("there is no folder"));
    }
}
