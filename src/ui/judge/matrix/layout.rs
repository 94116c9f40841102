//! Where everything in a matrix goes: cells as large as they fit, labels and sums around them.

use egui::{Pos2, Rect, pos2, vec2};

use super::model::{Cell, Model};

/// A cell never grows past this; a matrix of two classes need not fill a large screen.
const MAX_CELL: egui::Vec2 = vec2(250.0, 170.0);

/// Of a matrix of `n` classes, however large the screen.
pub fn most_height(n: usize) -> f32 {
    TWO_LINES + MAX_CELL.y * n as f32 + BELOW
}

/// The classes that are seen: as many to a side, from these rows and columns on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    pub first: [usize; 2],
    pub n: usize,
}

impl View {
    pub fn whole(n: usize) -> Self {
        View { first: [0; 2], n }
    }
}

/// What a matrix may fill.
#[derive(Clone, Copy)]
pub struct Room {
    pub area: Rect,
    /// Width for the true classes' names, where that is not for the matrix to choose; 0 where they stand elsewhere.
    pub label_width: Option<f32>,
}

impl From<Rect> for Room {
    fn from(area: Rect) -> Self {
        Room {
            area,
            label_width: None,
        }
    }
}

/// Room for the recalls on the right, and for the precisions below.
const RIGHT: f32 = 64.0;
const BELOW: f32 = 48.0;
/// Room for column labels of two lines, and of one.
const TWO_LINES: f32 = 36.0;
const ONE_LINE: f32 = 22.0;
/// In lower rows and narrower columns one figure would stand on the next.
const LEAST_ROW: f32 = 14.0;
const LEAST_COLUMN: f32 = 24.0;
/// Over a narrower column, nothing is left of a name that is cut.
const LEAST_LYING: f32 = 44.0;
/// Smaller labels are not read.
const LEAST_LABEL: f32 = 9.0;

/// Up to this many classes, the labels say which side is which: "true", "predicted".
pub const SPELT_OUT: usize = 3;

pub struct Layout {
    /// All cells together.
    pub grid: Rect,
    /// Room for a row's label.
    pub label_width: f32,
    pub view: View,
    /// Space between cells.
    pub gap: f32,
    /// Size of the labels' text, in points.
    pub label_size: f32,
    /// Every n-th row and every m-th column is labelled; small cells have no room for all.
    pub labelled: [usize; 2],
    /// Column labels stand upright where they would not fit lying.
    pub upright: bool,
    /// How long a label above a column may be, where it stands upright.
    pub label_height: f32,
    /// Column labels take two lines, as the rows' do.
    pub two_lines: bool,
    /// Whether each row has room for its recall beside it, and each column for its precision below it.
    pub recalls: bool,
    pub precisions: bool,
}

impl Layout {
    pub fn new(model: &Model, Room { area, label_width }: Room, view: View) -> Self {
        let n = view.n.max(1);
        let longest = model.classes.iter().map(|c| c.chars().count()).max().unwrap_or(0) as f32;
        // Compared matrices differ only in who has the names before it.
        let own_area = area.width() - label_width.unwrap_or(0.0);
        // In a narrow place the labels get less than they should have at least.
        let own_width = (longest * 7.0 + 12.0).clamp(40.0, 110.0).min(own_area * 0.3);
        let label_width = label_width.unwrap_or(own_width);
        let roomy = own_area > 240.0 && area.height() > 150.0;
        // What there is room for depends on the cells, and their size on what stands around them.
        let free = vec2(
            area.width() - label_width - RIGHT,
            area.height() - ONE_LINE - BELOW,
        ) / n as f32;
        let recalls = roomy && free.y >= LEAST_ROW;
        let precisions = roomy && recalls && free.x >= LEAST_COLUMN;
        let right = if recalls { RIGHT } else { 0.0 };
        let bottom = if precisions { BELOW } else { 0.0 };
        let cell_width = (area.width() - label_width - right) / n as f32;
        let upright = longest * 7.0 > cell_width - 4.0 && (n > SPELT_OUT || cell_width < LEAST_LYING);
        let two_lines = n <= SPELT_OUT && !upright && (longest + 10.0) * 7.0 > cell_width;
        let top = match (upright, two_lines) {
            // Labels over narrow columns are smaller.
            (true, _) => (longest * if cell_width < 11.0 { 5.4 } else { 7.0 } + 14.0)
                .min(84.0)
                .min(area.height() * 0.45)
                .max(20.0),
            (false, true) => TWO_LINES,
            (false, false) => ONE_LINE,
        };
        let room = vec2(area.width() - label_width - right, area.height() - top - bottom);
        // Of three hundred classes a cell is less than a point wide, and the grid is still no larger than its room.
        let cell = (room / n as f32).min(MAX_CELL).max(vec2(1.0, 1.0) / n as f32);
        let grid = Rect::from_min_size(pos2(area.left() + label_width, area.top() + top), cell * n as f32);
        let label_size = (cell.x.min(cell.y) - 2.0).clamp(LEAST_LABEL, 12.0);
        let labelled = [cell.y, cell.x].map(|side| ((label_size + 1.0) / side).ceil() as usize);
        let gap = match n {
            ..=4 => 4.0,
            5..=12 => 2.0,
            13..=30 => 1.0,
            _ => 0.5_f32.min(cell.min_elem() * 0.1),
        };
        Layout {
            grid,
            label_width,
            view: View { n, ..view },
            gap,
            label_size,
            labelled,
            upright,
            label_height: top - 8.0,
            two_lines,
            recalls,
            precisions,
        }
    }

