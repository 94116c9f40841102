//! The images behind the matrix, in a pane beside it: all that are listed as a grid, or one of them large.

mod facts;
mod flips;
mod grid;
mod head;
mod keys;
mod large;
mod near;
pub mod slices;
mod tile;
mod words;

use std::path::PathBuf;

use egui::{Id, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo};

use crate::app::{Action, AppState, ImageBehind, Images, ImagesAction, ImagesBehind};
use crate::ui::judge::why::WhyLayer;
use crate::ui::labels::bar::LabelBar;
use crate::ui::labels::{keys as label_keys, mark as label_mark};
use crate::ui::parts::textures::Textures;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{empty, fine_print, focus_ring};

/// What drawing remembers: pictures on the graphics card, and what this frame has in sight.
#[derive(Default)]
pub struct ImagesPane {
    textures: Textures,
    large: Textures,
    why: WhyLayer,
    /// First what is seen, then what a scroll would show next.
    in_sight: Vec<PathBuf>,
    /// Where the keyboard was last; another image is brought into sight.
    followed: Option<PathBuf>,
    label_bar: LabelBar,
    /// Where a rubber band was begun, in the content.
    band: Option<Pos2>,
}

impl ImagesPane {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let images = state.images_behind();
        head::heading(ui, state, images.as_ref().ok(), actions);
        let images = match images {
            Ok(images) => images,
            Err(reason) => return empty(ui, &reason),
        };
        // The gallery stands before all.
        let has_keys = state.dataset.gallery.class.is_none();
        let large = state.images.at.as_deref().filter(|_| state.images.is_large);
        let large = large.and_then(|path| images.image(state.place_of(path)?));
        if let Some(image) = large {
            if has_keys {
                actions.extend(label_keys::pressed_on(ui.ctx(), state, &image.path));
                self.decisions(ui, state, &image);
                if state.images.selected.iter().eq([&image.path]) {
                    self.label_bar.show(ui, state, true, actions);
                }
            }
            let pane = pane(ui, state, &images);
            keys::of_large(ui, &pane, actions);
            let textures = (&mut self.large, &mut self.textures, &mut self.why);
            let in_sight = large::large(ui, textures, state, &images, &image, actions);
            return self.in_sight.extend(in_sight);
        }
        head::lines(ui, state, &images, actions);
        if has_keys {
            actions.extend(label_keys::pressed(ui.ctx(), state));
            self.label_bar.show(ui, state, true, actions);
        }
        let pane = pane(ui, state, &images);
        self.grid(ui, state, &images, &pane, actions);
    }

    /// What was decided about the large image, or how that is done.
    fn decisions(&self, ui: &mut Ui, state: &AppState, image: &ImageBehind) {
        let text = match state.labels.of_path(image.name) {
            Some(label) => format!("Decided: {}", label_mark::in_words(label)),
            None => "Keys: 1 to 9 its class, X leave out, N note".into(),
        };
        fine_print(ui, &text, theme::of(ui));
    }

    /// Asks for pictures that are in sight and not known.
    pub fn end_frame(&mut self, images: &Images, actions: &mut Vec<Action>) {
        let in_sight = std::mem::take(&mut self.in_sight);
        self.textures.forget_dropped();
        self.large.forget_dropped();
        let missing = in_sight.iter().any(|path| images.pictures.get(path).is_none());
        if missing && in_sight != images.pictures.wanted() {
            actions.push(Action::Images(ImagesAction::WantPictures(in_sight)));
        }
    }
}

/// All images as one stop of the Tab key, whether they are seen as a grid or one of them large.
fn pane(ui: &mut Ui, state: &AppState, images: &ImagesBehind) -> Response {
    let place: Rect = ui.available_rect_before_wrap();
    let response = ui.interact(
        place,
        Id::unique("images behind the matrix"),
        Sense::click_and_drag(),
    );
    let n = images.listed.places.len();
    let name = match state.images.is_large {
        true => "One image, large".to_owned(),
        false if n == 1 => "1 image; Space selects it, Enter shows it large".to_owned(),
        false => format!("{n} images; arrow keys walk, Space selects, Enter shows one large"),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, &name));
    focus_ring(ui, &response);
    response
}
