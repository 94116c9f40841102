//! What is wrong with a config that can be seen without looking at the disk or the data. Ranges of numbers are the table's
//! ([`super::fields`]); here is what one field means beside the others.

use super::backbone::{BACKBONES, backbone};
use super::choices::{BatchNorm, SplitMethod, Stop, WeightsSource};
use super::field::Field;
use super::fields::{FIELDS, TEST_SHARE, TRAIN_SHARE};
use super::{CONFIG_FORMAT, Config, OLDEST_CONFIG_FORMAT};

/// A field that does not fit, and why; the form marks the field, the command line prints the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field's name in [`Config`].
    pub field: &'static str,
    pub message: String,
}

impl Config {
    /// Everything wrong with it, at most one thing a field, in the table's order.
    pub fn problems(&self) -> impl Iterator<Item = Problem> {
        let problem = |field| move |message| Problem { field, message };
        let of_fields = FIELDS
            .iter()
            .filter_map(move |field| field.problem(self).map(problem(field.key)));
        format(self).map(problem("format")).into_iter().chain(of_fields)
    }
}

fn format(config: &Config) -> Option<String> {
    (!(OLDEST_CONFIG_FORMAT..=CONFIG_FORMAT).contains(&config.format)).then(|| {
        format!(
            "config format {} is not {CONFIG_FORMAT}; it was written by another version",
            config.format
        )
    })
}

pub(super) fn arch(config: &Config) -> Option<String> {
    backbone(&config.arch).is_none().then(|| {
        let known: Vec<&str> = BACKBONES.iter().map(|b| b.name).collect();
        let known = known.join(", ");
        format!("architecture {:?} is not known; there are {known}", config.arch)
    })
}

pub(super) fn weights(config: &Config) -> Option<String> {
    let is_missing = matches!(&config.weights, WeightsSource::File(path) if path.as_os_str().is_empty());
    is_missing.then(|| "choose a file of weights, .safetensors or .pth".into())
}

pub(super) fn batch(config: &Config) -> Option<String> {
    let is_alone = config.batch < 2 && config.batch_norm == BatchNorm::Batch;
    is_alone.then(|| "batch statistics need a batch of at least 2 images".into())
}

pub(super) fn stop(config: &Config) -> Option<String> {
    let is_moving = config.stop == Stop::Converged && config.batch_norm == BatchNorm::Batch;
    is_moving
        .then(|| "training until converged looks at all images at once, so it needs frozen statistics".into())
}

pub(super) fn groups(config: &Config) -> Option<String> {
    let are_missing = config.split == SplitMethod::Groups && config.groups.is_none();
    are_missing
        .then(|| "splitting by groups needs a CSV file (path,group) or a pattern on the file name".into())
}

/// Together with the train share; where one of them is out of its range, that is said alone.
pub(super) fn test_share(config: &Config) -> Option<String> {
    let is_valid = |field: &Field| field.number.as_ref().is_none_or(|number| number.is_valid(config));
    let leaves_some = config.train_share + config.test_share < 1.0 - 1e-9;
    (is_valid(&TRAIN_SHARE) && is_valid(&TEST_SHARE) && !leaves_some).then(|| {
        format!(
            "train share {} and test share {} leave nothing to validate on",
            config.train_share, config.test_share
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_have_no_problem() {
        assert_eq!(Config::default().problems().next(), None);
    }

    #[test]
    fn every_problem_names_its_field() {
        type Spoil = fn(&mut Config);
        let table: [(&str, Spoil); 14] = [
            ("lr", |c| c.lr = 0.0),
            ("lr", |c| c.lr = f64::NAN),
            ("lr", |c| c.lr = f64::INFINITY),
            ("lr", |c| c.lr = 1e-300),
            ("epochs", |c| c.epochs = 0),
            ("batch", |c| c.batch = 0),
            ("batch", |c| (c.batch, c.batch_norm) = (1, BatchNorm::Batch)),
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
            let problems: Vec<Problem> = config.problems().collect();
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert_eq!(problems[0].field, field);
        }
    }

    #[test]
    fn a_range_is_said_in_words() {
        let mut config = Config::default();
        let mut said = |spoil: fn(&mut Config)| {
            config = Config::default();
            spoil(&mut config);
            let problems: Vec<String> = config.problems().map(|p| p.message).collect();
            problems.join("; ")
        };
        assert_eq!(
            said(|c| c.lr = 1e-12),
            "learning rate 1e-12 must be from 1e-9 to 100"
        );
        assert_eq!(said(|c| c.epochs = 0), "epochs must be at least 1");
        assert_eq!(said(|c| c.image_size = 8), "image size 8 must be from 32 to 4096");
        assert_eq!(
            said(|c| c.train_share = 1.0),
            "train share 1 must be above 0 and below 1"
        );
        assert_eq!(
            said(|c| c.test_share = -0.5),
            "test share -0.5 must be from 0 to below 1"
        );
    }
}
