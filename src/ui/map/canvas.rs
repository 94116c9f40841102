//! The points: painted, found under the pointer, walked by the keyboard, drawn around.

use std::sync::{Arc, Weak};

use egui::{
    Color32, Id, Rect, Response, Role, Sense, Stroke, TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo,
    pos2,
};

use super::camera::{Bounds, Camera, View};
use super::dots::{self, Dot};
use super::lasso::{Lasso, encloses};
use super::look::look;
use super::scene::{Scene, layout_of};
use super::{hover, keys};
use crate::app::{Action, AppState, Entry, Made, MapAction, MapColour, MapLayout, MapPoint};
use crate::map::FeatureMap;
use crate::metrics::thousands;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::focus_ring;

/// While the map moves, no more points than this are painted; all of them as soon as it rests.
const MOST_MOVING: usize = 25_000;
/// Nearest images that a line leads to.
const MOST_LINES: usize = 14;

#[derive(Default)]
pub struct Canvas {
    camera: Camera,
    lasso: Lasso,
    bounds: Option<(Weak<FeatureMap>, MapLayout, Bounds)>,
    picture: Option<(PaintedOf, TextureHandle)>,
    /// Whether it was painted in the last frame.
    is_fresh: bool,
    /// Where the keyboard was last; another image is brought into sight.
    followed: Option<usize>,
}

/// What the picture was painted of.
#[derive(Debug, Clone)]
struct PaintedOf {
    points: Weak<Vec<MapPoint>>,
    shown: Weak<Vec<u32>>,
    chosen: Weak<Vec<u32>>,
    colour: MapColour,
    view: View,
    size: [usize; 2],
    ground: Color32,
    is_moving: bool,
}

impl PaintedOf {
    /// Whether all of the points would look the same.
    fn shows_the_same(&self, other: &Self) -> bool {
        let rest = |of: &PaintedOf| (of.colour, of.view, of.size, of.ground);
        self.points.ptr_eq(&other.points)
            && self.shown.ptr_eq(&other.shown)
            && self.chosen.ptr_eq(&other.chosen)
            && rest(self) == rest(other)
    }
}

