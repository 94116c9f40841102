//! The window. Panels read the state and give back actions; they touch no channel, file or thread.
//! Colours, spacing and fonts come from `parts/theme` alone.

mod bars;
mod cache;
mod centre;
mod closing;
mod commands;
mod dataset;
mod desk;
mod fit;
mod goal;
mod health;
mod images;
mod judge;
mod labels;
mod live;
mod map;
mod messages;
mod overlays;
mod parts;
mod runs;
mod shell;
mod splitters;
mod store;
mod window;

pub use desk::Desktop;
pub use parts::theme;
pub use shell::Shell;
pub use store::store_file;
pub use window::{Window, open};
