//! What is read from matrices beside each other, or from one that is too large to be read: differences and the tests of them, who
//! is taken for whom, who pays, and an order in which confused classes stand together.

mod difference;
mod fisher;
mod holm;
mod linkage;
mod mcnemar;
mod mistakes;

pub use difference::{Difference, Differences, Pairs, Told, apart, difference_of_shares, differences};
pub use fisher::{Factorials, fisher_exact};
pub use holm::holm;
pub use linkage::confused_together;
pub use mcnemar::{McNemar, images_to_tell, two_sided};
pub use mistakes::{largest_mistakes, mistakes_by_number, payers, taken_for};

use super::{Confusion, Interval, points, wilson};
