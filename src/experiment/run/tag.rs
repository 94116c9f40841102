//! What people say of a run: a name, a note, a star. It lies beside the run's facts and is never one of them.

use crate::formats::Formats;
use serde::{Deserialize, Serialize};

/// Raised when a stored tag gets a field, or one changes its meaning.
pub const TAG_FORMAT: u32 = 1;
/// Tags of this format and of each later one are read for ever.
pub const TAG_FORMATS: Formats = Formats {
    oldest: 1,
    newest: TAG_FORMAT,
};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunTag {
    /// Shown instead of the weights; empty where nobody gave one.
    pub name: String,
    pub note: String,
    pub starred: bool,
}
