//! What a classifier is wanted for: the shares it is about (`rate`), what must hold and what is best then (`bounds`), and the
//! rule that serves it best (`search`), which reads too well (`optimism`).

mod bounds;
mod optimism;
mod rate;
mod search;

pub use bounds::{Aim, Bounds, Met, cost_of_thousand, met};
pub use optimism::{Contest, Optimism};
pub use rate::{Figure, Rate, Rates};
pub use search::{Choice, LEAST_FOR_THRESHOLD};
