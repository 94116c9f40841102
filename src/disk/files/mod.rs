//! How any file is read and written: whole or not at all, stoppable, on all cores, and recognised when changed.

pub mod json_file;
pub mod on_all_cores;
pub mod stamp;
pub mod stoppable;
#[cfg(feature = "gui")]
pub mod stored_values;
pub mod user_file;
pub mod user_folders;
pub mod whole_file;
