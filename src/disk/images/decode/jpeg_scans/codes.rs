//! The bits of a JPEG's compressed data, and its Huffman codes (ITU T.81, annexes C and F).

use super::super::super::header::Fault;

/// Most bits that a code may have.
pub const LONGEST: usize = 16;

/// Codes of up to this many bits are found by one lookup.
const SHORT: u32 = 11;

/// Coefficients of a block.
pub const END: u8 = 64;

pub fn damaged() -> Fault {
    Fault::corrupt("its JPEG data is damaged")
}

#[derive(Clone, Default)]
pub struct Table {
    /// By length less one: the first code, how many there are, and where their symbols begin.
    lengths: [(u32, u32, usize); LONGEST],
    symbols: Vec<u8>,
    /// By the next bits: the code's length (0 if it is longer than the lookup) and its symbol.
    short: Vec<(u8, u8)>,
    /// By the next bits of a sequential image: the code and number that they hold.
    steps: Vec<Steps>,
}

/// A code with the number that follows it, and the next code and number too if they fit in the bits of the lookup.
#[derive(Debug, Clone, Copy, Default)]
struct Steps {
    /// Bits of the first, and of both; 0 if the code does not fit in the lookup.
    first_bits: u8,
    bits: u8,
    /// How many coefficients each of them advances.
    first_places: u8,
    places: u8,
}

/// How many coefficients an AC symbol of a sequential image advances: past its zeros and its number, or past the end
/// of the block.
pub fn places(symbol: u8) -> u8 {
    match (symbol >> 4, symbol & 15) {
        (15, 0) => 16,
        (_, 0) => END,
        (zeros, _) => zeros + 1,
    }
}

impl Table {
    pub fn new(counts: &[u8], symbols: &[u8]) -> Option<Table> {
        let mut table = Table {
            symbols: symbols.to_vec(),
            short: vec![(0, 0); 1 << SHORT],
            ..Table::default()
        };
        let (mut code, mut first_symbol) = (0_u32, 0);
        for ((length, of_length), &n) in (1..).zip(&mut table.lengths).zip(counts) {
            *of_length = (code, n.into(), first_symbol);
            for i in (0..u32::from(n)).take_while(|_| length <= SHORT) {
                let first = ((code + i) << (SHORT - length)) as usize;
                let places = table.short.get_mut(first..first + (1 << (SHORT - length)))?;
                let symbol = symbols[first_symbol + i as usize];
                places.fill((length as u8, symbol));
            }
            code = (code + u32::from(n)) << 1;
            first_symbol += usize::from(n);
        }
        table.steps = (0..1 << SHORT).map(|ahead| table.steps_of(ahead)).collect();
        Some(table)
    }

    /// Decodes those bits.
    fn steps_of(&self, ahead: usize) -> Steps {
        let (length, symbol) = self.short[ahead];
        if length == 0 {
            return Steps::default();
        }
        let (first_bits, first_places) = (length + (symbol & 15), places(symbol));
        let one = Steps {
            first_bits,
            bits: first_bits,
            first_places,
            places: first_places,
        };
        let rest = SHORT.saturating_sub(first_bits.into());
        let (length, symbol) = self.short[(ahead << first_bits) & ((1 << SHORT) - 1)];
        // The bits that follow are taken as zeros: only a code that ends before them is known.
        if first_places == END || length == 0 || u32::from(length) > rest {
            return one;
        }
        Steps {
            bits: first_bits + length + (symbol & 15),
            places: first_places + places(symbol),
            ..one
        }
    }
}

pub struct Reader<'a> {
    data: &'a [u8],
    pub at: usize,
    /// The next bits, left-aligned and padded with zeros.
    bits: u64,
    n_bits: u32,
}

