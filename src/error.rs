//! The one error type. Every variant says what happened, to which file or class, and what to do;
//! each error is returned, or shown and logged, exactly once.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::visible::visible_path;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was asked for cannot be done as asked: wrong arguments, a folder that is none, a bad config.
    #[error("{0}")]
    Input(String),
    /// A file that was given or found does not hold what it should.
    #[error("{}: {message}", visible_path(path))]
    File { path: PathBuf, message: String },
    /// The operating system refused to read or write.
    #[error("{}: cannot {action}: {source}{}", visible_path(path), advice(source))]
    Io {
        path: PathBuf,
        action: &'static str,
        source: std::io::Error,
    },
    /// The job failed through no fault of the user's: libtorch, memory, a broken invariant.
    #[error("{0}")]
    Job(String),
    /// An allocation on the device failed; libtorch's words.
    #[error("out of memory on the device; try a smaller batch ({0})")]
    OutOfMemory(String),
    /// The user asked to stop. Not a failure: the work so far has been kept.
    #[error("stopped")]
    Stopped,
}

impl Error {
    pub fn input(message: impl Into<String>) -> Self {
        Error::Input(message.into())
    }

    pub fn file(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Error::File {
            path: path.into(),
            message: message.into(),
        }
    }

    /// For `map_err`: `std::fs::read(path).map_err(Error::io("read", path))`.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error + use<> {
        let path = path.to_path_buf();
        move |source| Error::Io { path, action, source }
    }

    /// Whether the caller can mend it by asking otherwise (exit code 2) or the job failed (exit code 1).
    pub fn is_input(&self) -> bool {
        match self {
            Error::Input(_) | Error::File { .. } => true,
            Error::Io { source, .. } => !is_full(source),
            Error::Job(_) | Error::OutOfMemory(_) | Error::Stopped => false,
        }
    }
}

/// No fault of who asked: the same works once there is room.
fn is_full(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge
    )
}

/// What to do, where that is plain from the kind of error.
fn advice(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "; make room there, or use another disk",
        ErrorKind::FileTooLarge => "; allow larger files (ulimit -f), or use another disk",
        ErrorKind::PermissionDenied => "; check its permissions",
        _ => "",
    }
}
