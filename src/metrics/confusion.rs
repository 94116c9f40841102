//! The confusion matrix.

use serde::{Deserialize, Serialize};

/// Counts of (true class, predicted class): true by rows, predicted by columns. Serialized as a list of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<u64>>", into = "Vec<Vec<u64>>")]
pub struct Confusion {
    n_classes: usize,
    /// Row-major, `[n_classes, n_classes]`.
    counts: Vec<u64>,
    /// Of each row and of each column. Kept beside the counts: every figure asks for them, and the window asks for
    /// figures in every frame, where to add up a million cells of a thousand classes would take most of its time.
    row_totals: Vec<u64>,
    col_totals: Vec<u64>,
    total: u64,
    /// Of all counts, each in its cell: matrices that differ have different ones, so that a picture of a million cells is known
    /// to be the same without a look at them.
    digest: u64,
}

/// Something for each cell that no other has anything in common with (Vigna's splitmix64).
fn scattered(cell: usize) -> u64 {
    let z = (cell as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Confusion {
    pub fn new(n_classes: usize) -> Self {
        Confusion {
            n_classes,
            counts: vec![0; n_classes * n_classes],
            row_totals: vec![0; n_classes],
            col_totals: vec![0; n_classes],
            total: 0,
            digest: 0,
        }
    }

    /// The matrix as it is written on paper; rows are true classes. Square by its type.
    pub fn from_rows<const N: usize>(rows: [[u64; N]; N]) -> Self {
        Confusion::of_square(&rows)
    }

    /// Each row must be as long as there are rows.
    fn of_square(rows: &[impl AsRef<[u64]>]) -> Self {
        let mut confusion = Confusion::new(rows.len());
        for (true_idx, row) in rows.iter().enumerate() {
            for (predicted_idx, &count) in row.as_ref().iter().enumerate() {
                confusion.add_many(true_idx, predicted_idx, count);
            }
        }
        confusion
    }

    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    pub fn add(&mut self, true_idx: usize, predicted_idx: usize) {
        self.add_many(true_idx, predicted_idx, 1);
    }

    /// A stranger's file may count more than there can be; that is for others to refuse, and must not wrap around.
    pub(super) fn add_many(&mut self, true_idx: usize, predicted_idx: usize, count: u64) {
        let add = |total: &mut u64| *total = total.saturating_add(count);
        let cell = true_idx * self.n_classes + predicted_idx;
        add(&mut self.counts[cell]);
        add(&mut self.row_totals[true_idx]);
        add(&mut self.col_totals[predicted_idx]);
        add(&mut self.total);
        self.digest = self.digest.wrapping_add(scattered(cell).wrapping_mul(count));
    }

    /// One image of that true class gets another prediction.
    pub fn move_one(&mut self, true_idx: usize, from: usize, to: usize) {
        self.move_many(true_idx, from, to, 1);
    }

    /// The same of several.
    pub(super) fn move_many(&mut self, true_idx: usize, from: usize, to: usize, count: u64) {
        let row = true_idx * self.n_classes;
        if self.counts[row + from] < count {
            return;
        }
        self.counts[row + from] -= count;
        self.counts[row + to] += count;
        let moved = scattered(row + to).wrapping_sub(scattered(row + from));
        self.digest = self.digest.wrapping_add(moved.wrapping_mul(count));
        self.col_totals[from] -= count;
        self.col_totals[to] += count;
    }

    pub fn get(&self, true_idx: usize, predicted_idx: usize) -> u64 {
        self.counts[true_idx * self.n_classes + predicted_idx]
    }

    /// The same with the classes in that order.
    pub fn in_order(&self, order: &[usize]) -> Self {
        let mut ordered = Confusion::new(order.len());
        for (row, &true_idx) in order.iter().enumerate() {
            for (column, &predicted_idx) in order.iter().enumerate() {
                ordered.add_many(row, column, self.get(true_idx, predicted_idx));
            }
        }
        ordered
    }

    /// One row of counts for each true class.
    pub fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.counts.chunks(self.n_classes.max(1))
    }

    /// Images of that class: its support.
    pub fn row_total(&self, true_idx: usize) -> u64 {
        self.row_totals[true_idx]
    }

    /// Images that were predicted as that class.
    pub fn col_total(&self, predicted_idx: usize) -> u64 {
        self.col_totals[predicted_idx]
    }

    /// The same of every class.
    pub fn col_totals(&self) -> &[u64] {
        &self.col_totals
    }

    /// The same for the same counts, and another for others.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    pub fn total(&self) -> u64 {
        self.total
    }

    /// For each class, its images that were predicted correctly.
    pub fn diagonal(&self) -> impl Iterator<Item = u64> {
        self.rows().enumerate().map(|(class_idx, row)| row[class_idx])
    }
}

