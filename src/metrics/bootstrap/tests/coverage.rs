//! How often intervals hold the truth: images of a known mix are judged over and over by models whose figures are known. What it
//! comes to is kept in `docs/intervals.md`; `cargo test --release --lib coverage -- --ignored --nocapture` prints it anew.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::metrics::bootstrap::areas::{Ranking, Reciprocals};
use crate::metrics::bootstrap::resample::Units;
use crate::metrics::{FigureIntervals, Interval, Judgement, Scores, Threshold, paired_differences};

/// How likely a standard normal number is below it.
fn below(z: f64) -> f64 {
    let tail = crate::metrics::compared::two_sided(z) / 2.0;
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// Scores of the common class are standard normal, those of the rare one lie `apart` from them; what the images of a group have in
/// common, their person say, has that variance besides.
#[derive(Clone, Copy)]
struct World {
    n_rare: usize,
    n_common: usize,
    apart: f64,
    /// From it on an image is called rare.
    at: f64,
    /// Images of a group and the variance that they share.
    groups: Option<(usize, f64)>,
}

/// Recall, precision, balanced accuracy, F1, macro F1, MCC, ROC AUC, average precision.
const FIGURES: [(&str, bool); 8] = [
    ("recall", true),
    ("precision", true),
    ("balanced_accuracy", false),
    ("f1", true),
    ("macro_f1", false),
    ("mcc", false),
    ("roc_auc", true),
    ("average_precision", true),
];

impl World {
    fn spread(&self) -> f64 {
        (1.0 + self.groups.map_or(0.0, |(_, variance)| variance)).sqrt()
    }

    fn rates(&self, at: f64) -> [f64; 2] {
        [(at - self.apart) / self.spread(), at / self.spread()].map(|z| 1.0 - below(z))
    }

    fn truth(&self) -> [f64; FIGURES.len()] {
        let [recall, alarms] = self.rates(self.at);
        let (rare, common) = (self.n_rare as f64, self.n_common as f64);
        let [tp, fp, miss, tn] = [
            recall * rare,
            alarms * common,
            (1.0 - recall) * rare,
            (1.0 - alarms) * common,
        ];
        let f1 = 2.0 * tp / (2.0 * tp + fp + miss);
        let f1_of_common = 2.0 * tn / (2.0 * tn + fp + miss);
        let spread = ((tp + fp) * rare * common * (tn + miss)).sqrt();
        let steps = 20_000;
        let precision = |i: usize| {
            // Of the rare, from the one that scores highest on.
            let found = (i as f64 + 0.5) / steps as f64;
            let (mut low, mut high) = (-12.0, 20.0);
            for _ in 0..60 {
                let middle = (low + high) / 2.0;
                if self.rates(middle)[0] > found {
                    low = middle
                } else {
                    high = middle
                }
            }
            let alarms = self.rates(low)[1];
            found * rare / (found * rare + alarms * common)
        };
        let average = (0..steps).step_by(20).map(|i| precision(i + 10)).sum::<f64>() / (steps / 20) as f64;
        [
            recall,
            tp / (tp + fp),
            (recall + 1.0 - alarms) / 2.0,
            f1,
            (f1 + f1_of_common) / 2.0,
            (tp * tn - fp * miss) / spread,
            below(self.apart / (self.spread() * 2f64.sqrt())),
            average,
        ]
    }

    /// Scores of one or two models on images drawn from it, and the images' groups. The second has three quarters of what varies in
    /// common with the first.
    fn draw(&self, rng: &mut ChaCha8Rng) -> ([Scores; 2], Option<Vec<u32>>) {
        let mut normal = || -> f64 { StandardNormal.sample(rng) };
        let truth: Vec<usize> = (0..self.n_rare + self.n_common)
            .map(|i| usize::from(i < self.n_rare))
            .collect();
        let size = self.groups.map_or(1, |(size, _)| size);
        let first_common = self.n_rare.div_ceil(size);
        let group = |i: usize| match i.checked_sub(self.n_rare) {
            None => i / size,
            Some(common) => first_common + common / size,
        };
        let n_groups = group(truth.len() - 1) + 1;
        let shared = self.groups.map_or(0.0, |(_, variance)| variance.sqrt());
        let of_group: Vec<f64> = (0..n_groups).map(|_| shared * normal()).collect();
        let mut both = [vec![], vec![]];
        for (i, class) in truth.iter().enumerate() {
            let centre = *class as f64 * self.apart + of_group[group(i)];
            let (common, own) = (normal(), normal());
            let second = 0.75f64.sqrt() * common + 0.5 * own;
            for (scores, of) in both.iter_mut().zip([common, second]) {
                // Any rising function of it does; at one half where the threshold is.
                let score = 1.0 / (1.0 + (self.at - centre - of).exp());
                scores.extend([1.0 - score as f32, score as f32]);
            }
        }
        let scores = both.map(|rows| Scores::new(2, truth.clone(), rows).unwrap());
        let groups = self
            .groups
            .map(|_| (0..truth.len()).map(|i| group(i) as u32).collect());
        (scores, groups)
    }
}

const RULE: Threshold = Threshold {
    class_idx: 1,
    at: 0.5,
};

/// The share of intervals that hold the truth, of each figure, and of percentiles of the area.
fn covered(world: World, n_worlds: usize) -> [f64; FIGURES.len() + 1] {
    let truth = world.truth();
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut held = [0.0; FIGURES.len() + 1];
    for seed in 0..n_worlds as u64 {
        let ([scores, _], groups) = world.draw(&mut rng);
        let intervals = FigureIntervals::of_scores(&scores, groups.as_deref(), Some(RULE), seed);
        let mut count = |place: usize, interval: Option<Interval>, truth: f64| {
            let holds = interval.is_some_and(|i| (i.low..=i.high).contains(&truth));
            held[place] += f64::from(u8::from(holds)) / n_worlds as f64;
        };
        for (place, ((key, is_of_class), truth)) in FIGURES.into_iter().zip(truth).enumerate() {
            let interval = match is_of_class {
                true => intervals.of_class(1, key),
                false => intervals.overall(key),
            };
            count(place, interval, truth);
        }
        count(
            FIGURES.len(),
            Some(percentiles(&scores, groups.as_deref(), seed)),
            truth[6],
        );
    }
    held
}

/// What the area's interval would be by percentiles.
fn percentiles(scores: &Scores, groups: Option<&[u32]>, seed: u64) -> Interval {
    let units = match groups {
        None => Units::images(scores.truth(), 2),
        Some(groups) => Units::groups(scores.truth(), groups, 2),
    };
    let each: Vec<u32> = (0..scores.n_images() as u32).collect();
    let ranking = Ranking::of(scores, 1, groups.unwrap_or(&each)).unwrap();
    let mut drawn = Vec::new();
    let reciprocals = Reciprocals::up_to(scores.n_images());
    units.resample(seed, 400, |times| {
        drawn.extend(ranking.areas(times, &reciprocals).0)
    });
    drawn.sort_by(f64::total_cmp);
    let at = |share: f64| drawn[(share * (drawn.len() - 1) as f64).round() as usize];
    Interval {
        low: at(0.025),
        high: at(0.975),
    }
}

/// The share of intervals of a difference that hold the truth, which is none: of recall, balanced accuracy and the area.
fn covered_in_pairs(world: World, n_worlds: usize) -> [f64; 3] {
    let mut rng = ChaCha8Rng::seed_from_u64(13);
    let mut held = [0.0; 3];
    for seed in 0..n_worlds as u64 {
        let ([one, two], groups) = world.draw(&mut rng);
        let [one, two] = [&one, &two].map(|scores| Judgement {
            scores,
            rule: Some(RULE),
        });
        let pair = paired_differences(one, two, groups.as_deref(), seed).unwrap();
        for (place, key) in [
            ("recall", Some(1)),
            ("balanced_accuracy", None),
            ("roc_auc", Some(1)),
        ]
        .iter()
        .enumerate()
        {
            let figure = pair
                .figures
                .iter()
                .find(|figure| (figure.key, figure.class_idx) == *key);
            let holds = figure.is_some_and(|figure| !figure.difference.is_sure());
            held[place] += f64::from(u8::from(holds)) / n_worlds as f64;
        }
    }
    held
}

fn world(n_rare: usize, (apart, at): (f64, f64), groups: Option<(usize, f64)>) -> World {
    World {
        n_rare,
        n_common: n_rare * 17 / 3,
        apart,
        at,
        groups,
    }
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    for (groups, least) in [(None, 0.8), (Some((3, 0.5)), 0.8)] {
        let of = covered(world(15, (1.5, 0.8), groups), 20);
        for ((key, _), share) in FIGURES.iter().zip(of) {
            assert!(share >= least, "{key}: {share}");
        }
        for share in covered_in_pairs(world(15, (1.5, 0.8), groups), 20) {
            assert!(share >= least, "{share}");
        }
    }
}

#[test]
#[ignore = "minutes; prints the table of docs/intervals.md"]
fn coverage_table() {
    let row = |cells: &[f64]| {
        cells
            .iter()
            .map(|share| format!(" {:.1} |", share * 100.0))
            .collect::<String>()
    };
    for (n_rare, n_worlds) in [(15, 1000), (50, 1000), (200, 400), (1000, 150)] {
        for groups in [None, Some((5, 0.5))] {
            for shape in [(1.5, 0.8), (2.5, 1.3), (3.3, 1.7)] {
                let world = world(n_rare, shape, groups);
                let in_groups = if groups.is_some() {
                    "groups of 5"
                } else {
                    "each for itself"
                };
                let of = covered(world, n_worlds);
                let pairs = covered_in_pairs(world, n_worlds.min(400));
                // All but percentiles, which stand there for what they leave out.
                let least = of[..FIGURES.len()]
                    .iter()
                    .chain(&pairs)
                    .copied()
                    .fold(1.0, f64::min);
                assert!(least >= 0.89, "{least} of {n_rare} {in_groups}");
                let (of, pairs) = (row(&of), row(&pairs));
                println!("| {n_rare} | {in_groups} | {:.3} |{of}{pairs}", world.truth()[6]);
            }
        }
    }
}
