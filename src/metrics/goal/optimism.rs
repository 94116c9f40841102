//! By how much the best of many reads too well: what chance did for it where it was chosen, it will not do elsewhere.

use super::{Aim, Bounds, LEAST_FOR_THRESHOLD, Met, Rates};
use crate::metrics::bootstrap::{Moments, Units};
use crate::metrics::{Confusion, Scores, Threshold, predicted_class};

/// Thresholds of a candidate that take part: as many, evenly among its images, say what all of them would.
const STEPS: usize = 200;
/// How often images are drawn again, and where that takes long.
const MOST: usize = 200;
const LEAST: usize = 40;
/// Numbers that are gone through at most, beyond [`LEAST`].
const WORK: usize = 200_000_000;

/// What the best of all candidates at all thresholds is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Optimism {
    /// Of its merit, what is due to its being chosen.
    pub too_much: f64,
    /// Of its merit.
    pub standard_error: f64,
}

/// Models that judged the same images, each at all thresholds on one class's score.
#[derive(Debug, Clone)]
pub struct Contest {
    n_classes: usize,
    class_idx: usize,
    truth: Vec<usize>,
    /// What each image is drawn with: itself, or its group.
    unit_of: Vec<u32>,
    units: Units,
    is_in_groups: bool,
    candidates: Vec<Candidate>,
}

/// What a model says of each image, as far as its thresholds go.
#[derive(Debug, Clone)]
struct Candidate {
    /// By the largest score.
    called: Vec<u32>,
    /// Where no threshold makes it the class.
    otherwise: Vec<u32>,
    /// The images by falling score, and where each threshold's images end.
    falling: Vec<u32>,
    ends: Vec<usize>,
}

/// A candidate and its threshold; step 0 is the largest score.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Chosen {
    candidate: usize,
    step: usize,
    met: Met,
    merit: f64,
}

impl Contest {
    /// Among the images of these scores; `groups` is the group of each, by number, where they come in groups. `None` where there is no
    /// such class.
    pub fn among(scores: &Scores, groups: Option<&[u32]>, class_idx: usize) -> Option<Self> {
        let (truth, n_classes) = (scores.truth().to_vec(), scores.n_classes());
        let (units, unit_of) = Units::of(&truth, groups, n_classes);
        (class_idx < n_classes).then(|| Contest {
            unit_of,
            units,
            is_in_groups: groups.is_some(),
            truth,
            n_classes,
            class_idx,
            candidates: vec![],
        })
    }

    /// One more; passed over where its images have other classes.
    pub fn add(&mut self, scores: &Scores) {
        if scores.truth() != self.truth || scores.n_classes() != self.n_classes {
            return;
        }
        let mut candidate = Candidate::of(scores, self.class_idx);
        if !self.tries_thresholds() {
            candidate.ends.clear();
        }
        self.candidates.push(candidate);
    }

