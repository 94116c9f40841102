//! What is at stake where a classifier will be used: how common the class is there, and what each kind of error costs.

mod cost_lines;
mod elsewhere;
mod ratios;
mod unknown;

pub use cost_lines::{CostLine, cheapest, corners, cost_of_thousand_at, miss_share};
pub use elsewhere::{Elsewhere, elsewhere, mix_with};
pub use ratios::{in_alarms, miss_ratio, ratio_in_words, telling_ratios};
pub use unknown::{Count, Estimate, unknown_share};
