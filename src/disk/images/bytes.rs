//! An image file's bytes, limited to what an image of its size can have.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

use super::header::inspect;
use crate::disk::files::stoppable::Stoppable;
use crate::error::{Error, Result};
use crate::protocol::Cancel;

/// Files up to this are read without a look at what they are.
const SMALL: u64 = 64 << 20;
/// Four channels of 32 bits, uncompressed.
const PER_PIXEL: u64 = 16;

/// # Errors
/// It cannot be read, is not a regular file, or is far larger than its image; stopped.
pub fn read_image(path: &Path, cancel: &Cancel) -> Result<Vec<u8>> {
    let failed = || Error::io("read", path);
    let found = fs::metadata(path).map_err(failed())?;
    // Opening a pipe would block.
    if !found.is_file() {
        return Err(Error::file(path, "is not a regular file"));
    }
    let file = File::open(path).map_err(failed())?;
    if found.len() > SMALL {
        let header = inspect(&mut BufReader::new(Stoppable::new(&file, cancel)))
            .map_err(|fault| Error::file(path, fault.message))?;
        let most = SMALL + u64::from(header.width) * u64::from(header.height) * PER_PIXEL;
        if found.len() > most {
            let message = format!(
                "has {} MB, far more than its {} x {} pixels can need; save it again as PNG",
                found.len() >> 20,
                header.width,
                header.height
            );
            return Err(Error::file(path, message));
        }
    }
    // From the start again, wherever the look at the header has left it.
    let mut bytes = Vec::with_capacity(found.len() as usize);
    let file = File::open(path).map_err(failed())?.take(found.len());
    let read = Stoppable::new(file, cancel).read_to_end(&mut bytes);
    cancel.check()?;
    read.map_err(failed())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hollow_file_and_what_is_none_are_not_read() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.bmp");
        image::RgbImage::new(4, 4).save(&path).unwrap();
        let cancel = Cancel::new();
        assert!(read_image(&path, &cancel).unwrap().len() > 54);
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(3 << 30)
            .unwrap();
        let message = read_image(&path, &cancel).unwrap_err().to_string();
        assert!(
            message.contains("has 3072 MB, far more than its 4 x 4 pixels"),
            "{message}"
        );
        let message = read_image(home.path(), &cancel).unwrap_err().to_string();
        assert!(message.contains("is not a regular file"), "{message}");
    }
}
