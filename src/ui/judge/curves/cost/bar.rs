//! What is at stake, to be typed, and what costs least there.

use egui::text::LayoutJob;
use egui::{Label, Role, Ui, vec2};

use super::plot::{RATIOS, asked};
use crate::app::{Action, AppState, GoalAction, JudgeAction, LookAction, Rule};
use crate::experiment::Goal;
use crate::metrics::{Aim, Bounds, rounded};
use crate::short_name::{Shared, shortened};
use crate::ui::parts::numbers::{Limits, number, range_message};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{named, quiet_button};
use crate::visible::visible;

const ROW: &str = "stakes";
const FIELD: f32 = 18.0;
/// Of a class's name.
const MOST_LETTERS: usize = 16;
const MOST_LINES: usize = 3;

pub fn bar(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing = vec2(5.0, 3.0);
    if state.dataset.place().is_none() {
        ui.label(
            theme::small("Open the folder to say what a miss costs, and how common the class is")
                .color(theme::of(ui).muted),
        );
    } else {
        fields(ui, state, actions);
    }
    range_message(ui, ROW);
    if let Some(said) = state.cost_in_words() {
        let tip = format!(
            "{said}. These are all runs by their largest score, and the thresholds of the one that is looked at; \"As the goal\", \
             and \"Find the best\" above, search the thresholds of all runs"
        );
        ui.add(Label::new(text(ui, &said))).on_hover_text(tip);
    }
}

fn fields(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = FIELD;
        ui.spacing_mut().button_padding = vec2(4.0, 1.0);
        ui.style_mut().override_text_style = Some(egui::TextStyle::Small);
        cost_of_a_miss(ui, state, actions);
        how_common(ui, state, actions);
        ui.spacing_mut().item_spacing.x = 14.0;
        show_it(ui, state, actions);
        let goal = quiet_button(ui, "As the goal", "Make the least cost the goal");
        let tip = "The goal becomes the least cost, with a miss at this price, and it is searched over all runs and thresholds. Where the class is \
                   rarer or more common than in the folder, the price is turned into one on the folder's images that comes to the same";
        if goal.on_hover_text(tip).clicked() {
            actions.extend(as_the_goal(state));
        }
    });
}

fn text(ui: &Ui, said: &str) -> LayoutJob {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let width = ui.available_width().max(40.0);
    let mut job = LayoutJob::simple(said.to_owned(), font, theme::of(ui).muted, width);
    job.wrap.max_rows = MOST_LINES;
    job
}

fn cost_of_a_miss(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let before = state.miss_cost();
    let mut ratio = before;
    ui.label("A miss costs");
    let limits = Limits {
        row: ROW,
        what: "the cost of a miss",
        range: RATIOS,
        unit: "",
    };
    let field = number(ui, &mut ratio, limits, |drag| {
        drag.speed(before / 40.0).max_decimals(3)
    });
    named(&field, Role::SpinButton, "Cost of a miss, in false alarms");
    field.on_hover_text("How many false alarms are as bad as one image of the class that is missed");
    ui.label("alarms,");
    if ratio != before {
        actions.extend(asked(state, ratio));
    }
}

fn how_common(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let class = state.looked_at_classes().get(state.weighed_class());
    let (Some(prevalence), Some(class)) = (state.prevalence(), class) else {
        return;
    };
    let shown = visible(class);
    // As many digits as anybody knows of it.
    let before = rounded(prevalence * 100.0, 3);
    let mut percent = before;
    let limits = Limits {
        row: ROW,
        what: "how common it is",
        range: 0.001..=99.9,
        unit: " %",
    };
    let field = number(ui, &mut percent, limits, |drag| {
        drag.speed(before / 60.0).max_decimals(3)
    });
    named(
        &field,
        Role::SpinButton,
        &format!("How common {shown} is out there"),
    );
    let mut stakes = state.stakes().clone();
    let is_given = stakes.common.is_some();
    field.on_hover_text(format!(
        "The share of {shown} among all images that the classifier will see{}; costs and alarms follow from it. The images that it \
         was trained on need not be like those",
        if is_given { "" } else { ", now as in the folder" }
    ));
    let name = shortened(&shown, Shared::default(), |text| {
        text.chars().count() <= MOST_LETTERS
    });
    ui.label(format!("are {name}"));
    if percent != before {
        stakes.common = Some((class.clone(), percent / 100.0));
        actions.push(Action::Goal(GoalAction::SetStakes(stakes)));
    } else if is_given && quiet_button(ui, "As in the folder", "As common as in the folder").clicked() {
        stakes.common = None;
        actions.push(Action::Goal(GoalAction::SetStakes(stakes)));
    }
}

/// The rule that costs least, to be looked at.
fn show_it(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let share = state.miss_share().filter(|_| state.looking.is_on_validation());
    let rule = share.and_then(|share| state.cost_rules().cheapest_at(share));
    // Why there is nothing to look at else stands below.
    let Some((rule @ (Rule::Run(_) | Rule::Threshold(_)), _)) = rule else {
        return;
    };
    let show = quiet_button(ui, "Show it", "Show what costs least");
    let tip = "Look at the run, or the threshold of the one that is looked at, that costs least here";
    if !show.on_hover_text(tip).clicked() {
        return;
    }
    let threshold = match rule {
        Rule::Threshold(at) => Some(at),
        _ => None,
    };
    if let Rule::Run(run) = rule {
        actions.push(Action::Look(LookAction::Run(run)));
    }
    actions.push(Action::Judge(JudgeAction::SetThreshold(threshold)));
}

/// A miss at its price, a false alarm at one; between the other classes nothing is lost.
fn as_the_goal(state: &AppState) -> Option<Action> {
    let (classes, class_idx) = (state.looked_at_classes(), state.weighed_class());
    let miss_cost = state.miss_cost_in_folder()?;
    let cost = |truth: usize, called: usize| match (truth == class_idx, called == class_idx) {
        (true, false) => miss_cost,
        (false, true) => 1.0,
        _ => 0.0,
    };
    let row = |truth| (0..classes.len()).map(|called| cost(truth, called)).collect();
    let goal = Goal {
        class: classes.get(class_idx)?.clone(),
        bounds: Bounds::default(),
        aim: Aim::LeastCost((0..classes.len()).map(row).collect()),
    };
    Some(Action::Goal(GoalAction::Set(Some(goal))))
}
