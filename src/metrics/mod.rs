//! Figures of merit, as pure functions of counts and scores. Undefined (0/0) is `None`, never a number.

mod confusion;
mod overall;
mod per_class;

pub use confusion::Confusion;
pub use overall::{Overall, overall};
pub use per_class::{ClassMetrics, per_class};

/// `part / whole`, undefined where both are nothing.
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
