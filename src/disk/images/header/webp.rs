//! A WebP's size, whether it is as long as it says, and what its flags say.

use std::io::{self, Read, Seek, SeekFrom};

use super::{EXIF_START, Fault, bytes_at, is_turned, require};
use crate::experiment::Unseen;

/// Flags of the extended header.
const ANIMATION: u8 = 2;
const EXIF: u8 = 8;
/// After the extended header.
const FIRST_CHUNK: u64 = 30;
/// A picture has a handful of chunks; an animation, one for each frame.
const MOST_CHUNKS: usize = 64;

/// `start` holds the first 32 bytes.
///
/// # Errors
/// It is shorter than it says, or does not begin with an image.
pub fn size<R: Read + Seek>(
    file: &mut R,
    start: &[u8],
    len: u64,
    unseen: &mut Unseen,
) -> Result<(u64, u64), Fault> {
    let riff = u32::from_le_bytes(bytes_at(start, 4)?);
    require(len, u64::from(riff) + 8)?;
    match &bytes_at::<4>(start, 12)? {
        b"VP8X" => {
            let [flags] = bytes_at(start, 20)?;
            unseen.more_pictures = flags & ANIMATION != 0;
            unseen.turned = flags & EXIF != 0 && exif(file).is_ok_and(|exif| is_turned(&exif));
            let three = |at| {
                bytes_at(start, at).map(|[a, b, c]: [u8; 3]| u64::from(u32::from_le_bytes([a, b, c, 0])))
            };
            Ok((three(24)? + 1, three(27)? + 1))
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(bytes_at(start, 21)?);
            Ok((u64::from(bits & 0x3fff) + 1, u64::from(bits >> 14 & 0x3fff) + 1))
        }
        b"VP8 " => {
            let side = |at| bytes_at(start, at).map(|b| u64::from(u16::from_le_bytes(b) & 0x3fff));
            Ok((side(26)?, side(28)?))
        }
        _ => Err(Fault::corrupt("this WebP begins with no image")),
    }
}

/// The block that the flags promise, which comes after the pixels.
fn exif<R: Read + Seek>(file: &mut R) -> io::Result<Vec<u8>> {
    let mut at = FIRST_CHUNK;
    for _ in 0..MOST_CHUNKS {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let [name @ .., a, b, c, d] = head;
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        if name == *b"EXIF" {
            let mut block = Vec::new();
            file.take(length.min(EXIF_START)).read_to_end(&mut block)?;
            // Some programs write JPEG's mark before it.
            let without = block.strip_prefix(b"Exif\0\0").map(<[u8]>::to_vec);
            return Ok(without.unwrap_or(block));
        }
        at += 8 + length.next_multiple_of(2);
    }
    Ok(Vec::new())
}
