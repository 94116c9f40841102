//! Which images of a folder a run knows, and which of them are fair to judge: what it was trained on would flatter it.
//! Images are known by their content, whatever they are called by now; by their name only where the folder is the run's
//! own, so that an image that was saved again is still the one that it was.

use std::collections::BTreeMap;

use super::same_picture::Trained;
use super::saved_model::SavedModel;
use crate::disk::content::{ContentHash, from_hex};
use crate::disk::feature_store::FeatureStore;
use crate::disk::fingerprint::fingerprint;
use crate::disk::run_folder::SplitRow;
use crate::disk::saved_run::{read_environment, read_split};
use crate::engine::features::contents::contents;
use crate::engine::report::Report;
use crate::error::{Error, Result};
use crate::experiment::{Dataset, Part};
use crate::metrics::thousands;
use crate::protocol::EvaluateRequest;

/// What is said of a folder of which no image is fair to judge.
pub const NOTHING_NEW: &str = "nothing to judge: the run was trained on every image of this folder, or keeps it for its test; \
                               choose a folder with others";

/// The images to judge.
#[derive(Debug)]
pub struct Picked {
    pub order: Vec<usize>,
    /// Which they are, in words.
    pub images: String,
    pub warnings: Vec<String>,
    /// Those of `order` that the run has never seen.
    pub new: Vec<usize>,
    /// The images that it was trained on, as far as their content is known.
    pub trained: Vec<Trained>,
}

/// On a folder that holds images of the run, what it was validated on and what is new; on any other, all of it.
///
/// # Errors
/// The run's list of images is damaged; nothing is left to judge; stopped.
pub fn pick(
    model: &SavedModel,
    request: &EvaluateRequest,
    dataset: &Dataset,
    store: &FeatureStore,
    report: &mut Report,
) -> Result<Picked> {
    let rows = read_split(&request.run_dir, &model.started)?;
    let known = Known::of(model, &rows, dataset, store, report)?;
    let mut picked = known.choose(request.part, dataset);
    let trained = rows.iter().filter(|row| row.part == Part::Train);
    let trained = trained.filter_map(|row| {
        let (content, path) = (from_hex(&row.content)?, row.path.clone());
        Some(Trained { content, path })
    });
    picked.trained = trained.collect();
    if picked.order.is_empty() {
        let message = match request.part {
            Some(_) => format!("nothing to judge: {} are none", picked.images),
            None => NOTHING_NEW.to_owned(),
        };
        return Err(Error::file(&dataset.root, message));
    }
    Ok(picked)
}

/// What the run says of the images of a folder.
#[derive(Debug)]
struct Known {
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

impl Known {
    fn of(
        model: &SavedModel,
        rows: &[SplitRow],
        dataset: &Dataset,
        store: &FeatureStore,
        report: &mut Report,
    ) -> Result<Known> {
        let by_content = by_content(rows);
        let by_path: BTreeMap<&str, Part> = rows.iter().map(|row| (row.path.as_str(), row.part)).collect();
        let own_place = model
            .run
            .config
            .data
            .canonicalize()
            .is_ok_and(|own| dataset.root.canonicalize().is_ok_and(|root| root == own));
        if by_content.is_empty() {
            let same_files = || -> Result<bool> {
                Ok(read_environment(&model.run.dir)?.data_fingerprint == fingerprint(dataset)?)
            };
            let is_own = own_place || same_files()?;
            let part = |path: &str| by_path.get(path).copied().filter(|_| is_own);
            let parts: Vec<Option<Part>> = dataset.images.iter().map(|image| part(&image.path)).collect();
            return Ok(Known {
                n_missing: rows.len().saturating_sub(n_known(&parts)),
                parts,
                is_own,
                by_name: is_own,
                moved: vec![],
            });
        }
        let all: Vec<usize> = (0..dataset.images.len()).collect();
        let contents = contents(dataset, &all, store, report)?;
        let part = |i: usize| {
            let by_name = by_path.get(dataset.images[i].path.as_str()).copied();
            let known = contents[i].and_then(|content| by_content.get(&content).copied());
            known.or(by_name.filter(|_| own_place))
        };
        let parts: Vec<Option<Part>> = (0..dataset.images.len()).map(part).collect();
        let n_known = n_known(&parts);
        let classes = classes_by_content(rows);
        let is_moved = |i: &usize| {
            let class = dataset.classes[dataset.images[*i].class_idx].as_str();
            let had = contents[*i].and_then(|content| classes.get(&content));
            had.is_some_and(|had| !had.contains(&class))
        };
        Ok(Known {
            moved: all.iter().copied().filter(is_moved).collect(),
            is_own: own_place || n_known * 2 >= rows.len(),
            n_missing: rows.len().saturating_sub(n_known),
            parts,
            by_name: false,
        })
    }

