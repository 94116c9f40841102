//! A PNM's header (`P1` to `P6`), which is text, and whether the pixels after it are all there.

use std::io::{Read, Seek, SeekFrom};

use super::{Fault, MAX_PIXELS, require};
use crate::experiment::Unseen;

/// The words before a PNM's pixels.
pub struct Words {
    /// 1 to 6, from `P1` to `P6`.
    pub kind: u8,
    pub width: u64,
    pub height: u64,
    /// The value that is white; 1 for bitmaps.
    pub white: u32,
    /// Where the pixels begin.
    pub pixels_at: usize,
}

impl Words {
    pub fn channels(&self) -> u64 {
        if matches!(self.kind, 3 | 6) { 3 } else { 1 }
    }

    /// Pillow scales it to 65,535, keeps it as numbers and then cuts them off at 255.
    pub fn is_deep_grey(&self) -> bool {
        self.white > 255 && self.channels() == 1
    }

    /// Bytes of one row in the binary kinds.
    pub fn row_bytes(&self) -> u64 {
        match self.kind {
            4 => self.width.div_ceil(8),
            _ => (self.width).saturating_mul(self.channels() * if self.white > 255 { 2 } else { 1 }),
        }
    }
}

/// # Errors
/// As [`words`]; a binary one is cut off; it cannot be read.
pub fn size<R: Read + Seek>(file: &mut R, len: u64, unseen: &mut Unseen) -> Result<(u64, u64), Fault> {
    // Comments may be long, but not unlimited.
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(1 << 16).read_to_end(&mut text)?;
    let words = words(&text)?;
    unseen.deep_grey = words.is_deep_grey();
    if words.kind >= 4 && words.width.saturating_mul(words.height) <= MAX_PIXELS {
        require(len, words.pixels_at as u64 + words.row_bytes() * words.height)?;
    }
    Ok((words.width, words.height))
}

/// Reads the header of a file that begins with `P1` to `P6`.
///
/// # Errors
/// The header is cut off, is not made of numbers, or declares a white that is not from 1 to 65,535.
pub fn words(text: &[u8]) -> Result<Words, Fault> {
    let kind = text.get(1).map_or(0, |digit| digit.wrapping_sub(b'0'));
    let mut position = 2;
    let mut next = || {
        while let Some(&byte) = text.get(position) {
            if byte == b'#' {
                position += text[position..]
                    .iter()
                    .take_while(|b| !matches!(b, b'\n' | b'\r'))
                    .count();
            } else if byte.is_ascii_whitespace() {
                position += 1;
            } else {
                break;
            }
        }
        let n_digits = text[position..].iter().take_while(|b| b.is_ascii_digit()).count();
        let digits = String::from_utf8_lossy(&text[position..position + n_digits]);
        position += n_digits;
        if position == text.len() {
            return Err(Fault::truncated());
        }
        if digits.is_empty() {
            return Err(Fault::corrupt("its PNM header is not made of numbers"));
        }
        // A number that is too long for its type is too large for whatever it stands for.
        Ok(digits.parse::<u64>().unwrap_or(u64::MAX))
    };
    let (width, height) = (next()?, next()?);
    let white = if matches!(kind, 1 | 4) { 1 } else { next()? };
    if !(1..=65535).contains(&white) {
        return Err(Fault::corrupt(
            "its PNM header declares a white that is not from 1 to 65535",
        ));
    }
    // Exactly one white-space byte stands between the header and the pixels.
    let pixels_at = position + 1;
    Ok(Words {
        kind,
        width,
        height,
        white: white as u32,
        pixels_at,
    })
}
