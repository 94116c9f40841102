//! From an image of any size to the size that the network sees, as torchvision's transforms do it on a PIL image.

use super::decode::{Pixels, Source};
use super::resample::bilinear;
use crate::error::{Error, Result};
use crate::experiment::Resize;

/// - `square`: `Resize((image_size, image_size))`.
/// - `crop`: `Resize(image_size * 256 / 224)` on the shorter side, then `CenterCrop(image_size)`.
/// - `none`: the pixels as they are.
///
/// Both sizes are antialiased bilinear, Pillow's to the last bit where the decoder has not shrunk the image already.
///
/// # Errors
/// The image is so large or so narrow that it cannot be resized.
pub fn to_network_size(source: Source, resize: Resize, image_size: u32) -> Result<Pixels> {
    let Some(size) = before_crop(resize, image_size, source.width, source.height) else {
        return Ok(source.pixels);
    };
    let pixels = resized(source, size)?;
    Ok(match resize {
        Resize::Crop => centre(&pixels, image_size),
        Resize::Square | Resize::None => pixels,
    })
}

/// What an image of that size is resized to; `None` where it stays as it is.
pub fn before_crop(resize: Resize, image_size: u32, width: u32, height: u32) -> Option<(u32, u32)> {
    match resize {
        Resize::None => None,
        Resize::Square => Some((image_size, image_size)),
        Resize::Crop => {
            let shorter = (f64::from(image_size) * 256.0 / 224.0).round() as u32;
            Some(with_shorter_side(width, height, shorter))
        }
    }
}

/// Which part of an image of that size a network is shown: left, top, right and bottom as shares of its width and height.
pub fn shown_part(resize: Resize, image_size: u32, width: u32, height: u32) -> [f32; 4] {
    let (across, down) = match (resize, before_crop(resize, image_size, width, height)) {
        (Resize::Crop, Some((width, height))) => (width, height),
        _ => return [0.0, 0.0, 1.0, 1.0],
    };
    let margin = |length: u32| (1.0 - image_size as f32 / length as f32) / 2.0;
    let (x, y) = (margin(across), margin(down));
    [x, y, 1.0 - x, 1.0 - y]
}

/// Shrinks until the longer side is at most `side` pixels, the ratio kept; smaller images stay as they are.
///
/// # Errors
/// The image has more than `MAX_PIXELS` even then, which no decoded one has.
pub fn to_fit(source: Source, side: u32) -> Result<Pixels> {
    match fitting(side, source.width, source.height) {
        Some(size) => resized(source, size),
        None => Ok(source.pixels),
    }
}

/// What [`to_fit`] resizes an image of that size to; `None` where it stays as it is.
pub fn fitting(side: u32, width: u32, height: u32) -> Option<(u32, u32)> {
    let longer = width.max(height);
    let scaled = |n: u32| {
        (f64::from(n) * f64::from(side) / f64::from(longer))
            .round()
            .max(1.0) as u32
    };
    (longer > side).then(|| (scaled(width), scaled(height)))
}

/// The size that torchvision's `Resize(shorter)` gives: the longer side is cut to a whole pixel, not rounded.
fn with_shorter_side(width: u32, height: u32, shorter: u32) -> (u32, u32) {
    let longer = |long: u32, short: u32| {
        let side = u64::from(shorter) * u64::from(long) / u64::from(short.max(1));
        u32::try_from(side).unwrap_or(u32::MAX)
    };
    if width <= height {
        (shorter, longer(height, width))
    } else {
        (longer(width, height), shorter)
    }
}

fn resized(source: Source, (width, height): (u32, u32)) -> Result<Pixels> {
    let Source { pixels, factor, .. } = source;
    if (source.width, source.height) == (width, height) {
        return Ok(pixels);
    }
    if u64::from(width) * u64::from(height) > super::header::MAX_PIXELS {
        return Err(Error::input(format!(
            "cannot resize {} x {} pixels to {width} x {height}: the image is too narrow",
            source.width, source.height
        )));
    }
    // Of a shrunk image the last column and row may cover more than the image does.
    let covered = |length: u32| f64::from(length) / f64::from(factor);
    Ok(bilinear(
        &pixels,
        (covered(source.width), covered(source.height)),
        (width, height),
    ))
}

