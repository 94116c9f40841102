//! A config as the command that trains it. The command line's own test reads it back.

use super::config::{Config, Groups, SplitMethod};

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
    let mut flag = |name: &str, value: String, differs: bool| {
        if differs && value.starts_with('-') {
            words.push(format!("--{name}={value}"));
        } else if differs {
            words.extend([format!("--{name}"), value]);
        }
    };
    flag("data", data.display().to_string(), true);
    flag("arch", arch.clone(), *arch != defaults.arch);
    flag("weights", weights.to_string(), *weights != defaults.weights);
    let weighed = *class_weights != defaults.class_weights;
    flag("class-weights", class_weights.to_string(), weighed);
    flag("stop", stop.to_string(), *stop != defaults.stop);
    flag(
        "epochs",
        epochs.to_string(),
        used("epochs") && *epochs != defaults.epochs,
    );
    flag("lr", lr.to_string(), used("lr") && *lr != defaults.lr);
    flag(
        "optimizer",
        optimizer.to_string(),
        used("optimizer") && *optimizer != defaults.optimizer,
    );
    flag(
        "batch",
        batch.to_string(),
        used("batch") && *batch != defaults.batch,
    );
    let side = image_size.to_string();
    flag("image-size", side, *image_size != defaults.image_size);
    flag("resize", resize.to_string(), *resize != defaults.resize);
    flag(
        "normalize",
        normalize.to_string(),
        *normalize != defaults.normalize,
    );
    let norm = batch_norm.to_string();
    flag("batch-norm", norm, *batch_norm != defaults.batch_norm);
    match (split, groups) {
        // Naming groups means splitting by them.
        (SplitMethod::Groups, Some(Groups::Csv(path))) => flag("groups", path.display().to_string(), true),
        (SplitMethod::Groups, Some(Groups::Pattern(pattern))) => {
            flag("group-pattern", pattern.clone(), true);
        }
        _ => flag("split", split.to_string(), *split != defaults.split),
    }
    let share = train_share.to_string();
    flag("train-share", share, *train_share != defaults.train_share);
    let share = test_share.to_string();
    flag("test-share", share, *test_share != defaults.test_share);
    flag("seed", seed.to_string(), *seed != defaults.seed);
    flag("device", device.to_string(), *device != defaults.device);
    flag(
        "precision",
        precision.to_string(),
        *precision != defaults.precision,
    );
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
