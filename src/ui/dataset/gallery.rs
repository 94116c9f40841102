//! The dataset's own pictures: a strip under each class, and a window with all images of one. Only what is in sight is
//! asked for.

use std::ops::Range;
use std::path::PathBuf;

use egui::{Context, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, Window, vec2};

use crate::app::{Action, AppState, DatasetAction, DatasetState, DatasetView};
use crate::metrics::thousands;
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
        let images = images_of(view, class_idx);
        let (n_fitting, side) = fitted(ui.available_width(), side);
        let n = n_fitting.min(images.len());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            let stop = OneStop::of(ui, ("strip", class_idx), n);
            for i in 0..n {
                let image_idx = images.start + i * images.len() / n;
                let look = (side, stop.sense(i));
                let response = self.picture(ui, &state.dataset, view, image_idx, look, actions);
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
        let images = images_of(view, class_idx);
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
        let escaped = ctx.input(|i| i.key_pressed(egui::Key::Escape)) && !ctx.egui_wants_keyboard_input();
        if !open || escaped {
            actions.push(Action::Dataset(DatasetAction::OpenGallery(None)));
        }
    }

    fn grid(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        view: &DatasetView,
        images: Range<usize>,
        actions: &mut Vec<Action>,
    ) {
        fine_print(ui, "A click has the shown runs predict the image", theme::of(ui));
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        // The scroll bar has room of its own.
        let (n_columns, side) = fitted(ui.available_width() - 12.0, SIDE);
        let n_rows = images.len().div_ceil(n_columns);
        ScrollArea::vertical()
            .id_salt(("gallery", state.dataset.gallery.class))
            .auto_shrink(false)
            .show_rows(ui, side, n_rows, |ui, rows| {
                for row in rows {
                    let first = images.start + row * n_columns;
                    ui.horizontal(|ui| {
                        for image_idx in first..(first + n_columns).min(images.end) {
                            let look = (side, Sense::click());
                            self.picture(ui, &state.dataset, view, image_idx, look, actions);
                        }
                    });
                }
            });
    }

    fn picture(
        &mut self,
        ui: &mut Ui,
        dataset: &DatasetState,
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
        let known = dataset.gallery.pictures.get(&path);
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
        focus_ring(ui, &response);
        let shown = visible(relative);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Predict {shown}")));
        if response.clicked() {
            actions.push(Action::Drop(vec![path.clone()]));
        }
        let reason = known.and_then(|k| k.as_ref().err());
        let tip = reason.map_or_else(|| shown.to_string(), |why| format!("{shown}\n{why}"));
        self.in_sight.push(path);
        response.on_hover_text(tip)
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

/// Images are sorted by class.
fn images_of(view: &DatasetView, class_idx: usize) -> Range<usize> {
    let images = &view.dataset.images;
    let start = images.partition_point(|image| image.class_idx < class_idx);
    start..images.partition_point(|image| image.class_idx <= class_idx)
}

fn class_choice(ui: &mut Ui, view: &DatasetView, class_idx: usize, actions: &mut Vec<Action>) {
    let mut chosen = class_idx;
    let combo = egui::ComboBox::from_id_salt("gallery class")
        .width(180.0)
        .selected_text(visible(&view.dataset.classes[class_idx]));
    let combo = drop_down(ui, combo, |ui| {
        for (i, class) in view.dataset.classes.iter().enumerate() {
            let text = format!("{}   {}", visible(class), thousands(view.counts[i] as u64));
            ui.selectable_value(&mut chosen, i, text);
        }
    });
    crate::ui::parts::widgets::named(&combo, Role::ComboBox, "Class of the images");
    if chosen != class_idx {
        actions.push(Action::Dataset(DatasetAction::OpenGallery(Some(chosen))));
    }
}
