//! One file of features: written once, then only read, through a memory map.
//!
//! ```text
//! magic, 16 bytes | n_features, u32 | 0, u32 | n_rows, u64      32 bytes
//! content hashes, ascending                                     n_rows x 32 bytes
//! features, f32                                                 n_rows x n_features x 4 bytes
//! BLAKE3 of all that                                            32 bytes
//! ```
//!
//! Numbers are in the machine's byte order: a cache does not travel.

#![allow(unsafe_code, reason = "a file that is mapped may be changed by others")]

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use memmap2::Mmap;

use super::{PARTIAL_EXTENSION, SEGMENT_EXTENSION};
use crate::disk::files::whole_file::open_own;
use crate::disk::images::content::ContentHash;
use crate::error::{Error, Result};

const MAGIC: &[u8; 16] = b"counterweight F1";
/// The first bytes of a segment of any format; the format's digit follows.
const MAGIC_STEM: usize = 15;
const HEADER: usize = 32;
const CHECKSUM: usize = 32;

/// Rows by content hash, mapped from a file or, where none can be written, in memory.
#[derive(Debug)]
pub struct Segment {
    pub n_features: usize,
    pub n_rows: usize,
    pub path: Option<PathBuf>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Mapped(Mmap),
    Memory {
        hashes: Vec<ContentHash>,
        rows: Vec<f32>,
    },
}

impl Segment {
    /// Maps a file and verifies its checksum.
    ///
    /// # Errors
    /// It cannot be read, is cut off or damaged, or is of another kind.
    pub fn open(path: &Path, n_features: usize) -> Result<Self> {
        let file = open_own(path)?;
        // SAFETY: segments are renamed into their place whole and never written again; removing one leaves the
        // mapped pages alone. We cannot guard against another program that truncates the file while it is mapped.
        let map = unsafe { Mmap::map(&file) }.map_err(Error::io("map", path))?;
        let damaged = |what: &str| {
            Error::file(
                path,
                format!("is damaged ({what}); its features are computed again"),
            )
        };
        let (found_features, n_rows) = header(&map).ok_or_else(|| damaged("no segment's header"))?;
        if found_features != n_features || length(n_features, n_rows) != Some(map.len() as u64) {
            return Err(damaged("another length than it declares"));
        }
        let (content, checksum) = map.split_at(map.len() - CHECKSUM);
        if blake3::hash(content).as_bytes() != checksum {
            return Err(damaged("another checksum"));
        }
        Ok(Segment {
            n_features,
            n_rows,
            path: Some(path.to_path_buf()),
            body: Body::Mapped(map),
        })
    }

    /// Of rows that could not be written anywhere; `rows` `[hashes.len(), n_features]`, hashes ascending.
    pub fn in_memory(n_features: usize, hashes: Vec<ContentHash>, rows: Vec<f32>) -> Self {
        Segment {
            n_features,
            n_rows: hashes.len(),
            path: None,
            body: Body::Memory { hashes, rows },
        }
    }

    pub fn hashes(&self) -> &[ContentHash] {
        match &self.body {
            // Arrays of bytes have no alignment, so the cast cannot fail on a whole number of them.
            Body::Mapped(map) => bytemuck::cast_slice(&map[HEADER..self.rows_at()]),
            Body::Memory { hashes, .. } => hashes,
        }
    }

    /// `[n_features]`
    pub fn row(&self, row: usize) -> &[f32] {
        let at = row * self.n_features;
        match &self.body {
            // The map begins at a page and the rows at a multiple of 32 bytes within it, so they are aligned.
            Body::Mapped(map) => {
                let from = self.rows_at() + 4 * at;
                bytemuck::cast_slice(&map[from..from + 4 * self.n_features])
            }
            Body::Memory { rows, .. } => &rows[at..at + self.n_features],
        }
    }

    pub fn find(&self, hash: &ContentHash) -> Option<usize> {
        self.hashes().binary_search(hash).ok()
    }

