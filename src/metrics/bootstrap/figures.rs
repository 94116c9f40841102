//! The 95 % interval of every figure: one way for each kind of figure, whoever asks.
//!
//! A share of images has Wilson's; a mean of recalls has what follows from theirs (`certainty`). What is neither, F1, MCC and areas,
//! has Wilson's as well, for as many images as it is worth: as many as would make a share of the same size vary as much as the
//! figure does where images are drawn again. Ends that are read off the drawn figures themselves, as percentiles, leave too much
//! out where images are few: fifteen of which all are found are found in every draw (`docs/intervals.md`).

use serde::{Deserialize, Serialize};

use super::areas::{Ranking, Reciprocals, exponential_variance};
use super::counts::{Counts, resample_rows};
use super::moments::Moments;
use super::resample::{Units, n_resamples};
use crate::metrics::certainty::{Tally, n_groups, of_few, of_share};
use crate::metrics::{
    CLASS_FIGURES, Confusion, Interval, OVERALL_FIGURES, OverallIntervals, Scores, Threshold, class_views,
    overall, per_class, predicted_class,
};

/// What is known of an area beforehand counts as that many images of the rarer side: without it, few images that are ranked
/// almost rightly would seem to be almost surely ranked so.
const BEFOREHAND: f64 = 20.0;
/// What it takes to draw a cell of a matrix, where to go to the next takes one.
const DRAW: usize = 200;

/// Figures that ranks alone tell.
const AREAS: [&str; 2] = ["roc_auc", "average_precision"];

/// The intervals of an evaluation's figures; `None` where there is none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FigureIntervals {
    /// In the registry's order.
    overall: Vec<Option<Interval>>,
    /// By class, in the registry's order.
    of_class: Vec<Vec<Option<Interval>>>,
}

impl FigureIntervals {
    /// Of a figure of the whole matrix, by its key in the registry.
    pub fn overall(&self, key: &str) -> Option<Interval> {
        let place = OVERALL_FIGURES.iter().position(|figure| figure.key == key)?;
        *self.overall.get(place)?
    }

    /// Of a figure of a class, by its key in the registry.
    pub fn of_class(&self, class_idx: usize, key: &str) -> Option<Interval> {
        let place = CLASS_FIGURES.iter().position(|figure| figure.key == key)?;
        *self.of_class.get(class_idx)?.get(place)?
    }

    /// Where each image stands for itself, without those of areas, which a matrix does not tell.
    pub fn of_matrix(confusion: &Confusion, seed: u64) -> Self {
        let mut drawn = Drawn::new(confusion.n_classes());
        let n_cells = confusion.rows().flatten().filter(|n| **n > 0).count();
        let work = confusion.n_classes().pow(2) + DRAW * n_cells;
        resample_rows(confusion, seed, n_resamples(work), |confusion| {
            drawn.add(confusion)
        });
        let shares = OverallIntervals::of_matrix(confusion);
        let views = class_views(confusion, &[], &[]);
        let n_of_class: Vec<u64> = (0..views.len()).map(|i| confusion.row_total(i)).collect();
        let worth = |class_idx: usize| {
            Worth::of_images(n_of_class[class_idx], confusion.total() - n_of_class[class_idx])
        };
        Self::put_together(confusion, &drawn, &shares, worth, |class_idx, key| {
            let figure = CLASS_FIGURES.iter().find(|figure| figure.key == key)?;
            figure.interval(&views[class_idx])
        })
    }

    /// Of images that were judged by that rule; `groups` is the group of each image, by number, where they come in groups.
    pub fn of_scores(scores: &Scores, groups: Option<&[u32]>, rule: Option<Threshold>, seed: u64) -> Self {
        let mut intervals = Self::without_areas(scores, groups, rule, seed);
        intervals.draw_areas(scores, groups, seed);
        intervals
    }

    /// Of the same images by another rule, on which their areas do not depend.
    pub fn by_rule(
        &self,
        scores: &Scores,
        groups: Option<&[u32]>,
        rule: Option<Threshold>,
        seed: u64,
    ) -> Self {
        let mut intervals = Self::without_areas(scores, groups, rule, seed);
        for class_idx in 0..scores.n_classes() {
            for key in AREAS {
                intervals.put(class_idx, key, self.of_class(class_idx, key));
            }
        }
        intervals
    }

    fn without_areas(scores: &Scores, groups: Option<&[u32]>, rule: Option<Threshold>, seed: u64) -> Self {
        match groups {
            None => Self::of_matrix(&scores.confusion(rule), seed),
            Some(groups) => Self::of_groups(scores, groups, rule, seed),
        }
    }

