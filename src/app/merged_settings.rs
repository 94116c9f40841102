//! Settings of two windows on one home: each stores what it changed, and takes over what the other did.

use std::collections::BTreeMap;

use super::dataset::folder_settings::FolderSettings;
use super::dataset::merged_form::merged_form;
use super::settings::{MOST_FOLDERS, RECENT, SETTINGS_FORMAT, Settings};
use crate::experiment::{Config, Stakes};

/// What is to be stored: `mine` where this window changed something since it read or stored `before`, and else `theirs`, as
/// they are stored now.
pub fn merged_settings(before: &Settings, mine: &Settings, theirs: Settings) -> Settings {
    // By name, so that no setting is forgotten.
    let Settings {
        format: _,
        form,
        recent,
        recent_commands,
        theme,
        zoom,
        plot,
        normalise,
        probabilities,
        groups_confused,
        class_order,
        figure_order,
        comparison,
        list,
        folders,
        more_runs,
        runs_seen_in,
        waiting,
        muted_cautions,
        selected,
        shown,
    } = theirs;
    let mut recent = both(&before.recent, &mine.recent, recent);
    let mut recent_commands = both(&before.recent_commands, &mine.recent_commands, recent_commands);
    recent.truncate(RECENT);
    recent_commands.truncate(RECENT);
    Settings {
        format: SETTINGS_FORMAT,
        form: merged_form(&before.form, &mine.form, &form),
        recent,
        recent_commands,
        theme: changed(&before.theme, &mine.theme, theme),
        zoom: changed(&before.zoom, &mine.zoom, zoom),
        plot: changed(&before.plot, &mine.plot, plot),
        normalise: changed(&before.normalise, &mine.normalise, normalise),
        probabilities: changed(&before.probabilities, &mine.probabilities, probabilities),
        groups_confused: changed(&before.groups_confused, &mine.groups_confused, groups_confused),
        class_order: changed(&before.class_order, &mine.class_order, class_order),
        figure_order: changed(&before.figure_order, &mine.figure_order, figure_order),
        comparison: changed(&before.comparison, &mine.comparison, comparison),
        list: changed(&before.list, &mine.list, list),
        folders: by_folder(&before.folders, &mine.folders, folders),
        more_runs: both(&before.more_runs, &mine.more_runs, more_runs),
        runs_seen_in: changed(&before.runs_seen_in, &mine.runs_seen_in, runs_seen_in),
        waiting: both(&before.waiting, &mine.waiting, waiting),
        muted_cautions: both(&before.muted_cautions, &mine.muted_cautions, muted_cautions),
        selected: changed(&before.selected, &mine.selected, selected),
        shown: by_name(before.shown.as_ref(), mine.shown.as_ref(), shown),
    }
}

fn changed<T: PartialEq + Clone>(before: &T, mine: &T, theirs: T) -> T {
    match mine == before {
        true => theirs,
        false => mine.clone(),
    }
}

/// Without what either took out, with what either put in.
fn both<T: PartialEq + Clone>(before: &[T], mine: &[T], theirs: Vec<T>) -> Vec<T> {
    let stays = |entry: &&T| !before.contains(entry) || theirs.contains(entry);
    let mut all: Vec<T> = mine.iter().filter(stays).cloned().collect();
    let is_new = |entry: &T| !before.contains(entry) && !mine.contains(entry);
    all.extend(theirs.into_iter().filter(is_new));
    all
}

/// How each folder is left, in all that was changed of it.
fn by_folder(
    before: &[FolderSettings],
    mine: &[FolderSettings],
    theirs: Vec<FolderSettings>,
) -> Vec<FolderSettings> {
    let of = |all: &[FolderSettings], wanted: &FolderSettings| {
        all.iter().find(|kept| kept.root == wanted.root).cloned()
    };
    let latest = |kept: &FolderSettings| match of(&theirs, kept) {
        Some(other) => one_folder(of(before, kept), kept, other),
        None => kept.clone(),
    };
    let mut all: Vec<FolderSettings> = mine.iter().map(latest).collect();
    let others = theirs.into_iter().filter(|other| of(mine, other).is_none());
    all.extend(others);
    all.truncate(MOST_FOLDERS);
    all
}

