//! Standard output, where names from outside do no harm.

use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::visible::{visible_json, visible_lines};

/// Prints to standard output; a closed pipe is an error that ends the program quietly.
///
/// # Errors
/// Standard output cannot be written.
pub fn print_line(line: &str) -> Result<()> {
    writeln!(io::stdout(), "{}", visible_lines(line))
        .map_err(Error::io("write", Path::new("standard output")))
}

/// # Errors
/// As [`print_line`].
pub fn print_json(value: &Value) -> Result<()> {
    print_json_text(&format!("{value:#}"))
}

/// The same of JSON as it is.
///
/// # Errors
/// As [`print_line`].
pub fn print_json_text(json: &str) -> Result<()> {
    let shown = visible_json(json);
    writeln!(io::stdout(), "{shown}").map_err(Error::io("write", Path::new("standard output")))
}
