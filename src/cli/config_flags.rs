//! The config's fields as flags, made of their table: `counterweight train --lr 1e-3`.

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches};

use crate::error::{Error, Result};
use crate::experiment::config::fields::{
    ARCH, BASELINE, BATCH_NORM, DATA, FIELDS, GROUPS, LABEL_TABLE, LABELS_OVERLAY, SPLIT, WEIGHTS,
};
use crate::experiment::{Config, Field, Flag, Group, SplitMethod};

/// Those that were given, in the table's order, with their values; a sweep takes some of them more than once.
#[derive(Debug, Clone, Default)]
pub struct ConfigFlags {
    given: Vec<Given>,
}

#[derive(Debug, Clone)]
struct Given {
    field: &'static Field,
    flag: &'static Flag,
    values: Vec<String>,
}

impl ConfigFlags {
    /// The config, overridden by what was given, except for the fields that are not `wanted`.
    ///
    /// # Errors
    /// Two flags contradict each other, or one does nothing beside the others.
    pub fn override_config(&self, config: &mut Config, wanted: impl Fn(&Field) -> bool) -> Result<()> {
        self.check_split()?;
        for given in self.given.iter().filter(|given| wanted(given.field)) {
            for value in &given.values {
                (given.flag.set)(config, value).map_err(Error::Input)?;
            }
        }
        self.check_used(config)
    }

    /// One config for each value that the field was given.
    ///
    /// # Errors
    /// A value cannot be read.
    pub fn each(&self, field: &Field) -> Result<Vec<Config>> {
        let given = self.given.iter().filter(|given| given.field.key == field.key);
        let values = given.flat_map(|given| given.values.iter().map(|value| (given.flag, value)));
        let config = |(flag, value): (&Flag, &String)| {
            let mut config = Config::default();
            (flag.set)(&mut config, value).map_err(Error::Input)?;
            Ok(config)
        };
        values.map(config).collect()
    }

    pub fn gives(&self, field: &Field) -> bool {
        self.given.iter().any(|given| given.field.key == field.key)
    }

    /// A flag that would do nothing is a misunderstanding.
    fn check_used(&self, config: &Config) -> Result<()> {
        let idle = |given: &Given| Some((given.flag.name, (given.field.idle)(config)?));
        match self.given.iter().find_map(idle) {
            Some((name, why)) => Err(Error::Input(format!(
                "--{name} does nothing with {why}; leave it out"
            ))),
            None => Ok(()),
        }
    }

    /// Naming groups means splitting by them; another split beside them is a contradiction.
    fn check_split(&self) -> Result<()> {
        let Some(split) = self.each(&SPLIT)?.pop().map(|config| config.split) else {
            return Ok(());
        };
        let names_groups = self.given.iter().any(|given| given.field.key == GROUPS.key);
        match names_groups && split != SplitMethod::Groups {
            true => Err(Error::Input(format!(
                "--split {split} takes no groups; use --split groups, or leave the groups out"
            ))),
            false => Ok(()),
        }
    }
}

impl Args for ConfigFlags {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.args(all().map(|(field, flag)| argument(field, flag)))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

fn all() -> impl Iterator<Item = (&'static Field, &'static Flag)> {
    let of_field = |&field: &&'static Field| field.flags.iter().map(move |flag| (field, flag));
    FIELDS.iter().flat_map(of_field)
}

fn argument(field: &'static Field, flag: &'static Flag) -> Arg {
    let argument = Arg::new(flag.name)
        .long(flag.name)
        .aliases(flag.earlier)
        .help(field.help(flag))
        .help_heading(field.group.title());
    if flag.value_name.is_empty() {
        return argument.action(ArgAction::SetTrue);
    }
    // One that is of one kind is not of the other.
    let others = field.flags.iter().map(|other| other.name);
    argument
        .value_name(flag.value_name)
        .conflicts_with_all(others.filter(|&other| other != flag.name))
        .allow_negative_numbers(field.number.is_some())
        .value_parser(|text: &str| {
            (flag.set)(&mut Config::default(), text)?;
            Ok::<_, String>(text.to_owned())
        })
}

impl FromArgMatches for ConfigFlags {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let mut flags = ConfigFlags::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        self.given = all()
            .filter_map(|(field, flag)| given(field, flag, matches))
            .collect();
        Ok(())
    }
}

fn given(field: &'static Field, flag: &'static Flag, matches: &ArgMatches) -> Option<Given> {
    let values = match flag.value_name.is_empty() {
        true => matches.get_flag(flag.name).then(|| vec![String::new()])?,
        false => matches.get_many::<String>(flag.name)?.cloned().collect(),
    };
    Some(Given { field, flag, values })
}

/// Those that say how a folder is divided and how its images are seen, and none that is of a head or its training.
#[derive(Debug, Clone, Default)]
pub struct FolderFlags(ConfigFlags);

impl FolderFlags {
    /// The config, overridden by what was given.
    ///
    /// # Errors
    /// As for [`ConfigFlags::override_config`].
    pub fn override_config(&self, config: &mut Config) -> Result<()> {
        self.0.override_config(config, |_| true)
    }

    /// Whether the split was chosen.
    pub fn name_a_split(&self) -> bool {
        self.name_one_of(&[&SPLIT, &GROUPS])
    }

    /// Whether the network was.
    pub fn name_a_backbone(&self) -> bool {
        self.name_one_of(&[&ARCH, &WEIGHTS])
    }

    fn name_one_of(&self, fields: &[&Field]) -> bool {
        let is_one = |given: &Given| fields.iter().any(|field| field.key == given.field.key);
        self.0.given.iter().any(is_one)
    }

    fn all() -> impl Iterator<Item = (&'static Field, &'static Flag)> {
        let others = [
            DATA.key,
            LABEL_TABLE.key,
            BATCH_NORM.key,
            BASELINE.key,
            LABELS_OVERLAY.key,
        ];
        all().filter(move |(field, _)| field.group != Group::Head && !others.contains(&field.key))
    }
}

impl Args for FolderFlags {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.args(Self::all().map(|(field, flag)| argument(field, flag)))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for FolderFlags {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let mut flags = FolderFlags::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        self.0.given = Self::all()
            .filter_map(|(field, flag)| given(field, flag, matches))
            .collect();
        Ok(())
    }
}
