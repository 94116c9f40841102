//! Looking at something else.

use super::state::Model;
use crate::app::runs::state::Chosen;
use crate::app::state::AppState;
use crate::experiment::Part;

#[derive(Debug, Clone, PartialEq)]
pub enum LookAction {
    Run(usize),
    /// The selected run's pretrained baseline instead of the trained one.
    Baseline(bool),
    /// The weights as the sliders stand, or back at the selected run.
    Trial(bool),
    /// The figures of that part's images.
    Part(Part),
    /// The class that is weighed against the rest.
    Class(usize),
    /// The run that it is held against; by itself that is the newest of equal weights.
    Against(Option<usize>),
    Cell(Option<(usize, usize)>),
}

impl AppState {
    pub(in crate::app) fn apply_look(&mut self, action: LookAction) {
        match action {
            LookAction::Run(run) => {
                self.look_at_trial(false);
                self.runs.chosen = Chosen::default();
                self.select_run(run);
            }
            LookAction::Baseline(baseline) => {
                let model = match baseline {
                    true => Model::Baseline,
                    false => Model::Trained,
                };
                self.turn_to(model);
            }
            LookAction::Trial(trial) => self.look_at_trial(trial),
            LookAction::Part(part) => self.looking.part = part,
            LookAction::Class(class_idx) => self.weigh_class(class_idx),
            LookAction::Against(run) => self.looking.against = run,
            LookAction::Cell(cell) => self.looking.cell = cell,
        }
    }

    pub(in crate::app) fn weigh_class(&mut self, class_idx: usize) {
        self.looking.class = self.looked_at_classes().get(class_idx).cloned();
        self.looking.set_threshold(None);
    }

    pub(in crate::app) fn select_run(&mut self, run: usize) {
        let Some(view) = self.runs.all.get(run) else {
            return;
        };
        // The keyboard goes where one looks.
        self.runs.chosen.at = None;
        if self.looking.run == Some(run) {
            return;
        }
        // Another run may have other classes; a selected cell means something only where they are the same.
        let now = self.selected_run();
        let same_classes = now.is_some_and(|now| now.classes() == view.classes());
        self.looking.turn_to(Model::Trained, view.decision.as_ref());
        self.looking.run = Some(run);
        if !same_classes {
            self.looking.cell = None;
        }
    }

    /// Looks at the trial, or back at the selected run.
    pub(in crate::app) fn look_at_trial(&mut self, trial: bool) {
        let model = match (trial && self.live.trial.is_some(), self.looking.model) {
            (true, _) => Model::Trial,
            (false, Model::Trial | Model::Trained) => Model::Trained,
            (false, Model::Baseline) => Model::Baseline,
        };
        self.turn_to(model);
    }

    /// Looks at that model, where it is the selected run's own with the threshold that was kept with it.
    fn turn_to(&mut self, model: Model) {
        let run = self.looking.run.and_then(|run| self.runs.all.get(run));
        let decision = run.and_then(|run| run.decision.as_ref());
        self.looking.turn_to(model, decision);
    }

    /// What was tried is gone, or something else is to be seen.
    pub(in crate::app) fn leave_trial(&mut self) {
        if self.looking.model == Model::Trial {
            self.look_at_trial(false);
        }
    }

    /// A run of another folder is not what one looks at in this one, unless one chooses it: the one that was looked at when
    /// the folder was left is, else the newest.
    pub(in crate::app) fn look_at_own_run(&mut self) {
        if self.looking.run.is_some_and(|run| self.is_of_folder(run)) {
            return;
        }
        let own = self.runs.newest_first_of(|run| self.is_of_folder(run));
        let place = self.dataset.place();
        let left = place.and_then(|place| self.settings.left_as(place));
        let left = left.and_then(|left| self.runs.of_dir(left.selected.as_ref()?));
        match left.filter(|run| own.contains(run)).or(own.first().copied()) {
            Some(run) => self.select_run(run),
            None => self.looking.clear(),
        }
    }
}
