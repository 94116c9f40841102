//! The engine as a program of its own. Commands come through standard input, events go to standard output.

use std::io::{BufReader, IsTerminal, stdin, stdout};
use std::process::ExitCode;

use counterweight::{engine, log, memory, process, remote};

/// Lines of the log that wait to be carried on.
const MOST_LINES: usize = 1000;

fn main() -> ExitCode {
    memory::keep_large_blocks();
    process::outlive_file_limits();
    if stdin().is_terminal() {
        eprintln!("this is the engine, which `counterweight` starts by itself; run that");
        return ExitCode::from(2);
    }
    // A log-out or a batch system's cancel reaches this process as well as its front end: the work so far is kept.
    let (tell, signals) = crossbeam_channel::unbounded();
    let _ = ctrlc::set_handler(move || {
        let _ = tell.send(());
    });
    process::end_with_parent();
    // Its lines are the front end's to keep. Where that does not take them, the latest are dropped.
    let (hand_on, lines) = crossbeam_channel::bounded(MOST_LINES);
    log::start(Some(Box::new(move |line| _ = hand_on.try_send(line.to_owned()))));
    match remote::serve(
        engine::worker::start,
        BufReader::new(stdin()),
        stdout(),
        &signals,
        lines,
    ) {
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