    /// Notes that it was used just now. The time only decides what is removed first, so a failure is ignored.
    pub fn touch(&self) {
        if let Some(file) = self.path.as_ref().and_then(|path| File::open(path).ok()) {
            let _ = file.set_modified(SystemTime::now());
        }
    }

    fn rows_at(&self) -> usize {
        HEADER + CHECKSUM * self.n_rows
    }
}

/// Writes a segment beside its place and renames it into it; it is named after its checksum, so that two programs
/// that write the same segment do not get in each other's way. Hashes must ascend, with no two alike.
///
/// # Errors
/// What the file system says, with the folder.
pub fn write(dir: &Path, n_features: usize, rows: &[(ContentHash, &[f32])]) -> Result<PathBuf> {
    static N_WRITTEN: AtomicUsize = AtomicUsize::new(0);
    fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
    let number = N_WRITTEN.fetch_add(1, Ordering::Relaxed);
    let partial = dir.join(format!("{}-{number}.{PARTIAL_EXTENSION}", std::process::id()));
    let written = write_partial(&partial, n_features, rows).and_then(|checksum| {
        let path = dir.join(format!("{}.{SEGMENT_EXTENSION}", &checksum.to_hex()[..16]));
        fs::rename(&partial, &path)?;
        Ok(path)
    });
    written.map_err(|e| {
        let _ = fs::remove_file(&partial);
        Error::io("write", dir)(e)
    })
}

fn write_partial(
    path: &Path,
    n_features: usize,
    rows: &[(ContentHash, &[f32])],
) -> std::io::Result<blake3::Hash> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut hasher = blake3::Hasher::new();
    let mut put = |bytes: &[u8]| {
        hasher.update(bytes);
        file.write_all(bytes)
    };
    put(MAGIC)?;
    put(&(n_features as u32).to_ne_bytes())?;
    put(&[0; 4])?;
    put(&(rows.len() as u64).to_ne_bytes())?;
    for (hash, _) in rows {
        put(hash)?;
    }
    for (_, row) in rows {
        put(bytemuck::cast_slice(row))?;
    }
    let checksum = hasher.finalize();
    file.write_all(checksum.as_bytes())?;
    file.into_inner()?.sync_data()?;
    Ok(checksum)
}

/// Why a file of a newer version is left alone; `None` for any other file.
pub fn of_newer(path: &Path) -> Option<String> {
    let mut start = [0; MAGIC.len()];
    open_own(path).ok()?.read_exact(&mut start).ok()?;
    let (stem, format) = start.split_at(MAGIC_STEM);
    let is_newer = stem == &MAGIC[..MAGIC_STEM] && format > &MAGIC[MAGIC_STEM..];
    is_newer.then(|| {
        format!(
            "{}: a newer counterweight wrote it, so it is left as it is; its features are computed again: update this \
             one to use them",
            path.display()
        )
    })
}

/// Number of rows in a file; `None` if it is not a segment, or shorter or longer than its header says.
pub fn n_rows(path: &Path) -> Option<u64> {
    let mut start = [0; HEADER];
    let mut file = open_own(path).ok()?;
    file.read_exact(&mut start).ok()?;
    let (n_features, n_rows) = header(&start)?;
    let is_whole = length(n_features, n_rows) == Some(file.metadata().ok()?.len());
    is_whole.then_some(n_rows as u64)
}

/// Length of a whole file in bytes; `None` if that overflows.
fn length(n_features: usize, n_rows: usize) -> Option<u64> {
    let row = n_features.checked_mul(4)?.checked_add(CHECKSUM)?;
    let rows = n_rows.checked_mul(row)?;
    Some(rows.checked_add(HEADER + CHECKSUM)? as u64)
}

/// Features a row, and rows.
fn header(bytes: &[u8]) -> Option<(usize, usize)> {
    let header = bytes.get(..HEADER)?.strip_prefix(MAGIC)?;
    let n_features = u32::from_ne_bytes(header[..4].try_into().ok()?);
    let n_rows = u64::from_ne_bytes(header[8..].try_into().ok()?);
    Some((n_features as usize, usize::try_from(n_rows).ok()?))
}
