//! The lines over the map: what it is, and what of it is shown how.

use egui::{ComboBox, Role, Ui, vec2};

use crate::app::{Action, AppState, MapAction, MapColour, MapLayout, MapPart};
use crate::metrics::thousands;
use crate::ui::parts::keyboard::drop_down::drop_down;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{chip, heading_row, named, quiet_button};

use super::scene::layout_of;

const GAP: f32 = 6.0;
/// Of the button that draws around images.
const LASSO: f32 = 62.0;
/// In a narrower pane the choices stand in two lines.
const ONE_LINE: f32 = 430.0;

pub fn heading(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let n = state.map.made.as_ref().map(|_| state.shown_on_map().len());
    let title = match n {
        Some(1) => "Map · 1 image".to_owned(),
        Some(n) => format!("Map · {} images", thousands(n as u64)),
        None => "Map".to_owned(),
    };
    heading_row(ui, &title, |ui| {
        if quiet_button(ui, "Close", "Close the map").clicked() {
            actions.push(Action::Map(MapAction::Close));
        }
    });
}

pub fn controls(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing = vec2(GAP, GAP);
    let whole = ui.available_width();
    if whole >= ONE_LINE {
        let width = (whole - LASSO - 3.0 * GAP) / 3.0;
        ui.horizontal(|ui| {
            layout(ui, state, width, actions);
            colour(ui, state, width, actions);
            part(ui, state, width, actions);
            lasso(ui, state, actions);
        });
        return;
    }
    let half = (whole - GAP) / 2.0;
    ui.horizontal(|ui| {
        layout(ui, state, half, actions);
        colour(ui, state, half, actions);
    });
    ui.horizontal(|ui| {
        part(ui, state, whole - LASSO - GAP, actions);
        lasso(ui, state, actions);
    });
}

fn layout(ui: &mut Ui, state: &AppState, width: f32, actions: &mut Vec<Action>) {
    let Some(made) = &state.map.made else { return };
    let now = layout_of(state, made);
    let text = |layout: MapLayout| match layout {
        MapLayout::Umap => layout.name().to_owned(),
        MapLayout::Pca => {
            let share: f64 = made.map.variance.iter().sum();
            format!("{}: {:.0} % of variance", layout.name(), share * 100.0)
        }
    };
    let there = |layout: &MapLayout| *layout == MapLayout::Pca || !made.map.umap.is_empty();
    let choices = MapLayout::ALL
        .into_iter()
        .filter(there)
        .map(|layout| (layout, text(layout)));
    let chosen = choice(ui, ("Layout", now.explanation()), now, choices.collect(), width);
    actions.extend(chosen.map(|layout| Action::Map(MapAction::SetLayout(layout))));
}

fn colour(ui: &mut Ui, state: &AppState, width: f32, actions: &mut Vec<Action>) {
    let now = state.map.colour;
    let choices = MapColour::ALL.map(|colour| (colour, colour.name().to_owned()));
    let tip = "Verdicts and confidences are those of what is looked at, at its threshold";
    let chosen = choice(ui, ("Colours", tip), now, choices.to_vec(), width);
    actions.extend(chosen.map(|colour| Action::Map(MapAction::SetColour(colour))));
}

fn part(ui: &mut Ui, state: &AppState, width: f32, actions: &mut Vec<Action>) {
    let choices = MapPart::ALL.into_iter().filter_map(|part| {
        let n = state.n_of_map_part(part);
        (n > 0).then(|| (part, format!("{}: {}", part.name(), thousands(n as u64))))
    });
    let tip = "Which images are on the map, by the split of the run that is looked at";
    let chosen = choice(
        ui,
        ("Images on the map", tip),
        state.map_part(),
        choices.collect(),
        width,
    );
    actions.extend(chosen.map(|part| Action::Map(MapAction::SetPart(part))));
}

fn choice<T: PartialEq + Copy>(
    ui: &mut Ui,
    (name, tip): (&str, &str),
    now: T,
    choices: Vec<(T, String)>,
    width: f32,
) -> Option<T> {
    let shown = choices.iter().find(|(value, _)| *value == now);
    let shown = shown.map_or_else(String::new, |(_, text)| text.clone());
    let mut chosen = now;
    let combo = ComboBox::from_id_salt(("map", name))
        .width(width)
        .truncate()
        .selected_text(&shown);
    let size = vec2(width, theme::FIELD_HEIGHT);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let combo = ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_max_width(width);
        drop_down(ui, combo, |ui| {
            for (value, text) in choices {
                ui.selectable_value(&mut chosen, value, text);
            }
        })
    });
    named(&combo.inner, Role::ComboBox, &format!("{name}: {shown}"));
    combo.inner.on_hover_text(format!("{shown}\n{tip}"));
    (chosen != now).then_some(chosen)
}

fn lasso(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let lasso = state.map.lasso;
    let button = chip(ui, "Lasso", lasso);
    let tip =
        "Draw around images to choose them: with this on, or with Shift held. Ctrl adds to what is chosen";
    if button.on_hover_text(tip).clicked() {
        actions.push(Action::Map(MapAction::Lasso(!lasso)));
    }
}
