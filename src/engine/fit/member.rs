//! One head of a training: its config, the weights that it comes to on these images, and how it failed.

use crate::error::{Error, Result};
use crate::experiment::{ClassWeights, Config, Dataset, Split, Stop};

/// One head's part of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub config: Config,
    /// Resolved on the training images, in class order.
    pub class_weights: Vec<f64>,
    /// Why this head came to nothing, where it did.
    pub failure: Option<String>,
}

/// Resolves every config's class weights on the training images.
pub fn candidates(configs: &[Config], dataset: &Dataset, split: &Split) -> Result<Vec<Candidate>> {
    let candidate = |config: &Config| {
        Ok(Candidate {
            config: config.clone(),
            class_weights: resolve(config, dataset, split)?,
            failure: None,
        })
    };
    configs.iter().map(candidate).collect()
}

/// Presets may come to what was also given as numbers; only now that images are counted does it show. What is left, and a
/// warning that names what is not trained a second time.
pub fn each_once(candidates: Vec<Candidate>, stop: Stop) -> (Vec<Candidate>, Vec<String>) {
    let mut kept: Vec<Candidate> = Vec::new();
    let mut warnings = Vec::new();
    for candidate in candidates {
        let Candidate {
            config,
            class_weights,
            ..
        } = &candidate;
        let is_same = |other: &&Candidate| {
            let [one, two] = [class_weights, &other.class_weights].map(|w| ClassWeights::Given(w.clone()));
            config.lr == other.config.lr && one.is_same_as(&two, class_weights.len(), stop)
        };
        let Some(first) = kept.iter().find(is_same) else {
            kept.push(candidate);
            continue;
        };
        warnings.push(format!(
            "the weights {} come to the same as {} here and are trained once",
            config.class_weights.label(),
            first.config.class_weights.label()
        ));
    }
    (kept, warnings)
}

/// The weight of each class, in class order.
pub fn resolve(config: &Config, dataset: &Dataset, split: &Split) -> Result<Vec<f64>> {
    let n_train = dataset.counts_of(split.train.iter().copied());
    let class_weights = config.class_weights.resolve(&dataset.classes, &n_train);
    class_weights.map_err(Error::Input)
}

/// A job goes on as long as one of its heads does.
pub fn unless_all_failed(candidates: &[Candidate]) -> Result<()> {
    match &candidates[0].failure {
        Some(message) if candidates.iter().all(|c| c.failure.is_some()) => Err(Error::Job(message.clone())),
        _ => Ok(()),
    }
}
