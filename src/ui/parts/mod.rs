//! What panels are made of: the theme, fields, and small things to click and to read.

pub mod ahead;
pub mod camera;
pub mod drop_down;
pub mod fields;
pub mod form_popup;
pub mod heading;
pub mod icons;
mod missing_glyph;
pub mod names;
pub mod numbers;
pub mod pace;
pub mod room;
pub mod sheet;
pub mod tab_place;
pub mod textures;
pub mod theme;
pub mod widgets;
