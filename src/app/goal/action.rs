//! What a user can ask about the goal.

use crate::app::host::Host;
use crate::app::state::AppState;
use crate::experiment::{Goal, Stakes};

#[derive(Debug, Clone, PartialEq)]
pub enum GoalAction {
    Set(Option<Goal>),
    /// The weighting and the threshold that serve it best, of all runs on these images.
    Find,
    /// The threshold of what is looked at that serves it best.
    FindThreshold,
    /// How common classes are where the classifier will be used, and what errors cost there.
    SetStakes(Stakes),
    /// The weighting nearest to equal ones among those that are as good as the best within the noise.
    TakeGentlest,
}

impl AppState {
    pub(in crate::app) fn apply_goal(&mut self, action: GoalAction, host: &mut dyn Host) {
        match action {
            GoalAction::Set(goal) => self.set_goal(goal),
            GoalAction::Find => self.find_best(host),
            GoalAction::FindThreshold => self.find_threshold(),
            GoalAction::SetStakes(stakes) => self.set_stakes(stakes),
            GoalAction::TakeGentlest => self.take_gentlest(),
        }
    }

    /// It is the open folder's; nothing that was found for another one stands any longer.
    fn set_goal(&mut self, goal: Option<Goal>) {
        let Some(root) = self.dataset.place().map(ToOwned::to_owned) else {
            return;
        };
        self.stop_searching();
        self.keep_form();
        if let Some(goal) = &goal {
            self.look_at_class(&goal.class);
        }
        self.settings.set_goal(&root, goal);
        (self.looking.found, self.looking.chosen_for) = (None, None);
    }

    /// The class that the goal is about is the one that is weighed.
    pub(in crate::app) fn look_at_class(&mut self, class: &str) {
        let weighed = self.looked_at_classes().get(self.weighed_class());
        if weighed.is_none_or(|weighed| weighed != class) {
            self.looking.class = Some(class.to_owned());
            self.looking.set_threshold(None);
        }
    }
}
