//! Which part of a large matrix is seen: the wheel makes it larger around the pointer, dragging moves it, a double click shows
//! all of it again; plus, minus and zero do the same from the keyboard.

use egui::{Key, Response, Ui};

use super::layout::{Layout, View};
use super::model::Cell;

/// So many classes are seen at least, to a side.
const LEAST: f32 = 6.0;
/// What a press of a key does.
const STEP: f32 = 1.5;

/// In classes, and between them while it moves.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Camera {
    first: [f32; 2],
    n: f32,
}

impl Camera {
    fn whole(n: usize) -> Self {
        Camera {
            first: [0.0; 2],
            n: n as f32,
        }
    }

    fn clamped(self, n: usize) -> Self {
        let all = n as f32;
        let seen = self.n.clamp(LEAST.min(all), all);
        Camera {
            first: self.first.map(|first| first.clamp(0.0, all - seen)),
            n: seen,
        }
    }

    fn view(self, n: usize) -> View {
        let seen = (self.n.round() as usize).clamp(1, n.max(1));
        View {
            first: self.first.map(|first| (first.round() as usize).min(n - seen)),
            n: seen,
        }
    }

    /// The cell in the middle of the pointer stays there.
    fn zoomed(self, factor: f32, around: [f32; 2], n: usize) -> Self {
        let seen = (self.n / factor).clamp(LEAST.min(n as f32), n as f32);
        let kept = [0, 1].map(|i| around[i] - (around[i] - self.first[i]) * seen / self.n);
        Camera { first: kept, n: seen }.clamped(n)
    }

    /// Moved no further than that it sees the cell.
    fn onto(self, (t, p): Cell, n: usize) -> Self {
        let first = [(t, self.first[0]), (p, self.first[1])].map(|(class, first)| {
            let class = class as f32;
            first.min(class).max(class + 1.0 - self.n.round())
        });
        Camera { first, ..self }.clamped(n)
    }
}

/// Compared matrices move together.
fn id(salt: &str, n: usize) -> egui::Id {
    egui::Id::unique((salt, "camera", n))
}

fn camera(ui: &Ui, salt: &str, n: usize) -> Camera {
    let kept: Option<Camera> = ui.data(|data| data.get_temp(id(salt, n)));
    kept.map_or(Camera::whole(n), |camera| camera.clamped(n))
}

/// What is seen of a matrix of so many classes.
pub fn view(ui: &Ui, salt: &str, n: usize) -> View {
    camera(ui, salt, n).view(n)
}

/// All of it again.
pub fn reset(ui: &Ui, salt: &str, n: usize) {
    ui.data_mut(|data| data.insert_temp(id(salt, n), Camera::whole(n)));
}

/// Takes what pointer and keyboard do to it.
pub fn follow(ui: &Ui, salt: &str, n: usize, response: &Response, layout: &Layout) {
    let before = camera(ui, salt, n);
    let mut camera = before;
    let pitch = layout.cell(layout.corner()).size();
    if let Some(at) = response.hover_pos() {
        let (wheel, pinch) = ui.input(|i| (i.smooth_scroll_delta.y, i.zoom_delta()));
        let factor = pinch * (wheel / 200.0).exp();
        if factor != 1.0 {
            let offset = at - layout.grid.min;
            let around = [
                camera.first[0] + offset.y / pitch.y,
                camera.first[1] + offset.x / pitch.x,
            ];
            camera = camera.zoomed(factor, around, n);
        }
    }
    if response.dragged() {
        let moved = response.drag_delta();
        camera.first[0] -= moved.y / pitch.y;
        camera.first[1] -= moved.x / pitch.x;
    }
    if response.has_focus() {
        let middle = camera.first.map(|first| first + camera.n / 2.0);
        let pressed = |key| ui.input(|i| i.key_pressed(key));
        if pressed(Key::Plus) || pressed(Key::Equals) {
            camera = camera.zoomed(STEP, middle, n);
        } else if pressed(Key::Minus) {
            camera = camera.zoomed(1.0 / STEP, middle, n);
        } else if pressed(Key::Num0) {
            camera = Camera::whole(n);
        }
    }
    if response.double_clicked() {
        camera = Camera::whole(n);
    }
    let camera = camera.clamped(n);
    if camera != before {
        ui.data_mut(|data| data.insert_temp(id(salt, n), camera));
        ui.ctx().request_repaint();
    }
}

/// Brings a cell into sight that the keyboard went to.
pub fn show_cell(ui: &Ui, salt: &str, n: usize, cell: Cell) {
    let camera = camera(ui, salt, n).onto(cell, n);
    ui.data_mut(|data| data.insert_temp(id(salt, n), camera));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let whole = Camera::whole(300);
        let near = whole.zoomed(10.0, [150.0, 30.0], 300);
        assert_eq!((near.n, near.first), (30.0, [135.0, 27.0]));
        assert_eq!(
            near.view(300),
            View {
                first: [135, 27],
                n: 30
            }
        );
        // Out again there is no more than all, and in no less than a few.
        assert_eq!(near.zoomed(0.01, [140.0, 30.0], 300), whole);
        assert_eq!(near.zoomed(1e6, [140.0, 30.0], 300).n, LEAST);
        assert_eq!(Camera::whole(4).zoomed(3.0, [1.0, 1.0], 4), Camera::whole(4));
    }

    #[test]
    fn it_moves_no_further_than_it_must() {
        let near = Camera {
            first: [100.0, 100.0],
            n: 20.0,
        };
        assert_eq!(near.onto((110, 119), 300), near);
        assert_eq!(near.onto((120, 99), 300).first, [101.0, 99.0]);
        assert_eq!(near.onto((299, 0), 300).first, [280.0, 0.0]);
    }
}
