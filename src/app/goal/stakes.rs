//! What is at stake where the classifier will be used: how common a class is there, and what it costs to miss it.

use std::sync::Arc;

use super::cost_rules::{CostRules, Rule};
use crate::app::latest::Same;
use crate::app::state::AppState;
use crate::experiment::{Part, Stakes};
use crate::metrics::{
    CostLine, LEAST_FOR_THRESHOLD, OperatingPoint, cost_of_thousand_at, elsewhere, miss_share, of_class,
    rounded, thousands,
};
use crate::visible::visible;

impl AppState {
    /// The open folder's.
    pub fn stakes(&self) -> &Stakes {
        let place = self.dataset.place();
        place
            .and_then(|place| self.settings.stakes_of(place))
            .unwrap_or(Stakes::NONE)
    }

    pub(in crate::app) fn set_stakes(&mut self, stakes: Stakes) {
        if let Some(root) = self.dataset.place().map(ToOwned::to_owned) {
            self.keep_form();
            self.settings.set_stakes(&root, stakes);
        }
    }

    /// Images of each class that what is looked at was trained on: the mix that its folder has.
    fn images_of_classes(&self) -> Option<&[usize]> {
        let run = self.looking.run.and_then(|run| self.runs.all.get(run))?;
        Some(&run.record.started.as_ref()?.n_train)
    }

    /// The mix of the classes where the classifier will be used; `None` where that is the folder's.
    pub fn mix_elsewhere(&self) -> Option<Vec<f64>> {
        self.stakes()
            .mix(self.looked_at_classes(), self.images_of_classes()?)
    }

    /// How common the weighed class is there.
    pub fn prevalence(&self) -> Option<f64> {
        let class_idx = self.weighed_class();
        if let Some(mix) = self.mix_elsewhere() {
            return mix.get(class_idx).copied();
        }
        self.share_in_folder()
    }

    /// How common it is among the training images.
    fn share_in_folder(&self) -> Option<f64> {
        let n_images = self.images_of_classes()?;
        let all: usize = n_images.iter().sum();
        (all > 0).then(|| n_images.get(self.weighed_class()).map(|&n| n as f64 / all as f64))?
    }

    /// What the looked at comes to where the class is as common as was set: its precision, and what it calls. `None` where that is
    /// the folder's mix.
    pub fn elsewhere_in_words(&self) -> Option<String> {
        let (subject, mix) = (self.subject()?, self.mix_elsewhere()?);
        let class_idx = self.weighed_class();
        let there = elsewhere(subject.confusion(), class_idx, &mix)?;
        let class = subject.classes.get(class_idx)?;
        let share = *mix.get(class_idx)?;
        Some(format!(
            "{}. The figures below are of these images",
            there.in_words(class, share)
        ))
    }

    /// What each rule costs, on the images that are looked at.
    pub fn cost_rules(&self) -> Arc<CostRules> {
        let (dots, curve) = (self.dots(), self.thresholds_to_choose());
        let same = (Same::of(&dots), curve.as_ref().map(Same::of));
        let thresholds = curve.as_ref().map_or(&[][..], |curve| curve.as_slice());
        self.derived
            .cost_rules
            .get(same, || CostRules::of(&dots, thresholds))
    }

    /// The thresholds of what is looked at that may be chosen: none on images that nothing is chosen by, and none of too few.
    fn thresholds_to_choose(&self) -> Option<Arc<Vec<OperatingPoint>>> {
        let scores = self.scores_on(self.looking.part)?;
        let may_choose = self.looking.part == Part::Val && scores.n_images() >= LEAST_FOR_THRESHOLD;
        may_choose.then(|| self.curve())
    }

    /// What is looked at, as a rule: with its weights and its threshold as they stand.
    pub fn cost_line_now(&self) -> Option<CostLine> {
        let subject = self.subject()?;
        let class = of_class(subject.confusion(), self.weighed_class())?;
        Some(CostLine {
            false_positive_rate: class.false_positive_rate?,
            missed: 1.0 - class.recall?,
        })
    }

    /// What a missed image of the weighed class costs, in false alarms.
    pub fn miss_cost(&self) -> f64 {
        let class = self.looked_at_classes().get(self.weighed_class());
        class.map_or(1.0, |class| self.stakes().miss_cost(class))
    }

    /// The same on images of the folder's mix, where it comes to the same choices as at stake: times the ratio of the odds.
    pub fn miss_cost_in_folder(&self) -> Option<f64> {
        let odds = |share: f64| share / (1.0 - share);
        let there = odds(self.prevalence()?);
        let here = odds(self.share_in_folder()?);
        let cost = self.miss_cost() * there / here;
        (cost.is_finite() && cost > 0.0).then(|| rounded(cost, 3))
    }

    /// The share that misses have of all that can be lost.
    pub fn miss_share(&self) -> Option<f64> {
        Some(miss_share(self.prevalence()?, self.miss_cost()))
    }

    /// What costs least at stake, and beside it what is looked at and what it costs to do without.
    pub fn cost_in_words(&self) -> Option<String> {
        let (prevalence, ratio) = (self.prevalence()?, self.miss_cost());
        let class = visible(self.looked_at_classes().get(self.weighed_class())?).into_owned();
        let cost = |line: CostLine| thousands(cost_of_thousand_at(line, prevalence, ratio).round() as u64);
        let now = self.cost_line_now().map(cost);
        if self.looking.part != Part::Val {
            let now = now?;
            return Some(format!(
                "{now} per 1,000 images, in false alarms. What costs least is chosen on validation images"
            ));
        }
        let (rule, line) = self.cost_rules().cheapest_at(miss_share(prevalence, ratio))?;
        let what = match rule {
            Rule::Nothing => format!("never {class}"),
            Rule::Everything => format!("always {class}"),
            Rule::Run(run) => format!("{} by its largest score", self.runs.all.get(run)?.label()),
            Rule::Threshold(at) => format!(
                "{} with {class} from a score of {at:.3} on",
                self.subject()?.label
            ),
        };
        let now = now.map_or_else(String::new, |now| format!(". What is looked at: {now}"));
        let nothing = match rule {
            Rule::Nothing => String::new(),
            _ => format!(". Never {class}: {}", cost(CostLine::NOTHING)),
        };
        Some(format!(
            "Least cost drawn: {what}, {} per 1,000 images, in false alarms{now}{nothing}",
            cost(line)
        ))
    }
}
