//! What one image comes to without a network: some numbers, and a small grey sketch by which copies are known again.

mod hash;
mod measures;
mod row;
mod scale;
mod shrink;
mod sketch;

pub use hash::{PerceptualHash, perceptual_hash};
pub use measures::Measures;
pub use row::{N_NUMBERS, from_row, to_row};
pub use scale::{OF_JPEGS, SCALES, Scale};
pub use shrink::Shrunk;
pub use sketch::{SIDE, Sketch};

use crate::experiment::FileType;

/// The longer side that measures are taken at, so that those of a photograph and of its thumbnail can be compared.
pub const MEASURED_SIDE: u32 = 256;

/// What is known of a file before its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFacts {
    /// The image's own size.
    pub width: u32,
    pub height: u32,
    pub n_bytes: u64,
    pub file_type: FileType,
    /// As libjpeg counts it, 1 to 100; `None` for other formats and for tables of quantisation that are not libjpeg's.
    pub jpeg_quality: Option<u8>,
    /// An EXIF tag asks for a turn, which neither torchvision nor this program obeys.
    pub turned: bool,
}

/// All of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Properties {
    pub file: FileFacts,
    pub measures: Measures,
    pub sketch: Sketch,
}

impl Properties {
    /// Of an image's pixels, `[height, width, 3]`, which its decoder may have shrunk.
    pub fn of(file: FileFacts, width: usize, height: usize, rgb: &[u8]) -> Self {
        let shrunk = Shrunk::to_fit(MEASURED_SIDE as usize, width, height, rgb);
        Properties {
            file,
            measures: Measures::of(&shrunk),
            sketch: Sketch::of(&shrunk),
        }
    }
}
