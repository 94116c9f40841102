//! What the program runs on.

use crate::protocol::Devices;

#[derive(Debug, Default)]
pub struct Machine {
    pub devices: Option<Devices>,
    /// Where the engine is gone, nothing can be asked for any more.
    pub engine_gone: bool,
}
