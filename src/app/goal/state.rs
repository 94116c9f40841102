//! What searching for the goal's best came to, beyond what is looked at since.

use crate::experiment::FoundRule;

/// The run whose weights are nearest to equal ones among those that are as good as the best within its standard error.
#[derive(Debug)]
pub(in crate::app) struct Gentlest {
    pub run: usize,
    pub found: FoundRule,
    /// What chance did for the best of as many, in words: it was chosen from these as well.
    pub chance: String,
}

#[derive(Debug, Default)]
pub struct GoalState {
    /// From where to where weights were not tried that may serve the goal better.
    pub(in crate::app) untried: Option<[f64; 2]>,
    /// As good as the best within the noise.
    pub(in crate::app) gentlest: Option<Gentlest>,
    /// How many runs the last search of all of them looked at.
    pub(in crate::app) n_searched: Option<usize>,
}
