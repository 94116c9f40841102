//! A TIFF's size, and whether the pixels that its first directory points to are there.

use std::io::{Cursor, Read, Seek, SeekFrom};

use super::{Fault, bytes_at};
use crate::experiment::Unseen;

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS: u16 = 258;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const FILL_ORDER: u16 = 266;
const ORIENTATION: u16 = 274;
const SAMPLES: u16 = 277;
const EXTRA_SAMPLES: u16 = 338;
/// Where the strips or tiles lie and how many bytes each has.
const OFFSETS: [u16; 2] = [273, 324];
const LENGTHS: [u16; 2] = [279, 325];
/// No image within the limit of pixels has reason for more strips.
const MAX_STRIPS: u64 = 1 << 20;

/// Cameras and microscopes write a few dozen.
const MAX_ENTRIES: u64 = 1024;

/// `start` holds the first 32 bytes, which begin as a TIFF's or BigTIFF's do.
///
/// # Errors
/// Its directory makes no sense or lists no pixels; its compression or order of bits is not supported; it is cut off,
/// or cannot be read.
pub fn size<R: Read + Seek>(
    file: &mut R,
    start: &[u8],
    len: u64,
    unseen: &mut Unseen,
) -> Result<(u64, u64), Fault> {
    let (mut directory, first) = Directory::open(file, start)?;
    let (mut width, mut height) = (0, 0);
    let (mut bits, mut samples) = (1, 1);
    let (mut offsets, mut lengths) = (Vec::new(), Vec::new());
    let (entries, next) = directory.entries(first)?;
    unseen.more_pictures = next != 0;
    for entry in entries {
        match entry.tag {
            COMPRESSION => can_unfold(directory.first_value(&entry)?)?,
            FILL_ORDER if directory.first_value(&entry)? == 2 => {
                return Err(Fault::unsupported(
                    "a TIFF whose bits are in reverse order (FillOrder 2)",
                ));
            }
            // One that is listed again and again would be read as often.
            tag if OFFSETS.contains(&tag) && !offsets.is_empty() => return Err(twice()),
            tag if LENGTHS.contains(&tag) && !lengths.is_empty() => return Err(twice()),
            WIDTH => width = directory.first_value(&entry)?,
            HEIGHT => height = directory.first_value(&entry)?,
            BITS => bits = directory.first_value(&entry)?,
            SAMPLES => samples = directory.first_value(&entry)?,
            tag if OFFSETS.contains(&tag) => offsets = directory.values(&entry)?,
            tag if LENGTHS.contains(&tag) => lengths = directory.values(&entry)?,
            _ => {}
        }
    }
    // Pillow keeps such grey as numbers and cuts them off at 255.
    unseen.deep_grey = samples == 1 && bits > 8;
    if offsets.is_empty() {
        return Err(Fault::corrupt("this TIFF holds no image"));
    }
    let ends = offsets
        .iter()
        .zip(&lengths)
        .map(|(&offset, &length)| offset.saturating_add(length));
    if ends.max().unwrap_or(0) > len {
        return Err(Fault::truncated());
    }
    Ok((width, height))
}

fn twice() -> Fault {
    Fault::corrupt("this TIFF lists the places of its pixels twice")
}

/// The ways of compression that are read here.
fn can_unfold(compression: u64) -> Result<(), Fault> {
    let name = match compression {
        1 | 4 | 5 | 7 | 8 | 32773 | 32946 => return Ok(()),
        2 | 3 => "CCITT 3",
        6 => "JPEG of the old kind",
        34712 => "JPEG 2000",
        34925 => "LZMA",
        50000 => "Zstandard",
        50001 => "WebP",
        _ => "a method of its own",
    };
    Err(Fault::unsupported(format_args!(
        "a TIFF that is compressed by {name}"
    )))
}

/// What changes the pixels of a TIFF beside its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// 1 where it is not turned, up to 8 (TIFF 6.0, Orientation).
    pub orientation: u8,
    /// Colours have been multiplied by their alpha.
    pub alpha_is_in_colours: bool,
}

/// The first image's, as far as they can be read.
pub fn marks(bytes: &[u8]) -> Marks {
    let mut marks = Marks {
        orientation: 1,
        alpha_is_in_colours: false,
    };
    let mut file = Cursor::new(bytes);
    let Ok((mut directory, first)) = Directory::open(&mut file, bytes) else {
        return marks;
    };
    let (entries, _) = directory.entries(first).unwrap_or_default();
    let is_mark = |entry: &Entry| matches!(entry.tag, ORIENTATION | EXTRA_SAMPLES);
    for entry in entries.iter().filter(|entry| is_mark(entry)) {
        match (entry.tag, directory.first_value(entry)) {
            (ORIENTATION, Ok(way @ 1..=8)) => marks.orientation = way as u8,
            (EXTRA_SAMPLES, Ok(1)) => marks.alpha_is_in_colours = true,
            _ => {}
        }
    }
    marks
}

