//! Images small enough to show.

use std::path::Path;

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
