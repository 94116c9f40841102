//! Which part of the map is seen: at first all of it, then as the wheel, a drag or the keyboard has it. Both axes have the
//! same scale, so that distances are not stretched.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// No point lies closer to the edge at first.
const MARGIN: f32 = 14.0;
/// A pixel never is less than this share of the map.
const LARGEST: f32 = 400.0;

/// Where points of the map are in the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// The middle of what is seen, as shares of the map's larger side from its middle.
    middle: [f32; 2],
    /// 1 shows all of it.
    zoom: f32,
}

impl Default for Camera {
    fn default() -> Self {
        Camera {
            middle: [0.0; 2],
            zoom: 1.0,
        }
    }
}

/// The smallest rectangle that holds all points, with its upper left corner first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    least: [f32; 2],
    most: [f32; 2],
}

impl Bounds {
    pub fn of(points: &[[f32; 2]]) -> Self {
        let mut bounds = Bounds {
            least: [f32::INFINITY; 2],
            most: [f32::NEG_INFINITY; 2],
        };
        for point in points {
            for (axis, &x) in point.iter().enumerate() {
                bounds.least[axis] = bounds.least[axis].min(x);
                bounds.most[axis] = bounds.most[axis].max(x);
            }
        }
        bounds
    }
}

/// From the map to the window, as a scale and a shift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    scale: f32,
    origin: Pos2,
}

impl View {
    pub fn at(&self, [x, y]: [f32; 2]) -> Pos2 {
        // Up is more, as in every plot.
        pos2(self.origin.x + x * self.scale, self.origin.y - y * self.scale)
    }
}

impl Camera {
    pub fn view(&self, bounds: Bounds, place: Rect) -> View {
        let Bounds { least, most } = bounds;
        let size = vec2(most[0] - least[0], most[1] - least[1]);
        let room = (place.size() - Vec2::splat(2.0 * MARGIN)).max(Vec2::splat(1.0));
        let fits = |room: f32, size: f32| if size > 0.0 { room / size } else { f32::INFINITY };
        let whole = fits(room.x, size.x).min(fits(room.y, size.y));
        let whole = if whole.is_finite() { whole } else { 1.0 };
        let side = self.side(bounds);
        let middle = [0, 1].map(|axis| (least[axis] + most[axis]) / 2.0 + self.middle[axis] * side);
        let scale = whole * self.zoom;
        View {
            scale,
            origin: place.center() + vec2(-middle[0] * scale, middle[1] * scale),
        }
    }

    fn side(&self, Bounds { least, most }: Bounds) -> f32 {
        (most[0] - least[0]).max(most[1] - least[1])
    }

    /// By that factor, so that what is at `around` stays there.
    pub fn zoomed(self, factor: f32, around: Pos2, bounds: Bounds, place: Rect) -> Self {
        let zoom = (self.zoom * factor).clamp(1.0, LARGEST);
        if zoom <= 1.0 {
            return Camera::default();
        }
        let off = around - place.center();
        self.moved(off, bounds, place)
            .with_zoom(zoom)
            .moved(-off, bounds, place)
    }

    fn with_zoom(self, zoom: f32) -> Self {
        Camera { zoom, ..self }
    }

    /// So many points of the window to the right and down in the map.
    pub fn moved(self, by: Vec2, bounds: Bounds, place: Rect) -> Self {
        let (scale, side) = (self.view(bounds, place).scale, self.side(bounds));
        let [x, y] = self.middle;
        let far = scale * side;
        if far <= 0.0 || !far.is_finite() {
            return self;
        }
        // The map never is out of sight.
        let middle = [x + by.x / far, y - by.y / far].map(|x| x.clamp(-0.5, 0.5));
        Camera { middle, ..self }
    }

    /// Moved no further than that it sees the point.
    pub fn onto(self, point: [f32; 2], bounds: Bounds, place: Rect) -> Self {
        let at = self.view(bounds, place).at(point);
        let inner = place.shrink(MARGIN);
        if inner.contains(at) {
            return self;
        }
        self.moved(at - at.clamp(inner.min, inner.max), bounds, place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Rect = Rect {
        min: pos2(100.0, 50.0),
        max: pos2(500.0, 350.0),
    };

    fn bounds() -> Bounds {
        Bounds::of(&[[-1.0, 2.0], [3.0, 4.0], [0.0, 3.0]])
    }

    #[test]
    fn all_is_seen_at_first_and_no_axis_is_stretched() {
        let view = Camera::default().view(bounds(), PLACE);
        assert_eq!(view.at([1.0, 3.0]), PLACE.center());
        let (low, high) = (view.at([-1.0, 2.0]), view.at([3.0, 4.0]));
        assert_eq!((low.x, high.x), (100.0 + MARGIN, 500.0 - MARGIN));
        assert!((low.y - high.y - 2.0 * (high.x - low.x) / 4.0).abs() < 1e-3);
        for degenerate in [vec![], vec![[5.0, 5.0]]] {
            let at = Camera::default()
                .view(Bounds::of(&degenerate), PLACE)
                .at([5.0, 5.0]);
            assert!(degenerate.is_empty() || at == PLACE.center(), "{at}");
        }
    }

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let pointer = pos2(180.0, 120.0);
        let near = Camera::default().zoomed(4.0, pointer, bounds(), PLACE);
        let before = Camera::default().view(bounds(), PLACE);
        let under = [
            (pointer.x - before.origin.x) / before.scale,
            (before.origin.y - pointer.y) / before.scale,
        ];
        assert!(near.view(bounds(), PLACE).at(under).distance(pointer) < 0.1);
        assert_eq!(near.zoomed(0.01, pointer, bounds(), PLACE), Camera::default());
    }

    #[test]
    fn it_moves_no_further_than_it_must() {
        let near = Camera::default().zoomed(8.0, PLACE.center(), bounds(), PLACE);
        assert_eq!(near.onto([1.0, 3.0], bounds(), PLACE), near);
        let moved = near.onto([3.0, 4.0], bounds(), PLACE);
        assert!(PLACE.contains(moved.view(bounds(), PLACE).at([3.0, 4.0])));
    }
}
