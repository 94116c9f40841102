//! What was asked: one struct that is the config file, the command line's arguments and the window's form.

mod backbone;
mod choices;
mod class_weights;
mod command_line;
mod transform;
mod weight_grid;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use backbone::{BACKBONES, Backbone, Family, Published, backbone};
pub use choices::{
    BatchNorm, DeviceChoice, Groups, Normalize, Optimizer, Precision, Resize, SplitMethod, Stop,
    WeightsSource,
};
pub use class_weights::ClassWeights;
pub use command_line::command_line;
pub use transform::FrozenTransform;
pub use weight_grid::{MOST_HEADS, distinct, weight_grid};

use crate::metrics::plain;

/// Raised when a field changes its meaning, so that an old file is never read wrongly.
pub const CONFIG_FORMAT: u32 = 1;
/// Configs of this format and of each later one are read for ever.
pub const OLDEST_CONFIG_FORMAT: u32 = 1;
/// Iterations of [`Stop::Converged`] at most; where it has not converged by then, the run gets a warning.
pub const MOST_ITERATIONS: usize = 200;
/// Below that no step changes a weight: numbers of 32 bits of a head's size lie farther apart.
const LEAST_LR: f64 = 1e-9;

/// Everything that decides what a run computes. Defaults are the notebook's where it had one and did not err.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub format: u32,
    /// The image folder.
    pub data: PathBuf,
    /// A name in [`BACKBONES`].
    pub arch: String,
    pub weights: WeightsSource,
    pub class_weights: ClassWeights,
    pub stop: Stop,
    pub epochs: u32,
    /// Learning rate.
    pub lr: f64,
    pub optimizer: Optimizer,
    /// Images a step.
    pub batch: usize,
    /// Side of the square that the network sees, in pixels; not used where `resize` is `none`.
    pub image_size: u32,
    pub resize: Resize,
    pub normalize: Normalize,
    pub batch_norm: BatchNorm,
    pub split: SplitMethod,
    /// Where `split` is `groups`: what belongs together.
    pub groups: Option<Groups>,
    /// Share of the images to train on; validation gets what train and test leave.
    pub train_share: f64,
    pub test_share: f64,
    /// Decides every random choice: split, batch order, initial head, random backbone.
    pub seed: u64,
    pub device: DeviceChoice,
    pub precision: Precision,
    /// Evaluate the untouched model first.
    pub raw: bool,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            format: CONFIG_FORMAT,
            data: PathBuf::new(),
            arch: BACKBONES[0].name.into(),
            weights: WeightsSource::Imagenet,
            class_weights: ClassWeights::Equal,
            stop: Stop::Epochs,
            epochs: 2,
            lr: 1e-3,
            optimizer: Optimizer::Adam,
            batch: 126,
            image_size: 128,
            resize: Resize::Square,
            normalize: Normalize::Imagenet,
            batch_norm: BatchNorm::Frozen,
            split: SplitMethod::Stratified,
            groups: None,
            train_share: 0.7,
            test_share: 0.0,
            seed: 0,
            device: DeviceChoice::Auto,
            precision: Precision::Auto,
            raw: false,
        }
    }
}

impl Config {
    /// What trains on the demo's drawn leaves: nothing that would have to be downloaded.
    pub fn demo(dir: PathBuf) -> Self {
        Config {
            data: dir,
            weights: WeightsSource::Random,
            resize: Resize::None,
            precision: Precision::F32,
            // Sixteen steps, as two epochs would be, teach a head nothing here; kept features make more of them cheap.
            epochs: 100,
            ..Config::default()
        }
    }
}

/// A field that does not fit, and why; the form marks the field, the command line prints the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field's name in [`Config`].
    pub field: &'static str,
    pub message: String,
}

