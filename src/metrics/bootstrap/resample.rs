//! Images drawn again, with replacement: as many of each class as there are, or whole groups of them where images come in groups.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

use crate::metrics::certainty::n_groups;

/// How often images are drawn again where that takes little.
const MOST: usize = 2000;
/// Of standard errors two hundred are enough (Efron and Tibshirani 1993, "An introduction to the bootstrap", 6.4).
const LEAST: usize = 200;
/// Images times classes that are gone through at most, beyond [`LEAST`].
const WORK: usize = 400_000_000;

/// How often images are drawn again where each time that many numbers are gone through.
pub fn n_resamples(numbers: usize) -> usize {
    (WORK / numbers.max(1)).clamp(LEAST, MOST)
}

/// What is drawn, image by image or group by group, and among which others.
#[derive(Debug, Clone)]
pub struct Units {
    n: usize,
    /// Units that stand for each other.
    strata: Vec<Vec<u32>>,
}

impl Units {
    /// Images, or whole groups of them where they come in such; and which of these each image is drawn with.
    pub fn of(truth: &[usize], groups: Option<&[u32]>, n_classes: usize) -> (Self, Vec<u32>) {
        match groups {
            None => (Units::images(truth, n_classes), (0..truth.len() as u32).collect()),
            Some(groups) => (Units::groups(truth, groups, n_classes), groups.to_vec()),
        }
    }

    /// Each image stands for those of its class: a split keeps the classes' shares, and so does what is drawn.
    pub fn images(truth: &[usize], n_classes: usize) -> Self {
        let mut strata = vec![vec![]; n_classes];
        for (i, &class) in truth.iter().enumerate() {
            strata[class].push(i as u32);
        }
        Units {
            n: truth.len(),
            strata,
        }
    }

    /// Whole groups. One stands for those whose rarest class, among all images, is the same: so no draw is without the rare class,
    /// and where each group is of one class, a draw has as many groups of each as there are. What stands alone in that is
    /// drawn together with the others that do.
    pub fn groups(truth: &[usize], groups: &[u32], n_classes: usize) -> Self {
        let mut n_of_class = vec![0u64; n_classes];
        truth.iter().for_each(|&class| n_of_class[class] += 1);
        let n = n_groups(groups);
        let mut rarest: Vec<Option<usize>> = vec![None; n];
        for (&class, &group) in truth.iter().zip(groups) {
            let rarest = &mut rarest[group as usize];
            let is_rarer = |than: usize| (n_of_class[class], class) < (n_of_class[than], than);
            if rarest.is_none_or(is_rarer) {
                *rarest = Some(class);
            }
        }
        let mut strata = vec![vec![]; n_classes];
        for (group, class) in rarest.iter().enumerate() {
            if let Some(class) = class {
                strata[*class].push(group as u32);
            }
        }
        let (mut strata, alone): (Vec<_>, Vec<_>) = strata.into_iter().partition(|units| units.len() != 1);
        strata.push(alone.into_iter().flatten().collect());
        Units { n, strata }
    }

    /// Draws `n_resamples` times, as many of each stratum as there are, and tells each time how often every unit was drawn.
    pub fn resample(&self, seed: u64, n_resamples: usize, mut each: impl FnMut(&[u8])) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // A byte each, so that those of many images stay in the nearest cache. That one is drawn more than 255 times out of as many
        // as there are will not be seen in the life of the universe.
        let mut drawn = vec![0; self.n];
        for _ in 0..n_resamples {
            drawn.fill(0);
            for units in &self.strata {
                draw(&mut rng, units, &mut drawn);
            }
            each(&drawn);
        }
    }
}

fn draw(rng: &mut ChaCha8Rng, units: &[u32], drawn: &mut [u8]) {
    let n = units.len() as u64;
    // The upper half of a product is a place among them; it prefers some by n in 2³² (Lemire 2019, "Fast random integer
    // generation in an interval").
    let mut count = |bits: u64| {
        let times = &mut drawn[units[((bits * n) >> 32) as usize] as usize];
        *times = times.saturating_add(1);
    };
    for _ in 0..n / 2 {
        let bits = rng.next_u64();
        count(bits >> 32);
        count(bits & 0xffff_ffff);
    }
    if n % 2 == 1 {
        count(rng.next_u64() >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(units: &Units, n: usize) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        units.resample(7, n, |drawn| all.push(drawn.to_vec()));
        all
    }

    fn sum(drawn: &[u8]) -> u32 {
        drawn.iter().map(|&times| u32::from(times)).sum()
    }

    #[test]
    fn each_class_is_drawn_from_itself() {
        let truth: Vec<usize> = (0..40).map(|i| usize::from(i < 10)).collect();
        let units = Units::images(&truth, 2);
        let all = drawn(&units, 4000);
        assert_eq!(all, drawn(&units, 4000), "the same seed draws the same");
        assert!(all.iter().all(|n| sum(&n[..10]) == 10));
        assert!(all.iter().all(|n| sum(&n[10..]) == 30));
        // Of ten values 0 to 9, NumPy: np.arange(10).var() / 10 = 0.825.
        let mean = |n: &Vec<u8>| (0..10).map(|i| i as f64 * f64::from(n[i])).sum::<f64>() / 10.0;
        let means: Vec<f64> = all.iter().map(mean).collect();
        let of_all = means.iter().sum::<f64>() / 4000.0;
        let variance = means.iter().map(|m| (m - of_all).powi(2)).sum::<f64>() / 4000.0;
        assert!(
            (of_all - 4.5).abs() < 0.05 && (variance - 0.825).abs() < 0.05,
            "{of_all} {variance}"
        );
    }

    #[test]
    fn groups_are_drawn_whole_and_never_without_the_rare_class() {
        // Groups 0 and 1 have the rare class, among others; 2 to 5 have none.
        let truth = [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let groups = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5];
        let all = drawn(&Units::groups(&truth, &groups, 2), 200);
        assert!(all.iter().all(|n| n[0] + n[1] == 2 && sum(&n[2..]) == 4));
        assert!(all.iter().any(|n| n[0] == 0) && all.iter().any(|n| n[2] > 1));
        // One that is alone with the rare class stands for nobody else.
        let alone = drawn(&Units::groups(&truth[2..], &groups[2..], 2), 50);
        assert!(alone.iter().all(|n| n[1] == 1 && n[0] == 0));
    }
}
