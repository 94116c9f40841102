//! A JPEG's size, and whether its end marker is there.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::{EXIF_START, Fault, is_turned};
use crate::experiment::Unseen;

const SOS: u8 = 0xda;
const EOI: u8 = 0xd9;
const APP1: u8 = 0xe1;
/// What an EXIF block begins with.
const EXIF: &[u8] = b"Exif\0\0";

/// Width and height from the first frame header. A file without an end marker is truncated, as libjpeg sees it too: it
/// asks for more bytes before it believes the last block.
///
/// # Errors
/// It has no frame header, is of a kind that is not supported, is cut off, or cannot be read.
pub fn size<R: Read + Seek>(file: &mut R, len: u64, unseen: &mut Unseen) -> Result<(u64, u64), Fault> {
    file.seek(SeekFrom::Start(2))?;
    let mut segments = Segments(BufReader::with_capacity(1 << 10, &mut *file));
    let size = loop {
        match segments.next_marker()? {
            SOS | EOI => return Err(Fault::corrupt("this JPEG has no frame header")),
            // All numbers here but DHT, JPG and DAC are frame headers.
            kind @ 0xc0..=0xcf if !matches!(kind, 0xc4 | 0xc8 | 0xcc) => break segments.frame_size(kind)?,
            APP1 => {
                if let Some(exif) = segments.exif()? {
                    unseen.turned |= is_turned(&exif);
                }
            }
            _ => segments.skip_segment()?,
        }
    };
    // Each block of 8 x 8 takes a bit at least, of grey alone.
    let n_blocks = size.0.div_ceil(8) * size.1.div_ceil(8);
    if n_blocks > len.saturating_mul(8) {
        return Err(Fault::truncated());
    }
    let mut end = [0; 2];
    file.seek(SeekFrom::Start(len.saturating_sub(2)))?;
    file.read_exact(&mut end)?;
    if end != [0xff, EOI] {
        file.seek(SeekFrom::Start(2))?;
        Segments(BufReader::with_capacity(1 << 16, file)).find_end()?;
    }
    Ok(size)
}

/// Walks a JPEG from marker to marker.
struct Segments<R>(BufReader<R>);

impl<R: Read + Seek> Segments<R> {
    fn byte(&mut self) -> Result<u8, Fault> {
        let mut byte = [0];
        self.0.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    fn two_bytes(&mut self) -> Result<u16, Fault> {
        Ok(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    /// The next marker that starts a segment or ends the file. Stray bytes, compressed data and restarts lie between.
    fn next_marker(&mut self) -> Result<u8, Fault> {
        loop {
            while self.byte()? != 0xff {}
            let mut marker = self.byte()?;
            while marker == 0xff {
                marker = self.byte()?;
            }
            if !matches!(marker, 0 | 1 | 0xd0..=0xd8) {
                return Ok(marker);
            }
        }
    }

    fn skip_segment(&mut self) -> Result<(), Fault> {
        let length = self.two_bytes()?;
        self.0.seek_relative(i64::from(length.saturating_sub(2)))?;
        Ok(())
    }

    /// The beginning of an EXIF block, from its TIFF header on; `None` where it is another kind of segment.
    fn exif(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let length = u64::from(self.two_bytes()?.saturating_sub(2));
        let mut block = Vec::new();
        (&mut self.0)
            .take(length.min(EXIF_START))
            .read_to_end(&mut block)?;
        self.0.seek_relative((length - block.len() as u64) as i64)?;
        Ok(block.strip_prefix(EXIF).map(<[u8]>::to_vec))
    }

    fn find_end(&mut self) -> Result<(), Fault> {
        while self.next_marker()? != EOI {
            self.skip_segment()?;
        }
        Ok(())
    }

    fn frame_size(&mut self, kind: u8) -> Result<(u64, u64), Fault> {
        match kind {
            0xc0..=0xc2 => {}
            0xc3 | 0xc7 | 0xcb | 0xcf => return Err(Fault::unsupported("a lossless JPEG")),
            0xc9 | 0xca => return Err(Fault::unsupported("a JPEG with arithmetic coding")),
            _ => return Err(Fault::unsupported("a hierarchical JPEG")),
        }
        self.two_bytes()?;
        let precision = self.byte()?;
        if precision != 8 {
            return Err(Fault::unsupported(format_args!(
                "a JPEG of {precision} bits a sample"
            )));
        }
        let (height, width) = (self.two_bytes()?, self.two_bytes()?);
        Ok((width.into(), height.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::experiment::IssueKind;

    /// Start, a comment, a frame header of 7 x 5, a scan with one stuffed byte and one restart; no end.
    const OPEN: &[u8] = b"\xff\xd8\xff\xfe\0\x04hi\xff\xc0\0\x0b\x08\0\x05\0\x07\x01\x01\x11\0\
        \xff\xda\0\x08\x01\x01\0\0\x3f\0ab\xff\0c\xff\xd0d";

    fn check(end: &[u8], expect: Result<(u64, u64), IssueKind>) {
        let file = [OPEN, end].concat();
        let len = file.len() as u64;
        assert_eq!(
            size(&mut Cursor::new(file), len, &mut Unseen::default()).map_err(|fault| fault.kind),
            expect,
            "{end:x?}"
        );
    }

    #[test]
    fn a_jpeg_is_whole_once_its_end_marker_is_there() {
        check(b"\xff\xd9", Ok((7, 5)));
        check(b"\xff\xd9trailing bytes", Ok((7, 5)));
        check(b"\xff\xfe\0\x06\xff\xd9ab", Err(IssueKind::Truncated));
        check(b"", Err(IssueKind::Truncated));
        check(b"\xff", Err(IssueKind::Truncated));
    }

    #[test]
    fn kinds_of_jpeg_that_nobody_decodes_are_named() {
        let mut lossless = [OPEN, b"\xff\xd9"].concat();
        lossless[9] = 0xc3;
        let len = lossless.len() as u64;
        let fault = size(&mut Cursor::new(lossless), len, &mut Unseen::default()).unwrap_err();
        assert_eq!(
            fault.message,
            "a lossless JPEG is not supported; convert it to PNG"
        );
    }
}
