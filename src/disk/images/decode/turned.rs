//! What a TIFF says beside its pixels, obeyed as Pillow does it: the way that it is turned, and colours that have been
//! multiplied by their alpha.

use super::super::header::tiff::Marks;
use super::Pixels;

/// The picture as it is meant to stand (TIFF 6.0, Orientation).
pub fn turned(pixels: Pixels, marks: Marks) -> Pixels {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let swaps = marks.orientation >= 5;
    if marks.orientation == 1 {
        return pixels;
    }
    let (new_width, new_height) = if swaps { (height, width) } else { (width, height) };
    let mut rgb = Vec::with_capacity(pixels.rgb.len());
    for y in 0..new_height {
        for x in 0..new_width {
            let (right, down) = (width - 1, height - 1);
            let (from_x, from_y) = match marks.orientation {
                2 => (right - x, y),
                3 => (right - x, down - y),
                4 => (x, down - y),
                5 => (y, x),
                6 => (y, down - x),
                7 => (right - y, down - x),
                _ => (right - y, x),
            };
            let at = (from_y * width + from_x) * 3;
            rgb.extend(&pixels.rgb[at..at + 3]);
        }
    }
    Pixels {
        width: new_width as u32,
        height: new_height as u32,
        rgb,
    }
}

/// RGB of RGBA whose colours hold their alpha: divided out, cut off at 255, and black where alpha is nothing (Pillow's
/// `unpackRGBa`).
pub fn without_alpha(rgba: &[u8]) -> Vec<u8> {
    let colour = |pixel: &[u8]| {
        let alpha = u32::from(pixel[3]);
        [0, 1, 2].map(|i| match alpha {
            0 => 0,
            255 => pixel[i],
            alpha => (255 * u32::from(pixel[i]) / alpha).min(255) as u8,
        })
    };
    rgba.chunks_exact(4).flat_map(colour).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ImageOps.exif_transpose` of Pillow on a picture of 3 x 2 whose pixels are numbered from 0.
    #[test]
    fn every_way_is_pillows() {
        let picture = Pixels {
            width: 3,
            height: 2,
            rgb: (0..6).flat_map(|i| [i, i, i]).collect(),
        };
        for (orientation, width, expected) in [
            (1, 3, [0, 1, 2, 3, 4, 5]),
            (2, 3, [2, 1, 0, 5, 4, 3]),
            (3, 3, [5, 4, 3, 2, 1, 0]),
            (4, 3, [3, 4, 5, 0, 1, 2]),
            (5, 2, [0, 3, 1, 4, 2, 5]),
            (6, 2, [3, 0, 4, 1, 5, 2]),
            (7, 2, [5, 2, 4, 1, 3, 0]),
            (8, 2, [2, 5, 1, 4, 0, 3]),
        ] {
            let marks = Marks {
                orientation,
                alpha_is_in_colours: false,
            };
            let got = turned(picture.clone(), marks);
            let numbers: Vec<u8> = got.rgb.chunks_exact(3).map(|pixel| pixel[0]).collect();
            assert_eq!((got.width, &numbers[..]), (width, &expected[..]), "{orientation}");
        }
    }

    #[test]
    fn alpha_is_divided_out() {
        assert_eq!(
            without_alpha(&[10, 20, 200, 100, 7, 8, 9, 0, 1, 2, 3, 255]),
            [25, 51, 255, 0, 0, 0, 1, 2, 3]
        );
    }
}
