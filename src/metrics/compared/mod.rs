//! What is read from matrices beside each other, or from one that is too large to be read: differences, who is taken for whom,
//! who pays, and an order in which confused classes stand together.

mod difference;
mod linkage;
mod mistakes;

pub use difference::{Difference, Differences, Pairs, difference_of_shares, differences};
pub use linkage::confused_together;
pub use mistakes::{largest_mistakes, payers, taken_for};

use super::{Confusion, Interval, points, wilson};
