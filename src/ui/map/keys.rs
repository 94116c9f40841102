//! What keys do on the map.

use egui::{EventFilter, Key, Response, Ui, Vec2, vec2};

use super::scene::Scene;
use crate::app::{Action, MapAction};

/// What a press of a key does to what is seen.
const ZOOM: f32 = 1.5;
/// A point that lies aside counts as this many times as far.
const ASIDE: f32 = 2.0;

pub fn of_map(ui: &Ui, scene: &Scene, response: &Response, actions: &mut Vec<Action>) {
    if !response.has_focus() {
        return;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        escape: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
    let pressed = |key| ui.input(|i| i.modifiers.is_none() && i.key_pressed(key));
    let ways = [
        (Key::ArrowRight, vec2(1.0, 0.0)),
        (Key::ArrowLeft, vec2(-1.0, 0.0)),
        (Key::ArrowDown, vec2(0.0, 1.0)),
        (Key::ArrowUp, vec2(0.0, -1.0)),
    ];
    if let Some((_, way)) = ways.into_iter().find(|(key, _)| pressed(*key)) {
        let path = next(scene, way).and_then(|place| scene.made.path(place));
        actions.extend(path.map(|path| Action::Map(MapAction::GoTo(path))));
    }
    let at = scene.state.at_on_map();
    if pressed(Key::Enter)
        && let Some(path) = at.and_then(|at| scene.made.path(at))
    {
        actions.push(Action::Map(MapAction::Enlarge(path)));
    }
    if pressed(Key::Space)
        && let Some(at) = at
    {
        actions.push(Action::Map(toggled(scene, at as u32)));
    }
    if pressed(Key::N) && at.is_some() {
        actions.push(Action::Map(MapAction::ChooseNearest));
    }
    if pressed(Key::Escape) {
        actions.push(Action::Map(match scene.state.map.chosen.is_empty() {
            true => MapAction::Close,
            false => MapAction::LetGo,
        }));
    }
}

/// The image is chosen, too, or no longer.
fn toggled(scene: &Scene, at: u32) -> MapAction {
    let chosen = &scene.state.map.chosen;
    match chosen.contains(&at) {
        true => MapAction::Choose {
            places: chosen.iter().copied().filter(|&place| place != at).collect(),
            adds: false,
        },
        false => MapAction::Choose {
            places: vec![at],
            adds: true,
        },
    }
}

/// The nearest point that way; at first the one in the middle.
fn next(scene: &Scene, way: Vec2) -> Option<usize> {
    let from = scene.state.at_on_map();
    let origin = from.map_or(scene.rect.center(), |at| scene.at(at));
    let far = |place: &u32| {
        let off = scene.at(*place as usize) - origin;
        let (ahead, aside) = (off.dot(way), off.dot(way.rot90()).abs());
        match from {
            None => Some(off.length()),
            Some(at) => (at != *place as usize && ahead > 0.0 && ahead >= aside * 0.5)
                .then_some(ahead + ASIDE * aside),
        }
    };
    let near = scene
        .shown
        .iter()
        .filter_map(|place| Some((far(place)?, *place as usize)));
    near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, place)| place)
}

/// The factor by which keys zoom; `Some(None)` shows all again.
pub fn zoom(ui: &Ui, response: &Response) -> Option<Option<f32>> {
    if !response.has_focus() {
        return None;
    }
    let pressed = |key| ui.input(|i| !i.modifiers.command && i.key_pressed(key));
    if pressed(Key::Plus) || pressed(Key::Equals) {
        Some(Some(ZOOM))
    } else if pressed(Key::Minus) {
        Some(Some(1.0 / ZOOM))
    } else if pressed(Key::Num0) {
        Some(None)
    } else {
        None
    }
}
