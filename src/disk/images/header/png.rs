//! A PNG's size, whether its last chunk is there, and what its first ones say.

use std::io::{self, Read, Seek, SeekFrom};

use super::{EXIF_START, Fault, bytes_at, is_turned};
use crate::experiment::Unseen;

const PNG_END: [u8; 12] = [0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82];
/// Chunks before the pixels that are looked at.
const MOST_CHUNKS: usize = 64;
/// Chunks up to this are read over and not jumped over, which would throw away what has been read ahead.
const SHORT: u64 = 512;
/// Bit depth and colour type of grey as numbers up to 65,535, which Pillow cuts off at 255; of grey with alpha and of
/// colour it takes the high bytes.
const DEEP_GREY: [u8; 2] = [16, 0];

/// `start` holds the first 32 bytes, which have just been read.
///
/// # Errors
/// It does not begin with its header, is cut off, or cannot be read.
pub fn size<R: Read + Seek>(
    file: &mut R,
    start: &[u8],
    len: u64,
    unseen: &mut Unseen,
) -> Result<(u64, u64), Fault> {
    if bytes_at::<4>(start, 12)? != *b"IHDR" {
        return Err(Fault::corrupt("this PNG does not begin with its header"));
    }
    // Where they cannot be read, the check of the file's end says so.
    let _ = before_pixels(file, unseen);
    unseen.deep_grey = bytes_at::<2>(start, 24)? == DEEP_GREY;
    let width = u32::from_be_bytes(bytes_at(start, 16)?);
    let height = u32::from_be_bytes(bytes_at(start, 20)?);
    let mut end = [0; 12];
    file.seek(SeekFrom::Start(len.saturating_sub(12)))?;
    file.read_exact(&mut end)?;
    if end != PNG_END {
        // Bytes after the end are harmless.
        let mut position = 8;
        let mut head = [0; 8];
        while head[4..] != *b"IEND" {
            file.seek(SeekFrom::Start(position))?;
            file.read_exact(&mut head)?;
            position += 12 + u64::from(u32::from_be_bytes(bytes_at(&head, 0)?));
        }
    }
    Ok((width.into(), height.into()))
}

/// Looks at the chunks between the header and the pixels.
fn before_pixels<R: Read + Seek>(file: &mut R, unseen: &mut Unseen) -> io::Result<()> {
    // The last byte of the header's checksum.
    file.read_exact(&mut [0])?;
    for _ in 0..MOST_CHUNKS {
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let [a, b, c, d, name @ ..] = head;
        let length = u64::from(u32::from_be_bytes([a, b, c, d]));
        let mut data = Vec::new();
        match &name {
            b"IDAT" | b"IEND" => return Ok(()),
            b"eXIf" => {
                file.take(length.min(EXIF_START)).read_to_end(&mut data)?;
                unseen.turned |= is_turned(&data);
            }
            b"acTL" => {
                file.take(length.min(4)).read_to_end(&mut data)?;
                unseen.more_pictures |= data.get(..4).is_some_and(|n_frames| n_frames > &[0, 0, 0, 1][..]);
            }
            _ => {}
        }
        let rest = length - data.len() as u64 + 4;
        if rest <= SHORT {
            io::copy(&mut file.take(rest), &mut io::sink())?;
        } else {
            file.seek(SeekFrom::Current(rest as i64))?;
        }
    }
    Ok(())
}
