//! What may be wrong with the images of a folder: copies, labels that do not fit, images that show nothing, and properties
//! that give the class away. Pure functions of pixels, features and probabilities.
//!
//! `picture` is what one image comes to without a network; `alike` which images are copies of each other; `labels` which
//! labels and images stand out by probabilities and features; `folder` what all images together say; `findings` puts it
//! together.

pub mod alike;
pub mod findings;
pub mod folder;
pub mod labels;
pub mod picture;

/// Folds in which images are judged by what learnt from the others, where there are as many groups.
pub const FOLDS: usize = 5;
