//! A small grey picture of an image, its ratio not kept: enough to tell whether two images are one.

use super::shrink::{Shrunk, spans};

/// Its sides.
pub const SIDE: usize = 48;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// `[SIDE, SIDE]`, 0 to 255.
    pub levels: Vec<u8>,
}

impl Sketch {
    pub fn of(shrunk: &Shrunk) -> Self {
        let grey = shrunk.grey();
        let [columns, rows] = [shrunk.width, shrunk.height].map(|side| spans(side, SIDE));
        let mut narrow = Vec::with_capacity(SIDE * shrunk.height);
        for row in grey.chunks_exact(shrunk.width.max(1)) {
            narrow.extend(columns.iter().map(|span| span.mean(|x| [row[x]])[0]));
        }
        let mut levels = Vec::with_capacity(SIDE * SIDE);
        for span in &rows {
            for x in 0..SIDE {
                let level = span.mean(|y| [narrow[y * SIDE + x]])[0];
                levels.push(level.round().clamp(0.0, 255.0) as u8);
            }
        }
        Sketch { levels }
    }

    pub fn at(&self, x: usize, y: usize) -> f32 {
        f32::from(self.levels[y * SIDE + x])
    }
}
