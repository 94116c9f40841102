//! The form: changed as a whole or by its class weights, and whether it can be trained.

use super::presets::Preset;
use super::state::is_about;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::Offer;
use crate::app::notices::{ToastKind, sentence_case};
use crate::app::state::AppState;
use crate::experiment::{ClassWeights, Config, Groups, SplitMethod, WeightsSource, backbone, weighting_name};
use crate::protocol::{DescribeWeights, WeightsFacts};

impl AppState {
    pub(in crate::app) fn set_form(&mut self, form: Config, host: &mut dyn Host) {
        let before = std::mem::replace(&mut self.settings.form, form);
        if before.split != SplitMethod::Groups {
            self.name_groups();
        }
        let now = &self.settings.form;
        let same_weights = (&before.arch, &before.weights) == (&now.arch, &now.weights);
        // It is the open folder that is divided, whichever the form was made for.
        let of_open_folder = now.clone().of(before.source());
        if !of_open_folder.has_split_of(&before) {
            self.count_split(host);
        }
        if !same_weights {
            self.describe_weights(host);
        }
    }

    /// Asking for groups means the table in the folder, else what the file names tell of, unless others are named.
    fn name_groups(&mut self) {
        let form = &mut self.settings.form;
        if form.split == SplitMethod::Groups && form.groups.is_none() {
            let view = self.dataset.view.as_ref();
            let table = view.and_then(|view| view.dataset.groups_table.clone());
            let of_names = view.and_then(|view| view.name_groups.as_ref());
            let of_names = of_names.map(|names| Groups::Pattern(names.pattern.clone()));
            form.groups = table.map(Groups::Csv).or(of_names);
        }
    }

    pub(in crate::app) fn reset_form(&mut self, host: &mut dyn Host) {
        let before = self.settings.form.clone();
        let form = before.with_default_hyperparameters();
        if form == before {
            return;
        }
        self.set_form(form, host);
        let undo = Offer::RestoreForm(Box::new(before));
        self.notices
            .tell_undoable("Hyperparameters reset to their defaults".into(), undo);
    }

    pub(in crate::app) fn use_preset(&mut self, preset: Preset) {
        if let Some(weights) = self.preset(preset) {
            self.settings.form.class_weights = weights;
        }
    }

    pub(in crate::app) fn preset(&self, preset: Preset) -> Option<ClassWeights> {
        let view = self.dataset.view.as_ref()?;
        preset
            .fits(view.counts.len())
            .then(|| preset.weights(&view.counts))
    }

    /// The other classes keep what they have, also where a preset gave it to them.
    pub(in crate::app) fn set_weight(&mut self, class_idx: usize, weight: f64) {
        let Some(view) = &self.dataset.view else {
            return;
        };
        let n_classes = view.counts.len();
        let mut weights = self.class_weights().unwrap_or_else(|_| vec![1.0; n_classes]);
        let Some(slot) = weights.get_mut(class_idx) else {
            return;
        };
        let is_raised = weight > *slot;
        *slot = weight;
        self.settings.form.class_weights = ClassWeights::Given(weights);
        if is_raised {
            self.look_at_raised(class_idx);
        }
    }

    /// Who raises one of many classes wants to see what that does to it; of two, either weight says the same. A goal and a
    /// threshold are of a class of their own, and what is seen stays theirs.
    pub(in crate::app) fn look_at_raised(&mut self, class_idx: usize) {
        let classes = self.looked_at_classes();
        let is_bound = self.goal().is_some() || self.looking.threshold.is_some();
        let is_free = classes.len() > 2 && classes == self.dataset.classes() && !is_bound;
        if is_free && self.weighed_class() != class_idx {
            self.weigh_class(class_idx);
        }
    }

    /// Asks what is known of the form's weights.
    pub(in crate::app) fn describe_weights(&mut self, host: &mut dyn Host) {
        let Config { arch, weights, .. } = self.settings.form.clone();
        let named = !matches!(&weights, WeightsSource::File(path) if path.as_os_str().is_empty());
        if named && weights != WeightsSource::Random {
            let question = DescribeWeights { arch, weights };
            self.jobs.submit(question, Purpose::Quiet, host);
        }
    }

    /// What the engine found out about the form's weights. Those that were dropped bring their network with them.
    pub(in crate::app) fn take_weights_facts(&mut self, facts: WeightsFacts, host: &mut dyn Host) {
        let was_dropped = match &facts.weights {
            WeightsSource::File(path) => self.fit.fits_dropped.as_ref() == Some(path),
            _ => false,
        };
        let is_asked = is_about(&facts, &self.settings.form);
        let fits = facts.fits.clone();
        let problem = facts.facts.as_ref().err().cloned();
        self.fit.weights_facts = Some(facts);
        if !was_dropped || !is_asked {
            return;
        }
        self.fit.fits_dropped = None;
        match (problem, fits) {
            (None, _) => {}
            (Some(_), Some(arch)) => {
                let title = backbone(&arch).map_or(arch.as_str(), |b| b.title).to_owned();
                let form = Config {
                    arch,
                    ..self.settings.form.clone()
                };
                self.set_form(form, host);
                let text = format!("These are weights of {title}, so that is the architecture now");
                self.tell(ToastKind::Info, text);
            }
            (Some(problem), None) => self.tell(ToastKind::Warning, problem),
        }
    }

    /// The weight of each class as the form has it.
    ///
    /// # Errors
    /// Why there are none, in a few words: no open folder, or weights that do not fit its classes.
    pub fn class_weights(&self) -> Result<Vec<f64>, String> {
        let Some(view) = &self.dataset.view else {
            return Err("open a folder first".into());
        };
        let form = &self.settings.form;
        form.class_weights.resolve(&view.dataset.classes, view.n_train())
    }

    /// The name of the form's weights.
    pub fn form_label(&self) -> String {
        self.label_of(&self.settings.form.class_weights)
    }

    /// The name of those weights of the open folder's classes.
    pub fn label_of(&self, weights: &ClassWeights) -> String {
        weighting_name(weights, self.dataset.classes())
    }

    /// What is known of the form's weights: a few words, or why they cannot be used. `None` until it is known.
    pub fn weights_known(&self) -> Option<&Result<String, String>> {
        let facts = self.fit.weights_facts.as_ref()?;
        is_about(facts, &self.settings.form).then_some(&facts.facts)
    }

    /// Why Train cannot start, in one sentence.
    pub fn train_problem(&self) -> Option<String> {
        if self.machine.engine_gone {
            return Some("The engine has stopped; start the program again".into());
        }
        let Some(view) = &self.dataset.view else {
            return Some("Open a folder of images first".into());
        };
        if let Some(problem) = self.settings.form.problems().next() {
            return Some(sentence_case(&problem.message));
        }
        // The form says at the field what is wrong with them, at length.
        let weights = self.weights_known().and_then(|known| known.as_ref().err());
        let weights = weights.map(|_| "these weights cannot be used; see why under Weights".to_owned());
        let split = view.split.as_ref().err().cloned();
        weights
            .or(split)
            .or_else(|| self.class_weights().err())
            .map(|message| sentence_case(&message))
    }
}
