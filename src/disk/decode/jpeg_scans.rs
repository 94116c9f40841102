//! Whether a JPEG's compressed data is all there. Decoders fill up what is missing with grey and say nothing where an end
//! marker follows, so the Huffman codes are counted here without computing a pixel (ITU T.81, annexes F and G).

#[cfg(test)]
mod tests;

use super::super::header::{Fault, Judged};
use crate::protocol::Cancel;

/// Bits that a code may be long.
const LONGEST: usize = 16;

/// Codes up to this long are found at once.
const SHORT: u32 = 9;

#[derive(Clone, Default)]
struct Table {
    /// By length less one: the first code, how many there are, and where their symbols begin.
    lengths: [(u32, u32, usize); LONGEST],
    symbols: Vec<u8>,
    /// By the next bits: how long the code is (0: longer than these) and its symbol.
    short: Vec<(u8, u8)>,
}

impl Table {
    fn new(counts: &[u8], symbols: &[u8]) -> Option<Table> {
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
                places.fill((length as u8, symbols[first_symbol + i as usize]));
            }
            code = (code + u32::from(n)) << 1;
            first_symbol += usize::from(n);
        }
        Some(table)
    }
}

#[derive(Clone, Default)]
struct Component {
    id: u8,
    horizontal: usize,
    vertical: usize,
    /// Blocks that the image covers, across and down, and those of whole MCUs.
    covered: (usize, usize),
    stored: (usize, usize),
    /// Bits of each coefficient that have not come yet; of a progressive image.
    to_come: Vec<u8>,
    /// Of each stored block, a bit for each coefficient that is not zero; of a progressive image.
    not_zero: Vec<u64>,
}

/// How the coefficients of a scan are coded.
#[derive(Clone, Copy)]
struct Coding {
    progressive: bool,
    first: usize,
    last: usize,
    refines: bool,
}

#[derive(Default)]
struct Image {
    progressive: bool,
    components: Vec<Component>,
    mcus: (usize, usize),
    /// Of DC and AC coefficients.
    tables: [[Table; 4]; 2],
    restart_every: usize,
}

/// Walks through all scans up to the end marker.
///
/// # Errors
/// A scan ends before its image does, or holds what is no code; or the job was stopped, in whatever words.
pub fn check(bytes: &[u8], cancel: &Cancel) -> Judged<()> {
    let mut image = Image::default();
    let mut at = 2;
    loop {
        // Stray bytes between segments do no harm.
        while *bytes.get(at).ok_or_else(Fault::truncated)? != 0xff {
            at += 1;
        }
        while bytes.get(at) == Some(&0xff) {
            at += 1;
        }
        let marker = *bytes.get(at).ok_or_else(Fault::truncated)?;
        at += 1;
        if matches!(marker, 0 | 1 | 0xd0..=0xd8) {
            continue;
        }
        if marker == 0xd9 {
            return image.is_complete();
        }
        let length = usize::from(u16::from_be_bytes(
            bytes
                .get(at..at + 2)
                .and_then(|b| b.try_into().ok())
                .ok_or_else(Fault::truncated)?,
        ));
        let segment = bytes
            .get(at + 2..at + length.max(2))
            .ok_or_else(Fault::truncated)?;
        at += length.max(2);
        match marker {
            0xc0..=0xc2 => image.frame(segment, marker == 0xc2).ok_or_else(damaged)?,
            0xc4 => image.huffman_tables(segment).ok_or_else(damaged)?,
            0xdd => image.restart_every = be(segment, 0).ok_or_else(damaged)?,
            0xda => at += image.scan(segment, &bytes[at..], cancel)?,
            _ => {}
        }
    }
}

fn damaged() -> Fault {
    Fault::corrupt("its JPEG data is damaged")
}

fn be(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes([
        *bytes.get(at)?,
        *bytes.get(at + 1)?,
    ])))
}

