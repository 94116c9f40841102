//! Run folders: watched, read, named, deleted, brought back, exported; and files of the user's, read and written.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Picture, PredictionTable};
use crate::experiment::{
    Config, Decision, FiguresAsked, FoundRule, Goal, PairSaid, Part, Predictions, RunEvent, RunRates,
    RunRecord, RunTag, Stakes, Sureness,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum RunsCommand {
    WatchRuns(WatchRuns),
    ListRuns(ListRuns),
    TagRun(TagRun),
    TrashRuns(TrashRuns),
    RestoreRuns(RestoreRuns),
    ListTrash(ListTrash),
    ExportRuns(ExportRuns),
    WriteReport(Box<WriteReport>),
    ReadScores(ReadScores),
    RateRuns(RateRuns),
    Measure(Box<Measure>),
    CompareRuns(CompareRuns),
    SearchRuns(SearchRuns),
    ReadImage(ReadImage),
    Decide(Decide),
    ReadSettings(ReadSettings),
    WriteFile(WriteFile),
    KeepRunsIn(KeepRunsIn),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum RunsEvent {
    Listed(Box<ListedRun>),
    AllListed(RunsList),
    Followed(Box<FollowedRun>),
    /// Run folders that cannot be shown, and why: damaged, closed, or of another version.
    Unreadable {
        messages: Vec<String>,
    },
    /// The folder is no longer there.
    Gone(PathBuf),
    Tagged(TagRun),
    Trashed(Handled<PathBuf>),
    Restored(Handled<ListedRun>),
    TrashListed(Vec<TrashedRun>),
    /// Into these folders.
    Exported(Handled<PathBuf>),
    ReportWritten(ReportWritten),
    Scored(Box<RunScores>),
    Rated(Vec<RatedRun>),
    Measured(Box<Sureness>),
    Compared(ComparedRuns),
    Searched(SearchedRuns),
    ImageRead(Box<ImageAnswers>),
    /// New runs are kept there.
    KeptIn(PathBuf),
    SettingsRead(Box<FoundSettings>),
}

/// Read every run folder in there, newest first, one [`RunsEvent::Listed`] each, then report how the folder changes,
/// until it is cancelled: runs that appear, come further ([`RunsEvent::Followed`]) and go ([`RunsEvent::Gone`]). What
/// about a folder cannot be read is reported once ([`RunsEvent::Unreadable`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WatchRuns {
    pub runs_dir: PathBuf,
}

/// Read every run folder in there, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListRuns {
    pub runs_dir: PathBuf,
}

/// Name, note and star a run, in its folder. The answer is what stands there now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TagRun {
    pub dir: PathBuf,
    pub tag: RunTag,
}

/// Move runs' folders to the desktop's trash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrashRuns {
    pub dirs: Vec<PathBuf>,
}

/// Bring them back from there, and list them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RestoreRuns {
    pub dirs: Vec<PathBuf>,
}

/// Find what of these folders of runs lies in the desktop's trash, what went last first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListTrash {
    pub runs_dirs: Vec<PathBuf>,
}

/// A run that can be brought back from the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashedRun {
    /// Where it was.
    pub dir: PathBuf,
    /// As its owner named it; empty where nobody did.
    pub name: String,
    /// Seconds since it went.
    pub gone_secs: u64,
}

/// Write what people want of each run into a new folder in `to`: tables, config, model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportRuns {
    pub dirs: Vec<PathBuf>,
    pub to: PathBuf,
}

/// Write a page for people about these runs; the first is the one that it speaks for. It replaces nothing but an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WriteReport {
    pub runs: Vec<PathBuf>,
    pub to: PathBuf,
    /// What the folder's images are wanted for, where that is known.
    pub goal: Option<Goal>,
    /// Where it will be used. A class that it says to be common is the one that the report is about, unless the goal names another.
    pub stakes: Stakes,
    /// What a missed image of the class that the report is about costs, in false alarms; `None`: as `stakes` say.
    pub miss_cost: Option<f64>,
    /// Every class and cell, however many.
    pub full: bool,
}

/// A report that was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportWritten {
    pub path: PathBuf,
    /// Runs that it tells of.
    pub n_runs: usize,
    /// Why it does not tell of others, each a sentence with the folder's name.
    pub unreadable: Vec<String>,
}

/// Read what a finished run says of its validation and test images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadScores {
    pub run_dir: PathBuf,
}

/// Count for each run how its classes fare by that threshold, its images in their groups where it was split by them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RateRuns {
    pub runs: Vec<(PathBuf, Option<Decision>)>,
}

/// How the classes of a run fare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RatedRun {
    pub run_dir: PathBuf,
    pub rates: RunRates,
}

/// Say how sure figures are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    pub asked: FiguresAsked,
    /// What is known of the same scores by another rule: their areas are the same.
    pub by_another_rule: Option<Sureness>,
}

/// Hold runs against each other, by their largest scores on the images of that part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompareRuns {
    pub runs: Vec<PathBuf>,
    pub part: Part,
}

/// What of their differences is chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedRuns {
    pub asked: CompareRuns,
    /// Each two, both ways round.
    pub pairs: Vec<ComparedPair>,
}

