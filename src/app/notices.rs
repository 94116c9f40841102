//! What the user is told: short notices that leave by themselves, and the messages that keep them with what else is
//! known.

use std::path::PathBuf;

use crate::experiment::{Config, Source};
use crate::protocol::FoundSettings;
use crate::visible::visible_lines;

/// How long a notice stays, how much longer one that says something went wrong, and one that offers something,
/// which must be read, thought over and reached.
const STAY_SECS: f32 = 6.0;
const STAY_ERROR_SECS: f32 = 14.0;
const STAY_OFFERING_SECS: f32 = 30.0;
/// More notices at once would cover the window.
const MOST_TOASTS: usize = 4;
/// Latest messages that are kept.
const LOG_LINES: usize = 500;

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

    /// Before the name, so that colour alone tells nothing.
    pub fn sign(self) -> &'static str {
        match self {
            ToastKind::Info => "●",
            ToastKind::Ok => "✓",
            ToastKind::Warning => "⚠",
            ToastKind::Error => "✖",
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
    /// Deleted runs that can still be brought back from here.
    pub offer: Option<Offer>,
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
    pub offer: Option<Offer>,
}

/// What a notice lets the user do about it.
#[derive(Debug, Clone, PartialEq)]
pub enum Offer {
    /// Undo: bring the runs back from the trash.
    RestoreRuns(Vec<usize>),
    /// Undo: show these runs again, and no others.
    ShowOnly(Vec<usize>),
    /// Undo: the form as it was before.
    RestoreForm(Box<Config>),
    /// List the runs of that folder, too.
    ListRuns(PathBuf),
    /// Look at a report that was written.
    OpenReport(PathBuf),
    /// Take the settings of a file.
    UseSettings(Box<FoundSettings>),
    /// Take in a table of decisions about labels.
    ImportLabels(PathBuf),
    /// Have the run judge that folder of its classes.
    Evaluate { run: usize, data: Source },
}

#[derive(Debug, Default)]
pub struct Notices {
    pub toasts: Vec<Toast>,
    /// Oldest first.
    pub log: Vec<Message>,
    /// What the program did, as its log says it; the window brings it while it is looked at.
    pub program_log: Vec<String>,
    /// The message that is unfolded.
    pub unfolded: Option<u64>,
    /// Time of day, which the window sets.
    pub clock: String,
    next_id: u64,
}

impl Notices {
    /// Tells the user once, and keeps it in the log.
    pub fn tell(&mut self, kind: ToastKind, text: impl Into<String>) {
        self.tell_more(kind, text, vec![]);
    }

    /// The same with details, which only the messages show.
    pub fn tell_more(&mut self, kind: ToastKind, text: impl Into<String>, details: Vec<String>) {
        let left_secs = match kind {
            ToastKind::Info | ToastKind::Ok => STAY_SECS,
            ToastKind::Warning | ToastKind::Error => STAY_ERROR_SECS,
        };
        self.push(kind, text.into(), details, left_secs, None);
    }

    /// Something was deleted, and can be brought back.
    pub fn tell_undoable(&mut self, text: String, offer: Offer) {
        self.push(ToastKind::Info, text, vec![], STAY_OFFERING_SECS, Some(offer));
    }

    /// Asks whether that should be done.
    pub fn ask(&mut self, text: String, offer: Offer) {
        self.push(ToastKind::Info, text, vec![], STAY_OFFERING_SECS, Some(offer));
    }

    fn push(
        &mut self,
        kind: ToastKind,
        text: String,
        details: Vec<String>,
        left_secs: f32,
        offer: Option<Offer>,
    ) {
        let text = visible_lines(&text).into_owned();
        let id = self.log_message(kind, &text, details);
        // Other offers are about what was looked at then.
        if let (Some(Offer::RestoreRuns(_)), Some(message)) = (&offer, self.log.last_mut()) {
            message.offer.clone_from(&offer);
        }
        // Two jobs may fail for one reason: one notice says it.
        self.toasts
            .retain(|toast| toast.text != text || toast.offer != offer);
        self.toasts.push(Toast {
            id,
            kind,
            text,
            left_secs,
            offer,
        });
        if self.toasts.len() > MOST_TOASTS {
            self.toasts.remove(0);
        }
    }

    /// For what stands elsewhere in the window already; gives the message's number.
    pub fn log_message(&mut self, kind: ToastKind, text: &str, details: Vec<String>) -> u64 {
        let details = details
            .iter()
            .map(|line| visible_lines(line).into_owned())
            .collect();
        let id = self.next_id;
        self.next_id += 1;
        self.log.push(Message {
            id,
            kind,
            text: text.to_owned(),
            details,
            clock: self.clock.clone(),
            offer: None,
        });
        if self.log.len() > LOG_LINES {
            self.log.remove(0);
        }
        id
    }

    /// Notices grow old; the window says how much time went by.
    pub fn advance(&mut self, secs: f32) {
        for toast in &mut self.toasts {
            toast.left_secs -= secs;
        }
        self.toasts.retain(|toast| toast.left_secs > 0.0);
    }

    pub fn dismiss(&mut self, id: u64) {
        self.toasts.retain(|toast| toast.id != id);
    }

    /// What the notice offered was done in another way, or is done now.
    pub fn withdraw(&mut self, offer: &Offer) {
        self.toasts.retain(|toast| toast.offer.as_ref() != Some(offer));
        for message in &mut self.log {
            message.offer.take_if(|offered| offered == offer);
        }
    }

    /// The run is no longer in the trash: what offers it with others offers them alone.
    pub(in crate::app) fn forget_trashed(&mut self, run: usize) {
        let offers = |offer: &mut Option<Offer>| match offer {
            Some(Offer::RestoreRuns(runs)) => {
                runs.retain(|&trashed| trashed != run);
                !runs.is_empty()
            }
            _ => true,
        };
        self.toasts.retain_mut(|toast| offers(&mut toast.offer));
        for message in &mut self.log {
            if !offers(&mut message.offer) {
                message.offer = None;
            }
        }
    }

    /// Unfolds a message, or folds it again.
    pub fn toggle(&mut self, id: u64) {
        self.unfolded = (self.unfolded != Some(id)).then_some(id);
        self.dismiss(id);
    }
}

/// With a capital letter first, as a message begins.
pub fn sentence_case(message: &str) -> String {
    let mut chars = message.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