impl Image {
    fn frame(&mut self, segment: &[u8], progressive: bool) -> Option<()> {
        let (height, width) = (be(segment, 1)?, be(segment, 3)?);
        let component = |bytes: &[u8]| Component {
            id: bytes[0],
            horizontal: usize::from(bytes[1] >> 4),
            vertical: usize::from(bytes[1] & 15),
            ..Component::default()
        };
        let mut components: Vec<Component> = segment.get(6..)?.chunks_exact(3).map(component).collect();
        let across = components.iter().map(|c| c.horizontal).max()?;
        let down = components.iter().map(|c| c.vertical).max()?;
        if components.iter().any(|c| c.horizontal == 0 || c.vertical == 0) {
            return None;
        }
        self.mcus = (width.div_ceil(8 * across), height.div_ceil(8 * down));
        for c in &mut components {
            let covered = |length: usize, own: usize, most: usize| (length * own).div_ceil(most).div_ceil(8);
            c.covered = (
                covered(width, c.horizontal, across),
                covered(height, c.vertical, down),
            );
            c.stored = (self.mcus.0 * c.horizontal, self.mcus.1 * c.vertical);
            if progressive {
                c.not_zero = vec![0; c.stored.0 * c.stored.1];
                c.to_come = vec![u8::MAX; 64];
            }
        }
        (self.progressive, self.components) = (progressive, components);
        Some(())
    }

    fn huffman_tables(&mut self, mut segment: &[u8]) -> Option<()> {
        while let [which, rest @ ..] = segment {
            let counts = rest.get(..LONGEST)?;
            let n_symbols: usize = counts.iter().map(|&n| usize::from(n)).sum();
            let table = Table::new(counts, rest.get(LONGEST..LONGEST + n_symbols)?)?;
            let kind = self.tables.get_mut(usize::from(which >> 4))?;
            *kind.get_mut(usize::from(which & 15))? = table;
            segment = &rest[LONGEST + n_symbols..];
        }
        Some(())
    }

    /// Whether the last bits of all coefficients have come; a progressive image may end between two scans.
    fn is_complete(&self) -> Judged<()> {
        let is_missing = |c: &Component| c.to_come.iter().any(|&bits| bits > 0);
        match self.components.iter().any(is_missing) {
            true => Err(Fault::truncated()),
            false => Ok(()),
        }
    }

    /// Gives how many bytes the scan's data has.
    fn scan(&mut self, header: &[u8], data: &[u8], cancel: &Cancel) -> Judged<usize> {
        let n = usize::from(*header.first().ok_or_else(damaged)?);
        let mut members = Vec::new();
        for selector in header.get(1..1 + 2 * n).ok_or_else(damaged)?.chunks_exact(2) {
            let place = self
                .components
                .iter()
                .position(|c| c.id == selector[0])
                .ok_or_else(damaged)?;
            members.push((
                place,
                usize::from(selector[1] >> 4) & 3,
                usize::from(selector[1]) & 3,
            ));
        }
        let spectral = header.get(1 + 2 * n..4 + 2 * n).ok_or_else(damaged)?;
        let coding = Coding {
            progressive: self.progressive,
            first: if self.progressive { spectral[0].into() } else { 0 },
            last: if self.progressive {
                usize::from(spectral[1]).min(63)
            } else {
                63
            },
            refines: self.progressive && spectral[2] >> 4 > 0,
        };
        for &(place, ..) in members.iter().filter(|_| self.progressive) {
            let band = self.components[place].to_come.get_mut(coding.first..=coding.last);
            band.ok_or_else(damaged)?.fill(spectral[2] & 15);
        }
        let mut reader = Reader::new(data);
        let units = match members[..] {
            // A component by itself comes block by block, only as far as the image goes.
            [(place, ..)] => self.components[place].covered,
            _ => self.mcus,
        };
        let mut end_of_band_run = 0;
        for unit in 0..units.0 * units.1 {
            if self.restart_every > 0 && unit > 0 && unit % self.restart_every == 0 {
                reader.restart()?;
                end_of_band_run = 0;
            }
            let (x, y) = (unit % units.0, unit / units.0);
            if x == 0 && cancel.is_cancelled() {
                return Err(damaged());
            }
            for &(place, dc, ac) in &members {
                let tables = (&self.tables[0][dc], &self.tables[1][ac]);
                let component = &mut self.components[place];
                let (across, down) = match members.len() {
                    1 => (1, 1),
                    _ => (component.horizontal, component.vertical),
                };
                for block in 0..across * down {
                    let column = x * across + block % across;
                    let index = (y * down + block / across) * component.stored.0 + column;
                    let mut none = 0;
                    let not_zero = component.not_zero.get_mut(index).unwrap_or(&mut none);
                    reader.block(coding, tables, not_zero, &mut end_of_band_run)?;
                }
            }
        }
        Ok(reader.at)
    }
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, from the highest down; zeros behind them.
    bits: u64,
    n_bits: u32,
}

