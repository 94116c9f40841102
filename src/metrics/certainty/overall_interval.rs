//! How far figures of the whole matrix can be trusted: the shares among them, image by image or in groups.

use super::interval::{Tally, n_groups, of_mean};
use super::{Interval, wilson};
use crate::metrics::{Confusion, Scores, Threshold, predicted_class};

/// The 95 % intervals of figures of the whole matrix; `None` where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct OverallIntervals {
    accuracy: Option<Interval>,
    /// Of the mean of the recalls of all classes that have images, which are taken to be independent.
    balanced_accuracy: Option<Interval>,
}

impl OverallIntervals {
    /// By the figure's key.
    pub fn get(&self, key: &str) -> Option<Interval> {
        match key {
            "accuracy" => self.accuracy,
            "balanced_accuracy" => self.balanced_accuracy,
            _ => None,
        }
    }

    /// Where each image stands for itself.
    pub fn of_matrix(confusion: &Confusion) -> Self {
        let classes = 0..confusion.n_classes();
        let recalls = classes.map(|class_idx| {
            let (found, support) = (
                confusion.get(class_idx, class_idx),
                confusion.row_total(class_idx),
            );
            (found, support, wilson(found, support))
        });
        OverallIntervals {
            accuracy: wilson(confusion.diagonal().sum(), confusion.total()),
            balanced_accuracy: balanced(recalls),
        }
    }

    /// By that rule, with images counted in groups; `groups` is the group of each image, by number.
    pub fn of_groups(scores: &Scores, groups: &[u32], rule: Option<Threshold>) -> Self {
        let mut of_class: Vec<Vec<(usize, bool)>> = vec![vec![]; scores.n_classes()];
        for ((truth, row), &group) in scores.rows().zip(groups) {
            let found = predicted_class(row, rule) == Some(truth);
            of_class[truth].push((group as usize, found));
        }
        let tally = |images: &mut dyn Iterator<Item = &(usize, bool)>| {
            let mut tally = Tally::new(Some(n_groups(groups)));
            for &(group, found) in images {
                tally.add_whole(group);
                if found {
                    tally.add_part(group);
                }
            }
            tally
        };
        let recalls = of_class.iter().map(|images| {
            let tally = tally(&mut images.iter());
            (tally.part(), tally.whole(), tally.interval())
        });
        OverallIntervals {
            balanced_accuracy: balanced(recalls),
            accuracy: tally(&mut of_class.iter().flatten()).interval(),
        }
    }
}

/// Of the recalls of the classes, each as found, images and interval. A class with images and no interval leaves all of it open.
fn balanced(recalls: impl Iterator<Item = (u64, u64, Option<Interval>)>) -> Option<Interval> {
    let with_images = recalls.filter(|(_, support, _)| *support > 0);
    let known: Option<Vec<(f64, Interval)>> = with_images
        .map(|(found, support, interval)| Some((found as f64 / support as f64, interval?)))
        .collect();
    of_mean(&known?).map(|(_, interval)| interval)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<const N: usize>(rows: [[u64; N]; N]) -> Interval {
        let intervals = OverallIntervals::of_matrix(&Confusion::from_rows(rows));
        intervals.get("balanced_accuracy").unwrap()
    }

    /// SciPy's binomtest(k, n).proportion_ci(0.95, "wilson") of each recall, put together by hand:
    /// mean - sqrt(sum((p - low) ** 2)) / n and mean + sqrt(sum((high - p) ** 2)) / n.
    #[test]
    fn the_mean_of_recalls_lies_within_what_its_classes_leave_open() {
        let table = [
            (
                of([[16464, 175], [2079, 910]]),
                0.6388047216918782,
                0.6553667499452716,
            ),
            (
                of([[50, 3, 2], [4, 20, 6], [1, 0, 9]]),
                0.7025527172182393,
                0.8822910223709834,
            ),
            // A class without images counts for nothing.
            (
                of([[10, 0, 0], [7, 0, 0], [0, 0, 0]]),
                0.36123360006855537,
                0.6771652175333438,
            ),
        ];
        for (interval, low, high) in table {
            assert!((interval.low - low).abs() < 1e-12, "{interval:?}");
            assert!((interval.high - high).abs() < 1e-12, "{interval:?}");
        }
        let nothing = OverallIntervals::of_matrix(&Confusion::new(2));
        assert_eq!(nothing, OverallIntervals::default());
    }

    #[test]
    fn it_covers_the_truth_as_often_as_it_says() {
        let mut state = 7_u64;
        let mut uniform = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let cases: [&[(u64, f64)]; 4] = [
            &[(840, 0.91), (161, 0.6)],
            &[(60, 0.9), (25, 0.7), (30, 0.5)],
            &[(400, 0.97), (20, 0.4)],
            &[(40, 0.8); 10],
        ];
        for case in cases {
            let truth = case.iter().map(|(_, p)| p).sum::<f64>() / case.len() as f64;
            let n_runs = 4000;
            let covered = (0..n_runs).filter(|_| {
                let recalls = case.iter().map(|&(n, p)| {
                    let found = (0..n).filter(|_| uniform() < p).count() as u64;
                    (found, n, wilson(found, n))
                });
                let interval = balanced(recalls).unwrap();
                (interval.low..=interval.high).contains(&truth)
            });
            let share = covered.count() as f64 / f64::from(n_runs);
            assert!((0.93..=0.97).contains(&share), "{case:?}: {share}");
        }
    }

    /// Images that are copies of each other are worth one, and groups of one image are images.
    #[test]
    fn groups_count_for_what_they_are_worth() {
        let labels: Vec<usize> = (0..60).map(|i| usize::from(i >= 40)).collect();
        let right = |i: usize| !(i / 4).is_multiple_of(5);
        let probabilities = (0..60).flat_map(|i| {
            let first = match (labels[i] == 0, right(i)) {
                (true, true) | (false, false) => 0.9,
                _ => 0.1,
            };
            [first, 1.0 - first]
        });
        let scores = Scores::new(2, labels.clone(), probabilities.collect()).unwrap();
        let width = |intervals: OverallIntervals, key| {
            let interval: Interval = intervals.get(key).unwrap();
            interval.half_width()
        };
        let alone: Vec<u32> = (0..60).collect();
        let fours: Vec<u32> = (0..60).map(|i| i / 4).collect();
        let [alone, fours] = [alone, fours].map(|groups| OverallIntervals::of_groups(&scores, &groups, None));
        let of_matrix = OverallIntervals::of_matrix(&scores.confusion(None));
        for key in ["accuracy", "balanced_accuracy"] {
            // Few groups ask for a little more by Student's t.
            let same = width(alone, key) / width(of_matrix, key);
            assert!((1.0..1.1).contains(&same), "{key}: {same}");
            let wider = width(fours, key) / width(of_matrix, key);
            assert!((1.5..2.5).contains(&wider), "{key}: {wider}");
        }
        let one = OverallIntervals::of_groups(&scores, &[0; 60], None);
        assert_eq!(one, OverallIntervals::default());
    }
}
