//! The rows of a table of groups, and which image each is of: its path may be written in many ways.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::experiment::normal_form;

#[derive(Debug)]
pub struct Table {
    /// Groups by path, relative to the data folder, as it is written.
    exact: BTreeMap<String, String>,
    /// The same by the form in which names look; `None` where two names look the same and are not of one group.
    by_form: BTreeMap<String, Option<String>>,
    /// The data folder's absolute paths.
    roots: BTreeSet<String>,
    /// Where it really is.
    canonical: Option<PathBuf>,
    /// Folders of which it is known that they are not the data folder under another name.
    others: BTreeSet<PathBuf>,
}

impl Table {
    /// An empty one for the images of that folder.
    pub fn of(root: &Path) -> Self {
        let canonical = root.canonicalize().ok();
        let names = [Some(root.to_path_buf()), canonical.clone()]
            .into_iter()
            .flatten();
        let names = names.map(|name| spelled(&name.to_string_lossy()));
        Table {
            exact: BTreeMap::new(),
            by_form: BTreeMap::new(),
            roots: names.filter(|name| !name.is_empty()).collect(),
            canonical,
            others: BTreeSet::new(),
        }
    }

    /// # Errors
    /// The image is there with another group already.
    pub fn add(&mut self, path: &str, group: &str) -> Result<(), String> {
        let path = self.relative(path);
        if let Some(other) = self.exact.insert(path.clone(), group.to_owned())
            && other != group
        {
            return Err(format!(
                "gives {path} the group {other:?} and later {group:?}; keep one of the rows"
            ));
        }
        let of_form = self
            .by_form
            .entry(form(&path))
            .or_insert_with(|| Some(group.to_owned()));
        if of_form.as_deref() != Some(group) {
            *of_form = None;
        }
        Ok(())
    }

    /// The group of an image, by its path as in a dataset; none where it is empty.
    pub fn group_of(&self, image: &str) -> Option<&str> {
        let image = spelled(image);
        let exact = self.exact.get(&image);
        let group = exact.or_else(|| self.by_form.get(&form(&image))?.as_ref());
        group.map(String::as_str).filter(|group| !group.is_empty())
    }

    /// Without what leads to the data folder.
    pub fn relative(&mut self, path: &str) -> String {
        let path = spelled(path);
        if let Some(inner) = self.without_steps_back(&path) {
            return inner;
        }
        if let Some(inner) = self.below_a_root(&path) {
            return inner;
        }
        if let Some(root) = self.root_above(Path::new(&path)) {
            self.roots.insert(root);
        }
        self.below_a_root(&path).unwrap_or(path)
    }

    /// A path with `..` in it, by the folder that it leads to: one before may be a link, which only the disk knows. `None`
    /// where there is no such folder, or it is not in the data folder.
    fn without_steps_back(&self, path: &str) -> Option<String> {
        let (folder, name) = path.rsplit_once('/')?;
        if name == ".." || !folder.split('/').any(|name| name == "..") {
            return None;
        }
        let root = self.canonical.as_ref()?;
        let folder = root.join(folder).canonicalize().ok()?;
        Some(spelled(
            &folder.strip_prefix(root).ok()?.join(name).to_string_lossy(),
        ))
    }

    fn below_a_root(&self, path: &str) -> Option<String> {
        let below = |path: &str, root: &str| Some(path.strip_prefix(root)?.strip_prefix('/')?.to_owned());
        let found = self.roots.iter().find_map(|root| below(path, root));
        found.or_else(|| {
            let path = form(path);
            self.roots.iter().find_map(|root| below(&path, &form(root)))
        })
    }

    /// The folder in an absolute path that is the data folder under another name, such as a link to it. Each is looked at
    /// once.
    fn root_above(&mut self, path: &Path) -> Option<String> {
        let canonical = self.canonical.clone().filter(|_| path.is_absolute())?;
        for folder in path.ancestors().skip(1) {
            if self.others.contains(folder) {
                return None;
            }
            if folder.canonicalize().is_ok_and(|found| found == canonical) {
                return Some(spelled(&folder.to_string_lossy()));
            }
            self.others.insert(folder.to_path_buf());
        }
        None
    }
}

/// As in a dataset: one forward slash between two names, none at the end, and no name that leads nowhere else (`.`).
fn spelled(path: &str) -> String {
    let path = path.trim().replace('\\', "/");
    let first = match path.starts_with('/') {
        // A computer's name on Windows.
        true if cfg!(windows) && path.starts_with("//") => "//",
        true => "/",
        false => "",
    };
    let names: Vec<&str> = path
        .split('/')
        .filter(|name| !matches!(*name, "" | "."))
        .collect();
    format!("{first}{}", names.join("/"))
}

/// Each name in the form in which it looks.
pub fn form(path: &str) -> String {
    let names: Vec<String> = path.split('/').map(normal_form).collect();
    names.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_same_however_it_is_written() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("K\u{e4}se");
        std::fs::create_dir_all(root.join("a")).unwrap();
        let mut paths = [
            "a/1.png",
            "./a/1.png",
            "a\\1.png ",
            ".//a/./1.png",
            "a/../a/1.png",
        ]
        .map(str::to_owned)
        .to_vec();
        let absolute = |root: &Path| format!("{}/a/1.png", root.display());
        paths.push(absolute(&root));
        paths.push(absolute(&home.path().join("Ka\u{308}se")));
        #[cfg(unix)]
        {
            let link = home.path().join("link");
            std::os::unix::fs::symlink(&root, &link).unwrap();
            paths.push(absolute(&link));
            paths.push(absolute(&link.join("a/..")));
        }
        for path in paths {
            let mut table = Table::of(&root);
            table.add(&path, "x").unwrap();
            assert_eq!(table.group_of("a/1.png"), Some("x"), "{path}");
        }
        // Of another folder, and of none.
        let mut table = Table::of(&root);
        table.add(&absolute(home.path()), "x").unwrap();
        table.add("/nowhere/a/1.png", "x").unwrap();
        assert_eq!(table.group_of("a/1.png"), None);
    }

    /// From where the program runs, as a shell completes it.
    #[test]
    fn absolute_paths_fit_a_folder_that_was_typed_relatively() {
        let home = tempfile::tempdir_in(".").unwrap();
        let typed = Path::new(".").join(home.path().file_name().unwrap());
        let mut table = Table::of(&typed);
        let absolute = std::path::absolute(home.path()).unwrap();
        table
            .add(&format!("{}/a/1.png", absolute.display()), "x")
            .unwrap();
        assert_eq!(table.group_of("a/1.png"), Some("x"));
    }

    #[test]
    fn names_that_look_alike_are_told_apart_where_the_table_does() {
        let (composed, decomposed) = ("K\u{e4}se/1.png", "Ka\u{308}se/1.png");
        let mut table = Table::of(Path::new(""));
        table.add(composed, "x").unwrap();
        assert_eq!(
            table.group_of(decomposed),
            Some("x"),
            "written on another computer"
        );
        table.add(decomposed, "y").unwrap();
        assert_eq!(
            (table.group_of(composed), table.group_of(decomposed)),
            (Some("x"), Some("y"))
        );
        // A third one could be either.
        assert_eq!(table.group_of("K\u{e4}se /1.png"), None);
        let message = table.add(composed, "z").unwrap_err();
        assert!(message.contains("the group \"x\" and later \"z\""), "{message}");
    }
}
