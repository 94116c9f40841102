//! The engine as a program of its own. Commands come through standard input, events go to standard output.

use std::io::{BufReader, IsTerminal, stdin, stdout};
use std::process::ExitCode;

use counterweight::{engine, memory, process, remote};

fn main() -> ExitCode {
    memory::keep_large_blocks();
    process::outlive_file_limits();
    if stdin().is_terminal() {
        eprintln!("this is the engine, which `counterweight` starts by itself; run that");
        return ExitCode::from(2);
    }
    // A log-out or a batch system's cancel reaches this process as well as its front end: what there is is kept.
    let (tell, signals) = crossbeam_channel::unbounded();
    let _ = ctrlc::set_handler(move || {
        let _ = tell.send(());
    });
    process::end_with_parent();
    match remote::serve(engine::worker::start, BufReader::new(stdin()), stdout(), &signals) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!(
                "error: {}",
                counterweight::visible::visible_lines(&error.to_string())
            );
            ExitCode::FAILURE
        }
    }
}