/// Where a palette image says that it is one: the two bytes that hold the number 3. `None` for other images.
pub fn palette_flag_at(bytes: &[u8]) -> Option<usize> {
    let mut file = Cursor::new(bytes);
    let (mut directory, first) = Directory::open(&mut file, bytes).ok()?;
    let (entries, _) = directory.entries(first).ok()?;
    let entry = entries.into_iter().find(|entry| entry.tag == PHOTOMETRIC)?;
    let is_palette = entry.count == 1 && directory.first_value(&entry).ok()? == 3;
    is_palette.then_some(usize::try_from(entry.word_at).ok()?)
}

struct Directory<'a, R> {
    file: &'a mut R,
    big_endian: bool,
    /// Bytes of an offset: 4, or 8 in a BigTIFF.
    word: usize,
}

struct Entry {
    tag: u16,
    /// TIFF's number for the type of the values.
    kind: u16,
    count: u64,
    /// The values themselves where they fit, else where they lie.
    word: Vec<u8>,
    /// Where `word` lies in the file.
    word_at: u64,
}

impl<'a, R: Read + Seek> Directory<'a, R> {
    /// With where the first directory lies. `start` holds the file's first bytes.
    fn open(file: &'a mut R, start: &[u8]) -> Result<(Self, u64), Fault> {
        let [order, _, a, b] = bytes_at(start, 0)?;
        let is_big_tiff = a == 43 || b == 43;
        let (word, at) = if is_big_tiff { (8, 8) } else { (4, 4) };
        let directory = Directory {
            file,
            big_endian: order == b'M',
            word,
        };
        let first = directory.number(start.get(at..at + word).ok_or_else(Fault::truncated)?);
        Ok((directory, first))
    }

    fn number(&self, bytes: &[u8]) -> u64 {
        let join = |sum: u64, &byte: &u8| sum << 8 | u64::from(byte);
        if self.big_endian {
            bytes.iter().fold(0, join)
        } else {
            bytes.iter().rev().fold(0, join)
        }
    }

    fn read(&mut self, offset: u64, n_bytes: u64) -> Result<Vec<u8>, Fault> {
        self.file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        self.file.take(n_bytes).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < n_bytes {
            Err(Fault::truncated())
        } else {
            Ok(bytes)
        }
    }

    /// The entries of the directory there, and where the next one lies; 0 where there is none.
    fn entries(&mut self, offset: u64) -> Result<(Vec<Entry>, u64), Fault> {
        let head = if self.word == 8 { 8 } else { 2 };
        let count = self.read(offset, head)?;
        let n_entries = self.number(&count);
        if n_entries > MAX_ENTRIES {
            return Err(Fault::corrupt("this TIFF's directory is longer than makes sense"));
        }
        let size = 4 + 2 * self.word;
        let table = self.read(offset + head, n_entries * size as u64)?;
        let entry = |(i, bytes): (usize, &[u8])| {
            Ok(Entry {
                tag: self.number(&bytes_at::<2>(bytes, 0)?) as u16,
                kind: self.number(&bytes_at::<2>(bytes, 2)?) as u16,
                count: self.number(&bytes[4..4 + self.word]),
                word: bytes[4 + self.word..].to_vec(),
                word_at: offset + head + (i * size + 4 + self.word) as u64,
            })
        };
        let entries = table.chunks_exact(size).enumerate().map(entry);
        let entries = entries.collect::<Result<_, Fault>>()?;
        // Some programs leave the last word out.
        let next = self.read(offset + head + n_entries * size as u64, self.word as u64);
        Ok((entries, next.map_or(0, |next| self.number(&next))))
    }

    /// The first of an entry's values, whatever comes after it; 0 where it has none.
    fn first_value(&mut self, entry: &Entry) -> Result<u64, Fault> {
        match entry.count {
            0 => Ok(0),
            _ => Ok(self.first_values(entry, 1)?.first().copied().unwrap_or_default()),
        }
    }

    fn values(&mut self, entry: &Entry) -> Result<Vec<u64>, Fault> {
        if entry.count > MAX_STRIPS {
            return Err(Fault::corrupt(
                "this TIFF claims to be in more pieces than make sense",
            ));
        }
        self.first_values(entry, entry.count)
    }

    /// The first `n` of an entry's values, which it must have.
    fn first_values(&mut self, entry: &Entry, n: u64) -> Result<Vec<u64>, Fault> {
        let size = match entry.kind {
            1 => 1,
            3 => 2,
            4 => 4,
            16 => 8,
            _ => {
                return Err(Fault::corrupt(
                    "this TIFF's directory holds numbers of an odd type",
                ));
            }
        };
        let n_bytes = size * n;
        let lies_here = size.saturating_mul(entry.count) <= self.word as u64;
        let bytes = if lies_here {
            entry.word[..n_bytes as usize].to_vec()
        } else {
            let offset = self.number(&entry.word);
            self.read(offset, n_bytes)?
        };
        Ok(bytes
            .chunks_exact(size as usize)
            .map(|value| self.number(value))
            .collect())
    }
}
