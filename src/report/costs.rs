//! What is at stake where the classifier will be used, and what the runs cost there.

use super::judged::Judged;
use super::material::{AtStake, ReportRun};
use crate::experiment::Part;
use crate::metrics::{
    CostLine, Figure, LEAST_FOR_THRESHOLD, OperatingPoint, Scores, cheapest, corners, cost_of_thousand_at,
    miss_share,
};

/// How common the class is there, and what it costs to miss it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct There {
    /// Of all images there, the share that is of the class.
    pub prevalence: f64,
    /// Of the training images.
    pub own: f64,
    /// In false alarms.
    pub ratio: f64,
}

/// Runs on the images of one part.
#[derive(Debug)]
pub struct CostsThere {
    pub there: There,
    /// Those that have errors to count, by their places.
    pub runs: Vec<(usize, CostLine)>,
    /// The first of them at each of its thresholds.
    thresholds: Vec<(f32, CostLine)>,
}

impl There {
    /// `None` where nothing is known of the run's images.
    pub fn of(run: &ReportRun, class_idx: usize, at: &AtStake) -> Option<Self> {
        let n_train = &run.record.started.as_ref()?.n_train;
        let all: usize = n_train.iter().sum();
        let own = (all > 0).then(|| n_train.get(class_idx).map(|&n| n as f64 / all as f64))??;
        let mix = at.stakes.mix(run.classes(), n_train);
        let prevalence = mix.and_then(|mix| mix.get(class_idx).copied()).unwrap_or(own);
        let is_share = |share: f64| share > 0.0 && share < 1.0;
        (is_share(prevalence) && is_share(own)).then(|| There {
            prevalence,
            own,
            ratio: at.miss_cost(&run.classes()[class_idx]),
        })
    }

    /// The share that misses have of all that can be lost.
    pub fn miss_share(&self) -> f64 {
        miss_share(self.prevalence, self.ratio)
    }

    /// Of 1,000 images, in false alarms.
    pub fn cost(&self, line: CostLine) -> f64 {
        cost_of_thousand_at(line, self.prevalence, self.ratio)
    }
}

impl CostsThere {
    /// Each run as it predicts.
    pub fn of(there: There, class_idx: usize, judged: &[(usize, &Judged)]) -> Self {
        let line = |judged: &Judged| {
            let alarms = judged.share(Figure::FalsePositives, class_idx)?;
            let found = judged.share(Figure::Recall, class_idx)?;
            Some(CostLine::of_recalls(found, 1.0 - alarms))
        };
        let runs = judged
            .iter()
            .filter_map(|&(run, judged)| Some((run, line(judged)?)));
        let first = judged.first().map(|(_, judged)| judged);
        let points = first.map_or_else(Vec::new, |judged| thresholds_to_choose(judged, class_idx));
        let threshold = |point: &OperatingPoint| {
            (
                point.threshold,
                CostLine::of_recalls(point.recall, point.rest_recall),
            )
        };
        CostsThere {
            there,
            runs: runs.collect(),
            thresholds: points.iter().map(threshold).collect(),
        }
    }

    /// What the best costs along the axis, a corner each: of the runs, of the first run's thresholds, and of doing without.
    pub fn least(&self) -> Vec<[f64; 2]> {
        let runs = self.runs.iter().map(|(_, line)| *line);
        let thresholds = self.thresholds.iter().map(|(_, line)| *line);
        let rules: Vec<CostLine> = [CostLine::NOTHING, CostLine::EVERYTHING]
            .into_iter()
            .chain(runs)
            .chain(thresholds)
            .collect();
        corners(&cheapest(&rules), |rule| rules[rule])
    }

    /// The run that costs least there; of those that cost the same the first.
    pub fn best(&self) -> Option<(usize, f64)> {
        let costs = self.runs.iter().map(|&(run, line)| (run, self.there.cost(line)));
        costs.reduce(|best, next| if next.1 < best.1 { next } else { best })
    }

    pub fn of_run(&self, run: usize) -> Option<f64> {
        let (_, line) = self.runs.iter().find(|(other, _)| *other == run)?;
        Some(self.there.cost(*line))
    }

