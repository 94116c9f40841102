//! The journal file: a first line that says what it is, then an entry a line. It is only ever added to, under a lock, whole
//! lines at a time and on the disk before anything is shown; so a program that is killed loses at most the line it was
//! writing, and two programs on one folder see each other's lines. What a kill or a disk left unreadable at its end is put
//! into a file of its own beside it before the next line.
//!
//! A folder that was moved begins a journal of its own with what was decided at its earlier place, whose journal stays as it is.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::disk::files::json_file::to_json;
use crate::disk::files::user_file::create_folder;
use crate::disk::files::whole_file::{TABLE, open_own, write_whole};
use crate::error::{Error, Result};
use crate::experiment::{Entry, History, ImageChange, LABELS_FORMAT, LABELS_FORMATS};

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    format: u64,
    /// The image folder, for people.
    data: String,
}

/// A journal, as far as it can be read.
#[derive(Debug, Default)]
pub struct Journal {
    pub history: History,
    /// What could not be read, in a sentence.
    pub damage: Option<String>,
    /// The folder that its first line names; empty where there is no first line yet.
    pub data: PathBuf,
    /// The good lines after the first, as they stand in the file.
    pub lines: Vec<u8>,
    format: u64,
    /// Bytes up to the end of the last good line; 0 where there is no first line yet.
    end: usize,
}

/// The folder that a decision is about.
#[derive(Debug, Clone, Copy)]
pub struct Folder<'a> {
    pub data: &'a Path,
    /// See `disk::dataset::fingerprint`.
    pub fingerprint: &'a str,
    /// The journal of its earlier place, where it was moved.
    pub before: Option<&'a Path>,
}

/// An empty one where there is no such file.
///
/// # Errors
/// It cannot be read, or a newer version wrote it.
pub fn read(file: &Path) -> Result<Journal> {
    if fs::symlink_metadata(file).is_err() {
        return Ok(Journal::default());
    }
    let mut bytes = Vec::new();
    let reader = open_own(file)?.take(TABLE);
    { reader }
        .read_to_end(&mut bytes)
        .map_err(Error::io("read", file))?;
    parse(file, &bytes)
}

/// Adds what `decide` makes of the journal as it is, and returns what it is then. Nothing is written where `decide` has
/// nothing to add.
///
/// # Errors
/// It cannot be read or written, a newer version wrote it, or `decide` refuses.
pub fn append(
    file: &Path,
    folder: Folder,
    decide: impl FnOnce(&History) -> Result<Option<Entry>>,
) -> Result<Journal> {
    if let Some(dir) = file.parent() {
        create_folder(dir)?;
    }
    if fs::symlink_metadata(file).is_ok() {
        // A link or a pipe is not written into.
        raise_format(file, &read(file)?)?;
    }
    let before = folder.before.map(read).transpose()?;
    let failed = || Error::io("write", file);
    let mut options = File::options();
    let mut handle = (options.read(true).append(true).create(true).open(file)).map_err(failed())?;
    // Where a file system has no locks, a line is still written at once.
    let _ = handle.lock();
    let mut bytes = Vec::new();
    handle.read_to_end(&mut bytes).map_err(Error::io("read", file))?;
    let mut journal = parse(file, &bytes)?;
    let mut lines = match journal.end {
        0 => head(file, folder.data)?,
        _ => String::new(),
    };
    if let Some(before) = before.filter(|before| before.continues(&journal)) {
        lines += &String::from_utf8_lossy(&before.lines[journal.lines.len()..]);
        journal.history = before.history;
    }
    let Some(entry) = decide(&journal.history)? else {
        return Ok(journal);
    };
    if journal.end < bytes.len() {
        let aside = set_aside(file, &bytes[journal.end..])?;
        handle.set_len(journal.end as u64).map_err(failed())?;
        let damage = journal.damage.take().unwrap_or_default();
        journal.damage = Some(format!("{damage}; it is kept in {}", aside.display()));
    }
    let files = Entry::Files(folder.fingerprint.to_owned());
    let is_known = folder.fingerprint.is_empty() || journal.history.files() == folder.fingerprint;
    for entry in [(!is_known).then_some(files), Some(entry)].into_iter().flatten() {
        lines += &to_json(file, &entry, false)?;
        lines.push('\n');
        journal.history.take(entry);
    }
    handle.seek(SeekFrom::End(0)).map_err(failed())?;
    handle.write_all(lines.as_bytes()).map_err(failed())?;
    handle.sync_all().map_err(failed())?;
    if journal.end == 0 {
        sync_folder_of(file);
    }
    Ok(journal)
}

impl Journal {
    /// Whether it begins with all of the other's lines and has more.
    pub fn continues(&self, other: &Journal) -> bool {
        self.lines.len() > other.lines.len() && self.lines.starts_with(&other.lines)
    }
}

