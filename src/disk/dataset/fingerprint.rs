//! A cheap name for a dataset: which files, in which order, how long. It tells two folders apart and the same folder
//! again; it does not look at what is in the files.

use std::fs;

use crate::error::{Error, Result};
use crate::experiment::{Dataset, ImageEntry, Part};

/// BLAKE3, in hex, over each image's relative path and length in bytes, in the dataset's order, and, where a table gives them,
/// its class and part, which no path tells. An image that changed and kept its length goes unseen.
///
/// # Errors
/// An image of the dataset is gone or cannot be looked at.
pub fn fingerprint(dataset: &Dataset) -> Result<String> {
    let listed = dataset.images.iter().map(|image| {
        let path = dataset.root.join(&image.path);
        Ok(fs::metadata(&path).map_err(Error::io("read", &path))?.len())
    });
    let n_bytes = listed.collect::<Result<Vec<_>>>()?;
    Ok(of_lengths(&dataset.images, n_bytes, labels(dataset)))
}

/// The classes, where paths do not tell them.
fn labels(dataset: &Dataset) -> Option<&[String]> {
    dataset.table.as_ref().map(|_| dataset.classes.as_slice())
}

/// The same of files whose lengths are known already. `labels` are the names of the classes, where they come from a table.
pub fn of_lengths(
    images: &[ImageEntry],
    n_bytes: impl IntoIterator<Item = u64>,
    labels: Option<&[String]>,
) -> String {
    let mut hasher = blake3::Hasher::new();
    // Lengths go first, so that no two lists of files make the same bytes.
    let text = |hasher: &mut blake3::Hasher, text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    for (image, n_bytes) in images.iter().zip(n_bytes) {
        text(&mut hasher, &image.path);
        hasher.update(&n_bytes.to_le_bytes());
        if let Some(classes) = labels {
            text(&mut hasher, &classes[image.class_idx]);
            text(&mut hasher, image.folder.map_or("", Part::name));
        }
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::LabelTable;

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
        // A table may say what no path does.
        dataset.classes = vec!["cat".into(), "dog".into()];
        dataset.table = Some(LabelTable::default());
        let labelled = fingerprint(&dataset).unwrap();
        assert_ne!(labelled, first);
        dataset.images[1].class_idx = 1;
        assert_ne!(fingerprint(&dataset).unwrap(), labelled);
        dataset.table = None;
        assert_eq!(fingerprint(&dataset).unwrap(), first);
        dataset.images.reverse();
        assert_ne!(fingerprint(&dataset).unwrap(), first);
        fs::remove_file(dir.path().join("b.png")).unwrap();
        assert!(fingerprint(&dataset).unwrap_err().to_string().contains("b.png"));
    }
}
