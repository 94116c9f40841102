//! The form of one folder that two windows have open: each keeps what it changed, setting by setting.

use serde_json::{Map, Value};

use crate::experiment::Config;

/// Settings that fit each other alone, by their keys: who changed one of them is followed in all.
const TOGETHER: [&[&str]; 3] = [
    &["arch", "weights"],
    &["split", "groups", "train_share", "test_share"],
    &["resize", "image_size"],
];

/// `theirs`, with what this window changed since `before`.
pub fn merged_form(before: &Config, mine: &Config, theirs: &Config) -> Config {
    let whole = || if mine == before { theirs } else { mine }.clone();
    // Two tables may lie in one folder.
    if mine.source() != theirs.source() {
        return whole();
    }
    by_setting(before, mine, theirs).unwrap_or_else(whole)
}

/// Nothing where one of them is no JSON, such as a path that is no text.
fn by_setting(before: &Config, mine: &Config, theirs: &Config) -> Option<Config> {
    let [before, mine, mut merged] = [before, mine, theirs].map(object);
    let (before, mine, merged) = (before?, mine?, merged.as_mut()?);
    let is_changed = |key: &str| mine.get(key) != before.get(key);
    for (key, value) in &mine {
        let together = TOGETHER.into_iter().find(|keys| keys.contains(&key.as_str()));
        let follows = match together {
            Some(keys) => keys.iter().any(|key| is_changed(key)),
            None => is_changed(key),
        };
        if follows {
            merged.insert(key.clone(), value.clone());
        }
    }
    serde_json::from_value(Value::Object(std::mem::take(merged))).ok()
}

fn object(config: &Config) -> Option<Map<String, Value>> {
    match serde_json::to_value(config).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{ClassWeights, SplitMethod};

    #[test]
    fn each_window_keeps_what_it_set() {
        let before = Config::default();
        let mine = Config {
            batch: 64,
            split: SplitMethod::Random,
            ..before.clone()
        };
        let theirs = Config {
            epochs: 7,
            class_weights: ClassWeights::Given(vec![1.0, 8.0]),
            split: SplitMethod::Folders,
            test_share: 0.2,
            ..before.clone()
        };
        let merged = merged_form(&before, &mine, &theirs);
        assert_eq!((merged.epochs, merged.batch), (7, 64));
        assert_eq!(merged.class_weights, theirs.class_weights);
        // A split and its shares are one thing.
        assert_eq!((merged.split, merged.test_share), (SplitMethod::Random, 0.0));
        assert_eq!(merged_form(&before, &before, &theirs), theirs);
    }

    #[test]
    fn forms_of_two_folders_are_not_mixed() {
        let of = |data: &str, epochs| Config {
            data: data.into(),
            epochs,
            ..Config::default()
        };
        let mine = of("a", 3);
        assert_eq!(merged_form(&of("a", 2), &mine, &of("b", 9)), mine);
        assert_eq!(merged_form(&mine, &mine, &of("b", 9)), of("b", 9));
        let table = |name: &str, epochs| Config {
            label_table: Some(name.into()),
            ..of("a", epochs)
        };
        let mine = table("a/one.csv", 3);
        assert_eq!(
            merged_form(&table("a/one.csv", 2), &mine, &table("a/two.csv", 9)),
            mine
        );
    }
}
