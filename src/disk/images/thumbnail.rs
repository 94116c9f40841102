//! Images small enough to show.

use std::io::Cursor;
use std::path::Path;

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use super::decode::decode_to_resize;
use super::resize::{fitting, to_fit};
use crate::error::Result;
use crate::protocol::{Cancel, Picture};

/// Decodes the image that these bytes of a file hold and shrinks it, its ratio kept, until its longer side is at most `side`
/// pixels. `path` is named in errors.
///
/// # Errors
/// It cannot be decoded; stopped.
pub fn thumbnail(bytes: &[u8], path: &Path, side: u32, cancel: &Cancel) -> Result<Picture> {
    let source = decode_to_resize(bytes, path, cancel, |width, height| fitting(side, width, height))?;
    let pixels = to_fit(source, side)?;
    Ok(Picture {
        size: [pixels.width as usize, pixels.height as usize],
        rgb: pixels.rgb,
    })
}

/// As a file's bytes; `None` where it has not as many pixels as it says.
pub fn jpeg(picture: &Picture, quality: u8) -> Option<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    let [width, height] = picture.size.map(|n| n as u32);
    // The encoder takes that for granted.
    let fits = picture.rgb.len() == picture.size[0] * picture.size[1] * 3;
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    let encoded = fits.then(|| encoder.encode(&picture.rgb, width, height, ExtendedColorType::Rgb8));
    encoded?.ok()?;
    Some(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_side_fits_and_small_images_stay() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("wide.png");
        for (size, expected) in [([300, 100], [96, 32]), ([10, 400], [2, 96]), ([40, 30], [40, 30])] {
            image::RgbImage::new(size[0], size[1]).save(&path).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            assert_eq!(
                thumbnail(&bytes, &path, 96, &Cancel::new()).unwrap().size,
                expected
            );
        }
    }
}
