//! The confusion matrix.

use serde::{Deserialize, Serialize};

/// Counts of (true class, predicted class): true by rows, predicted by columns. Serialized as a list of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<u64>>", into = "Vec<Vec<u64>>")]
pub struct Confusion {
    n_classes: usize,
    /// Row-major, `[n_classes, n_classes]`.
    counts: Vec<u64>,
}

impl Confusion {
    pub fn new(n_classes: usize) -> Self {
        Confusion {
            n_classes,
            counts: vec![0; n_classes * n_classes],
        }
    }

    /// The matrix as it is written on paper; rows are true classes. Square by its type.
    pub fn from_rows<const N: usize>(rows: [[u64; N]; N]) -> Self {
        Confusion {
            n_classes: N,
            counts: rows.concat(),
        }
    }

    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    pub fn add(&mut self, true_idx: usize, predicted_idx: usize) {
        self.counts[true_idx * self.n_classes + predicted_idx] += 1;
    }

    /// One image of that true class is called otherwise than before.
    pub fn move_one(&mut self, true_idx: usize, from: usize, to: usize) {
        let row = true_idx * self.n_classes;
        self.counts[row + from] = self.counts[row + from].saturating_sub(1);
        self.counts[row + to] += 1;
    }

    pub fn get(&self, true_idx: usize, predicted_idx: usize) -> u64 {
        self.counts[true_idx * self.n_classes + predicted_idx]
    }

    /// Adds the counts of a matrix over the same classes.
    ///
    /// # Panics
    /// If the two have different numbers of classes.
    pub fn merge(&mut self, other: &Confusion) {
        assert_eq!(self.n_classes, other.n_classes, "matrices over different classes");
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// One row of counts for each true class.
    pub fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.counts.chunks(self.n_classes.max(1))
    }

    /// Images of that class: its support.
    pub fn row_total(&self, true_idx: usize) -> u64 {
        let start = true_idx * self.n_classes;
        self.counts[start..start + self.n_classes].iter().sum()
    }

    /// Images that were called that class.
    pub fn col_total(&self, predicted_idx: usize) -> u64 {
        self.rows().map(|row| row[predicted_idx]).sum()
    }

    /// The same of every class.
    pub fn col_totals(&self) -> Vec<u64> {
        let mut totals = vec![0; self.n_classes];
        for row in self.rows() {
            totals
                .iter_mut()
                .zip(row)
                .for_each(|(total, count)| *total += count);
        }
        totals
    }

    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// For each class, its images that were rightly called so.
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
        Ok(Confusion {
            n_classes,
            counts: rows.concat(),
        })
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

    #[test]
    fn halves_merge_into_the_whole() {
        let mut whole = Confusion::from_rows([[5, 1], [0, 2]]);
        whole.merge(&Confusion::from_rows([[1, 0], [3, 4]]));
        assert_eq!(whole, Confusion::from_rows([[6, 1], [3, 6]]));
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
