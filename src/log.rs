//! The program's log: what it began, decided and met, a line each, for whoever must follow a fault. The latest lines are
//! kept for the window; with `--log FILE` all of them are written there. What stands in them is made harmless first: names
//! of files come from anywhere.

use std::collections::VecDeque;
use std::io::{Result, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::prelude::*;

use crate::now::now;
use crate::visible::visible;

/// Takes each line as well, without its end: into the user's file, or to the front end of this engine.
pub type Each = Box<dyn FnMut(&str) + Send>;

/// Lines that the window can show.
pub const MOST_LINES: usize = 1000;

static LOG: Mutex<Log> = Mutex::new(Log {
    lines: VecDeque::new(),
    n_before: 0,
    each: None,
});

struct Log {
    lines: VecDeque<String>,
    /// Lines that were there and are no longer kept.
    n_before: usize,
    each: Option<Each>,
}

/// Begins the log, once for the program.
pub fn start(each: Option<Each>) {
    log().each = each;
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_timer(LocalTime)
        .with_writer(Lines);
    // Of other crates, what they warn of: a window system's or a decoder's fault shows there.
    let ours = Targets::new()
        .with_default(Level::WARN)
        .with_target("counterweight", Level::DEBUG);
    // A test may have begun one already.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(ours))
        .try_init();
}

/// A line that the engine's own process has written.
pub fn take(line: &str) {
    let line = visible(line);
    let mut log = log();
    if let Some(each) = &mut log.each {
        each(&line);
    }
    log.lines.push_back(line.into_owned());
    if log.lines.len() > MOST_LINES {
        log.lines.pop_front();
        log.n_before += 1;
    }
}

/// The lines from number `first` on that are still kept, and the number of the next one to come.
pub fn since(first: usize) -> (Vec<String>, usize) {
    let log = log();
    let skipped = first.saturating_sub(log.n_before);
    let lines = log.lines.iter().skip(skipped).cloned().collect();
    (lines, log.n_before + log.lines.len())
}

fn log() -> MutexGuard<'static, Log> {
    // Whole lines only are put in, so a panic elsewhere leaves it whole.
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As the messages in the window are timed.
struct LocalTime;

impl FormatTime for LocalTime {
    fn format_time(&self, line: &mut Writer<'_>) -> std::fmt::Result {
        write!(line, "{}", now().strftime("%Y-%m-%d %H:%M:%S%.3f"))
    }
}

/// One event is written at once, so that lines of two threads do not mix.
struct Lines;

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;

    fn make_writer(&'a self) -> Lines {
        Lines
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        take(String::from_utf8_lossy(bytes).trim_end());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn lines_are_kept_handed_on_and_harmless() {
        let handed_on = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&handed_on);
        start(Some(Box::new(move |line| {
            heard.lock().unwrap().push(line.to_owned())
        })));
        let (_, first) = since(0);
        let name = "a\u{1b}[31m.jpg\nb";
        tracing::info!("scanning {name}");
        // Other tests write to the same log.
        let (lines, next) = since(first);
        let ours = lines.iter().find(|line| line.contains("scanning")).unwrap();
        assert!(
            ours.contains("INFO") && ours.ends_with("scanning a\\x1b[31m.jpg\\nb"),
            "{ours}"
        );
        assert!(handed_on.lock().unwrap().contains(ours));
        assert!(next > first);
        for i in 0..MOST_LINES + 5 {
            take(&format!("line {i}"));
        }
        let (lines, next) = since(0);
        assert_eq!(lines.len(), MOST_LINES);
        assert_eq!(since(next).0, Vec::<String>::new());
        log().each = None;
    }
}
