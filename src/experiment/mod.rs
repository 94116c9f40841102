//! What an experiment is: the images, what was asked, how they are divided, and what happened. Plain data and pure
//! functions; no file, thread or clock is touched here.

mod cautions;
pub mod config;
mod dataset;
mod goal;
mod images;
mod overlay;
mod run;
pub mod slices;
pub mod split;
mod stakes;

pub use cautions::{cautions_of_run, cautions_of_sweep};
pub use config::{
    BACKBONES, Backbone, BatchNorm, CONFIG_FORMAT, CONFIG_FORMATS, ClassWeights, Config, DeviceChoice,
    Family, Field, Flag, FrozenTransform, Group, Groups, LABELS_FILE, LabelsOverlay, MOST_HEADS,
    MOST_ITERATIONS, Normalize, Optimizer, Precision, Problem, Published, Resize, SplitMethod, Stop,
    WeightsSource, backbone, command_line, distinct, weight_grid, weighting_file_name, weighting_name,
};
pub use dataset::{
    Checked, ClassCount, Dataset, FileType, Identity, ImageEntry, Issue, IssueKind, LabelTable, Part, Remark,
    RemarkKind, Source, TABLE_ENDINGS, Unseen, folder_of, is_named_as_table, leaks, normal_form, remarks,
    remarks_in_words, shares,
};
pub use goal::{FoundRule, Goal, RunRates, others};
pub use images::{
    Change, Changes, ImageFilter, ImageOrder, ImageSort, LESS_SURE, OneImage, Which, by_similarity,
    listed_images, loss_of,
};
pub use overlay::{
    Applied, Entry, History, ImageChange, ImageLabel, ImageName, LABELS_FORMAT, LABELS_FORMATS,
    LABELS_HEADER, LabelChange, LabelCounts, LabelRow, Overlay, apply, changes_of, classes_as_decided,
    counts_as_decided, known_class, rows_of, step_in_words, together,
};
pub use run::{
    Call, Calls, Caution, Code, DECISION_FORMAT, DECISION_FORMATS, Decision, EVENT_FORMAT, EVENT_FORMATS,
    Evaluation, FigureSaid, FiguresAsked, HeldRun, Outcome, PairSaid, Predictions, Reliabilities, RunEvent,
    RunGuard, RunPair, RunRecord, RunTag, Started, Steps, Sureness, TAG_FORMAT, TAG_FORMATS, Timing, When,
    began, each_pair, learnt_in_words, mean_of_each, run_name, undo_there,
};
pub use split::Split;
pub use stakes::Stakes;
