//! What the engine and its front ends say to each other: owned plain data through two channels, a way to cancel, and
//! a wake callback. Nothing here knows what a tensor or a window is.
//!
//! Steps are batched so that at most about thirty messages a second flow ([`StepBatch`]); epochs, evaluations and
//! endings are always sent. That rule is what keeps the event channel short, though it has no fixed bound.

pub mod advice;
mod answer;
mod cancel;
mod lab;
mod link;
mod message;
mod step_batch;

pub use answer::{Devices, FollowedRun, FoundSettings, SplitCounts, WeightsFacts};
pub use cancel::Cancel;
pub use lab::{CacheListing, CacheSpace, FeaturesStatus, HeadChoice, RunScores, SweepRequest, Trial};
pub use link::{EngineEnd, Job, Link, Wake, link};
pub use message::{
    Command, EvaluateRequest, Event, Failure, FileContent, Haste, Judged, ListedRun, Phase, Picture,
    PredictRequest, Prediction, Progress, SelfCheck, Thumbnail, TinyTraining, TrainRequest,
};
pub use step_batch::StepBatch;
