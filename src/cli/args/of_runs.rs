//! The arguments of what asks finished runs.

use std::path::PathBuf;

use clap::Args;

use crate::cli::words::{Prevalence, RunsPlace, miss_cost};
use crate::experiment::{Change, ImageSort, Part, Source};

#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Run folder, or its name in the runs folder
    pub run: PathBuf,
    /// Image folder to evaluate; with --labels: where the table's paths start, if not in its own folder
    #[arg(long, value_name = "DIR", required_unless_present = "labels")]
    pub data: Option<PathBuf>,
    /// Table of the images to evaluate and their labels, in place of class folders
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// train, val or test: which of the images [default: val of the folder it was trained on, all of another]
    #[arg(long, value_parser = part)]
    pub part: Option<Part>,
    /// How common a class is where the classifier will be used, as REAL=0.005, REAL=0.5% or REAL=1/200: tell precision, alarms
    /// and misses there, too
    #[arg(long, value_name = "CLASS=SHARE")]
    pub prevalence: Option<Prevalence>,
    /// What a missed image of that class costs, in false alarms: tell the cost there, too
    #[arg(long, value_name = "COST", requires = "prevalence", value_parser = miss_cost)]
    pub miss_cost: Option<f64>,
    #[command(flatten)]
    pub runs: RunsPlace,
    /// Progress as JSON lines on standard error, one JSON object on standard output
    #[arg(long)]
    pub json: bool,
    /// Give scores as the weighted head says them; by default probabilities have its class weights undone
    #[arg(long)]
    pub raw_scores: bool,
    /// Print the confusion matrix whole, however many classes it has
    #[arg(long)]
    pub full: bool,
}

fn part(text: &str) -> Result<Part, String> {
    let known = Part::ALL.into_iter().find(|part| part.name() == text);
    known.ok_or_else(|| format!("{text:?} is none of train, val, test"))
}

#[derive(Debug, Args)]
pub struct PredictArgs {
    /// Run folder, or its name in the runs folder
    pub run: PathBuf,
    /// Images, or folders that are searched for images
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Write the predictions to this file as CSV
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Print one JSON object a line: {"path", "class", "probabilities", "scores"}, or {"path", "error"}
    #[arg(long)]
    pub json: bool,
    /// Give scores as the weighted head says them; by default probabilities have its class weights undone
    #[arg(long)]
    pub raw_scores: bool,
    /// How common a class is among images like these, as REAL=0.005, REAL=0.5% or REAL=1/200: probabilities are for that mix, and
    /// not for that of the training images
    #[arg(long, value_name = "CLASS=SHARE", conflicts_with = "raw_scores")]
    pub prevalence: Option<Prevalence>,
    #[command(flatten)]
    pub runs: RunsPlace,
}

#[derive(Debug, Args)]
pub struct ImagesArgs {
    /// Run folder, or its name in the runs folder
    pub run: PathBuf,
    /// Those of one class that are predicted as another, or as their own
    #[arg(long, value_name = "TRUE,PREDICTED", conflicts_with_all = ["class", "mistakes", "only"])]
    pub cell: Option<String>,
    /// Those of one class
    #[arg(long, conflicts_with_all = ["mistakes", "only"])]
    pub class: Option<String>,
    /// Those that are predicted as another class than their own
    #[arg(long, conflicts_with = "only")]
    pub mistakes: bool,
    /// val or test: which of the images that the run was evaluated on
    #[arg(long, value_parser = part, default_value = "val")]
    pub part: Part,
    /// Another run on the same images, to hold this one against
    #[arg(long, value_name = "RUN2", requires = "only")]
    pub against: Option<PathBuf>,
    /// fixed (wrong under RUN2, right under RUN), broken (the other way round), both-wrong, or less-sure (right under both, the
    /// true class at least 0.1 less probable under RUN, the class weights of both undone)
    #[arg(long, value_name = "CHANGE", value_parser = change, requires = "against")]
    pub only: Option<Change>,
    /// loss (largest first), confidence (highest first), margin (closest to another verdict first) or name
    #[arg(long, value_parser = sort, default_value = "loss")]
    pub sort: ImageSort,
    /// Those first that are most like this image of the run's folder, by the features of the run's backbone
    #[arg(long, value_name = "PATH", conflicts_with = "sort")]
    pub similar_to: Option<PathBuf>,
    /// The first N of them
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Write them to this file as CSV
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Give scores as the weighted head says them; by default probabilities have its class weights undone
    #[arg(long)]
    pub raw_scores: bool,
    #[command(flatten)]
    pub runs: RunsPlace,
}

fn sort(text: &str) -> Result<ImageSort, String> {
    let known = ImageSort::ALL.into_iter().find(|sort| sort.key() == text);
    known.ok_or_else(|| {
        format!(
            "{text:?} is none of {}",
            ImageSort::ALL.map(ImageSort::key).join(", ")
        )
    })
}

/// What `--only` may be.
fn change(text: &str) -> Result<Change, String> {
    let known = Change::ALL.into_iter().find(|change| change.key() == text);
    known.ok_or_else(|| format!("{text:?} is none of {}", Change::ALL.map(Change::key).join(", ")))
}

#[derive(Debug, Args)]
pub struct SlicesArgs {
    /// Run folder, or its name in the runs folder
    pub run: PathBuf,
    /// One property alone, such as brightness, folder, or a column of the table
    #[arg(long, value_name = "PROPERTY")]
    pub by: Option<String>,
    /// The class whose recall is compared [default: that of the run's threshold, or the rarest]
    #[arg(long)]
    pub class: Option<String>,
    /// val or test, or train where the run judged its training images out of fold
    #[arg(long, value_parser = part, default_value = "val")]
    pub part: Part,
    /// Folder in which the run's images lie now, if it was moved; with --labels: where the table's paths start
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Table of what is known of the images, in place of the one that the run was trained with
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub runs: RunsPlace,
}

impl SlicesArgs {
    /// Where the run's images lie now, where that was named.
    pub fn source(&self) -> Option<Source> {
        let is_named = self.data.is_some() || self.labels.is_some();
        is_named.then(|| Source::given(self.data.clone(), self.labels.clone()))
    }
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Run folders, or their names in the runs folder; the report speaks for the first, and holds the others against it
    #[arg(required = true)]
    pub run: Vec<PathBuf>,
    /// The page to write, such as report.html; an earlier report there is replaced, and nothing else
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// How common a class is where the classifier will be used, as REAL=0.005, REAL=0.5% or REAL=1/200: tell there what mistakes
    /// cost [default: the rarest class, as common as in the folder]
    #[arg(long, value_name = "CLASS=SHARE")]
    pub prevalence: Option<Prevalence>,
    /// What a missed image of that class costs, in false alarms [default: 1]
    #[arg(long, value_name = "COST", value_parser = miss_cost)]
    pub miss_cost: Option<f64>,
    /// Show every class and every cell of the matrix, however many there are
    #[arg(long)]
    pub full: bool,
    #[command(flatten)]
    pub runs: RunsPlace,
}

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Run folders, or their names in the runs folder; each is held against those before it
    #[arg(num_args = 2.., required = true, value_name = "RUN")]
    pub compared: Vec<PathBuf>,
    /// val or test, or train where the runs judged their training images out of fold
    #[arg(long, value_parser = part, default_value = "val")]
    pub part: Part,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub runs: RunsPlace,
}
