//! Runs on the same images, each two of them held against each other, and what of all that is more than chance.

use serde::{Deserialize, Serialize};

use super::Predictions;
use crate::metrics::{Judgement, PairedDifferences, Threshold, Told, corrected, paired_differences};

/// A run that is held against others.
#[derive(Debug, Clone, Copy)]
pub struct HeldRun<'a> {
    pub predictions: &'a Predictions,
    /// `None`: the largest score decides.
    pub rule: Option<Threshold>,
    /// The run's, from which all that is drawn comes.
    pub seed: u64,
}

/// Two of the runs by their places, the second held against the first.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPair {
    pub a: usize,
    pub b: usize,
    pub differences: PairedDifferences,
    /// Of each figure, as it counts among all of all pairs.
    pub ps_of_all: Vec<f64>,
    /// Their images came in groups, of which nothing is known any more.
    pub has_lost_groups: bool,
}

/// What is to be said of one run held against another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairSaid {
    /// Without their names.
    pub sentence: String,
    pub figures: Vec<FigureSaid>,
    /// Whether images of one group were taken to resemble each other.
    pub in_groups: bool,
}

/// What is to be said of a figure, all others that were looked at counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FigureSaid {
    /// In the registry.
    pub key: String,
    /// `None`: of all classes.
    pub class_idx: Option<usize>,
    pub told: Told,
}

/// Each later run against each earlier one; what did not judge the same images with the same labels is passed over. `go_on` is asked
/// before each pair.
///
/// # Errors
/// That of `go_on`.
pub fn each_pair<E>(runs: &[HeldRun], mut go_on: impl FnMut() -> Result<(), E>) -> Result<Vec<RunPair>, E> {
    let mut places = Vec::new();
    let mut found = Vec::new();
    for b in 1..runs.len() {
        for a in 0..b {
            go_on()?;
            if let Some(differences) = differences(&runs[a], &runs[b]) {
                places.push((a, b));
                found.push(differences);
            }
        }
    }
    let ps = corrected(&found);
    let pair = |(((a, b), differences), ps_of_all)| RunPair {
        a,
        b,
        differences,
        ps_of_all,
        has_lost_groups: [a, b]
            .iter()
            .all(|&run: &usize| runs[run].predictions.has_lost_groups()),
    };
    Ok(places.into_iter().zip(found).zip(ps).map(pair).collect())
}

fn differences(one: &HeldRun, two: &HeldRun) -> Option<PairedDifferences> {
    // Both know the same groups, or the one that knows them says so for both.
    let groups = one.predictions.groups().or(two.predictions.groups());
    let [first, second] = [one, two].map(|run| Judgement {
        scores: run.predictions.scores(),
        rule: run.rule,
    });
    let is_same = one.predictions.images() == two.predictions.images();
    is_same.then(|| paired_differences(first, second, groups, one.seed))?
}

impl RunPair {
    /// The same pair, the first held against the second: what is more than chance is so from both sides.
    pub fn turned(&self) -> Self {
        RunPair {
            a: self.b,
            b: self.a,
            differences: self.differences.turned(),
            ..self.clone()
        }
    }

    /// `None` where balanced accuracy is not known.
    pub fn in_a_sentence(&self) -> Option<String> {
        let said = self.differences.in_a_sentence(&self.ps_of_all)?;
        let lost = match self.has_lost_groups {
            true => {
                "; the groups of the images are not known any more, without which chance does more than is said here"
            }
            false => "",
        };
        Some(said + lost)
    }

    pub fn said(&self) -> Option<PairSaid> {
        let figures = self.differences.figures.iter().zip(&self.ps_of_all);
        let said = figures.map(|(figure, &p)| FigureSaid {
            key: figure.key.into(),
            class_idx: figure.class_idx,
            told: Told {
                difference: figure.difference,
                is_sure: figure.is_sure(p),
            },
        });
        Some(PairSaid {
            sentence: self.in_a_sentence()?,
            figures: said.collect(),
            in_groups: self.differences.in_groups,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &str, right: usize) -> Predictions {
        let images = (0..80).map(|i| format!("{name}{i}").into()).collect();
        let truth: Vec<usize> = (0..80).map(|i| i % 2).collect();
        let score = |i: usize| {
            let of_truth = if i < right {
                0.9 - i as f32 * 1e-3
            } else {
                0.2 + i as f32 * 1e-3
            };
            let of_rare = if i % 2 == 1 { of_truth } else { 1.0 - of_truth };
            [1.0 - of_rare, of_rare]
        };
        Predictions::new(images, 2, truth, (0..80).flat_map(score).collect()).unwrap()
    }

    fn pairs(runs: &[&Predictions]) -> Vec<RunPair> {
        let held = |&predictions| HeldRun {
            predictions,
            rule: None,
            seed: 7,
        };
        let held: Vec<HeldRun> = runs.iter().map(held).collect();
        each_pair(&held, || Ok::<(), ()>(())).unwrap()
    }

    #[test]
    fn a_pair_is_as_sure_from_either_side() {
        let (all, most, others) = (run("a", 78), run("a", 60), run("b", 78));
        let found = pairs(&[&most, &all, &others]);
        assert_eq!(found.len(), 1, "other images are passed over");
        let (pair, turned) = (&found[0], found[0].turned());
        assert_eq!((turned.a, turned.b, turned.turned()), (1, 0, pair.clone()));
        let (one, two) = (pair.said().unwrap(), turned.said().unwrap());
        for (one, two) in one.figures.iter().zip(&two.figures) {
            assert_eq!(one.told.is_sure, two.told.is_sure);
            assert_eq!(one.told.difference.value, -two.told.difference.value);
            assert_eq!(
                one.told.difference.interval.low,
                -two.told.difference.interval.high
            );
        }
        assert!(
            one.sentence.contains("18 images fixed, 0 broken"),
            "{}",
            one.sentence
        );
        assert!(
            two.sentence.contains("0 images fixed, 18 broken"),
            "{}",
            two.sentence
        );
    }

    #[test]
    fn all_pairs_count_and_lost_groups_are_told() {
        let (all, most, few) = (run("a", 78), run("a", 60), run("a", 58));
        let (two, three) = (pairs(&[&most, &all]), pairs(&[&most, &all, &few]));
        assert!(three[0].ps_of_all[0] > two[0].ps_of_all[0]);
        assert!(!two[0].in_a_sentence().unwrap().contains("not known any more"));
        let lost = [&most, &all].map(|run| run.clone().with_lost_groups());
        let said = pairs(&[&lost[0], &lost[1]])[0].in_a_sentence().unwrap();
        assert!(said.ends_with("chance does more than is said here"), "{said}");
        let stopped = each_pair(
            &[&most, &all].map(|predictions| HeldRun {
                predictions,
                rule: None,
                seed: 1,
            }),
            || Err("stopped"),
        );
        assert_eq!(stopped, Err("stopped"));
    }
}