impl TryFrom<Vec<Vec<u64>>> for Confusion {
    type Error = String;

    fn try_from(rows: Vec<Vec<u64>>) -> Result<Self, String> {
        let n_classes = rows.len();
        if rows.iter().any(|row| row.len() != n_classes) {
            return Err("a confusion matrix must be square".into());
        }
        Ok(Confusion::of_square(&rows))
    }
}

impl From<Confusion> for Vec<Vec<u64>> {
    fn from(confusion: Confusion) -> Self {
        confusion.rows().map(<[u64]>::to_vec).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_of_the_counts_however_they_came_about() {
        let mut counted = Confusion::new(2);
        for (t, p, n) in [(0, 0, 3), (0, 1, 2), (1, 1, 4)] {
            (0..n).for_each(|_| counted.add(t, p));
        }
        let written = Confusion::from_rows([[3, 2], [0, 4]]);
        assert_eq!(counted.digest(), written.digest());
        counted.move_one(0, 0, 1);
        assert_ne!(counted.digest(), written.digest());
        assert_eq!(counted.digest(), Confusion::from_rows([[2, 3], [0, 4]]).digest());
        counted.move_one(0, 1, 0);
        assert_eq!(counted, written);
        // The same sums everywhere, and other cells.
        let [one, other] = [[[1, 0], [0, 1]], [[0, 1], [1, 0]]].map(Confusion::from_rows);
        assert_ne!(one.digest(), other.digest());
    }

    #[test]
    fn rows_are_true_classes() {
        let mut confusion = Confusion::new(3);
        for (true_idx, predicted_idx) in [(0, 0), (0, 2), (2, 2), (2, 2), (1, 0)] {
            confusion.add(true_idx, predicted_idx);
        }
        assert_eq!(confusion, Confusion::from_rows([[1, 0, 1], [1, 0, 0], [0, 0, 2]]));
        assert_eq!([0, 1, 2].map(|i| confusion.row_total(i)), [2, 1, 2]);
        assert_eq!([0, 1, 2].map(|i| confusion.col_total(i)), [2, 0, 3]);
        assert_eq!(confusion.diagonal().collect::<Vec<_>>(), [1, 0, 2]);
        assert_eq!(confusion.total(), 5);
    }

    /// Totals are kept and not added up again, so each way to a matrix must come to the same.
    #[test]
    fn totals_follow_the_counts() {
        let mut moved = Confusion::from_rows([[5, 1], [0, 2]]);
        moved.move_one(0, 0, 1);
        moved.move_one(1, 0, 1); // There is none to move.
        let rows: Vec<Vec<u64>> = moved.clone().into();
        assert_eq!(rows, [[4, 2], [0, 2]]);
        assert_eq!(Confusion::try_from(rows).unwrap(), moved);
        assert_eq!((moved.col_totals(), moved.total()), (&[4, 4][..], 8));
        assert_eq!([0, 1].map(|i| moved.row_total(i)), [6, 2]);
    }

    #[test]
    fn classes_are_put_in_another_order() {
        let confusion = Confusion::from_rows([[5, 1, 0], [0, 2, 3], [4, 0, 6]]);
        let ordered = Confusion::from_rows([[6, 4, 0], [0, 5, 1], [3, 0, 2]]);
        assert_eq!(confusion.in_order(&[2, 0, 1]), ordered);
    }

    #[test]
    fn more_images_than_can_be_counted_do_not_wrap_around() {
        let rows = vec![vec![u64::MAX, 1], vec![0, 1]];
        let confusion = Confusion::try_from(rows).unwrap();
        assert_eq!((confusion.row_total(0), confusion.total()), (u64::MAX, u64::MAX));
        assert_eq!(confusion.col_totals(), [u64::MAX, 2]);
    }

    #[test]
    fn only_a_square_survives_the_file() {
        let confusion = Confusion::from_rows([[5, 1], [0, 2]]);
        let text = serde_json::to_string(&confusion).unwrap();
        assert_eq!(text, "[[5,1],[0,2]]");
        assert_eq!(serde_json::from_str::<Confusion>(&text).unwrap(), confusion);
        assert!(serde_json::from_str::<Confusion>("[[5,1],[0]]").is_err());
        assert_eq!(Confusion::new(0).total(), 0);
    }
}
