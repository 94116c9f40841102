//! What can be asked, and what answers it, tied by type: who asks gets that answer, and who answers can give no other.

use std::path::PathBuf;

use super::cache::{CacheCommand, CacheEvent, CacheListing, ClearCache, LimitCache, ListCache};
use super::dataset::*;
use super::fit::*;
use super::health::*;
use super::judge::*;
use super::labels::*;
use super::live::*;
use super::machine::*;
use super::map::*;
use super::message::{Command, Event};
use super::runs::*;
use crate::experiment::{Checked, Dataset, Sureness};
use crate::health::findings::{FolderParts, ImageFindings, LabelFindings};
use crate::map::FeatureMap;

/// A request that has one answer. It comes as an event before the job's end; progress may come before it.
pub trait Ask: Into<Command> {
    type Answer;

    /// The answer as it is sent.
    fn event(answer: Self::Answer) -> Event;

    /// The answer, where this event is it.
    fn answer(event: Event) -> Option<Self::Answer>;
}

/// Makes commands of a subject's requests and events of its news, and ties each request that has an answer to the event
/// that it comes as.
macro_rules! requests {
    ($subject:ident, $commands:ident, $events:ident: $($request:ident $(-> $event:ident($answer:ty))?),+ $(,)?) => {
        impl From<$commands> for Command {
            fn from(command: $commands) -> Self {
                Self::$subject(command)
            }
        }

        impl From<$events> for Event {
            fn from(event: $events) -> Self {
                Self::$subject(event)
            }
        }

        $(
            impl From<$request> for Command {
                fn from(request: $request) -> Self {
                    Self::$subject($commands::$request(request.into()))
                }
            }

            $(
                impl Ask for $request {
                    type Answer = $answer;

                    fn event(answer: $answer) -> Event {
                        $events::$event(answer).into()
                    }

                    fn answer(event: Event) -> Option<$answer> {
                        match event {
                            Event::$subject($events::$event(answer)) => Some(answer),
                            _ => None,
                        }
                    }
                }
            )?
        )+
    };
}

requests! {
    Dataset, DatasetCommand, DatasetEvent:
    Scan -> Scanned(Box<Dataset>),
    CheckImages -> Checked(Box<Checked>),
    CountSplit -> SplitCounted(SplitCounts),
    DrawDemo,
    Thumbnails,
    DescribeImage -> Described(Box<ImageFacts>),
}

requests! {
    Runs, RunsCommand, RunsEvent:
    WatchRuns,
    ListRuns -> AllListed(RunsList),
    TagRun -> Tagged(TagRun),
    TrashRuns -> Trashed(Handled<PathBuf>),
    RestoreRuns -> Restored(Handled<ListedRun>),
    ListTrash -> TrashListed(Vec<TrashedRun>),
    ExportRuns -> Exported(Handled<PathBuf>),
    WriteReport -> ReportWritten(ReportWritten),
    ReadScores -> Scored(Box<RunScores>),
    RateRuns -> Rated(Vec<RatedRun>),
    Measure -> Measured(Box<Sureness>),
    CompareRuns -> Compared(ComparedRuns),
    SearchRuns -> Searched(SearchedRuns),
    ReadImage -> ImageRead(Box<ImageAnswers>),
    Decide,
    ReadSettings -> SettingsRead(Box<FoundSettings>),
    WriteFile,
    KeepRunsIn -> KeptIn(PathBuf),
}

requests! {
    Fit, FitCommand, FitEvent:
    Train,
    Sweep,
    DescribeWeights -> WeightsDescribed(WeightsFacts),
}

requests! {
    Live, LiveCommand, LiveEvent:
    ComputeFeatures -> Features(FeaturesStatus),
    AskFeatures -> Features(FeaturesStatus),
    TryWeights -> Tried(Box<Trial>),
}

requests! {
    Labels, LabelsCommand, LabelsEvent:
    ReadLabels -> Read(Box<FolderLabels>),
    EditLabels -> Read(Box<FolderLabels>),
    ExportLabels -> Exported(ExportedLabels),
    CopyCleaned -> Cleaned(CleanedFolder),
}

requests! {
    Health, HealthCommand, HealthEvent:
    ExamineImages -> ImagesExamined(Box<ImageFindings>),
    ExamineLabels -> LabelsExamined(Box<LabelFindings>),
    ReadSlices -> SlicesRead(Box<RunSlices>),
    ExamineSplit -> SplitExamined(Box<FolderParts>),
}

requests! {
    Map, MapCommand, MapEvent:
    MapFeatures -> Mapped(Box<FeatureMap>),
    FindSimilar -> Similar(Box<SimilarImages>),
}

requests! {
    Judge, JudgeCommand, JudgeEvent:
    Evaluate -> Evaluated(Box<Judged>),
    Predict,
    Explain -> Explained(Box<Explained>),
    FindImages,
}

requests! {
    Cache, CacheCommand, CacheEvent:
    ListCache -> Listed(CacheListing),
    ClearCache -> Listed(CacheListing),
    LimitCache -> Listed(CacheListing),
}

requests! {
    Machine, MachineCommand, MachineEvent:
    ListDevices -> DevicesListed(Devices),
    RunSelfCheck -> SelfChecked(SelfCheck),
}
