//! The arguments, as clap reads them. Flags of `train` are the config's fields under the config's names.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::words::{Grid, Size};
use crate::disk::runs::saved::read_config;
use crate::error::{Error, Result};
use crate::experiment::{
    BatchNorm, ClassWeights, Config, DeviceChoice, Groups, Normalize, Optimizer, Part, Precision, Resize,
    SplitMethod, Stop,
};

/// Decide how to weigh the classes of an imbalanced image folder.
#[derive(Debug, Parser)]
#[command(version, about, after_help = "Without a command, the window opens.")]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look through an image folder: classes, counts, and what is wrong with it
    Scan(ScanArgs),
    /// Train a new linear head on a frozen backbone, with weighted classes
    Train(Box<TrainArgs>),
    /// Train many weightings at once: one head each on the same features
    Sweep(Box<SweepArgs>),
    /// Judge an image folder with a finished run
    Evaluate(EvaluateArgs),
    /// Predict the class of images with a finished run
    Predict(PredictArgs),
    /// List the runs
    Runs(RunsArgs),
    /// Show, limit or clear the features that were computed and kept
    Cache(CacheArgs),
    /// Tell the story of class weights on images drawn by the program; needs no download
    Demo(DemoArgs),
    /// Show what the program runs on and check that it computes rightly there
    Selfcheck(SelfcheckArgs),
}

#[derive(Debug, Args)]
pub struct ScanArgs {
    /// Image folder: one sub-folder per class, or train/ val/ test/ with the classes in each
    pub dir: PathBuf,
    /// Decode every image, too: what is damaged inside is named before a training leaves it out
    #[arg(long)]
    pub check: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct TrainArgs {
    #[command(flatten)]
    pub common: ConfigArgs,
    /// none, balanced, inverse-sqrt, effective:BETA, numbers in class order (1,8), or NAME=W,NAME=W [default: none]
    #[arg(long, value_name = "WEIGHTS", allow_hyphen_values = true)]
    pub class_weights: Option<ClassWeights>,
    /// Learning rate [default: 1e-3]
    #[arg(long, allow_negative_numbers = true)]
    pub lr: Option<f64>,
    /// Print the confusion matrix whole, however many classes it has
    #[arg(long)]
    pub full: bool,
}

impl TrainArgs {
    /// The config file's values, or the defaults, overridden by the flags that were given.
    pub fn to_config(&self) -> Result<Config> {
        let mut config = self.common.to_config(self.lr.is_some())?;
        set(&mut config.class_weights, &self.class_weights);
        set(&mut config.lr, &self.lr);
        Ok(config)
    }
}

#[derive(Debug, Args)]
pub struct SweepArgs {
    #[command(flatten)]
    pub common: ConfigArgs,
    /// A weighting, written as for train; once for each
    #[arg(
        long,
        value_name = "WEIGHTS",
        allow_hyphen_values = true,
        required_unless_present = "grid"
    )]
    pub class_weights: Vec<ClassWeights>,
    /// COUNT weights of one class, evenly spaced in ratio, the other classes at 1: REAL=1:16:24
    #[arg(long, value_name = "CLASS=FROM:TO:COUNT")]
    pub grid: Vec<Grid>,
    /// Learning rate; given more than once, every weighting is trained with each [default: 1e-3]
    #[arg(long, allow_negative_numbers = true)]
    pub lr: Vec<f64>,
}

#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Image folder: one sub-folder per class, or train/ val/ test/ with the classes in each
    #[arg(long, value_name = "DIR", required_unless_present = "config")]
    pub data: Option<PathBuf>,
    /// Start from this file, a run folder's config.json; other flags override it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder that the run's folder is made in
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub runs: PathBuf,
    /// resnet18, resnet34, resnet50 or squeezenet1_0 [default: resnet18]
    #[arg(long)]
    pub arch: Option<String>,
    /// Backbone weights: imagenet, none (random), or a .safetensors, .pth or .pt file [default: imagenet]
    #[arg(long, value_name = "FILE")]
    pub weights: Option<String>,
    /// epochs, or converged: at the minimum of the loss and scikit-learn's penalty [default: epochs]
    #[arg(long)]
    pub stop: Option<Stop>,
    /// Times to go through the training images [default: 2]
    #[arg(long, allow_negative_numbers = true)]
    pub epochs: Option<u32>,
    /// adam, adamw or sgd (momentum 0.9) [default: adam]
    #[arg(long)]
    pub optimizer: Option<Optimizer>,
    /// Images a step [default: 126]
    #[arg(long, value_name = "N")]
    pub batch: Option<usize>,
    /// Side of the square the network sees, in pixels [default: 128]
    #[arg(long, value_name = "PIXELS")]
    pub image_size: Option<u32>,
    /// square, crop (ImageNet's evaluation transform) or none (all images have one size) [default: square]
    #[arg(long)]
    pub resize: Option<Resize>,
    /// imagenet or none [default: imagenet]
    #[arg(long)]
    pub normalize: Option<Normalize>,
    /// frozen, or batch (train() mode, as in the notebook) [default: frozen]
    #[arg(long)]
    pub batch_norm: Option<BatchNorm>,
    /// random, stratified, groups or folders [default: stratified]
    #[arg(long)]
    pub split: Option<SplitMethod>,
    /// CSV file with the columns path and group; images of one group stay together
    #[arg(long, value_name = "FILE", conflicts_with = "group_pattern")]
    pub groups: Option<PathBuf>,
    /// Regular expression on the file name; its first group, or the whole match, names the group
    #[arg(long, value_name = "REGEX")]
    pub group_pattern: Option<String>,
    /// Share of the images to train on [default: 0.7]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub train_share: Option<f64>,
    /// Share of the images to test on, once, at the end [default: 0]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub test_share: Option<f64>,
    /// Decides the split, the order of images and the head's first weights [default: 0]
    #[arg(long)]
    pub seed: Option<u64>,
    /// auto, cpu, cuda or cuda:N [default: auto]
    #[arg(long)]
    pub device: Option<DeviceChoice>,
    /// f32, bf16 or auto [default: auto]
    #[arg(long)]
    pub precision: Option<Precision>,
    /// Evaluate the untouched model first
    #[arg(long)]
    pub raw: bool,
    /// Progress as JSON lines on standard error, one JSON object on standard output
    #[arg(long)]
    pub json: bool,
}

