//! The goal's own form: the class that is looked for, the shares that must hold, what is best then, and costs.

use egui::{Button, ComboBox, Grid, Response, Role, ScrollArea, Ui};

use crate::app::{Action, AppState, GoalAction};
use crate::experiment::{Goal, others};
use crate::metrics::{Aim, Figure};
use crate::ui::parts::form_popup::FormPopup;
use crate::ui::parts::keyboard::drop_down::drop_down;
use crate::ui::parts::numbers::{Limits, number, range_message};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::named;
use crate::visible::{visible, visible_names};

/// The row that says that a number is out of range.
pub const ROW: &str = "Goal";
/// Each cost is a field of its own for at most this many classes; for more they are three.
const MOST_COSTS: usize = 6;
/// What a share is at first.
const FIRST: [(Figure, f64); 3] = [
    (Figure::Recall, 0.75),
    (Figure::FalsePositives, 0.05),
    (Figure::Precision, 0.5),
];

/// The goal that one begins with: to find most of the class that is weighed.
pub fn first_goal(state: &AppState) -> Option<Goal> {
    let class = state.looked_at_classes().get(state.weighed_class())?.clone();
    let mut goal = Goal {
        class,
        bounds: Default::default(),
        aim: Aim::default(),
    };
    goal.bounds.set(Figure::Recall, Some(0.75));
    Some(goal)
}

/// Opens under its button.
pub fn editor(
    popup: &mut FormPopup,
    button: &Response,
    state: &AppState,
    goal: &Goal,
    actions: &mut Vec<Action>,
) {
    popup.show(button, |ui| {
        theme::as_fields(ui);
        ui.visuals_mut().widgets.inactive.bg_stroke = theme::of(ui).hairline();
        let mut edited = goal.clone();
        let classes = state.dataset.classes();
        class_row(ui, classes, &mut edited);
        for (figure, first) in FIRST {
            bound_row(ui, classes, &mut edited, figure, first);
        }
        range_message(ui, ROW);
        aim_row(ui, classes.len(), &mut edited);
        if let Aim::LeastCost(costs) = &mut edited.aim {
            let class_idx = classes.iter().position(|class| *class == goal.class);
            costs_grid(ui, &visible_names(classes), class_idx.unwrap_or_default(), costs);
        }
        ui.separator();
        let remove = Button::new("Remove the goal").fill(theme::of(ui).raised);
        if ui.add(remove).clicked() {
            actions.push(Action::Goal(GoalAction::Set(None)));
            ui.close();
        } else if edited != *goal {
            actions.push(Action::Goal(GoalAction::Set(Some(edited))));
        }
    });
}

fn class_row(ui: &mut Ui, classes: &[String], goal: &mut Goal) {
    ui.horizontal(|ui| {
        ui.label("The class to look for");
        let combo = ComboBox::from_id_salt("goal class").selected_text(visible(&goal.class));
        let shown = drop_down(ui, combo, |ui| {
            for class in classes {
                ui.selectable_value(&mut goal.class, class.clone(), visible(class));
            }
        });
        named(&shown, Role::ComboBox, "Class to look for");
    });
}

fn bound_row(ui: &mut Ui, classes: &[String], goal: &mut Goal, figure: Figure, first: f64) {
    let [before, after] = words(figure, goal, classes);
    ui.horizontal(|ui| {
        let mut is_set = goal.bounds.get(figure).is_some();
        if ui.checkbox(&mut is_set, before).changed() {
            goal.bounds.set(figure, is_set.then_some(first));
        }
        ui.add_enabled_ui(is_set, |ui| bound_field(ui, goal, figure, first));
        ui.label(after);
    });
}

/// Before and after its number.
pub fn words(figure: Figure, goal: &Goal, classes: &[String]) -> [String; 2] {
    let class = visible(&goal.class);
    match figure {
        Figure::Recall => ["Find at least".into(), format!("of {class}")],
        Figure::FalsePositives => {
            let others = others(&goal.class, classes);
            ["At most".into(), format!("of {others} predicted {class}")]
        }
        Figure::Precision => ["At least".into(), format!("of what is predicted {class} is")],
    }
}

/// The number of a share that must hold.
pub fn bound_field(ui: &mut Ui, goal: &mut Goal, figure: Figure, first: f64) {
    let (what, name) = match figure {
        Figure::Recall => ("the recall", "Least recall"),
        Figure::FalsePositives => ("the false positive rate", "Most false positives"),
        Figure::Precision => ("the precision", "Least precision"),
    };
    let before = goal.bounds.get(figure).unwrap_or(first) * 100.0;
    let mut percent = before;
    let limits = Limits {
        row: ROW,
        what,
        range: 0.0..=100.0,
        unit: " %",
    };
    let value = number(ui, &mut percent, limits, |drag| drag.max_decimals(2).speed(1.0));
    named(&value, Role::SpinButton, name);
    if percent != before {
        goal.bounds.set(figure, Some(percent / 100.0));
    }
}

