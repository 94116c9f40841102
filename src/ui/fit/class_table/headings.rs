//! What stands above the columns of many classes: a click orders the rows, and a field searches them.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::place;
use super::row::Columns;
use crate::app::{Action, AppState, ClassKey, ClassOrder, FitAction, SEARCHED};
use crate::metrics::thousands;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{focus_ring, named, triangle};

const HEIGHT: f32 = 20.0;

pub fn headings(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let columns = Columns::of(rect);
    let n_classes = state.dataset.classes().len();
    // The right half of the first column is the images'.
    let images = columns.name.with_min_x(columns.name.right() - 50.0);
    let first = columns.name.with_max_x(images.left() - 4.0);
    let order = state.settings.class_order;
    let mut clicked = None;
    if n_classes >= SEARCHED {
        search(ui, first, &state.fit.class_search, n_classes, actions);
    } else if heading(
        ui,
        first,
        Align2::LEFT_CENTER,
        ("Class", "name"),
        (ClassKey::Folder, order),
    ) {
        clicked = Some(ClassOrder::default());
    }
    let others = [
        (Some(images), "Images", ClassKey::Images),
        (columns.recall, "Recall", ClassKey::Recall),
        (Some(columns.field), "Weight", ClassKey::Weight),
    ];
    for (rect, name, key) in others {
        let Some(rect) = rect else { continue };
        let spoken = name.to_lowercase();
        if heading(ui, rect, Align2::RIGHT_CENTER, (name, &spoken), (key, order)) {
            clicked = Some(order.after_click(key));
        }
    }
    if let Some(order) = clicked {
        actions.push(Action::Fit(FitAction::OrderClasses(order)));
    }
}

fn search(ui: &mut Ui, rect: Rect, now: &str, n_classes: usize, actions: &mut Vec<Action>) {
    let mut text = now.to_owned();
    place(ui, rect, "search", |ui| {
        ui.spacing_mut().interact_size.y = rect.height();
        let edit = egui::TextEdit::singleline(&mut text)
            .hint_text("Find…")
            .font(theme::font(theme::SMALL))
            .margin(egui::Margin::symmetric(5, 1));
        let field = ui.add_sized(rect.size(), edit);
        named(&field, Role::TextInput, "Find a class");
        let field = field.on_hover_text(format!(
            "List of {} classes those with this in their name",
            thousands(n_classes as u64)
        ));
        if field.changed() {
            actions.push(Action::Fit(FitAction::SearchClasses(text)));
        }
    });
}

/// Whether it was clicked.
fn heading(
    ui: &mut Ui,
    rect: Rect,
    align: Align2,
    (name, spoken): (&str, &str),
    (key, order): (ClassKey, ClassOrder),
) -> bool {
    let theme = theme::of(ui);
    let response = ui.interact(rect, ui.scope_id().with(("order by", name)), Sense::click());
    let is_on = order.key == key;
    let is_lit = is_on || response.hovered() || response.has_focus();
    let ink = if is_lit { theme.text } else { theme.muted };
    let at = align.pos_in_rect(&rect);
    let text = ui.painter().text(at, align, name, theme::font(theme::SMALL), ink);
    let by_name = key == ClassKey::Folder;
    if is_on && !by_name {
        let at = pos2(text.left() - 7.0, rect.center().y);
        triangle(ui, at, !order.descending, theme.accent);
    }
    focus_ring(ui, &response);
    let direction = match (is_on && !by_name, order.descending) {
        (false, _) => "",
        (true, true) => ", highest first",
        (true, false) => ", lowest first",
    };
    let spoken = format!("List the classes by {spoken}{direction}");
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, &spoken));
    response.on_hover_text("Order the classes by this").clicked()
}
