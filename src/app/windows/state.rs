//! What is open in the window.

/// What the centre shows under the loss plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Showing {
    #[default]
    OneRun,
    /// The shown runs side by side.
    Compare,
    /// The images behind the matrix, with the matrix beside them.
    Images,
    /// Where a class is found less.
    Slices,
    /// Images of unknown classes, and what runs say of them.
    Predictions,
    /// The map of the folder's features, with the images that are chosen on it.
    Map,
}

impl Showing {
    /// Whether images of what is looked at are listed.
    pub fn lists_images(self) -> bool {
        matches!(self, Showing::Images | Showing::Map)
    }
}

#[derive(Debug, Default)]
pub struct Windows {
    pub showing: Showing,
    pub help: bool,
    pub palette: bool,
    pub messages: bool,
    /// Whether they are the program's log instead.
    pub shows_program_log: bool,
    pub cache: bool,
    /// Runs in the trash, to be brought back.
    pub deleted_runs: bool,
    /// Whether the user is asked if the window may close on a training.
    pub asks_to_close: bool,
    /// Whether it closes by itself once all is trained.
    pub closes_when_done: bool,
    /// The user has said so.
    pub(in crate::app) may_close: bool,
    /// How often the layout was asked back to how it is first.
    pub layout_resets: usize,
}
