//! The classes, one a row: how many images each has, and how much they weigh. Few classes have two lines each, with a longer
//! slider and pictures where there is room; many have one, and what orders or searches them stands above.

mod headings;
mod keyboard;
mod row;
mod slider;

use egui::{Rect, ScrollArea, Ui, UiBuilder, vec2};

use self::headings::headings;
use self::keyboard::End;
use self::row::{Look, Row};
use crate::app::{Action, AppState, ClassKey, DatasetView, FitAction, Preset};
use crate::experiment::ClassWeights;
use crate::short_name::Shared;
use crate::ui::dataset::gallery::Pictures;
use crate::ui::parts::names::fitted;
use crate::ui::parts::numbers::range_message;
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{chip, fine_print, heading_row};
use crate::visible::visible_names;

/// The row that says that a weight is out of range.
const WEIGHTS: &str = "Class weights";
/// So many classes have two lines each.
const FEW: usize = 4;
/// Above the rows, until it was drawn once.
const ABOVE_ROWS: f32 = 72.0;

/// How high all of it would be. What stands above the rows depends on how it wraps, so that its height is the one it had.
pub fn wanted_height(ui: &Ui, state: &AppState) -> f32 {
    let n_classes = state.dataset.classes().len();
    let above = ui.data(|data| data.get_temp(above_id())).unwrap_or(ABOVE_ROWS);
    above + look(n_classes).height() * n_classes as f32
}

fn above_id() -> egui::Id {
    egui::Id::unique("height above the class rows")
}

fn look(n_classes: usize) -> Look {
    match n_classes {
        ..=FEW => Look::TwoLines,
        _ => Look::OneLine,
    }
}

/// Fills the room that there is.
pub fn class_table(ui: &mut Ui, state: &AppState, pictures: &mut Pictures, actions: &mut Vec<Action>) {
    let top = ui.cursor().top();
    // The heading's own word comes first.
    let width = (ui.available_width() - 66.0).max(0.0);
    heading_row(ui, "Classes", |ui| {
        let theme = theme::of(ui);
        if state.dataset.view.is_some() {
            let label = state.form_label();
            let font = theme::font(theme::SMALL);
            let shown = fitted(ui, &label, Shared::default(), font, width, theme.muted);
            ui.add(egui::Label::new(shown))
                .on_hover_text(format!("The weights as they stand: {label}"));
        }
    });
    let Some(view) = &state.dataset.view else {
        fine_print(ui, "Open a folder to weigh its classes", theme::of(ui));
        return;
    };
    chips(ui, &view.counts, &state.settings.form.class_weights, actions);
    let weights = match state.class_weights() {
        Ok(weights) => weights,
        Err(message) => {
            ui.label(theme::small(message).color(theme::of(ui).warning));
            vec![1.0; view.counts.len()]
        }
    };
    range_message(ui, WEIGHTS);
    let look = look(view.counts.len());
    if look == Look::OneLine {
        headings(ui, state, actions);
    }
    let above = ui.cursor().top() - top;
    ui.data_mut(|data| data.insert_temp(above_id(), above));
    rows(ui, state, (view, &weights, look), pictures, actions);
}

fn rows(
    ui: &mut Ui,
    state: &AppState,
    (view, weights, look): (&DatasetView, &[f64], Look),
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let names = visible_names(&view.dataset.classes);
    let recalls = state.recalls_of_folder();
    let listed = in_steady_order(ui, state);
    if listed.is_empty() {
        fine_print(ui, "No class has that in its name", theme::of(ui));
    }
    let theirs = Row {
        look,
        names: &names,
        shared: Shared::of(&names),
        counts: &view.counts,
        weights,
        recalls: &recalls,
        weighed: state.weighed_class(),
    };
    let height = look.height();
    let with_pictures = look == Look::TwoLines
        && ui.available_height() >= (height + room::CLASS_PICTURES) * listed.len() as f32;
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut area = ScrollArea::vertical().id_salt("classes").auto_shrink(false);
    if let Some(offset) = offset_to_focus(ui, &listed, height) {
        area = area.vertical_scroll_offset(offset);
    }
    let before: Seen = ui.data(|data| data.get_temp(seen_id())).unwrap_or_default();
    if before.has_keyboard {
        keyboard::leave(ui);
    }
    let place = ui.available_rect_before_wrap();
    End::First.show(ui, place, &listed);
    let (mut is_used, mut has_keyboard) = (false, false);
    let mut draw = |ui: &mut Ui, range: std::ops::Range<usize>| {
        for place in range {
            let class_idx = listed[place];
            let neighbours = [place.checked_sub(1), Some(place + 1)];
            let neighbours = neighbours.map(|place| listed.get(place?).copied());
            let used = theirs.show(ui, class_idx, neighbours, actions);
            is_used |= used.by_any;
            has_keyboard |= used.by_keyboard;
            if with_pictures {
                pictures.strip(ui, state, view, class_idx, actions);
            }
        }
    };
    let shown = match with_pictures {
        true => area.show(ui, |ui| draw(ui, 0..listed.len())),
        false => area.show_rows(ui, height, listed.len(), draw),
    };
    let seen = Seen {
        offset: shown.state.clamped_offset().y,
        height: shown.inner_rect.height(),
        is_used,
        has_keyboard,
    };
    End::Last.show(ui, place, &listed);
    ui.data_mut(|data| data.insert_temp(seen_id(), seen));
}

