//! The threshold of what is looked at: moving it, choosing it for a goal, and keeping it with the run.

use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::looking::sentence::with_interval;
use crate::app::looking::state::Model;
use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::experiment::{Decision, Part};
use crate::metrics::{Goal, overall, per_class, percent, thousands};
use crate::protocol::Decide;
use crate::visible::visible;

impl AppState {
    /// Chooses on the validation images, and says what the choice comes to on images that it was not chosen on.
    pub(in crate::app) fn find(&mut self, goal: &Goal) {
        let class_idx = self.weighed_class();
        let Some(class) = self.looked_at_classes().get(class_idx) else {
            return;
        };
        let class = visible(class).into_owned();
        let aim = in_words(goal, &class);
        let Some(scores) = self.scores_on(Part::Val) else {
            return;
        };
        let n_images = thousands(scores.n_images() as u64);
        let Some((rule, _)) = scores.choose(class_idx, goal) else {
            self.looking.found = Some(format!("No threshold gives {aim}"));
            return;
        };
        let on_test = self.scores_on(Part::Test).map(|test| {
            let confusion = test.confusion(Some(rule));
            let of_class = &per_class(&confusion)[class_idx];
            let balanced = overall(&confusion).balanced_accuracy;
            format!(
                "on the {} test images: recall of {class} {}, balanced accuracy {}",
                thousands(test.n_images() as u64),
                with_interval(of_class.recall, of_class.support),
                percent(balanced, 1)
            )
        });
        let elsewhere =
            on_test.unwrap_or_else(|| "no test split, so the figures flatter the choice a little".into());
        self.looking.set_threshold(Some(rule.at));
        self.looking.found = Some(format!(
            "{aim}, chosen on {n_images} validation images; {elsewhere}"
        ));
    }

    /// The run with the smallest weight that finds the class that often.
    pub(in crate::app) fn find_weight(&mut self, least_recall: f64) {
        let class = self.looked_at_classes().get(self.weighed_class());
        let class = class.map_or_else(String::new, |class| visible(class).into_owned());
        // Chosen on validation images, whatever is looked at.
        let mut dots = self.dots_on(Part::Val);
        if dots.is_empty() {
            self.looking.found =
                Some("No weighting was trained on these images yet; train or sweep some first".into());
            return;
        }
        dots.sort_by(|a, b| a.weight.total_cmp(&b.weight));
        match dots.iter().find(|d| d.recall >= least_recall) {
            Some(dot) => {
                self.select_run(dot.run);
                self.look_at_trial(false);
                self.looking.found = Some(format!(
                    "Smallest weight with recall of {class} at least {}, of {} weightings",
                    percent(Some(least_recall), 0),
                    dots.len()
                ));
            }
            None => {
                let message = format!(
                    "None of {} weightings finds {} of {class}; sweep higher weights",
                    dots.len(),
                    percent(Some(least_recall), 0)
                );
                self.looking.found = Some(message);
            }
        }
    }

    /// The threshold becomes the run's own, or is taken from it.
    pub(in crate::app) fn keep_threshold(&mut self, host: &mut dyn Host) {
        let Some(index) = self.looking.run.filter(|_| self.looking.model == Model::Trained) else {
            return;
        };
        let class = self
            .looked_at_classes()
            .get(self.weighed_class())
            .cloned()
            .unwrap_or_default();
        let chosen_for = self.looking.found.clone().unwrap_or_else(|| "by hand".into());
        let figures = self.at_threshold().map(|matrix| overall(&matrix));
        let decision = self.looking.threshold.map(|at| Decision {
            balanced_accuracy: figures.and_then(|figures| figures.balanced_accuracy),
            ..Decision::new(class, at, chosen_for)
        });
        let run = &mut self.runs.all[index];
        let told = match &decision {
            Some(d) => format!("{} now {}", run.label(), d.in_words()),
            None => format!("{} calls by the largest probability again", run.label()),
        };
        run.decision.clone_from(&decision);
        let run_dir = run.dir.clone();
        self.jobs
            .submit(Decide { run_dir, decision }, Purpose::Decide, host);
        self.tell(ToastKind::Ok, told);
    }
}

fn in_words(goal: &Goal, class: &str) -> String {
    match goal {
        Goal::RecallAtLeast(least) => format!("Recall of {class} at least {}", percent(Some(*least), 0)),
        Goal::LeastCost(_) => "Least cost".into(),
        Goal::BalancedAccuracy => "Best balanced accuracy".into(),
        Goal::F1 => format!("Best F1 of {class}"),
        Goal::Mcc => "Best MCC".into(),
    }
}
