//! The decisions about a folder's images, kept beside the runs: one journal a folder, to which lines are added only. The
//! image folder itself is never touched.

mod cleaned;
mod decided;
mod divide;
mod edit;
mod journal;
mod place;
mod table;
mod whereabouts;

pub use cleaned::copy_cleaned;
pub use decided::{Decided, decided_by};
pub use divide::{Divided, divide_as_decided, put_upon};
pub use edit::{edit, export_of, folder_labels};
pub use journal::write_copy;
pub use place::{journals_stamp, may_have_moved, own_overlay};
pub use table::is_decisions_table;
