//! What stands above the columns of many classes: a click orders the rows, and a field searches them.

use egui::{Rect, Role, Sense, Ui, vec2};

use super::place;
use super::row::Columns;
use crate::app::{Action, AppState, ClassKey, ClassOrder, FitAction, SEARCHED};
use crate::metrics::thousands;
use crate::ui::parts::heading::sorted::{Order, SortedHeading};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::named;

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
    } else if heading(ui, first, "Class", (ClassKey::Folder, order), false) {
        clicked = Some(ClassOrder::default());
    }
    let others = [
        (Some(images), "Images", ClassKey::Images),
        (columns.recall, "Recall", ClassKey::Recall),
        (Some(columns.field), "Weight", ClassKey::Weight),
    ];
    for (rect, name, key) in others {
        let Some(rect) = rect else { continue };
        if heading(ui, rect, name, (key, order), true) {
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

fn heading(ui: &Ui, rect: Rect, name: &str, (key, order): (ClassKey, ClassOrder), on_right: bool) -> bool {
    let by = match key {
        ClassKey::Folder => "name".to_owned(),
        ClassKey::Images | ClassKey::Recall | ClassKey::Weight => name.to_lowercase(),
    };
    let heading = SortedHeading {
        name,
        spoken: &format!("List the classes by {by}"),
        explanation: "Order the classes by this",
        order: match (order.key == key, key) {
            (false, _) => Order::Not,
            (true, ClassKey::Folder) => Order::Natural,
            (true, _) => Order::of(order.descending),
        },
        on_right,
    };
    heading.show(ui, rect, ("order by", name)).clicked()
}
