//! What is at stake where a classifier will be used, in the names of the folder's classes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::run::undo_there;
use crate::metrics::{Undo, mix_with};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stakes {
    /// What a missed image of a class costs, in false alarms; of a class that is not named as much as one.
    pub miss_costs: BTreeMap<String, f64>,
    /// A class, and its share of the images there; the others keep theirs to each other. `None`: as in the folder.
    pub common: Option<(String, f64)>,
}

impl Stakes {
    /// As in the folder, and a miss as dear as a false alarm.
    pub const NONE: &Stakes = &Stakes {
        miss_costs: BTreeMap::new(),
        common: None,
    };

    pub fn miss_cost(&self, class: &str) -> f64 {
        let given = self.miss_costs.get(class).copied();
        given
            .filter(|cost| *cost > 0.0 && cost.is_finite())
            .unwrap_or(1.0)
    }

    /// The mix of the classes there, where the folder has that many images of each. `None` where it is the folder's.
    pub fn mix(&self, classes: &[String], n_images: &[usize]) -> Option<Vec<f64>> {
        let (class, share) = self.common.as_ref()?;
        let class_idx = classes.iter().position(|other| other == class)?;
        let counts: Vec<f64> = n_images.iter().map(|&n| n as f64).collect();
        mix_with(&counts, class_idx, *share)
    }
}

impl Stakes {
    /// What is undone in the scores of a head with those weights, trained on so many images of each class, for images that are of
    /// this mix.
    pub fn undo(&self, classes: &[String], class_weights: &[f64], n_train: &[usize]) -> Undo {
        let mix = self.mix(classes, n_train);
        undo_there(class_weights, n_train, mix.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_as_common_as_was_said_and_the_others_share_the_rest() {
        let classes = ["a", "b", "c"].map(str::to_owned);
        let stakes = Stakes {
            common: Some(("c".into(), 0.4)),
            miss_costs: [("c".to_owned(), 10.0), ("a".to_owned(), f64::NAN)].into(),
        };
        let mix = stakes.mix(&classes, &[90, 180, 30]).unwrap();
        let near = |(got, expected): (&f64, f64)| (got - expected).abs() < 1e-12;
        assert!(mix.iter().zip([0.2, 0.4, 0.4]).all(near), "{mix:?}");
        assert_eq!(stakes.mix(&classes[..2], &[90, 180]), None);
        assert_eq!(Stakes::default().mix(&classes, &[90, 180, 30]), None);
        assert_eq!(
            ["a", "b", "c"].map(|class| stakes.miss_cost(class)),
            [1.0, 1.0, 10.0]
        );
    }
}
