//! What a file's first and last bytes say: its format, its size in pixels, and whether it is all there. Nothing is
//! decoded here, so that a folder of 100,000 files is judged in seconds and a bomb is refused before memory is spent.

mod gif;
mod jpeg;
mod png;
pub mod pnm;
#[cfg(test)]
mod tests;
pub mod tiff;
mod webp;

use std::io::{self, Read, Seek, SeekFrom};

use crate::experiment::{FileType, IssueKind, Unseen};

/// The most pixels an image may declare: Pillow's hard limit, twice its `MAX_IMAGE_PIXELS`.
pub const MAX_PIXELS: u64 = 2 * 89_478_485;

/// A file that looks whole. For a run-length BMP or an ASCII PNM only the decoder can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub format: FileType,
    pub width: u32,
    pub height: u32,
    /// What of it the decoder will leave out, as far as it is said before the pixels.
    pub unseen: Unseen,
}

/// Bytes of an EXIF block that are looked at; its first directory comes first.
const EXIF_START: u64 = 4096;

/// Why a file is not an image that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: IssueKind,
    /// What happened and what to do, in one sentence without the path.
    pub message: String,
}

impl Fault {
    pub fn truncated() -> Self {
        Fault {
            kind: IssueKind::Truncated,
            message: "the file ends before its image does; copy or download it again".into(),
        }
    }

    pub fn corrupt(what: impl std::fmt::Display) -> Self {
        Fault {
            kind: IssueKind::Unreadable,
            message: format!("{what}; copy or download it again, or re-save it as PNG"),
        }
    }

    pub fn unsupported(what: impl std::fmt::Display) -> Self {
        Fault {
            kind: IssueKind::Unreadable,
            message: format!("{what} is not supported; convert it to PNG"),
        }
    }

    fn too_large(width: u64, height: u64) -> Self {
        Fault {
            kind: IssueKind::TooLarge,
            message: format!(
                "it declares {width} x {height} pixels, more than the limit of {MAX_PIXELS} in all; make it smaller, \
                 or delete it if you do not know where it comes from"
            ),
        }
    }

    fn not_an_image() -> Self {
        Fault {
            kind: IssueKind::NotAnImage,
            message: "its content is none of JPEG, PNG, GIF, BMP, TIFF, WebP and PNM; convert it to PNG or remove it"
                .into(),
        }
    }
}

/// A file that ends where its format says that more must come is truncated; any other failure is the disk's.
impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return Fault::truncated();
        }
        Fault {
            kind: IssueKind::Unreadable,
            message: format!("cannot read it: {error}; check its permissions and the disk"),
        }
    }
}

/// Judges a file by its content, whatever its name.
///
/// # Errors
/// It is none of these formats or of a kind that is not supported; it is empty, cut off or damaged; it declares no
/// pixel or more than [`MAX_PIXELS`]; it cannot be read.
pub fn inspect<R: Read + Seek>(file: &mut R) -> Result<Header, Fault> {
    let len = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let mut start = Vec::with_capacity(32);
    file.by_ref().take(32).read_to_end(&mut start)?;
    if start.is_empty() {
        return Err(Fault {
            kind: IssueKind::Truncated,
            message: "the file is empty; copy or download it again".into(),
        });
    }
    let format = sniff(&start).ok_or_else(Fault::not_an_image)?;
    let mut unseen = Unseen::default();
    let (width, height) = match format {
        FileType::Jpeg => jpeg::size(file, len, &mut unseen)?,
        FileType::Png => png::size(file, &start, len, &mut unseen)?,
        FileType::Gif => gif::size(file, &start, &mut unseen)?,
        FileType::Bmp => bmp_size(&start, len)?,
        FileType::Tiff => tiff::size(file, &start, len, &mut unseen)?,
        FileType::WebP => webp::size(file, &start, len, &mut unseen)?,
        FileType::Pnm => pnm::size(file, len, &mut unseen)?,
    };
    if width == 0 || height == 0 {
        return Err(Fault::corrupt("it declares no width or no height"));
    }
    match (u32::try_from(width), u32::try_from(height)) {
        (Ok(w), Ok(h)) if width * height <= MAX_PIXELS => Ok(Header {
            format,
            width: w,
            height: h,
            unseen,
        }),
        _ => Err(Fault::too_large(width, height)),
    }
}

fn sniff(start: &[u8]) -> Option<FileType> {
    let format = match start {
        [0xff, 0xd8, 0xff, ..] => FileType::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => FileType::Png,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => FileType::Gif,
        [b'B', b'M', ..] => FileType::Bmp,
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => FileType::Tiff,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => FileType::WebP,
        [b'P', b'1'..=b'6', b'\t' | b'\n' | b'\r' | b' ' | b'#', ..] => FileType::Pnm,
        _ => return None,
    };
    Some(format)
}

/// Whether an EXIF block, from its TIFF header on, wants the picture turned or mirrored.
fn is_turned(exif: &[u8]) -> bool {
    tiff::marks(exif).orientation != 1
}

/// `N` bytes at `offset`; a file that is shorter is truncated.
fn bytes_at<const N: usize>(start: &[u8], offset: usize) -> Result<[u8; N], Fault> {
    let bytes = start.get(offset..offset + N).and_then(|b| b.try_into().ok());
    bytes.ok_or_else(Fault::truncated)
}

fn require(len: u64, needed: u64) -> Result<(), Fault> {
    if len < needed {
        Err(Fault::truncated())
    } else {
        Ok(())
    }
}

fn bmp_size(start: &[u8], len: u64) -> Result<(u64, u64), Fault> {
    let pixels_at = u32::from_le_bytes(bytes_at(start, 10)?);
    let (width, height, bits) = if u32::from_le_bytes(bytes_at(start, 14)?) == 12 {
        let width = u16::from_le_bytes(bytes_at(start, 18)?);
        let height = u16::from_le_bytes(bytes_at(start, 20)?);
        (
            width.into(),
            height.into(),
            u16::from_le_bytes(bytes_at(start, 24)?),
        )
    } else {
        let width = i32::from_le_bytes(bytes_at(start, 18)?);
        // A negative height means that the top row comes first.
        let height = i32::from_le_bytes(bytes_at(start, 22)?).unsigned_abs();
        if width < 0 {
            return Err(Fault::corrupt("it declares a negative width"));
        }
        (
            u64::from(width.unsigned_abs()),
            u64::from(height),
            u16::from_le_bytes(bytes_at(start, 28)?),
        )
    };
    let run_lengths = start[14] != 12 && matches!(start.get(30), Some(1 | 2));
    if !run_lengths && width.saturating_mul(height) <= MAX_PIXELS {
        let row_bytes = (width * u64::from(bits)).div_ceil(32) * 4;
        require(len, u64::from(pixels_at) + row_bytes * height)?;
    }
    Ok((width, height))
}