/// What was to be seen of the rows in the last frame.
#[derive(Clone, Copy, Default)]
struct Seen {
    offset: f32,
    height: f32,
    /// The keyboard or the pointer is at one of them.
    is_used: bool,
    has_keyboard: bool,
}

fn seen_id() -> egui::Id {
    egui::Id::unique("class rows that are seen")
}

/// While a weight is changed its row stays where it is, also where the weights order the rows.
fn in_steady_order(ui: &Ui, state: &AppState) -> Vec<usize> {
    let id = egui::Id::unique("order of the class rows");
    let seen: Seen = ui.data(|data| data.get_temp(seen_id())).unwrap_or_default();
    let kept: Option<Vec<usize>> = ui.data(|data| data.get_temp(id));
    let is_by_changing = matches!(
        state.settings.class_order.key,
        ClassKey::Weight | ClassKey::Recall
    );
    let now = state.listed_classes();
    let same_classes = |kept: &Vec<usize>| {
        let sorted = |classes: &[usize]| {
            let mut classes = classes.to_vec();
            classes.sort_unstable();
            classes
        };
        sorted(kept) == sorted(&now)
    };
    let kept = kept.filter(|kept| seen.is_used && is_by_changing && same_classes(kept));
    let order = kept.unwrap_or(now);
    ui.data_mut(|data| data.insert_temp(id, order.clone()));
    order
}

/// The keyboard goes to a class whose row may be out of sight: where the list must be scrolled to, if it must.
fn offset_to_focus(ui: &Ui, listed: &[usize], height: f32) -> Option<f32> {
    let wanted = keyboard::wanted(ui)?;
    let top = height * listed.iter().position(|&class_idx| class_idx == wanted)? as f32;
    let seen: Seen = ui.data(|data| data.get_temp(seen_id()))?;
    match top {
        _ if top < seen.offset => Some(top),
        _ if top + height > seen.offset + seen.height => Some(top + height - seen.height),
        _ => None,
    }
}

fn chips(ui: &mut Ui, counts: &[usize], now: &ClassWeights, actions: &mut Vec<Action>) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        ui.spacing_mut().item_spacing = vec2(3.0, 4.0);
        // Those of many classes stand in one line.
        ui.spacing_mut().button_padding.x = if counts.len() > 2 { 4.0 } else { 8.0 };
        ui.horizontal_wrapped(|ui| {
            for preset in Preset::ALL.into_iter().filter(|p| p.fits(counts.len())) {
                let weights = preset.weights(counts);
                let text = preset_name(preset, &weights);
                if chip(ui, &text, weights == *now)
                    .on_hover_text(preset.explanation())
                    .clicked()
                {
                    actions.push(Action::Fit(FitAction::UsePreset(preset)));
                }
            }
        });
    });
}

/// A ratio in class order, such as `1 : 8`; other presets by their names.
pub fn preset_name(preset: Preset, weights: &ClassWeights) -> String {
    match preset {
        Preset::Rare(_) => weights.spaced_label(),
        _ => preset.name(),
    }
}

/// A part of a row, as a place of its own.
fn place<R>(ui: &mut Ui, rect: Rect, salt: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let place = UiBuilder::new().id_salt(salt).max_rect(rect).layout(layout);
    add(&mut ui.new_child(place))
}
