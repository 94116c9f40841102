//! A cheap name for a dataset: which files, in which order, how long. It tells two folders apart and the same folder
//! again; it does not look at what is in the files.

use std::fs;

use crate::error::{Error, Result};
use crate::experiment::Dataset;

/// BLAKE3, in hex, over each image's relative path and length in bytes, in the dataset's order. An image that changed and
/// kept its length goes unseen.
///
/// # Errors
/// An image of the dataset is gone or cannot be looked at.
pub fn fingerprint(dataset: &Dataset) -> Result<String> {
    let listed = dataset.images.iter().map(|image| {
        let path = dataset.root.join(&image.path);
        let n_bytes = fs::metadata(&path).map_err(Error::io("read", &path))?.len();
        Ok((image.path.as_str(), n_bytes))
    });
    Ok(of_files(listed.collect::<Result<Vec<_>>>()?))
}

/// The same of files whose lengths are known already.
pub fn of_files<'a>(files: impl IntoIterator<Item = (&'a str, u64)>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (path, n_bytes) in files {
        // Lengths go first, so that no two lists of files make the same bytes.
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path.as_bytes());
        hasher.update(&n_bytes.to_le_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ImageEntry;

    #[test]
    fn names_lengths_and_order_count() {
        let dir = tempfile::tempdir().unwrap();
        let images = ["a.png", "b.png"].map(|path| ImageEntry {
            path: path.into(),
            class_idx: 0,
            folder: None,
        });
        let write = |path: &str, bytes: &[u8]| fs::write(dir.path().join(path), bytes).unwrap();
        let mut dataset = Dataset {
            root: dir.path().into(),
            images: images.to_vec(),
            ..Dataset::default()
        };
        write("a.png", b"1");
        write("b.png", b"22");
        let first = fingerprint(&dataset).unwrap();
        assert_eq!(first.len(), 64);
        write("a.png", b"x");
        assert_eq!(fingerprint(&dataset).unwrap(), first);
        write("a.png", b"xx");
        assert_ne!(fingerprint(&dataset).unwrap(), first);
        write("a.png", b"x");
        dataset.images.reverse();
        assert_ne!(fingerprint(&dataset).unwrap(), first);
        fs::remove_file(dir.path().join("b.png")).unwrap();
        assert!(fingerprint(&dataset).unwrap_err().to_string().contains("b.png"));
    }
}
