//! The best weighting and threshold for the goal, searched together. Chosen on validation images alone; what it comes to on
//! test images stands beside it.

use super::gentlest::due_to_chance;
use super::state::Gentlest;
use super::words::{aim_in_words, amount, figures_in_words, rule_in_words, superlative};
use crate::app::fit::sweep::SweepChoice;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::runs::dots::Dot;
use crate::app::state::AppState;
use crate::experiment::{FoundRule, Goal, Part};
use crate::metrics::{Aim, Confusion, Figure, Met, Rates, cost_of_thousand, thousands, wilson};
use crate::protocol::{SearchRuns, SearchedRun, SearchedRuns};
use crate::visible::visible;

/// Weights of a sweep beyond those that were tried.
const N_UNTRIED: usize = 24;
/// How far it goes beyond them.
const BEYOND: f64 = 4.0;

impl AppState {
    /// Weights that were not tried and may serve the goal better, as long as that is said.
    pub fn untried(&self) -> Option<SweepChoice> {
        let [from, to] = self.goal_state.untried.filter(|_| self.looking.found.is_some())?;
        Some(SweepChoice {
            class_idx: self.goal()?.class_idx(self.dataset.classes())?,
            from,
            to,
            count: N_UNTRIED,
        })
    }

    /// Runs that were not there yet when the best was searched for.
    pub fn n_since_search(&self) -> usize {
        let n_searched = self.goal_state.n_searched;
        n_searched.map_or(0, |n| self.candidates().len().saturating_sub(n))
    }

    /// Searches every run that was trained on these images; where there is none, what is tried now.
    pub(in crate::app) fn find_best(&mut self, host: &mut dyn Host) {
        let Some(goal) = self.goal().cloned() else { return };
        self.look_at_class(&goal.class);
        let runs = self.candidates();
        (self.goal_state.untried, self.goal_state.gentlest) = (None, None);
        self.goal_state.n_searched = Some(runs.len()).filter(|&n| n > 0);
        if runs.is_empty() {
            match self.watched_trial().is_some() {
                true => self.find_threshold(),
                false => {
                    let text = "No weighting was trained on these images yet; train or sweep some first";
                    self.looking.found = Some(text.into());
                }
            }
            return;
        }
        if !self.is_searching() {
            let runs = runs
                .iter()
                .map(|dot| self.runs.all[dot.run].dir.clone())
                .collect();
            self.jobs
                .submit(SearchRuns { runs, goal }, Purpose::SearchRuns, host);
        }
    }

    /// Whether an answer is on its way; one that was asked for another goal is none.
    pub fn is_searching(&self) -> bool {
        self.jobs
            .all
            .iter()
            .any(|job| matches!(job.purpose, Purpose::SearchRuns) && !job.job.cancel.is_cancelled())
    }

    pub(in crate::app) fn stop_searching(&self) {
        self.jobs.cancel(|job| matches!(job.purpose, Purpose::SearchRuns));
    }

    /// Runs of one split, lightest first. What was tried again is no run: its folder holds what it said with other labels.
    fn candidates(&self) -> Vec<Dot> {
        let mut dots = self.dots_on(Part::Val).as_ref().clone();
        dots.retain(|dot| !dot.again && self.runs.all[dot.run].can_predict());
        dots.sort_by(|a, b| a.weight.total_cmp(&b.weight));
        dots
    }

