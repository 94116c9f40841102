//! Which images of a folder a run knows, and which of them are fair to judge: on what it was trained on its figures are not
//! those of new images.
//! Images are recognised by their content, whatever their names are now; by name only where the folder is the run's own, so
//! that an image which was saved again is still recognised.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::same_picture::{Seen, TrainedImage};
use super::saved_model::SavedModel;
use crate::disk::dataset::fingerprint::fingerprint;
use crate::disk::feature_store::FeatureStore;
use crate::disk::images::content::{ContentHash, from_hex};
use crate::disk::runs::folder::SplitRow;
use crate::disk::runs::saved::{read_environment, read_split};
use crate::engine::features::contents::contents;
use crate::error::{Error, Result};
use crate::experiment::{Config, Dataset, Part};
use crate::jobs::progress::Reporter;
use crate::metrics::thousands;
use crate::protocol::Evaluate;

/// What is said of a folder without an image that is fair to judge.
const NOTHING_NEW: &str = "nothing to judge: the run was trained on every image of this folder, or keeps it for its test; \
                               choose a folder with others";

/// The images to judge.
#[derive(Debug)]
pub struct Picked {
    pub order: Vec<usize>,
    choice: Choice,
    pub warnings: Vec<String>,
    /// Those of `order` that the run has never seen.
    pub new: Vec<usize>,
    /// Images of the run's own folder that are not there any more.
    n_missing: usize,
    /// The images that it was trained on, as far as their content is known.
    pub trained: Vec<TrainedImage>,
}

/// Which images of a folder are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// Those of a part of the run's split.
    OwnPart(Part),
    /// Those in a folder that is named as a part.
    FolderPart(Part),
    OwnValAndNew,
    /// All, and the run was trained on none of them.
    All,
    NotTrainedOn,
}

/// On a folder that holds images of the run, what it was validated on and what is new; on any other, all of it.
///
/// # Errors
/// The run's list of images is damaged; nothing is left to judge; stopped.
pub fn pick(
    model: &SavedModel,
    request: &Evaluate,
    dataset: &Dataset,
    store: &FeatureStore,
    progress: &mut Reporter,
) -> Result<Picked> {
    let rows = read_split(&request.run_dir, &model.started)?;
    let overlap = Overlap::of(model, &rows, dataset, store, progress)?;
    let mut picked = overlap.choose(request.part, dataset);
    let trained = rows.iter().filter(|row| row.part == Part::Train);
    let trained = trained.filter_map(|row| {
        let (content, path) = (from_hex(&row.content)?, row.path.clone());
        Some(TrainedImage { content, path })
    });
    picked.trained = trained.collect();
    picked.something_is_left(dataset)?;
    Ok(picked)
}

impl Picked {
    /// Takes out those of the new images that are not new.
    ///
    /// # Errors
    /// Nothing is left to judge.
    pub fn leave_out(&mut self, seen: &Seen, dataset: &Dataset) -> Result<()> {
        let n_new = self.new.len();
        for indices in [&mut self.order, &mut self.new] {
            indices.retain(|&i| !seen.leaves_out(i));
        }
        // Those were the missing ones.
        self.n_missing = self.n_missing.saturating_sub(n_new - self.new.len());
        if self.choice == Choice::All && seen.leaves_out_any() {
            self.choice = Choice::NotTrainedOn;
        }
        self.something_is_left(dataset)
    }

    /// Takes out what the run was neither trained nor judged on by decision, and what is no news to it.
    ///
    /// # Errors
    /// Nothing is left to judge.
    pub fn exclude(&mut self, excluded: &BTreeSet<usize>, dataset: &Dataset) -> Result<()> {
        for indices in [&mut self.order, &mut self.new] {
            indices.retain(|i| !excluded.contains(i));
        }
        self.something_is_left(dataset)
    }

    /// An image that was saved again under another name, and not as it was, differs in content, name and looks: the only hint
    /// that it is one of the run's is that one of those is missing.
    pub fn may_be_known(&self) -> Option<String> {
        (self.n_missing > 0 && !self.new.is_empty()).then(|| {
            format!(
                "{} of the images that the run knows are not in this folder any more, and {} new ones are evaluated: one that was \
                 saved again under another name counts as new, and its figures are not those of a new image",
                thousands(self.n_missing as u64),
                thousands(self.new.len() as u64)
            )
        })
    }

