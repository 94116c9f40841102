//! The trade-off between finding one class and finding the rest: every weighting a dot, every threshold a curve, and
//! the slider between them.

mod axes;
mod calibration;
mod clicks;
mod cost;
mod legend;
mod marks;
mod plot;
mod threshold_bar;
mod words;

use egui::{Popup, Ui};

use crate::app::{Action, AppState, ClassPlot, Dot, JudgeAction, LookAction};
use crate::experiment::Part;
use crate::short_name::{Shared, shortened};
use crate::ui::judge::shown;
use crate::ui::parts::heading::width_of;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{MENU_MARK, empty, heading_row, quiet_menu, quiet_menu_of};
use crate::ui::runs::not_drawn::not_drawn;
use crate::visible::visible_names;

/// Height of the threshold's line under the plot, without what is said of it.
const BAR: f32 = 36.0;
const CURVE: &str = "Curve";
/// Where a class's name has more room than this beside it, the heading has a legend; else that is in the menu of the curves.
const LEAST_CLASS: f32 = 60.0;
/// The text about a threshold takes no more of a plot than this share.
const MOST_SAID: f32 = 0.4;

/// The curves, and how they are looked at.
#[derive(Default)]
pub struct Curves {
    view: plot::View,
}

impl Curves {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let plot = state.judge.plot;
        let title = title(ui, plot.name(), state.looking.part);
        // The curve's name stands before the class, the choice of another after it.
        let room = room_of_class(ui, &title);
        let beside_legend = room - width(ui, legend::NAME) - MENU_MARK - theme::GAP;
        let has_legend = beside_legend > LEAST_CLASS;
        heading_row(ui, &title, |ui| {
            if has_legend {
                legend::legend_menu(ui, state);
            }
            class_choice(ui, state, if has_legend { beside_legend } else { room }, actions);
            self.plot_choice(ui, state, actions);
        });
        not_drawn(ui, state, state.trying_again_in_words());
        let dots = state.dots();
        let has_dots = !dots.is_empty() && matches!(plot, ClassPlot::TradeOff | ClassPlot::Cost);
        let nothing = state.curve().is_empty() && !has_dots;
        if let (true, Some(reason)) = (nothing, state.not_judged()) {
            return empty(ui, &reason);
        }
        if nothing {
            let text = match state.runs.all.is_empty() {
                true => {
                    "Every weighting becomes a dot here: how many of one class it finds, and at what price"
                }
                false => "Choose a run that has ended to see what a threshold would do",
            };
            return empty(ui, text);
        }
        match plot {
            ClassPlot::Cost => cost::cost(ui, state, &dots, actions),
            _ => self.plot_and_bar(ui, state, &dots, actions),
        }
    }

    fn plot_and_bar(&mut self, ui: &mut Ui, state: &AppState, dots: &[Dot], actions: &mut Vec<Action>) {
        let mut area = ui.available_rect_before_wrap();
        let bottom = area;
        let chosen = dots.iter().find(|dot| Some(dot.run) == state.looking.run);
        let chosen = chosen.filter(|_| state.watched_trial().is_none());
        let beside = match state.judge.plot {
            ClassPlot::Calibration => calibration::Curves::of(state).and_then(|curves| curves.in_words()),
            _ => chosen.and_then(|dot| words::who_pays(state, dot)),
        };
        let said = threshold_bar::said(state, beside);
        let said = (said.as_str(), threshold_bar::rows(area.height()));
        let height = threshold_bar::height(ui, said).min(area.height() * MOST_SAID);
        area.max.y -= BAR + height;
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(area));
        self.view.show(&mut child, state, dots, actions);
        let foot = egui::Rect::from_min_max(egui::pos2(bottom.left(), area.bottom() + 4.0), bottom.max);
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(foot));
        threshold_bar::threshold_bar(&mut child, state, said, actions);
    }

    /// Which curve, and how far its axes go.
    fn plot_choice(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let now = state.judge.plot;
        let button = quiet_menu(ui, CURVE, "Choose the curve");
        Popup::menu(&button).show(|ui| {
            for plot in ClassPlot::ALL {
                if ui.selectable_label(plot == now, plot.name()).clicked() {
                    actions.push(Action::Judge(JudgeAction::SetPlot(plot)));
                }
            }
            ui.separator();
            let whole = ui.checkbox(&mut self.view.whole, "Axes from 0 to 100 %");
            let tip = "Whole axes, or as far as there are dots. The wheel and dragging look closer, a double click goes back";
            if whole.on_hover_text(tip).changed() {
                self.view.reset();
            }
            if now == ClassPlot::Calibration && state.has_weights() {
                shown::in_menu(ui, state, actions);
            }
            ui.separator();
            legend::legend(ui, state);
        });
    }
}

/// In as many words as leave the class some room.
fn title(ui: &Ui, curve: &str, part: Part) -> String {
    let words = match part {
        Part::Val => ["", ""],
        Part::Test => [", test", ", test"],
        Part::Train => [", training out of fold", ", training"],
    };
    let [whole, short] = words.map(|words| format!("{curve}{words}"));
    match room_of_class(ui, &whole) > LEAST_CLASS {
        true => whole,
        false => short,
    }
}

/// In a heading of that title.
fn room_of_class(ui: &Ui, title: &str) -> f32 {
    ui.available_width() - width(ui, title) - width(ui, CURVE) - 2.0 * MENU_MARK - 3.0 * theme::GAP
}

fn width(ui: &Ui, text: &str) -> f32 {
    width_of(ui, theme::quiet_caps(text))
}

/// The class that is weighed against the rest.
fn class_choice(ui: &mut Ui, state: &AppState, room: f32, actions: &mut Vec<Action>) {
    let classes = visible_names(state.looked_at_classes());
    let now = state.weighed_class();
    let Some(class) = classes.get(now) else { return };
    let fits = |text: &str| width_of(ui, theme::quiet_name(text)) <= room;
    let shown = shortened(class, Shared::of(&classes), fits);
    let button = quiet_menu_of(ui, theme::quiet_name(shown), "Class that is weighed")
        .on_hover_text(format!("{class} is weighed against the other classes"));
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
