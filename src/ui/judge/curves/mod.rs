//! The trade-off between finding one class and finding the rest: every weighting a dot, every threshold a curve, and
//! the slider between them.

mod plot;
mod threshold_bar;

use egui::{Popup, Ui};

use crate::app::{Action, AppState, ClassPlot, JudgeAction, LookAction};
use crate::ui::parts::widgets::{empty, heading_row, quiet_menu};
use crate::ui::runs::not_drawn::not_drawn;
use crate::visible::visible_names;
pub use threshold_bar::ThresholdBar;

/// Height of the threshold's line under the plot, without what is said of it.
const BAR: f32 = 36.0;
/// The text about a threshold takes no more of a plot than this share.
const MOST_SAID: f32 = 0.4;

pub fn curves_panel(ui: &mut Ui, state: &AppState, bar: &mut ThresholdBar, actions: &mut Vec<Action>) {
    let plot = state.judge.plot;
    let test = if state.looking.on_test { ", test" } else { "" };
    heading_row(ui, &format!("{}{test}", plot.name()), |ui| {
        plot_choice(ui, plot, actions);
        class_choice(ui, state, actions);
    });
    not_drawn(ui, state);
    let dots = state.dots();
    let nothing = state.curve().is_empty() && (dots.is_empty() || plot != ClassPlot::TradeOff);
    if let (true, Some(reason)) = (nothing, state.not_judged()) {
        return empty(ui, &reason);
    }
    if nothing {
        let text = match state.runs.all.is_empty() {
            true => "Every weighting becomes a dot here: how many of one class it finds, and at what price",
            false => "Choose a run that has ended to see what a threshold would do",
        };
        return empty(ui, text);
    }
    let mut area = ui.available_rect_before_wrap();
    let bottom = area;
    let said = bar.height(ui, state).min(area.height() * MOST_SAID);
    area.max.y -= BAR + said;
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(area));
    plot::plot(&mut child, state, &dots, actions);
    let foot = egui::Rect::from_min_max(egui::pos2(bottom.left(), area.bottom() + 4.0), bottom.max);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(foot));
    bar.show(&mut child, state, actions);
}

fn plot_choice(ui: &mut Ui, now: ClassPlot, actions: &mut Vec<Action>) {
    let button = quiet_menu(ui, "Curve", "Choose the curve");
    Popup::menu(&button).show(|ui| {
        for plot in ClassPlot::ALL {
            if ui.selectable_label(plot == now, plot.name()).clicked() {
                actions.push(Action::Judge(JudgeAction::SetPlot(plot)));
            }
        }
    });
}

/// The class that is weighed against the rest.
fn class_choice(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let classes = visible_names(state.looked_at_classes());
    let now = state.weighed_class();
    let Some(class) = classes.get(now) else { return };
    let button = quiet_menu(ui, class, "Class that is weighed");
    Popup::menu(&button).show(|ui| {
        egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for (class_idx, class) in classes.iter().enumerate() {
                if ui.selectable_label(class_idx == now, class).clicked() {
                    actions.push(Action::Look(LookAction::Class(class_idx)));
                }
            }
        });
    });
}
