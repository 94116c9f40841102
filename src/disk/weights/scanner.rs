//! Reads the operands of a pickle's instructions, each only if it is all there; says what can be wrong with a pickle.

#[derive(Debug, thiserror::Error, PartialEq)]
pub(super) enum PickleError {
    #[error("the file is truncated: it ends inside the pickle that describes its tensors")]
    Truncated,
    #[error(
        "this pickle wants to call {0}; nothing was run; save the state_dict as safetensors \
         (safetensors.torch.save_file), or with torch.save(model.state_dict(), …)"
    )]
    Refused(String),
    #[error("the pickle in it is broken at byte {at}: {what}")]
    Broken { at: usize, what: &'static str },
}

pub(super) type Result<T> = std::result::Result<T, PickleError>;

pub(super) struct Scanner<'a> {
    pub bytes: &'a [u8],
    /// Never beyond the end of `bytes`.
    pub at: usize,
}

impl<'a> Scanner<'a> {
    /// Bytes preceded by their length.
    ///
    /// # Errors
    /// The bytes end first.
    pub fn take_counted(&mut self, n_length_bytes: usize) -> Result<&'a [u8]> {
        let n = self.unsigned(n_length_bytes)?;
        self.take(usize::try_from(n).map_err(|_| PickleError::Truncated)?)
    }

    /// UTF-8 preceded by its length.
    ///
    /// # Errors
    /// The bytes end before, or are not UTF-8.
    pub fn text(&mut self, n_length_bytes: usize) -> Result<&'a str> {
        let bytes = self.take_counted(n_length_bytes)?;
        std::str::from_utf8(bytes).map_err(|_| self.broken("text that is not UTF-8"))
    }

    /// A number of up to eight bytes, little-endian.
    ///
    /// # Errors
    /// The bytes end first.
    pub fn unsigned(&mut self, n_bytes: usize) -> Result<u64> {
        let bytes = self.take(n_bytes)?;
        Ok(bytes.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b)))
    }

    /// # Errors
    /// As [`Scanner::line`]; it is not a number.
    pub fn decimal_line(&mut self) -> Result<u64> {
        let line = self.line()?;
        self.parse(line)
    }

    /// # Errors
    /// They are not a number of that type.
    pub fn parse<T: std::str::FromStr>(&self, digits: &str) -> Result<T> {
        digits.parse().map_err(|_| self.broken("a number that is none"))
    }

    /// Up to the end of the line, without it.
    ///
    /// # Errors
    /// The bytes end before the line does, or it is not UTF-8.
    pub fn line(&mut self) -> Result<&'a str> {
        let rest = &self.bytes[self.at..];
        let n = rest
            .iter()
            .position(|&b| b == b'\n')
            .ok_or(PickleError::Truncated)?;
        self.at += n + 1;
        let line = std::str::from_utf8(&rest[..n]).map_err(|_| self.broken("text that is not UTF-8"))?;
        Ok(line.trim_end_matches('\r'))
    }

    /// # Errors
    /// The bytes end first.
    pub fn take_array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let chunk = self.bytes[self.at..]
            .first_chunk()
            .ok_or(PickleError::Truncated)?;
        self.at += N;
        Ok(*chunk)
    }

    /// # Errors
    /// The bytes end first.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let taken = self.bytes[self.at..].get(..n).ok_or(PickleError::Truncated)?;
        self.at += n;
        Ok(taken)
    }

    pub fn broken(&self, what: &'static str) -> PickleError {
        PickleError::Broken { at: self.at, what }
    }
}
