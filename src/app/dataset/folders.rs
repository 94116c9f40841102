//! The form goes with the open folder: kept when it is left, found again when it is opened, and taken from runs.

use super::folder_settings::{FolderSettings, by_name, in_order};
use crate::app::host::Host;
use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::experiment::{ClassWeights, Config, Dataset, Groups, SplitMethod, WeightsSource};

impl AppState {
    /// Keeps the form for the open folder, as it is left for another.
    pub(in crate::app) fn keep_form(&mut self) {
        let Some(view) = &self.dataset.view else {
            return;
        };
        let root = view.dataset.place().to_path_buf();
        // The form of the next folder, such as the demo's, may stand there already.
        if self.settings.form.place() != root {
            return;
        }
        let form = Config {
            class_weights: by_name(&self.settings.form.class_weights, &view.dataset.classes),
            ..self.settings.form.clone().of(view.dataset.source())
        };
        let selected = self.looking.run.filter(|&run| self.is_of_folder(run));
        self.settings.keep_folder(FolderSettings {
            goal: self.settings.goal_of(&root).cloned(),
            stakes: self.settings.stakes_of(&root).cloned().unwrap_or_default(),
            root,
            form,
            selected: selected.map(|run| self.runs.all[run].dir.clone()),
        });
    }

    /// The form becomes that of a folder which was just read: what it was when the folder was left, or what suits it.
    pub(in crate::app) fn form_for(&mut self, dataset: &Dataset, host: &mut dyn Host) {
        let place = dataset.place();
        if self.dataset.place() == Some(place) {
            // It may have gained a class, or lost one.
            let weights = by_name(&self.settings.form.class_weights, self.dataset.classes());
            self.settings.form.class_weights = in_order(&weights, &dataset.classes);
            return;
        }
        self.keep_form();
        let kept = self.settings.left_as(place).map(|left| left.form.clone());
        // The form of the last start was made for this folder already; its weights are kept by name.
        if self.settings.form.place() == place {
            let named = kept.filter(|form| matches!(form.class_weights, ClassWeights::Named(_)));
            let named = named.filter(|_| self.dataset.view.is_none());
            let weights = named.map_or_else(
                || self.settings.form.class_weights.clone(),
                |form| form.class_weights,
            );
            self.settings.form.class_weights = in_order(&weights, &dataset.classes);
            return;
        }
        let is_new = kept.is_none();
        let is_first = self.settings.form.place().as_os_str().is_empty();
        let mut form = match kept {
            Some(kept) => kept,
            // What was set before any folder was open is meant for the first.
            None if is_first => self.settings.form.clone(),
            None => self.form_for_new(),
        };
        form.class_weights = in_order(&form.class_weights, &dataset.classes);
        form = form.of(dataset.source());
        // Of a table that names parts all must be named, or what it would test on is trained on.
        let has_parts = dataset.is_divided() || dataset.table.is_some() && dataset.has_part_folders();
        match (has_parts, form.split) {
            _ if is_new => self.divide_as_given(&mut form, dataset, has_parts),
            (false, SplitMethod::Folders) => form.split = SplitMethod::Stratified,
            _ => {}
        }
        self.set_form(form, host);
    }

    /// As the folder, or what its table says, divides the images already: as in the terminal.
    fn divide_as_given(&mut self, form: &mut Config, dataset: &Dataset, has_parts: bool) {
        let groups = dataset
            .groups_table
            .as_ref()
            .filter(|_| dataset.table.is_some() && !has_parts);
        let text = match (has_parts, groups) {
            (true, _) if dataset.table.is_some() => {
                "The table says what to train and to validate on, and is split so"
            }
            (true, _) => {
                "This folder is divided into parts to train and to validate on already, and is split so"
            }
            (false, Some(_)) => "The table says which images belong together, and is split by these groups",
            (false, None) => {
                if form.split == SplitMethod::Folders {
                    form.split = SplitMethod::Stratified;
                }
                return;
            }
        };
        form.split = match groups {
            Some(table) => {
                form.groups = Some(Groups::Csv(table.clone()));
                SplitMethod::Groups
            }
            None => SplitMethod::Folders,
        };
        self.tell(ToastKind::Info, text);
    }

    /// A network that was brought as a file is meant for all folders; everything else starts as it does for the first.
    fn form_for_new(&self) -> Config {
        let Config {
            arch,
            weights,
            device,
            ..
        } = self.settings.form.clone();
        let first = Config {
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
        let Some(view) = &self.dataset.view else {
            return form;
        };
        form.class_weights = in_order(&by_name(&config.class_weights, classes), &view.dataset.classes);
        // A table of groups names the images of its own folder; a pattern may fit any.
        if config.place() != view.dataset.place() && matches!(form.groups, Some(Groups::Csv(_))) {
            form.groups = None;
            if form.split == SplitMethod::Groups {
                form.split = SplitMethod::Stratified;
            }
        }
        if form.split == SplitMethod::Folders && !view.dataset.is_divided() {
            form.split = SplitMethod::Stratified;
        }
        form
    }
}
