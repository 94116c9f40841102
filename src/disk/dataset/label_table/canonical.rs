//! Where files really are, behind links: two names of one file are one image. A folder is looked up once for all files in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Default)]
pub struct Canonical {
    folders: BTreeMap<PathBuf, PathBuf>,
}

impl Canonical {
    /// Of a file that is not there, its path with the folder as far as that is known.
    pub fn of(&mut self, file: &Path) -> PathBuf {
        let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
            return file.to_path_buf();
        };
        let known = match self.folders.get(folder) {
            Some(known) => known,
            None => {
                let found = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
                self.folders.entry(folder.to_path_buf()).or_insert(found)
            }
        };
        let file = known.join(name);
        match fs::symlink_metadata(&file).is_ok_and(|found| found.is_symlink()) {
            true => file.canonicalize().unwrap_or(file),
            false => file,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn every_name_of_a_file_leads_to_it() {
        use std::os::unix::fs::symlink;
        let home = tempfile::tempdir().unwrap();
        let home = home.path().canonicalize().unwrap();
        fs::create_dir(home.join("a")).unwrap();
        fs::write(home.join("a/1.png"), "").unwrap();
        symlink(home.join("a"), home.join("b")).unwrap();
        symlink("1.png", home.join("a/link.png")).unwrap();
        let mut canonical = Canonical::default();
        for name in ["a/1.png", "b/1.png", "b/link.png", "a/../b/./link.png"] {
            assert_eq!(canonical.of(&home.join(name)), home.join("a/1.png"), "{name}");
        }
        for name in ["a/2.png", "none/1.png"] {
            assert_eq!(canonical.of(&home.join(name)), home.join(name), "{name}");
        }
    }
}
