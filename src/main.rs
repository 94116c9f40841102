//! The program: a subcommand runs in the terminal, none opens the window.

use std::process::ExitCode;
use std::thread::JoinHandle;

use counterweight::error::Result;
use counterweight::protocol::{Link, Wake};

fn main() -> ExitCode {
    counterweight::cli::run(start_engine).unwrap_or_else(|| {
        eprintln!("error: this version has no window yet; `counterweight demo` and `counterweight train` work without");
        ExitCode::from(2)
    })
}

#[cfg(feature = "torch")]
fn start_engine(wake: Wake) -> Result<(Link, JoinHandle<()>)> {
    counterweight::engine::worker::start(wake)
}

#[cfg(not(feature = "torch"))]
fn start_engine(_: Wake) -> Result<(Link, JoinHandle<()>)> {
    Err(counterweight::error::Error::Job(
        "this build has no engine; build it with the feature torch".into(),
    ))
}
