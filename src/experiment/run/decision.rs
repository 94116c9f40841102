//! How a run classifies images once a threshold was chosen for it.

use serde::{Deserialize, Serialize};

use crate::formats::Formats;
use crate::metrics::Threshold;
use crate::visible::visible;

/// Raised when the meaning of a stored decision changes.
pub const DECISION_FORMAT: u32 = 1;
/// Decisions of this format and of each later one are read for ever.
pub const DECISION_FORMATS: Formats = Formats {
    oldest: 1,
    newest: DECISION_FORMAT,
};

/// A threshold on one class's probability, and what it was chosen for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub format: u32,
    pub class: String,
    /// An image is predicted as the class where its probability is at least this, else the most probable other.
    pub threshold: f32,
    /// In words, such as `recall of REAL at least 90 %, on validation images`.
    pub chosen_for: String,
    /// On validation images with that threshold; absent where nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balanced_accuracy: Option<f64>,
}

impl Decision {
    pub fn new(class: impl Into<String>, threshold: f32, chosen_for: impl Into<String>) -> Self {
        Decision {
            format: DECISION_FORMAT,
            class: class.into(),
            threshold,
            chosen_for: chosen_for.into(),
            balanced_accuracy: None,
        }
    }

    /// Such as `calls REAL from 0.695 on`.
    pub fn in_words(&self) -> String {
        format!(
            "predicts {} from a score of {:.3}",
            visible(&self.class),
            self.threshold
        )
    }

    /// The rule for a run of these classes. `None` where the class is not among them.
    pub fn rule(&self, classes: &[String]) -> Option<Threshold> {
        let class_idx = classes.iter().position(|c| *c == self.class)?;
        Some(Threshold {
            class_idx,
            at: self.threshold,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::predicted_class;

    #[test]
    fn a_rule_is_of_a_class_that_the_run_has() {
        let classes = ["FAKE".to_owned(), "REAL".to_owned()];
        let decision = Decision::new("REAL", 0.2, "by hand");
        let rule = decision.rule(&classes);
        assert_eq!(predicted_class(&[0.7, 0.3], rule), Some(1));
        assert_eq!(predicted_class(&[0.7, 0.3], None), Some(0));
        assert_eq!(decision.rule(&classes[..1]), None);
    }
}