    /// Which they are, in words.
    pub fn images(&self) -> String {
        match self.choice {
            Choice::OwnPart(part) => format!("the run's own {} images", part.name()),
            Choice::FolderPart(part) => format!("the images in the folder's {} part", part.name()),
            Choice::OwnValAndNew => own_and_new(self.order.len() - self.new.len(), self.new.len()),
            Choice::All => "all images of the folder".into(),
            Choice::NotTrainedOn => "the images of the folder that the run was not trained on".into(),
        }
    }

    /// What figures of images are worth that the head has learnt, and where better ones are.
    pub fn learnt(&self, folds: u32) -> Option<String> {
        let better = match folds {
            0 => "a run that is judged in folds judges each by a head that did not learn it",
            _ => {
                "what heads say of them that did not learn them, out of fold, is kept in the run: `counterweight images RUN --part \
                 train` lists it, and the window shows it under Training"
            }
        };
        (self.choice == Choice::OwnPart(Part::Train)).then(|| {
            format!(
                "the head has learnt these images, so its figures say how well it remembers them, and nothing of new ones; {better}"
            )
        })
    }

    fn something_is_left(&self, dataset: &Dataset) -> Result<()> {
        let message = match self.choice {
            _ if !self.order.is_empty() => return Ok(()),
            Choice::OwnPart(_) | Choice::FolderPart(_) => {
                format!("nothing to judge; looked for {}", self.images())
            }
            Choice::OwnValAndNew | Choice::All | Choice::NotTrainedOn => NOTHING_NEW.to_owned(),
        };
        Err(Error::file(&dataset.root, message))
    }
}

/// What a folder has in common with the images of a run.
#[derive(Debug)]
struct Overlap {
    /// By image index; `None` for those that it has never seen.
    parts: Vec<Option<Part>>,
    /// Whether the folder is the run's own, or a copy of it.
    is_own: bool,
    /// Images that the run was made of and that this folder does not hold.
    n_missing: usize,
    /// By their names alone, in a run of an earlier version.
    by_name: bool,
    /// Images that lie in another class than the run had them in, by image index in rising order.
    moved: Vec<usize>,
}

/// What a dataset shares with a run's by its place alone.
#[derive(Debug, PartialEq, Eq)]
struct Own {
    /// The folder that the images' names start in.
    names: bool,
    /// That, and the table where there is one.
    source: bool,
}

impl Own {
    fn of(config: &Config, dataset: &Dataset) -> Self {
        let is_same = |one: &Path, other: &Path| {
            let one = one.canonicalize();
            one.is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
        };
        let own = config.source();
        let names = is_same(&own.folder, &dataset.root);
        Own {
            names,
            source: names && is_same(own.place(), dataset.place()),
        }
    }
}

impl Overlap {
    fn of(
        model: &SavedModel,
        rows: &[SplitRow],
        dataset: &Dataset,
        store: &FeatureStore,
        progress: &mut Reporter,
    ) -> Result<Overlap> {
        let by_content = by_content(rows);
        let by_path: BTreeMap<&str, Part> = rows.iter().map(|row| (row.path.as_str(), row.part)).collect();
        let own = Own::of(&model.run.config, dataset);
        if by_content.is_empty() {
            let same_files = || -> Result<bool> {
                Ok(read_environment(&model.run.dir)?.data_fingerprint == fingerprint(dataset)?)
            };
            let is_own = own.names || same_files()?;
            let part = |path: &str| by_path.get(path).copied().filter(|_| is_own);
            let parts: Vec<Option<Part>> = dataset.images.iter().map(|image| part(&image.path)).collect();
            return Ok(Overlap {
                n_missing: rows.len().saturating_sub(n_known(&parts)),
                parts,
                is_own,
                by_name: is_own,
                moved: vec![],
            });
        }
        let all: Vec<usize> = (0..dataset.images.len()).collect();
        let contents = contents(dataset, &all, store, progress)?;
        let part = |i: usize| {
            let by_name = by_path.get(dataset.images[i].path.as_str()).copied();
            let known = contents[i].and_then(|content| by_content.get(&content).copied());
            known.or(by_name.filter(|_| own.names))
        };
        let parts: Vec<Option<Part>> = (0..dataset.images.len()).map(part).collect();
        let n_known = n_known(&parts);
        let classes = classes_by_content(rows);
        let is_moved = |i: &usize| {
            let class = dataset.classes[dataset.images[*i].class_idx].as_str();
            let had = contents[*i].and_then(|content| classes.get(&content));
            had.is_some_and(|had| !had.contains(&class))
        };
        Ok(Overlap {
            moved: all.iter().copied().filter(is_moved).collect(),
            is_own: own.source || n_known * 2 >= rows.len(),
            n_missing: rows.len().saturating_sub(n_known),
            parts,
            by_name: false,
        })
    }

