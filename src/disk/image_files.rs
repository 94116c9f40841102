//! The images that a list of files and folders means.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::walk::EXTENSIONS;
use crate::error::{Error, Result};

/// Files as they are named, whatever their extension; folders as the image files in them, however deep, in sorted
/// order.
///
/// # Errors
/// A path that is not there; a folder without an image.
pub fn image_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_file() {
            files.push(path.clone());
            continue;
        }
        if !path.is_dir() {
            return Err(Error::file(path, "no such file or folder"));
        }
        let n_before = files.len();
        for entry in WalkDir::new(path).follow_links(true).sort_by_file_name() {
            let entry = entry.map_err(|e| Error::file(path, format!("cannot be searched: {e}")))?;
            if entry.file_type().is_file() && has_image_extension(entry.path()) {
                files.push(entry.into_path());
            }
        }
        if files.len() == n_before {
            return Err(Error::file(
                path,
                format!("holds no image ({})", EXTENSIONS.join(", ")),
            ));
        }
    }
    Ok(files)
}

fn has_image_extension(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    extension.is_some_and(|e| EXTENSIONS.contains(&e.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_as_named_and_folders_searched_in_order() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        std::fs::create_dir_all(at("b/deep")).unwrap();
        for name in ["odd.bin", "b/2.JPG", "b/1.png", "b/deep/0.webp", "b/notes.txt"] {
            std::fs::write(at(name), "").unwrap();
        }
        let found = image_files(&[at("odd.bin"), at("b")]).unwrap();
        assert_eq!(
            found,
            [at("odd.bin"), at("b/1.png"), at("b/2.JPG"), at("b/deep/0.webp")]
        );
        let missing = image_files(&[at("none")]).unwrap_err().to_string();
        assert!(missing.ends_with("none: no such file or folder"), "{missing}");
    }
}
