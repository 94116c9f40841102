//! Two models on the same images: what the second does otherwise than the first, each difference with its interval, how probable it
//! is by chance, and of how many images it would be told from chance.

use super::areas::{Ranking, Reciprocals};
use super::counts::Counts;
use super::figures::{Worth, of_auc};
use super::moments::Moments;
use super::resample::{Units, n_resamples};
use crate::metrics::compared::{apart, images_to_tell, two_sided};
use crate::metrics::{
    Confusion, Difference, Differences, Figure, Interval, McNemar, OverallIntervals, Pairs, Rates, Scores,
    Threshold, differences, of_class, overall, predicted_class,
};

/// What a model says of images, and the rule by which that becomes a class; `None`: the largest score decides.
#[derive(Debug, Clone, Copy)]
pub struct Judgement<'a> {
    pub scores: &'a Scores,
    pub rule: Option<Threshold>,
}

/// How much more of a figure the second has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairFigure {
    /// In the registry.
    pub key: &'static str,
    /// `None`: of all classes.
    pub class_idx: Option<usize>,
    pub difference: Difference,
    /// How probable so large a difference is by chance, two-sided, before it is corrected for others.
    pub p: f64,
    /// Images of the same mix, of which so large a difference would be told from chance with a power of 80 %.
    pub n_needed: Option<u64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PairedDifferences {
    /// Balanced accuracy first, then the recall of each class, then, of two classes, the area.
    pub figures: Vec<PairFigure>,
    /// Of all images. Images of one group are taken to stand for themselves.
    pub mcnemar: McNemar,
    pub n_images: u64,
    pub in_groups: bool,
}

impl PairedDifferences {
    /// Of the first against the second.
    pub fn turned(&self) -> Self {
        let figure = |figure: &PairFigure| PairFigure {
            difference: figure.difference.turned(),
            ..*figure
        };
        PairedDifferences {
            figures: self.figures.iter().map(figure).collect(),
            mcnemar: McNemar {
                fixed: self.mcnemar.broken,
                broken: self.mcnemar.fixed,
                ..self.mcnemar
            },
            ..*self
        }
    }
}

/// Of the second against the first; `groups` is the group of each image, by number, where they come in groups. `None` where they did
/// not judge the same images of the same classes. Intervals of shares are those of [`differences`], p of a recall is McNemar's,
/// and of balanced accuracy the normal distribution's, by the error that its interval comes from. Areas, and in groups all
/// figures, are drawn again together; their intervals go by how the two are correlated then (Zou and Donner 2008).
pub fn paired_differences(
    one: Judgement,
    two: Judgement,
    groups: Option<&[u32]>,
    seed: u64,
) -> Option<PairedDifferences> {
    let is_same =
        one.scores.truth() == two.scores.truth() && one.scores.n_classes() == two.scores.n_classes();
    let groups = groups.filter(|groups| groups.len() == one.scores.n_images());
    is_same.then(|| Both::new(one, two, groups).differences(seed))
}

/// Both models, with what they said of each image.
struct Both<'a> {
    one: Judgement<'a>,
    two: Judgement<'a>,
    groups: Option<&'a [u32]>,
    /// Of the first, of the second.
    matrices: [Confusion; 2],
    /// The second against the first.
    pairs: Pairs,
}

/// Less is what rounding leaves of a difference that is the same in every draw.
const NO_VARIANCE: f64 = 1e-15;

