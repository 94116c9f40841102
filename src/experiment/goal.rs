//! What the images' owner wants of a classifier, in the names of the folder's classes.

use serde::{Deserialize, Serialize};

use super::dataset::Part;
use super::run::Decision;
use crate::metrics::{Aim, Bounds, Choice, Confusion, Figure, Rates};
use crate::visible::visible;

/// Shares of one class that must hold, and what is best among what holds them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// The class that is looked for; a threshold is one on its score.
    pub class: String,
    pub bounds: Bounds,
    pub aim: Aim,
}

/// A rule that serves a goal, chosen on validation images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundRule {
    pub choice: Choice,
    /// What it comes to on the test images, where there are any; nothing was chosen by them.
    pub on_test: Option<(Confusion, Rates)>,
}

/// How the classes of a run fare as it judges images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRates {
    /// The threshold by which they were counted.
    pub decision: Option<Decision>,
    /// Of each class, on its validation and its test images; why that is not known, where it is not.
    pub parts: Result<Vec<(Part, Vec<Rates>)>, String>,
    /// Whether the images were counted in groups.
    pub in_groups: bool,
}

impl Goal {
    /// Its class among these; `None` where it is not.
    pub fn class_idx(&self, classes: &[String]) -> Option<usize> {
        classes.iter().position(|class| *class == self.class)
    }

    /// Such as `find at least 75 % of REAL and have at most 5 % of FAKE predicted REAL, with the highest recall`.
    pub fn in_words(&self, classes: &[String]) -> String {
        let bounds: Vec<String> = (self.bounds.set_ones())
            .map(|(figure, bound)| self.bound_in_words(figure, bound, classes))
            .collect();
        let aim = self.aim_in_words();
        match bounds.is_empty() {
            true => aim,
            false => format!("{}, with {aim}", bounds.join(" and ")),
        }
    }

    fn bound_in_words(&self, figure: Figure, bound: f64, classes: &[String]) -> String {
        let class = visible(&self.class);
        let bound = share(bound);
        match figure {
            Figure::Recall => format!("find at least {bound} of {class}"),
            Figure::FalsePositives => {
                let others = others(&self.class, classes);
                format!("have at most {bound} of {others} predicted {class}")
            }
            Figure::Precision => format!("be right in at least {bound} of what is predicted {class}"),
        }
    }

    pub fn aim_in_words(&self) -> String {
        let class = visible(&self.class);
        match self.aim {
            Aim::FewestFalsePositives => "the fewest false positives".into(),
            Aim::HighestRecall => format!("the most of {class} found"),
            Aim::BalancedAccuracy => "the best balanced accuracy".into(),
            Aim::F1 => format!("the best F1 of {class}"),
            Aim::Mcc => "the best MCC".into(),
            Aim::LeastCost(_) => "the least cost".into(),
        }
    }
}

/// The other class of two, or "the others".
pub fn others(class: &str, classes: &[String]) -> String {
    match classes {
        [a, b] => visible(if a == class { b } else { a }).into_owned(),
        _ => "the others".into(),
    }
}

/// As it was typed: `75 %`, `0.5 %`.
fn share(bound: f64) -> String {
    format!("{} %", (bound * 1e4).round() / 1e2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_reads_as_it_is_said() {
        let names = |names: &[&str]| -> Vec<String> { names.iter().map(|n| (*n).to_owned()).collect() };
        let goal = Goal {
            class: "REAL".into(),
            bounds: Bounds {
                recall: Some(0.75),
                false_positives: Some(0.005),
                precision: None,
            },
            aim: Aim::HighestRecall,
        };
        assert_eq!(
            goal.in_words(&names(&["FAKE", "REAL"])),
            "find at least 75 % of REAL and have at most 0.5 % of FAKE predicted REAL, with the most of REAL found"
        );
        let open = Goal {
            bounds: Bounds::default(),
            aim: Aim::LeastCost(vec![]),
            ..goal.clone()
        };
        assert_eq!(open.in_words(&names(&["a", "b", "REAL"])), "the least cost");
        assert!(
            goal.in_words(&names(&["a", "b", "REAL"]))
                .contains("0.5 % of the others")
        );
        assert_eq!(goal.class_idx(&names(&["FAKE"])), None);
    }
}
