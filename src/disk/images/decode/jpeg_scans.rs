//! Whether a JPEG's compressed data is all there. Decoders fill up what is missing with grey and say nothing where an end
//! marker follows, so the Huffman codes are counted here without computing a pixel (ITU T.81, annexes F and G).

mod codes;
#[cfg(test)]
mod tests;

use codes::{END, LONGEST, Reader, Table, damaged, places};

use super::super::header::Fault;
use crate::protocol::Cancel;

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

/// A component of a scan: its place in the frame, and which tables of DC and AC coefficients are its own.
type Member = (usize, usize, usize);

/// Which coefficients a scan of a progressive image holds, and whether it refines what has come.
#[derive(Clone, Copy)]
struct Coding {
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
/// A scan ends before its image does, or holds what is not a code; or the job was stopped, in whatever words.
pub fn check(bytes: &[u8], cancel: &Cancel) -> Result<(), Fault> {
    let mut image = Image::default();
    let mut at = 2;
    loop {
        if cancel.is_cancelled() {
            return Err(damaged());
        }
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
    fn is_complete(&self) -> Result<(), Fault> {
        let is_missing = |c: &Component| c.to_come.iter().any(|&bits| bits > 0);
        match self.components.iter().any(is_missing) {
            true => Err(Fault::truncated()),
            false => Ok(()),
        }
    }

    /// Gives how many bytes the scan's data has.
    fn scan(&mut self, header: &[u8], data: &[u8], cancel: &Cancel) -> Result<usize, Fault> {
        let n = usize::from(*header.first().ok_or_else(damaged)?);
        let mut members: Vec<Member> = Vec::new();
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
        let mut reader = Reader::new(data);
        match self.progressive {
            false => self.sequential_scan(&members, &mut reader, cancel)?,
            true => {
                let coding = Coding {
                    first: spectral[0].into(),
                    last: usize::from(spectral[1]).min(63),
                    refines: spectral[2] >> 4 > 0,
                };
                for &(place, ..) in &members {
                    let band = self.components[place].to_come.get_mut(coding.first..=coding.last);
                    band.ok_or_else(damaged)?.fill(spectral[2] & 15);
                }
                self.progressive_scan(coding, &members, &mut reader, cancel)?;
            }
        }
        Ok(reader.at)
    }

    /// How many units a scan comes in, across and down.
    fn units(&self, members: &[Member]) -> (usize, usize) {
        match members {
            // A component by itself comes block by block, only as far as the image goes.
            [(place, ..)] => self.components[*place].covered,
            _ => self.mcus,
        }
    }

    /// Before each unit: restarts where one is due. Gives whether it did.
    fn restart(&self, unit: usize, reader: &mut Reader) -> Result<bool, Fault> {
        let is_due = self.restart_every > 0 && unit > 0 && unit.is_multiple_of(self.restart_every);
        if is_due {
            reader.restart()?;
        }
        Ok(is_due)
    }

    fn sequential_scan(&self, members: &[Member], reader: &mut Reader, cancel: &Cancel) -> Result<(), Fault> {
        let (across, down) = self.units(members);
        // The tables of each block of a unit.
        let blocks = members.iter().flat_map(|&(place, dc, ac)| {
            let component = &self.components[place];
            let n_blocks = match members.len() {
                1 => 1,
                _ => component.horizontal * component.vertical,
            };
            std::iter::repeat_n((&self.tables[0][dc], &self.tables[1][ac]), n_blocks)
        });
        let blocks: Vec<(&Table, &Table)> = blocks.collect();
        for unit in 0..across * down {
            self.restart(unit, reader)?;
            if unit % across == 0 && cancel.is_cancelled() {
                return Err(damaged());
            }
            for (dc, ac) in &blocks {
                reader.sequential(dc, ac)?;
            }
        }
        Ok(())
    }

    fn progressive_scan(
        &mut self,
        coding: Coding,
        members: &[Member],
        reader: &mut Reader,
        cancel: &Cancel,
    ) -> Result<(), Fault> {
        let units = self.units(members);
        let mut end_of_band_run = 0;
        for unit in 0..units.0 * units.1 {
            if self.restart(unit, reader)? {
                end_of_band_run = 0;
            }
            let (x, y) = (unit % units.0, unit / units.0);
            if x == 0 && cancel.is_cancelled() {
                return Err(damaged());
            }
            for &(place, dc, ac) in members {
                let tables = (&self.tables[0][dc], &self.tables[1][ac]);
                let component = &mut self.components[place];
                let (across, down) = match members.len() {
                    1 => (1, 1),
                    _ => (component.horizontal, component.vertical),
                };
                for block in 0..across * down {
                    let column = x * across + block % across;
                    let index = (y * down + block / across) * component.stored.0 + column;
                    let not_zero = component.not_zero.get_mut(index).ok_or_else(damaged)?;
                    reader.progressive(coding, tables, not_zero, &mut end_of_band_run)?;
                }
            }
        }
        Ok(())
    }
}

impl Reader<'_> {
    fn sequential(&mut self, dc: &Table, ac: &Table) -> Result<(), Fault> {
        let n_bits = self.symbol(dc)?;
        self.skip(u32::from(n_bits).min(16))?;
        let mut k = 1;
        while k < END {
            if let Some(next) = self.step(ac, k) {
                k = next;
                continue;
            }
            let symbol = self.symbol(ac)?;
            self.skip(u32::from(symbol & 15))?;
            k += places(symbol);
        }
        Ok(())
    }

    fn progressive(
        &mut self,
        coding: Coding,
        (dc, ac): (&Table, &Table),
        not_zero: &mut u64,
        run: &mut u32,
    ) -> Result<(), Fault> {
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
        match (k > coding.last, coding.refines) {
            (true, _) => Ok(()),
            (false, false) => self.first_pass(ac, k..=coding.last, not_zero, run),
            (false, true) => self.refinement(ac, k, coding.last, not_zero, run),
        }
    }

    fn first_pass(
        &mut self,
        ac: &Table,
        band: std::ops::RangeInclusive<usize>,
        not_zero: &mut u64,
        run: &mut u32,
    ) -> Result<(), Fault> {
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
    ) -> Result<(), Fault> {
        let mut k = first;
        while *run == 0 && k <= last {
            let symbol = self.symbol(ac)?;
            let (zeros, size) = (symbol >> 4, symbol & 15);
            if size == 0 && zeros < 15 {
                *run = (1 << zeros) + self.number(zeros.into())?;
                break;
            }
            if size > 0 {
                self.bit()?;
            }
            // Past that many zeros, or past the band.
            let mut free = !*not_zero & band(k, last);
            for _ in 0..zeros {
                free &= free.wrapping_sub(1);
            }
            let at = match free {
                0 => last + 1,
                _ => free.trailing_zeros() as usize,
            };
            self.skip_each(*not_zero & band(k, at - 1))?;
            if size > 0 && at <= last {
                *not_zero |= 1 << at;
            }
            k = at + 1;
        }
        if *run > 0 {
            self.skip_each(*not_zero & band(k, last))?;
            *run -= 1;
        }
        Ok(())
    }

    /// One bit for each coefficient of the set.
    fn skip_each(&mut self, coefficients: u64) -> Result<(), Fault> {
        let n_bits = coefficients.count_ones();
        self.skip(n_bits.min(32))?;
        self.skip(n_bits.saturating_sub(32))
    }
}

/// The set of coefficients from `first` to `last`, both below 64; none where they are in the other order.
fn band(first: usize, last: usize) -> u64 {
    match first > last {
        true => 0,
        false => u64::MAX >> (63 - last) & u64::MAX << first,
    }
}
