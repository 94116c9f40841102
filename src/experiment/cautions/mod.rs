//! What calls for a caution: rules over what a run recorded, and over the runs of a sweep.

mod convergence;
mod of_run;
mod of_sweep;

pub use of_run::cautions_of_run;
pub use of_sweep::cautions_of_sweep;
