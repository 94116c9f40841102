//! Each image folder has settings of its own. What was set for one says nothing about another: its classes are others,
//! and so are its split and its groups.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::app::action::Outside;
use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::experiment::{
    ClassWeights, Config, Dataset, Groups, Part, SplitMethod, WeightsSource, normal_form,
};

/// Folders whose settings are kept; the one that was left longest ago goes first.
const MOST_FOLDERS: usize = 64;

/// How a folder was left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FolderSettings {
    pub root: PathBuf,
    /// Its class weights by name, so that they stay with their classes.
    pub form: Config,
}

impl AppState {
    /// Keeps the form for the open folder, as it is left for another.
    pub(in crate::app) fn keep_form(&mut self) {
        let Some(view) = &self.dataset else { return };
        let root = view.dataset.root.clone();
        // The form of the next folder, such as the demo's, may stand there already.
        if self.settings.form.data != root {
            return;
        }
        let form = Config {
            data: root.clone(),
            class_weights: by_name(&self.settings.form.class_weights, &view.dataset.classes),
            ..self.settings.form.clone()
        };
        let folders = &mut self.settings.folders;
        folders.retain(|kept| kept.root != root);
        folders.insert(0, FolderSettings { root, form });
        folders.truncate(MOST_FOLDERS);
    }

    /// The form becomes that of a folder which was just read: what it was when the folder was left, or what suits it.
    pub(in crate::app) fn form_for(&mut self, dataset: &Dataset, outside: &mut dyn Outside) {
        let is_open = |view: &crate::app::dataset::view::DatasetView| view.dataset.root == dataset.root;
        if self.dataset.as_ref().is_some_and(is_open) {
            // It may have got a class more, or lost one.
            let before = self.dataset.as_ref().map(|view| view.dataset.classes.clone());
            let weights = by_name(&self.settings.form.class_weights, &before.unwrap_or_default());
            self.settings.form.class_weights = in_order(&weights, &dataset.classes);
            return;
        }
        self.keep_form();
        // The form of the last start was made for this folder already; its weights are kept by name.
        if self.settings.form.data == dataset.root {
            let kept = self
                .settings
                .folders
                .iter()
                .find(|kept| kept.root == dataset.root);
            let is_kept = |kept: &&FolderSettings| matches!(kept.form.class_weights, ClassWeights::Named(_));
            let weights = kept
                .filter(is_kept)
                .filter(|_| self.dataset.is_none())
                .map(|kept| &kept.form.class_weights);
            let weights = in_order(
                weights.unwrap_or(&self.settings.form.class_weights),
                &dataset.classes,
            );
            self.settings.form.class_weights = weights;
            return;
        }
        let kept = self
            .settings
            .folders
            .iter()
            .find(|kept| kept.root == dataset.root);
        let is_first = self.settings.form.data.as_os_str().is_empty();
        let mut form = match kept {
            Some(kept) => kept.form.clone(),
            // What was set before any folder was open is meant for the first.
            None if is_first => self.settings.form.clone(),
            None => self.form_for_new(&dataset.root),
        };
        form.class_weights = in_order(&form.class_weights, &dataset.classes);
        form.data = dataset.root.clone();
        match (is_divided(dataset), form.split) {
            (true, _) if kept.is_none() => {
                form.split = SplitMethod::Folders;
                let text =
                    "This folder is divided into parts to train and to validate on already, and is split so";
                self.tell(ToastKind::Info, text);
            }
            (false, SplitMethod::Folders) => form.split = SplitMethod::Stratified,
            _ => {}
        }
        self.set_form(form, outside);
    }

    /// A network that was brought as a file is meant for all folders; everything else starts as it does for the first.
    fn form_for_new(&self, root: &Path) -> Config {
        let Config {
            arch,
            weights,
            device,
            ..
        } = self.settings.form.clone();
        let first = Config {
            data: root.to_path_buf(),
            device,
            ..Config::default()
        };
        match weights {
            WeightsSource::File(_) => Config {
                arch,
                weights,
                ..first
            },
            WeightsSource::Imagenet | WeightsSource::Random => first,
        }
    }

    /// A run's settings for the open folder: weights go by class, and what belongs to another folder stays there.
    pub(in crate::app) fn settings_of(&self, config: &Config, classes: &[String]) -> Config {
        let mut form = config.clone();
        let Some(view) = &self.dataset else { return form };
        form.class_weights = in_order(&by_name(&config.class_weights, classes), &view.dataset.classes);
        // A table of groups names the images of its own folder; a pattern may fit any.
        if config.data != view.dataset.root && matches!(form.groups, Some(Groups::Csv(_))) {
            form.groups = None;
            if form.split == SplitMethod::Groups {
                form.split = SplitMethod::Stratified;
            }
        }
        if form.split == SplitMethod::Folders && !is_divided(&view.dataset) {
            form.split = SplitMethod::Stratified;
        }
        form
    }
}

/// Whether a folder's own parts can be trained and judged on.
fn is_divided(dataset: &Dataset) -> bool {
    let has = |part: Part| dataset.images.iter().any(|image| image.folder == Some(part));
    has(Part::Train) && has(Part::Val)
}

/// Weights in class order, with their classes; presets as they are.
fn by_name(weights: &ClassWeights, classes: &[String]) -> ClassWeights {
    match weights {
        ClassWeights::Given(given) if given.len() == classes.len() => {
            ClassWeights::Named(classes.iter().cloned().zip(given.iter().copied()).collect())
        }
        other => other.clone(),
    }
}

/// Weights with their classes, in the order of these; a class without one weighs one. Weights that were given in an order
/// are of these classes only where there are as many.
fn in_order(weights: &ClassWeights, classes: &[String]) -> ClassWeights {
    match weights {
        ClassWeights::Named(pairs) => {
            let weight = |class: &String| {
                let of_class = pairs
                    .iter()
                    .find(|(name, _)| normal_form(name) == normal_form(class));
                of_class.map_or(1.0, |(_, weight)| *weight)
            };
            let given: Vec<f64> = classes.iter().map(weight).collect();
            match given.iter().all(|&w| w == 1.0) {
                true => ClassWeights::Equal,
                false => ClassWeights::Given(given),
            }
        }
        ClassWeights::Given(given) if given.len() != classes.len() => ClassWeights::Equal,
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(classes: &[&str]) -> Vec<String> {
        classes.iter().map(|class| (*class).to_owned()).collect()
    }

    #[test]
    fn weights_stay_with_their_classes() {
        let kept = by_name(
            &ClassWeights::Given(vec![10.0, 1.0]),
            &names(&["blighted", "healthy"]),
        );
        assert_eq!(
            in_order(&kept, &names(&["blighted", "healthy"])),
            ClassWeights::Given(vec![10.0, 1.0])
        );
        // A class more, and another order.
        let more = in_order(&kept, &names(&["aphids", "blighted", "healthy"]));
        assert_eq!(more, ClassWeights::Given(vec![1.0, 10.0, 1.0]));
        assert_eq!(in_order(&kept, &names(&["FAKE", "REAL"])), ClassWeights::Equal);
        assert_eq!(
            in_order(&ClassWeights::Balanced, &names(&["FAKE"])),
            ClassWeights::Balanced
        );
    }
}
