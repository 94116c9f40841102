//! The engine as a program of its own. Commands come through standard input, events go to standard output.

use std::io::{IsTerminal, stdin, stdout};
use std::process::ExitCode;

use counterweight::{engine, memory, remote};

fn main() -> ExitCode {
    memory::keep_large_blocks();
    if stdin().is_terminal() {
        eprintln!("this is the engine, which `counterweight` starts by itself; run that");
        return ExitCode::from(2);
    }
    match remote::serve(engine::worker::start, stdin().lock(), stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