impl ConfigArgs {
    /// The config file's values, or the defaults, overridden by the flags that were given. `has_lr`: a learning rate
    /// was given beside them.
    fn to_config(&self, has_lr: bool) -> Result<Config> {
        let mut config = match &self.config {
            Some(path) => read_config(path)?,
            None => Config::default(),
        };
        set(&mut config.data, &self.data);
        set(&mut config.arch, &self.arch);
        set(&mut config.weights, &self.weights.clone().map(Into::into));
        set(&mut config.stop, &self.stop);
        set(&mut config.epochs, &self.epochs);
        set(&mut config.optimizer, &self.optimizer);
        set(&mut config.batch, &self.batch);
        set(&mut config.image_size, &self.image_size);
        set(&mut config.resize, &self.resize);
        set(&mut config.normalize, &self.normalize);
        set(&mut config.batch_norm, &self.batch_norm);
        set(&mut config.train_share, &self.train_share);
        set(&mut config.test_share, &self.test_share);
        set(&mut config.seed, &self.seed);
        set(&mut config.device, &self.device);
        set(&mut config.precision, &self.precision);
        config.raw |= self.raw;
        self.set_split(&mut config)?;
        self.check_used(&config, has_lr)?;
        Ok(config)
    }

    /// A flag that would do nothing is a misunderstanding.
    fn check_used(&self, config: &Config, has_lr: bool) -> Result<()> {
        let given = [
            ("epochs", self.epochs.is_some()),
            ("lr", has_lr),
            ("optimizer", self.optimizer.is_some()),
            ("batch", self.batch.is_some()),
        ];
        let unused = config.unused_fields();
        match given
            .iter()
            .find(|(field, is_given)| *is_given && unused.contains(field))
        {
            Some((field, _)) => Err(Error::Input(format!(
                "--{field} does nothing with --stop {}, which goes to the minimum whatever the way; leave it out",
                config.stop
            ))),
            None => Ok(()),
        }
    }

    /// Naming groups means splitting by them; another split beside them is a contradiction.
    fn set_split(&self, config: &mut Config) -> Result<()> {
        let csv = self.groups.clone().map(Groups::Csv);
        let groups = csv.or_else(|| self.group_pattern.clone().map(Groups::Pattern));
        match (self.split, &groups) {
            (Some(split), Some(_)) if split != SplitMethod::Groups => {
                let message =
                    format!("--split {split} takes no groups; use --split groups, or leave the groups out");
                return Err(Error::Input(message));
            }
            (_, Some(_)) => config.split = SplitMethod::Groups,
            (Some(split), None) => config.split = split,
            (None, None) => {}
        }
        config.groups = groups.or_else(|| config.groups.take());
        Ok(())
    }
}

fn set<T: Clone>(field: &mut T, flag: &Option<T>) {
    if let Some(value) = flag {
        *field = value.clone();
    }
}

impl SweepArgs {
    /// The config of all heads, but for weights and learning rates.
    pub fn to_config(&self) -> Result<Config> {
        self.common.to_config(!self.lr.is_empty())
    }
}

#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Run folder, or its name in the runs folder
    pub run: PathBuf,
    /// Image folder to judge
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// train, val or test: which of the images [default: val of the folder it was trained on, all of another]
    #[arg(long, value_parser = part)]
    pub part: Option<Part>,
    /// Folder that runs are looked up in by name
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub runs: PathBuf,
    /// Progress as JSON lines on standard error, one JSON object on standard output
    #[arg(long)]
    pub json: bool,
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
    /// Print one JSON object a line: {"path", "class", "probabilities"}, or {"path", "error"}
    #[arg(long)]
    pub json: bool,
    /// Folder that runs are looked up in by name
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub runs: PathBuf,
}

#[derive(Debug, Args)]
pub struct RunsArgs {
    /// Folder of run folders
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub runs: PathBuf,
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
    /// Remove the features of one entry of the list, or all
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
    /// Folder that the runs' folders are made in
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub runs: PathBuf,
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
    use crate::experiment::{WeightsSource, command_line};

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
        assert_eq!(command_line(&plain), "counterweight train --data faces");
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
            train_share: 0.1 + 0.2,
            test_share: 0.15,
            seed: u64::MAX,
            device: DeviceChoice::Cuda(3),
            precision: Precision::Bf16,
            raw: true,
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
