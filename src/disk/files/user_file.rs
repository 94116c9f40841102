//! Files that the user asked for: text and pictures, whole or not at all.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, RgbImage};

use super::whole_file::write_whole;
use crate::error::{Error, Result};
use crate::protocol::Picture;

/// Writes the file beside its place and renames it into it; makes the folders above it where they are missing.
///
/// # Errors
/// What the file system says, with the path.
pub fn write_text(path: &Path, text: &str) -> Result<()> {
    create_folder_of(path)?;
    write_whole(path, text.as_bytes())
}

/// The same of a picture, as PNG.
///
/// # Errors
/// It has not as many pixels as it says; what the file system says, with the path.
pub fn write_picture(path: &Path, picture: &Picture) -> Result<()> {
    create_folder_of(path)?;
    write_whole(path, &png(path, picture)?)
}

fn create_folder_of(path: &Path) -> Result<()> {
    path.parent().map_or(Ok(()), create_folder)
}

/// With the folders above it; one that is there stays as it is.
///
/// # Errors
/// What the file system says, with the path.
pub fn create_folder(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir).map_err(Error::io("create", dir))
}

fn png(path: &Path, picture: &Picture) -> Result<Vec<u8>> {
    let [width, height] = picture.size.map(|side| side as u32);
    let image = RgbImage::from_raw(width, height, picture.rgb.clone());
    let image = image.ok_or_else(|| Error::file(path, "the picture has not as many pixels as it says"))?;
    let mut bytes = Cursor::new(Vec::new());
    let written = image.write_to(&mut bytes, ImageFormat::Png);
    written.map_err(|e| Error::file(path, e.to_string()))?;
    Ok(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("new/loss.csv");
        write_text(&path, "run,loss\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "run,loss\n");
        let path = home.path().join("dot.png");
        let picture = Picture {
            size: [2, 1],
            rgb: vec![1, 2, 3, 250, 251, 252],
        };
        write_picture(&path, &picture).unwrap();
        assert_eq!(image::open(&path).unwrap().to_rgb8().into_raw(), picture.rgb);
        let short = Picture {
            rgb: vec![],
            ..picture
        };
        let refused = write_picture(&home.path().join("short.png"), &short);
        assert!(refused.unwrap_err().to_string().contains("short.png"));
    }
}