    /// The threshold of the first run that costs least there.
    pub fn best_threshold(&self) -> Option<(f32, f64)> {
        let costs = self
            .thresholds
            .iter()
            .map(|&(at, line)| (at, self.there.cost(line)));
        costs.reduce(|best, next| if next.1 < best.1 { next } else { best })
    }
}

/// None where nothing is chosen: on other images than those to validate on, and of too few.
fn thresholds_to_choose(judged: &Judged, class_idx: usize) -> Vec<OperatingPoint> {
    let may_choose = |scores: &&Scores| judged.part == Part::Val && scores.n_images() >= LEAST_FOR_THRESHOLD;
    let scores = judged.scores().filter(may_choose);
    scores.map_or_else(Vec::new, |scores| scores.operating_points(class_idx))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Config, RunEvent, RunRecord, Stakes, Started};
    use crate::experiment::{Evaluation, Predictions};

    /// Of three FAKE one is predicted REAL, and of two REAL one is found; the third score up finds the other. Twenty times over, so
    /// that there are as many as a threshold is chosen by.
    fn run() -> ReportRun {
        let events = [
            RunEvent::Started(Box::new(Started {
                n_train: vec![80, 20],
                ..Started::of_two_classes(Config::default())
            })),
            RunEvent::Evaluated(Evaluation::of_counts(Part::Val, [[40, 20], [20, 20]])),
        ];
        let rows = [0.1f32, 0.2, 0.6, 0.4, 0.9].repeat(20);
        let images = (0..rows.len()).map(|i| format!("{i}.png").into()).collect();
        let probabilities = rows.iter().flat_map(|p| [1.0 - p, *p]).collect();
        let predictions = Predictions::new(images, 2, [0, 0, 0, 1, 1].repeat(20), probabilities);
        ReportRun {
            record: RunRecord::from_events(&events),
            scores: Ok(vec![(Part::Val, predictions.unwrap())]),
            ..ReportRun::default()
        }
    }

    /// By hand: prevalence × cost of a miss × missed + (1 − prevalence) × false positive rate.
    #[test]
    fn what_runs_cost_follows_from_what_is_at_stake() {
        let run = run();
        let judged = Judged::of(&run, Part::Val).unwrap();
        let near = |got: f64, expected: f64| assert!((got - expected).abs() < 1e-9, "{got} for {expected}");
        let at = AtStake::default();
        let there = There::of(&run, 1, &at).unwrap();
        assert_eq!((there.prevalence, there.own, there.ratio), (0.2, 0.2, 1.0));
        let costs = CostsThere::of(there, 1, &[(3, &judged)]);
        let (place, cost) = costs.best().unwrap();
        assert_eq!((place, costs.of_run(3), costs.of_run(0)), (3, Some(cost), None));
        near(cost, 1000.0 * (0.2 * 0.5 + 0.8 / 3.0));
        // Nothing but the surest is predicted REAL.
        let (threshold, cost) = costs.best_threshold().unwrap();
        assert_eq!(threshold, 0.9);
        near(cost, 100.0);
        let corners = costs.least();
        assert_eq!((corners[0], corners.last().unwrap()[0]), ([0.0, 0.0], 1.0));
        for [share, least] in corners {
            near(costs.there.miss_share(), 0.2);
            assert!(costs.runs.iter().all(|(_, line)| line.at(share) >= least - 1e-12));
        }

        let at = AtStake {
            stakes: Stakes {
                common: Some(("REAL".into(), 0.5)),
                ..Stakes::default()
            },
            miss_cost: Some(10.0),
        };
        let there = There::of(&run, 1, &at).unwrap();
        let costs = CostsThere::of(there, 1, &[(0, &judged)]);
        near(costs.best().unwrap().1, 1000.0 * (0.5 * 10.0 * 0.5 + 0.5 / 3.0));
        near(there.cost(CostLine::NOTHING), 5000.0);
        assert!(There::of(&ReportRun::default(), 1, &at).is_none());
    }
}
