//! The message about an engine whose process has ended by itself: why, and what to do.

use std::path::Path;
use std::process::{Command as Program, ExitStatus, Stdio};

const NEXT: &str = "the next command starts a new one";

/// Such as `the engine's process was killed (signal 9): memory ran out, …`.
pub fn how_it_ended(program: &Path, status: Option<ExitStatus>) -> String {
    #[cfg(unix)]
    if let Some(signal) = status.and_then(|status| std::os::unix::process::ExitStatusExt::signal(&status)) {
        return by_signal(signal);
    }
    match status.and_then(|status| status.code()) {
        // How the system's loader ends a program that it cannot load.
        Some(127) => not_loaded(&what_the_loader_says(program)),
        Some(code) => format!("the engine's process ended with exit code {code}; {NEXT}"),
        None => format!("the engine's process has ended; {NEXT}"),
    }
}

fn by_signal(signal: i32) -> String {
    let why = match signal {
        4 => "met an instruction that this processor does not know (signal 4)",
        7 => "lost a file that it was reading (signal 7): a disk was taken away, or a file was cut short",
        9 => {
            "was killed (signal 9): probably memory ran out, or the processor time that is allowed (ulimit -t) was used up"
        }
        11 => "crashed (signal 11)",
        15 => "was asked to end by the system (signal 15)",
        24 => "used up the processor time that it is allowed (signal 24; ulimit -t)",
        25 => "wrote a file larger than it is allowed (signal 25; ulimit -f)",
        signal => return format!("the engine's process was killed (signal {signal}); {NEXT}"),
    };
    format!("the engine's process {why}; {NEXT}")
}

/// Asked by starting it once more: it ends at once in any case, since it has no commands.
fn what_the_loader_says(program: &Path) -> String {
    let mut again = Program::new(program);
    again
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let said = again.output().map_or_else(
        |e| e.to_string(),
        |output| String::from_utf8_lossy(&output.stderr).into_owned(),
    );
    said.trim().to_owned()
}

/// What `make setup` brings, by the beginning of its name: libtorch, and what it needs beside it.
const BROUGHT: [&str; 5] = ["libtorch", "libc10", "libcu", "libnv", "libgomp"];

/// A missing library is usually one of these, but need not be.
fn not_loaded(said: &str) -> String {
    let is_missing = said.contains("cannot open shared object file");
    let is_brought = BROUGHT.iter().any(|name| said.contains(&format!(" {name}")));
    match (is_missing, is_brought) {
        (true, true) => format!(
            "libtorch, which the engine computes with, or a library that it needs cannot be found; run `make setup`, which brings it ({said})"
        ),
        (true, false) => {
            format!("the engine cannot be loaded: a library of the system is missing; install it ({said})")
        }
        (false, _) => format!(
            "the engine cannot be loaded: it and its libraries do not fit each other; run `make setup` and build it again, as \
             `make run` does ({said})"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_loaded_is_told_from_what_the_loader_says() {
        for (said, expected) in [
            (
                "e: error while loading shared libraries: libtorch_cpu.so: cannot open shared object file: No such file or directory",
                "libtorch, which the engine computes with, or a library that it needs cannot be found; run `make setup`",
            ),
            (
                "e: error while loading shared libraries: libstdc++.so.6: cannot open shared object file: No such file or directory",
                "a library of the system is missing; install it (e: error while loading shared libraries: libstdc++",
            ),
            (
                "e: symbol lookup error: e: undefined symbol: _ZN2at",
                "do not fit each other; run `make setup` and build it again",
            ),
        ] {
            let message = not_loaded(said);
            assert!(message.contains(expected), "{message}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_process_that_ended_is_told_with_its_reason() {
        let ended = |script: &str| {
            let status = Program::new("sh").args(["-c", script]).status().unwrap();
            // A program that says nothing and cannot be loaded either.
            how_it_ended(Path::new("/dev/null"), Some(status))
        };
        assert!(ended("kill -9 $$").contains("(signal 9): probably memory ran out, or the processor time"));
        assert!(ended("kill -XCPU $$").contains("used up the processor time that it is allowed (signal 24"));
        assert!(ended("exit 3").contains("ended with exit code 3; the next command starts a new one"));
        let message = ended("exit 127");
        assert!(
            !message.contains("libtorch, which") && message.contains("denied"),
            "{message}"
        );
    }
}
