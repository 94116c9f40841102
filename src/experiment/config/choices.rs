//! What a config chooses among: each choice with one spelling for the file, the command line and the form.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Defines an enum of plain words: one spelling for the file, the command line and the form.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),+];

            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                $name::ALL.iter().copied().find(|v| v.name() == text).ok_or_else(|| {
                    format!("{text:?} is none of {}", [$($word),+].join(", "))
                })
            }
        }
    };
}

words!(
    /// The head's optimizer, with PyTorch's defaults beside the learning rate.
    Optimizer {
        Adam = "adam",
        /// Weight decay 0.01.
        AdamW = "adamw",
        /// Momentum 0.9.
        Sgd = "sgd",
    }
);

words!(
    /// When a training ends.
    Stop {
        /// After the number of epochs.
        Epochs = "epochs",
        /// At the minimum of the loss plus scikit-learn's penalty (`LogisticRegression(C=1)`), which is one whatever the
        /// way to it: all training images at once, no epochs, batches, learning rate or optimizer.
        Converged = "converged",
    }
);

words!(
    /// How an image becomes the square that the network sees.
    Resize {
        /// Antialiased bilinear to `image_size` x `image_size`, ratio not kept: torchvision's `Resize((s, s))`.
        Square = "square",
        /// Shorter side to `image_size` x 256/224, then the centre square: ImageNet's evaluation transform.
        Crop = "crop",
        /// As the files are; all must have one size.
        None = "none",
    }
);

words!(
    /// What is done to pixels in [0, 1].
    Normalize {
        /// Minus ImageNet's mean, over its standard deviation.
        Imagenet = "imagenet",
        /// Nothing, as in the notebook.
        None = "none",
    }
);

words!(
    /// What the frozen backbone's BatchNorm layers do while training.
    BatchNorm {
        /// Use the running statistics that came with the weights, and leave them alone.
        Frozen = "frozen",
        /// PyTorch's train() mode, as in the notebook: use the batch's statistics and move the running ones.
        Batch = "batch",
    }
);

words!(
    /// How images are divided into train, validation and test. All but `folders` take the seed.
    SplitMethod {
        /// One shuffle of all images, as in the notebook.
        Random = "random",
        /// A shuffle per class, so that every part has the same share of each class.
        Stratified = "stratified",
        /// No group straddles two parts; class balance as near as the groups allow.
        Groups = "groups",
        /// As the `train/`, `val/`, `test/` folders say.
        Folders = "folders",
    }
);

words!(
    /// Number format of the backbone's arithmetic; the head is always f32.
    Precision {
        F32 = "f32",
        Bf16 = "bf16",
        /// bf16 where the hardware has it and the first batch's features show it to be harmless, else f32.
        Auto = "auto",
    }
);

/// Where the backbone's weights come from. Written `imagenet`, `none`, or a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum WeightsSource {
    /// What `pretrained=True` means: found on this machine, else downloaded once.
    Imagenet,
    /// Random, from the seed.
    Random,
    File(PathBuf),
}

impl FromStr for WeightsSource {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "imagenet" => WeightsSource::Imagenet,
            "none" => WeightsSource::Random,
            _ => WeightsSource::File(text.into()),
        })
    }
}

impl From<String> for WeightsSource {
    fn from(text: String) -> Self {
        let Ok(source) = text.parse();
        source
    }
}

impl From<WeightsSource> for String {
    fn from(source: WeightsSource) -> String {
        source.to_string()
    }
}

impl fmt::Display for WeightsSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WeightsSource::Imagenet => f.write_str("imagenet"),
            WeightsSource::Random => f.write_str("none"),
            WeightsSource::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// What belongs together and must not straddle a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Groups {
    /// A CSV file with the columns `path` (relative to the data folder) and `group`.
    Csv(PathBuf),
    /// A regular expression on the file name; its first capture group, or else the whole match, names the group.
    Pattern(String),
}

/// Decisions about single images. Written as the path of their file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelsOverlay {
    /// A journal of the program's, or a table with the columns `path`, `label` and `action`.
    pub file: PathBuf,
    /// What names the decisions as they were read; empty before that.
    #[serde(default)]
    pub version: String,
}

/// A run's own copy of the decisions that it was trained with, in its folder.
pub const LABELS_FILE: &str = "labels.jsonl";

impl LabelsOverlay {
    pub fn of(file: impl Into<PathBuf>) -> Self {
        LabelsOverlay {
            file: file.into(),
            version: String::new(),
        }
    }
}

/// Where to compute. Written `auto`, `cpu`, `cuda` or `cuda:N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DeviceChoice {
    /// The first CUDA device where there is one, else the CPU.
    Auto,
    Cpu,
    Cuda(usize),
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeviceChoice::Auto => f.write_str("auto"),
            DeviceChoice::Cpu => f.write_str("cpu"),
            DeviceChoice::Cuda(n) => write!(f, "cuda:{n}"),
        }
    }
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(DeviceChoice::Auto),
            "cpu" => Ok(DeviceChoice::Cpu),
            "cuda" => Ok(DeviceChoice::Cuda(0)),
            _ => text
                .strip_prefix("cuda:")
                .and_then(|n| n.parse().ok())
                .map(DeviceChoice::Cuda)
                .ok_or_else(|| format!("{text:?} is none of auto, cpu, cuda, cuda:N")),
        }
    }
}

impl TryFrom<String> for DeviceChoice {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<DeviceChoice> for String {
    fn from(choice: DeviceChoice) -> String {
        choice.to_string()
    }
}
