//! Looks at many files from outside, on all cores: are they images?

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;

use super::walk::Found;
use crate::disk::files::on_all_cores::{Hands, on_all_cores};
use crate::disk::files::stoppable::Stoppable;
use crate::disk::images::header::{Fault, inspect};
use crate::error::Result;
use crate::experiment::{IssueKind, Unseen};
use crate::protocol::Cancel;

/// Files a thread takes at a time.
const CHUNK: usize = 64;

/// What is seen of a file that looks like a whole image.
#[derive(Debug)]
pub struct Seen {
    pub n_bytes: u64,
    pub unseen: Unseen,
}

/// What is seen of each file from its first and last bytes, or its fault.
///
/// # Errors
/// Stopped; the system gives no thread.
pub fn check_all(
    n_threads: usize,
    root: &Path,
    files: &[Found],
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<Result<Seen, Fault>>> {
    let hands = Hands {
        n_threads,
        chunk: CHUNK,
    };
    let look = |i: usize| check(&root.join(&files[i].path), cancel);
    let seen = on_all_cores(hands, files.len(), cancel, progress, look)?;
    cancel.check()?;
    Ok(seen.into_iter().map(|(_, seen)| seen).collect())
}

fn check(path: &Path, cancel: &Cancel) -> Result<Seen, Fault> {
    let left_out = |kind: IssueKind, message: &str| {
        let message = message.to_owned();
        Err(Fault { kind, message })
    };
    let found = match fs::metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return left_out(IssueKind::Missing, "there is no such file; check its path");
        }
        found => found?,
    };
    if found.is_dir() {
        return left_out(
            IssueKind::StrayFile,
            "this is a folder, not an image; name the images in it",
        );
    }
    // Opening a pipe would block.
    if !found.is_file() {
        return left_out(
            IssueKind::StrayFile,
            "this is neither a file nor a folder and is left out; remove it",
        );
    }
    // Headers are short: a large buffer would read bytes that are never used.
    let header = inspect(&mut BufReader::with_capacity(
        1 << 10,
        Stoppable::new(File::open(path)?, cancel),
    ))?;
    Ok(Seen {
        n_bytes: found.len(),
        unseen: header.unseen,
    })
}
