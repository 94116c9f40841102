//! Under a matrix of many classes: its largest confusions, a line each, and what is seen of it in which order.

use egui::{Align2, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::layout::View;
use super::model::{Cell, Model};
use super::zoom;
use crate::app::{Action, ImagesAction, WindowAction};
use crate::short_name::Shared;
use crate::ui::parts::names::fitted;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{focus_ring, heading_row, quiet_button, quiet_toggle};

const ROW: f32 = 19.0;
/// A line as wide as this has room for two names.
const COLUMN: f32 = 200.0;
const GAP: f32 = 14.0;
/// And one as wide as this for how the map is moved about.
const HINT: f32 = 390.0;

/// What the matrix is seen as.
pub struct Shown<'a> {
    pub salt: &'a str,
    pub is_grouped: bool,
    /// Whether it can be zoomed.
    pub is_map: bool,
}

pub fn foot(
    ui: &mut Ui,
    model: &Model,
    (largest, selected): (&[Cell], Option<Cell>),
    shown: &Shown,
    actions: &mut Vec<Action>,
) {
    let is_wide = ui.available_width() > HINT;
    heading_row(ui, "Largest confusions", |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        let n = model.n_classes();
        if shown.is_map && zoom::view(ui, shown.salt, n) != View::whole(n) {
            if quiet_button(ui, "Whole", "Show the whole matrix").clicked() {
                zoom::reset(ui, shown.salt, n);
            }
        } else if shown.is_map && is_wide {
            ui.label(theme::small("Wheel zooms, dragging moves").color(theme::of(ui).muted));
        }
        let group = quiet_toggle(
            ui,
            "Group",
            "Put classes that are confused beside each other",
            shown.is_grouped,
        );
        let tip = "Classes that are confused stand beside each other in the matrix, and not in the folder's order \
                   (average linkage of the confusion rates)";
        if group.on_hover_text(tip).clicked() {
            actions.push(Action::Window(WindowAction::GroupConfused(!shown.is_grouped)));
        }
    });
    let n_columns = ((ui.available_width() + GAP) / (COLUMN + GAP)).floor().max(1.0) as usize;
    let width = (ui.available_width() - GAP * (n_columns - 1) as f32) / n_columns as f32;
    let shared = Shared::of(model.classes);
    ui.spacing_mut().item_spacing = vec2(GAP, 0.0);
    ui.spacing_mut().interact_size.y = ROW;
    ScrollArea::vertical()
        .id_salt("largest confusions")
        .auto_shrink(false)
        .show_rows(ui, ROW, largest.len().div_ceil(n_columns), |ui, rows| {
            for row in rows {
                ui.horizontal(|ui| {
                    for &cell in largest.iter().skip(row * n_columns).take(n_columns) {
                        confusion(ui, model, shared, cell, (width, selected == Some(cell)), actions);
                    }
                });
            }
        });
}

/// One line: a click shows the cell's images.
fn confusion(
    ui: &mut Ui,
    model: &Model,
    shared: Shared,
    cell: Cell,
    (width, is_selected): (f32, bool),
    actions: &mut Vec<Action>,
) {
    let theme = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::click());
    let font = || theme::font(theme::SMALL);
    let is_lit = is_selected || response.hovered() || response.has_focus();
    let ink = if is_lit { theme.text } else { theme.muted };
    if is_selected {
        ui.painter()
            .rect_filled(rect.expand2(vec2(3.0, 0.0)), 4, theme.raised);
    }
    let painter = ui.painter();
    let amount = painter.text(
        rect.right_center(),
        Align2::RIGHT_CENTER,
        model.amount(cell),
        font(),
        theme.text,
    );
    // Both names have the same right to what is left.
    let room = amount.left() - rect.left() - 8.0;
    let between = painter.layout_no_wrap(" as ".into(), font(), theme.muted);
    let half = (room - between.size().x) / 2.0;
    let [one, other] = [cell.0, cell.1].map(|class| &model.classes[class]);
    let first = fitted(ui, one, shared, font(), half, ink);
    let second = fitted(
        ui,
        other,
        shared,
        font(),
        room - between.size().x - first.size().x,
        ink,
    );
    let mut x = rect.left();
    for galley in [first, between, second] {
        let at = egui::pos2(x, rect.center().y - galley.size().y / 2.0);
        x += galley.size().x;
        ui.painter().galley(at, galley, ink);
    }
    focus_ring(ui, &response);
    let name = model.short_name(cell);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &name));
    if response.on_hover_text(model.sentence(cell)).clicked() {
        actions.push(Action::Images(ImagesAction::ShowCell(cell)));
    }
}