/// The middle square; no side is shorter than `side`.
fn centre(pixels: &Pixels, side: u32) -> Pixels {
    // torchvision: `int(round((height - crop_height) / 2.0))`, and Python rounds halves to even.
    let offset = |length: u32| (f64::from(length.saturating_sub(side)) / 2.0).round_ties_even() as usize;
    let (left, top) = (offset(pixels.width), offset(pixels.height));
    let rows = pixels
        .rgb
        .chunks_exact(pixels.width as usize * 3)
        .skip(top)
        .take(side as usize);
    let rgb = rows
        .flat_map(|row| &row[left * 3..(left + side as usize) * 3])
        .copied()
        .collect();
    Pixels {
        width: side,
        height: side,
        rgb,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_shows_the_middle_and_everything_else_shows_all() {
        let part = |resize| shown_part(resize, 224, 400, 200);
        assert_eq!(part(Resize::Square), [0.0, 0.0, 1.0, 1.0]);
        assert_eq!(part(Resize::None), [0.0, 0.0, 1.0, 1.0]);
        // 400 x 200 becomes 512 x 256, of which the middle 224 x 224 are shown.
        assert_eq!(part(Resize::Crop), [0.28125, 0.0625, 0.71875, 0.9375]);
    }

    fn pattern() -> Pixels {
        let (width, height) = (13, 9);
        let sample = |i: u32| {
            let (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
            ((x * 37 + y * 59 + c * 83 + x * y * 11) % 256) as u8
        };
        Pixels {
            width,
            height,
            rgb: (0..width * height * 3).map(sample).collect(),
        }
    }

    fn check(resize: Resize, image_size: u32, expect: &[[u8; 3]]) {
        let got = to_network_size(pattern().into(), resize, image_size).unwrap();
        assert_eq!((got.width, got.height), (image_size, image_size));
        let expect = expect.as_flattened();
        assert_eq!(got.rgb.len(), expect.len());
        for (i, (a, b)) in got.rgb.iter().zip(expect).enumerate() {
            assert_eq!(a, b, "{resize}: sample {i}");
        }
    }

    /// Pillow 13.0, torchvision 0.26:
    /// ```python
    /// x, y, c = np.meshgrid(np.arange(13), np.arange(9), np.arange(3), indexing="xy")
    /// image = Image.fromarray(((x * 37 + y * 59 + c * 83 + x * y * 11) % 256).astype(np.uint8))
    /// np.array(Resize((4, 4))(image)).reshape(-1, 3)
    /// ```
    #[test]
    fn square_is_pillows() {
        let expect = [
            [106, 138, 125],
            [145, 128, 108],
            [115, 115, 134],
            [128, 139, 134],
            [154, 107, 129],
            [123, 132, 127],
            [123, 132, 134],
            [147, 100, 118],
            [131, 134, 127],
            [150, 138, 130],
            [108, 139, 124],
            [110, 115, 106],
            [131, 129, 136],
            [152, 111, 133],
            [117, 110, 152],
            [124, 116, 131],
        ];
        check(Resize::Square, 4, &expect);
    }

    /// As above, with `Compose([Resize(6), CenterCrop(5)])`: 13 x 9 becomes 8 x 6, and both offsets are halves.
    #[test]
    fn crop_is_torchvisions() {
        let expect = [
            [163, 148, 85],
            [153, 87, 114],
            [96, 116, 118],
            [109, 106, 177],
            [103, 166, 121],
            [133, 122, 113],
            [129, 151, 109],
            [109, 131, 127],
            [139, 127, 141],
            [150, 95, 134],
            [138, 116, 115],
            [102, 128, 145],
            [124, 150, 143],
            [135, 113, 130],
            [110, 119, 96],
            [132, 151, 143],
            [163, 132, 130],
            [111, 160, 148],
            [91, 135, 92],
            [112, 91, 109],
            [178, 148, 104],
            [158, 114, 103],
            [119, 114, 158],
            [86, 162, 123],
            [100, 132, 92],
        ];
        check(Resize::Crop, 5, &expect);
    }

    #[test]
    fn none_and_the_same_size_leave_the_pixels_alone() {
        assert_eq!(
            to_network_size(pattern().into(), Resize::None, 5).unwrap(),
            pattern()
        );
        assert_eq!(resized(pattern().into(), (13, 9)).unwrap(), pattern());
    }

    #[test]
    fn the_longer_side_is_cut_and_not_rounded() {
        for (size, shorter, expect) in [
            ((500, 375), 256, (341, 256)),
            ((375, 500), 256, (256, 341)),
            ((640, 480), 146, (194, 146)),
            ((7, 7), 256, (256, 256)),
        ] {
            assert_eq!(with_shorter_side(size.0, size.1, shorter), expect);
        }
    }

    #[test]
    fn an_image_like_a_thread_is_refused() {
        let thread = Pixels {
            width: 1,
            height: 60_000,
            rgb: vec![0; 180_000],
        };
        let error = to_network_size(thread.into(), Resize::Crop, 224).unwrap_err();
        assert!(error.to_string().contains("too narrow"), "{error}");
    }
}
