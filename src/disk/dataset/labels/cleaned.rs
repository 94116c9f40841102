//! The folder as it was decided, as a new folder: images under their classes, without those that were left out. Links cost
//! no room; where the file system knows none between the two places, they are copies.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::disk::files::whole_file::short_of_room;
use crate::error::{Error, Result};
use crate::experiment::{Dataset, ImageEntry, ImageLabel, known_class};
use crate::protocol::{Cancel, CleanedFolder};

/// Makes the folder `to`, which may not be there yet. Where that fails, nothing of it is left.
///
/// # Errors
/// It is there already, or would lie in the image folder; a table's class cannot be the name of a folder; what the file system says, with the path; stopped.
pub fn copy_cleaned(
    dataset: &Dataset,
    images: &BTreeMap<usize, ImageLabel>,
    to: &Path,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<CleanedFolder> {
    match &dataset.table {
        None => is_apart(&dataset.root, to)?,
        Some(table) => can_be_folders(&dataset.classes, &table.path)?,
    }
    fs::create_dir(to).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => Error::file(to, "is there already; name a folder that is not"),
        _ => Error::io("create", to)(e),
    })?;
    let filled = fill(dataset, images, to, cancel, progress);
    if filled.is_err() {
        let _ = fs::remove_dir_all(to);
    }
    filled
}

