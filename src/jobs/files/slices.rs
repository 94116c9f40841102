//! The images that a run was judged by, in slices: by what their files and pixels come to, by where they lie, by their group, and
//! by whatever a table says of them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::disk::dataset::groups::groups_of;
use crate::disk::dataset::label_table::column_values;
use crate::disk::feature_store::FeatureStore;
use crate::disk::runs::scores::{SavedScores, read_scores};
use crate::error::{Error, Result};
use crate::experiment::slices::{Property, Values, Written, of_column};
use crate::experiment::{Config, Dataset, ImageEntry, Predictions, SplitMethod};
use crate::health::picture::{Properties, SCALES};
use crate::jobs::progress::Reporter;
use crate::jobs::{Tell, answer};
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
        config,
        classes,
        parts,
    } = read_scores(&request.run_dir)?;
    let mut parts = parts.into_iter();
    let Some((_, predictions)) = parts.find(|(part, _)| *part == request.part) else {
        let message = format!("has no predictions of {} images", request.part.name());
        return Err(Error::file(&request.run_dir, message));
    };
    let root = request.folder.clone().unwrap_or_else(|| config.data.clone());
    let dataset = dataset_of(&root, &predictions);
    let mut sliced = Sliced::default();
    let pixels = read(&dataset, store, progress)?;
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

    fn by_columns(&mut self, config: &Config, root: &Path, images: &[PathBuf]) {
        let Some(table) = &config.labels else { return };
        match column_values(table, root, images) {
            Ok(columns) => {
                for (name, words) in columns {
                    // Whether or not the split went by it.
                    self.in_groups |= name.eq_ignore_ascii_case("group") && are_shared(&words);
                    let is_known = self.properties.iter().any(|known| known.name == name);
                    if !is_known {
                        self.add(&name, &of_column(words));
                    }
                }
            }
            Err(e) => self
                .left_out
                .push(format!("The table's columns are not known any more: {e}")),
        }
    }
}
