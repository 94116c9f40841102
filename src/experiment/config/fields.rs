//! The table of hyperparameters: each has its entry here, and whoever shows, reads, writes or checks one goes by it.

#[cfg(test)]
mod tests;

use std::ops::Bound::{Excluded, Included, Unbounded};

use super::super::dataset::{Source, folder_of};
use super::choices::{Groups, LabelsOverlay, Resize, SplitMethod, Stop};
use super::field::{Field, Flag, Group, Number, PLAIN, parse};
use super::{Config, checks};
use crate::metrics::{percent, plain};
use crate::visible::{visible, visible_path};

/// Makes the table. A field of [`Config`] without an entry does not compile.
macro_rules! fields {
    ($($entry:ident = $key:ident { $($attributes:tt)* })+) => {
        $(
            pub static $entry: Field = Field {
                key: stringify!($key),
                copy: |to, from| to.$key.clone_from(&from.$key),
                is_same: |one, other| one.$key == other.$key,
                $($attributes)*
                ..PLAIN
            };
        )+

        /// By group, in the order in which they are read.
        pub static FIELDS: &[&Field] = &[$(&$entry),+];

        const _: fn(&Config) = |config| {
            let Config { format: _, $($key: _),+ } = config;
        };
    };
}

/// The flag of a field whose values each have one spelling: its name, what stands for its value, what may be written.
macro_rules! flag {
    ($key:ident, $name:literal, $value_name:literal, $values:literal) => {
        Flag {
            name: $name,
            earlier: &[],
            value_name: $value_name,
            values: $values,
            text: |c| Some(c.$key.to_string()),
            set: |c, text| parse(&mut c.$key, text),
        }
    };
}

