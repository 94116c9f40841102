//! Which images belong together and must not straddle a split, by a table or by a pattern on the file name; and the
//! split that follows.

use std::path::{Path, PathBuf};

use regex::Regex;

use super::csv_table::{Lines, read_table};
use super::groups_table::Table;
use super::label_table;
use crate::error::{Error, Result};
use crate::experiment::{
    Config, Dataset, Groups, ImageEntry, Predictions, Split, SplitMethod, normal_form, split,
};

/// The split that a config makes of a dataset, and the group of each image where it goes by groups.
///
/// # Errors
/// The table or the pattern cannot be read, or leaves an image without a group; the folder cannot be split so.
pub fn divide(config: &Config, dataset: &Dataset) -> Result<(Split, Option<Vec<String>>)> {
    let groups = match (&config.groups, config.split) {
        (Some(groups), SplitMethod::Groups) => Some(read_groups(groups, dataset)?),
        _ => None,
    };
    let Config {
        split: method,
        train_share,
        test_share,
        seed,
        ..
    } = *config;
    let split = split::split(dataset, method, train_share, test_share, seed, groups.as_deref());
    let split = split.map_err(|message| Error::file(&dataset.root, message))?;
    Ok((split, groups))
}

/// The group of each of these images of a folder; their paths are relative to it.
///
/// # Errors
/// As for a split.
pub fn groups_of(groups: &Groups, root: &Path, images: &[PathBuf]) -> Result<Vec<String>> {
    let image = |path: &PathBuf| ImageEntry {
        path: path.to_string_lossy().into_owned(),
        class_idx: 0,
        folder: None,
    };
    let images = Dataset {
        root: root.to_path_buf(),
        images: images.iter().map(image).collect(),
        ..Dataset::default()
    };
    read_groups(groups, &images)
}

/// With the groups of the images of that folder, where the split was by groups and they are still known. A table may have been taken
/// away since, which is no reason to say nothing of the scores, and is told.
pub fn in_groups(config: &Config, root: &Path, predictions: Predictions) -> Predictions {
    let Some(groups) = config
        .groups
        .as_ref()
        .filter(|_| config.split == SplitMethod::Groups)
    else {
        return predictions;
    };
    match groups_of(groups, root, predictions.images()) {
        Ok(names) => predictions.in_groups(&names),
        Err(_) => predictions.with_lost_groups(),
    }
}

/// The group of each image, in the dataset's order.
///
/// A table is a CSV file with a header that names the columns `path` (relative to the data folder or absolute, with slashes of
/// either kind) and `group`; other columns and rows of other files are ignored. A pattern is a regular expression that is
/// searched for in the file name; its first capture group names the group, or else the whole match.
///
/// # Errors
/// The table or the pattern cannot be read, or leaves an image without a group; the first one is named.
fn read_groups(groups: &Groups, dataset: &Dataset) -> Result<Vec<String>> {
    match groups {
        Groups::Csv(path) => from_table(path, dataset),
        Groups::Pattern(pattern) => from_pattern(pattern, dataset),
    }
}

fn from_table(path: &Path, dataset: &Dataset) -> Result<Vec<String>> {
    let Lines { header, rows } = read_table(path)?;
    let missing = |name: &str| {
        let message = format!("has no column {name:?}; its first line must name the columns path and group");
        Error::file(path, message)
    };
    let group_column = header
        .iter()
        .position(|field| field.eq_ignore_ascii_case("group"));
    // A table of labels may name its paths otherwise.
    let path_column = label_table::path_column(&header).ok_or_else(|| missing("path"))?;
    let group_column = group_column.ok_or_else(|| missing("group"))?;
    let mut table = Table::of(&dataset.root);
    for (_, row) in rows {
        table
            .add(&row[path_column], &row[group_column])
            .map_err(|message| Error::file(path, message))?;
    }
    let group = |image: &str| table.group_of(image).map(str::to_owned);
    of_each(dataset, group).map_err(|(first, n)| {
        let others = and_others(n);
        Error::file(
            path,
            format!("has no group for {first}{others}; add a row with its path and group"),
        )
    })
}

fn from_pattern(pattern: &str, dataset: &Dataset) -> Result<Vec<String>> {
    let regex = Regex::new(pattern).map_err(|error| {
        // The last line of several says what is wrong; those above draw where.
        let error = error.to_string();
        let reason = error
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        Error::input(format!(
            "the group pattern {pattern:?} is not a regular expression: {reason}"
        ))
    })?;
    let group = |image: &str| {
        let name = image.rsplit('/').next()?;
        let captures = regex.captures(name)?;
        captures
            .get(1)
            .or_else(|| captures.get(0))
            .map(|group| group.as_str().to_string())
    };
    of_each(dataset, group).map_err(|(first, n)| {
        let others = and_others(n);
        Error::input(format!(
            "the group pattern {pattern:?} does not match {first}{others}; change the pattern"
        ))
    })
}

