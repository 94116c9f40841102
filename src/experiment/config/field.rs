//! What there is to know of one hyperparameter, wherever it is asked for: in a file, on the command line, in the form.

use std::fmt::Display;
use std::ops::{Bound, RangeBounds, RangeInclusive};
use std::str::FromStr;

use super::Config;
use crate::metrics::plain;

/// What hyperparameters are about, in the order in which data goes through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Data,
    View,
    Backbone,
    /// All that heads on the same features may differ in.
    Head,
    Run,
}

impl Group {
    pub fn title(self) -> &'static str {
        match self {
            Group::Data => "Data and split",
            Group::View => "View of the image",
            Group::Backbone => "Backbone",
            Group::Head => "Head",
            Group::Run => "Run",
        }
    }
}

/// One entry of the table in `fields.rs`.
#[derive(Debug)]
pub struct Field {
    /// Its name in [`Config`] and in `config.json`.
    pub key: &'static str,
    pub group: Group,
    /// Beside its control in the form.
    pub label: &'static str,
    /// In a table, where the label would be mistaken for another's.
    pub(super) in_tables: Option<&'static str>,
    /// One sentence, without its full stop.
    pub explanation: &'static str,
    /// More than one where the field is one of several kinds; then each explains itself.
    pub flags: &'static [Flag],
    /// Of a field that is a number: which ones it may have.
    pub number: Option<Number>,
    /// How a table shows it, where not as the command line has it.
    pub(super) shown: Option<fn(&Config) -> String>,
    /// Beside what it has no effect, and why: what follows "does nothing with" on the command line. `None` where it has one.
    pub idle: fn(&Config) -> Option<&'static str>,
    /// Whether it decides, beside the others, which image is in which part.
    pub decides_split: fn(&Config) -> bool,
    /// What is wrong with it beside its range, in one sentence.
    pub(super) check: fn(&Config) -> Option<String>,
    pub(super) copy: fn(to: &mut Config, from: &Config),
    pub(super) is_same: fn(&Config, &Config) -> bool,
}

/// The defaults of an entry.
pub(super) const PLAIN: Field = Field {
    key: "",
    group: Group::Run,
    label: "",
    in_tables: None,
    explanation: "",
    flags: &[],
    number: None,
    shown: None,
    idle: |_| None,
    decides_split: |_| false,
    check: |_| None,
    copy: |_, _| {},
    is_same: |_, _| true,
};

impl Field {
    /// Such as `learning rate 0.001`.
    pub fn in_words(&self, config: &Config) -> String {
        format!("{} {}", self.name().to_lowercase(), self.shown(config))
    }

    /// In a table, where it stands without its neighbours.
    pub fn name(&self) -> &'static str {
        self.in_tables.unwrap_or(self.label)
    }

    /// Whether it has an effect beside the others.
    pub fn is_used(&self, config: &Config) -> bool {
        (self.idle)(config).is_none()
    }

    /// Its value in a table; a dash where it has no effect beside the others.
    pub fn shown(&self, config: &Config) -> String {
        if !self.is_used(config) {
            return "–".into();
        }
        let as_flag = || self.flags.iter().find_map(|flag| (flag.text)(config));
        self.shown
            .map(|shown| shown(config))
            .or_else(as_flag)
            .unwrap_or_default()
    }

    /// What is wrong with it that can be seen without looking at the disk or the data.
    pub fn problem(&self, config: &Config) -> Option<String> {
        let number = self.number.as_ref();
        number
            .and_then(|number| number.problem(self.label, config))
            .or_else(|| (self.check)(config))
    }

    /// The explanation of one of its flags, with what may be written there and what holds where nothing is.
    pub fn help(&self, flag: &Flag) -> String {
        let sentence = match self.flags {
            [_] => self.explanation,
            _ => return flag.values.to_owned(),
        };
        let values = Some(flag.values.to_owned()).filter(|values| !values.is_empty());
        let default = (flag.text)(&Config::default()).map(|text| format!("default: {text}"));
        let brackets: Vec<String> = values.into_iter().chain(default).collect();
        match brackets.is_empty() {
            true => sentence.to_owned(),
            false => format!("{sentence} [{}]", brackets.join("; ")),
        }
    }
}

/// How a field is given on the command line.
#[derive(Debug)]
pub struct Flag {
    /// Without its dashes.
    pub name: &'static str,
    /// What earlier versions called it.
    pub earlier: &'static [&'static str],
    /// What stands for its value in the help; empty for a flag that takes none.
    pub value_name: &'static str,
    /// What may be written there.
    pub values: &'static str,
    /// What gives the field its value; `None` where another flag does, or none is needed.
    pub text: fn(&Config) -> Option<String>,
    /// Reads it.
    pub set: fn(&mut Config, &str) -> Result<(), String>,
}

/// The numbers that a field may have.
#[derive(Debug)]
pub struct Number {
    /// In a sentence, such as `the batch`.
    pub what: &'static str,
    /// `None` where the number means nothing beside the other fields.
    pub(super) value: fn(&Config) -> Option<f64>,
    /// Beyond it nothing can be trained.
    pub(super) valid: (Bound<f64>, Bound<f64>),
    /// What may be typed into the form, in `unit`: beyond it a number is a slip.
    pub typed: RangeInclusive<f64>,
    /// After the number in the form, such as ` px`.
    pub unit: &'static str,
}

impl Number {
    pub(super) fn is_valid(&self, config: &Config) -> bool {
        (self.value)(config).is_none_or(|value| self.valid.contains(&value))
    }

    fn problem(&self, name: &str, config: &Config) -> Option<String> {
        if self.is_valid(config) {
            return None;
        }
        let value = (self.value)(config)?;
        let (name, value) = (name.to_lowercase(), plain(value));
        Some(match self.valid {
            (Bound::Included(least), Bound::Unbounded) => format!("{name} must be at least {least}"),
            (least, most) => format!("{name} {value} must be {}", range_in_words(least, most)),
        })
    }
}

/// Such as `from 0 to below 1`.
fn range_in_words(least: Bound<f64>, most: Bound<f64>) -> String {
    let least = match least {
        Bound::Included(least) => format!("from {} to ", plain(least)),
        Bound::Excluded(least) => format!("above {} and ", plain(least)),
        Bound::Unbounded => String::new(),
    };
    match most {
        Bound::Included(most) => format!("{least}{}", plain(most)),
        Bound::Excluded(most) => format!("{least}below {}", plain(most)),
        Bound::Unbounded => least,
    }
}

/// Reads a value that has one spelling.
///
/// # Errors
/// The text does not spell such a value; in the type's words.
pub(super) fn parse<T>(value: &mut T, text: &str) -> Result<(), String>
where
    T: FromStr,
    T::Err: Display,
{
    *value = text.parse().map_err(|e: T::Err| e.to_string())?;
    Ok(())
}
