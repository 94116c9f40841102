//! What is known of the network's weights that the form names. The form itself is among the settings.

use std::path::PathBuf;

use super::waiting::Waiting;
use crate::experiment::Config;
use crate::protocol::WeightsFacts;

#[derive(Debug, Default)]
pub struct Fit {
    /// What is looked for among the names of the classes.
    pub class_search: String,
    /// Of the weights that were asked about last.
    pub(in crate::app) weights_facts: Option<WeightsFacts>,
    /// Trainings that waited when the window was closed, until the user says what is to become of them.
    pub left_over: Vec<Waiting>,
    /// Weights that were dropped and may be another network's.
    pub(in crate::app) fits_dropped: Option<PathBuf>,
}

pub(in crate::app) fn is_about(facts: &WeightsFacts, form: &Config) -> bool {
    facts.arch == form.arch && facts.weights == form.weights
}
