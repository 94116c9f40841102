//! A GIF's size, and whether its first frame is all there.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::{Fault, MAX_PIXELS, bytes_at};
use crate::experiment::Unseen;

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;

/// `start` holds the first 32 bytes.
///
/// # Errors
/// It is cut off within its first frame, holds no image, or cannot be read.
pub fn size<R: Read + Seek>(file: &mut R, start: &[u8], unseen: &mut Unseen) -> Result<(u64, u64), Fault> {
    let width = u16::from_le_bytes(bytes_at(start, 6)?);
    let height = u16::from_le_bytes(bytes_at(start, 8)?);
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Ok((width.into(), height.into()));
    }
    let [flags, ..] = bytes_at::<3>(start, 10)?;
    file.seek(SeekFrom::Start(13 + palette_bytes(flags)))?;
    let mut blocks = Blocks(BufReader::with_capacity(1 << 12, file));
    loop {
        match blocks.byte()? {
            EXTENSION => {
                blocks.byte()?;
                blocks.skip_data()?;
            }
            IMAGE => {
                let mut descriptor = [0; 9];
                blocks.0.read_exact(&mut descriptor)?;
                blocks.0.seek_relative(palette_bytes(descriptor[8]) as i64)?;
                blocks.byte()?;
                blocks.skip_data()?;
                unseen.more_pictures = blocks.hold_another().unwrap_or(false);
                return Ok((width.into(), height.into()));
            }
            _ => return Err(Fault::corrupt("this GIF holds no image")),
        }
    }
}

fn palette_bytes(flags: u8) -> u64 {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    }
}

struct Blocks<R>(BufReader<R>);

impl<R: Read + Seek> Blocks<R> {
    fn byte(&mut self) -> Result<u8, Fault> {
        let mut byte = [0];
        self.0.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    /// Whether another frame comes after the first.
    fn hold_another(&mut self) -> Result<bool, Fault> {
        loop {
            match self.byte()? {
                EXTENSION => {
                    self.byte()?;
                    self.skip_data()?;
                }
                kind => return Ok(kind == IMAGE),
            }
        }
    }

    /// Data comes in pieces that begin with their length; an empty one ends it.
    fn skip_data(&mut self) -> Result<(), Fault> {
        loop {
            match self.byte()? {
                0 => return Ok(()),
                length => self.0.seek_relative(length.into())?,
            }
        }
    }
}
