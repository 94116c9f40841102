//! Folds of which each has its share of every class, and no group is in two: what a head says of an image is then never what
//! it learnt from the image or its copy.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

/// Keeps the folds' random numbers apart from those that other purposes draw from the same seed; each repeat has the next.
const FOLD_STREAM: u64 = u64::from_be_bytes(*b"\0\0folds\0");

/// Each image's fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    pub of_image: Vec<usize>,
    pub n_folds: usize,
    /// Classes whose images are all in one fold: a head that has not seen that fold does not know the class.
    pub unjudged: Vec<usize>,
}

/// As many folds as `most`, where there are so many groups. `groups` are each image's, by number; an image that is alone has
/// one to itself. The largest groups are placed first, each where its classes are rarest so far, and equals in their order.
pub fn folds(classes: &[usize], n_classes: usize, groups: &[usize], most: usize) -> Folds {
    place(classes, n_classes, members(groups), most)
}

/// The same with equals in an order that follows from the seed; other repeats (from 0) have others.
pub fn shuffled_folds(
    classes: &[usize],
    n_classes: usize,
    groups: &[usize],
    most: usize,
    (seed, repeat): (u64, u32),
) -> Folds {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(FOLD_STREAM + u64::from(repeat));
    let mut members = members(groups);
    members.shuffle(&mut rng);
    place(classes, n_classes, members, most)
}

/// The images of each group, groups and images ascending.
fn members(groups: &[usize]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&i| (groups[i], i));
    let of_one = order.chunk_by(|&a, &b| groups[a] == groups[b]);
    of_one.map(<[usize]>::to_vec).collect()
}

fn place(classes: &[usize], n_classes: usize, mut members: Vec<Vec<usize>>, most: usize) -> Folds {
    members.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let n_folds = members.len().clamp(1, most.max(1));
    let mut n_images = vec![0usize; n_classes];
    classes.iter().for_each(|&class| n_images[class] += 1);
    let mut filled = vec![vec![0usize; n_classes]; n_folds];
    let mut sizes = vec![0usize; n_folds];
    let mut of_image = vec![0; classes.len()];
    for group in members {
        // What the group's classes have in a fold, in shares of each class; then the emptiest fold.
        let share = |fold: usize| -> f64 {
            let of_class = group.iter().map(|&i| classes[i]);
            of_class
                .map(|class| filled[fold][class] as f64 / n_images[class] as f64)
                .sum()
        };
        let better = |a: &usize, b: &usize| share(*a).total_cmp(&share(*b)).then(sizes[*a].cmp(&sizes[*b]));
        let fold = (0..n_folds).min_by(better).unwrap_or(0);
        for &i in &group {
            filled[fold][classes[i]] += 1;
            of_image[i] = fold;
        }
        sizes[fold] += group.len();
    }
    let is_in_one =
        |class: &usize| n_images[*class] > 0 && filled.iter().any(|fold| fold[*class] == n_images[*class]);
    Folds {
        of_image,
        n_folds,
        unjudged: (0..n_classes).filter(is_in_one).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fold_has_its_share_and_no_group_is_in_two() {
        // 60 of a common class, 12 of a rare one; every three images in a row belong together.
        let classes: Vec<usize> = (0..72).map(|i| usize::from(i >= 60)).collect();
        let groups: Vec<usize> = (0..72).map(|i| i / 3).collect();
        let found = folds(&classes, 2, &groups, 5);
        assert_eq!((found.n_folds, &found.unjudged), (5, &vec![]));
        for i in 0..72 {
            assert_eq!(found.of_image[i], found.of_image[i / 3 * 3]);
        }
        let n = |fold: usize, class: usize| {
            let images = (0..72).filter(|&i| found.of_image[i] == fold && classes[i] == class);
            images.count()
        };
        assert_eq!([0, 1, 2, 3, 4].map(|fold| n(fold, 0)), [12; 5]);
        assert_eq!([0, 1, 2, 3, 4].map(|fold| n(fold, 1)), [3, 3, 3, 3, 0]);
    }

    #[test]
    fn a_class_in_one_group_cannot_be_judged() {
        let classes = [0, 0, 0, 0, 0, 0, 1, 1, 2];
        let groups = [0, 1, 2, 3, 4, 5, 6, 6, 7];
        let found = folds(&classes, 4, &groups, 5);
        assert_eq!(
            (found.n_folds, found.unjudged),
            (5, vec![1, 2]),
            "the fourth has no image"
        );
    }

    #[test]
    fn folds_follow_from_seed_and_repeat_and_each_class_is_spread_evenly() {
        // 95 and 28 images, each alone: in four folds 23 or 24, and 7.
        let classes: Vec<usize> = (0..123).map(|i| usize::from(i % 9 < 2)).collect();
        let groups: Vec<usize> = (0..123).collect();
        let of = |seed: u64, repeat: u32| shuffled_folds(&classes, 2, &groups, 4, (seed, repeat));
        assert_eq!(of(3, 0), of(3, 0));
        assert!(of(3, 0) != of(4, 0) && of(3, 0) != of(3, 1) && of(4, 0) != of(3, 1));
        for repeat in 0..5 {
            let found = of(3, repeat);
            for class in 0..2 {
                let mut counts = [0usize; 4];
                let of_class = (0..123).filter(|&i| classes[i] == class);
                of_class.for_each(|i| counts[found.of_image[i]] += 1);
                let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
                assert!(most - least <= 1, "{counts:?}");
            }
        }
    }
}
