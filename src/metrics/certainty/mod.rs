//! How sure a figure is: intervals of shares, and how far figures differ from fold to fold.

mod interval;
mod overall_interval;
mod spread;

pub use interval::{Interval, Tally, Z, images_needed, n_groups, of_few, of_mean, of_share, wilson};
pub use overall_interval::OverallIntervals;
pub use spread::{Spread, spread};
