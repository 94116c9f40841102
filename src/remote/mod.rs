//! The engine in a process of its own. libtorch takes longer to load than a window to open, and what breaks it (a lack
//! of memory, a driver) ends the process that it is in: so the window is in another. Where the engine's process ends, its
//! jobs fail and the next command starts it again.
//!
//! A front end sees the same [`crate::protocol::Link`] as with an engine beside it: [`start`] carries its messages to the
//! program `counterweight-engine` and back, which [`serve`]s them, in `wire`'s frames through two pipes.

mod asked;
mod ending;
mod front;
mod serve;
mod wire;

pub use front::{start, start_program};
pub use serve::serve;
