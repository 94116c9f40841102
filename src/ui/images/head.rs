//! The lines above the images: which are listed, in which order, what leaves some out, and how many are selected.

use egui::{Align, ComboBox, DragValue, Layout, Response, Role, TextEdit, Ui, vec2};

use super::words;
use crate::app::{Action, AppState, ImagesAction, ImagesBehind, Showing, Shows};
use crate::experiment::{ImageFilter, Part};
use crate::metrics::thousands;
use crate::ui::judge::shown::switch;
use crate::ui::parts::heading::{Title, titled_row};
use crate::ui::parts::keyboard::drop_down::drop_down;
use crate::ui::parts::theme;
use crate::ui::parts::two_ended::two_ended;
use crate::ui::parts::widgets::{fine_print, named, quiet_button};

const GAP: f32 = 6.0;
/// Of a probability.
const NUMBER: f32 = 68.0;
/// A narrower field has room for one word.
const WHOLE_HINT: f32 = 110.0;
/// In a narrower pane the two choices stand under each other.
const BESIDE: f32 = 300.0;

pub fn heading(ui: &mut Ui, state: &AppState, images: Option<&ImagesBehind>, actions: &mut Vec<Action>) {
    let label = state.subject().map_or_else(String::new, |subject| subject.label);
    let title = Title {
        kinds: match state.looking.part {
            Part::Test => ["Test images", "Test"],
            Part::Val => ["Validation images", "Validation"],
            Part::Train => ["Training images, out of fold", "Training"],
        },
        name: &label,
        after: "",
    };
    titled_row(ui, title, |ui| {
        // Beside the map they are the map's.
        let is_alone = state.windows.showing == Showing::Images;
        if images.is_some() && state.has_weights() {
            switch(ui, state, actions);
        }
        if is_alone && quiet_button(ui, "Close", "Close the images").clicked() {
            actions.push(Action::Images(ImagesAction::Close));
        }
    });
    if let Some(images) = images.filter(|_| state.images.is_large) {
        steps(ui, state, images, actions);
    }
}

/// From one large image to the next, and back to all.
fn steps(ui: &mut Ui, state: &AppState, images: &ImagesBehind, actions: &mut Vec<Action>) {
    let text = match state.place_in_list() {
        Some(at) => {
            let n = images.listed.places.len();
            format!("{} of {}", thousands(at as u64 + 1), thousands(n as u64))
        }
        None => "Not in the list any more".into(),
    };
    let place = |ui: &mut Ui| _ = fine_print(ui, &text, theme::of(ui));
    two_ended(ui, "steps", 18.0, place, |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        for (text, name, step) in [
            ("Back", "Previous image of the list", -1),
            ("Next", "Next image of the list", 1),
        ] {
            if quiet_button(ui, text, name).clicked() {
                actions.push(Action::Images(ImagesAction::Walk(step, false)));
            }
        }
        if quiet_button(ui, "All", "Back to all images").clicked() {
            actions.push(Action::Images(ImagesAction::Enlarge(false)));
        }
    });
}

pub fn lines(ui: &mut Ui, state: &AppState, images: &ImagesBehind, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.x = GAP;
    let whole = ui.available_width();
    if whole < BESIDE {
        of_width(ui, whole, |ui| which(ui, state, actions));
        of_width(ui, whole, |ui| order(ui, state, actions));
    } else {
        let half = (whole - GAP) / 2.0;
        ui.horizontal(|ui| {
            of_width(ui, half, |ui| which(ui, state, actions));
            of_width(ui, half, |ui| order(ui, state, actions));
        });
    }
    ui.horizontal(|ui| filter(ui, state, actions));
    counts(ui, state, images, actions);
}

/// A choice is cut where its words are longer.
fn of_width(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let size = vec2(width, theme::FIELD_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_max_width(width);
        add(ui);
    });
}

fn which(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let Some(subject) = state.subject() else { return };
    let shown = words::shown(state);
    let mut chosen: Option<Shows> = None;
    let combo = ComboBox::from_id_salt("which images")
        .width(ui.available_width())
        .truncate()
        .selected_text(&shown);
    let combo = drop_down(ui, combo, |ui| {
        for (shows, text) in words::choices(state, subject.confusion()) {
            if ui.selectable_label(shows == state.images.shows, text).clicked() {
                chosen = Some(shows);
            }
        }
    });
    named(&combo, Role::ComboBox, &format!("Which images: {shown}"));
    combo.on_hover_text(shown);
    if let Some(shows) = chosen {
        actions.push(Action::Images(ImagesAction::Show(shows)));
    }
}

