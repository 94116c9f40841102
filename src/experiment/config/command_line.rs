//! A config as the command that trains it. The command line's own test reads it back.

use super::Config;
use super::fields::{FIELDS, SPLIT};

/// `counterweight train …`, ready for a shell, with the fields that differ from the defaults. The split is always among them:
/// what holds without it follows from the folder.
pub fn command_line(config: &Config) -> String {
    let defaults = Config::default();
    let mut words = vec!["counterweight".to_owned(), "train".to_owned()];
    // One that does nothing beside the others is refused where it is given.
    let used = FIELDS.iter().filter(|field| field.is_used(config));
    for (field, flag) in used.flat_map(|field| field.flags.iter().map(move |flag| (field, flag))) {
        let Some(value) = (flag.text)(config) else {
            continue;
        };
        let is_default = (flag.text)(&defaults).is_some_and(|default| default == value);
        if is_default && field.key != SPLIT.key {
            continue;
        }
        match &*value {
            "" => words.push(format!("--{}", flag.name)),
            value if value.starts_with('-') => words.push(format!("--{}={value}", flag.name)),
            value => words.extend([format!("--{}", flag.name), value.to_owned()]),
        }
    }
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

fn quoted(word: &str) -> String {
    // Only a NUL cannot be quoted, and no argument can hold one.
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), |quoted| quoted.into_owned())
}
