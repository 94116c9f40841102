//! A config as the command that trains it. The command line's own test reads it back.

use std::fmt::Display;

use super::Config;
use super::choices::{Groups, SplitMethod};

/// `counterweight train …`, ready for a shell, with the fields that differ from the defaults.
pub fn command_line(config: &Config) -> String {
    // Every field is named, so that a new one cannot be forgotten here.
    let Config {
        format: _,
        data,
        arch,
        weights,
        class_weights,
        stop,
        epochs,
        lr,
        optimizer,
        batch,
        image_size,
        resize,
        normalize,
        batch_norm,
        split,
        groups,
        train_share,
        test_share,
        seed,
        device,
        precision,
        raw,
    } = config;
    let defaults = Config::default();
    // A field that does nothing beside the others is refused where it is given.
    let used = |field: &str| !config.unused_fields().contains(&field);
    let mut words = vec!["counterweight".to_owned(), "train".to_owned()];
    // Given where it differs from its default; always, where it has none.
    let mut flag = |name: &str, value: &dyn Display, default: Option<&dyn Display>| {
        let value = value.to_string();
        if default.is_some_and(|default| default.to_string() == value) {
            return;
        }
        if value.starts_with('-') {
            words.push(format!("--{name}={value}"));
        } else {
            words.extend([format!("--{name}"), value]);
        }
    };
    flag("data", &data.display(), None);
    flag("arch", arch, Some(&defaults.arch));
    flag("weights", weights, Some(&defaults.weights));
    flag("class-weights", class_weights, Some(&defaults.class_weights));
    flag("stop", stop, Some(&defaults.stop));
    if used("epochs") {
        flag("epochs", epochs, Some(&defaults.epochs));
    }
    if used("lr") {
        flag("lr", lr, Some(&defaults.lr));
    }
    if used("optimizer") {
        flag("optimizer", optimizer, Some(&defaults.optimizer));
    }
    if used("batch") {
        flag("batch", batch, Some(&defaults.batch));
    }
    flag("image-size", image_size, Some(&defaults.image_size));
    flag("resize", resize, Some(&defaults.resize));
    flag("normalize", normalize, Some(&defaults.normalize));
    flag("batch-norm", batch_norm, Some(&defaults.batch_norm));
    match (split, groups) {
        // Naming groups means splitting by them.
        (SplitMethod::Groups, Some(Groups::Csv(path))) => flag("groups", &path.display(), None),
        (SplitMethod::Groups, Some(Groups::Pattern(pattern))) => flag("group-pattern", pattern, None),
        _ => flag("split", split, Some(&defaults.split)),
    }
    flag("train-share", train_share, Some(&defaults.train_share));
    flag("test-share", test_share, Some(&defaults.test_share));
    flag("seed", seed, Some(&defaults.seed));
    flag("device", device, Some(&defaults.device));
    flag("precision", precision, Some(&defaults.precision));
    if *raw {
        words.push("--raw".into());
    }
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

fn quoted(word: &str) -> String {
    // Only a NUL cannot be quoted, and no argument can hold one.
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), |quoted| quoted.into_owned())
}