    fn draw_areas(&mut self, scores: &Scores, groups: Option<&[u32]>, seed: u64) {
        let (units, unit_of) = Units::of(scores.truth(), groups, scores.n_classes());
        let rankings: Vec<Option<Ranking>> = (0..scores.n_classes())
            .map(|class_idx| Ranking::of(scores, class_idx, &unit_of))
            .collect();
        let mut moments = vec![[Moments::default(); 2]; scores.n_classes()];
        let times = n_resamples(scores.n_images() * scores.n_classes());
        let reciprocals = Reciprocals::up_to(scores.n_images());
        units.resample(seed, times, |drawn| {
            for (ranking, [auc, ap]) in rankings.iter().zip(&mut moments) {
                let areas = ranking.as_ref().map(|ranking| ranking.areas(drawn, &reciprocals));
                let (of_auc, of_ap) = areas.unwrap_or_default();
                auc.add(of_auc, of_auc);
                ap.add(of_ap, of_ap);
            }
        });
        let once = vec![1; unit_of.iter().max().map_or(0, |&last| last as usize + 1)];
        for (class_idx, (ranking, [auc, ap])) in rankings.iter().zip(&moments).enumerate() {
            let Some(ranking) = ranking else { continue };
            let worth = Worth::of(scores.truth(), groups, class_idx);
            let areas = ranking.areas(&once, &reciprocals);
            let [roc_auc, average_precision] = AREAS;
            self.put(class_idx, roc_auc, of_auc(areas.0, auc, &worth, ranking));
            let of_ap = of_figure(areas.1, 0.0, ap.variance(), &worth);
            self.put(class_idx, average_precision, of_ap);
        }
    }

    fn of_groups(scores: &Scores, groups: &[u32], rule: Option<Threshold>, seed: u64) -> Self {
        let calls: Vec<(usize, Option<usize>)> = scores
            .rows()
            .map(|(truth, row)| (truth, predicted_class(row, rule)))
            .collect();
        let n_classes = scores.n_classes();
        let counts = Counts::of(n_classes, &calls, groups);
        let mut drawn = Drawn::new(n_classes);
        let work = n_classes.pow(2) + scores.n_images();
        let units = Units::groups(scores.truth(), groups, n_classes);
        units.resample(seed, n_resamples(work), |times| drawn.add(&counts.matrix(times)));
        let confusion = scores.confusion(rule);
        let shares = OverallIntervals::of_groups(scores, groups, rule);
        let of_shares: Vec<Shares> = (0..n_classes)
            .map(|class_idx| Shares::of(&calls, groups, class_idx))
            .collect();
        let worth = |class_idx: usize| Worth::of(scores.truth(), Some(groups), class_idx);
        Self::put_together(&confusion, &drawn, &shares, worth, |class_idx, key| {
            of_shares[class_idx].get(key)
        })
    }

    fn put_together(
        confusion: &Confusion,
        drawn: &Drawn,
        shares: &OverallIntervals,
        worth: impl Fn(usize) -> Worth,
        share: impl Fn(usize, &str) -> Option<Interval>,
    ) -> Self {
        let (all, classes) = (overall(confusion), per_class(confusion));
        let with_images: Vec<usize> = (0..classes.len())
            .filter(|&i| confusion.row_total(i) > 0)
            .collect();
        // As sure as the class that is known least.
        let least = with_images
            .iter()
            .map(|&class_idx| worth(class_idx))
            .min_by_key(|worth| worth.n);
        let least = least.unwrap_or_default();
        let of_all = |key: &str| match key {
            "macro_f1" => of_figure(all.macro_f1, 0.0, drawn.macro_f1.variance(), &least),
            "mcc" => of_figure(all.mcc, -1.0, drawn.mcc.variance(), &least),
            key => shares.get(key),
        };
        let of_class = |class_idx: usize, key: &str| match key {
            "f1" => {
                let variance = drawn.f1[class_idx].variance();
                of_figure(classes[class_idx].f1, 0.0, variance, &worth(class_idx))
            }
            key => share(class_idx, key),
        };
        let figures = |class_idx| {
            CLASS_FIGURES
                .iter()
                .map(|figure| of_class(class_idx, figure.key))
                .collect()
        };
        FigureIntervals {
            overall: OVERALL_FIGURES.iter().map(|figure| of_all(figure.key)).collect(),
            of_class: (0..classes.len()).map(figures).collect(),
        }
    }

    fn put(&mut self, class_idx: usize, key: &str, interval: Option<Interval>) {
        let place = CLASS_FIGURES.iter().position(|figure| figure.key == key);
        let of_class = self.of_class.get_mut(class_idx);
        if let Some(slot) = place.and_then(|place| of_class?.get_mut(place)) {
            *slot = interval;
        }
    }
}

/// What the figures of the matrix came to in each draw.
struct Drawn {
    f1: Vec<Moments>,
    macro_f1: Moments,
    mcc: Moments,
}

impl Drawn {
    fn new(n_classes: usize) -> Self {
        Drawn {
            f1: vec![Moments::default(); n_classes],
            macro_f1: Moments::default(),
            mcc: Moments::default(),
        }
    }