    /// The best by the same rule as [`Scores::choose`] is chosen again and again, each time on images drawn again, and judged on those
    /// that were not drawn; what it comes to there on average is what the best that was chosen on all of them is worth:
    /// Tsamardinos, Greasidou and Borboudakis 2018, "Bootstrapping the out-of-sample predictions for efficient and accurate
    /// cross-validation" (BBC-CV). `None` where nothing holds the bounds, or where there are bounds and images come in groups: how
    /// surely a bound holds then hangs on the groups, which what is chosen here does not know. `go_on` is asked before each choice.
    ///
    /// # Errors
    /// That of `go_on`.
    pub fn optimism<E>(
        &self,
        bounds: &Bounds,
        aim: &Aim,
        seed: u64,
        mut go_on: impl FnMut() -> Result<(), E>,
    ) -> Result<Option<Optimism>, E> {
        go_on()?;
        let once = vec![1; self.unit_of.iter().max().map_or(0, |&last| last as usize + 1)];
        let is_told = !self.is_in_groups || bounds.set_ones().next().is_none();
        let best = self.best(&once, bounds, aim);
        let Some(best) = best.filter(|_| is_told) else {
            return Ok(None);
        };
        let mut elsewhere = Moments::default();
        let mut at_home = Moments::default();
        let times = (WORK / self.work().max(1)).clamp(LEAST, MOST);
        let mut going = Ok(());
        self.units.resample(seed, times, |drawn| {
            if going.is_ok() {
                going = go_on();
            }
            if going.is_err() {
                return;
            }
            let merit = |chosen: Chosen, drawn: &[u8]| aim.merit(self.class_idx, &self.matrix(chosen, drawn));
            let again = merit(best, drawn);
            at_home.add(again, again);
            let left: Vec<u8> = drawn.iter().map(|&times| u8::from(times == 0)).collect();
            let worth = self
                .best(drawn, bounds, aim)
                .and_then(|chosen| merit(chosen, &left));
            elsewhere.add(worth, worth);
        });
        going?;
        let known = elsewhere.mean().zip(at_home.variance());
        Ok(known.map(|(mean, variance)| Optimism {
            too_much: best.merit - mean,
            standard_error: variance.sqrt(),
        }))
    }

    /// Whether there are images enough for thresholds to be chosen, as [`Scores::choose`] has it.
    pub fn tries_thresholds(&self) -> bool {
        self.truth.len() >= LEAST_FOR_THRESHOLD
    }

    /// How many take part.
    pub fn n_models(&self) -> usize {
        self.candidates.len()
    }

    /// Numbers that a choice goes through: each candidate's images, and the matrix at each of its thresholds.
    fn work(&self) -> usize {
        let n_steps: usize = self
            .candidates
            .iter()
            .map(|candidate| 1 + candidate.ends.len())
            .sum();
        self.truth.len() * self.candidates.len() + n_steps * self.n_classes.pow(2)
    }

    /// Of what was drawn; of equals the first.
    fn best(&self, drawn: &[u8], bounds: &Bounds, aim: &Aim) -> Option<Chosen> {
        let mut best: Option<Chosen> = None;
        for candidate in 0..self.candidates.len() {
            self.each_step(candidate, drawn, |step, confusion| {
                let Some(rates) =
                    Rates::of_matrix(confusion, self.class_idx).filter(|rates| bounds.hold(rates))
                else {
                    return;
                };
                let Some(merit) = aim.merit(self.class_idx, confusion) else {
                    return;
                };
                let met = bounds.met(&rates).unwrap_or(Met::Surely);
                if best.is_none_or(|best| (met, merit) > (best.met, best.merit)) {
                    best = Some(Chosen {
                        candidate,
                        step,
                        met,
                        merit,
                    });
                }
            });
        }
        best
    }

    fn matrix(&self, chosen: Chosen, drawn: &[u8]) -> Confusion {
        let mut found = Confusion::new(self.n_classes);
        self.each_step(chosen.candidate, drawn, |step, confusion| {
            if step == chosen.step {
                found = confusion.clone();
            }
        });
        found
    }

    /// The matrix by the largest score, then at each threshold from the highest down.
    fn each_step(&self, candidate: usize, drawn: &[u8], mut each: impl FnMut(usize, &Confusion)) {
        let Candidate {
            called,
            otherwise,
            falling,
            ends,
        } = &self.candidates[candidate];
        let times = |i: usize| u64::from(drawn[self.unit_of[i] as usize]);
        let of = |called: &[u32]| {
            let mut confusion = Confusion::new(self.n_classes);
            for (i, (&truth, &called)) in self.truth.iter().zip(called).enumerate() {
                confusion.add_many(truth, called as usize, times(i));
            }
            confusion
        };
        each(0, &of(called));
        let mut confusion = of(otherwise);
        let mut from = 0;
        for (step, &end) in ends.iter().enumerate() {
            for &i in &falling[from..end] {
                let i = i as usize;
                confusion.move_many(self.truth[i], otherwise[i] as usize, self.class_idx, times(i));
            }
            from = end;
            each(step + 1, &confusion);
        }
    }
}

