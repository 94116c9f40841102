//! What panels are made of: the theme, fields, and small things to click and to read.

pub mod camera;

pub mod fields;
pub mod form_popup;
pub mod heading;
pub mod icons;
pub mod keyboard;
mod missing_glyph;
pub mod names;
pub mod numbers;
pub mod pace;
pub mod room;
pub mod sheet;
pub mod textures;
pub mod theme;
pub mod two_ended;
pub mod widgets;
