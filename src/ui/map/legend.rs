//! What the points' colours and shapes mean, with how many there are of each. A click chooses them.

use egui::{Align2, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::dots::covers;
use super::look::{Look, look};
use crate::app::{Action, AppState, Counted, Entry, MapAction};
use crate::metrics::thousands;
use crate::ui::parts::names::elided;
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
    if beside {
        let width = ui.available_width() - 10.0;
        ScrollArea::vertical()
            .id_salt("legend of the map")
            .auto_shrink(false)
            .show_rows(ui, LINE, entries.len(), |ui, rows| {
                entries[rows]
                    .iter()
                    .for_each(|counted| row(ui, state, counted, width, actions));
            });
        return;
    }
    let n_columns = columns(ui.available_width());
    let width = (ui.available_width() + GAP) / n_columns as f32 - GAP;
    for line in entries.chunks(n_columns) {
        ui.horizontal(|ui| {
            line.iter()
                .for_each(|counted| row(ui, state, counted, width, actions))
        });
    }
}

fn row(ui: &mut Ui, state: &AppState, counted: &Counted, width: f32, actions: &mut Vec<Action>) {
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
        chosen => format!("{} of {}", thousands(chosen as u64), thousands(counted.n as u64)),
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
    let galley = elided(ui, &name, theme::font(theme::SMALL), room, ink);
    let at = pos2(mark.right() + 5.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, ink);
    let text = format!("{}: {count} images", name);
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
    let radius = MARK / 2.0 * look.size.clamp(0.5, 1.1) * 0.8;
    let mut mesh = egui::Mesh::default();
    let step = 1.0 / ui.pixels_per_point();
    let n = (MARK / step) as i32;
    for (right, down) in (0..n).flat_map(|down| (0..n).map(move |right| (right, down))) {
        let off = vec2(right as f32 + 0.5, down as f32 + 0.5) * step - place.size() / 2.0;
        if covers(look.shape, radius, off.x, off.y) {
            let pixel = Rect::from_center_size(place.center() + off, vec2(step, step));
            mesh.add_colored_rect(pixel, look.colour);
        }
    }
    ui.painter().add(mesh);
}
