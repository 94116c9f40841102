//! What is like the large image: its copies, and its nearest by the features, whether the run has judged them or not.

use std::path::PathBuf;

use egui::{CornerRadius, Label, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use crate::app::{Action, AppState, ImageBehind, ImagesBehind, MapAction, NearImage};
use crate::experiment::Part;
use crate::ui::parts::names::elided;
use crate::ui::parts::textures::Textures;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{cross, fine_print, focus_ring, quiet_button};
use crate::visible::visible;

const SIDE: f32 = 72.0;
const LINE: f32 = 15.0;
/// Copies that are named; more are counted.
const MOST_COPIES: usize = 6;

/// Gives the images whose pictures are to be seen.
pub fn near(
    ui: &mut Ui,
    textures: &mut Textures,
    state: &AppState,
    images: &ImagesBehind,
    image: &ImageBehind,
    actions: &mut Vec<Action>,
) -> Vec<PathBuf> {
    copies(ui, state, images, image);
    ui.add_space(4.0);
    match state.nearest_of(&image.path) {
        Some(near) => nearest(ui, textures, state, images, image, &near, actions),
        None => {
            not_known(ui, state, actions);
            vec![]
        }
    }
}

/// Its nearest are those of the map: they come with it.
fn not_known(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    if state.is_making_map() {
        fine_print(ui, "Looking for the nearest images…", theme);
    } else if state.map.made.is_some() {
        fine_print(
            ui,
            "Its nearest images are not known: it is not on the map",
            theme,
        );
    } else if quiet_button(
        ui,
        "Find the nearest images",
        "Find the images that are nearest to this one",
    )
    .on_hover_text("By the features of all images of the folder, with the map of them")
    .clicked()
    {
        actions.push(Action::Map(MapAction::Make));
    }
}

fn copies(ui: &mut Ui, state: &AppState, images: &ImagesBehind, image: &ImageBehind) {
    let theme = theme::of(ui);
    let copies = state.copies_of(&image.path);
    for copy in copies.iter().take(MOST_COPIES) {
        let what = if copy.is_exact {
            "Same bytes"
        } else {
            "Near duplicate"
        };
        let text = format!(
            "{what}: {} ({})",
            visible(&copy.name),
            images.class(copy.class_idx)
        );
        let is_odd = copy.class_idx != image.said.truth;
        let ink = if is_odd { theme.warning } else { theme.muted };
        let text = if is_odd {
            format!("{text}, another label")
        } else {
            text
        };
        ui.add(Label::new(theme::small(text).color(ink)).wrap());
    }
    if copies.len() > MOST_COPIES {
        fine_print(
            ui,
            &format!("and {} more copies", copies.len() - MOST_COPIES),
            theme,
        );
    }
}

fn nearest(
    ui: &mut Ui,
    textures: &mut Textures,
    state: &AppState,
    images: &ImagesBehind,
    image: &ImageBehind,
    near: &[NearImage],
    actions: &mut Vec<Action>,
) -> Vec<PathBuf> {
    let theme = theme::of(ui);
    let n_same = near
        .iter()
        .filter(|near| near.class_idx == image.said.truth)
        .count();
    let text = format!(
        "The nearest {} of the whole folder: {n_same} are {}",
        near.len(),
        images.class(image.said.truth)
    );
    fine_print(ui, &text, theme)
        .on_hover_text("By the cosine distance of the backbone's features; 0 is the same picture");
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for near in near {
            one(ui, textures, state, images, image, near, actions);
        }
    });
    near.iter().map(|near| near.path.clone()).collect()
}

fn one(
    ui: &mut Ui,
    textures: &mut Textures,
    state: &AppState,
    images: &ImagesBehind,
    image: &ImageBehind,
    near: &NearImage,
    actions: &mut Vec<Action>,
) {
    let theme = theme::of(ui);
    let part = state.judged_part(&near.path);
    let is_judged = part.is_some();
    let sense = if is_judged { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE + 2.0 * LINE), sense);
    let picture = Rect::from_min_size(rect.min, vec2(SIDE, SIDE));
    ui.painter().rect_filled(picture, 3, theme.raised);
    match state.images.pictures.get(&near.path) {
        Some(Ok(known)) => _ = textures.fitted(ui, picture, &near.path, known),
        Some(Err(_)) => cross(ui, picture, theme.warning),
        None => {}
    }
    if response.hovered() && is_judged {
        let rim = Stroke::new(1.5, theme.accent);
        ui.painter()
            .rect_stroke(picture, CornerRadius::same(3), rim, StrokeKind::Inside);
    }
    focus_ring(ui, &response);
    let is_odd = near.class_idx != image.said.truth;
    let class = images.class(near.class_idx);
    let ink = if is_odd { theme.warning } else { theme.text };
    // Not by colour alone.
    let marked = if is_odd {
        format!("≠ {class}")
    } else {
        class.to_owned()
    };
    let distance = format!("{:.3}", near.distance);
    let lines = [(marked, ink), (distance, theme.muted)];
    for (i, (text, ink)) in lines.into_iter().enumerate() {
        let galley = elided(ui, &text, theme::font(theme::SMALL), SIDE, ink);
        let at = picture.left_bottom() + vec2(0.0, 1.0 + LINE * i as f32);
        ui.painter().galley(at, galley, ink);
    }
    let role = if is_judged { Role::Button } else { Role::Image };
    let verb = if is_judged { "Show " } else { "" };
    let name = format!(
        "{verb}{}: {class}, distance {:.3}",
        visible(&near.name),
        near.distance
    );
    response.widget_info(|| WidgetInfo::labeled(role, true, &name));
    if response.clicked() {
        actions.push(Action::Map(MapAction::Enlarge(near.path.clone())));
    }
    let rest = match part {
        None => "\nThe run has not judged it",
        Some(part) if part == images.part => "",
        Some(Part::Train) => "\nOne of the training images",
        Some(Part::Val) => "\nOne of the validation images",
        Some(Part::Test) => "\nOne of the test images",
    };
    response.on_hover_text(format!("{}{rest}", name.trim_start_matches("Show ")));
}
