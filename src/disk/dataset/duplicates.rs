//! Finds files that hold the same bytes. Comparing their lengths, which a scan knows, and then their ends leaves few that have
//! to be read whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::disk::files::on_all_cores::{Hands, on_all_cores};
use crate::disk::files::stoppable::Stoppable;
use crate::disk::images::content::ContentHash;
use crate::error::Result;
use crate::protocol::Cancel;

/// Bytes looked at from the start and from the end.
const END: u64 = 4096;
/// Files a thread takes at a time.
const CHUNK: usize = 16;

/// The files that hold the same, two or more at a time, by their index; each group and the groups in ascending order.
/// `files` are their paths and lengths.
///
/// # Errors
/// Stopped; the system gives no thread.
pub fn twins(
    n_threads: usize,
    root: &Path,
    files: &[(&str, u64)],
    cancel: &Cancel,
) -> Result<Vec<Vec<usize>>> {
    let hands = Hands {
        n_threads,
        chunk: CHUNK,
    };
    let hashed =
        |alike: Vec<usize>, hash: fn(&Path, &Cancel) -> io::Result<ContentHash>| -> Result<Vec<Vec<usize>>> {
            let hash = |i: usize| hash(&root.join(files[alike[i]].0), cancel).ok();
            let hashes = on_all_cores(hands, alike.len(), cancel, &mut |_| {}, hash)?;
            cancel.check()?;
            // One that has disappeared meanwhile has no duplicate.
            let seen = hashes
                .into_iter()
                .filter_map(|(at, hash)| Some((alike[at], (files[alike[at]].1, hash?))));
            Ok(groups(seen))
        };
    let of_one_length = groups(files.iter().enumerate().map(|(i, &(_, n_bytes))| (i, n_bytes)));
    let of_like_ends = hashed(of_one_length.concat(), hash_ends)?;
    // Of short files that was all there is.
    let is_short = |group: &Vec<usize>| files[group[0]].1 <= 2 * END;
    let (mut twins, long): (Vec<_>, Vec<_>) = of_like_ends.into_iter().partition(is_short);
    twins.extend(hashed(long.concat(), hash_all)?);
    twins.sort_unstable();
    Ok(twins)
}

/// Files with the same key, where there are two or more.
fn groups<K: Ord>(files: impl Iterator<Item = (usize, K)>) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (i, key) in files {
        groups.entry(key).or_default().push(i);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

fn hash_ends(path: &Path, _cancel: &Cancel) -> io::Result<ContentHash> {
    let mut file = File::open(path)?;
    let n_bytes = file.seek(SeekFrom::End(0))?;
    let mut hasher = blake3::Hasher::new();
    // Once where they overlap.
    let second = n_bytes.saturating_sub(END).max(END.min(n_bytes));
    for start in [0, second] {
        file.seek(SeekFrom::Start(start))?;
        hasher.update_reader(file.by_ref().take(END))?;
    }
    Ok(*hasher.finalize().as_bytes())
}

fn hash_all(path: &Path, cancel: &Cancel) -> io::Result<ContentHash> {
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
        // Of the same length and with the same ends, but different in the middle.
        let mut other = long.clone();
        other[10_000] = 8;
        // A little longer than one end, and no longer than both.
        let (short, shorter) = (vec![1; 5000], vec![1; 4096]);
        let mut changed = short.clone();
        changed[4999] = 2;
        let files: [(&str, &[u8]); 10] = [
            ("a", b"one"),
            ("b", b"two"),
            ("c", &long),
            ("d", &other),
            ("e", &long),
            ("f", b"one"),
            ("g", &short),
            ("h", &changed),
            ("i", &short),
            ("j", &shorter),
        ];
        for (name, bytes) in files {
            fs::write(home.path().join(name), bytes).unwrap();
        }
        let listed = files.map(|(name, bytes)| (name, bytes.len() as u64));
        let found = twins(2, home.path(), &listed, &Cancel::new()).unwrap();
        assert_eq!(found, [vec![0, 5], vec![2, 4], vec![6, 8]]);
    }
}