/// A figure of both, drawn together.
type Together = (&'static str, Option<usize>, Moments);

impl<'a> Both<'a> {
    fn new(one: Judgement<'a>, two: Judgement<'a>, groups: Option<&'a [u32]>) -> Self {
        let nothing = usize::MAX;
        let of = |judgement: Judgement<'a>| {
            let rows = judgement.scores.rows();
            rows.map(move |(truth, row)| (truth, predicted_class(row, judgement.rule).unwrap_or(nothing)))
        };
        let images = of(one)
            .zip(of(two))
            .map(|((truth, before), (_, now))| [truth, now, before]);
        Both {
            pairs: Pairs::count(one.scores.n_classes(), images),
            matrices: [one, two].map(|judgement| judgement.scores.confusion(judgement.rule)),
            one,
            two,
            groups,
        }
    }

    fn differences(&self, seed: u64) -> PairedDifferences {
        let [gained, lost] = self.pairs.right_by_one();
        PairedDifferences {
            figures: match self.groups {
                None => self.of_images(seed),
                Some(groups) => self.of_groups(groups, seed),
            },
            mcnemar: McNemar::of(gained, lost),
            n_images: self.n_images(),
            in_groups: self.groups.is_some(),
        }
    }

    fn n_images(&self) -> u64 {
        self.one.scores.n_images() as u64
    }

    fn of_images(&self, seed: u64) -> Vec<PairFigure> {
        let [before, now] = &self.matrices;
        let known = differences(now, before, Some(&self.pairs));
        let balanced = known.as_ref().and_then(|known| self.balanced(known));
        let recalls = (0..before.n_classes()).filter_map(|class_idx| {
            let difference = (*known.as_ref()?.recall.get(class_idx)?)?;
            let [gained, lost] = self.pairs.found_by_one(class_idx);
            let errors = discordant(lost, gained, before.row_total(class_idx));
            let figure = self.figure("recall", Some(class_idx), difference, errors);
            Some(PairFigure {
                p: McNemar::of(gained, lost).p,
                ..figure
            })
        });
        let drawn = self.drawn(None, seed).into_iter();
        let areas = drawn.filter_map(|together| self.of_drawn(together, None));
        balanced.into_iter().chain(recalls).chain(areas).collect()
    }

    /// Its classes may well change, one for the other, where it does not: so what is asked is whether their mean does, by as much as
    /// its interval says that it varies.
    fn balanced(&self, known: &Differences) -> Option<PairFigure> {
        let difference = known.balanced_accuracy?;
        let error = difference.error_towards_none();
        Some(self.figure("balanced_accuracy", None, difference, [error; 2]))
    }

    fn of_groups(&self, groups: &[u32], seed: u64) -> Vec<PairFigure> {
        let drawn = self.drawn(Some(groups), seed).into_iter();
        drawn
            .filter_map(|together| self.of_drawn(together, Some(groups)))
            .collect()
    }

    /// Areas of two classes, and in groups the other figures as well.
    fn drawn(&self, groups: Option<&[u32]>, seed: u64) -> Vec<Together> {
        let (truth, n_classes) = (self.one.scores.truth(), self.one.scores.n_classes());
        let unit_of: Vec<u32> = groups.map_or_else(|| (0..truth.len() as u32).collect(), <[u32]>::to_vec);
        let mut all: Vec<Together> = Vec::new();
        if groups.is_some() {
            all.push(("balanced_accuracy", None, Moments::default()));
            all.extend((0..n_classes).map(|class_idx| ("recall", Some(class_idx), Moments::default())));
        }
        let rankings = self.rankings(&unit_of);
        if rankings.is_some() {
            all.push(("roc_auc", Some(self.area_of()), Moments::default()));
        }
        if all.is_empty() {
            return all;
        }
        let counts = groups.map(|groups| [self.one, self.two].map(|judgement| counts(judgement, groups)));
        let (units, _) = Units::of(truth, groups, n_classes);
        let reciprocals = Reciprocals::up_to(truth.len());
        let of_matrices = if counts.is_some() { n_classes.pow(2) } else { 0 };
        units.resample(seed, n_resamples(2 * (truth.len() + of_matrices)), |times| {
            let matrices = counts
                .as_ref()
                .map(|counts| counts.each_ref().map(|counts| counts.matrix(times)));
            let areas = rankings.as_ref().map(|rankings| {
                rankings
                    .each_ref()
                    .map(|ranking| ranking.areas(times, &reciprocals).0)
            });
            for (key, class_idx, moments) in &mut all {
                let value = |model: usize| match (*key, *class_idx, &matrices, &areas) {
                    ("roc_auc", _, _, Some(areas)) => areas[model],
                    ("recall", Some(class_idx), Some(matrices), _) => {
                        of_class(&matrices[model], class_idx)?.recall
                    }
                    (_, _, Some(matrices), _) => overall(&matrices[model]).balanced_accuracy,
                    _ => None,
                };
                // The second first: it is what is held against the other.
                moments.add(value(1), value(0));
            }
        });
        all
    }

    /// Of two classes the rarer, which are one area seen from both sides.
    fn area_of(&self) -> usize {
        let matrix = &self.matrices[0];
        usize::from(matrix.n_classes() > 1 && matrix.row_total(1) <= matrix.row_total(0))
    }

    /// Of the first, of the second.
    fn rankings(&self, unit_of: &[u32]) -> Option<[Ranking; 2]> {
        let of = |judgement: Judgement| Ranking::of(judgement.scores, self.area_of(), unit_of);
        let is_pair = self.one.scores.n_classes() == 2;
        Some([of(self.one).filter(|_| is_pair)?, of(self.two)?])
    }

    fn of_drawn(&self, (key, class_idx, moments): Together, groups: Option<&[u32]>) -> Option<PairFigure> {
        let worth = match (class_idx, groups) {
            (Some(class_idx), groups) => Worth::of(self.one.scores.truth(), groups, class_idx),
            (None, _) => self.least(groups)?,
        };
        let [now, before] = match key {
            "roc_auc" => self.areas(&moments, &worth)?,
            key => [
                self.share(self.two, key, class_idx, groups?)?,
                self.share(self.one, key, class_idx, groups?)?,
            ],
        };
        let difference = apart(now, before, moments.correlation());
        let of_draws = moments.variance_of_difference()?;
        let error = match of_draws > NO_VARIANCE {
            true => (worth.variance(of_draws) / worth.of_few()).sqrt(),
            // As large as the interval says.
            false => difference.error_towards_none(),
        };
        worth
            .is_known()
            .then(|| self.figure(key, class_idx, difference, [error; 2]))
    }

    fn least(&self, groups: Option<&[u32]>) -> Option<Worth> {
        let matrix = &self.matrices[0];
        let classes = (0..matrix.n_classes()).filter(|&i| matrix.row_total(i) > 0);
        let worth = classes.map(|class_idx| Worth::of(self.one.scores.truth(), groups, class_idx));
        worth.min_by_key(|worth| worth.n)
    }

    /// Of the second, of the first.
    fn areas(&self, moments: &Moments, worth: &Worth) -> Option<[(f64, Interval); 2]> {
        let each = vec![0; self.one.scores.n_images()];
        let [before, now] = self.rankings(&each)?;
        let reciprocals = Reciprocals::up_to(each.len());
        let of = |ranking: &Ranking, moments: &Moments| {
            let auc = ranking.areas(&[1], &reciprocals).0?;
            Some((auc, of_auc(Some(auc), moments, worth, ranking)?))
        };
        Some([of(&now, moments)?, of(&before, &moments.turned())?])
    }

    fn share(
        &self,
        judgement: Judgement,
        key: &str,
        class_idx: Option<usize>,
        groups: &[u32],
    ) -> Option<(f64, Interval)> {
        let Judgement { scores, rule } = judgement;
        match class_idx {
            Some(class_idx) => {
                let rates = Rates::of_class(scores, Some(groups), rule, class_idx)?;
                let recall = rates.get(Figure::Recall);
                Some((recall.share()?, recall.interval?))
            }
            None => {
                let value = overall(&scores.confusion(rule)).balanced_accuracy?;
                Some((value, OverallIntervals::of_groups(scores, groups, rule).get(key)?))
            }
        }
    }

    /// With the standard errors of the difference, were there none, and as it is.
    fn figure(
        &self,
        key: &'static str,
        class_idx: Option<usize>,
        difference: Difference,
        [by_chance, seen]: [f64; 2],
    ) -> PairFigure {
        let p = match (difference.value == 0.0, by_chance > 0.0) {
            (true, _) | (_, false) => 1.0,
            _ => two_sided(difference.value / by_chance),
        };
        PairFigure {
            key,
            class_idx,
            difference,
            p,
            n_needed: images_to_tell(self.n_images(), difference.value, by_chance, seen),
        }
    }
}

fn counts(judgement: Judgement, groups: &[u32]) -> Counts {
    let Judgement { scores, rule } = judgement;
    let calls: Vec<(usize, Option<usize>)> = scores
        .rows()
        .map(|(truth, row)| (truth, predicted_class(row, rule)))
        .collect();
    Counts::of(scores.n_classes(), &calls, groups)
}

/// The standard errors of a difference of two recalls of `n` images, were there none, and as it is: only images count that one
/// model finds and the other does not.
fn discordant(lost: u64, gained: u64, n: u64) -> [f64; 2] {
    let [lost, gained, n] = [lost, gained, n].map(|n| n as f64);
    let (rate, difference) = ((lost + gained) / n, (gained - lost) / n);
    [rate, rate - difference * difference].map(|variance| (variance / n).sqrt())
}