impl Candidate {
    fn of(scores: &Scores, class_idx: usize) -> Self {
        let never = Threshold {
            class_idx,
            at: f32::INFINITY,
        };
        let calls = |rule| -> Vec<u32> {
            let called = scores.rows().map(|(_, row)| predicted_class(row, rule));
            called
                .map(|class| class.map_or(class_idx, |class| class) as u32)
                .collect()
        };
        let score = |i: &u32| {
            scores
                .row(*i as usize)
                .map_or(f32::NAN, |(_, row)| row[class_idx])
        };
        let mut falling: Vec<u32> = (0..scores.n_images() as u32).collect();
        falling.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.cmp(b)));
        let step = falling.len().div_ceil(STEPS).max(1);
        // Images of the same score are called alike.
        let is_end = |end: &usize| {
            falling
                .get(*end)
                .is_none_or(|next| score(next) != score(&falling[*end - 1]))
        };
        let mut ends = Vec::new();
        for end in (1..=falling.len()).filter(is_end) {
            let from = ends.last().copied().unwrap_or(0);
            if end - from >= step || end == falling.len() {
                ends.push(end);
            }
        }
        Candidate {
            called: calls(None),
            otherwise: calls(Some(never)),
            falling,
            ends,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    fn told(contest: &Contest, bounds: &Bounds, aim: &Aim, seed: u64) -> Option<Optimism> {
        contest.optimism(bounds, aim, seed, || Ok::<(), ()>(())).unwrap()
    }

    /// Models that are all equally good: their scores are what tells the classes apart, and chance of their own.
    fn equals(rng: &mut ChaCha8Rng, n_models: usize, [n_rare, n_common]: [usize; 2]) -> Vec<Scores> {
        let mut normal = || -> f64 { StandardNormal.sample(&mut *rng) };
        let truth: Vec<usize> = (0..n_rare + n_common).map(|i| usize::from(i < n_rare)).collect();
        let shared: Vec<f64> = truth.iter().map(|_| normal()).collect();
        let mut model = |_| {
            let score = |(&class, shared): (&usize, &f64)| {
                let score = 1.5 * class as f64 + 0.8 * shared + 0.6 * normal();
                let score = 1.0 / (1.0 + (0.75 - score).exp());
                [1.0 - score as f32, score as f32]
            };
            let rows = truth.iter().zip(&shared).flat_map(score);
            Scores::new(2, truth.clone(), rows.collect()).unwrap()
        };
        (0..n_models).map(&mut model).collect()
    }

    /// The best balanced accuracy that any threshold has: Phi(0.75) at 0.5, for scores that lie 1.5 standard deviations apart.
    fn at(at: f64) -> f64 {
        let below = |z: f64| {
            let tail = crate::metrics::compared::two_sided(z) / 2.0;
            if z > 0.0 { 1.0 - tail } else { tail }
        };
        (1.0 - below(at - 1.5) + below(at)) / 2.0
    }

    /// What is told and what is true, on average over worlds: the best of the models on the images where it was chosen, less what its
    /// threshold is worth on all images there could be.
    fn told_and_true(n_worlds: u64, n_models: usize, sizes: [usize; 2]) -> [f64; 2] {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut sums = [0.0; 2];
        for seed in 0..n_worlds {
            let models = equals(&mut rng, n_models, sizes);
            let mut contest = Contest::among(&models[0], None, 1).unwrap();
            models.iter().for_each(|scores| contest.add(scores));
            let (bounds, aim) = (Bounds::default(), Aim::BalancedAccuracy);
            let of_best = told(&contest, &bounds, &aim, seed).unwrap();
            let choices = models
                .iter()
                .filter_map(|scores| scores.choose(1, &bounds, &aim, None));
            let best = choices.reduce(|best, choice| {
                if choice.is_better_than(&best) {
                    choice
                } else {
                    best
                }
            });
            let best = best.unwrap();
            let score = f64::from(best.rule.map_or(0.5, |rule| rule.at));
            let truth = best.merit - at(0.75 + (score / (1.0 - score)).ln());
            sums[0] += of_best.too_much / n_worlds as f64;
            sums[1] += truth / n_worlds as f64;
        }
        sums
    }

    #[test]
    fn what_is_told_is_within_two_points_of_what_is_true() {
        let [told, truth] = told_and_true(16, 4, [30, 90]);
        assert!(told > 0.0 && truth > 0.0, "{told} {truth}");
        assert!((told - truth).abs() < 0.02, "{told} {truth}");
    }

    #[test]
    #[ignore = "minutes; prints the table of docs/intervals.md"]
    fn optimism_table() {
        for (n_models, sizes, n_worlds) in [(8, [15, 85], 400), (32, [15, 85], 400), (8, [50, 280], 200)] {
            let [told, truth] = told_and_true(n_worlds, n_models, sizes).map(|share| share * 100.0);
            assert!((told - truth).abs() < 1.5, "{told} {truth}");
            println!("| {n_models} | {} | {told:.1} | {truth:.1} |", sizes[0]);
        }
    }

    #[test]
    fn what_thresholds_of_many_classes_take_is_counted() {
        let n_classes = 30;
        let truth: Vec<usize> = (0..60).map(|i| i % n_classes).collect();
        let rows = (0..60 * n_classes).map(|i| (i * 37 % 101) as f32 / 128.0);
        let scores = Scores::new(n_classes, truth, rows.collect()).unwrap();
        let mut contest = Contest::among(&scores, None, 1).unwrap();
        contest.add(&scores);
        contest.add(&equals(&mut ChaCha8Rng::seed_from_u64(1), 1, [10, 50])[0]);
        assert_eq!(contest.n_models(), 1, "of other classes");
        let n_steps = 1 + contest.candidates[0].ends.len();
        assert_eq!(contest.work(), 60 + n_steps * 900);
    }

    #[test]
    fn nothing_is_told_where_nothing_holds_or_nobody_takes_part() {
        let models = equals(&mut ChaCha8Rng::seed_from_u64(1), 2, [10, 20]);
        let mut contest = Contest::among(&models[0], None, 1).unwrap();
        let never = Bounds {
            recall: Some(1.1),
            ..Bounds::default()
        };
        assert_eq!(told(&contest, &Bounds::default(), &Aim::F1, 0), None);
        models.iter().for_each(|scores| contest.add(scores));
        assert_eq!(told(&contest, &never, &Aim::F1, 0), None);
        let of_best = told(&contest, &Bounds::default(), &Aim::F1, 0).unwrap();
        assert!(of_best.standard_error > 0.0);
        assert_eq!(Some(of_best), told(&contest, &Bounds::default(), &Aim::F1, 0));
        let groups: Vec<u32> = (0..30).map(|i| i / 3).collect();
        let mut grouped = Contest::among(&models[0], Some(&groups), 1).unwrap();
        models.iter().for_each(|scores| grouped.add(scores));
        assert!(told(&grouped, &Bounds::default(), &Aim::F1, 0).is_some());
        let bounds = Bounds {
            recall: Some(0.1),
            ..Bounds::default()
        };
        assert!(told(&contest, &bounds, &Aim::F1, 0).is_some());
        assert_eq!(told(&grouped, &bounds, &Aim::F1, 0), None);
        let mut n = 0;
        let stopped = contest.optimism(&bounds, &Aim::F1, 0, || {
            n += 1;
            if n > 3 { Err("stopped") } else { Ok(()) }
        });
        assert_eq!(
            (stopped, n),
            (Err("stopped"), 4),
            "not asked again, as nothing is chosen again"
        );
        assert!(Contest::among(&models[0], None, 2).is_none());
    }
}
