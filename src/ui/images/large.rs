//! One image in place of all: as large as there is room, with what is known of it beside or below.

use std::path::PathBuf;

use egui::{Label, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::{facts, flips, near};
use crate::app::{Action, AppState, ImageBehind, ImagesAction, ImagesBehind, Place, WindowAction};
use crate::ui::judge::why::{self, WhyLayer};
use crate::ui::parts::room;
use crate::ui::parts::textures::Textures;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::quiet_button;
use crate::visible::{visible, visible_path};

const GAP: f32 = 10.0;
/// What the picture takes of the pane's width where the rest stands beside it, and at most of its height where it stands below.
const SHARE_BESIDE: f32 = 0.56;
const SHARE_ABOVE: f32 = 0.46;

/// Gives the other images whose small pictures are to be seen.
pub fn large(
    ui: &mut Ui,
    (textures, small, map): (&mut Textures, &mut Textures, &mut WhyLayer),
    state: &AppState,
    images: &ImagesBehind,
    image: &ImageBehind,
    actions: &mut Vec<Action>,
) -> Vec<PathBuf> {
    let place = ui.available_rect_before_wrap();
    let (above, below) = if place.width() >= room::IMAGE_BESIDE {
        let x = place.left() + place.width() * SHARE_BESIDE;
        (place.with_max_x(x - GAP), place.with_min_x(x))
    } else {
        let y = place.top() + (place.height() * SHARE_ABOVE).min(place.width());
        (place.with_max_y(y - GAP), place.with_min_y(y))
    };
    let explained = state.explains_image().map(|run| (run, image.path.as_path()));
    if let Some(seen) = picture(ui, textures, state, image, above) {
        map.over(ui, seen, state, explained);
    }
    let mut child = ui.new_child(UiBuilder::new().max_rect(below));
    let shown = ScrollArea::vertical()
        .id_salt("of the image")
        .auto_shrink(false)
        .show(&mut child, |ui| {
            // The scroll bar has room of its own.
            ui.set_max_width(below.width() - 12.0);
            ui.spacing_mut().item_spacing = vec2(10.0, 4.0);
            file(ui, state, image, actions);
            facts::verdict(ui, images, image);
            facts::looked_at(ui, state, images, image);
            why::controls(ui, state, explained, actions);
            flips::what_flips(ui, state, images, image);
            facts::others(ui, state, images, image);
            near::near(ui, small, state, images, image, actions)
        });
    shown.inner
}

/// Gives the place of the picture, where there is one.
fn picture(
    ui: &mut Ui,
    textures: &mut Textures,
    state: &AppState,
    image: &ImageBehind,
    place: Rect,
) -> Option<Rect> {
    let theme = theme::of(ui);
    let response = ui.interact(place, ui.scope_id().with("large image"), Sense::hover());
    ui.painter().rect_filled(place, 4, theme.raised);
    let (path, images) = (&image.path, &state.images);
    let mut seen = None;
    match images.large.picture(path) {
        Some(Ok(picture)) => seen = Some(textures.fitted(ui, place, path, picture)),
        Some(Err(reason)) => {
            let label = Label::new(theme::small(visible(reason)).color(theme.warning)).wrap();
            ui.put(place.shrink(16.0), label);
        }
        // The small one until the large one comes.
        None => match images.pictures.get(path) {
            Some(Ok(picture)) => seen = Some(textures.fitted(ui, place, path, picture)),
            _ => _ = ui.put(place, Label::new(theme::small("…").color(theme.muted))),
        },
    }
    let name = format!("Large picture of {}", visible_path(image.name));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    seen
}

/// Its path, what can be done with it, and what its file says.
fn file(ui: &mut Ui, state: &AppState, image: &ImageBehind, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let path = visible_path(&image.path);
    let name = Label::new(theme::strong(visible_path(image.name))).wrap();
    ui.add(name).on_hover_text(&path);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        let is_selected = state.images.selected.contains(&image.path);
        let text = if is_selected { "Selected" } else { "Select" };
        let toggle = crate::ui::parts::widgets::quiet_toggle(ui, text, "Select this image", is_selected);
        if toggle.clicked() {
            actions.push(Action::Images(ImagesAction::Toggle));
        }
        if quiet_button(ui, "Copy path", "Copy the path of this image")
            .on_hover_text(&path)
            .clicked()
        {
            actions.push(Action::Window(WindowAction::Copy(
                image.path.to_string_lossy().into_owned(),
            )));
        }
        let reveal = quiet_button(ui, "Show in folder", "Show this image in the file manager");
        if reveal.clicked() {
            actions.push(Action::Window(WindowAction::Reveal(Place::File(
                image.path.clone(),
            ))));
        }
    });
    match state.images.large.facts(&image.path) {
        Some(Ok(found)) => facts::of_file(ui, found),
        Some(Err(reason)) => {
            _ = ui.add(Label::new(theme::small(visible(reason)).color(theme.warning)).wrap())
        }
        None => _ = ui.label(theme::small("…").color(theme.muted)),
    }
}
