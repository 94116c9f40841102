//! What the points' colours and shapes mean, with how many there are of each. A click chooses them.

use egui::{Align2, Rect, Role, ScrollArea, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::look::{Look, Shape as Form, look};
use crate::app::{Action, AppState, Counted, Entry, MapAction};
use crate::metrics::thousands;
use crate::short_name::Shared;
use crate::ui::parts::names::fitted;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::focus_ring;
use crate::visible::visible;

const LINE: f32 = 20.0;
/// Of an entry that stands below the points.
const WIDTH: f32 = 150.0;
const GAP: f32 = 4.0;
const MARK: f32 = 12.0;

fn name(entry: Entry, classes: &[String]) -> String {
    match entry {
        Entry::Class(class_idx) => classes
            .get(class_idx)
            .map_or_else(String::new, |class| visible(class).into_owned()),
        Entry::Right => "Right".into(),
        Entry::Wrong => "Wrong".into(),
        Entry::Tenth(tenth) => {
            let [from, to] = [tenth, tenth + 1].map(|tenth| f64::from(tenth) / 10.0);
            format!("{from:.1} to {to:.1}")
        }
        Entry::NotJudged => "Not judged here".into(),
    }
}

/// What a legend below the points needs.
pub fn height_below(width: f32, n_entries: usize) -> f32 {
    n_entries.div_ceil(columns(width)) as f32 * LINE
}

fn columns(width: f32) -> usize {
    (((width + GAP) / (WIDTH + GAP)).floor() as usize).max(1)
}

pub fn legend(ui: &mut Ui, state: &AppState, entries: &[Counted], beside: bool, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing = vec2(GAP, 0.0);
    ui.spacing_mut().interact_size.y = LINE;
    let classes = state
        .map
        .made
        .as_ref()
        .map_or(&[][..], |made| &made.dataset.classes);
    let shared = Shared::of(classes);
    if beside {
        let width = ui.available_width() - 10.0;
        ScrollArea::vertical()
            .id_salt("legend of the map")
            .auto_shrink(false)
            .show_rows(ui, LINE, entries.len(), |ui, rows| {
                entries[rows]
                    .iter()
                    .for_each(|counted| row(ui, state, counted, (width, shared), actions));
            });
        return;
    }
    let n_columns = columns(ui.available_width());
    let width = (ui.available_width() + GAP) / n_columns as f32 - GAP;
    for line in entries.chunks(n_columns) {
        ui.horizontal(|ui| {
            line.iter()
                .for_each(|counted| row(ui, state, counted, (width, shared), actions))
        });
    }
}

fn row(
    ui: &mut Ui,
    state: &AppState,
    counted: &Counted,
    (width, shared): (f32, Shared),
    actions: &mut Vec<Action>,
) {
    let theme = theme::of(ui);
    let Some(made) = &state.map.made else { return };
    let (name, n_classes) = (
        name(counted.entry, &made.dataset.classes),
        made.dataset.n_classes(),
    );
    let (rect, response) = ui.allocate_exact_size(vec2(width, LINE), Sense::click());
    let is_chosen = counted.n_chosen > 0;
    if response.hovered() || is_chosen {
        ui.painter().rect_filled(rect, 3, theme.raised);
    }
    focus_ring(ui, &response);
    let mark = Rect::from_center_size(
        pos2(rect.left() + 4.0 + MARK / 2.0, rect.center().y),
        vec2(MARK, MARK),
    );
    sign(ui, mark, &look(counted.entry, n_classes, theme));
    let count = match counted.n_chosen {
        0 => thousands(counted.n as u64),
        chosen if chosen == counted.n => thousands(chosen as u64),
        chosen => format!("{} / {}", thousands(chosen as u64), thousands(counted.n as u64)),
    };
    let number = ui.painter().text(
        rect.right_center() - vec2(4.0, 0.0),
        Align2::RIGHT_CENTER,
        &count,
        theme::font(theme::SMALL),
        theme.muted,
    );
    let ink = if is_chosen { theme.accent } else { theme.text };
    let room = number.left() - mark.right() - 10.0;
    let galley = fitted(ui, &name, shared, theme::font(theme::SMALL), room, ink);
    let at = pos2(mark.right() + 5.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, ink);
    let text = format!("{name}: {} images", count.replace('/', "of"));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, format!("Choose {text}")));
    if response.clicked() {
        let adds = ui.input(|i| i.modifiers.command);
        let entry = counted.entry;
        actions.push(Action::Map(MapAction::ChooseEntry { entry, adds }));
    }
    response.on_hover_text(format!(
        "{text}; a click chooses them, with Ctrl beside those that are chosen"
    ));
}

/// The shape as the points have it, larger.
fn sign(ui: &Ui, place: Rect, look: &Look) {
    let (middle, radius) = (place.center(), 4.6 * look.size.clamp(0.55, 1.1));
    let corners = |corners: &[(f32, f32)]| {
        let corners = corners.iter().map(|&(x, y)| middle + vec2(x, y) * radius);
        Shape::convex_polygon(corners.collect(), look.colour, Stroke::NONE)
    };
    let painter = ui.painter();
    match look.shape {
        Form::Dot | Form::Disc => _ = painter.circle_filled(middle, radius, look.colour),
        Form::Square => {
            let side = vec2(radius, radius) * 1.72;
            painter.rect_filled(Rect::from_center_size(middle, side), 0, look.colour);
        }
        Form::Diamond => _ = painter.add(corners(&[(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)])),
        Form::Triangle => _ = painter.add(corners(&[(0.0, -1.3), (1.2, 0.9), (-1.2, 0.9)])),
        Form::Cross => {
            let stroke = Stroke::new(2.0, look.colour);
            for tilt in [-1.0, 1.0] {
                let end = vec2(0.85, 0.85 * tilt) * radius;
                painter.line_segment([middle - end, middle + end], stroke);
            }
        }
    }
}
