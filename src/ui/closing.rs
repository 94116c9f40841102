//! The question before the window closes on a training. Escape goes on training, Enter does what is focused.

use egui::{Context, Key, Modal};

use crate::app::{Action, AppState, WindowAction};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::named;

const WIDTH: f32 = 520.0;

pub fn question(ctx: &Context, state: &AppState, actions: &mut Vec<Action>) {
    if !state.windows.asks_to_close {
        return;
    }
    // It has ended meanwhile, and nothing would be lost.
    if !state.must_ask_to_close() {
        actions.push(Action::Window(WindowAction::AskToClose(false)));
        return;
    }
    let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(16);
    let modal = Modal::new(egui::Id::unique("closing"))
        .frame(frame)
        .show(ctx, |ui| {
            ui.set_width(WIDTH);
            ui.label(theme::strong("A training is running").size(16.0));
            ui.add_space(4.0);
            ui.add(egui::Label::new(state.what_closing_does()).wrap());
            ui.add_space(theme::GAP);
            ui.horizontal(|ui| {
                let go_on = ui.button("Keep on training");
                // The harmless one, until the keyboard has chosen.
                if ui.memory(|m| m.focused().is_none()) {
                    go_on.request_focus();
                }
                if go_on.clicked() {
                    actions.push(Action::Window(WindowAction::AskToClose(false)));
                }
                let later = ui.button("Close when it is done");
                if later
                    .on_hover_text(
                        "The window hides, training goes on, and all closes by itself when it is done",
                    )
                    .clicked()
                {
                    actions.push(Action::Window(WindowAction::CloseWhenDone(true)));
                }
                let close = ui.button("Stop, keep what there is, and close");
                named(&close, egui::Role::Button, "Stop, keep what there is, and close");
                if close.clicked() {
                    actions.push(Action::Window(WindowAction::Close));
                }
            });
        });
    let escaped = ctx.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Escape));
    if escaped || modal.backdrop_response.clicked() {
        actions.push(Action::Window(WindowAction::AskToClose(false)));
    }
}
