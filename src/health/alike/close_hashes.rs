//! Pairs of 64-bit hashes that differ in few bits, without comparing each with each: cut into four quarters, two hashes
//! that differ in up to seven bits have a quarter that differs in at most one (the pigeonhole principle, as in Manku et al.
//! 2007).

use super::super::picture::PerceptualHash;

/// Bits that may differ. On 280 photographs of clothing, copies saved again at a JPEG quality of 20, as WebP or at half the
/// size differ in at most 6, and of all 39,060 pairs of different ones the nearest in 8.
pub const MOST_BITS: u32 = 7;
const QUARTERS: u32 = 4;
const QUARTER_BITS: u32 = 16;

/// Pairs of indices, the smaller first, in rising order and each once. `hashes` are best all different: of many that are
/// the same, every pair would be listed.
pub fn close_pairs(hashes: &[PerceptualHash]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for quarter in 0..QUARTERS {
        let part = |hash: PerceptualHash| (hash >> (quarter * QUARTER_BITS)) as u16;
        let mut by_part: Vec<(u16, usize)> = hashes.iter().enumerate().map(|(i, h)| (part(*h), i)).collect();
        by_part.sort_unstable();
        for (i, &hash) in hashes.iter().enumerate() {
            let flips = std::iter::once(0u16).chain((0..QUARTER_BITS).map(|bit| 1 << bit));
            for like in flips.map(|flip| part(hash) ^ flip) {
                let start = by_part.partition_point(|(other, _)| *other < like);
                let same = by_part[start..].iter().take_while(|(other, _)| *other == like);
                let close = same.filter(|&&(_, j)| i < j && (hash ^ hashes[j]).count_ones() <= MOST_BITS);
                pairs.extend(close.map(|&(_, j)| (i, j)));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_are_close_are_found_and_no_others() {
        // A generator by Steele (SplitMix64): hashes in clusters, so that many are close.
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ z >> 31
        };
        let hashes: Vec<u64> = (0..40)
            .flat_map(|_| {
                let centre = next();
                let near = (0..12).map(|i| (0..i).fold(centre, |hash, _| hash ^ 1 << (next() % 64)));
                near.collect::<Vec<_>>()
            })
            .collect();
        let mut expected = Vec::new();
        for i in 0..hashes.len() {
            for j in i + 1..hashes.len() {
                if (hashes[i] ^ hashes[j]).count_ones() <= MOST_BITS {
                    expected.push((i, j));
                }
            }
        }
        assert!(expected.len() > 500, "{}", expected.len());
        assert_eq!(close_pairs(&hashes), expected);
    }
}