fn order(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let now = state.images.order;
    let mut chosen = now;
    let combo = ComboBox::from_id_salt("order of the images")
        .width(ui.available_width())
        .truncate()
        .selected_text(words::in_order(state, now));
    let combo = drop_down(ui, combo, |ui| {
        for (order, text) in words::orders(state) {
            ui.selectable_value(&mut chosen, order, text);
        }
    });
    named(&combo, Role::ComboBox, "Order of the images");
    if chosen != now {
        actions.push(Action::Images(ImagesAction::SetOrder(chosen)));
    }
}

fn filter(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let mut filter = state.images.filter.clone();
    let width = (ui.available_width() - 2.0 * (NUMBER + GAP)).max(60.0);
    let hint = if width < WHOLE_HINT {
        "Search"
    } else {
        "Search paths"
    };
    let edit = TextEdit::singleline(&mut filter.name).hint_text(hint);
    let search = ui.add_sized([width, theme::FIELD_HEIGHT], edit.desired_width(f32::INFINITY));
    named(&search, Role::TextInput, "Search the listed images");
    let [least, most] = &mut filter.confidence;
    let limits = [*least, *most];
    let tip = "probability of the predicted class";
    let low = number(ui, least, "≥ ", 0.0, limits[1]);
    low.widget_info(|| egui::WidgetInfo::labeled(Role::SpinButton, true, format!("Least {tip}")));
    low.on_hover_text(format!("Least {tip}"));
    let high = number(ui, most, "≤ ", limits[0], 1.0);
    high.widget_info(|| egui::WidgetInfo::labeled(Role::SpinButton, true, format!("Largest {tip}")));
    high.on_hover_text(format!("Largest {tip}"));
    if filter != state.images.filter {
        actions.push(Action::Images(ImagesAction::SetFilter(filter)));
    }
}

fn number(ui: &mut Ui, value: &mut f32, prefix: &str, low: f32, high: f32) -> Response {
    let drag = DragValue::new(value)
        .range(low..=high)
        .speed(0.005)
        .prefix(prefix)
        .fixed_decimals(2);
    ui.add_sized([NUMBER, theme::FIELD_HEIGHT], drag)
}

/// How many are listed and selected, and whether that is as many as the matrix counts.
fn counts(ui: &mut Ui, state: &AppState, images: &ImagesBehind, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let n = images.listed.places.len() as u64;
    let is_filtered = state.images.filter != ImageFilter::default();
    let n_selected = state.images.selected.len();
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        if n_selected > 0 && quiet_button(ui, "Deselect", "Select no image any more").clicked() {
            actions.push(Action::Images(ImagesAction::LetGo));
        }
        if is_filtered
            && quiet_button(
                ui,
                "Show all",
                "List every image again, whatever its name and probability",
            )
            .clicked()
        {
            actions.push(Action::Images(ImagesAction::SetFilter(ImageFilter::default())));
        }
        let listed = match images.n_counted.filter(|_| is_filtered) {
            Some(all) => format!("{} of {} images", thousands(n), thousands(all)),
            None if n == 1 => "1 image".into(),
            None => format!("{} images", thousands(n)),
        };
        let selected = match (n_selected, state.n_selected_in_list()) {
            (0, _) => String::new(),
            (all, here) if all == here => format!(", {} selected", thousands(all as u64)),
            (all, here) => format!(
                ", {} selected, {} of them in other lists",
                thousands(all as u64),
                thousands((all - here) as u64)
            ),
        };
        fine_print(ui, &format!("{listed}{selected}"), theme);
    });
    if let Some(counted) = images.n_counted.filter(|counted| *counted != n && !is_filtered) {
        let text = format!(
            "The matrix counts {}: the run's table of predictions and its matrix do not agree",
            thousands(counted)
        );
        ui.add(egui::Label::new(theme::small(text).color(theme.warning)).wrap());
    }
}