    fn choose(&self, asked: Option<Part>, dataset: &Dataset) -> Picked {
        let indices = |wanted: &dyn Fn(usize) -> bool| (0..self.parts.len()).filter(|&i| wanted(i)).collect();
        let n_known = |part: Part| self.parts.iter().filter(|&&p| p == Some(part)).count();
        let (n_train, n_new) = (
            n_known(Part::Train),
            self.parts.iter().filter(|p| p.is_none()).count(),
        );
        let mut warnings = Vec::new();
        if self.by_name {
            let text = "this run is of an earlier version and knows its images by their names alone; one that was renamed \
                        counts as new";
            warnings.push(text.to_owned());
        }
        let (order, images): (Vec<usize>, String) = match asked {
            // A piece of the run's folder, or one with much more in it, is asked for the parts that the run gave it.
            Some(part) if self.is_own || (!dataset.has_part_folders() && n_known(part) > 0) => {
                let order = indices(&|i| self.parts[i] == Some(part));
                (order, format!("the run's own {} images", part.name()))
            }
            Some(part) => {
                let order = indices(&|i| {
                    dataset.images[i].folder == Some(part) && self.parts[i] != Some(Part::Train)
                });
                (order, format!("the images in the folder's {} part", part.name()))
            }
            None if self.is_own => {
                let order = indices(&|i| matches!(self.parts[i], None | Some(Part::Val)));
                let own = match n_known(Part::Val) {
                    0 => String::new(),
                    n => format!("the run's own {} val images", thousands(n as u64)),
                };
                let new = match n_new {
                    0 => String::new(),
                    n => format!("{} that the run has never seen", thousands(n as u64)),
                };
                let both = if own.is_empty() || new.is_empty() {
                    ""
                } else {
                    " and "
                };
                (order, format!("{own}{both}{new}"))
            }
            None => {
                let order = indices(&|i| self.parts[i] != Some(Part::Train));
                let images = match n_train {
                    0 => "all images of the folder".to_owned(),
                    _ => "the images of the folder that the run was not trained on".to_owned(),
                };
                (order, images)
            }
        };
        let left_out = n_train.saturating_sub(
            order
                .iter()
                .filter(|&&i| self.parts[i] == Some(Part::Train))
                .count(),
        );
        if left_out > 0 && (!self.is_own || n_new > 0) {
            let what = if left_out == 1 {
                "image that it was"
            } else {
                "images that the run was"
            };
            warnings.push(format!(
                "{} {what} trained on left out",
                thousands(left_out as u64)
            ));
        }
        let n_test = n_known(Part::Test);
        if asked.is_none() && self.is_own && n_test > 0 {
            warnings.push(format!(
                "the run's {} test images are left out; they are judged where the test part is asked for",
                thousands(n_test as u64)
            ));
        }
        let new: Vec<usize> = order
            .iter()
            .copied()
            .filter(|&i| self.parts[i].is_none())
            .collect();
        warnings.extend(self.may_be_known(n_new, new.len()));
        warnings.extend(self.of_another_class(&order, dataset));
        Picked {
            order,
            images,
            warnings,
            new,
            trained: vec![],
        }
    }

    fn of_another_class(&self, order: &[usize], dataset: &Dataset) -> Option<String> {
        let judged = order.iter().filter(|i| self.moved.binary_search(i).is_ok());
        let judged: Vec<usize> = judged.copied().collect();
        let path = &dataset.images[*judged.first()?].path;
        Some(format!(
            "of those judged {} lie in another class than the run had them in, such as {path}; they count as what they are \
             called here",
            thousands(judged.len() as u64)
        ))
    }

    /// An image that was saved again under another name has another content and another name: nothing tells that it is
    /// one that was trained on, but that one is missing.
    fn may_be_known(&self, n_new: usize, n_judged: usize) -> Option<String> {
        let n_missing = self.n_missing.min(n_new);
        (self.is_own && n_missing > 0 && n_judged > 0).then(|| {
            format!(
                "{} of the images that the run knows are not in this folder any more, and {} new ones are judged: one that was \
                 saved again under another name counts as new, and would flatter the figures",
                thousands(self.n_missing as u64),
                thousands(n_judged as u64)
            )
        })
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
