//! What is trained and how: weightings, and the losses of what was.

pub mod loss_export;
pub mod presets;
pub mod series;
pub mod weighting_name;