/// Both windows may have opened it as a new one: then all was as it is at first.
fn one_folder(
    before: Option<FolderSettings>,
    mine: &FolderSettings,
    theirs: FolderSettings,
) -> FolderSettings {
    let before = before.unwrap_or_else(|| FolderSettings {
        root: mine.root.clone(),
        form: Config::default().of(mine.form.source()),
        goal: None,
        stakes: Stakes::default(),
        selected: None,
    });
    FolderSettings {
        form: merged_form(&before.form, &mine.form, &theirs.form),
        goal: changed(&before.goal, &mine.goal, theirs.goal),
        stakes: changed(&before.stakes, &mine.stakes, theirs.stakes),
        selected: changed(&before.selected, &mine.selected, theirs.selected),
        root: theirs.root,
    }
}

/// The shown runs, each for itself.
fn by_name(
    before: Option<&BTreeMap<String, usize>>,
    mine: Option<&BTreeMap<String, usize>>,
    theirs: Option<BTreeMap<String, usize>>,
) -> Option<BTreeMap<String, usize>> {
    let Some(mine) = mine else { return theirs };
    let mut all = theirs.unwrap_or_default();
    let known = |name: &String| before.and_then(|before| before.get(name));
    for (name, colour) in mine.iter().filter(|(name, colour)| known(name) != Some(colour)) {
        all.insert(name.clone(), *colour);
    }
    all.retain(|name, _| mine.contains_key(name) || known(name).is_none());
    Some(all)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::app::settings::ThemeChoice;
    use crate::experiment::Goal;
    use crate::metrics::{Aim, Bounds};

    fn paths(paths: &[&str]) -> Vec<PathBuf> {
        paths.iter().map(PathBuf::from).collect()
    }

    fn left(root: &str, epochs: u32) -> FolderSettings {
        FolderSettings {
            root: root.into(),
            form: Config {
                epochs,
                ..Config::default()
            },
            goal: None,
            stakes: Stakes::default(),
            selected: None,
        }
    }

    #[test]
    fn each_window_stores_what_it_changed() {
        let before = Settings {
            more_runs: paths(&["old", "kept"]),
            folders: vec![left("a", 1), left("b", 1)],
            shown: Some([("one".to_owned(), 0), ("two".to_owned(), 1)].into()),
            ..Settings::default()
        };
        let mine = Settings {
            theme: ThemeChoice::Dark,
            more_runs: paths(&["old", "kept", "mine"]),
            folders: vec![left("c", 1), left("a", 2), left("b", 1)],
            shown: Some([("one".to_owned(), 0), ("three".to_owned(), 2)].into()),
            ..before.clone()
        };
        let theirs = Settings {
            zoom: 1.5,
            more_runs: paths(&["kept", "theirs"]),
            folders: vec![left("d", 1), left("a", 7), left("b", 3)],
            shown: Some([("two".to_owned(), 1), ("four".to_owned(), 3)].into()),
            ..before.clone()
        };
        let merged = merged_settings(&before, &mine, theirs);
        assert_eq!((merged.theme, merged.zoom), (ThemeChoice::Dark, 1.5));
        assert_eq!(merged.more_runs, paths(&["kept", "mine", "theirs"]));
        assert_eq!(
            merged.folders,
            [left("c", 1), left("a", 2), left("b", 3), left("d", 1)]
        );
        let shown: Vec<(String, usize)> = merged.shown.clone().unwrap().into_iter().collect();
        assert_eq!(shown, [("four".to_owned(), 3), ("three".to_owned(), 2)]);
        // Nothing was changed since: what is stored stays, whoever stored it.
        assert_eq!(merged_settings(&mine, &mine, merged.clone()), merged);
    }

    /// Both opened it before either had stored anything.
    #[test]
    fn of_one_folder_in_two_windows_settings_and_goal_of_both_stay() {
        let goal = Goal {
            class: "REAL".into(),
            bounds: Bounds::default(),
            aim: Aim::BalancedAccuracy,
        };
        let mine = Settings {
            folders: vec![FolderSettings {
                form: Config {
                    batch: 64,
                    ..Config::default()
                },
                ..left("a", 2)
            }],
            ..Settings::default()
        };
        let theirs = Settings {
            folders: vec![FolderSettings {
                goal: Some(goal.clone()),
                ..left("a", 7)
            }],
            ..Settings::default()
        };
        let merged = merged_settings(&Settings::default(), &mine, theirs);
        let [folder] = &merged.folders[..] else { panic!() };
        assert_eq!((folder.form.epochs, folder.form.batch), (7, 64));
        assert_eq!(folder.goal, Some(goal));
    }

    #[test]
    fn a_window_alone_stores_its_settings_as_they_are() {
        let before = Settings::default();
        let mine = Settings {
            recent: paths(&["b", "a"]),
            waiting: vec![],
            ..before.clone()
        };
        assert_eq!(merged_settings(&before, &mine, before.clone()), mine);
    }
}