    pub(in crate::app) fn take_search(
        &mut self,
        SearchedRuns {
            runs: searched,
            worth,
        }: SearchedRuns,
    ) {
        let Some(goal) = self.goal().cloned() else { return };
        let Some(class_idx) = goal.class_idx(self.dataset.classes()) else {
            return;
        };
        let n_unread = searched.iter().filter(|run| run.found.is_err()).count();
        let of = weightings(searched.len() - n_unread, n_unread);
        let best = self.best_of(&searched);
        let gentlest = (best.as_ref().zip(worth))
            .and_then(|(best, worth)| self.gentlest_of(&searched, best, worth, class_idx));
        let chance = worth.map_or_else(String::new, |worth| due_to_chance(&goal, worth));
        let is_sure = best
            .as_ref()
            .is_some_and(|(_, best)| best.choice.met == Met::Surely);
        let (beyond, too_few) = match is_sure {
            true => (None, None),
            false => (self.beyond(&goal), self.too_few(&goal, class_idx)),
        };
        let too_few = too_few.unwrap_or_default();
        match best {
            None => {
                self.looking.found = Some(format!(
                    "No threshold of {of} can {}{too_few}",
                    goal.in_words(self.dataset.classes())
                ))
            }
            Some((run, found)) => {
                let label = self.runs.all[run].label();
                let told = self.told(&goal, class_idx, &label, &found, &of, &chance);
                let gentler = gentlest
                    .as_ref()
                    .map_or_else(String::new, |gentler| self.gentler_in_words(&goal, gentler));
                self.look_at_found(&goal, run, &found, told + &gentler + &too_few);
            }
        }
        self.goal_state.untried = beyond.filter(|_| too_few.is_empty());
        self.goal_state.gentlest = gentlest.map(|(run, found)| Gentlest { run, found, chance });
    }

    /// The run that was found, at its threshold; `said` is what there is to say of it.
    pub(super) fn look_at_found(&mut self, goal: &Goal, run: usize, found: &FoundRule, said: String) {
        self.bring_into_sight(run);
        self.select_run(run);
        self.look_at_trial(false);
        self.looking.class = Some(goal.class.clone());
        let at = found.choice.rule.map(|rule| rule.at);
        self.looking.choose_threshold(at, said);
    }

    /// The first of equals, which is the lightest.
    fn best_of(&self, searched: &[SearchedRun]) -> Option<(usize, FoundRule)> {
        let mut best: Option<(usize, FoundRule)> = None;
        for SearchedRun { run_dir, found } in searched {
            let (Some(run), Ok(Some(found))) = (self.runs.of_dir(run_dir), found) else {
                continue;
            };
            if self.runs.all[run].deleted {
                continue;
            }
            let is_better = |(_, best): &(usize, FoundRule)| found.choice.is_better_than(&best.choice);
            if best.as_ref().is_none_or(is_better) {
                best = Some((run, found.clone()));
            }
        }
        best
    }

    /// Of what is looked at alone: its weights stay.
    pub(in crate::app) fn find_threshold(&mut self) {
        self.goal_state.n_searched = None;
        let Some(goal) = self.goal().cloned() else { return };
        self.look_at_class(&goal.class);
        (self.goal_state.untried, self.goal_state.gentlest) = (None, None);
        let (Some(class_idx), Some(val)) = (
            goal.class_idx(self.looked_at_classes()),
            self.predictions_on(Part::Val),
        ) else {
            return;
        };
        let choice = val
            .scores()
            .choose(class_idx, &goal.bounds, &goal.aim, val.groups());
        let Some(choice) = choice else {
            let goal = goal.in_words(self.looked_at_classes());
            self.looking.found = Some(format!("No threshold of these weights can {goal}"));
            return;
        };
        let on_test = self.predictions_on(Part::Test).and_then(|test| {
            let rates = Rates::of_class(test.scores(), test.groups(), choice.rule, class_idx)?;
            Some((test.scores().confusion(choice.rule), rates))
        });
        let at = choice.rule.map(|rule| rule.at);
        let found = FoundRule { choice, on_test };
        let label = self.subject().map_or_else(String::new, |subject| subject.label);
        let text = self.told(&goal, class_idx, &label, &found, "its thresholds", "");
        self.looking.choose_threshold(at, text);
    }

