//! What was asked: one struct that is the config file, the command line's arguments and the window's form.

mod backbone;
mod checks;
mod choices;
mod class_weights;
mod command_line;
mod field;
pub mod fields;
mod problems;
mod transform;
mod weight_grid;
mod weighting_name;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize};

pub use backbone::{BACKBONES, Backbone, Family, Published, backbone};
pub use choices::{
    BatchNorm, DeviceChoice, Groups, LABELS_FILE, LabelsOverlay, Normalize, Optimizer, Precision, Resize,
    SplitMethod, Stop, WeightsSource,
};
pub use class_weights::ClassWeights;
pub use command_line::command_line;
pub use field::{Field, Flag, Group};
pub use problems::Problem;
pub use transform::FrozenTransform;
pub use weight_grid::{MOST_HEADS, distinct, weight_grid};
pub use weighting_name::{weighting_file_name, weighting_name};

use super::dataset::{Source, folder_of};
use crate::formats::Formats;
use fields::{ARCH, CLASS_WEIGHTS, DATA, FIELDS, LABEL_TABLE, LABELS_OVERLAY, WEIGHTS};

/// Raised when a field is added or changes its meaning, so that a version that does not know it says so.
pub const CONFIG_FORMAT: u32 = 4;
/// Configs of this format and of each later one are read for ever.
pub const CONFIG_FORMATS: Formats = Formats {
    oldest: 1,
    newest: CONFIG_FORMAT,
};
/// Iterations of [`Stop::Converged`] at most; where it has not converged by then, the run gets a warning.
pub const MOST_ITERATIONS: usize = 200;

/// Everything that decides what a run computes. Defaults are the notebook's where it had one and did not err.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// That of an earlier version becomes this one's as it is read: what has another name now is known by both.
    #[serde(deserialize_with = "raised")]
    pub format: u32,
    /// The image folder; where a table gives the labels, the folder that its paths start in.
    pub data: PathBuf,
    /// The table that says which images there are and of which class; the folders in `data` do where there is none.
    pub label_table: Option<PathBuf>,
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
    /// Decisions about single images, put upon the folder's labels once the split is drawn.
    pub labels_overlay: Option<LabelsOverlay>,
    /// Share of the images to train on; validation gets what train and test leave.
    pub train_share: f64,
    pub test_share: f64,
    /// Decides every random choice: split, batch order, initial head, random backbone.
    pub seed: u64,
    pub device: DeviceChoice,
    pub precision: Precision,
    /// Evaluate the pretrained baseline first: the network with its untrained head.
    #[serde(alias = "raw")]
    pub baseline: bool,
    /// Parts that the training images are divided into, to judge each by a head that was trained on the others; 0 for none.
    pub folds: u32,
    /// How often they are divided anew.
    pub repeats: u32,
}

/// One that is not read stays, for [`Config::problems`] to name.
fn raised<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let format = u32::deserialize(deserializer)?;
    Ok(match CONFIG_FORMATS.reads(format.into()) {
        true => CONFIG_FORMAT,
        false => format,
    })
}

