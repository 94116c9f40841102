//! The program: a subcommand runs in the terminal, none opens the window.

use std::process::ExitCode;
use std::thread::JoinHandle;

use counterweight::cli;
use counterweight::error::Result;
use counterweight::jobs;
use counterweight::memory;
use counterweight::process;
use counterweight::protocol::{Link, Wake};

fn main() -> ExitCode {
    memory::keep_large_blocks();
    process::outlive_file_limits();
    cli::run(start_jobs).unwrap_or_else(|| cli::exit_code(open_window()))
}

#[cfg(feature = "gui")]
fn open_window() -> Result<()> {
    use counterweight::disk::files::stored_values::stored_values;
    use counterweight::disk::runs::place::{default_runs_dir, earlier_runs, holds_runs, runs_dir};

    // The window opens all the same, and says it.
    let (runs_dir, runs_problem) = match runs_dir() {
        Ok(dir) => (dir, None),
        Err(e) => (default_runs_dir(), Some(e.to_string())),
    };
    let folders = counterweight::app::Folders {
        holds_no_runs: !holds_runs(&runs_dir),
        runs_dir,
        runs_problem,
        earlier_runs: earlier_runs(),
        demo_dir: cli::demo::default_dir()?,
        pasted_dir: cli::demo::default_dir()?.with_file_name("pasted"),
        home: std::env::home_dir(),
    };
    let read_store_again = || stored_values(&counterweight::ui::store_file()?);
    counterweight::ui::open(start_jobs, folders, Box::new(read_store_again))
}

#[cfg(not(feature = "gui"))]
fn open_window() -> Result<()> {
    Err(counterweight::error::Error::input(
        "this build has no window; build it with the feature gui, or see --help for what works without",
    ))
}

/// The engine is in this process where it is built into it, and in one of its own where it is not.
fn start_jobs(wake: Wake) -> Result<(Link, JoinHandle<()>)> {
    #[cfg(feature = "torch")]
    return jobs::start(wake, counterweight::engine::worker::start);
    #[cfg(not(feature = "torch"))]
    return jobs::start(wake, counterweight::remote::start);
}
