//! What a matrix shows: shares, strengths, names. Knows nothing of pixels.

use std::cell::OnceCell;

use crate::app::Normalise;
use crate::metrics::{Confusion, percent, sentence, thousands};

/// True class and predicted class.
pub type Cell = (usize, usize);

pub struct Model<'a> {
    pub classes: &'a [String],
    pub confusion: &'a Confusion,
    normalise: Normalise,
    /// What the cells' shares are held against.
    baseline: Option<Box<Model<'a>>>,
    pub row_totals: Vec<u64>,
    pub col_totals: Vec<u64>,
    /// The largest count, which is what shades follow where they follow counts.
    largest: OnceCell<u64>,
}

impl<'a> Model<'a> {
    pub fn new(classes: &'a [String], confusion: &'a Confusion, normalise: Normalise) -> Self {
        let n = confusion.n_classes();
        Model {
            classes,
            confusion,
            normalise,
            baseline: None,
            row_totals: (0..n).map(|i| confusion.row_total(i)).collect(),
            col_totals: confusion.col_totals().to_vec(),
            largest: OnceCell::new(),
        }
    }

    /// Held against another matrix of the same classes.
    pub fn against(mut self, first: Option<&'a Confusion>) -> Self {
        self.baseline = first.map(|first| Box::new(Model::new(self.classes, first, self.normalise)));
        self
    }

    /// By how many percentage points the cell's share is larger than the baseline's.
    pub fn change(&self, cell: Cell) -> Option<f64> {
        let before = self.baseline.as_ref()?.share(cell)?;
        Some((self.share(cell)? - before) * 100.0)
    }

    pub fn normalise(&self) -> Normalise {
        self.normalise
    }

    pub fn n_classes(&self) -> usize {
        self.confusion.n_classes()
    }

    pub fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        let n = self.n_classes();
        (0..n * n).map(move |i| (i / n, i % n))
    }

    pub fn count(&self, (t, p): Cell) -> u64 {
        self.confusion.get(t, p)
    }

    /// The share that stands under the count; none where only counts are wanted.
    pub fn share(&self, cell: Cell) -> Option<f64> {
        let whole = match self.normalise {
            Normalise::Rows => self.row_totals[cell.0],
            Normalise::Columns => self.col_totals[cell.1],
            Normalise::All => self.confusion.total(),
            Normalise::Counts => return None,
        };
        (whole > 0).then(|| self.count(cell) as f64 / whole as f64)
    }

    /// How strongly the cell is coloured, from 0 to 1.
    pub fn strength(&self, cell: Cell) -> f32 {
        match self.normalise {
            Normalise::Rows | Normalise::Columns => self.share(cell).unwrap_or(0.0) as f32,
            Normalise::All | Normalise::Counts => self.count(cell) as f32 / self.largest().max(1) as f32,
        }
    }

    /// Looked for once a cell is painted: most frames paint a picture that is there already.
    fn largest(&self) -> u64 {
        let look = || self.confusion.rows().flatten().copied().max();
        *self.largest.get_or_init(|| look().unwrap_or(0))
    }

    pub fn recall(&self, class_idx: usize) -> Option<f64> {
        share(self.count((class_idx, class_idx)), self.row_totals[class_idx])
    }

    pub fn precision(&self, class_idx: usize) -> Option<f64> {
        share(self.count((class_idx, class_idx)), self.col_totals[class_idx])
    }

    pub fn accuracy(&self) -> Option<f64> {
        share(self.confusion.diagonal().sum(), self.confusion.total())
    }

    /// The cell's name for screen readers, and in tests.
    pub fn name(&self, (t, p): Cell) -> String {
        let count = self.count((t, p));
        let images = if count == 1 { "image" } else { "images" };
        let change = match self.change((t, p)) {
            Some(points) => format!(", {points:+.1} points to the first"),
            None => String::new(),
        };
        format!(
            "true {} predicted {}: {} {images}{change}",
            self.classes[t],
            self.classes[p],
            thousands(count)
        )
    }

    pub fn short_name(&self, (t, p): Cell) -> String {
        let (class, predicted) = (&self.classes[t], &self.classes[p]);
        format!("{class} as {predicted}: {}", self.amount((t, p)))
    }

    /// How many images, and which share of the true class: `32, 28.3 %`.
    pub fn amount(&self, (t, p): Cell) -> String {
        let count = self.count((t, p));
        let share = percent(share(count, self.row_totals[t]), 1);
        format!("{}, {share}", thousands(count))
    }

    pub fn sentence(&self, (t, p): Cell) -> String {
        sentence(self.classes, self.confusion, t, p)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes() -> Vec<String> {
        vec!["FAKE".into(), "REAL".into()]
    }

    #[test]
    fn the_notebook_s_first_training() {
        let classes = classes();
        let confusion = Confusion::from_rows([[16464, 175], [2079, 910]]);
        let model = Model::new(&classes, &confusion, Normalise::Rows);
        assert_eq!(model.name((1, 0)), "true REAL predicted FAKE: 2,079 images");
        assert_eq!(
            model.sentence((1, 0)),
            "2,079 REAL images were predicted FAKE, 69.6 % of all REAL"
        );
        assert_eq!(percent(model.precision(0), 2), "88.79 %");
        assert_eq!(percent(model.recall(1), 2), "30.44 %");
        assert_eq!(percent(model.accuracy(), 2), "88.52 %");
    }

    #[test]
    fn shares_follow_the_choice() {
        let classes = classes();
        let confusion = Confusion::from_rows([[6, 2], [0, 0]]);
        let of = |normalise| Model::new(&classes, &confusion, normalise);
        assert_eq!(of(Normalise::Rows).share((0, 0)), Some(0.75));
        assert_eq!(of(Normalise::Rows).share((1, 1)), None);
        assert_eq!(of(Normalise::Columns).share((0, 0)), Some(1.0));
        assert_eq!(of(Normalise::All).share((0, 1)), Some(0.25));
        assert_eq!(of(Normalise::Counts).share((0, 0)), None);
        assert_eq!(of(Normalise::Counts).strength((0, 0)), 1.0);
    }
}
