//! The dataset's own pictures: a strip under each class, and a window with all images of one. Only what is in sight is
//! asked for.

use std::collections::BTreeSet;
use std::path::PathBuf;

use egui::{Context, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, Window, vec2};

use crate::app::{Action, AppState, DatasetAction, DatasetState, DatasetView, LabelsAction};
use crate::metrics::thousands;
use crate::ui::labels::bar::LabelBar;
use crate::ui::labels::{keys, mark};
use crate::ui::parts::keyboard::drop_down::drop_down;
use crate::ui::parts::keyboard::one_stop::OneStop;
use crate::ui::parts::textures::Textures;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{fine_print, focus_ring};
use crate::visible::visible;

/// Side of a picture in the window, and in a strip.
const SIDE: f32 = 96.0;
const STRIP_SIDE: f32 = 28.0;
const GAP: f32 = 4.0;

/// Pictures that are on the graphics card, and what this frame has in sight.
#[derive(Default)]
pub struct Pictures {
    textures: Textures,
    label_bar: LabelBar,
    /// Where a range of selected images begins.
    anchor: Option<usize>,
    in_sight: Vec<PathBuf>,
}

impl Pictures {
    /// Some images of a class, from its first to its last.
    pub fn strip(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        view: &DatasetView,
        class_idx: usize,
        actions: &mut Vec<Action>,
    ) {
        self.large_strip(ui, state, view, class_idx, STRIP_SIDE, actions);
    }