impl<'a> Reader<'a> {
    fn new(data: &'a [u8]) -> Self {
        Reader {
            data,
            at: 0,
            bits: 0,
            n_bits: 0,
        }
    }

    /// More bits, up to the next marker.
    fn fill(&mut self) {
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

    /// Goes on by so many bits, at most 32.
    fn skip(&mut self, n_bits: u32) -> Judged<()> {
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

    fn bit(&mut self) -> Judged<u32> {
        self.number(1)
    }

    fn number(&mut self, n_bits: u32) -> Judged<u32> {
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

    fn symbol(&mut self, table: &Table) -> Judged<u8> {
        if self.n_bits < 16 {
            self.fill();
        }
        let (length, symbol) = table
            .short
            .get((self.bits >> (64 - SHORT)) as usize)
            .copied()
            .ok_or_else(damaged)?;
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

    /// To behind the next restart marker, which must be there.
    fn restart(&mut self) -> Judged<()> {
        // What fills up the last byte; more would be another image's.
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

    fn block(
        &mut self,
        coding: Coding,
        (dc, ac): (&Table, &Table),
        not_zero: &mut u64,
        run: &mut u32,
    ) -> Judged<()> {
        let mut k = coding.first;
        if k == 0 {
            if coding.refines {
                self.bit()?;
            } else {
                let n_bits = self.symbol(dc)?;
                self.skip(u32::from(n_bits).min(16))?;
            }
            k = 1;
        }
        if k > coding.last {
            return Ok(());
        }
        match (coding.progressive, coding.refines) {
            (false, _) => self.sequential(ac),
            (true, false) => self.first_pass(ac, k..=coding.last, not_zero, run),
            (true, true) => self.refinement(ac, k, coding.last, not_zero, run),
        }
    }

    fn sequential(&mut self, ac: &Table) -> Judged<()> {
        let mut k = 1;
        while k < 64 {
            let symbol = self.symbol(ac)?;
            match (symbol >> 4, symbol & 15) {
                (15, 0) => k += 16,
                (_, 0) => return Ok(()),
                (zeros, n_bits) => {
                    self.skip(n_bits.into())?;
                    k += usize::from(zeros) + 1;
                }
            }
        }
        Ok(())
    }

    fn first_pass(
        &mut self,
        ac: &Table,
        band: std::ops::RangeInclusive<usize>,
        not_zero: &mut u64,
        run: &mut u32,
    ) -> Judged<()> {
        if *run > 0 {
            *run -= 1;
            return Ok(());
        }
        let mut k = *band.start();
        while k <= *band.end() {
            let symbol = self.symbol(ac)?;
            match (symbol >> 4, symbol & 15) {
                (15, 0) => k += 16,
                (n_bits, 0) => {
                    *run = (1 << n_bits) - 1 + self.number(n_bits.into())?;
                    return Ok(());
                }
                (zeros, n_bits) => {
                    self.skip(n_bits.into())?;
                    k += usize::from(zeros);
                    *not_zero |= 1 << k.min(63);
                    k += 1;
                }
            }
        }
        Ok(())
    }

    /// One bit more for each coefficient that is not zero, and new ones between them.
    fn refinement(
        &mut self,
        ac: &Table,
        first: usize,
        last: usize,
        not_zero: &mut u64,
        run: &mut u32,
    ) -> Judged<()> {
        let mut k = first;
        while *run == 0 && k <= last {
            let symbol = self.symbol(ac)?;
            let (mut zeros, size) = (symbol >> 4, symbol & 15);
            if size == 0 && zeros < 15 {
                *run = (1 << zeros) + self.number(zeros.into())?;
                break;
            }
            if size > 0 {
                self.bit()?;
            }
            while k <= last {
                if *not_zero >> k & 1 == 1 {
                    self.bit()?;
                } else if zeros == 0 {
                    break;
                } else {
                    zeros -= 1;
                }
                k += 1;
            }
            if size > 0 && k <= last {
                *not_zero |= 1 << k;
            }
            k += 1;
        }
        if *run > 0 {
            for k in k..=last {
                if *not_zero >> k & 1 == 1 {
                    self.bit()?;
                }
            }
            *run -= 1;
        }
        Ok(())
    }
}