/// A journal that is written to says that it may hold what earlier versions do not know. That is one byte of its first line,
/// so that a kill leaves the old number or the new one.
fn raise_format(file: &Path, journal: &Journal) -> Result<()> {
    if journal.end == 0 || journal.format >= LABELS_FORMAT.into() {
        return Ok(());
    }
    let (old, new) = (journal.format.to_string(), LABELS_FORMAT.to_string());
    let failed = || Error::io("write", file);
    let mut handle = (File::options().read(true).write(true).open(file)).map_err(failed())?;
    let mut first = vec![0; 64.min(journal.end)];
    handle.read_exact(&mut first).map_err(Error::io("read", file))?;
    let key = format!("\"format\":{old},");
    let at = first.windows(key.len()).position(|bytes| bytes == key.as_bytes());
    let Some(at) = at.filter(|_| old.len() == new.len()) else {
        return Err(Error::file(
            file,
            "its first line is not as this program writes it, so nothing is added; write the decisions as a table and take \
             them in elsewhere",
        ));
    };
    let at = (at + key.len() - 1 - old.len()) as u64;
    handle.seek(SeekFrom::Start(at)).map_err(failed())?;
    handle.write_all(new.as_bytes()).map_err(failed())?;
    handle.sync_all().map_err(failed())
}

/// Writes a journal of one step: what a run was trained with, in its folder.
///
/// # Errors
/// It cannot be written.
pub fn write_copy(file: &Path, data: &Path, step: Vec<ImageChange>) -> Result<()> {
    let entry = to_json(file, &Entry::Step(step), false)?;
    write_whole(file, format!("{}{entry}\n", head(file, data)?).as_bytes())
}

fn head(file: &Path, data: &Path) -> Result<String> {
    let head = Head {
        format: LABELS_FORMAT.into(),
        data: data.to_string_lossy().into_owned(),
    };
    Ok(to_json(file, &head, false)? + "\n")
}

fn parse(file: &Path, bytes: &[u8]) -> Result<Journal> {
    let mut journal = Journal::default();
    let damaged = |line: usize, rest: usize| {
        format!(
            "{}: cannot be read from line {line} on ({rest} bytes), and the decisions in that part are left out",
            file.display()
        )
    };
    let mut line_number = 0;
    while journal.end < bytes.len() {
        line_number += 1;
        let rest = &bytes[journal.end..];
        let line = rest.iter().position(|&byte| byte == b'\n').map(|n| &rest[..n]);
        let is_good = match (line, line_number) {
            (None, _) => false,
            (Some(line), 1) => match serde_json::from_slice::<Head>(line) {
                Ok(head) => {
                    if let Some(refusal) = LABELS_FORMATS.refusal("labels", head.format) {
                        return Err(Error::file(file, refusal));
                    }
                    (journal.format, journal.data) = (head.format, head.data.into());
                    true
                }
                Err(_) => false,
            },
            (Some(line), _) => match serde_json::from_slice::<Entry>(line) {
                Ok(entry) => {
                    journal.history.take(entry);
                    true
                }
                Err(_) => false,
            },
        };
        match line {
            Some(line) if is_good => {
                if line_number > 1 {
                    journal.lines.extend(&rest[..=line.len()]);
                }
                journal.end += line.len() + 1;
            }
            _ => {
                journal.damage = Some(damaged(line_number, rest.len()));
                break;
            }
        }
    }
    Ok(journal)
}

/// Keeps what cannot be read, under a name that nothing had before.
fn set_aside(file: &Path, bytes: &[u8]) -> Result<PathBuf> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut n = 1;
    loop {
        let aside = file.with_file_name(format!("{name}.unreadable-{n}"));
        if fs::symlink_metadata(&aside).is_err() {
            write_whole(&aside, bytes)?;
            return Ok(aside);
        }
        n += 1;
    }
}

