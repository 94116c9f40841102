//! The image under the pointer: its picture, and what is known of it.

use std::path::PathBuf;

use egui::{Rect, Response, Sense, Ui, vec2};

use crate::app::{AppState, Made};
use crate::ui::parts::textures::Textures;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::cross;
use crate::visible::visible;

/// Side of the picture.
const SIDE: f32 = 128.0;

/// Gives the image whose picture is to be seen.
pub fn card(
    response: Response,
    textures: &mut Textures,
    state: &AppState,
    made: &Made,
    place: usize,
) -> Option<PathBuf> {
    let path = made.path(place)?;
    response.on_hover_ui_at_pointer(|ui| {
        ui.set_max_width(240.0);
        let (rect, _) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
        picture(ui, textures, state, rect, &path);
        for line in in_words(state, made, place) {
            ui.label(line);
        }
    });
    Some(path)
}

fn picture(ui: &Ui, textures: &mut Textures, state: &AppState, rect: Rect, path: &std::path::Path) {
    let theme = theme::of(ui);
    ui.painter().rect_filled(rect, 3, theme.raised);
    match state.map.pictures.get(path) {
        Some(Ok(picture)) => _ = textures.fitted(ui, rect, path, picture),
        Some(Err(_)) => cross(ui, rect, theme.warning),
        None => {}
    }
}

/// Its path, its class, and what the run says of it.
pub fn in_words(state: &AppState, made: &Made, place: usize) -> Vec<String> {
    let class = |class_idx: usize| {
        let name = made.dataset.classes.get(class_idx);
        name.map_or_else(String::new, |name| visible(name).into_owned())
    };
    let points = state.map_points();
    let Some((point, name)) = points.get(place).zip(made.name(place)) else {
        return vec![];
    };
    let verdict = match (point.said, point.part) {
        (Some(said), _) => {
            let predicted = said.predicted.map_or_else(|| "no class".into(), class);
            let right = if said.is_right() { "right" } else { "wrong" };
            format!("predicted {predicted} with {:.3}, {right}", said.confidence)
        }
        (None, Some(part)) => format!("a {} image", part.name()),
        (None, None) => "not judged by this run".into(),
    };
    vec![
        visible(name).into_owned(),
        format!("is {}", class(point.class_idx)),
        verdict,
    ]
}
