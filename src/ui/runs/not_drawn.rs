//! The line under a heading that says which shown runs a plot leaves out, and why.

use egui::{Response, Ui};

use crate::app::AppState;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::fine_print;

/// Nothing where every shown run is drawn, and nothing else is to be said `before`.
pub fn not_drawn(ui: &mut Ui, state: &AppState, before: Option<String>) -> Option<Response> {
    let parts = [before, state.not_drawn()];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return None;
    }
    let text = parts.join("; ");
    let line = fine_print(ui, &text, theme::of(ui));
    Some(line.on_hover_text(
        "Only runs that were evaluated on the same images with the same labels are drawn in one plot: choose one of the others \
         to see it among those of its split. Compare holds runs with other labels beside each other, each by its own",
    ))
}
