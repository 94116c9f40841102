//! What an experiment is: the images, how they are divided, what was asked, what happened, and the record that
//! folds it. Plain data and pure functions; no file, thread or clock is touched here.

mod backbone;
mod checked;
mod choices;
mod class_count;
mod class_weights;
mod command_line;
mod config;
mod dataset;
mod decision;
mod event;
mod name_form;
mod plausible;
mod record;
mod remark;
mod run_name;
pub mod split;
mod tag;
mod transform;
mod twins;
mod weight_grid;

pub use backbone::{BACKBONES, Backbone, Family, Published, backbone};
pub use checked::{Checked, remarks_in_words};
pub use choices::{
    BatchNorm, DeviceChoice, Groups, Normalize, Optimizer, Precision, Resize, SplitMethod, Stop,
    WeightsSource,
};
pub use class_count::ClassCount;
pub use class_weights::ClassWeights;
pub use command_line::command_line;
pub use config::{CONFIG_FORMAT, Config, MOST_ITERATIONS, OLDEST_CONFIG_FORMAT, Problem};
pub use dataset::{Dataset, ImageEntry, Issue, IssueKind, Part};
pub use decision::{DECISION_FORMAT, Decision, OLDEST_DECISION_FORMAT, called};
pub use event::{
    EVENT_FORMAT, Evaluation, OLDEST_EVENT_FORMAT, Outcome, RunEvent, Started, Steps, Timing, When,
};
pub use name_form::normal_form;
pub use plausible::RunGuard;
pub use record::{RunRecord, mean_of_each};
pub use remark::{Remark, RemarkKind, Unseen, remarks, shares};
pub use run_name::{began, run_name};
pub use split::Split;
pub use tag::RunTag;
pub use transform::FrozenTransform;
pub use twins::leaks;
pub use weight_grid::{MOST_HEADS, distinct, weight_grid};

/// What a model said of images whose class is known.
pub use crate::metrics::Scores;
