//! A command that has a name of its own, and its keys.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

use crate::app::{Action, AppState};

pub const CTRL: Modifiers = Modifiers::COMMAND;
pub const CTRL_SHIFT: Modifiers = CTRL.plus(Modifiers::SHIFT);

pub const fn keys(modifiers: Modifiers, key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(modifiers, key))
}

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
