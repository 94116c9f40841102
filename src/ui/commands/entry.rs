//! A command that has a name of its own.

use egui::{Context, KeyboardShortcut};

use crate::app::{Action, AppState};

pub struct Entry {
    pub name: &'static str,
    pub(in crate::ui) keys: Option<KeyboardShortcut>,
    /// What it does now; `None` where it cannot be done now.
    pub action: fn(&AppState) -> Option<Action>,
}

impl Entry {
    pub fn keys(&self, ctx: &Context) -> Option<String> {
        // What stands on the key says more than its name.
        let text = |k| {
            ctx.format_shortcut(&k)
                .replace("Slash", "/")
                .replace("Period", ".")
        };
        self.keys.map(text)
    }
}
