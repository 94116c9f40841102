//! Where the decisions about a folder are kept: in the place for runs, under the folder's name.

use std::path::{Path, PathBuf};

/// Beside the runs.
const LABELS_DIR: &str = "labels";

/// The journal of that folder. Its name is for people; eight digits of the hash of the folder's place tell folders of
/// one name apart.
pub fn journal_of(runs_dir: &Path, data: &Path) -> PathBuf {
    let place = data.canonicalize().unwrap_or_else(|_| data.to_path_buf());
    let hash = blake3::hash(place.as_os_str().as_encoded_bytes()).to_hex();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let name: String = (name.chars().take(60))
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    runs_dir
        .join(LABELS_DIR)
        .join(format!("{name}-{}.jsonl", &hash[..8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_one_name_have_journals_of_their_own() {
        let [one, two] =
            ["/a/faces: raw", "/b/faces: raw"].map(|data| journal_of("/runs".as_ref(), data.as_ref()));
        assert_ne!(one, two);
        let name = one.file_name().unwrap().to_str().unwrap();
        assert!(
            name.starts_with("faces__raw-") && name.ends_with(".jsonl"),
            "{name}"
        );
        assert!(one.starts_with("/runs/labels"));
    }
}
