//! A folder's files and the hashes of what was in them, so that a million images need not be read again to learn that
//! nothing has changed. A shortcut, as git's index is, and never a key: features are found by content alone.
//!
//! A hash is believed while the file has the same path, length, times of modification and of change (which nobody can
//! set back), and only if it had come to rest before it was read: within one tick of the clock a file can change and
//! keep its times, so that files younger than two seconds are not remembered ("racily clean", as git calls it).

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::FeatureStore;
use crate::disk::files::stamp::Stamp;
use crate::disk::files::whole_file::{TABLE, open_own, read_given, write_whole};
use crate::disk::images::content::ContentHash;

/// The first line, before the format.
const FIRST_WORDS: &str = "counterweight folder index ";
/// Raised when the format of the index's lines changes. An older index is rebuilt.
const INDEX_FORMAT: u64 = 2;

/// The index of one folder; empty where there is none, or a damaged one.
#[derive(Debug, Default)]
pub struct FolderIndex {
    /// `None` where it is not to be written.
    file: Option<PathBuf>,
    entries: BTreeMap<String, (Stamp, ContentHash)>,
    has_news: bool,
}

impl FolderIndex {
    /// The folder's index, which is rebuilt where an older version wrote it, and left alone where a newer one did.
    pub fn read(store: &FeatureStore, folder: &Path) -> Self {
        let Some(file) = file_of(store, folder) else {
            return FolderIndex::default();
        };
        let text = read_given(&file, TABLE).unwrap_or_default();
        let is_newer = format_of(&text).is_some_and(|format| format > INDEX_FORMAT);
        FolderIndex {
            entries: parse(&text).unwrap_or_default(),
            file: Some(file).filter(|_| !is_newer),
            has_news: false,
        }
    }

    pub fn find(&self, path: &str, stamp: &Stamp) -> Option<ContentHash> {
        let (known, hash) = self.entries.get(path)?;
        (known == stamp).then_some(*hash)
    }

    /// Remembers a hash, unless the file was touched just before it was read.
    pub fn note(&mut self, path: &str, stamp: Stamp, hash: ContentHash) {
        if stamp.is_at_rest() {
            self.entries.insert(path.to_owned(), (stamp, hash));
            self.has_news = true;
        }
    }

    /// Where the shortcut cannot be written, the long way is taken; nothing else changes.
    pub fn write(&self) {
        let Some(file) = self.file.as_ref().filter(|_| self.has_news) else {
            return;
        };
        if let Some(dir) = file.parent() {
            let _ = fs::create_dir_all(dir);
        }
        let _ = write_whole(file, self.to_text().as_bytes());
    }

    fn to_text(&self) -> String {
        let mut text = format!("{FIRST_WORDS}{INDEX_FORMAT}\n");
        for (path, (stamp, hash)) in &self.entries {
            let hash = blake3::Hash::from_bytes(*hash).to_hex();
            let Stamp {
                n_bytes,
                modified,
                changed,
                number,
            } = stamp;
            if !path.contains('\n') {
                let _ = writeln!(text, "{hash} {n_bytes} {modified} {changed} {number} {path}");
            }
        }
        let checksum = blake3::hash(text.as_bytes()).to_hex();
        text + &checksum + "\n"
    }
}

/// What is to be said of the folder's index where another version wrote it.
pub fn notice_of(store: &FeatureStore, folder: &Path) -> Option<String> {
    let file = file_of(store, folder)?;
    let mut start = String::new();
    let longest = FIRST_WORDS.len() as u64 + 8;
    open_own(&file)
        .ok()?
        .take(longest)
        .read_to_string(&mut start)
        .ok()?;
    let said = match format_of(&start)?.cmp(&INDEX_FORMAT) {
        Ordering::Equal => return None,
        Ordering::Less => "an older counterweight wrote it; all images are read again to make it anew",
        Ordering::Greater => {
            "a newer counterweight wrote it, so it is left as it is; all images are read again each time: update this \
             one to use it"
        }
    };
    Some(format!("{}: {said}", file.display()))
}

fn file_of(store: &FeatureStore, folder: &Path) -> Option<PathBuf> {
    let id = blake3::hash(folder.as_os_str().as_encoded_bytes()).to_hex();
    let folders = store.root.as_ref()?.join("folders");
    Some(folders.join(format!("{}.index", &id[..16])))
}

fn format_of(text: &str) -> Option<u64> {
    text.lines().next()?.strip_prefix(FIRST_WORDS)?.parse().ok()
}

/// `None` where the text does not match its checksum, or is of another format.
fn parse(text: &str) -> Option<BTreeMap<String, (Stamp, ContentHash)>> {
    let body_end = text.strip_suffix('\n')?.rfind('\n')? + 1;
    let (body, checksum) = text.split_at(body_end);
    if *blake3::hash(body.as_bytes()).to_hex() != *checksum.trim_end() {
        return None;
    }
    if format_of(body)? != INDEX_FORMAT {
        return None;
    }
    body.lines().skip(1).map(entry).collect()
}

fn entry(line: &str) -> Option<(String, (Stamp, ContentHash))> {
    let mut words = line.splitn(6, ' ');
    let hash = *blake3::Hash::from_hex(words.next()?).ok()?.as_bytes();
    let stamp = Stamp {
        n_bytes: words.next()?.parse().ok()?,
        modified: words.next()?.parse().ok()?,
        changed: words.next()?.parse().ok()?,
        number: words.next()?.parse().ok()?,
    };
    Some((words.next()?.to_owned(), (stamp, hash)))
}
