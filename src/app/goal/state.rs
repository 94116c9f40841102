//! What searching for the goal's best came to, beyond what is looked at since.

use crate::experiment::FoundRule;

#[derive(Debug, Default)]
pub struct GoalState {
    /// From where to where weights were not tried that may serve the goal better.
    pub(in crate::app) untried: Option<[f64; 2]>,
    /// The run whose weights are nearest to equal ones among those that are as good as the best within its standard error, and its
    /// threshold.
    pub(in crate::app) gentlest: Option<(usize, FoundRule)>,
    /// How many runs the last search of all of them looked at.
    pub(in crate::app) n_searched: Option<usize>,
}