/// The group of each image, or the first image without one and how many have none. Names of groups that look alike are one
/// group, as those of classes are: two spellings of a person's name must not come to lie on both sides of a split.
fn of_each(
    dataset: &Dataset,
    group: impl Fn(&str) -> Option<String>,
) -> std::result::Result<Vec<String>, (&str, usize)> {
    let seen = |image: &ImageEntry| group(&image.path).map(|group| normal_form(&group));
    let groups: Vec<Option<String>> = (dataset.images.iter())
        .map(|image| seen(image).filter(|group| !group.is_empty()))
        .collect();
    let mut without = dataset
        .images
        .iter()
        .zip(&groups)
        .filter(|(_, group)| group.is_none());
    match without.next() {
        Some((first, _)) => Err((&first.path, 1 + without.count())),
        None => Ok(groups.into_iter().flatten().collect()),
    }
}

fn and_others(n: usize) -> String {
    match n - 1 {
        0 => String::new(),
        1 => " and 1 other image".into(),
        others => format!(" and {others} other images"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::split::groups_from_names;

    fn dataset(paths: &[&str]) -> Dataset {
        let entry = |path: &&str| ImageEntry {
            path: path.to_string(),
            class_idx: 0,
            folder: None,
        };
        Dataset {
            images: paths.iter().map(entry).collect(),
            ..Dataset::default()
        }
    }

    fn check(groups: &Groups, expect: std::result::Result<&[&str], &str>) {
        let got = read_groups(groups, &dataset(&["a/p1_01.png", "a/p1_02.png", "b/p2_01.png"]));
        match (got, expect) {
            (Ok(got), Ok(expect)) => assert_eq!(got, expect),
            (Err(error), Err(expect)) => assert!(error.to_string().contains(expect), "{error}"),
            (got, _) => panic!("{got:?} where {expect:?} was expected"),
        }
    }

    #[test]
    fn a_table_names_the_groups() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("groups.csv");
        let table: [(&str, std::result::Result<&[&str], &str>); 10] = [
            (
                "path,group\na/p1_01.png,x\na/p1_02.png,x\nb/p2_01.png,\"y, z\"\n",
                Ok(&["x", "x", "y, z"]),
            ),
            (
                "\u{feff}Group, split, Path\r\nx,train,a\\p1_01.png\r\nx,val,./a/p1_02.png\r\ny,,b/p2_01.png\r\n",
                Ok(&["x", "x", "y"]),
            ),
            (
                "path,group\nb/p2_01.png,y\n",
                Err("has no group for a/p1_01.png and 1 other image; add a row"),
            ),
            (
                "path,group\na/p1_01.png,\na/p1_02.png,x\nb/p2_01.png,y\n",
                Err("has no group for a/p1_01.png; add"),
            ),
            (
                "path,group\na/p1_01.png,K\u{e4}the\na/p1_02.png,Ka\u{308}the\u{200b}\nb/p2_01.png,\u{200b}K\u{e4}the\n",
                Ok(&["K\u{e4}the", "K\u{e4}the", "K\u{e4}the"]),
            ),
            (
                "path,group\na/p1_01.png,\u{200b}\na/p1_02.png,x\nb/p2_01.png,y\n",
                Err("has no group for a/p1_01.png; add"),
            ),
            ("path,person\na/p1_01.png,x\n", Err("has no column \"group\"")),
            ("", Err("has no column \"path\"")),
            (
                "path,group\na/p1_01.png\n",
                Err("line 2 has 1 fields where the header has 2"),
            ),
            (
                "path,group\na/p1_01.png,x\na/p1_01.png,y\n",
                Err("the group \"x\" and later \"y\""),
            ),
        ];
        for (text, expect) in table {
            std::fs::write(&path, text).unwrap();
            check(&Groups::Csv(path.clone()), expect);
        }
        check(
            &Groups::Csv(dir.path().join("none.csv")),
            Err("none.csv: cannot read"),
        );
    }

    #[test]
    fn a_pattern_names_the_groups() {
        let table: [(&str, std::result::Result<&[&str], &str>); 5] = [
            (r"x*", Err("does not match a/p1_01.png and 2 other images")),
            (r"^(p\d+)_", Ok(&["p1", "p1", "p2"])),
            (r"^p\d", Ok(&["p1", "p1", "p2"])),
            (r"^p1", Err("does not match b/p2_01.png; change the pattern")),
            (r"(p", Err("is not a regular expression: unclosed group")),
        ];
        for (pattern, expect) in table {
            check(&Groups::Pattern(pattern.into()), expect);
        }
    }

    #[test]
    fn the_pattern_that_file_names_propose_makes_the_groups_that_are_counted() {
        let names = [
            "clip07_0001.jpg",
            "clip07_frame2.jpg",
            "clip07.b-2.jpg",
            "clip07.b-10.jpeg",
            "2024-01-15 - 3.png",
            "2024-01-15 - x4.png",
            "portrait.png",
        ];
        let images = names.iter().map(|name| ImageEntry {
            path: format!("a/{name}"),
            class_idx: 0,
            folder: None,
        });
        let dataset = Dataset {
            classes: vec!["a".into()],
            images: images.collect(),
            ..Dataset::default()
        };
        let proposed = groups_from_names(&dataset).unwrap();
        let groups = read_groups(&Groups::Pattern(proposed.pattern.clone()), &dataset).unwrap();
        let expected = [
            "clip07",
            "clip07",
            "clip07.b",
            "clip07.b",
            "2024-01-15",
            "2024-01-15",
            "portrait.png",
        ];
        assert_eq!(groups, expected);
        assert_eq!(proposed.n_groups, 4);
    }
}
