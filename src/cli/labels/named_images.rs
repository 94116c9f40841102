//! Images named on the command line: by their path in the folder, as lists and tables have it, or from where one is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::experiment::Dataset;

/// The images of a folder that these paths name, by index.
///
/// # Errors
/// One names no image of the folder.
pub fn indices(dataset: &Dataset, paths: &[PathBuf]) -> Result<Vec<usize>> {
    let by_path: BTreeMap<&str, usize> = (dataset.images.iter().enumerate())
        .map(|(i, image)| (image.path.as_str(), i))
        .collect();
    let root = dataset
        .root
        .canonicalize()
        .unwrap_or_else(|_| dataset.root.clone());
    let index = |path: &PathBuf| {
        let known = |path: &Path| by_path.get(plain(path)?.as_str()).copied();
        let from_here = || {
            // The folders above it, so that an image that is itself a link keeps its name.
            let above = path.parent().filter(|dir| !dir.as_os_str().is_empty());
            let above = above.unwrap_or(Path::new(".")).canonicalize().ok()?;
            known(above.join(path.file_name()?).strip_prefix(&root).ok()?)
        };
        let message = "is not among the folder's images; `counterweight scan` lists what was left out";
        known(path)
            .or_else(from_here)
            .ok_or_else(|| Error::file(path, message))
    };
    paths.iter().map(index).collect()
}

/// With forward slashes and without `./`; `None` where it is not UTF-8.
fn plain(path: &Path) -> Option<String> {
    let names: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(
        names?
            .into_iter()
            .filter(|&name| name != ".")
            .collect::<Vec<_>>()
            .join("/"),
    )
}
