//! Short notices of endings and errors. They leave by themselves; the messages keep them, with what else is known.

use crate::app::action::Action;

/// How long a notice stays, and how much longer one that says something went wrong.
const STAY_SECS: f32 = 6.0;
const STAY_ERROR_SECS: f32 = 14.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    Info,
    Ok,
    Warning,
    Error,
}

impl ToastKind {
    pub fn name(self) -> &'static str {
        match self {
            ToastKind::Info => "Note",
            ToastKind::Ok => "Done",
            ToastKind::Warning => "Warning",
            ToastKind::Error => "Error",
        }
    }
}

/// A message, kept for as long as the program runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub id: u64,
    pub kind: ToastKind,
    pub text: String,
    /// What helps to understand it, or to report it; a line each.
    pub details: Vec<String>,
    /// Time of day, such as `12:03:59`.
    pub clock: String,
}

impl Message {
    /// As it is copied.
    pub fn whole(&self) -> String {
        let mut lines = vec![format!("{} {}: {}", self.clock, self.kind.name(), self.text)];
        lines.extend(self.details.iter().map(|line| format!("    {line}")));
        lines.join("\n")
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// The same as its message's.
    pub id: u64,
    pub kind: ToastKind,
    pub text: String,
    pub left_secs: f32,
    /// What undoes it, where something does.
    pub undo: Option<Action>,
    /// What it asks, where it asks something.
    pub offer: Option<Offer>,
}

/// Something that the user may want now.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// On its button, and what the button is called aloud.
    pub text: &'static str,
    pub name: &'static str,
    pub action: Action,
}

impl Toast {
    pub fn new(id: u64, kind: ToastKind, text: String) -> Self {
        let left_secs = match kind {
            ToastKind::Info | ToastKind::Ok => STAY_SECS,
            ToastKind::Warning | ToastKind::Error => STAY_ERROR_SECS,
        };
        Toast {
            id,
            kind,
            text,
            left_secs,
            undo: None,
            offer: None,
        }
    }
}
