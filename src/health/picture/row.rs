//! Properties as a row of numbers, as they are kept beside features. Whole numbers below 2^24 are exact in 32 bits.

use super::sketch::{SIDE, Sketch};
use super::{FileFacts, Measures, Properties};
use crate::experiment::FileType;

/// Levels of the sketch that go into one number.
const PACKED: usize = 3;
const N_FACTS: usize = 7;
const N_MEASURES: usize = 7;
const N_LEVELS: usize = SIDE * SIDE;
/// Of each image.
pub const N_NUMBERS: usize = N_FACTS + N_MEASURES + N_LEVELS / PACKED;

/// Lower half of a file's length; a number holds less than that of any larger file.
const HALF: u64 = 1 << 24;

pub fn to_row(properties: &Properties) -> Vec<f32> {
    let Properties {
        file,
        measures,
        sketch,
    } = properties;
    let mut row = vec![
        file.width as f32,
        file.height as f32,
        (file.n_bytes / HALF) as f32,
        (file.n_bytes % HALF) as f32,
        file.file_type as u8 as f32,
        file.jpeg_quality.map_or(0.0, f32::from),
        f32::from(u8::from(file.turned)),
        measures.brightness,
        measures.darkest,
        measures.brightest,
        measures.contrast,
        measures.entropy,
        measures.sharpness,
        measures.colour,
    ];
    let packed = |levels: &[u8; PACKED]| {
        let [a, b, c] = levels.map(u32::from);
        (a << 16 | b << 8 | c) as f32
    };
    row.extend(sketch.levels.as_chunks::<PACKED>().0.iter().map(packed));
    row
}

/// `None` where the numbers are none that [`to_row`] makes.
pub fn from_row(row: &[f32]) -> Option<Properties> {
    let (facts, rest) = row.split_at_checked(N_FACTS)?;
    let (measures, levels) = rest.split_at_checked(N_MEASURES)?;
    let &[width, height, high, low, file_type, quality, turned] = facts else {
        return None;
    };
    let &[
        brightness,
        darkest,
        brightest,
        contrast,
        entropy,
        sharpness,
        colour,
    ] = measures
    else {
        return None;
    };
    if levels.len() * PACKED != N_LEVELS || !row.iter().all(|number| number.is_finite() && *number >= 0.0) {
        return None;
    }
    let unpacked = |number: &f32| {
        let [_, a, b, c] = (*number as u32).to_be_bytes();
        [a, b, c]
    };
    Some(Properties {
        file: FileFacts {
            width: width as u32,
            height: height as u32,
            n_bytes: high as u64 * HALF + low as u64,
            file_type: *FileType::ALL.get(file_type as usize)?,
            jpeg_quality: (quality >= 1.0).then_some(quality as u8),
            turned: turned > 0.0,
        },
        measures: Measures {
            brightness,
            darkest,
            brightest,
            contrast,
            entropy,
            sharpness,
            colour,
        },
        sketch: Sketch {
            levels: levels.iter().flat_map(unpacked).collect(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_back_as_it_was() {
        let rgb: Vec<u8> = (0..70 * 50 * 3).map(|i| (i * 31 % 251) as u8).collect();
        let file = FileFacts {
            width: 4032,
            height: 3024,
            n_bytes: 5_000_000_123,
            file_type: FileType::WebP,
            jpeg_quality: Some(85),
            turned: true,
        };
        let properties = Properties::of(file, 70, 50, &rgb);
        let row = to_row(&properties);
        assert_eq!(row.len(), N_NUMBERS);
        assert_eq!(from_row(&row), Some(properties));
        assert_eq!(from_row(&row[1..]), None);
        let mut damaged = row;
        damaged[4] = 9.0;
        assert_eq!(from_row(&damaged), None, "no such type of file");
    }
}
