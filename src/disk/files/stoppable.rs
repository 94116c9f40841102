//! A reader that fails once its job is stopped, so that whoever reads through it, other people's decoders included, ends soon
//! after.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use crate::protocol::Cancel;

/// The most bytes handed out at a time; in between, a stop is noticed.
const AT_ONCE: usize = 1 << 20;
/// Decoders that look into what is read ahead may take all of it before they ask again.
const AHEAD: usize = 1 << 15;

#[derive(Debug)]
pub struct Stoppable<'a, R> {
    inner: R,
    cancel: &'a Cancel,
}

impl<'a, R> Stoppable<'a, R> {
    pub fn new(inner: R, cancel: &'a Cancel) -> Self {
        Stoppable { inner, cancel }
    }

    fn check(&self) -> io::Result<()> {
        match self.cancel.is_cancelled() {
            // Of a kind that readers do not answer by trying again.
            true => Err(io::Error::other("stopped")),
            false => Ok(()),
        }
    }
}

impl<R: Read> Read for Stoppable<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        let n = buffer.len().min(AT_ONCE);
        self.inner.read(&mut buffer[..n])
    }
}

impl<R: BufRead> BufRead for Stoppable<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        let ahead = self.inner.fill_buf()?;
        Ok(&ahead[..ahead.len().min(AHEAD)])
    }

    fn consume(&mut self, n: usize) {
        self.inner.consume(n);
    }
}

impl<R: Seek> Seek for Stoppable<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_until_it_is_stopped() {
        let (bytes, cancel) = (vec![7; 3 << 20], Cancel::new());
        let mut all = Vec::new();
        Stoppable::new(&bytes[..], &cancel).read_to_end(&mut all).unwrap();
        assert_eq!(all, bytes);
        let mut reader = Stoppable::new(&bytes[..], &cancel);
        reader.read_exact(&mut [0; 100]).unwrap();
        cancel.cancel();
        assert!(reader.read_exact(&mut [0; 1]).is_err());
        assert!(reader.fill_buf().is_err());
    }
}
