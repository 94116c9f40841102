//! The arguments, as clap reads them. Flags of `train` and `sweep` that are the config's fields come from their table.

mod of_runs;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

use super::config_flags::{ConfigFlags, FolderFlags};
use super::labels::LabelsArgs;
pub use super::words::RunsPlace;
use super::words::{Grid, Size, SourceArgs, caution_code};
use crate::disk::dataset::label_table::divides;
use crate::disk::dataset::scan::is_divided;
use crate::disk::runs::saved::read_config;
use crate::error::Result;
use crate::experiment::config::fields::{
    CLASS_WEIGHTS, DATA, GROUPS, LABEL_TABLE, LABELS_OVERLAY, LR, SPLIT,
};
use crate::experiment::{ClassWeights, Code, Config, Field, Groups, Source, SplitMethod};
pub use of_runs::{CompareArgs, EvaluateArgs, ImagesArgs, PredictArgs, ReportArgs, SlicesArgs};

/// Decide how to weigh the classes of an imbalanced image folder.
#[derive(Debug, Parser)]
#[command(version, about, after_help = "Without a command, the window opens.")]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Write down there what the program does, a line each, after what is there
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look through an image folder: classes, counts, and what is wrong with it
    Scan(ScanArgs),
    /// Look for copies, wrong labels, useless images and shortcuts in an image folder
    Health(Box<HealthArgs>),
    /// Train a new linear head on a frozen backbone, with weighted classes
    Train(Box<TrainArgs>),
    /// Train many weightings at once: one head each on the same features
    Sweep(Box<SweepArgs>),
    /// Evaluate an image folder with a finished run
    Evaluate(EvaluateArgs),
    /// Predict the class of images with a finished run
    Predict(PredictArgs),
    /// List the images behind a run's figures: of a cell, of a class, the wrong ones, or those that another run predicts otherwise
    Images(Box<ImagesArgs>),
    /// Tell where a run finds a class less: by file type, size, brightness, folder, group or a column of the table of labels
    Slices(SlicesArgs),
    /// Write a page for people about runs: figures, curves and images, to read, print and hand on
    Report(ReportArgs),
    /// Hold runs on the same images against each other: by how much they differ, and whether that is more than chance
    Compare(CompareArgs),
    /// List the runs
    Runs(RunsArgs),
    /// Decide about single images: another class, left out, kept together; the folder is never touched
    Labels(LabelsArgs),
    /// Show, limit or clear the features that were computed and kept
    Cache(CacheArgs),
    /// Tell the story of class weights on images drawn by the program; needs no download
    Demo(DemoArgs),
    /// Show what the program runs on and check that it computes rightly there
    Selfcheck(SelfcheckArgs),
}

#[derive(Debug, Args)]
pub struct ScanArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// Decode every image, too: what is damaged inside is named before a training leaves it out
    #[arg(long)]
    pub check: bool,
    #[command(flatten)]
    pub runs: RunsPlace,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct HealthArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// Look at files and pixels alone: no labels, outliers and crops, for which a backbone's features are needed
    #[arg(long)]
    pub no_features: bool,
    /// Write the groups that keep copies together to a new file, which `labels DIR import` and train --groups take
    #[arg(long, value_name = "FILE")]
    pub write_groups: Option<PathBuf>,
    #[command(flatten)]
    pub runs: RunsPlace,
    /// Print one JSON object with all that was found
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub flags: FolderFlags,
}

#[derive(Debug, Args)]
pub struct TrainArgs {
    #[command(flatten)]
    pub common: ConfigArgs,
    /// Print the confusion matrix whole, however many classes it has
    #[arg(long)]
    pub full: bool,
}

impl TrainArgs {
    /// The config file's values, or the defaults, overridden by the flags that were given.
    ///
    /// # Errors
    /// The file cannot be read, or the flags contradict each other.
    pub fn to_config(&self) -> Result<Config> {
        self.common.to_config(|_| true)
    }
}

