//! What an image's file says of itself, for people.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use super::header::inspect;
use crate::error::{Error, Result};
use crate::experiment::Unseen;
use crate::protocol::ImageFacts;

/// # Errors
/// The file cannot be read, is not a regular one, or is no image that can be used.
pub fn of_file(path: &Path) -> Result<ImageFacts> {
    let failed = || Error::io("read", path);
    let found = fs::metadata(path).map_err(failed())?;
    // Opening a pipe would block.
    if !found.is_file() {
        return Err(Error::file(path, "is not a regular file"));
    }
    let file = File::open(path).map_err(failed())?;
    let header = inspect(&mut BufReader::new(file)).map_err(|fault| Error::file(path, fault.message))?;
    Ok(ImageFacts {
        path: path.to_path_buf(),
        n_bytes: found.len(),
        format: header.format.name().into(),
        size: [header.width, header.height],
        unseen: in_words(header.unseen),
    })
}

fn in_words(unseen: Unseen) -> Vec<String> {
    let all = [
        (
            unseen.turned,
            "meant to be turned by an EXIF tag, which is not obeyed, as with PyTorch's ImageFolder: the network sees it as \
             it is shown here",
        ),
        (
            unseen.deep_grey,
            "grey with more than 256 levels, of which all from 255 on become white",
        ),
        (
            unseen.more_pictures,
            "more than one picture (frames or pages), of which the first alone is seen",
        ),
        (unseen.one_colour, "of one colour all over"),
    ];
    all.into_iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, words)| words.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_described_without_being_decoded() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.dat");
        image::RgbImage::new(40, 30)
            .save_with_format(&path, image::ImageFormat::Png)
            .unwrap();
        let facts = of_file(&path).unwrap();
        assert_eq!((facts.format.as_str(), facts.size), ("PNG", [40, 30]));
        assert_eq!(facts.n_bytes, fs::metadata(&path).unwrap().len());
        assert_eq!(facts.unseen, [""; 0]);
        fs::write(&path, "no image").unwrap();
        assert!(of_file(&path).unwrap_err().to_string().contains("a.dat"));
        assert!(of_file(home.path()).is_err());
        let turned = Unseen {
            turned: true,
            ..Unseen::default()
        };
        assert!(in_words(turned)[0].contains("EXIF"));
    }
}
