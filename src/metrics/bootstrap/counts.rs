//! Matrices of images that were drawn again.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};

use crate::metrics::Confusion;

/// Draws the matrix's images again where each stands for itself: each true class anew, and of each matrix a new one.
pub fn resample_rows(confusion: &Confusion, seed: u64, n_resamples: usize, mut each: impl FnMut(&Confusion)) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for _ in 0..n_resamples {
        let mut drawn = Confusion::new(confusion.n_classes());
        for (truth, row) in confusion.rows().enumerate() {
            // A multinomial one, cell by cell: each takes its share of what is left.
            let mut left = confusion.row_total(truth);
            let mut to_draw = left;
            for (called, &n) in row.iter().enumerate().filter(|(_, n)| **n > 0) {
                let share = n as f64 / left as f64;
                let n_drawn = match Binomial::new(to_draw, share.min(1.0)) {
                    Ok(binomial) if n < left => binomial.sample(&mut rng),
                    _ => to_draw,
                };
                drawn.add_many(truth, called, n_drawn);
                left -= n;
                to_draw -= n_drawn;
            }
        }
        each(&drawn);
    }
}

/// What became of the images of each unit.
#[derive(Debug, Clone)]
pub struct Counts {
    n_classes: usize,
    /// (unit, true class, predicted class), each once, and how many images.
    cells: Vec<([u32; 3], u64)>,
}

impl Counts {
    /// `units` is what each image is drawn with. Images that were predicted as nothing are passed over, as in a matrix.
    pub fn of(n_classes: usize, calls: &[(usize, Option<usize>)], units: &[u32]) -> Self {
        let cell = |(&(truth, called), &unit): (&(usize, Option<usize>), &u32)| {
            Some([unit, truth as u32, called? as u32])
        };
        let mut all: Vec<[u32; 3]> = calls.iter().zip(units).filter_map(cell).collect();
        all.sort_unstable();
        let counted = |same: &[[u32; 3]]| (same[0], same.len() as u64);
        Counts {
            n_classes,
            cells: all.chunk_by(|a, b| a == b).map(counted).collect(),
        }
    }

    /// The matrix of what was drawn.
    pub fn matrix(&self, drawn: &[u8]) -> Confusion {
        let mut confusion = Confusion::new(self.n_classes);
        for &([unit, truth, called], n) in &self.cells {
            let times = u64::from(drawn[unit as usize]);
            confusion.add_many(truth as usize, called as usize, n * times);
        }
        confusion
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::bootstrap::moments::Moments;
    use crate::metrics::of_class;

    /// By hand: a recall of 30 of 40 varies by 0.75 * 0.25 / 40.
    #[test]
    fn rows_keep_their_sums_and_vary_as_binomials_do() {
        let confusion = Confusion::from_rows([[30, 8, 2], [0, 5, 0], [1, 1, 1]]);
        let mut moments = Moments::default();
        resample_rows(&confusion, 3, 4000, |drawn| {
            let totals = [0, 1, 2].map(|class| drawn.row_total(class));
            assert_eq!(totals, [40, 5, 3]);
            assert_eq!(drawn.get(1, 1), 5);
            let recall = of_class(drawn, 0).and_then(|class| class.recall);
            moments.add(recall, recall);
        });
        let variance = moments.variance().unwrap();
        assert!((variance / (0.75 * 0.25 / 40.0) - 1.0).abs() < 0.1, "{variance}");
    }

    #[test]
    fn units_count_as_often_as_they_were_drawn() {
        let calls = [(0, Some(0)), (0, Some(1)), (1, Some(1)), (1, Some(1)), (0, None)];
        let counts = Counts::of(2, &calls, &[0, 0, 1, 1, 1]);
        assert_eq!(counts.matrix(&[1, 1]), Confusion::from_rows([[1, 1], [0, 2]]));
        assert_eq!(counts.matrix(&[2, 0]), Confusion::from_rows([[2, 2], [0, 0]]));
    }
}