    /// What was chosen, and what it comes to where it was chosen and elsewhere: `1 : 6.9 at REAL ≥ 0.413 surely meets the goal:
    /// 81 % (75 to 86) of REAL found, 6.2 % false positives, the fewest of 24 weightings`.
    fn told(
        &self,
        goal: &Goal,
        class_idx: usize,
        label: &str,
        found: &FoundRule,
        of: &str,
        chance: &str,
    ) -> String {
        let choice = &found.choice;
        let rule = rule_in_words(goal, choice.rule);
        let classes = self.looked_at_classes();
        let mut figures = figures_in_words(goal, &choice.rates, classes);
        let aim = match &goal.aim {
            Aim::LeastCost(costs) => self.cost_of_choice(&choice.confusion, costs),
            aim => aim_in_words(aim, class_idx, &choice.confusion),
        };
        if !aim.is_empty() {
            figures = format!("{figures}, {aim}");
        }
        let best = superlative(&goal.aim);
        let text = match (goal.bounds.set_ones().next(), choice.met) {
            (None, _) => format!("{label} {rule}: {figures}, {best} of {of}"),
            (_, Met::Surely) => {
                format!("{label} {rule} surely meets the goal: {figures}, {best} of {of}")
            }
            _ => format!("None of {of} surely meets the goal; {label} {rule} perhaps does: {figures}"),
        };
        format!("{text}{chance}{}", elsewhere(goal, class_idx, found, classes))
    }

    /// Held against what is looked at now.
    fn cost_of_choice(&self, confusion: &Confusion, costs: &[Vec<f64>]) -> String {
        let now = cost_of_thousand(confusion, costs).map(amount).unwrap_or_default();
        let before = self.subject().filter(|subject| subject.part == Part::Val);
        let before = before.and_then(|subject| cost_of_thousand(subject.confusion(), costs));
        let instead = before.map_or_else(String::new, |cost| format!(" instead of {}", amount(cost)));
        format!("costs {now}{instead} per 1,000 images at this mix")
    }

    /// Weights on the side where the goal lies: heavier ones find more, lighter ones predict the class less often.
    fn beyond(&self, goal: &Goal) -> Option<[f64; 2]> {
        if self.train_problem().is_some() {
            return None;
        }
        let weights = self.candidates();
        let (lightest, heaviest) = (weights.first()?.weight, weights.last()?.weight);
        let ends = match goal.bounds.recall {
            Some(_) => [heaviest, heaviest * BEYOND],
            None => [lightest / BEYOND, lightest],
        };
        Some(ends.map(rounded))
    }

    /// Where not even finding all images would be sure, no weight helps.
    fn too_few(&self, goal: &Goal, class_idx: usize) -> Option<String> {
        let least = goal.bounds.recall?;
        let run = self.candidates().first()?.run;
        let (rates, _) = self.rates_of_run(run, class_idx, Part::Val)?;
        let n = rates.get(Figure::Recall).whole;
        let all_found = wilson(n, n)?;
        (all_found.low < least).then(|| {
            format!(
                ". {} validation images of {} are too few to be sure of it: not even all of them found would be",
                thousands(n),
                visible(&goal.class)
            )
        })
    }
}

/// The same on images that it was not chosen by, or what follows from there being none.
fn elsewhere(goal: &Goal, class_idx: usize, found: &FoundRule, classes: &[String]) -> String {
    let Some((confusion, rates)) = &found.on_test else {
        return ". Without a test part there is no check on other images: new ones may do a little worse"
            .into();
    };
    let figures = figures_in_words(goal, rates, classes);
    let aim = match aim_in_words(&goal.aim, class_idx, confusion) {
        nothing if nothing.is_empty() => nothing,
        aim => format!(", {aim}"),
    };
    let met = goal.bounds.met(rates);
    let met = met.map_or_else(String::new, |met| format!(": {}", met.name()));
    let n = thousands(confusion.total());
    format!(". On the {n} test images {figures}{aim}{met}")
}

fn weightings(n: usize, n_unread: usize) -> String {
    let read = match n {
        1 => "1 weighting".to_owned(),
        n => format!("{n} weightings"),
    };
    match n_unread {
        0 => read,
        n => format!("{read} ({n} more could not be read)"),
    }
}

/// To two digits.
fn rounded(weight: f64) -> f64 {
    format!("{weight:.1e}").parse().unwrap_or(weight)
}
