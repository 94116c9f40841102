//! The name, the note and the star of a run, in a file beside its facts.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::folder::TAG_FILE;
use crate::disk::files::json_file::{check_format, from_json, make_way, write_json};
use crate::disk::files::whole_file::{SMALL, read_small};
use crate::error::Result;
use crate::experiment::{RunTag, TAG_FORMAT, TAG_FORMATS};

/// The tag as it is stored. Files of the first format do not name it.
#[derive(Serialize, Deserialize)]
struct TagFile {
    #[serde(default = "first_format")]
    format: u32,
    #[serde(flatten)]
    tag: RunTag,
}

fn first_format() -> u32 {
    1
}

/// A run that nobody said anything of has no such file.
///
/// # Errors
/// It cannot be read, is not a tag, or is of another version.
pub fn read_tag(dir: &Path) -> Result<RunTag> {
    let path = dir.join(TAG_FILE);
    if fs::symlink_metadata(&path).is_err() {
        return Ok(RunTag::default());
    }
    let text = read_small(&path, SMALL)?;
    check_format(&path, &text, TAG_FORMATS, "tag")?;
    let TagFile { tag, .. } = from_json(&path, &text, "a run's name and note")?;
    Ok(RunTag {
        // Nobody types it, and screen readers stop at it.
        name: tag.name.replace('\0', ""),
        note: tag.note.replace('\0', ""),
        ..tag
    })
}

/// Names, notes and stars a run that is there. A file that cannot be read as such is kept under another name.
///
/// # Errors
/// There is one that a newer version wrote; what the file system says, with the path.
pub fn write_tag(dir: &Path, tag: &RunTag) -> Result<()> {
    let path = dir.join(TAG_FILE);
    make_way(&path, TAG_FORMATS, read_tag(dir))?;
    let file = TagFile {
        format: TAG_FORMAT,
        tag: tag.clone(),
    };
    write_json(&path, &file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_of_a_newer_version_is_refused_and_kept() {
        let home = tempfile::tempdir().unwrap();
        let tag = RunTag {
            name: "the good one".into(),
            starred: true,
            ..RunTag::default()
        };
        write_tag(home.path(), &tag).unwrap();
        assert_eq!(read_tag(home.path()).unwrap(), tag);
        let newer = r#"{"format":2,"name":"the good one","colour":"red"}"#;
        fs::write(home.path().join(TAG_FILE), newer).unwrap();
        for error in [
            read_tag(home.path()).map(|_| ()).unwrap_err(),
            write_tag(home.path(), &RunTag::default()).unwrap_err(),
        ] {
            let message = error.to_string();
            assert!(message.contains("has tag format 2"), "{message}");
            assert!(message.contains("update this one"), "{message}");
        }
        assert_eq!(fs::read_to_string(home.path().join(TAG_FILE)).unwrap(), newer);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