    fn choose(&self, asked: Option<Part>, dataset: &Dataset) -> Picked {
        let n_known = |part: Part| self.parts.iter().filter(|&&p| p == Some(part)).count();
        let (n_train, n_new) = (
            n_known(Part::Train),
            self.parts.iter().filter(|p| p.is_none()).count(),
        );
        let choice = match (asked, self.is_own, n_train) {
            // A piece of the run's folder, or one with much more in it, is asked for the parts that the run gave it.
            (Some(part), _, _) if self.is_own || (!dataset.has_part_folders() && n_known(part) > 0) => {
                Choice::OwnPart(part)
            }
            (Some(part), _, _) => Choice::FolderPart(part),
            (None, true, _) => Choice::OwnValAndNew,
            (None, false, 0) => Choice::All,
            (None, false, _) => Choice::NotTrainedOn,
        };
        let is_wanted = |i: &usize| {
            let known = self.parts[*i];
            match choice {
                Choice::OwnPart(part) => known == Some(part),
                Choice::FolderPart(part) => {
                    dataset.images[*i].folder == Some(part) && known != Some(Part::Train)
                }
                Choice::OwnValAndNew => matches!(known, None | Some(Part::Val)),
                Choice::All | Choice::NotTrainedOn => known != Some(Part::Train),
            }
        };
        let order: Vec<usize> = (0..self.parts.len()).filter(is_wanted).collect();
        let is_train = |i: &&usize| self.parts[**i] == Some(Part::Train);
        let n_left_out = match self.is_own && n_new == 0 {
            // Nobody asked for them.
            true => 0,
            false => n_train - order.iter().filter(is_train).count(),
        };
        let n_test = match choice {
            Choice::OwnValAndNew => n_known(Part::Test),
            _ => 0,
        };
        let new: Vec<usize> = order
            .iter()
            .copied()
            .filter(|&i| self.parts[i].is_none())
            .collect();
        let mut warnings = self.left_out(n_left_out, n_test);
        warnings.extend(self.of_another_class(&order, dataset));
        Picked {
            order,
            choice,
            warnings,
            new,
            n_missing: if self.is_own { self.n_missing } else { 0 },
            trained: vec![],
        }
    }

    fn of_another_class(&self, order: &[usize], dataset: &Dataset) -> Option<String> {
        let judged = order.iter().filter(|i| self.moved.binary_search(i).is_ok());
        let judged: Vec<usize> = judged.copied().collect();
        let path = &dataset.images[*judged.first()?].path;
        Some(format!(
            "{} of the evaluated images lie in another class than the run had them in, such as {path}; they count as images \
             of the class they lie in",
            thousands(judged.len() as u64)
        ))
    }

    /// Warnings about that many images that are not judged.
    fn left_out(&self, n_train: usize, n_test: usize) -> Vec<String> {
        let by_name = self.by_name.then(|| {
            "this run is of an earlier version and knows its images by their names alone; one that was renamed counts as new"
                .to_owned()
        });
        let trained = (n_train > 0).then(|| {
            let images = if n_train == 1 { "image" } else { "images" };
            let n = thousands(n_train as u64);
            format!("{n} {images} that the run was trained on left out")
        });
        let tested = (n_test > 0).then(|| {
            let n = thousands(n_test as u64);
            format!(
                "the run's {n} test images are left out; they are evaluated where the test part is asked for"
            )
        });
        [by_name, trained, tested].into_iter().flatten().collect()
    }
}