    fn add(&mut self, confusion: &Confusion) {
        for (moments, class) in self.f1.iter_mut().zip(per_class(confusion)) {
            moments.add(class.f1, class.f1);
        }
        let all = overall(confusion);
        self.macro_f1.add(all.macro_f1, all.macro_f1);
        self.mcc.add(all.mcc, all.mcc);
    }
}

/// By how many images, or groups of them, a figure of a class is known: those of the class or those of the rest, whichever are
/// fewer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Worth {
    pub n: u64,
    in_groups: bool,
}

impl Worth {
    fn of_images(n_of_class: u64, n_of_rest: u64) -> Self {
        Worth {
            n: n_of_class.min(n_of_rest),
            in_groups: false,
        }
    }

    pub fn of(truth: &[usize], groups: Option<&[u32]>, class_idx: usize) -> Self {
        let Some(groups) = groups else {
            let n = truth.iter().filter(|&&class| class == class_idx).count();
            return Worth::of_images(n as u64, (truth.len() - n) as u64);
        };
        let mut has = vec![[false; 2]; n_groups(groups)];
        for (&class, &group) in truth.iter().zip(groups) {
            has[group as usize][usize::from(class == class_idx)] = true;
        }
        let n_with = |side: usize| has.iter().filter(|has| has[side]).count() as u64;
        Worth {
            n: n_with(0).min(n_with(1)),
            in_groups: true,
        }
    }

    /// What varies between draws of m varies by (m - 1) / m as much as it does between samples.
    pub fn variance(&self, of_draws: f64) -> f64 {
        match self.n {
            0 | 1 => of_draws,
            m => of_draws * m as f64 / (m - 1) as f64,
        }
    }

    /// By one group nobody knows how much groups differ.
    pub fn is_known(&self) -> bool {
        self.n > u64::from(self.in_groups)
    }

    /// What few groups leave of it.
    pub fn of_few(&self) -> f64 {
        if self.in_groups { of_few(self.n) } else { 1.0 }
    }
}

/// Of a figure between `lowest` and one that varies that much between draws.
fn of_figure(value: Option<f64>, lowest: f64, of_draws: Option<f64>, worth: &Worth) -> Option<Interval> {
    let (value, variance) = (value?, worth.variance(of_draws?));
    let range = 1.0 - lowest;
    let share = (value - lowest) / range;
    let interval = of_variance(share, variance / (range * range), worth)?;
    Some(Interval {
        low: lowest + interval.low * range,
        high: lowest + interval.high * range,
    })
}

/// With what is known of areas beforehand.
pub fn of_auc(value: Option<f64>, drawn: &Moments, worth: &Worth, ranking: &Ranking) -> Option<Interval> {
    let (auc, variance) = (value?, worth.variance(drawn.variance()?));
    let beforehand = exponential_variance(auc, ranking.n_of_class, ranking.n_of_rest);
    let n = worth.n as f64;
    let variance = (n * variance + BEFOREHAND * beforehand) / (n + BEFOREHAND);
    of_variance(auc, variance, worth)
}

/// Where nothing varies at all, what is known is worth the images that it is known by.
fn of_variance(share: f64, variance: f64, worth: &Worth) -> Option<Interval> {
    let images = match variance > 0.0 {
        true => share * (1.0 - share) / variance,
        false => worth.n as f64,
    };
    worth.is_known().then(|| of_share(share, images * worth.of_few()))
}

/// What a class's shares come to where images come in groups.
struct Shares {
    recall: Option<Interval>,
    false_positives: Option<Interval>,
    precision: Option<Interval>,
    omission: Option<Interval>,
}

impl Shares {
    fn of(calls: &[(usize, Option<usize>)], groups: &[u32], class_idx: usize) -> Self {
        let n = n_groups(groups);
        // Of the class, of the rest, of what is predicted as it, and of what is not.
        let mut tallies = [(); 4].map(|()| Tally::new(Some(n)));
        for (&(truth, called), &group) in calls.iter().zip(groups) {
            let (group, is_of, is_called) = (group as usize, truth == class_idx, called == Some(class_idx));
            let [of, rest, called, others] = &mut tallies;
            let count = |tally: &mut Tally, is_part: bool| {
                tally.add_whole(group);
                if is_part {
                    tally.add_part(group);
                }
            };
            count(if is_of { of } else { rest }, is_called);
            count(if is_called { called } else { others }, is_of);
        }
        let [recall, false_positives, precision, omission] = tallies.map(|tally| tally.interval());
        Shares {
            recall,
            false_positives,
            precision,
            omission,
        }
    }

    fn get(&self, key: &str) -> Option<Interval> {
        let complement = |interval: Interval| Interval {
            low: 1.0 - interval.high,
            high: 1.0 - interval.low,
        };
        match key {
            "recall" => self.recall,
            "precision" => self.precision,
            "false_positive_rate" => self.false_positives,
            "specificity" => self.false_positives.map(complement),
            "false_omission_rate" => self.omission,
            "npv" => self.omission.map(complement),
            _ => None,
        }
    }
}
