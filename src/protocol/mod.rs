//! What the engine and its front ends say to each other: owned plain data through two channels, a way to cancel, and
//! a wake callback. Nothing here knows what a tensor or a window is.
//!
//! Messages lie by subject: `dataset`, `health`, `map`, `runs`, `fit`, `live`, `labels`, `judge`, `cache`, `machine`, each with its requests, its part of
//! [`Command`] and of [`Event`], and the data that belongs to it. A request that has one answer is tied to it by type
//! ([`Ask`]).
//!
//! Steps are batched so that at most about thirty messages a second flow ([`StepBatch`]); epochs, evaluations and
//! endings are always sent. That rule is what keeps the event channel short, though it has no fixed bound.

pub mod advice;
mod ask;
mod cache;
mod dataset;
mod fit;
mod health;
mod judge;
mod labels;
mod link;
mod live;
mod machine;
mod map;
mod message;
mod progress;
mod runs;

pub use ask::Ask;
pub use cache::{CacheCommand, CacheEvent, CacheListing, CachedSet, ClearCache, LimitCache, ListCache};
pub use dataset::{
    CheckImages, CountSplit, DatasetCommand, DatasetEvent, DescribeImage, DrawDemo, ImageFacts, Picture,
    Scan, SplitCounts, Thumbnail, Thumbnails,
};
pub use fit::{DescribeWeights, FitCommand, FitEvent, HeadChoice, Sweep, Train, WeightsFacts};
pub use health::{
    ExamineImages, ExamineLabels, ExamineSplit, HealthCommand, HealthEvent, ReadSlices, RunSlices,
};
pub use judge::{
    Evaluate, Explain, Explained, FindImages, FoundImage, JudgeCommand, JudgeEvent, Judged, Predict,
    Predicted, Prediction, PredictionTable,
};
pub use labels::{
    CleanedFolder, CopyCleaned, EditLabels, ExportLabels, ExportedLabels, FolderLabels, LabelEdit,
    LabelsCommand, LabelsEvent, ReadLabels,
};
pub use link::{Cancel, EngineEnd, Job, Link, StepBatch, Wake, link};
pub use live::{AskFeatures, ComputeFeatures, FeaturesStatus, LiveCommand, LiveEvent, Trial, TryWeights};
pub use machine::{
    Devices, ListDevices, MachineCommand, MachineEvent, RunSelfCheck, SelfCheck, TinyTraining,
};
pub use map::{FindSimilar, MapCommand, MapEvent, MapFeatures, SimilarImages};
pub use message::{Command, Event, Failure, Urgency};
pub use progress::{Phase, Progress};
pub use runs::{
    BestWorth, CompareRuns, ComparedPair, ComparedRuns, Decide, ExportRuns, FileContent, FollowedRun,
    FoundSettings, Handled, ImageAnswer, ImageAnswers, KeepRunsIn, ListRuns, ListTrash, ListedRun, Measure,
    RateRuns, RatedRun, ReadImage, ReadScores, ReadSettings, ReportWritten, RestoreRuns, RunScores,
    RunsCommand, RunsEvent, RunsList, SearchRuns, SearchedRun, SearchedRuns, TagRun, TrashRuns, TrashedRun,
    WatchRuns, WriteFile, WriteReport,
};