/// Which images of the run's own folder are judged, where no part was asked for.
fn own_and_new(n_val: usize, n_new: usize) -> String {
    let images = if n_val == 1 { "image" } else { "images" };
    let own = format!("the run's own {} val {images}", thousands(n_val as u64));
    let new = format!("{} that the run has never seen", thousands(n_new as u64));
    match (n_val, n_new) {
        (0, 0) => "val images of the run, and images that it has never seen".into(),
        (0, _) => new,
        (_, 0) => own,
        _ => format!("{own} and {new}"),
    }
}

fn n_known(parts: &[Option<Part>]) -> usize {
    parts.iter().flatten().count()
}

/// Of the same picture in two parts the one that was trained on counts.
fn by_content(rows: &[SplitRow]) -> BTreeMap<ContentHash, Part> {
    let mut parts = BTreeMap::new();
    for row in rows {
        if let Some(content) = from_hex(&row.content) {
            let part = parts.entry(content).or_insert(row.part);
            *part = row.part.min(*part);
        }
    }
    parts
}

/// The same picture may lie in two classes.
fn classes_by_content(rows: &[SplitRow]) -> BTreeMap<ContentHash, Vec<&str>> {
    let mut classes: BTreeMap<ContentHash, Vec<&str>> = BTreeMap::new();
    for row in rows {
        if let Some(content) = from_hex(&row.content) {
            classes.entry(content).or_default().push(&row.class);
        }
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{ImageEntry, LabelTable};

    fn picked(is_own: bool, parts: &[Option<Part>]) -> (Picked, Dataset) {
        let image = |i: usize| ImageEntry {
            path: format!("{i}.png"),
            class_idx: 0,
            folder: None,
        };
        let dataset = Dataset {
            images: (0..parts.len()).map(image).collect(),
            ..Dataset::default()
        };
        let overlap = Overlap {
            parts: parts.to_vec(),
            is_own,
            n_missing: 0,
            by_name: false,
            moved: vec![],
        };
        (overlap.choose(None, &dataset), dataset)
    }

    /// One image that the run was trained on under another name.
    fn same(i: usize) -> Seen {
        Seen {
            same: vec![i],
            ..Seen::default()
        }
    }

    #[test]
    fn names_are_those_of_the_folder_and_not_of_the_table() {
        let home = tempfile::tempdir().unwrap();
        let place = |name: &str| home.path().join(name);
        for folder in ["one", "two"] {
            std::fs::create_dir(place(folder)).unwrap();
        }
        for table in ["a.csv", "b.csv"] {
            std::fs::write(place(table), "").unwrap();
        }
        let config = Config {
            data: place("one"),
            label_table: Some(place("a.csv")),
            ..Config::default()
        };
        let own = |folder: &str, table: &str| {
            let dataset = Dataset {
                root: place(folder),
                table: Some(LabelTable {
                    path: place(table),
                    ..LabelTable::default()
                }),
                ..Dataset::default()
            };
            let Own { names, source } = Own::of(&config, &dataset);
            (names, source)
        };
        assert_eq!(own("one", "a.csv"), (true, true));
        assert_eq!(own("one", "b.csv"), (true, false));
        assert_eq!(own("two", "a.csv"), (false, false));
    }

    #[test]
    fn what_is_judged_is_said_as_it_is_in_the_end() {
        let (mut own, dataset) = picked(true, &[Some(Part::Train), Some(Part::Val), None, None]);
        let images = own.images();
        assert_eq!(
            images,
            "the run's own 1 val image and 2 that the run has never seen"
        );
        assert_eq!(own.warnings, ["1 image that the run was trained on left out"]);
        own.leave_out(&Seen::default(), &dataset).unwrap();
        own.leave_out(&same(3), &dataset).unwrap();
        assert_eq!(own.order, [1, 2]);
        let images = own.images();
        assert_eq!(
            images,
            "the run's own 1 val image and 1 that the run has never seen"
        );

        let (mut other, dataset) = picked(false, &[None, None]);
        assert_eq!(other.images(), "all images of the folder");
        other.leave_out(&same(0), &dataset).unwrap();
        assert_eq!(
            other.images(),
            "the images of the folder that the run was not trained on"
        );
        let nothing = other.leave_out(&same(1), &dataset).unwrap_err().to_string();
        assert!(nothing.contains(NOTHING_NEW), "{nothing}");
    }
}