/// The image folder is not touched, and what lies in it is taken for a class.
fn is_apart(root: &Path, to: &Path) -> Result<()> {
    let above = to
        .parent()
        .filter(|dir| !dir.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let above = above.canonicalize().map_err(Error::io("find", above))?;
    let root = root.canonicalize().map_err(Error::io("find", root))?;
    match above.starts_with(&root) {
        true => Err(Error::file(
            to,
            "would lie in the image folder itself; choose a place outside it",
        )),
        false => Ok(()),
    }
}

/// A table may name its classes as it likes, and no image may come to lie outside the new folder.
fn can_be_folders(classes: &[String], table: &Path) -> Result<()> {
    let is_none =
        |class: &&String| matches!(class.as_str(), "" | "." | "..") || class.contains(['/', '\\', '\0']);
    match classes.iter().find(is_none) {
        None => Ok(()),
        Some(class) => Err(Error::file(
            table,
            format!(
                "its class {class:?} cannot be the name of a folder; give the class another name in the table, without / \
                 and \\"
            ),
        )),
    }
}

fn fill(
    dataset: &Dataset,
    images: &BTreeMap<usize, ImageLabel>,
    to: &Path,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<CleanedFolder> {
    let mut made = CleanedFolder {
        dir: to.to_path_buf(),
        n_images: 0,
        n_relabelled: 0,
        n_excluded: 0,
        are_copies: false,
    };
    let mut taken = BTreeSet::new();
    for (i, entry) in dataset.images.iter().enumerate() {
        cancel.check()?;
        let decided = images.get(&i);
        if decided.is_some_and(|image| image.is_excluded) {
            made.n_excluded += 1;
            continue;
        }
        let label = decided.and_then(|image| image.label.as_deref());
        let class_idx = label
            .and_then(|label| known_class(&dataset.classes, label).ok())
            .unwrap_or(entry.class_idx);
        made.n_relabelled += usize::from(class_idx != entry.class_idx);
        let place = place(entry, dataset, class_idx);
        let path = free(place, &mut taken);
        made.are_copies |= put(&dataset.root.join(&entry.path), &to.join(&path))?;
        made.n_images += 1;
        progress(made.n_images as u64);
    }
    Ok(made)
}

/// Where an image of that class belongs in the new folder: the part's folder and those below its class's stay.
fn place(entry: &ImageEntry, Dataset { classes, table, .. }: &Dataset, class_idx: usize) -> String {
    let file_name = || {
        let name = Path::new(&entry.path).file_name();
        name.unwrap_or_default().to_string_lossy().into_owned()
    };
    let names: Vec<&str> = entry.path.split('/').collect();
    let part = entry
        .folder
        .map_or_else(String::new, |part| format!("{}/", part.name()));
    let n_above = usize::from(entry.folder.is_some());
    let inner = match names.get(n_above) {
        Some(class)
            if table.is_none() && names.len() > n_above + 1 && **class == *classes[entry.class_idx] =>
        {
            names[n_above + 1..].join("/")
        }
        // A table's images may lie anywhere.
        _ => file_name(),
    };
    format!("{part}{}/{inner}", classes[class_idx])
}

/// The path, with a number before its ending where two classes had a file of that name.
fn free(path: String, taken: &mut BTreeSet<String>) -> String {
    let (stem, ending) = match path.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => (stem.to_owned(), format!(".{ending}")),
        _ => (path.clone(), String::new()),
    };
    let mut free = path;
    let mut n = 1;
    // Some file systems take letters of either case for one.
    while !taken.insert(free.to_lowercase()) {
        n += 1;
        free = format!("{stem}-{n}{ending}");
    }
    free
}

/// Whether it had to be copied. What is there already stays as it is.
fn put(from: &Path, to: &Path) -> Result<bool> {
    if let Some(dir) = to.parent() {
        fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
    }
    // The file itself, where it is a link.
    let from = from.canonicalize().map_err(Error::io("read", from))?;
    if fs::hard_link(&from, to).is_ok() {
        return Ok(false);
    }
    fs::File::create_new(to).map_err(Error::io("create", to))?;
    let n_bytes = fs::metadata(&from).map_or(0, |file| file.len());
    match fs::copy(&from, to) {
        Ok(_) => Ok(true),
        Err(e) => Err(Error::io("write", to)(short_of_room(e, to, n_bytes))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{LabelTable, Part};

    fn folder(home: &Path) -> Dataset {
        let entry = |path: &str, class_idx: usize| {
            fs::create_dir_all(home.join(path).parent().unwrap()).unwrap();
            fs::write(home.join(path), path).unwrap();
            ImageEntry {
                path: path.into(),
                class_idx,
                folder: None,
            }
        };
        Dataset {
            root: home.to_path_buf(),
            classes: vec!["A".into(), "B".into()],
            images: vec![entry("A/1.png", 0), entry("A/deep/2.png", 0), entry("B/1.png", 1)],
            ..Dataset::default()
        }
    }

    fn labels(label: Option<&str>, is_excluded: bool) -> ImageLabel {
        ImageLabel {
            label: label.map(str::to_owned),
            is_excluded,
            ..ImageLabel::default()
        }
    }

    #[test]
    fn images_lie_under_their_classes_and_no_name_is_lost() {
        let home = tempfile::tempdir().unwrap();
        let (data, to) = (home.path().join("data"), home.path().join("cleaned"));
        let dataset = folder(&data);
        let images = BTreeMap::from([(0, labels(Some("B"), false)), (1, labels(None, true))]);
        let made = copy_cleaned(&dataset, &images, &to, &Cancel::new(), &mut |_| {}).unwrap();
        assert_eq!((made.n_images, made.n_relabelled, made.n_excluded), (2, 1, 1));
        assert_eq!(fs::read_to_string(to.join("B/1.png")).unwrap(), "A/1.png");
        assert_eq!(fs::read_to_string(to.join("B/1-2.png")).unwrap(), "B/1.png");
        assert!(!to.join("A").exists() && data.join("A/deep/2.png").exists());
        let again = copy_cleaned(&dataset, &images, &to, &Cancel::new(), &mut |_| {}).unwrap_err();
        assert!(again.to_string().contains("is there already"), "{again}");
        let inside = data.join("cleaned");
        let refused = copy_cleaned(&dataset, &images, &inside, &Cancel::new(), &mut |_| {}).unwrap_err();
        assert!(
            refused.to_string().contains("in the image folder itself"),
            "{refused}"
        );
        assert!(!inside.exists());
    }

    #[test]
    fn parts_and_folders_stay() {
        let folder = Dataset {
            classes: vec!["A".into(), "B".into()],
            ..Dataset::default()
        };
        let entry = |path: &str, folder| ImageEntry {
            path: path.into(),
            class_idx: 0,
            folder,
        };
        assert_eq!(place(&entry("A/deep/2.png", None), &folder, 1), "B/deep/2.png");
        assert_eq!(
            place(&entry("valid/A/2.png", Some(Part::Val)), &folder, 1),
            "val/B/2.png"
        );
        assert_eq!(
            place(&entry("../else/2.png", Some(Part::Test)), &folder, 0),
            "test/A/2.png"
        );
        let table = Dataset {
            table: Some(LabelTable::default()),
            ..folder
        };
        assert_eq!(place(&entry("A/../../2.png", None), &table, 1), "B/2.png");
    }

    #[test]
    fn a_tables_classes_lead_nowhere_else_and_nothing_is_written_over() {
        let home = tempfile::tempdir().unwrap();
        let (data, to) = (home.path().join("data"), home.path().join("cleaned"));
        let mut dataset = folder(&data);
        dataset.table = Some(LabelTable::default());
        for class in ["../photos", "/abs", "N/A", "..", "a\\b"] {
            dataset.classes[1] = class.into();
            let refused = copy_cleaned(&dataset, &BTreeMap::new(), &to, &Cancel::new(), &mut |_| {});
            let refused = refused.unwrap_err().to_string();
            assert!(refused.contains(&format!("{class:?} cannot be")), "{refused}");
            assert!(!to.exists());
        }
        let (from, there) = (data.join("A/1.png"), data.join("B/1.png"));
        assert!(put(&from, &there).is_err());
        assert_eq!(fs::read_to_string(there).unwrap(), "B/1.png");
    }
}
