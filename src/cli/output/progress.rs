//! Progress while a job runs: a bar on a terminal, JSON lines for a script, nothing otherwise.

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::hints::in_options;
use super::print::print_line;
use crate::error::Result;
use crate::experiment::{Caution, Code, RunEvent};
use crate::metrics::thousands;
use crate::protocol::{Event, Phase, Progress};
use crate::visible::{visible, visible_json};

/// Whom the lines between are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    People,
    /// JSON lines on standard error, no bar.
    Scripts,
    /// A bar alone.
    Nobody,
}

pub struct ProgressView {
    telling: Telling,
    /// Where standard error is a terminal that people look at.
    bar: Option<ProgressBar>,
    /// Whether a download has been announced.
    is_download_told: Cell<bool>,
    /// Cautions that nobody wants to hear.
    muted: Vec<Code>,
}

impl ProgressView {
    pub fn new(telling: Telling) -> Self {
        let with_bar = telling != Telling::Scripts && std::io::stderr().is_terminal();
        ProgressView {
            telling,
            bar: with_bar.then(new_bar),
            is_download_told: Cell::new(false),
            muted: Vec::new(),
        }
    }

    /// The same without those cautions.
    pub fn muting(self, muted: &[Code]) -> Self {
        ProgressView {
            muted: muted.to_vec(),
            ..self
        }
    }

    /// For commands with a `--json` flag.
    pub fn for_json(json: bool) -> Self {
        Self::new(if json { Telling::Scripts } else { Telling::People })
    }

    /// The same of an event, where it is progress.
    pub fn show_of(&self, event: &Event) {
        if let Event::Progress(progress) = event {
            self.show(progress);
        }
    }

    pub fn show(&self, progress: &Progress) {
        if let Some(bar) = &self.bar {
            show_bar(bar, progress);
        }
        self.tell_download(progress);
        if self.telling == Telling::Scripts {
            json_line(&json!({
                "event": "progress",
                "phase": progress.phase.key(),
                "done": progress.done,
                "total": progress.total,
                "per_second": round(progress.per_sec),
                "left_seconds": progress.left_secs.map(round),
            }));
        }
    }

    /// What goes over the network is said, also where no bar shows it: a config may ask for it without the user's knowing.
    fn tell_download(&self, progress: &Progress) {
        let begins = progress.phase == Phase::Download && progress.done + progress.total > 0;
        if !begins || self.telling == Telling::Scripts || self.is_download_told.replace(true) {
            return;
        }
        let size = match progress.total {
            0 => String::new(),
            n_bytes => format!(", {:.1} MB", n_bytes as f64 / 1e6),
        };
        let _ = self.beside_the_bar(|| writeln!(std::io::stderr(), "downloading ImageNet weights{size}"));
    }

    /// A fact of the run, for scripts.
    pub fn fact(&self, event: &RunEvent) {
        if self.telling == Telling::Scripts {
            json_line(&json!(event));
        }
    }

    /// A fact of one run of a sweep, for scripts.
    pub fn fact_of(&self, run: usize, event: &RunEvent) {
        if self.telling == Telling::Scripts {
            let mut line = json!(event);
            line["run_index"] = json!(run);
            json_line(&line);
        }
    }

    /// A line for people, above the bar. A reader that is gone is no reason to stop a training.
    pub fn say(&self, line: &str) {
        let _ = self.print(line);
    }

    /// The same where printing is all that is done.
    ///
    /// # Errors
    /// The reader is gone.
    pub fn print(&self, line: &str) -> Result<()> {
        match self.telling {
            Telling::People => self.beside_the_bar(|| print_line(line)),
            Telling::Scripts | Telling::Nobody => Ok(()),
        }
    }

    /// For people too where the lines between are left out; scripts get it as a fact.
    pub fn warn(&self, line: &str) {
        if self.telling != Telling::Scripts {
            let _ = self
                .beside_the_bar(|| writeln!(std::io::stderr(), "warning: {}", visible(&in_options(line))));
        }
    }

    /// With what care a run's figures are to be read; `n_more` runs of the same sweep likewise.
    pub fn caution(&self, caution: &Caution, n_more: usize) {
        if self.muted.contains(&caution.code) {
            return;
        }
        let more = match n_more {
            0 => String::new(),
            1 => " (another run has the same caution)".into(),
            n => format!(" ({n} more runs have the same caution)"),
        };
        self.warn(&format!("{}{more}", caution.in_words()));
    }

    /// What helps people to read what was printed; it is none of it.
    pub fn note(&self, line: &str) {
        if self.telling == Telling::People {
            let _ = self.beside_the_bar(|| writeln!(std::io::stderr(), "note: {line}"));
        }
    }

    fn beside_the_bar<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn new_bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{msg}  {wide_bar:.blue/dim}  {prefix}") {
        bar.set_style(style);
    }
    bar
}

fn show_bar(bar: &ProgressBar, progress: &Progress) {
    if progress.total > 0 {
        bar.set_length(progress.total);
    } else {
        bar.unset_length();
    }
    bar.set_message(progress.phase.name());
    bar.set_prefix(in_words(progress));
    bar.set_position(progress.done);
}

/// Such as `1,260 / 4,207 images  104 images/s  0:31 left`.
pub fn in_words(progress: &Progress) -> String {
    let bytes = progress.phase == Phase::Download;
    let amount = |n: f64| match bytes {
        true => format!("{:.1} MB", n / 1e6),
        false => thousands(n as u64),
    };
    let unit = match progress.phase {
        Phase::Download => "",
        Phase::Scan | Phase::Hash => " files",
        _ => " images",
    };
    let mut words = match progress.total {
        0 => format!("{}{unit}", amount(progress.done as f64)),
        total => format!(
            "{} / {}{unit}",
            amount(progress.done as f64),
            amount(total as f64)
        ),
    };
    if progress.per_sec > 0.0 {
        words += &format!("  {}{unit}/s", amount(progress.per_sec));
    }
    if let Some(left) = progress.left_secs {
        words += &format!("  {} left", clock(Duration::from_secs_f64(left.max(0.0))));
    }
    words
}

/// `0:31`, `12:05`, `1:02:03`.
pub fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

fn round(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// One line on standard error, in one write. A reader that is gone is no reason to stop a training.
fn json_line(value: &serde_json::Value) {
    let json = value.to_string();
    let _ = std::io::stderr().write_all(format!("{}\n", visible_json(&json)).as_bytes());
}