impl Config {
    /// Everything wrong with the config that can be seen without looking at the disk or the data.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut check = |ok: bool, field: &'static str, message: String| {
            if !ok {
                problems.push(Problem { field, message });
            }
        };
        let known: Vec<&str> = BACKBONES.iter().map(|b| b.name).collect();
        check(
            (OLDEST_CONFIG_FORMAT..=CONFIG_FORMAT).contains(&self.format),
            "format",
            format!(
                "config format {} is not {CONFIG_FORMAT}; it was written by another version",
                self.format
            ),
        );
        check(
            backbone(&self.arch).is_some(),
            "arch",
            format!(
                "architecture {:?} is not known; there are {}",
                self.arch,
                known.join(", ")
            ),
        );
        check(
            (LEAST_LR..=100.0).contains(&self.lr),
            "lr",
            format!(
                "learning rate {} must be from {LEAST_LR:e} to 100, such as 1e-3",
                plain(self.lr)
            ),
        );
        check(self.epochs >= 1, "epochs", "epochs must be at least 1".into());
        check(self.batch >= 1, "batch", "batch must be at least 1 image".into());
        check(
            self.batch >= 2 || self.batch_norm == BatchNorm::Frozen,
            "batch",
            "batch statistics need a batch of at least 2 images".into(),
        );
        let side_counts = self.resize != Resize::None;
        check(
            !side_counts || (32..=4096).contains(&self.image_size),
            "image_size",
            format!("image size {} must be from 32 to 4096 pixels", self.image_size),
        );
        check(
            self.stop == Stop::Epochs || self.batch_norm == BatchNorm::Frozen,
            "stop",
            "training until converged looks at all images at once, so it needs frozen statistics".into(),
        );
        check(
            !matches!(&self.weights, WeightsSource::File(path) if path.as_os_str().is_empty()),
            "weights",
            "choose a file of weights, .safetensors or .pth".into(),
        );
        self.check_shares(&mut check);
        problems
    }

    /// The config with its head's settings at their defaults; two that are equal so share their features.
    pub fn without_head(&self) -> Config {
        let any = Config::default();
        Config {
            class_weights: any.class_weights,
            stop: any.stop,
            epochs: any.epochs,
            lr: any.lr,
            optimizer: any.optimizer,
            batch: any.batch,
            raw: any.raw,
            ..self.clone()
        }
    }

    /// Epochs that a whole run has: one where it trains until converged.
    pub fn n_epochs(&self) -> u32 {
        match self.stop {
            Stop::Epochs => self.epochs,
            Stop::Converged => 1,
        }
    }

    /// Fields that have no effect beside the others: training to the minimum of a convex loss knows no learning rate.
    pub fn unused_fields(&self) -> &'static [&'static str] {
        match self.stop {
            Stop::Epochs => &[],
            Stop::Converged => &["epochs", "lr", "optimizer", "batch"],
        }
    }

    fn check_shares(&self, check: &mut impl FnMut(bool, &'static str, String)) {
        let share = |s: f64| (0.0..1.0).contains(&s);
        check(
            share(self.train_share) && self.train_share > 0.0,
            "train_share",
            format!("train share {} must be above 0 and below 1", self.train_share),
        );
        check(
            share(self.test_share),
            "test_share",
            format!("test share {} must be from 0 to below 1", self.test_share),
        );
        check(
            !share(self.train_share)
                || !share(self.test_share)
                || self.train_share + self.test_share < 1.0 - 1e-9,
            "test_share",
            format!(
                "train share {} and test share {} leave nothing to validate on",
                self.train_share, self.test_share
            ),
        );
        check(
            self.split != SplitMethod::Groups || self.groups.is_some(),
            "groups",
            "splitting by groups needs a CSV file (path,group) or a pattern on the file name".into(),
        );
    }

    /// Whether the network's batch norm layers look at the batch, so that features depend on their batch.
    pub fn uses_batch_statistics(&self) -> bool {
        self.batch_norm == BatchNorm::Batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_have_no_problem_and_survive_the_file() {
        let config = Config::default();
        assert_eq!(config.problems(), []);
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<Config>(&text).unwrap(), config);
    }

    #[test]
    fn every_problem_names_its_field() {
        type Spoil = fn(&mut Config);
        let table: [(&str, Spoil); 13] = [
            ("lr", |c| c.lr = 0.0),
            ("lr", |c| c.lr = f64::NAN),
            ("lr", |c| c.lr = f64::INFINITY),
            ("lr", |c| c.lr = 1e-300),
            ("epochs", |c| c.epochs = 0),
            ("batch", |c| c.batch = 0),
            ("arch", |c| c.arch = "vgg".into()),
            ("image_size", |c| c.image_size = 8),
            ("train_share", |c| c.train_share = 1.0),
            ("test_share", |c| c.test_share = 0.3),
            ("groups", |c| c.split = SplitMethod::Groups),
            ("format", |c| c.format = 99),
            ("stop", |c| {
                (c.stop, c.batch_norm) = (Stop::Converged, BatchNorm::Batch);
            }),
        ];
        for (field, spoil) in table {
            let mut config = Config::default();
            spoil(&mut config);
            let problems = config.problems();
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert_eq!(problems[0].field, field);
        }
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        let message = serde_json::from_str::<Config>(r#"{"epoch": 3}"#).unwrap_err();
        assert!(message.to_string().contains("unknown field `epoch`"), "{message}");
    }
}
