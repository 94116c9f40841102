//! Labels and images that stand out, by out-of-fold probabilities and by features.

mod confident;
mod outliers;

pub use confident::{LabelIssue, label_issues};
pub use outliers::{NEIGHBOURS, Outlier, outliers};
