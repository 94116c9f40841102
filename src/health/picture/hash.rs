//! A perceptual hash: 64 bits that stay nearly the same when an image is saved again, at another size or quality. It is
//! pHash (Zauner 2010, as the `imagehash` package has it): the lowest 8 x 8 frequencies of the cosine transform of a small
//! grey picture, each above or below their median.

use std::f64::consts::PI;

use super::sketch::{SIDE, Sketch};

/// Frequencies along each axis.
const N: usize = 8;

pub type PerceptualHash = u64;

pub fn perceptual_hash(sketch: &Sketch) -> PerceptualHash {
    let waves = waves();
    let mut by_row = vec![[0.0f64; N]; SIDE];
    for (y, row) in by_row.iter_mut().enumerate() {
        for (wave, sum) in waves.iter().zip(row) {
            *sum = (0..SIDE).map(|x| wave[x] * f64::from(sketch.at(x, y))).sum();
        }
    }
    let mut strengths = [0.0f64; N * N];
    for v in 0..N {
        for u in 0..N {
            strengths[v * N + u] = (0..SIDE).map(|y| waves[v][y] * by_row[y][u]).sum();
        }
    }
    let mut sorted = strengths;
    sorted.sort_unstable_by(f64::total_cmp);
    let median = (sorted[N * N / 2 - 1] + sorted[N * N / 2]) / 2.0;
    let bits = strengths.iter().enumerate();
    bits.fold(0, |hash, (i, strength)| hash | u64::from(*strength > median) << i)
}

/// `[frequency][place]` of the cosine transform (type II).
fn waves() -> [[f64; SIDE]; N] {
    std::array::from_fn(|k| std::array::from_fn(|i| (PI * k as f64 * (i as f64 + 0.5) / SIDE as f64).cos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(level: impl Fn(usize, usize) -> u8) -> Sketch {
        let levels = (0..SIDE * SIDE).map(|i| level(i % SIDE, i / SIDE));
        Sketch {
            levels: levels.collect(),
        }
    }

    /// Brighter, and with less contrast, an image has the same hash; mirrored it has another.
    #[test]
    fn it_is_of_what_is_seen_and_not_of_levels() {
        let picture = |x: usize, y: usize| {
            let (x, y) = (x as f64, y as f64);
            (120.0 + 60.0 * (x * y / 90.0).sin() + 40.0 * (x / 5.0 - y / 9.0).cos()) as u8
        };
        let hash = perceptual_hash(&sketch(picture));
        let paler = perceptual_hash(&sketch(|x, y| 40 + picture(x, y) / 2));
        assert!(
            (hash ^ paler).count_ones() <= 4,
            "{}",
            (hash ^ paler).count_ones()
        );
        let mirrored = perceptual_hash(&sketch(|x, y| picture(SIDE - 1 - x, y)));
        assert!((hash ^ mirrored).count_ones() > 16);
    }
}
