//! Labels and images that stand out, by out-of-fold probabilities and by features.

mod confident;
mod folds;
mod outliers;

pub use confident::{LabelIssue, label_issues};
pub use folds::{Folds, folds};
pub use outliers::{NEIGHBOURS, Outlier, outliers};
