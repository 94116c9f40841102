//! On which images what is looked at was judged, those to validate on or those that were kept for a last test, and what it
//! comes to in a sentence.

use crate::app::state::AppState;
use crate::experiment::{Part, SplitMethod};
use crate::health::FOLDS;
use crate::metrics::{Figure, Interval, of_class, percent, thousands, wilson};

impl AppState {
    /// The parts of which there are figures, or that are looked at, in the order in which they are offered.
    pub fn judged_parts(&self) -> Vec<Part> {
        let is_judged = |part: Part, i: usize| {
            let run = &self.runs.all[i];
            // What is looked at may be of a folder or table that is not open any more.
            let is_of_here = self.is_of_folder(i) || self.looking.run == Some(i);
            !run.deleted && run.evaluation_on(part).is_some() && is_of_here
        };
        let is_there = |part: &Part| {
            *part == Part::Val
                || *part == self.looking.part
                || (0..self.runs.all.len()).any(|i| is_judged(*part, i))
        };
        [Part::Val, Part::Test, Part::Train]
            .into_iter()
            .filter(is_there)
            .collect()
    }

    /// Why there is nothing to see of what was chosen, where the other part or another choice has something.
    pub fn not_judged(&self) -> Option<String> {
        let part = self.looking.part;
        if self.subject().is_some() || part == Part::Val {
            return None;
        }
        if self.watched_trial().is_some() {
            return Some(format!(
                "Live weights are evaluated on validation images alone; choose a run to see its {}",
                images_of(part).trim_end_matches(',')
            ));
        }
        let run = self.selected_run()?;
        if self.looking.is_baseline() && run.record.baseline().is_some() {
            return Some("The pretrained baseline was evaluated on validation images alone".into());
        }
        let started = run.record.started.as_ref()?;
        if part == Part::Train {
            return Some(match run.config.folds {
                0 => format!(
                    "{} learnt from its training images, so it cannot say how good it is on them. \"Judge training images out of \
                     fold\", in the run's menu, trains it once more in {FOLDS} folds, each judged by a head that did not \
                     learn it",
                    run.label()
                ),
                _ => format!(
                    "{} ended before its training images were judged out of fold",
                    run.label()
                ),
            });
        }
        Some(match started.n_test.iter().sum::<usize>() {
            0 => format!(
                "{} has no test part: all its images were trained or validated on. A share for testing is set with the \
                 split, before a training",
                run.label()
            ),
            _ => format!("{} ended before it was evaluated on its test images", run.label()),
        })
    }

    /// What is looked at in one sentence, each share with its 95 % interval.
    pub fn in_a_sentence(&self) -> Option<String> {
        let subject = self.subject()?;
        let class_idx = self.weighed_class();
        let class = subject.classes.get(class_idx)?;
        let found = of_class(subject.confusion(), class_idx)?;
        let grouped = self.rates_looked_at(class_idx, subject.part);
        let grouped = grouped.filter(|(_, in_groups)| *in_groups);
        let n_rest = subject.confusion().total() - found.support;
        let [finds, leaves] = match &grouped {
            Some((rates, _)) => {
                let (recall, called) = (rates.get(Figure::Recall), rates.get(Figure::FalsePositives));
                let left = called.interval.map(|called| Interval {
                    low: 1.0 - called.high,
                    high: 1.0 - called.low,
                });
                [
                    in_words(found.recall, recall.interval),
                    in_words(found.specificity, left),
                ]
            }
            None => [
                with_interval(found.recall, found.support),
                with_interval(found.specificity, n_rest),
            ],
        };
        // Of two classes, what is left alone of the one is what is found of the other.
        let rest = match &subject.classes[..] {
            [_, _] => format!("{leaves} of {}", subject.classes[1 - class_idx]),
            _ => format!("leaves {leaves} of the rest alone"),
        };
        let is_by_groups = self
            .selected_run()
            .is_some_and(|run| self.watched_trial().is_none() && run.config.split == SplitMethod::Groups);
        let caution = match (grouped, is_by_groups) {
            (Some(_), _) => ", by groups",
            (None, true) => {
                "; images of one group resemble each other, so that the truth may lie further off"
            }
            (None, false) => "",
        };
        Some(format!(
            "On the {} {} {} finds {finds} of {class} and {rest} (95 % intervals{caution})",
            thousands(subject.confusion().total()),
            images_of(subject.part),
            subject.label,
        ))
    }
}

/// Such as `test images`.
pub fn images_of(part: Part) -> &'static str {
    match part {
        Part::Test => "test images",
        Part::Val => "validation images",
        Part::Train => "training images, judged out of fold,",
    }
}

/// Such as `74 % (61 to 84 %)`.
pub(in crate::app) fn with_interval(share: Option<f64>, n: u64) -> String {
    in_words(
        share,
        share.and_then(|share| wilson((share * n as f64).round() as u64, n)),
    )
}

fn in_words(share: Option<f64>, interval: Option<Interval>) -> String {
    match interval {
        Some(interval) => format!(
            "{} ({:.0} to {})",
            percent(share, 0),
            interval.low * 100.0,
            percent(Some(interval.high), 0)
        ),
        None => percent(share, 0),
    }
}