impl Default for Config {
    fn default() -> Self {
        Config {
            format: CONFIG_FORMAT,
            data: PathBuf::new(),
            label_table: None,
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
            labels_overlay: None,
            train_share: 0.7,
            test_share: 0.0,
            seed: 0,
            device: DeviceChoice::Auto,
            precision: Precision::Auto,
            baseline: false,
            folds: 0,
            repeats: 1,
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

    /// The config with its head's settings at their defaults, and without decisions about labels, which no feature depends
    /// on; two that are equal so share their features.
    pub fn without_head(&self) -> Config {
        let (mut config, defaults) = (self.clone(), Config::default());
        let of_head = |field: &&&Field| field.group == Group::Head || field.key == LABELS_OVERLAY.key;
        for field in FIELDS.iter().filter(of_head) {
            (field.copy)(&mut config, &defaults);
        }
        config
    }

    /// The config with its hyperparameters at their defaults: data, split and class weights stay, and so does a network that
    /// was brought as a file.
    pub fn with_default_hyperparameters(&self) -> Config {
        let (mut config, defaults) = (self.clone(), Config::default());
        let keeps_network = matches!(self.weights, WeightsSource::File(_));
        let stays = |field: &&&Field| {
            let is_network = field.key == ARCH.key || field.key == WEIGHTS.key;
            field.group == Group::Data || field.key == CLASS_WEIGHTS.key || is_network && keeps_network
        };
        for field in FIELDS.iter().filter(|field| !stays(field)) {
            (field.copy)(&mut config, &defaults);
        }
        config
    }

    /// Where its images and labels are read from.
    pub fn source(&self) -> Source {
        let beside = || self.label_table.as_deref().map(folder_of).unwrap_or_default();
        Source {
            folder: match self.data.as_os_str().is_empty() {
                true => beside(),
                false => self.data.clone(),
            },
            table: self.label_table.clone(),
        }
    }

    /// What its dataset is known by: a table, or a folder.
    pub fn place(&self) -> &Path {
        self.label_table.as_deref().unwrap_or(&self.data)
    }

    /// The same for another dataset.
    pub fn of(self, source: Source) -> Config {
        Config {
            data: source.folder,
            label_table: source.table,
            ..self
        }
    }

    /// Whether it divides the same folder in the same way, so that figures are of the same images.
    pub fn has_split_of(&self, other: &Config) -> bool {
        self.source() == other.source() && self.divides_like(other)
    }

    /// The same wherever the folder lies: by what divides it, and not by its path.
    pub fn divides_like(&self, other: &Config) -> bool {
        self.has_labels_of(other) && self.draws_like(other)
    }

    /// Whether the same images fall to the same parts, but for those that decisions about labels are about.
    pub fn draws_like(&self, other: &Config) -> bool {
        let is_other = |field: &Field| [DATA.key, LABEL_TABLE.key, LABELS_OVERLAY.key].contains(&field.key);
        let of_split = FIELDS.iter().filter(|field| !is_other(field));
        of_split.into_iter().all(|field| {
            let decides = (field.decides_split)(self);
            decides == (field.decides_split)(other) && (!decides || (field.is_same)(self, other))
        })
    }

    /// Whether the same was decided about labels, in whatever file that stands.
    pub fn has_labels_of(&self, other: &Config) -> bool {
        match (&self.labels_overlay, &other.labels_overlay) {
            (Some(one), Some(two)) if !one.version.is_empty() => one.version == two.version,
            (one, two) => one == two,
        }
    }

    /// Epochs that a whole run has: one where it trains until converged.
    pub fn n_epochs(&self) -> u32 {
        match self.stop {
            Stop::Epochs => self.epochs,
            Stop::Converged => 1,
        }
    }

    /// In how many folds the training images are judged, where they are: `5 folds`, or `5 folds, 3 times`.
    pub fn folds_in_words(&self) -> Option<String> {
        let times = match self.repeats {
            0 | 1 => String::new(),
            n => format!(", {n} times"),
        };
        (self.folds > 0).then(|| format!("{} folds{times}", self.folds))
    }

    /// Whether an image's features depend on the image alone, so that they are computed once and kept. All that would make
    /// them depend on the batch, or on chance, is asked here.
    pub fn features_are_fixed(&self) -> bool {
        FrozenTransform::of(self).is_some()
    }

    /// Whether the network's batch norm layers look at the batch.
    pub fn uses_batch_statistics(&self) -> bool {
        self.batch_norm == BatchNorm::Batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_survive_the_file() {
        let config = Config::default();
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<Config>(&text).unwrap(), config);
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        let message = serde_json::from_str::<Config>(r#"{"epoch": 3}"#).unwrap_err();
        assert!(message.to_string().contains("unknown field `epoch`"), "{message}");
    }
}