impl<'a> Reader<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Reader {
            data,
            at: 0,
            bits: 0,
            n_bits: 0,
        }
    }

    /// Refills the bits, up to the next marker.
    fn fill(&mut self) {
        if self.n_bits > 56 {
            return;
        }
        let ahead = self
            .data
            .get(self.at..self.at + 8)
            .and_then(|bytes| bytes.try_into().ok());
        if let Some(word) = ahead.map(u64::from_be_bytes).filter(|&word| !holds_ff(word)) {
            let n_bytes = (64 - self.n_bits) / 8;
            self.bits |= word >> self.n_bits;
            self.n_bits += 8 * n_bytes;
            // A byte that did not fit whole is read again.
            self.bits &= !(u64::MAX.checked_shr(self.n_bits).unwrap_or(0));
            self.at += n_bytes as usize;
            return;
        }
        while self.n_bits <= 56 {
            let stuffed = match self.data.get(self.at..self.at + 2) {
                Some(&[0xff, 0]) => 2,
                Some(&[0xff, _]) | None => return,
                Some(_) => 1,
            };
            self.bits |= u64::from(self.data[self.at]) << (56 - self.n_bits);
            self.n_bits += 8;
            self.at += stuffed;
        }
    }

    /// Advances by that many bits, at most 32.
    ///
    /// # Errors
    /// A marker or the end of the data comes first.
    pub fn skip(&mut self, n_bits: u32) -> Result<(), Fault> {
        if self.n_bits < n_bits {
            self.fill();
            if self.n_bits < n_bits {
                // A marker, where more of the image should be.
                return Err(Fault::truncated());
            }
        }
        self.bits <<= n_bits;
        self.n_bits -= n_bits;
        Ok(())
    }

    /// # Errors
    /// As [`Reader::skip`].
    pub fn bit(&mut self) -> Result<u32, Fault> {
        self.number(1)
    }

    /// # Errors
    /// As [`Reader::skip`].
    pub fn number(&mut self, n_bits: u32) -> Result<u32, Fault> {
        if n_bits == 0 {
            return Ok(0);
        }
        if self.n_bits < n_bits {
            self.fill();
        }
        let number = (self.bits >> (64 - n_bits)) as u32;
        self.skip(n_bits)?;
        Ok(number)
    }

    /// Advances from coefficient `k` of a block of a sequential image by short codes and their numbers, and returns the
    /// coefficient reached; `None`, with nothing consumed, if the code is a long one or the data is near its end.
    #[inline]
    pub fn step(&mut self, table: &Table, k: u8) -> Option<u8> {
        if self.n_bits < SHORT + 15 {
            self.fill();
        }
        let steps = *table.steps.get((self.bits >> (64 - SHORT)) as usize)?;
        // The code after a block's last number belongs to the next block.
        let (bits, places) = match k + steps.first_places < END {
            true => (steps.bits, steps.places),
            false => (steps.first_bits, steps.first_places),
        };
        let n_bits = u32::from(bits);
        if n_bits == 0 || n_bits > self.n_bits {
            return None;
        }
        self.bits <<= n_bits;
        self.n_bits -= n_bits;
        Some(k + places)
    }

    /// # Errors
    /// The next bits are not a code of the table; a marker or the end of the data comes within one.
    pub fn symbol(&mut self, table: &Table) -> Result<u8, Fault> {
        if self.n_bits < 16 {
            self.fill();
        }
        let at_once = (self.bits >> (64 - SHORT)) as usize;
        let (length, symbol) = *table.short.get(at_once).ok_or_else(damaged)?;
        if length > 0 {
            self.skip(length.into())?;
            return Ok(symbol);
        }
        for (length, &(first, n, first_symbol)) in (1..).zip(&table.lengths) {
            let code = (self.bits >> (64 - length)) as u32;
            if code.wrapping_sub(first) < n {
                let symbol = table.symbols.get(first_symbol + (code - first) as usize);
                let symbol = symbol.copied().ok_or_else(damaged)?;
                self.skip(length)?;
                return Ok(symbol);
            }
        }
        Err(damaged())
    }

    /// Skips past the next restart marker, which must be there.
    ///
    /// # Errors
    /// More than the padding of one byte is left before it; another marker or the end of the data is there instead.
    pub fn restart(&mut self) -> Result<(), Fault> {
        // Only the padding of the last byte may be left; more would mean a damaged image.
        if self.n_bits >= 8 {
            return Err(damaged());
        }
        (self.bits, self.n_bits) = (0, 0);
        while self.data.get(self.at) == Some(&0xff) && self.data.get(self.at + 1) == Some(&0xff) {
            self.at += 1;
        }
        match self.data.get(self.at..self.at + 2) {
            Some([0xff, 0xd0..=0xd7]) => {
                self.at += 2;
                Ok(())
            }
            _ => Err(Fault::truncated()),
        }
    }
}

/// Whether one of the eight bytes is 0xff.
fn holds_ff(word: u64) -> bool {
    let inverted = !word;
    inverted.wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_seen_among_eight_bytes() {
        for at in 0..8 {
            for other in [0, 1, 0x7f, 0x80, 0xfe] {
                let mut bytes = [other; 8];
                assert!(!holds_ff(u64::from_be_bytes(bytes)), "{other}");
                bytes[at] = 0xff;
                assert!(holds_ff(u64::from_be_bytes(bytes)), "{other} at {at}");
            }
        }
    }

    /// Bits read in portions of any size, across stuffed bytes, are those of the data.
    #[test]
    fn bits_come_as_they_lie() {
        let data: Vec<u8> = (0..4000_u32)
            .map(|i| if i % 37 == 0 { 0xff } else { (i * 89) as u8 & 0x7f })
            .collect();
        let stuffed: Vec<u8> = data
            .iter()
            .flat_map(|&byte| if byte == 0xff { vec![0xff, 0] } else { vec![byte] })
            .chain([0xff, 0xd9])
            .collect();
        let bit = |i: usize| u32::from(data[i / 8] >> (7 - i % 8) & 1);
        let mut reader = Reader::new(&stuffed);
        let mut at = 0;
        for n_bits in (0..32).cycle() {
            if at + n_bits > data.len() * 8 {
                break;
            }
            let expected = (at..at + n_bits).fold(0_u32, |number, i| number << 1 | bit(i));
            assert_eq!(
                reader.number(n_bits as u32).unwrap(),
                expected,
                "{n_bits} bits at {at}"
            );
            at += n_bits;
        }
        assert!(reader.number(32).is_err());
    }
}
