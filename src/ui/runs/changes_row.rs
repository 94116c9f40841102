//! What became of the images from the first run to each of the others, a line for each kind of change; a count is the way to its
//! images.

use egui::{Align2, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::compare_table::Column;
use crate::app::{Action, AppState, ImagesAction};
use crate::experiment::Change;
use crate::metrics::thousands;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::focus_ring;

/// Its name, left of the columns.
pub fn name(ui: &mut Ui, [one, other]: [Change; 2]) {
    let text = format!("{} / {}", one.name(), other.name().to_lowercase());
    let text = egui::RichText::new(text).color(theme::of(ui).muted);
    let [one, other] = [one, other].map(|change| format!("{}: {}", change.name(), change.explanation()));
    let tip = format!("{one}\n{other}\nA click on a number shows the images");
    ui.add(egui::Label::new(text).truncate()).on_hover_text(tip);
}

/// In the column of a run: how many, where both runs have judged the same images.
pub fn counts(
    ui: &mut Ui,
    state: &AppState,
    (first, column): (&Column, &Column),
    kinds: [Change; 2],
    actions: &mut Vec<Action>,
) {
    if first.index == column.index || first.run.classes() != column.run.classes() {
        return;
    }
    let changes = state.changes_between(first.index, column.index);
    let Some(changes) = changes.as_ref() else {
        let unknown = ui.label(theme::small("…").color(theme::of(ui).muted));
        unknown.on_hover_text(
            "What both say of single images is read, or the runs were not evaluated on the same images and labels",
        );
        return;
    };
    for (i, change) in kinds.into_iter().enumerate() {
        if i > 0 {
            ui.label(egui::RichText::new(" / ").color(theme::of(ui).muted));
        }
        let n = changes.count(change) as u64;
        let [before, now] = [first, column].map(|column| column.run.label());
        let images = if n == 1 { "image" } else { "images" };
        let spoken = format!(
            "{}: {} {images}, from {before} to {now}",
            change.name(),
            thousands(n)
        );
        let link = link(ui, &thousands(n), &spoken);
        if link.on_hover_text(change.explanation()).clicked() {
            actions.push(Action::Images(ImagesAction::Between {
                before: first.index,
                now: column.index,
                change,
            }));
        }
    }
}

/// A number that leads somewhere.
fn link(ui: &mut Ui, text: &str, spoken: &str) -> Response {
    let theme = theme::of(ui);
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), theme::font(13.0), theme.accent);
    let (rect, response) =
        ui.allocate_exact_size(vec2(galley.size().x, ui.available_height()), Sense::click());
    let at = Align2::LEFT_CENTER.anchor_size(rect.left_center(), galley.size());
    ui.painter().galley(at.min, galley, theme.accent);
    if response.hovered() || response.has_focus() {
        let y = at.bottom();
        ui.painter()
            .hline(rect.x_range(), y, egui::Stroke::new(1.0, theme.accent));
    }
    focus_ring(ui, &response);
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, spoken));
    response
}
