//! The stratified split: a shuffle per class, and how many of each class go where.

use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use super::{Shares, deal};
use crate::experiment::dataset::{Dataset, Part};

/// The part of each image. In train and test, the total is within half an image of its share and each class within one
/// image of its own. Small classes come before shares: each has at least one image in train and one in validation, and
/// where it has three, one in test, if there is a test share.
pub fn stratified(dataset: &Dataset, shares: Shares, rng: &mut ChaCha8Rng) -> Vec<Part> {
    let mut images_of_class = vec![Vec::new(); dataset.n_classes()];
    for (i, image) in dataset.images.iter().enumerate() {
        images_of_class[image.class_idx].push(i);
    }
    let mut part_of_image = vec![Part::Val; dataset.images.len()];
    let counts = train_and_test_counts(&dataset.counts(), shares);
    for (images, (n_train, n_test)) in images_of_class.iter_mut().zip(counts) {
        images.shuffle(rng);
        deal(images, n_train, n_test, &mut part_of_image);
    }
    part_of_image
}

/// Images of each class for train and for test. Every class must have at least two.
pub fn train_and_test_counts(n_of_class: &[usize], shares: Shares) -> Vec<(usize, usize)> {
    let least_test = |n: usize| usize::from(shares.test > 0.0 && n >= 3);
    let quotas = |share: f64| n_of_class.iter().map(move |&n| share * n as f64);

    let bounds = n_of_class.iter().map(|&n| (1, n - 1 - least_test(n)));
    let train = apportion(quotas(shares.train).zip(bounds));
    let left_for_test = n_of_class.iter().zip(&train).map(|(&n, n_train)| n - 1 - n_train);
    let bounds = n_of_class.iter().map(|&n| least_test(n)).zip(left_for_test);
    let test = apportion(quotas(shares.test).zip(bounds));
    train.into_iter().zip(test).collect()
}

/// Rounds quotas by the largest remainder (Hamilton's method), so that the rounded total is right too; ties go in
/// order. Each is also held within its bounds (least, most), and where these interfere the total gives way.
fn apportion(quotas_and_bounds: impl Iterator<Item = (f64, (usize, usize))>) -> Vec<usize> {
    let mut counts = Vec::new();
    let mut total = 0.0;
    // (class, remainder) of those that may be rounded up.
    let mut remainders = Vec::new();
    for (class_idx, (quota, (least, most))) in quotas_and_bounds.enumerate() {
        let floor = (quota.floor() as usize).clamp(least, most);
        let ceil = (quota.ceil() as usize).clamp(least, most);
        if ceil > floor {
            remainders.push((class_idx, quota - floor as f64));
        }
        counts.push(floor);
        total += quota;
    }
    let n_missing = (total.round() as usize).saturating_sub(counts.iter().sum());
    remainders.sort_by(|a, b| b.1.total_cmp(&a.1));
    for &(class_idx, _) in remainders.iter().take(n_missing) {
        counts[class_idx] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_largest_remainder() {
        // (images of each class, train share, test share, images of each class in train and in test)
        type Case = (&'static [usize], f64, f64, &'static [(usize, usize)]);
        let table: [Case; 8] = [
            (&[600, 100], 0.7, 0.0, &[(420, 0), (70, 0)]),
            (&[600, 100], 0.7, 0.15, &[(420, 90), (70, 15)]),
            // 2.5 + 2.5 + 2.5 = 7.5, rounded to 8: two are rounded up.
            (&[5, 5, 5], 0.5, 0.0, &[(3, 0), (3, 0), (2, 0)]),
            // 4.9 + 2.1 = 7.
            (&[7, 3], 0.7, 0.0, &[(5, 0), (2, 0)]),
            // A rare class keeps one on each side, whatever the share.
            (&[1000, 2], 0.95, 0.0, &[(950, 0), (1, 0)]),
            (&[1000, 2], 0.1, 0.0, &[(100, 0), (1, 0)]),
            (&[1000, 3, 2], 0.8, 0.1, &[(800, 100), (1, 1), (1, 0)]),
            (&[2, 2], 0.7, 0.2, &[(1, 0), (1, 0)]),
        ];
        for (n_of_class, train, test, expected) in table {
            let counts = train_and_test_counts(n_of_class, Shares { train, test });
            assert_eq!(counts, expected, "{n_of_class:?} {train} {test}");
        }
    }
}
