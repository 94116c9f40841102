//! The file in which the window's library keeps the window's settings, read again: another window may have written it.

use std::collections::BTreeMap;
use std::path::Path;

use super::whole_file::read_small;

/// How dozens of folders of hundreds of classes were left, and more.
const MOST_BYTES: u64 = 1 << 24;

/// Values by their keys; `None` where there is no such file, or somebody is just writing it.
pub fn stored_values(path: &Path) -> Option<BTreeMap<String, String>> {
    ron::from_str(&read_small(path, MOST_BYTES).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_half_written_is_not_read() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("app.ron");
        assert_eq!(stored_values(&path), None);
        // As eframe 0.37 writes it.
        let text = "{\n    \"counterweight\": \"{\\\"zoom\\\":1.5}\",\n    \"window\": \"(1, 2)\",\n}";
        std::fs::write(&path, text).unwrap();
        let values = stored_values(&path).unwrap();
        assert_eq!(values["counterweight"], "{\"zoom\":1.5}");
        assert_eq!(values.len(), 2);
        std::fs::write(&path, &text[..text.len() - 9]).unwrap();
        assert_eq!(stored_values(&path), None);
    }
}