impl Canvas {
    /// Gives what the pointer is over.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        made: &Made,
        rect: Rect,
        actions: &mut Vec<Action>,
    ) -> Option<(Response, usize)> {
        let layout = layout_of(state, made);
        let places = match layout {
            MapLayout::Umap => &made.map.umap,
            MapLayout::Pca => &made.map.pca,
        };
        let bounds = self.bounds(made, layout, places);
        let response = ui.interact(rect, Id::unique("map of the features"), Sense::click_and_drag());
        self.follow(ui, state, bounds, &response);
        let mut scene = Scene {
            state,
            made,
            points: state.map_points(),
            shown: state.shown_on_map(),
            places,
            bounds,
            rect,
            view: self.camera.view(bounds, rect),
        };
        self.bring_into_sight(&mut scene);
        self.paint(ui, &scene);
        let hovered = response
            .hover_pos()
            .filter(|_| !response.dragged())
            .and_then(|at| scene.nearest(at));
        self.marks(ui, &scene, hovered);
        self.draw_around(ui, &scene, &response, actions);
        named(ui, &scene, &response);
        clicked(ui, &scene, &response, hovered, actions);
        if response.double_clicked() && hovered.is_none() {
            self.camera = Camera::default();
        }
        keys::of_map(ui, &scene, &response, actions);
        hovered.map(|place| (response, place))
    }

    fn bounds(&mut self, made: &Made, layout: MapLayout, places: &[[f32; 2]]) -> Bounds {
        let of = Arc::downgrade(&made.map);
        if let Some((known, of_layout, bounds)) = &self.bounds
            && known.ptr_eq(&of)
            && *of_layout == layout
        {
            return *bounds;
        }
        let bounds = Bounds::of(places);
        self.camera = Camera::default();
        self.bounds = Some((of, layout, bounds));
        bounds
    }

    /// Takes what the wheel, a drag and keys do to what is seen.
    fn follow(&mut self, ui: &Ui, state: &AppState, bounds: Bounds, response: &Response) {
        let rect = response.rect;
        if let Some(at) = response.hover_pos() {
            let (wheel, pinch) = ui.input(|i| (i.smooth_scroll_delta.y, i.zoom_delta()));
            let factor = pinch * (wheel / 200.0).exp();
            if factor != 1.0 {
                self.camera = self.camera.zoomed(factor, at, bounds, rect);
            }
        }
        let draws = state.map.lasso || ui.input(|i| i.modifiers.shift) || self.lasso.is_drawn();
        if response.dragged() && !draws {
            self.camera = self.camera.moved(-response.drag_delta(), bounds, rect);
        }
        if let Some(factor) = keys::zoom(ui, response) {
            self.camera = match factor {
                Some(factor) => self.camera.zoomed(factor, rect.center(), bounds, rect),
                None => Camera::default(),
            };
        }
    }

    fn bring_into_sight(&mut self, scene: &mut Scene) {
        let at = scene.state.at_on_map();
        if at == self.followed {
            return;
        }
        self.followed = at;
        if let Some(point) = at.and_then(|at| scene.places.get(at)) {
            self.camera = self.camera.onto(*point, scene.bounds, scene.rect);
            scene.view = self.camera.view(scene.bounds, scene.rect);
        }
    }

    fn paint(&mut self, ui: &Ui, scene: &Scene) {
        let theme = theme::of(ui);
        let map = &scene.state.map;
        let pixels_per_point = ui.pixels_per_point();
        let size = (scene.rect.size() * pixels_per_point).max(Vec2::splat(1.0));
        let mut of = PaintedOf {
            points: Arc::downgrade(&scene.points),
            shown: Arc::downgrade(&scene.shown),
            chosen: Arc::downgrade(&map.chosen),
            colour: map.colour,
            view: scene.view,
            size: [size.x as usize, size.y as usize],
            ground: theme.panel,
            is_moving: false,
        };
        let painted = self.picture.as_ref().map(|(painted, _)| painted);
        let is_other = painted.is_none_or(|painted| !painted.shows_the_same(&of));
        // What changes frame after frame is seen in full as soon as it rests.
        of.is_moving = is_other && self.is_fresh && scene.shown.len() > MOST_MOVING;
        let was_moving = painted.is_some_and(|painted| painted.is_moving);
        self.is_fresh = is_other || was_moving;
        if self.is_fresh {
            let radius = radius(scene.shown.len(), scene.rect.size()) * pixels_per_point;
            let dots = dots_of(scene, &of, pixels_per_point, theme);
            let image = dots::paint(of.size, of.ground, radius, &dots);
            match &mut self.picture {
                Some((painted, texture)) => {
                    texture.set(image, TextureOptions::NEAREST);
                    *painted = of.clone();
                }
                None => {
                    let texture = ui.ctx().load_texture("map", image, TextureOptions::NEAREST);
                    self.picture = Some((of.clone(), texture));
                }
            }
        }
        if of.is_moving {
            ui.ctx().request_repaint();
        }
        if let Some((_, texture)) = &self.picture {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter()
                .image(texture.id(), scene.rect, whole, theme::untinted());
        }
    }

    /// Where the keyboard and the pointer are, and what is nearest to it.
    fn marks(&self, ui: &Ui, scene: &Scene, hovered: Option<usize>) {
        let theme = theme::of(ui);
        let painter = ui.painter().with_clip_rect(scene.rect.intersect(ui.clip_rect()));
        let near = hovered.or(scene.state.at_on_map());
        if let Some(place) = near {
            let from = scene.at(place);
            for (other, _) in scene.made.map.nearest.of(place).take(MOST_LINES) {
                let line = [from, scene.at(other)];
                painter.line_segment(line, Stroke::new(1.0, theme.text.gamma_multiply(0.35)));
            }
        }
        if let Some(at) = scene.state.at_on_map() {
            painter.circle_stroke(scene.at(at), 8.0, Stroke::new(2.0, theme.text));
        }
        if let Some(place) = hovered {
            painter.circle_stroke(scene.at(place), 6.5, Stroke::new(1.5, theme.accent));
        }
    }

    /// What a line goes around is chosen when it is let go.
    fn draw_around(&mut self, ui: &Ui, scene: &Scene, response: &Response, actions: &mut Vec<Action>) {
        let (pointer, origin, modifiers) =
            ui.input(|i| (i.pointer.latest_pos(), i.pointer.press_origin(), i.modifiers));
        if response.drag_started() && (scene.state.map.lasso || modifiers.shift) {
            origin.into_iter().for_each(|at| self.lasso.begin(at));
        }
        if !self.lasso.is_drawn() {
            return;
        }
        if let Some(at) = pointer {
            self.lasso.draw_on(at);
        }
        self.lasso.paint(ui);
        if response.drag_stopped() {
            response.request_focus();
            let line = self.lasso.take();
            let is_inside = |place: &u32| encloses(&line, scene.at(*place as usize));
            let places = scene.shown.iter().copied().filter(is_inside).collect();
            let adds = modifiers.command;
            actions.push(Action::Map(MapAction::Choose { places, adds }));
        } else if !response.dragged() {
            self.lasso.take();
        }
    }
}