    fn pitch(&self) -> egui::Vec2 {
        self.grid.size() / self.view.n as f32
    }

    pub fn cell(&self, (t, p): Cell) -> Rect {
        let pitch = self.pitch();
        let [row, column] = self.view.first;
        let (down, across) = (t as f32 - row as f32, p as f32 - column as f32);
        let min = self.grid.min + vec2(across * pitch.x, down * pitch.y);
        Rect::from_min_size(min, pitch).shrink(self.gap / 2.0)
    }

    pub fn cell_at(&self, at: Pos2) -> Option<Cell> {
        if !self.grid.contains(at) {
            return None;
        }
        let (offset, pitch) = (at - self.grid.min, self.pitch());
        let last = self.view.n - 1;
        let [row, column] = self.view.first;
        Some(((offset.y / pitch.y) as usize, (offset.x / pitch.x) as usize))
            .map(|(t, p)| (t.min(last) + row, p.min(last) + column))
    }

    /// The first cell that is seen.
    pub fn corner(&self) -> Cell {
        let [row, column] = self.view.first;
        (row, column)
    }

    pub fn rows(&self) -> std::ops::Range<usize> {
        self.view.first[0]..self.view.first[0] + self.view.n
    }

    pub fn columns(&self) -> std::ops::Range<usize> {
        self.view.first[1]..self.view.first[1] + self.view.n
    }

    /// All cells that are seen.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        let columns = self.columns();
        self.rows()
            .flat_map(move |t| columns.clone().map(move |p| (t, p)))
    }

    pub fn sees(&self, (t, p): Cell) -> bool {
        self.rows().contains(&t) && self.columns().contains(&p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Normalise;
    use crate::metrics::Confusion;

    #[test]
    fn from_two_to_a_thousand_classes_every_cell_is_inside_and_found_again() {
        for n in [2, 3, 7, 13, 50, 300, 1000] {
            let classes = classes(n);
            let confusion = Confusion::new(n);
            let model = Model::new(&classes, &confusion, Normalise::Rows);
            let area = Rect::from_min_size(pos2(10.0, 20.0), vec2(380.0, 330.0));
            let layout = Layout::new(&model, area.into(), View::whole(n));
            assert!(area.expand(0.1).contains_rect(layout.grid), "{n}");
            let some = model.cells().filter(|&(t, p)| n < 300 || (t * 7 + p) % 997 == 0);
            for cell in some {
                let rect = layout.cell(cell);
                assert!(rect.is_positive(), "{n}: {cell:?}");
                assert_eq!(layout.cell_at(rect.center()), Some(cell), "{n}");
            }
        }
    }

    #[test]
    fn even_next_to_nothing_is_enough_room() {
        for size in [
            vec2(0.0, 0.0),
            vec2(124.0, 300.0),
            vec2(300.0, 3.0),
            vec2(-8.0, -8.0),
        ] {
            let classes = classes(2);
            let confusion = Confusion::new(2);
            let model = Model::new(&classes, &confusion, Normalise::Rows);
            let layout = Layout::new(
                &model,
                Rect::from_min_size(pos2(10.0, 20.0), size).into(),
                View::whole(2),
            );
            for cell in model.cells() {
                assert!(layout.cell(cell).is_finite(), "{size:?}: {cell:?}");
            }
        }
    }

    #[test]
    fn compared_matrices_stand_alike_with_the_names_before_one_of_them() {
        for n in [2, 7, 12] {
            let classes = classes(n);
            let confusion = Confusion::new(n);
            let model = Model::new(&classes, &confusion, Normalise::Rows);
            let [first, other] = [150.0, 0.0].map(|label_width| {
                let area = Rect::from_min_size(pos2(10.0, 20.0), vec2(270.0 + label_width, 330.0));
                let label_width = Some(label_width);
                Layout::new(&model, Room { area, label_width }, View::whole(n))
            });
            assert_eq!(first.grid.top(), other.grid.top(), "{n}");
            assert_eq!(first.grid.size(), other.grid.size(), "{n}");
            assert_eq!(
                (first.recalls, first.precisions),
                (other.recalls, other.precisions),
                "{n}"
            );
        }
    }

    #[test]
    fn a_part_of_a_matrix_fills_the_same_place() {
        let classes = classes(300);
        let confusion = Confusion::new(300);
        let model = Model::new(&classes, &confusion, Normalise::Rows);
        let area = Rect::from_min_size(pos2(10.0, 20.0), vec2(380.0, 330.0));
        let view = View {
            first: [100, 7],
            n: 12,
        };
        let layout = Layout::new(&model, area.into(), view);
        assert_eq!(layout.cells().count(), 144);
        for cell in layout.cells() {
            assert_eq!(layout.cell_at(layout.cell(cell).center()), Some(cell));
            assert!(layout.sees(cell));
        }
        assert!(!layout.sees((99, 8)) && !layout.sees((100, 19)));
        assert!(layout.cell((100, 7)).width() > 10.0);
    }

    fn classes(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("a class called {i}")).collect()
    }
}
