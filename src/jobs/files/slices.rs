//! The images that a run was judged by, in slices: by what their files and pixels come to, by where they lie, by their group, and
//! by whatever a table says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::disk::dataset::groups::groups_of;
use crate::disk::dataset::label_table::column_values;
use crate::disk::feature_store::FeatureStore;
use crate::disk::images::content::{ContentHash, from_hex};
use crate::disk::runs::saved::{read_run, read_split};
use crate::disk::runs::scores::{SavedScores, read_scores};
use crate::error::{Error, Result};
use crate::experiment::slices::{Property, Values, Written, of_column};
use crate::experiment::{Config, Dataset, Groups, ImageEntry, Part, Predictions, Source, SplitMethod};
use crate::health::picture::{Properties, SCALES};
use crate::jobs::progress::Reporter;
use crate::jobs::{Tell, answer};
use crate::metrics::thousands;
use crate::protocol::{ReadSlices, RunSlices};

use super::health::read;

/// Answers with the slices.
///
/// # Errors
/// The run's predictions cannot be read, or it has none of that part; stopped; the system gives no thread.
pub fn read_slices(
    request: &ReadSlices,
    store: &FeatureStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<()> {
    answer(request, slices(request, store, progress).map(Box::new), tell)
}

fn slices(request: &ReadSlices, store: &FeatureStore, progress: &mut Reporter) -> Result<RunSlices> {
    let SavedScores {
        mut config,
        classes,
        parts,
        folds_damage,
        ..
    } = read_scores(&request.run_dir)?;
    let mut parts = parts.into_iter();
    let Some((_, predictions)) = parts.find(|(part, _)| *part == request.part) else {
        return Err(match folds_damage.filter(|_| request.part == Part::Train) {
            Some(damage) => Error::Input(damage),
            None => {
                let message = format!("has no predictions of {} images", request.part.name());
                Error::file(&request.run_dir, message)
            }
        });
    };
    if let Some(source) = &request.source {
        config = lying_at(config, source);
    }
    let root = config.data.clone();
    let dataset = dataset_of(&root, &predictions);
    let mut sliced = Sliced::default();
    let pixels = read(&dataset, store, progress)?;
    sliced.count_changed(&request.run_dir, &predictions, &pixels.contents);
    sliced.by_pixels(&pixels.images);
    sliced.by_folder(&classes, &predictions);
    sliced.by_group(&config, &root, &predictions);
    sliced.by_columns(&config, &root, predictions.images());
    Ok(RunSlices {
        run_dir: request.run_dir.clone(),
        part: request.part,
        properties: sliced.properties,
        in_groups: sliced.in_groups,
        left_out: sliced.left_out,
    })
}

/// The config of a run whose images lie elsewhere now, or whose table does, which may be that of the groups, too.
fn lying_at(config: Config, source: &Source) -> Config {
    let groups_of_table = config.label_table.clone().map(Groups::Csv);
    let groups = match (&config.groups, &source.table) {
        (Some(_), Some(table)) if config.groups == groups_of_table => Some(Groups::Csv(table.clone())),
        _ => config.groups,
    };
    Config {
        data: source.folder.clone(),
        label_table: source.table.clone().or(config.label_table),
        groups,
        ..config
    }
}

fn dataset_of(root: &Path, predictions: &Predictions) -> Dataset {
    let images = predictions.rows().map(|(path, class_idx, _)| ImageEntry {
        path: path.to_string_lossy().into_owned(),
        class_idx,
        folder: None,
    });
    Dataset {
        root: root.to_path_buf(),
        images: images.collect(),
        ..Dataset::default()
    }
}

/// What each image held when the run was trained, where the run wrote it down.
fn contents_then(run_dir: &Path) -> Result<BTreeMap<String, ContentHash>> {
    let Some(started) = read_run(run_dir)?.record.started else {
        return Ok(BTreeMap::new());
    };
    let rows = read_split(run_dir, &started)?.into_iter();
    Ok(rows
        .filter_map(|row| Some((row.path, from_hex(&row.content)?)))
        .collect())
}

fn n_changed(then: &BTreeMap<String, ContentHash>, images: &[PathBuf], now: &[Option<ContentHash>]) -> usize {
    let is_other = |(image, now): &(&PathBuf, &Option<ContentHash>)| {
        let then = image.to_str().and_then(|image| then.get(image));
        then.zip(now.as_ref()).is_some_and(|(then, now)| then != now)
    };
    images.iter().zip(now).filter(is_other).count()
}

/// Whether any group has two of the images.
fn are_shared(groups: &[Option<String>]) -> bool {
    let mut seen = BTreeSet::new();
    !groups.iter().flatten().all(|group| seen.insert(group))
}

#[derive(Debug, Default)]
struct Sliced {
    properties: Vec<Property>,
    in_groups: bool,
    left_out: Vec<String>,
}

impl Sliced {
    fn add(&mut self, name: &str, values: &Values) {
        match Property::of(name, values) {
            Ok(property) => self.properties.push(property),
            Err(why) => self.left_out.extend(why),
        }
    }

    /// What pixels come to is read from the files as they are now.
    fn count_changed(&mut self, run_dir: &Path, judged: &Predictions, now: &[Option<ContentHash>]) {
        match contents_then(run_dir) {
            Ok(then) => {
                let n_changed = n_changed(&then, judged.images(), now);
                if n_changed > 0 {
                    self.left_out.push(format!(
                        "{} of the images changed since the run; what is said of their pixels is of what they are now",
                        thousands(n_changed as u64)
                    ));
                }
            }
            Err(e) => self
                .left_out
                .push(format!("Whether images changed since the run is not known: {e}")),
        }
    }

    fn by_pixels(&mut self, images: &[Option<Properties>]) {
        let n_unread = images.iter().filter(|image| image.is_none()).count();
        if n_unread > 0 {
            self.left_out.push(format!(
                "{n_unread} of the images cannot be read any more; nothing is known of their pixels"
            ));
        }
        let file_type = |image: &Option<Properties>| Some(image.as_ref()?.file.file_type.name().to_owned());
        self.add(
            "file type",
            &Values::Words(images.iter().map(file_type).collect()),
        );
        for scale in &SCALES {
            let values = images.iter().map(|image| (scale.value)(image.as_ref()?));
            let written = Written {
                number: scale.write,
                unit: scale.unit,
            };
            self.add(scale.name, &Values::Numbers(values.collect(), written));
        }
    }

    /// Without the folder of the class, which says no more than the class does.
    fn by_folder(&mut self, classes: &[String], predictions: &Predictions) {
        let folder = |path: &PathBuf| {
            let mut folders: Vec<_> = path.parent()?.iter().collect();
            let is_class = |folder: &&OsStr| classes.iter().any(|class| **folder == **class);
            // There may be one for the part above it.
            if let Some(at) = folders.iter().take(2).position(is_class) {
                folders.remove(at);
            }
            Some(match folders.is_empty() {
                true => "no sub-folder".to_owned(),
                false => folders.iter().collect::<PathBuf>().to_string_lossy().into_owned(),
            })
        };
        let folders = predictions.images().iter().map(folder).collect();
        self.add("folder", &Values::Words(folders));
    }

    fn by_group(&mut self, config: &Config, root: &Path, predictions: &Predictions) {
        let groups = config
            .groups
            .as_ref()
            .filter(|_| config.split == SplitMethod::Groups);
        let Some(groups) = groups else { return };
        match groups_of(groups, root, predictions.images()) {
            Ok(groups) => {
                let groups: Vec<Option<String>> = groups.into_iter().map(Some).collect();
                self.in_groups = are_shared(&groups);
                self.add("group", &Values::Words(groups));
            }
            Err(e) => {
                self.in_groups = true;
                self.left_out
                    .push(format!("The groups are not known any more: {e}"));
            }
        }
    }

    /// A column may be named as something that is known of every image, and say something else.
    fn by_column(&mut self, name: &str, words: Vec<Option<String>>) {
        match Property::of(name, &of_column(words)) {
            Err(why) => {
                let why = why.filter(|why| !self.left_out.contains(why));
                self.left_out.extend(why);
            }
            Ok(mut property) => {
                let known = self.properties.iter().find(|known| known.name == name);
                // Such as the groups that the split went by.
                if known.is_some_and(|known| known.slices == property.slices) {
                    return;
                }
                while self.properties.iter().any(|known| known.name == property.name) {
                    property.name += " (of the table)";
                }
                self.properties.push(property);
            }
        }
    }

    fn by_columns(&mut self, config: &Config, root: &Path, images: &[PathBuf]) {
        let Some(table) = &config.label_table else { return };
        match column_values(table, root, images) {
            Ok(columns) => {
                for (name, words) in columns {
                    // Whether or not the split went by it.
                    self.in_groups |= name.eq_ignore_ascii_case("group") && are_shared(&words);
                    self.by_column(&name, words);
                }
            }
            Err(e) => self
                .left_out
                .push(format!("The table's columns are not known any more: {e}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<Option<String>> {
        words.iter().map(|word| Some((*word).to_owned())).collect()
    }

    #[test]
    fn a_column_may_be_named_as_what_is_known_already() {
        let mut sliced = Sliced::default();
        sliced.add("size", &Values::Words(words(&["1 px", "1 px", "2 px", "2 px"])));
        sliced.by_column("size", words(&["S", "M", "S", "M"]));
        // The same under the same name is there already.
        sliced.by_column("size", words(&["1 px", "1 px", "2 px", "2 px"]));
        let names: Vec<&str> = sliced.properties.iter().map(|property| &*property.name).collect();
        assert_eq!(names, ["size", "size (of the table)"]);
        assert_eq!(sliced.properties[1].slices[0].places, [1, 3]);
    }

    #[test]
    fn groups_are_those_of_more_than_one_image() {
        assert!(are_shared(&words(&["ann", "bob", "ann"])));
        assert!(!are_shared(&[Some("ann".into()), Some("bob".into()), None, None]));
    }

    #[test]
    fn images_are_held_against_what_they_held() {
        let [one, other] = ["1", "2"].map(|digit| from_hex(&digit.repeat(64)).unwrap());
        let then = BTreeMap::from([("a.png".to_owned(), one), ("b.png".to_owned(), one)]);
        let images = ["a.png", "b.png", "new.png"].map(PathBuf::from);
        assert_eq!(
            n_changed(&then, &images, &[Some(one), Some(other), Some(other)]),
            1
        );
        assert_eq!(n_changed(&then, &images, &[Some(one), None, None]), 0);
    }
}