/// Of most points, in points of the window: larger where each has more room.
fn radius(n: usize, room: Vec2) -> f32 {
    (0.48 * (room.x * room.y / n.max(1) as f32).sqrt()).clamp(1.2, 5.0)
}

fn dots_of(scene: &Scene, of: &PaintedOf, pixels_per_point: f32, theme: &theme::Theme) -> Vec<Dot> {
    let n_classes = scene.made.dataset.n_classes();
    let chosen = &scene.state.map.chosen;
    let every = match of.is_moving {
        true => scene.shown.len().div_ceil(MOST_MOVING),
        false => 1,
    };
    let dot = |&place: &u32| {
        let point = scene.points.get(place as usize)?;
        let at = (scene.at(place as usize) - scene.rect.min) * pixels_per_point;
        let is_faint = !chosen.is_empty() && chosen.binary_search(&place).is_err();
        Some(Dot {
            at: at.to_pos2(),
            look: look(Entry::of(of.colour, point), n_classes, theme),
            is_faint,
        })
    };
    scene.shown.iter().step_by(every).filter_map(dot).collect()
}

fn named(ui: &Ui, scene: &Scene, response: &Response) {
    let n = thousands(scene.shown.len() as u64);
    let at = scene.state.at_on_map();
    let at = at.map(|place| hover::in_words(scene.state, scene.made, place).join(", "));
    let at = at.map_or_else(String::new, |words| format!("; at {words}"));
    let name = format!(
        "Map of {n} images{at}. Arrow keys go from image to image, Enter shows one large, N chooses the nearest, plus and minus \
         zoom"
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, &name));
    focus_ring(ui, response);
}

/// A click goes to the image, with Ctrl chooses it as well; two show it large. Beside all of them it lets go.
fn clicked(ui: &Ui, scene: &Scene, response: &Response, hovered: Option<usize>, actions: &mut Vec<Action>) {
    if !response.clicked() {
        return;
    }
    response.request_focus();
    let Some(place) = hovered else {
        if !scene.state.map.chosen.is_empty() {
            actions.push(Action::Map(MapAction::LetGo));
        }
        return;
    };
    let Some(path) = scene.made.path(place) else {
        return;
    };
    if response.double_clicked() {
        return actions.push(Action::Map(MapAction::Enlarge(path)));
    }
    actions.push(Action::Map(MapAction::GoTo(path)));
    if ui.input(|i| i.modifiers.command) {
        let places = vec![place as u32];
        actions.push(Action::Map(MapAction::Choose { places, adds: true }));
    }
}