fields! {
    LABEL_TABLE = label_table {
        group: Group::Data,
        label: "Labels",
        explanation: "Table of images and labels: CSV, TSV or JSON lines with the columns path (or file_name, image_path) and \
                      label, and, if you like, split and group",
        flags: &[Flag {
            name: "labels",
            earlier: &[],
            value_name: "FILE",
            values: "in place of class folders; its paths start in its own folder, or in --data; none: as folders say",
            text: |c| c.label_table.as_ref().map(|table| table.display().to_string()),
            set: |c, text| {
                c.label_table = (text != "none").then(|| text.into());
                if let Some(table) = &c.label_table {
                    c.data = folder_of(table);
                }
                Ok(())
            },
        }],
        shown: Some(|c| c.label_table.as_deref().map_or_else(|| "by folder".into(), visible_path)),
        decides_split: |c| c.label_table.is_some(),
    }
    DATA = data {
        group: Group::Data,
        label: "Data",
        explanation: "Image folder: one sub-folder per class, or train/ val/ test/ with the classes in each",
        flags: &[Flag {
            name: "data",
            earlier: &[],
            value_name: "DIR",
            values: "or a table of images and labels, as --labels",
            text: |c| {
                let is_said = c.label_table.as_deref().is_some_and(|table| c.data == folder_of(table));
                Some(c.data.display().to_string()).filter(|path| !path.is_empty() && !is_said)
            },
            set: |c, text| {
                let table = c.label_table.take();
                let Source { folder, table } = Source::given(Some(text.into()), table);
                (c.data, c.label_table) = (folder, table);
                Ok(())
            },
        }],
        shown: Some(|c| visible_path(&c.data)),
        decides_split: |_| true,
    }
    SPLIT = split {
        group: Group::Data,
        label: "Split",
        explanation: "How the images are divided",
        flags: &[Flag {
            name: "split",
            earlier: &[],
            value_name: "SPLIT",
            values: "random, stratified, groups or folders; where nothing is given, folders if there are train/ and val/",
            text: |c| (!is_by_named_groups(c)).then(|| c.split.to_string()),
            set: |c, text| parse(&mut c.split, text),
        }],
        shown: Some(|c| c.split.to_string()),
        decides_split: |_| true,
    }
    GROUPS = groups {
        group: Group::Data,
        label: "Groups",
        explanation: "A CSV file with the columns path and group, or a pattern on the file name whose first group names it",
        flags: &[
            Flag {
                name: "groups",
                earlier: &[],
                value_name: "FILE",
                values: "CSV file with the columns path and group; images of one group stay together",
                text: |c| match &c.groups {
                    Some(Groups::Csv(path)) if is_by_group(c) => Some(path.display().to_string()),
                    _ => None,
                },
                set: |c, text| split_by(c, Groups::Csv(text.into())),
            },
            Flag {
                name: "group-pattern",
                earlier: &[],
                value_name: "REGEX",
                values: "Regular expression on the file name; its first group, or the whole match, names the group",
                text: |c| match &c.groups {
                    Some(Groups::Pattern(pattern)) if is_by_group(c) => Some(pattern.clone()),
                    _ => None,
                },
                set: |c, text| split_by(c, Groups::Pattern(text.into())),
            },
        ],
        shown: Some(|c| match &c.groups {
            Some(Groups::Csv(path)) if is_by_group(c) => visible_path(path),
            Some(Groups::Pattern(pattern)) if is_by_group(c) => visible(pattern).into_owned(),
            _ => "–".into(),
        }),
        decides_split: is_by_group,
        check: checks::groups,
    }
    LABELS_OVERLAY = labels_overlay {
        group: Group::Data,
        label: "Label decisions",
        explanation: "Decisions about single images (another class, left out, kept together), put upon the folder's labels",
        flags: &[Flag {
            name: "labels-overlay",
            earlier: &[],
            value_name: "FILE",
            values: "none, or a file of `counterweight labels`; where not given: the folder's own, if there are any",
            text: |c| c.labels_overlay.as_ref().map(|labels| labels.file.display().to_string()),
            set: |c, text| {
                c.labels_overlay = (text != "none").then(|| LabelsOverlay::of(text));
                Ok(())
            },
        }],
        shown: Some(|c| match &c.labels_overlay {
            Some(labels) if labels.version.is_empty() => visible_path(&labels.file),
            // Eight digits tell apart what stands in one table.
            Some(labels) => labels.version.chars().take(8).collect(),
            None => "none".into(),
        }),
        decides_split: |c| c.labels_overlay.is_some(),
    }
    TRAIN_SHARE = train_share {
        group: Group::Data,
        label: "Train share",
        explanation: "Share of the images to train on",
        flags: &[flag!(train_share, "train-share", "SHARE", "")],
        number: Some(Number {
            what: "the share to train on",
            value: |c| Some(c.train_share),
            valid: (Excluded(0.0), Excluded(1.0)),
            typed: 1.0..=99.0,
            unit: " %",
        }),
        shown: Some(|c| percent(Some(c.train_share), 0)),
        decides_split: is_by_chance,
    }
    TEST_SHARE = test_share {
        group: Group::Data,
        label: "Test share",
        explanation: "Share of the images kept for a last test",
        flags: &[flag!(test_share, "test-share", "SHARE", "")],
        number: Some(Number {
            what: "the test share",
            value: |c| Some(c.test_share),
            valid: (Included(0.0), Excluded(1.0)),
            typed: 0.0..=99.0,
            unit: " %",
        }),
        shown: Some(|c| percent(Some(c.test_share), 0)),
        decides_split: is_by_chance,
        check: checks::test_share,
    }
    IMAGE_SIZE = image_size {
        group: Group::View,
        label: "Image size",
        explanation: "Side of the square that the network sees",
        flags: &[flag!(image_size, "image-size", "PIXELS", "")],
        number: Some(Number {
            what: "the image size",
            value: |c| (c.resize != Resize::None).then_some(c.image_size.into()),
            valid: (Included(32.0), Included(4096.0)),
            typed: 32.0..=4096.0,
            unit: " px",
        }),
    }
    RESIZE = resize {
        group: Group::View,
        label: "Resize",
        explanation: "How an image becomes a square",
        flags: &[flag!(resize, "resize", "RESIZE", "square, crop (ImageNet's evaluation transform) or none (all images have one size)")],
    }
    NORMALIZE = normalize {
        group: Group::View,
        label: "Normalise",
        explanation: "What is done to pixels from 0 to 1",
        flags: &[flag!(normalize, "normalize", "NORMALIZE", "imagenet or none")],
    }
    ARCH = arch {
        group: Group::Backbone,
        label: "Architecture",
        explanation: "The frozen network under the new head",
        flags: &[flag!(arch, "arch", "ARCH", "resnet18, resnet34, resnet50 or squeezenet1_0")],
        check: checks::arch,
    }
    WEIGHTS = weights {
        group: Group::Backbone,
        label: "Weights",
        in_tables: Some("Network's weights"),
        explanation: "Where the network's weights come from",
        flags: &[flag!(weights, "weights", "FILE", "imagenet, none (random), or a .safetensors, .pth or .pt file")],
        check: checks::weights,
    }
    BATCH_NORM = batch_norm {
        group: Group::Backbone,
        label: "BatchNorm",
        explanation: "Frozen keeps the statistics that came with the weights; batch is PyTorch's train() mode",
        flags: &[flag!(batch_norm, "batch-norm", "BATCH_NORM", "")],
    }
    CLASS_WEIGHTS = class_weights {
        group: Group::Head,
        label: "Class weights",
        explanation: "Weight of each class in the loss",
        flags: &[flag!(class_weights, "class-weights", "WEIGHTS", "none, balanced, inverse-sqrt, effective:BETA, numbers in class order (1,8), or NAME=W,NAME=W")],
    }
    STOP = stop {
        group: Group::Head,
        label: "Until",
        explanation: "When the training ends",
        flags: &[flag!(stop, "stop", "STOP", "epochs, or converged: at the minimum of the loss and scikit-learn's penalty")],
        shown: Some(|c| match c.stop {
            Stop::Epochs => "its epochs are over".into(),
            Stop::Converged => "the loss is least".into(),
        }),
        check: checks::stop,
    }
    EPOCHS = epochs {
        group: Group::Head,
        label: "Epochs",
        explanation: "Passes over the training images",
        flags: &[flag!(epochs, "epochs", "EPOCHS", "")],
        number: Some(Number {
            what: "the number of epochs",
            value: |c| Some(c.epochs.into()),
            valid: (Included(1.0), Unbounded),
            typed: 1.0..=10_000.0,
            unit: "",
        }),
        idle: without_epochs,
    }
    LR = lr {
        group: Group::Head,
        label: "Learning rate",
        explanation: "Step size of the optimizer",
        flags: &[flag!(lr, "lr", "LEARNING_RATE", "")],
        number: Some(Number {
            what: "the learning rate",
            value: |c| Some(c.lr),
            valid: (Included(LEAST_LR), Included(100.0)),
            typed: LEAST_LR..=100.0,
            unit: "",
        }),
        shown: Some(|c| plain(c.lr)),
        idle: without_epochs,
    }
    OPTIMIZER = optimizer {
        group: Group::Head,
        label: "Optimizer",
        explanation: "With PyTorch's defaults beside the learning rate",
        flags: &[flag!(optimizer, "optimizer", "OPTIMIZER", "adam, adamw or sgd (momentum 0.9)")],
        idle: without_epochs,
    }
    BATCH = batch {
        group: Group::Head,
        label: "Batch",
        explanation: "Images a step",
        flags: &[flag!(batch, "batch", "N", "")],
        number: Some(Number {
            what: "the batch",
            value: |c| Some(c.batch as f64),
            valid: (Included(1.0), Unbounded),
            typed: 1.0..=100_000.0,
            unit: "",
        }),
        idle: without_epochs,
        check: checks::batch,
    }
    BASELINE = baseline {
        group: Group::Head,
        label: "Pretrained baseline",
        explanation: "Evaluate the pretrained baseline first: the network with its untrained head",
        flags: &[Flag {
            name: "baseline",
            earlier: &["raw"],
            value_name: "",
            values: "",
            text: |c| c.baseline.then(String::new),
            set: |c, text| {
                c.baseline = text.is_empty();
                Ok(())
            },
        }],
        shown: Some(|c| if c.baseline { "evaluated first" } else { "not evaluated" }.into()),
    }
    FOLDS = folds {
        group: Group::Head,
        label: "Folds",
        explanation: "Parts of the training images, each judged by a head that was trained on the others",
        flags: &[Flag {
            name: "folds",
            earlier: &[],
            value_name: "K",
            values: "0 for none, or from 2",
            text: |c| Some(c.folds.to_string()),
            set: |c, text| parse(&mut c.folds, text),
        }],
        number: Some(Number {
            what: "the number of folds",
            value: |c| Some(c.folds.into()),
            valid: (Included(0.0), Included(MOST_FOLDS)),
            typed: 0.0..=MOST_FOLDS,
            unit: "",
        }),
        shown: Some(|c| match c.folds {
            0 => "none".into(),
            n => n.to_string(),
        }),
        check: checks::folds,
    }
    REPEATS = repeats {
        group: Group::Head,
        label: "Repeats",
        explanation: "How often the training images are divided into folds anew",
        flags: &[flag!(repeats, "repeats", "R", "")],
        number: Some(Number {
            what: "the number of repeats",
            value: |c| Some(c.repeats.into()),
            valid: (Included(1.0), Included(MOST_REPEATS)),
            typed: 1.0..=MOST_REPEATS,
            unit: "",
        }),
        idle: |c| (c.folds == 0).then_some("--folds 0"),
    }
    SEED = seed {
        group: Group::Run,
        label: "Seed",
        explanation: "Decides every random choice",
        flags: &[flag!(seed, "seed", "SEED", "")],
        number: Some(Number {
            what: "the seed",
            value: |c| Some(c.seed as f64),
            valid: (Included(0.0), Unbounded),
            typed: 0.0..=LARGEST_TYPED,
            unit: "",
        }),
        decides_split: is_by_chance,
    }
    DEVICE = device {
        group: Group::Run,
        label: "Device",
        explanation: "Where to compute",
        flags: &[flag!(device, "device", "DEVICE", "auto, cpu, cuda or cuda:N")],
    }
    PRECISION = precision {
        group: Group::Run,
        label: "Precision",
        explanation: "Number format of the network; the head is always f32",
        flags: &[flag!(precision, "precision", "PRECISION", "f32, bf16 or auto")],
    }
}