    /// The same with pictures of about that side.
    pub fn large_strip(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        view: &DatasetView,
        class_idx: usize,
        side: f32,
        actions: &mut Vec<Action>,
    ) {
        let images = view.images_of(class_idx);
        let (n_fitting, side) = fitted(ui.available_width(), side);
        let n = n_fitting.min(images.len());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            let stop = OneStop::of(ui, ("strip", class_idx), n);
            for i in 0..n {
                let image_idx = images[i * images.len() / n];
                let look = (side, stop.sense(i));
                let response = self.picture(ui, state, view, image_idx, look, actions);
                stop.drawn(ui, i, &response);
            }
        });
        ui.add_space(GAP);
    }

    /// All images of the chosen class, in a window of their own.
    pub fn window(&mut self, ctx: &Context, state: &AppState, actions: &mut Vec<Action>) {
        let (Some(view), Some(class_idx)) = (&state.dataset.view, state.dataset.gallery.class) else {
            return;
        };
        let Some(class) = view.dataset.classes.get(class_idx) else {
            return;
        };
        let mut open = true;
        let images = view.images_of(class_idx);
        let title = format!("{} · {} images", visible(class), thousands(images.len() as u64));
        Window::new(title)
            .id(egui::Id::unique("gallery"))
            .open(&mut open)
            .collapsible(false)
            .default_size([6.0 * (SIDE + GAP) + 8.0, 440.0])
            .default_pos(theme::WINDOW_PLACE)
            .min_width(2.0 * (SIDE + GAP))
            .show(ctx, |ui| {
                class_choice(ui, view, class_idx, actions);
                self.grid(ui, state, view, images, actions);
            });
        actions.extend(keys::pressed(ctx, state));
        let escaped = ctx.input(|i| i.key_pressed(egui::Key::Escape)) && !ctx.egui_wants_keyboard_input();
        if escaped && state.n_decidable() > 0 {
            // Escape leaves the selection first.
            actions.push(Action::Labels(LabelsAction::Select(BTreeSet::new())));
        } else if !open || escaped {
            actions.push(Action::Dataset(DatasetAction::OpenGallery(None)));
        }
    }

    fn grid(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        view: &DatasetView,
        images: &[usize],
        actions: &mut Vec<Action>,
    ) {
        if state.n_decidable() == 0 {
            let tip = "A click has the shown runs predict an image; Space or Ctrl+click selects it, to say what it really is";
            fine_print(ui, tip, theme::of(ui));
        }
        self.label_bar.show(ui, state, false, actions);
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        // The scroll bar has room of its own.
        let (n_columns, side) = fitted(ui.available_width() - 12.0, SIDE);
        let n_rows = images.len().div_ceil(n_columns);
        ScrollArea::vertical()
            .id_salt(("gallery", state.dataset.gallery.class))
            .auto_shrink(false)
            .show_rows(ui, side, n_rows, |ui, rows| {
                for row in rows {
                    let first = row * n_columns;
                    ui.horizontal(|ui| {
                        for &image_idx in &images[first..(first + n_columns).min(images.len())] {
                            let look = (side, Sense::click());
                            self.picture(ui, state, view, image_idx, look, actions);
                        }
                    });
                }
            });
    }

    fn picture(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        view: &DatasetView,
        image_idx: usize,
        (side, sense): (f32, Sense),
        actions: &mut Vec<Action>,
    ) -> Response {
        let theme = theme::of(ui);
        let relative = &view.dataset.images[image_idx].path;
        let path = view.dataset.root.join(relative);
        let (rect, response) = ui.allocate_exact_size(vec2(side, side), sense);
        ui.painter().rect_filled(rect, 3, theme.raised);
        let known = state.dataset.gallery.pictures.get(&path);
        match known {
            Some(Ok(picture)) => self.textures.square(ui, rect, &path, picture),
            Some(Err(_)) => crate::ui::parts::widgets::cross(ui, rect, theme.warning),
            None => {}
        }
        if response.hovered() {
            let stroke = egui::Stroke::new(1.5, theme.accent);
            ui.painter()
                .rect_stroke(rect, 3, stroke, egui::StrokeKind::Inside);
        }
        let label = state.labels.of_image(image_idx);
        if let Some(label) = label {
            mark::mark(ui, rect, label);
        }
        let is_selected = state.images.selected.contains(&path);
        let is_selectable = state.dataset.gallery.class.is_some() && side > STRIP_SIDE * 1.5;
        mark::selection(
            ui,
            rect,
            is_selected,
            is_selectable && (response.hovered() || response.has_focus()),
        );
        focus_ring(ui, &response);
        let shown = visible(relative);
        let decided = label.map_or_else(String::new, |label| format!(", {}", mark::in_words(label)));
        let name = format!("Predict {shown}{decided}");
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &name));
        if response.clicked() {
            let selects = is_selectable && self.selects(ui, &response, rect);
            actions.push(match selects {
                true => self.selected(ui, state, view, image_idx),
                false => Action::Drop(vec![path.clone()]),
            });
        }
        let reason = known.and_then(|k| k.as_ref().err());
        let reason = reason.map_or_else(String::new, |why| format!("\n{why}"));
        let tip = format!("{shown}{decided}{reason}");
        self.in_sight.push(path);
        response.on_hover_text(tip)
    }

    /// Whether a click is about the selection: with a key held, into the box in the corner, or by the space bar.
    fn selects(&self, ui: &Ui, response: &egui::Response, rect: egui::Rect) -> bool {
        let (modifiers, space) = ui.input(|i| (i.modifiers, i.key_pressed(egui::Key::Space)));
        let into_box = response.interact_pointer_pos().is_some_and(|at| {
            let corner = egui::Rect::from_min_size(rect.min, vec2(24.0, 24.0));
            corner.contains(at)
        });
        modifiers.command || modifiers.shift || space || into_box
    }

    /// The selection with that image, or without it; with Shift all up to it from the last one.
    fn selected(&mut self, ui: &Ui, state: &AppState, view: &DatasetView, image_idx: usize) -> Action {
        let mut selected = BTreeSet::clone(&state.images.selected);
        let dataset = &view.dataset;
        let path = |i: usize| dataset.root.join(&dataset.images[i].path);
        let is_here = |i: &usize| *i < dataset.images.len() && selected.contains(&path(*i));
        let anchor = self.anchor.filter(is_here);
        match anchor.filter(|_| ui.input(|i| i.modifiers.shift)) {
            Some(anchor) => {
                // Those that lie between in the window, which may be of other folders.
                let between = anchor.min(image_idx)..=anchor.max(image_idx);
                let images = state
                    .dataset
                    .gallery
                    .class
                    .map_or(&[][..], |class| view.images_of(class));
                selected.extend(images.iter().copied().filter(|i| between.contains(i)).map(path));
            }
            None if !selected.remove(&path(image_idx)) => drop(selected.insert(path(image_idx))),
            None => {}
        }
        self.anchor = Some(image_idx);
        Action::Labels(LabelsAction::Select(selected))
    }

    /// Asks for what was in sight and is not known; forgets what the state has forgotten.
    pub fn end_frame(&mut self, dataset: &DatasetState, actions: &mut Vec<Action>) {
        let in_sight = std::mem::take(&mut self.in_sight);
        self.textures.forget_dropped();
        let pictures = &dataset.gallery.pictures;
        let missing = in_sight.iter().any(|path| pictures.get(path).is_none());
        if missing && in_sight != pictures.wanted() {
            actions.push(Action::Dataset(DatasetAction::WantThumbnails(in_sight)));
        }
    }
}

/// How many pictures of about that side fill the width, and their side then.
fn fitted(width: f32, side: f32) -> (usize, f32) {
    let n = ((width + GAP) / (side + GAP)).round().max(1.0);
    (n as usize, ((width + GAP) / n - GAP).max(8.0))
}

fn class_choice(ui: &mut Ui, view: &DatasetView, class_idx: usize, actions: &mut Vec<Action>) {
    let mut chosen = class_idx;
    let combo = egui::ComboBox::from_id_salt("gallery class")
        .width(180.0)
        .selected_text(visible(&view.dataset.classes[class_idx]));
    let combo = drop_down(ui, combo, |ui| {
        for (i, class) in view.dataset.classes.iter().enumerate() {
            let text = format!(
                "{}   {}",
                visible(class),
                thousands(view.images_of(i).len() as u64)
            );
            ui.selectable_value(&mut chosen, i, text);
        }
    });
    crate::ui::parts::widgets::named(&combo, Role::ComboBox, "Class of the images");
    if chosen != class_idx {
        actions.push(Action::Dataset(DatasetAction::OpenGallery(Some(chosen))));
    }
}
