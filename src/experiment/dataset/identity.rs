//! Which image folder a dataset is, whatever path it was opened by.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// By it a run is known to have been trained on a folder: by its place, or, where the folder was moved, by its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The path of the folder, or of the table that names the images, without links; empty where nobody looked.
    pub place: PathBuf,
    /// Every image's path and length, and its label where a table gives it (see `disk::dataset::fingerprint`); empty where nobody looked.
    pub fingerprint: String,
}

impl Identity {
    /// Whether a run that was trained on `data`, whose files had that fingerprint, was trained on this folder. Class names
    /// say nothing of it: two folders may have the same.
    pub fn is(&self, data: &Path, fingerprint: &str) -> bool {
        // Whole paths: both are without links, and many runs are asked in every frame.
        let same_place = !self.place.as_os_str().is_empty() && self.place.as_os_str() == data.as_os_str();
        same_place || !fingerprint.is_empty() && self.fingerprint == fingerprint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_known_by_its_place_or_by_its_files() {
        let folder = Identity {
            place: "/data/faces".into(),
            fingerprint: "ab12".into(),
        };
        assert!(folder.is("/data/faces".as_ref(), "other files"), "it has grown");
        assert!(folder.is("/backup/faces".as_ref(), "ab12"), "it was moved");
        assert!(!folder.is("/data/leaves".as_ref(), "cd34"));
        assert!(
            !folder.is("/data/leaves".as_ref(), ""),
            "an old run that does not say"
        );
        assert!(!Identity::default().is("".as_ref(), ""));
    }
}
