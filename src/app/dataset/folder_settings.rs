//! How each image folder was left. What was set for one says nothing about another: its classes are others, and so are its
//! split and its groups. Weights are kept with the names of their classes.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::experiment::{ClassWeights, Config, Goal, Stakes, normal_form};

/// How a folder was left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FolderSettings {
    pub root: PathBuf,
    /// Its class weights by name, so that they stay with their classes.
    pub form: Config,
    /// What its owner wants of a classifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Goal>,
    /// How common its classes are where a classifier will be used, and what errors cost there.
    #[serde(default)]
    pub stakes: Stakes,
    /// The run that was looked at, by its folder.
    #[serde(default)]
    pub selected: Option<PathBuf>,
}

/// Weights in class order, with their classes; presets as they are.
pub fn by_name(weights: &ClassWeights, classes: &[String]) -> ClassWeights {
    match weights {
        ClassWeights::Given(given) if given.len() == classes.len() => {
            ClassWeights::Named(classes.iter().cloned().zip(given.iter().copied()).collect())
        }
        other => other.clone(),
    }
}

/// Weights with their classes, in the order of these; a class without one weighs one. Weights that were given in an order
/// are for these classes only where the counts match.
pub fn in_order(weights: &ClassWeights, classes: &[String]) -> ClassWeights {
    match weights {
        ClassWeights::Named(pairs) => {
            let weight = |class: &String| {
                let of_class = pairs
                    .iter()
                    .find(|(name, _)| normal_form(name) == normal_form(class));
                of_class.map_or(1.0, |(_, weight)| *weight)
            };
            let given: Vec<f64> = classes.iter().map(weight).collect();
            match given.iter().all(|&w| w == 1.0) {
                true => ClassWeights::Equal,
                false => ClassWeights::Given(given),
            }
        }
        ClassWeights::Given(given) if given.len() != classes.len() => ClassWeights::Equal,
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(classes: &[&str]) -> Vec<String> {
        classes.iter().map(|class| (*class).to_owned()).collect()
    }

    #[test]
    fn weights_stay_with_their_classes() {
        let kept = by_name(
            &ClassWeights::Given(vec![10.0, 1.0]),
            &names(&["blighted", "healthy"]),
        );
        assert_eq!(
            in_order(&kept, &names(&["blighted", "healthy"])),
            ClassWeights::Given(vec![10.0, 1.0])
        );
        // One more class, and another order.
        let more = in_order(&kept, &names(&["aphids", "blighted", "healthy"]));
        assert_eq!(more, ClassWeights::Given(vec![1.0, 10.0, 1.0]));
        assert_eq!(in_order(&kept, &names(&["FAKE", "REAL"])), ClassWeights::Equal);
        assert_eq!(
            in_order(&ClassWeights::Balanced, &names(&["FAKE"])),
            ClassWeights::Balanced
        );
    }
}