fn aim_row(ui: &mut Ui, n_classes: usize, goal: &mut Goal) {
    let least_cost = match &goal.aim {
        Aim::LeastCost(costs) => Aim::LeastCost(costs.clone()),
        _ => Aim::LeastCost(costs_of_one(n_classes)),
    };
    let aims = [
        Aim::FewestFalsePositives,
        Aim::HighestRecall,
        Aim::BalancedAccuracy,
        Aim::F1,
        Aim::Mcc,
        least_cost,
    ];
    ui.horizontal(|ui| {
        ui.label("Among what holds that");
        let now = goal.aim_in_words();
        let combo = ComboBox::from_id_salt("goal aim").selected_text(now).width(190.0);
        let shown = drop_down(ui, combo, |ui| {
            for aim in aims {
                let text = Goal {
                    aim: aim.clone(),
                    ..goal.clone()
                }
                .aim_in_words();
                ui.selectable_value(&mut goal.aim, aim, text);
            }
        });
        named(&shown, Role::ComboBox, "What is best then");
    });
}

/// Every mistake costs one.
fn costs_of_one(n_classes: usize) -> Vec<Vec<f64>> {
    let cost = |truth, predicted| f64::from(u8::from(truth != predicted));
    let row = |truth| (0..n_classes).map(|predicted| cost(truth, predicted)).collect();
    (0..n_classes).map(row).collect()
}

fn costs_grid(ui: &mut Ui, classes: &[String], class_idx: usize, costs: &mut Vec<Vec<f64>>) {
    let n = classes.len();
    if costs.len() != n || costs.iter().any(|row| row.len() != n) {
        *costs = costs_of_one(n);
    }
    if n > MOST_COSTS {
        return three_costs(ui, classes, class_idx, costs);
    }
    ui.label("What a prediction costs, true class by rows");
    ScrollArea::horizontal().show(ui, |ui| {
        Grid::new("costs").spacing([8.0, 4.0]).show(ui, |ui| {
            ui.label("");
            for class in classes {
                ui.label(theme::small(format!("as {class}")));
            }
            ui.end_row();
            for (true_idx, class) in classes.iter().enumerate() {
                ui.label(theme::small(class));
                for (predicted_idx, predicted) in classes.iter().enumerate() {
                    let name = format!("Cost of {class} as {predicted}");
                    cost_field(ui, &mut costs[true_idx][predicted_idx], &name);
                }
                ui.end_row();
            }
        });
    });
}

/// Of many classes: what is missed, what is taken for the class, and every other mistake.
fn three_costs(ui: &mut Ui, classes: &[String], class_idx: usize, costs: &mut [Vec<f64>]) {
    let Some(class) = classes.get(class_idx) else {
        return;
    };
    let n = classes.len();
    let others: Vec<usize> = (0..n).filter(|&other| other != class_idx).collect();
    let [first, second] = [others[0], others[1]];
    let before = [
        costs[class_idx][first],
        costs[first][class_idx],
        costs[first][second],
    ];
    let mut now = before;
    let names = [
        format!("A missed {class}"),
        format!("Another class predicted {class}"),
        "Any other mistake".to_owned(),
    ];
    Grid::new("three costs").spacing([8.0, 4.0]).show(ui, |ui| {
        for (name, cost) in names.iter().zip(&mut now) {
            ui.label(format!("{name} costs"));
            cost_field(ui, cost, &format!("Cost of {name}"));
            ui.end_row();
        }
    });
    if now != before {
        for (truth, row) in costs.iter_mut().enumerate() {
            let mistakes = row
                .iter_mut()
                .enumerate()
                .filter(|(predicted, _)| *predicted != truth);
            for (predicted, cost) in mistakes {
                *cost = match (truth == class_idx, predicted == class_idx) {
                    (true, _) => now[0],
                    (_, true) => now[1],
                    _ => now[2],
                };
            }
        }
    }
}

fn cost_field(ui: &mut Ui, cost: &mut f64, name: &str) {
    let limits = Limits {
        row: ROW,
        what: "a cost",
        range: 0.0..=1e6,
        unit: "",
    };
    let value = number(ui, cost, limits, |drag| drag.speed(0.1));
    named(&value, Role::SpinButton, name);
}
