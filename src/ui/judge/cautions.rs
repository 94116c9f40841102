//! With what care a run's figures are to be read: above them, each with its code, and a way to hear of a kind no more.

use egui::{Label, Popup, Role, ScrollArea, Ui, WidgetInfo};

use crate::app::{Action, AppState, RunsAction};
use crate::experiment::{Caution, Code};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{divider, quiet_menu};
use crate::visible::visible;

/// As wide as a line is read with ease.
const WIDTH: f32 = 380.0;
const HEIGHT: f32 = 320.0;

/// The first in full, and all of them behind a click; nothing where there are none.
pub fn cautions(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    // What is tried live is no run yet, and the network before its training has learnt nothing.
    let run = state.selected_run().filter(|_| state.looking.is_trained());
    let mut heard = run.map(|run| state.cautions_heard(run)).unwrap_or_default();
    if state.looking.threshold.is_some() {
        heard.retain(|caution| caution.code != Code::NeverPredicted);
    }
    let Some(first) = heard.first() else {
        return;
    };
    let text = visible(&first.in_words()).into_owned();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let name = match heard.len() {
            1 => "1 caution".to_owned(),
            n => format!("{n} cautions"),
        };
        let button = quiet_menu(ui, &name, &name);
        let button = button.on_hover_text("With what care these figures are to be read");
        Popup::menu(&button).show(|ui| all(ui, &heard, actions));
        let label = ui.add(Label::new(theme::small(text.clone()).color(theme::of(ui).warning)).wrap());
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    });
    ui.add_space(2.0);
}

fn all(ui: &mut Ui, heard: &[&Caution], actions: &mut Vec<Action>) {
    ui.set_width(WIDTH);
    ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| {
        for (place, caution) in heard.iter().enumerate() {
            if place > 0 {
                divider(ui);
            }
            let code = caution.code.name();
            ui.label(theme::small(format!("{code}  {}", caution.code.title())).strong());
            ui.add(Label::new(theme::small(visible(&caution.message).into_owned())).wrap());
            if ui.small_button(format!("Say no more of {code}")).clicked() {
                actions.push(Action::Runs(RunsAction::MuteCaution(caution.code)));
                ui.close();
            }
        }
    });
}
