//! What happened in a run, the record that folds it, and what people decided and said of it afterwards.

mod calls;
mod caution;
mod decision;
mod event;
mod learnt_mix;
mod pairs;
mod plausible;
mod predictions;
mod record;
mod reliabilities;
mod run_name;
mod sureness;
mod tag;

pub use calls::{Call, Calls};
pub use caution::{Caution, Code};
pub use decision::{DECISION_FORMAT, DECISION_FORMATS, Decision};
pub use event::{EVENT_FORMAT, EVENT_FORMATS, Evaluation, Outcome, RunEvent, Started, Steps, Timing, When};
pub use learnt_mix::{learnt_in_words, undo_there};
pub use pairs::{FigureSaid, HeldRun, PairSaid, RunPair, each_pair};
pub use plausible::RunGuard;
pub use predictions::Predictions;
pub use record::{RunRecord, mean_of_each};
pub use reliabilities::Reliabilities;
pub use run_name::{began, run_name};
pub use sureness::{FiguresAsked, Sureness};
pub use tag::{RunTag, TAG_FORMAT, TAG_FORMATS};
