//! The command line: the same engine without a window. Arguments in, one job at a time, tables or JSON out.
//!
//! Exit codes: 0 done, 1 the job failed, 2 wrong arguments or input, 130 stopped by Ctrl-C.

mod args;
mod cache;
mod compare;
mod config_flags;
pub mod demo;
mod evaluate;
mod health;
mod images;
mod labels;
mod output;
mod predict;
mod runs;
mod scan;
mod selfcheck;
mod session;
mod slices;
mod sweep;
mod train;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::error::Error;
use crate::visible::visible_lines;
use args::{Arguments, Command};
use session::{Session, StartJobs};

/// Runs the subcommand that was given; `None` where there was none, which means the window.
pub fn run(start_jobs: StartJobs) -> Option<ExitCode> {
    let Arguments { command, log } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.kind() == ErrorKind::InvalidUtf8 => {
            return Some(exit_code(Err(not_utf8(std::env::args_os().skip(1)))));
        }
        Err(error) => error.exit(),
    };
    // The window shows it, too.
    if (command.is_none() || log.is_some())
        && let Err(error) = output::log_file::begin(log.as_deref())
    {
        return Some(exit_code(Err(error)));
    }
    let command = command?;
    let session = Session::new(start_jobs);
    let result = match command {
        Command::Scan(args) => scan::scan(&session, &args),
        Command::Health(args) => health::health(&session, &args),
        Command::Train(args) => train::train(&session, &args),
        Command::Sweep(args) => sweep::sweep(&session, &args),
        Command::Evaluate(args) => evaluate::evaluate(&session, &args),
        Command::Predict(args) => predict::predict(&session, &args),
        Command::Images(args) => images::images(&session, &args),
        Command::Slices(args) => slices::slices(&session, &args),
        Command::Report(args) => runs::report::report(&session, &args),
        Command::Compare(args) => compare::compare(&args),
        Command::Runs(args) => runs::runs(&session, &args),
        Command::Labels(args) => labels::labels(&session, &args),
        Command::Cache(args) => cache::cache(&session, &args),
        Command::Demo(args) => demo::demo(&session, &args),
        Command::Selfcheck(args) => selfcheck::selfcheck(&session, &args),
    };
    session.end();
    Some(exit_code(result))
}

/// Which of the arguments is not UTF-8, which clap does not say.
fn not_utf8(arguments: impl Iterator<Item = OsString>) -> Error {
    let mut flag = None;
    for argument in arguments {
        match argument.to_str() {
            Some(text) => flag = text.starts_with("--").then(|| text.to_owned()),
            None => {
                let shown = argument.to_string_lossy();
                let what = flag.map_or_else(|| "an argument".into(), |flag| format!("what {flag} is given"));
                return Error::Input(format!(
                    "{what} is not UTF-8: {shown}; rename it, or go there and use a path from there"
                ));
            }
        }
    }
    Error::Input("an argument is not UTF-8".into())
}

/// Prints the error, once, and says how the program ended.
pub fn exit_code(result: Result<(), Error>) -> ExitCode {
    let Err(error) = result else {
        tracing::info!("counterweight ends");
        return ExitCode::SUCCESS;
    };
    tracing::error!("counterweight ends: {error}");
    match &error {
        // A reader that has seen enough, such as `head`, is not a failure.
        Error::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe => {
            return ExitCode::SUCCESS;
        }
        Error::Stopped => eprintln!("stopped"),
        _ => eprintln!(
            "error: {}",
            visible_lines(&output::hints::in_options(&error.to_string()))
        ),
    }
    match error {
        Error::Stopped => ExitCode::from(130),
        e if e.is_input() => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    }
}
