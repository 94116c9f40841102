//! What a score is worth: of images whose class is known and whose scores are like it, how many are of the class. A model
//! that was trained with class weights, or without, calls its scores probabilities, and they are none.

use super::{Interval, Scores, wilson};

/// Fewer images than these say nothing of a score; as many are taken together where fewer lie closest.
const ENOUGH: u64 = 20;

/// Of the images that score like one, how many are of the class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    pub n_of_class: u64,
    pub n_images: u64,
    /// Of their share, 95 %.
    pub interval: Interval,
    /// Their scores.
    pub lowest: f32,
    pub highest: f32,
}

impl Chance {
    pub fn share(&self) -> f64 {
        self.n_of_class as f64 / self.n_images as f64
    }
}

/// Images in the order of their scores for one class, in the blocks of an isotonic regression: within each, the share that
/// is of the class is the same, and it rises from block to block.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chances {
    /// Score, and whether it is of the class; rising.
    ranked: Vec<(f32, bool)>,
    /// Where each block ends among them.
    ends: Vec<usize>,
}

impl Chances {
    /// By pooling adjacent violators. Of nothing if a score is NaN.
    pub fn of(scores: &Scores, class_idx: usize) -> Self {
        let mut ranked: Vec<(f32, bool)> = (scores.rows())
            .filter_map(|(truth, row)| Some((*row.get(class_idx)?, truth == class_idx)))
            .collect();
        if ranked.iter().any(|(score, _)| score.is_nan()) {
            return Chances::default();
        }
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut blocks: Vec<(u64, u64)> = Vec::new();
        for ties in ranked.chunk_by(|a, b| a.0 == b.0) {
            let n_of_class = ties.iter().filter(|(_, is_of_class)| *is_of_class).count() as u64;
            let mut block = (n_of_class, ties.len() as u64);
            // In whole numbers, so that equal shares are equal.
            while let Some(&(part, whole)) = blocks.last()
                && part * block.1 >= block.0 * whole
            {
                block = (block.0 + part, block.1 + whole);
                blocks.pop();
            }
            blocks.push(block);
        }
        let mut end = 0;
        let ends = blocks.iter().map(|&(_, whole)| {
            end += whole as usize;
            end
        });
        Chances {
            ends: ends.collect(),
            ranked,
        }
    }

    /// What that score is worth: the share in its block, or among as many of the nearest images as say something. `None`
    /// where there are too few images at all.
    pub fn at(&self, score: f32) -> Option<Chance> {
        let n = self.ranked.len();
        if (n as u64) < ENOUGH || score.is_nan() {
            return None;
        }
        let place = self.nearest(score);
        let block = self.ends.partition_point(|&end| end <= place);
        let mut from = block.checked_sub(1).map_or(0, |before| self.ends[before]);
        let mut to = self.ends[block];
        while ((to - from) as u64) < ENOUGH {
            let below = from.checked_sub(1).map(|i| score - self.ranked[i].0);
            let above = self.ranked.get(to).map(|next| next.0 - score);
            match (below, above) {
                (Some(below), Some(above)) if below <= above => from -= 1,
                (_, Some(_)) => to += 1,
                _ => from -= 1,
            }
        }
        let alike = &self.ranked[from..to];
        let (n_of_class, n_images) = (
            alike.iter().filter(|(_, is_of_class)| *is_of_class).count() as u64,
            alike.len() as u64,
        );
        Some(Chance {
            n_of_class,
            n_images,
            interval: wilson(n_of_class, n_images)?,
            lowest: alike.first()?.0,
            highest: alike.last()?.0,
        })
    }

    /// The image whose score is nearest.
    fn nearest(&self, score: f32) -> usize {
        let above = self.ranked.partition_point(|&(other, _)| other < score);
        match (above.checked_sub(1), self.ranked.get(above)) {
            (Some(below), Some(next)) if score - self.ranked[below].0 < next.0 - score => below,
            (Some(below), None) => below,
            _ => above,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixty images of which more are of class 1 the higher they score.
    fn sixty() -> Scores {
        let score = |i: usize| ((i * 37) % 101) as f32 / 128.0;
        let truth = (0..60).map(|i| usize::from(is_of_one(i))).collect();
        let probabilities = (0..60).flat_map(|i| [1.0 - score(i), score(i)]).collect();
        Scores::new(2, truth, probabilities).unwrap()
    }

    fn is_of_one(i: usize) -> bool {
        ((i * 53 % 97) as f64) < (i * 37 % 101) as f64 * 0.7
    }

    /// scikit-learn 1.9: IsotonicRegression(out_of_bounds="clip").fit(s, y).predict(s), with i = np.arange(60),
    /// s = i * 37 % 101 / 128, y = i * 53 % 97 < i * 37 % 101 * 0.7; its steps, and how many images stand on each.
    #[test]
    fn blocks_are_scikit_learn_s_steps() {
        let expected = [
            (0.0, 0.015625, 0.0, 2),
            (0.0234375, 0.359375, 0.19230769574642181, 26),
            (0.3671875, 0.5390625, 0.5, 14),
            (0.546875, 0.75, 0.6875, 16),
            (0.7578125, 0.78125, 1.0, 2),
        ];
        let chances = Chances::of(&sixty(), 1);
        let starts = [0].into_iter().chain(chances.ends.iter().copied());
        let blocks: Vec<&[(f32, bool)]> = (starts.zip(&chances.ends))
            .map(|(from, &to)| &chances.ranked[from..to])
            .collect();
        assert_eq!(blocks.len(), expected.len());
        for (block, (lowest, highest, share, n)) in blocks.iter().zip(expected) {
            assert_eq!((block[0].0, block[block.len() - 1].0), (lowest, highest));
            let of_class = block.iter().filter(|(_, is_of_class)| *is_of_class).count();
            assert_eq!(block.len(), n);
            assert!((of_class as f64 / n as f64 - share).abs() < 1e-7, "{block:?}");
        }
    }

    #[test]
    fn a_score_is_worth_the_share_of_its_like() {
        let chances = Chances::of(&sixty(), 1);
        let middle = chances.at(0.2).unwrap();
        assert_eq!((middle.n_of_class, middle.n_images), (5, 26));
        assert!((middle.share() - 5.0 / 26.0).abs() < 1e-12);
        assert_eq!(Some(middle.interval), wilson(5, 26));
        // Two images are too few to say "all of them", and the next are asked as well; beyond the last, the last.
        let top = chances.at(0.77).unwrap();
        assert_eq!(top.n_images, 20);
        assert!(top.n_of_class < 20 && top.highest == 0.78125, "{top:?}");
        assert_eq!(chances.at(2.0).unwrap().highest, 0.78125);
        assert_eq!(chances.at(-1.0).unwrap().lowest, 0.0);
    }

    #[test]
    fn too_few_images_say_nothing() {
        let few = Scores::new(2, vec![0, 1], vec![0.8, 0.2, 0.3, 0.7]).unwrap();
        assert_eq!(Chances::of(&few, 1).at(0.5), None);
        let none = Scores::new(2, vec![0], vec![f32::NAN, f32::NAN]).unwrap();
        assert_eq!(Chances::of(&none, 1), Chances::default());
        assert_eq!(Chances::of(&few, 7), Chances::default());
    }
}
