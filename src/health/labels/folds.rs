//! Folds of which each has its share of every class, and no group is in two: what a head says of an image is then never what
//! it learnt from the image or its copy.

/// Folds, where the classes have enough groups.
const MOST_FOLDS: usize = 5;

/// Each image's fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    pub of_image: Vec<usize>,
    pub n_folds: usize,
    /// Classes whose images are all in one fold: a head that has not seen that fold does not know the class.
    pub unjudged: Vec<usize>,
}

/// `groups` are each image's, by number; an image that is alone has one to itself. The largest groups are placed first, each
/// where its classes are rarest so far.
pub fn folds(classes: &[usize], n_classes: usize, groups: &[usize]) -> Folds {
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.sort_by_key(|&i| (groups[i], i));
    let mut members: Vec<&[usize]> = order.chunk_by(|&a, &b| groups[a] == groups[b]).collect();
    members.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
    let n_folds = members.len().clamp(1, MOST_FOLDS);
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
        for &i in group {
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
        let found = folds(&classes, 2, &groups);
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
        let found = folds(&classes, 4, &groups);
        assert_eq!(
            (found.n_folds, found.unjudged),
            (5, vec![1, 2]),
            "the fourth has no image"
        );
    }
}
