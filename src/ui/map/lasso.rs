//! A line that is drawn around points.

use egui::{Pos2, Shape, Stroke, Ui};

use crate::ui::parts::theme;

/// The line's points are at least this far apart.
const STEP: f32 = 3.0;

#[derive(Debug, Default)]
pub struct Lasso {
    line: Vec<Pos2>,
}

impl Lasso {
    pub fn begin(&mut self, at: Pos2) {
        self.line = vec![at];
    }

    pub fn is_drawn(&self) -> bool {
        !self.line.is_empty()
    }

    pub fn draw_on(&mut self, to: Pos2) {
        if self.line.last().is_some_and(|last| last.distance(to) >= STEP) {
            self.line.push(to);
        }
    }

    /// The line, which is no longer drawn.
    pub fn take(&mut self) -> Vec<Pos2> {
        std::mem::take(&mut self.line)
    }

    pub fn paint(&self, ui: &Ui) {
        let Some((&first, &last)) = self.line.first().zip(self.line.last()) else {
            return;
        };
        let accent = theme::of(ui).accent;
        let stroke = Stroke::new(1.5, accent);
        ui.painter().add(Shape::line(self.line.clone(), stroke));
        ui.painter()
            .extend(Shape::dashed_line(&[last, first], stroke, 4.0, 4.0));
    }
}

/// Whether the closed line goes around that point: by how often a ray from there crosses it.
pub fn encloses(line: &[Pos2], at: Pos2) -> bool {
    let ends = line.iter().zip(line.iter().cycle().skip(1));
    let crosses = |(a, b): &(&Pos2, &Pos2)| {
        (a.y > at.y) != (b.y > at.y) && at.x < a.x + (b.x - a.x) * (at.y - a.y) / (b.y - a.y)
    };
    ends.filter(crosses).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn a_line_encloses_what_is_inside_it() {
        let horseshoe = [
            (0., 0.),
            (9., 0.),
            (9., 9.),
            (6., 9.),
            (6., 3.),
            (3., 3.),
            (3., 9.),
            (0., 9.),
        ];
        let line: Vec<Pos2> = horseshoe.iter().map(|&(x, y)| pos2(x, y)).collect();
        assert!(encloses(&line, pos2(1.0, 8.0)) && encloses(&line, pos2(8.0, 8.0)));
        assert!(encloses(&line, pos2(4.5, 1.0)));
        assert!(!encloses(&line, pos2(4.5, 6.0)) && !encloses(&line, pos2(10.0, 1.0)));
        assert!(!encloses(&[], pos2(0.0, 0.0)) && !encloses(&line[..2], pos2(4.0, 0.5)));
    }
}