/// So that the file's name is on the disk, too. Not every system has folders that can be opened.
fn sync_folder_of(file: &Path) {
    if let Some(Ok(dir)) = file.parent().map(File::open) {
        let _ = dir.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{ImageName, LabelChange};

    fn exclude(content: &str) -> Entry {
        let image = ImageName {
            content: content.into(),
            path: format!("{content}.png"),
            copies: Vec::new(),
        };
        let change = LabelChange::Exclude(true);
        Entry::Step(vec![ImageChange { image, change }])
    }

    fn folder(data: &str) -> Folder<'_> {
        Folder {
            data: data.as_ref(),
            fingerprint: "",
            before: None,
        }
    }

    fn add(file: &Path, entry: Entry) -> Journal {
        append(file, folder("/data"), |_| Ok(Some(entry))).unwrap()
    }

    fn contents(journal: &Journal) -> Vec<String> {
        let overlay = journal.history.overlay();
        overlay.places().map(|(_, content)| content.to_owned()).collect()
    }

    #[test]
    fn what_was_added_is_there_after_a_restart() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("labels/faces.jsonl");
        assert!(read(&file).unwrap().history.to_undo().is_none());
        add(&file, exclude("1"));
        add(&file, exclude("2"));
        add(&file, Entry::Undo);
        let journal = read(&file).unwrap();
        assert_eq!((contents(&journal), journal.damage), (vec!["1".to_owned()], None));
        assert_eq!(contents(&add(&file, Entry::Redo)), ["1", "2"]);
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.lines().next(), Some(r#"{"format":2,"data":"/data"}"#));
        assert_eq!(text.lines().count(), 5);
    }

    /// A kill between two bytes of a write, wherever it falls.
    #[test]
    fn every_torn_end_is_set_aside_and_what_was_whole_stays() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("faces.jsonl");
        add(&file, exclude("1"));
        let whole = fs::read(&file).unwrap();
        add(&file, exclude("2"));
        let both = fs::read(&file).unwrap();
        for n in whole.len()..both.len() {
            fs::write(&file, &both[..n]).unwrap();
            let journal = read(&file).unwrap();
            assert_eq!(contents(&journal), ["1"]);
            assert_eq!(journal.damage.is_some(), n > whole.len());
            let journal = add(&file, exclude("3"));
            assert_eq!(contents(&journal), ["1", "3"]);
            if let Some(damage) = journal.damage {
                let aside = damage.rsplit("kept in ").next().unwrap();
                assert_eq!(fs::read(aside).unwrap(), &both[whole.len()..n]);
            }
            let again = read(&file).unwrap();
            assert_eq!((contents(&again).len(), again.damage), (2, None));
        }
        // Also where not even the first line was written.
        fs::write(&file, &both[..10]).unwrap();
        assert_eq!(contents(&add(&file, exclude("4"))), ["4"]);
    }

    #[test]
    fn what_a_newer_version_wrote_is_refused_and_left() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("faces.jsonl");
        let newer = "{\"format\":3,\"data\":\"/data\"}\n{\"tilt\":3}\n";
        fs::write(&file, newer).unwrap();
        let refused = append(&file, folder("/data"), |_| Ok(Some(Entry::Undo))).unwrap_err();
        assert!(refused.to_string().contains("has labels format 3"), "{refused}");
        assert_eq!(fs::read_to_string(&file).unwrap(), newer);
    }

    #[test]
    fn two_programs_lose_no_line() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("faces.jsonl");
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let file = &file;
                scope.spawn(move || {
                    (0..20).for_each(|n| drop(add(file, exclude(&format!("{writer}-{n}")))));
                });
            }
        });
        let journal = read(&file).unwrap();
        assert_eq!((contents(&journal).len(), journal.damage), (80, None));
    }

    #[test]
    fn what_an_earlier_version_wrote_goes_on_under_the_new_number() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("faces.jsonl");
        let of_first = "{\"format\":1,\"data\":\"/data\"}\n\"undo\"\n";
        fs::write(&file, of_first).unwrap();
        add(&file, exclude("1"));
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.starts_with("{\"format\":2,\"data\":\"/data\"}\n\"undo\"\n{\"step\""),
            "{text}"
        );
    }

    #[test]
    fn a_folder_that_was_moved_goes_on_from_its_earlier_place() {
        let home = tempfile::tempdir().unwrap();
        let [first, second] = ["first", "second"].map(|name| home.path().join(name));
        add(&first, exclude("1"));
        add(&first, exclude("2"));
        let before = fs::read(&first).unwrap();
        let moved = Folder {
            data: "/moved".as_ref(),
            fingerprint: "ab12",
            before: Some(&first),
        };
        let journal = append(&second, moved, |_| Ok(Some(Entry::Undo))).unwrap();
        assert_eq!(contents(&journal), ["1"]);
        let journal = read(&second).unwrap();
        assert_eq!(
            (contents(&journal), journal.history.files()),
            (vec!["1".into()], "ab12")
        );
        assert_eq!(journal.data, Path::new("/moved"));
        assert_eq!(fs::read(&first).unwrap(), before);
        // Back again: what was decided meanwhile goes on there.
        assert!(journal.continues(&read(&first).unwrap()));
        let back = Folder {
            data: "/data".as_ref(),
            before: Some(&second),
            ..moved
        };
        let journal = append(&first, back, |_| Ok(Some(Entry::Redo))).unwrap();
        assert_eq!(contents(&journal), ["1", "2"]);
        assert_eq!(contents(&read(&first).unwrap()), ["1", "2"]);
    }
}