/// Below that no step changes a weight: numbers of 32 bits of a head's size lie farther apart.
const LEAST_LR: f64 = 1e-9;
/// Beyond them nothing is gained but time lost.
const MOST_FOLDS: f64 = 100.0;
const MOST_REPEATS: f64 = 100.0;
/// Beyond it a control that computes in f64 would change a whole number.
const LARGEST_TYPED: f64 = (1_u64 << 53) as f64;

/// Training to the minimum of a convex loss knows no epochs, batches, learning rate or optimizer.
fn without_epochs(config: &Config) -> Option<&'static str> {
    let why = "--stop converged, which goes to the minimum whatever the way";
    (config.stop == Stop::Converged).then_some(why)
}

fn is_by_chance(config: &Config) -> bool {
    config.split != SplitMethod::Folders
}

fn is_by_group(config: &Config) -> bool {
    config.split == SplitMethod::Groups
}

/// Naming groups means splitting by them, so that the split need not be named, too.
fn is_by_named_groups(config: &Config) -> bool {
    is_by_group(config) && config.groups.is_some()
}

/// Naming groups means splitting by them.
fn split_by(config: &mut Config, groups: Groups) -> Result<(), String> {
    (config.split, config.groups) = (SplitMethod::Groups, Some(groups));
    Ok(())
}
