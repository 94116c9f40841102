//! What searching for the goal's best came to, beyond what is looked at since.

#[derive(Debug, Default)]
pub struct GoalState {
    /// From where to where weights were not tried that may serve the goal better.
    pub(in crate::app) untried: Option<[f64; 2]>,
    /// How many runs the last search of all of them looked at.
    pub(in crate::app) n_searched: Option<usize>,
}
