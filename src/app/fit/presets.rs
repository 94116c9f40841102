//! The weightings that one click chooses.

use crate::experiment::ClassWeights;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Preset {
    Equal,
    /// The rarest class counts this many times; for two classes.
    Rare(f64),
    Balanced,
    InverseSqrt,
    Effective,
}

/// The usual beta of the effective number of samples for thousands of images.
const BETA: f64 = 0.999;

impl Preset {
    pub const ALL: [Preset; 6] = [
        Preset::Equal,
        Preset::Rare(3.0),
        Preset::Rare(8.0),
        Preset::Balanced,
        Preset::InverseSqrt,
        Preset::Effective,
    ];

    pub fn name(self) -> String {
        match self {
            Preset::Equal => "equal".into(),
            Preset::Rare(n) => format!("1 : {n}"),
            Preset::Balanced => "balanced".into(),
            Preset::InverseSqrt => "inverse-sqrt".into(),
            Preset::Effective => "effective".into(),
        }
    }

    pub fn explanation(self) -> String {
        match self {
            Preset::Equal => "Every image counts the same".into(),
            Preset::Rare(n) => format!("An image of the rarer class counts {n} times"),
            Preset::Balanced => "Every class counts the same: n / (k · n of the class)".into(),
            Preset::InverseSqrt => "1 / √(images of the class), a milder balance".into(),
            Preset::Effective => {
                format!("Effective number of samples (Cui et al. 2019), beta {BETA}")
            }
        }
    }

    /// Whether it means something for that many classes.
    pub fn fits(self, n_classes: usize) -> bool {
        !matches!(self, Preset::Rare(_)) || n_classes == 2
    }

    /// `counts` are the images of each class; they decide which class is the rare one.
    pub fn weights(self, counts: &[usize]) -> ClassWeights {
        match self {
            Preset::Equal => ClassWeights::Equal,
            Preset::Rare(n) => ClassWeights::Given(rare_counts(n, counts)),
            Preset::Balanced => ClassWeights::Balanced,
            Preset::InverseSqrt => ClassWeights::InverseSqrt,
            Preset::Effective => ClassWeights::Effective(BETA),
        }
    }
}

/// One for each class, `n` for the rarest; among equally rare ones the last, as in the notebook's order.
pub fn rare_counts(n: f64, counts: &[usize]) -> Vec<f64> {
    let mut weights = vec![1.0; counts.len()];
    let rarest = counts.iter().enumerate().rev().min_by_key(|(_, count)| **count);
    if let Some((class_idx, _)) = rarest {
        weights[class_idx] = n;
    }
    weights
}
