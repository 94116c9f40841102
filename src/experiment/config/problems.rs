//! What is wrong with a config that can be seen without looking at the disk or the data.

use super::fields::FIELDS;
use super::{CONFIG_FORMAT, CONFIG_FORMATS, Config};

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
    (!CONFIG_FORMATS.reads(config.format.into())).then(|| {
        format!(
            "config format {} is not {CONFIG_FORMAT}; it was written by another version",
            config.format
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{BatchNorm, SplitMethod, Stop};

    #[test]
    fn the_defaults_have_no_problem() {
        assert_eq!(Config::default().problems().next(), None);
    }

    #[test]
    fn every_problem_names_its_field() {
        type Spoil = fn(&mut Config);
        let table: [(&str, Spoil); 16] = [
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
            ("folds", |c| c.folds = 1),
            ("folds", |c| (c.folds, c.batch_norm) = (5, BatchNorm::Batch)),
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