#[derive(Debug, Args)]
#[command(
    mut_arg("class-weights", |weights| weights
        .action(ArgAction::Append)
        .required_unless_present("grid")
        .help("A weighting, written as for train; once for each")),
    mut_arg("lr", |lr| {
        let help = lr.get_help().map(ToString::to_string).unwrap_or_default();
        lr.action(ArgAction::Append)
            .help(format!("{help}; given more than once, every weighting is trained with each"))
    })
)]
pub struct SweepArgs {
    #[command(flatten)]
    pub common: ConfigArgs,
    /// COUNT weights of one class, evenly spaced in ratio, the other classes at 1: REAL=1:16:24
    #[arg(long, value_name = "CLASS=FROM:TO:COUNT")]
    pub grid: Vec<Grid>,
}

impl SweepArgs {
    /// The config of all heads, except for weights and learning rates.
    ///
    /// # Errors
    /// The file cannot be read, or the flags contradict each other.
    pub fn to_config(&self) -> Result<Config> {
        let of_each = [CLASS_WEIGHTS.key, LR.key];
        self.common.to_config(|field| !of_each.contains(&field.key))
    }

    /// # Errors
    /// A weighting cannot be read.
    pub fn class_weights(&self) -> Result<Vec<ClassWeights>> {
        let each = self.common.flags.each(&CLASS_WEIGHTS)?;
        Ok(each.into_iter().map(|config| config.class_weights).collect())
    }

    /// Empty where none was given.
    ///
    /// # Errors
    /// A learning rate is not a number.
    pub fn lrs(&self) -> Result<Vec<f64>> {
        let each = self.common.flags.each(&LR)?;
        Ok(each.into_iter().map(|config| config.lr).collect())
    }
}

#[derive(Debug, Args)]
#[command(
    mut_arg("data", |data| data.required_unless_present_any(["config", "labels"])),
    // `-1,2` is a weighting that is refused with the reason.
    mut_arg("class-weights", |weights| weights.allow_hyphen_values(true)),
)]
pub struct ConfigArgs {
    #[command(flatten)]
    pub flags: ConfigFlags,
    /// Start from this file, a run folder's config.json; other flags override it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub runs: RunsPlace,
    /// Do not print these cautions, such as CW010; a run keeps them all the same (docs/warnings.md explains each)
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = caution_code)]
    pub mute: Vec<Code>,
    /// Progress as JSON lines on standard error, one JSON object on standard output
    #[arg(long)]
    pub json: bool,
}

impl ConfigArgs {
    fn to_config(&self, wanted: impl Fn(&Field) -> bool) -> Result<Config> {
        let mut config = match &self.config {
            Some(path) => read_config(path)?,
            None => Config {
                split: self.split_of_folder()?,
                ..Config::default()
            },
        };
        self.flags.override_config(&mut config, wanted)?;
        let names_table =
            self.flags.gives(&LABEL_TABLE) || self.data_given()?.is_some_and(|source| source.table.is_some());
        if names_table && !self.flags.gives(&SPLIT) && !self.flags.gives(&GROUPS) {
            split_as_table_says(&mut config)?;
        }
        Ok(config)
    }

    /// What `--data` names, a folder or a table.
    fn data_given(&self) -> Result<Option<Source>> {
        let given = self.flags.each(&DATA)?.pop();
        Ok(given.map(|config| config.source()))
    }

    /// What holds where no split is asked for, in the window as here.
    fn split_of_folder(&self) -> Result<SplitMethod> {
        let data = self.data_given()?.filter(|source| source.table.is_none());
        // A table says itself how its images are divided.
        let asks = [&SPLIT, &GROUPS, &LABEL_TABLE]
            .iter()
            .any(|field| self.flags.gives(field));
        Ok(match data.is_some_and(|data| !asks && is_divided(&data.folder)) {
            true => SplitMethod::Folders,
            false => Config::default().split,
        })
    }

