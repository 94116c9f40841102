//! What matrix, figures and curves are about, as one value. What follows from it is computed and not kept here.

use crate::experiment::{Decision, Part};

/// Which model is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Model {
    /// The selected run's, as it was trained.
    #[default]
    Trained,
    /// The selected run's before any training: the pretrained baseline.
    Baseline,
    /// The weights as the sliders stand.
    Trial,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Looking {
    /// The selected run; it stays selected while a trial is looked at.
    pub run: Option<usize>,
    pub model: Model,
    /// The images that matrix, figures and curves are of; training images as they were judged out of fold.
    pub part: Part,
    /// The class that is weighed against the rest, where one was chosen.
    pub class: Option<String>,
    /// Of that class's score.
    pub threshold: Option<f32>,
    /// The run that what is looked at is held against, where one was chosen.
    pub against: Option<usize>,
    /// The selected cell: (true class, predicted class).
    pub cell: Option<(usize, usize)>,
    /// What was looked for and found, in words.
    pub found: Option<String>,
    /// The same where the threshold was set by it.
    pub(in crate::app) chosen_for: Option<String>,
}

impl Looking {
    /// Whether they are those by which thresholds are chosen.
    pub fn is_on_validation(&self) -> bool {
        self.part == Part::Val
    }

    pub fn is_baseline(&self) -> bool {
        self.model == Model::Baseline
    }

    pub fn is_trained(&self) -> bool {
        self.model == Model::Trained
    }

    /// Another model is looked at: its threshold is its own, which is the one that was kept with it.
    pub(in crate::app) fn turn_to(&mut self, model: Model, decision: Option<&Decision>) {
        let decision = decision.filter(|_| model == Model::Trained);
        self.model = model;
        self.threshold = decision.map(|decision| decision.threshold);
        if let Some(decision) = decision {
            self.class = Some(decision.class.clone());
        }
        (self.found, self.chosen_for) = (None, None);
    }

    /// Moves the threshold. It is the trained model's: of the baseline no scores are known.
    pub(in crate::app) fn set_threshold(&mut self, threshold: Option<f32>) {
        if threshold.is_some() && self.is_baseline() {
            self.model = Model::Trained;
        }
        (self.threshold, self.found, self.chosen_for) = (threshold, None, None);
    }

    /// Moves the threshold to where it was found to serve the goal best.
    pub(in crate::app) fn choose_threshold(&mut self, threshold: Option<f32>, found: String) {
        self.set_threshold(threshold);
        (self.found, self.chosen_for) = (Some(found.clone()), Some(found));
    }

    /// There is nothing to look at.
    pub(in crate::app) fn clear(&mut self) {
        (self.run, self.cell) = (None, None);
        self.turn_to(Model::Trained, None);
    }
}
