//! Finds files that hold the same bytes. What a scan sees of each anyway, its length and its ends, leaves few that have to
//! be read whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::content::ContentHash;
use super::stoppable::Stoppable;
use crate::error::Result;
use crate::protocol::Cancel;

/// Bytes looked at from the start and from the end.
const END: u64 = 4096;

/// What two files with the same content have in common, and hardly any others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Looks {
    n_bytes: u64,
    /// BLAKE3 of its first and last bytes.
    ends: ContentHash,
}

/// Looks at a file's length and ends.
///
/// # Errors
/// It cannot be read.
pub fn looks<R: Read + Seek>(file: &mut R) -> io::Result<Looks> {
    let n_bytes = file.seek(SeekFrom::End(0))?;
    let mut hasher = blake3::Hasher::new();
    for start in [0, n_bytes.saturating_sub(END)] {
        file.seek(SeekFrom::Start(start))?;
        hasher.update_reader(file.by_ref().take(END))?;
    }
    let ends = *hasher.finalize().as_bytes();
    Ok(Looks { n_bytes, ends })
}

/// The files that hold the same, two or more at a time, by their index; each group and the groups in ascending order.
///
/// # Errors
/// Stopped.
pub fn twins<'a>(
    root: &Path,
    files: impl Iterator<Item = (usize, &'a str, &'a Looks)>,
    cancel: &Cancel,
) -> Result<Vec<Vec<usize>>> {
    let mut alike: BTreeMap<&Looks, Vec<(usize, &str)>> = BTreeMap::new();
    for (i, path, looks) in files {
        alike.entry(looks).or_default().push((i, path));
    }
    let mut groups = Vec::new();
    for files in alike.into_values().filter(|files| files.len() > 1) {
        let mut same: BTreeMap<ContentHash, Vec<usize>> = BTreeMap::new();
        for (i, path) in files {
            cancel.check()?;
            // One that went away meanwhile is nobody's twin.
            if let Ok(content) = hash(&root.join(path), cancel) {
                same.entry(content).or_default().push(i);
            }
        }
        groups.extend(same.into_values().filter(|group| group.len() > 1));
    }
    // One that was stopped while it was read.
    cancel.check()?;
    groups.sort_unstable();
    Ok(groups)
}

fn hash(path: &Path, cancel: &Cancel) -> io::Result<ContentHash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(Stoppable::new(File::open(path)?, cancel))?;
    Ok(*hasher.finalize().as_bytes())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_what_holds_the_same_is_found() {
        let home = tempfile::tempdir().unwrap();
        let long = vec![7; 20_000];
        // Of one length and with the same ends, and another in the middle.
        let mut other = long.clone();
        other[10_000] = 8;
        let files: [(&str, &[u8]); 6] = [
            ("a", b"one"),
            ("b", b"two"),
            ("c", &long),
            ("d", &other),
            ("e", &long),
            ("f", b"one"),
        ];
        let mut seen = Vec::new();
        for (name, bytes) in files {
            fs::write(home.path().join(name), bytes).unwrap();
            seen.push(looks(&mut File::open(home.path().join(name)).unwrap()).unwrap());
        }
        assert_eq!(seen[2], seen[3]);
        let of = |i: usize| (i, files[i].0, &seen[i]);
        let found = twins(home.path(), (0..6).map(of), &Cancel::new()).unwrap();
        assert_eq!(found, [vec![0, 5], vec![2, 4]]);
    }
}
