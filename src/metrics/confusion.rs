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

    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    pub fn add(&mut self, true_idx: usize, predicted_idx: usize) {
        self.counts[true_idx * self.n_classes + predicted_idx] += 1;
    }

    pub fn get(&self, true_idx: usize, predicted_idx: usize) -> u64 {
        self.counts[true_idx * self.n_classes + predicted_idx]
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
        let rows = confusion.counts.chunks(confusion.n_classes.max(1));
        rows.map(<[u64]>::to_vec).collect()
    }
}