    /// Whether the folder's own label decisions are meant: a config file says by itself what its run was trained with.
    pub fn takes_own_labels(&self) -> bool {
        self.config.is_none() && !self.flags.gives(&LABELS_OVERLAY)
    }
}

/// A table that has a column for parts or groups is divided by it.
fn split_as_table_says(config: &mut Config) -> Result<()> {
    let source = config.source();
    let Some(table) = source.table else {
        return Ok(());
    };
    let divides = divides(&table, &source.folder)?;
    if divides.has_parts {
        config.split = SplitMethod::Folders;
    } else if divides.has_groups {
        (config.split, config.groups) = (SplitMethod::Groups, Some(Groups::Csv(table)));
    }
    Ok(())
}

#[derive(Debug, Args)]
pub struct RunsArgs {
    #[command(flatten)]
    pub runs: RunsPlace,
    /// Print one JSON array
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct CacheArgs {
    #[command(subcommand)]
    pub action: Option<CacheAction>,
    /// Print one JSON object
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum CacheAction {
    /// List what is kept; what `counterweight cache` alone does
    List,
    /// Remove the features of one entry of the list, or all features and small pictures
    Clear {
        /// As in the list
        id: Option<String>,
    },
    /// Set how much may be kept, such as 20GB; what was not used for longest goes first
    Limit {
        /// Bytes, or a number with KB, MB, GB, TB, KiB, MiB, GiB or TiB
        size: Size,
    },
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Folder to draw the images in [default: in the user's cache]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    #[command(flatten)]
    pub runs: RunsPlace,
}

#[derive(Debug, Args)]
pub struct SelfcheckArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{
        BatchNorm, DeviceChoice, LabelsOverlay, Normalize, Optimizer, Precision, Resize, WeightsSource,
        command_line,
    };

    fn config_of(line: &str) -> Config {
        let words = shlex::split(line).unwrap();
        let Some(Command::Train(args)) = Arguments::try_parse_from(words).unwrap().command else {
            panic!("{line}")
        };
        args.to_config().unwrap()
    }

    #[test]
    fn a_config_as_a_command_gives_the_same_config() {
        let plain = Config {
            data: "faces".into(),
            ..Config::default()
        };
        assert_eq!(
            command_line(&plain),
            "counterweight train --data faces --split stratified"
        );
        let weighed = Config {
            class_weights: ClassWeights::Named(vec![("FAKE".into(), 1.0), ("it's REAL".into(), 8.5)]),
            groups: Some(Groups::Pattern(r"^(\w+)-\d".into())),
            split: SplitMethod::Groups,
            weights: WeightsSource::File("/a b/w.pth".into()),
            lr: 3.2e-4,
            data: "/data/it's $HOME".into(),
            ..Config::default()
        };
        let every_field = Config {
            data: "-x".into(),
            arch: "squeezenet1_0".into(),
            weights: WeightsSource::Random,
            class_weights: ClassWeights::Effective(0.999),
            epochs: 7,
            lr: 1e-12,
            optimizer: Optimizer::Sgd,
            batch: 9,
            image_size: 64,
            resize: Resize::Crop,
            normalize: Normalize::None,
            batch_norm: BatchNorm::Batch,
            split: SplitMethod::Groups,
            groups: Some(Groups::Csv("groups of mine.csv".into())),
            labels_overlay: Some(LabelsOverlay::of("my decisions.csv")),
            train_share: 0.1 + 0.2,
            test_share: 0.15,
            seed: u64::MAX,
            device: DeviceChoice::Cuda(3),
            precision: Precision::Bf16,
            baseline: true,
            ..Config::default()
        };
        let given = Config {
            class_weights: ClassWeights::Given(vec![1.0, 8.0, 0.25]),
            split: SplitMethod::Random,
            ..plain.clone()
        };
        for config in [plain, weighed, every_field, given] {
            let line = command_line(&config);
            assert_eq!(config_of(&line), config, "{line}");
        }
    }
}
