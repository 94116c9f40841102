//! One head of a training: its config, the weights that it comes to on these images, and how it failed.

use crate::engine::head::objective::Objective;
use crate::error::{Error, Result};
use crate::experiment::{ClassWeights, Config, Dataset, Split, Stop, weighting_name};

/// One head of a sweep; of a training by itself the only one.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub config: Config,
    /// Resolved on the training images, in class order.
    pub class_weights: Vec<f64>,
    /// Why this head came to nothing, where it did.
    pub failure: Option<String>,
}

impl Member {
    /// What its head makes small, step by step: all that the config has to say of it.
    pub fn objective(&self) -> Objective {
        Objective::new(&self.class_weights)
    }
}

/// Resolves every config's class weights on the training images.
///
/// # Errors
/// The weights of a config do not fit the classes, or a class has no training image to count.
pub fn members(configs: &[Config], dataset: &Dataset, split: &Split) -> Result<Vec<Member>> {
    let member = |config: &Config| {
        Ok(Member {
            config: config.clone(),
            class_weights: resolve(config, dataset, split)?,
            failure: None,
        })
    };
    configs.iter().map(member).collect()
}

/// Presets may come to what was also given as numbers; only now that images are counted does it show. What is left, and a
/// warning that names what is not trained a second time.
pub fn each_once(members: Vec<Member>, classes: &[String], stop: Stop) -> (Vec<Member>, Vec<String>) {
    let mut kept: Vec<Member> = Vec::new();
    let mut warnings = Vec::new();
    for member in members {
        let Member {
            config,
            class_weights,
            ..
        } = &member;
        let is_same = |other: &&Member| {
            let [one, two] = [class_weights, &other.class_weights].map(|w| ClassWeights::Given(w.clone()));
            config.lr == other.config.lr && one.is_same_as(&two, class_weights.len(), stop)
        };
        let Some(first) = kept.iter().find(is_same) else {
            kept.push(member);
            continue;
        };
        let [name, first] = [config, &first.config].map(|c| weighting_name(&c.class_weights, classes));
        warnings.push(match name == first {
            true => format!("the weights {name} were asked for in two ways and are trained once"),
            false => format!("the weights {name} come to the same as {first} here and are trained once"),
        });
    }
    (kept, warnings)
}

/// The weight of each class, in class order.
///
/// # Errors
/// As [`members`].
pub fn resolve(config: &Config, dataset: &Dataset, split: &Split) -> Result<Vec<f64>> {
    let n_train = dataset.counts_of(split.train.iter().copied());
    let class_weights = config.class_weights.resolve(&dataset.classes, &n_train);
    class_weights.map_err(Error::Input)
}

/// A job goes on as long as one of its heads does.
///
/// # Errors
/// The first member's failure, where all have failed.
pub fn unless_all_failed(members: &[Member]) -> Result<()> {
    match &members[0].failure {
        Some(message) if members.iter().all(|m| m.failure.is_some()) => Err(Error::Job(message.clone())),
        _ => Ok(()),
    }
}
