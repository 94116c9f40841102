//! The user's own folders, as the XDG base directory specification names them.

use std::env;
use std::path::PathBuf;

/// `$XDG_CACHE_HOME/counterweight`, else `~/.cache/counterweight`; `None` where there is no home.
pub fn cache_dir() -> Option<PathBuf> {
    of("XDG_CACHE_HOME", ".cache")
}

/// `$XDG_DATA_HOME/counterweight`, else `~/.local/share/counterweight`; `None` where there is no home.
pub fn data_dir() -> Option<PathBuf> {
    of("XDG_DATA_HOME", ".local/share")
}

/// A relative path counts as none, as the specification asks: it would be another folder wherever the program is started.
fn of(variable: &str, below_home: &str) -> Option<PathBuf> {
    let from_env = env::var_os(variable).map(PathBuf::from);
    let folder = from_env
        .filter(|path| path.is_absolute())
        .or_else(|| Some(env::home_dir()?.join(below_home)))?;
    folder.is_absolute().then(|| folder.join("counterweight"))
}