/// One run held against another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedPair {
    pub run: PathBuf,
    pub against: PathBuf,
    /// Else why it is not known.
    pub said: Result<PairSaid, String>,
}

/// Find for each run the threshold that serves the goal best on its validation images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchRuns {
    pub runs: Vec<PathBuf>,
    pub goal: Goal,
}

/// What was found for each run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchedRuns {
    pub runs: Vec<SearchedRun>,
    /// What the best of them is worth where it was not chosen; `None` where that is not known.
    pub worth: Option<BestWorth>,
}

/// What is to be known of a best that was chosen among many.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BestWorth {
    /// How many it was chosen among.
    pub n_models: usize,
    /// Whether at all their thresholds; by the largest score alone where there are too few images.
    pub at_thresholds: bool,
    /// Of its merit, what is due to its being chosen.
    pub too_much: f64,
    /// Of its merit.
    pub standard_error: f64,
}

/// What was found for a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchedRun {
    pub run_dir: PathBuf,
    /// `None` where no threshold serves the goal; else why the run could not be searched.
    pub found: Result<Option<FoundRule>, String>,
}

/// Read what each of these runs says of one of the images that it was judged by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadImage {
    pub runs: Vec<PathBuf>,
    /// As the runs name it.
    #[serde(with = "crate::any_path")]
    pub image: PathBuf,
}

/// What runs say of an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageAnswers {
    #[serde(with = "crate::any_path")]
    pub image: PathBuf,
    /// In the order in which they were asked.
    pub runs: Vec<(PathBuf, Result<Option<ImageAnswer>, String>)>,
}

/// What a run says of an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageAnswer {
    pub part: Part,
    /// One for each class of the run.
    pub probabilities: Vec<f32>,
}

/// Keep with the run the threshold by which it classifies images; `None`: by the largest probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decide {
    pub run_dir: PathBuf,
    pub decision: Option<Decision>,
}

/// Keep new runs there from now on, whichever program makes them; the answer is that folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeepRunsIn {
    pub dir: PathBuf,
}

/// Read a config from a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadSettings {
    pub path: PathBuf,
}

/// Write a file, with the folders above it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WriteFile {
    pub path: PathBuf,
    pub content: FileContent,
}

/// What a file is to hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FileContent {
    Text(String),
    /// As a PNG.
    Picture(Arc<Picture>),
    /// As CSV, and only over a table of its kind.
    Predictions(Arc<PredictionTable>),
}

/// What was done with several runs: one that fails keeps none of the others from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handled<T> {
    pub done: Vec<T>,
    /// Why it was not done with the others, each a sentence with the folder's name.
    pub failures: Vec<String>,
}

/// A run that was found in the runs folder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ListedRun {
    pub dir: PathBuf,
    pub name: String,
    pub config: Config,
    pub record: RunRecord,
    /// The threshold that was chosen for it.
    pub decision: Option<Decision>,
    pub tag: RunTag,
    /// How many events the record is the fold of.
    pub n_events: usize,
    /// Whether a process is writing it now.
    pub written: bool,
    /// Of the image folder it was trained on (see `disk::dataset::fingerprint`); empty where the run does not say.
    pub data_fingerprint: String,
}

/// All runs of a folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunsList {
    /// The newest first.
    pub runs: Vec<ListedRun>,
    /// What could not be read, or does not fit.
    pub doubts: Vec<String>,
}

/// A run that has come further, or whose writer came or went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowedRun {
    pub dir: PathBuf,
    /// How many events there were before these.
    pub first: usize,
    pub events: Vec<RunEvent>,
    /// Whether a process is writing it now.
    pub written: bool,
}

/// What a finished run says of the images it was judged by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunScores {
    pub run_dir: PathBuf,
    /// Its validation and, where there are any, its test images; its training images as judged out of fold.
    pub parts: Vec<(Part, Predictions)>,
    /// Why what its folds said is left out, in a sentence.
    pub folds_damage: Option<String>,
}

/// A config that lies in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundSettings {
    pub path: PathBuf,
    pub config: Config,
    /// In the order of its class weights, where that is known.
    pub classes: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Steps;
    use crate::protocol::{Event, Urgency};

    /// Otherwise a training that is written to the watched folder would be drawn as often as it is written.
    #[test]
    fn only_what_is_more_than_losses_of_a_followed_run_is_urgent() {
        let steps = RunEvent::Steps(Steps {
            epoch: 1,
            first: 1,
            losses: vec![0.5],
            elapsed_secs: 1.0,
        });
        let warning = RunEvent::Warning {
            message: "one image was left out".into(),
        };
        let urgency = |written: bool, events: &[&RunEvent]| {
            let events = events.iter().map(|&event| event.clone()).collect();
            let dir = PathBuf::from("run");
            let followed = FollowedRun {
                dir,
                first: 2,
                events,
                written,
            };
            Event::from(RunsEvent::Followed(Box::new(followed))).urgency()
        };
        assert_eq!(urgency(true, &[&steps, &steps]), Urgency::Soon);
        assert_eq!(urgency(true, &[&steps, &warning]), Urgency::Now);
        assert_eq!(urgency(false, &[&steps]), Urgency::Now);
        assert_eq!(urgency(false, &[]), Urgency::Now);
    }
}
