//! Reads an image folder as torchvision's ImageFolder does: one sub-folder per class, classes sorted by name, files found
//! recursively in its order. What torchvision would only find out in training is found out here and told as issues.

use std::fs::File;
use std::io::BufReader;
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;

use super::header::{Fault, Header, Judged, inspect};
use super::walk::{Found, Walk, walk};
use crate::error::{Error, Result};
use crate::experiment::{Dataset, ImageEntry, Issue, IssueKind};
use crate::protocol::Cancel;

/// A disk that has not seen the folder yet is the slow part, and answers many questions faster than one.
const THREADS_PER_CORE: usize = 4;
/// The name by which a table of groups is found without being pointed at.
const GROUPS_TABLE: &str = "groups.csv";
/// Files a thread takes at a time.
const CHUNK: usize = 64;
const PROGRESS_EVERY: Duration = Duration::from_millis(50);

/// Reads the folder `root`. `progress` is told, on this thread, how many files have been looked at.
///
/// - Images are the files of torchvision's extensions whose content is an image of any kind that is read here, whatever
///   its extension. Only their first and last bytes are looked at: a file that is damaged in the middle is found out when
///   it is decoded.
/// - Where the sub-folders are `train` and at least one of `val` (`valid`, `validation`) and `test`, in any case, and
///   nothing else, and `train` holds folders, the classes are the union of the folders in them.
/// - As in torchvision, hidden files and folders count and links are followed, but what version control, notebooks, macOS
///   and storage boxes leave behind (`.git`, `.ipynb_checkpoints`, `__MACOSX`, `.DS_Store`, `Thumbs.db`, …) is passed over.
/// - Above the class folders, hidden files and texts and tables (`.md .csv .tsv .txt .json .jsonl .yaml .yml .toml`) are
///   ordinary company. Every other file there, and every file in a class folder that has no image's extension, is an issue.
/// - A class without a readable image stays a class, with an issue; whether zero or one class is enough is the caller's to
///   judge.
///
/// # Errors
/// `root` does not exist, is a file, cannot be read, or holds images but no folder; or the scan was stopped.
pub fn scan(root: &Path, cancel: &Cancel, progress: &mut dyn FnMut(u64)) -> Result<Dataset> {
    let n_cores = thread::available_parallelism().map_or(1, NonZero::get);
    scan_with(n_cores * THREADS_PER_CORE, root, cancel, progress)
}

fn scan_with(
    n_threads: usize,
    root: &Path,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<Dataset> {
    progress(0);
    let Walk {
        classes,
        class_paths,
        files,
        mut issues,
    } = walk(root, cancel)?;
    let mut faults = check_all(n_threads, root, &files, cancel, progress)?
        .into_iter()
        .peekable();
    let mut n_found = vec![0; classes.len()];
    let mut n_readable = vec![0; classes.len()];
    let mut images = Vec::with_capacity(files.len());
    for (i, found) in files.into_iter().enumerate() {
        let Found {
            path,
            class_idx,
            folder,
        } = found;
        n_found[class_idx] += 1;
        match faults.next_if(|(faulty, _)| *faulty == i) {
            Some((_, Fault { kind, message })) => issues.push(Issue { path, kind, message }),
            None => {
                n_readable[class_idx] += 1;
                images.push(ImageEntry {
                    path,
                    class_idx,
                    folder,
                });
            }
        }
    }
    for (class_idx, path) in class_paths
        .into_iter()
        .enumerate()
        .filter(|(i, _)| n_readable[*i] == 0)
    {
        let message = match n_found[class_idx] {
            0 => "this class folder holds no images; add some or remove it".into(),
            n => {
                format!("none of the {n} images of this class can be read; replace them or remove the folder")
            }
        };
        issues.push(Issue {
            path,
            kind: IssueKind::EmptyClass,
            message,
        });
    }
    issues.sort_by(|a, b| (&a.path, a.kind).cmp(&(&b.path, b.kind)));
    let groups_table = root.join(GROUPS_TABLE);
    Ok(Dataset {
        root: root.to_path_buf(),
        classes,
        images,
        issues,
        groups_table: groups_table.is_file().then_some(groups_table),
    })
}

/// The faulty files, by index, in order.
fn check_all(
    n_threads: usize,
    root: &Path,
    files: &[Found],
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<(usize, Fault)>> {
    let (next, n_checked) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // Nothing is ever sent: the channel closes when the last thread is done.
    let (alive, done) = crossbeam_channel::bounded::<()>(0);
    let check_some = |_alive| {
        let mut faults = Vec::new();
        loop {
            let first = next.fetch_add(CHUNK, Ordering::Relaxed);
            if first >= files.len() {
                return faults;
            }
            for (i, file) in files.iter().enumerate().skip(first).take(CHUNK) {
                if cancel.is_cancelled() {
                    return faults;
                }
                if let Err(fault) = check(&root.join(&file.path)) {
                    faults.push((i, fault));
                }
                n_checked.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let mut faults = thread::scope(|scope| -> Result<Vec<(usize, Fault)>> {
        let mut threads = Vec::new();
        for i in 0..n_threads.min(files.len().div_ceil(CHUNK)) {
            let alive = alive.clone();
            let spawned = thread::Builder::new()
                .name(format!("cw-scan-{i}"))
                .spawn_scoped(scope, || check_some(alive));
            threads
                .push(spawned.map_err(|e| Error::Job(format!("cannot start a thread for the scan: {e}")))?);
        }
        drop(alive);
        while done.recv_timeout(PROGRESS_EVERY) == Err(RecvTimeoutError::Timeout) {
            progress(n_checked.load(Ordering::Relaxed) as u64);
        }
        let mut faults = Vec::new();
        for thread in threads {
            faults.extend(
                thread
                    .join()
                    .map_err(|_| Error::Job("a thread of the scan broke off".into()))?,
            );
        }
        Ok(faults)
    })?;
    cancel.check()?;
    progress(files.len() as u64);
    faults.sort_by_key(|(i, _)| *i);
    Ok(faults)
}

fn check(path: &Path) -> Judged<Header> {
    let file = File::open(path)?;
    // Headers are short: a large buffer would read what nobody looks at.
    inspect(&mut BufReader::with_capacity(1 << 10, file))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Cursor;

    use image::{ImageFormat, RgbImage};
    use tempfile::TempDir;

    use super::*;
    use crate::experiment::Part;

    fn drawn(format: ImageFormat) -> Vec<u8> {
        let picture = RgbImage::from_fn(9, 7, |x, y| image::Rgb([x as u8 * 20, y as u8 * 30, 99]));
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn folder(files: &[(&str, &[u8])]) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        dir
    }

    fn scanned(dir: &TempDir) -> Dataset {
        scan(dir.path(), &Cancel::new(), &mut |_| {}).unwrap()
    }

    fn paths(dataset: &Dataset) -> Vec<&str> {
        dataset.images.iter().map(|image| image.path.as_str()).collect()
    }

    fn kinds(dataset: &Dataset) -> Vec<(&str, IssueKind)> {
        dataset
            .issues
            .iter()
            .map(|issue| (issue.path.as_str(), issue.kind))
            .collect()
    }

    #[test]
    fn a_table_of_groups_beside_the_classes_is_found() {
        let png = drawn(ImageFormat::Png);
        let without = folder(&[("a/x.png", &png), ("a/groups.csv", b"path,group")]);
        assert_eq!(scanned(&without).groups_table, None);
        let with = folder(&[("a/x.png", &png), ("groups.csv", b"path,group")]);
        assert_eq!(scanned(&with).groups_table, Some(with.path().join("groups.csv")));
    }

    /// The order is that of torchvision 0.26's `ImageFolder(dir).samples` for the same tree.
    #[test]
    fn classes_and_images_come_in_torchvisions_order() {
        let png = drawn(ImageFormat::Png);
        let tree = [
            "b/x.png",
            "B/x.png",
            "a/z.png",
            "a/a/1.png",
            "a/a b/1.png",
            "a/a-b/1.png",
            "a/a/c/1.png",
            "a/10.png",
            "a/9.png",
            "a/Z.PNG",
            "a/.hidden.png",
            "a/.png",
            ".c/x.png",
            "é/x.png",
            "a/é.png",
            "a/zz.png",
        ];
        let dir = folder(&tree.map(|path| (path, png.as_slice())));
        let dataset = scanned(&dir);
        assert_eq!(dataset.classes, [".c", "B", "a", "b", "é"]);
        let expect = [
            ".c/x.png",
            "B/x.png",
            "a/.hidden.png",
            "a/.png",
            "a/10.png",
            "a/9.png",
            "a/Z.PNG",
            "a/z.png",
            "a/zz.png",
            "a/é.png",
            "a/a/1.png",
            "a/a b/1.png",
            "a/a-b/1.png",
            "a/a/c/1.png",
            "b/x.png",
            "é/x.png",
        ];
        assert_eq!(paths(&dataset), expect);
        assert_eq!(dataset.issues, []);
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let png = drawn(ImageFormat::Png);
        let names: Vec<String> = (0..1000).map(|i| format!("{}/{i}.png", i % 3)).collect();
        let files: Vec<(&str, &[u8])> = names
            .iter()
            .enumerate()
            .map(|(i, n)| (n.as_str(), if i % 7 == 0 { &png[..40] } else { &png[..] }))
            .collect();
        let dir = folder(&files);
        let mut looked_at = Vec::new();
        let one = scan_with(1, dir.path(), &Cancel::new(), &mut |n| looked_at.push(n)).unwrap();
        assert_eq!((one.images.len(), one.issues.len()), (857, 143));
        assert_eq!(looked_at.last(), Some(&1000));
        assert!(looked_at.is_sorted());
        for n_threads in [2, 8] {
            assert_eq!(
                scan_with(n_threads, dir.path(), &Cancel::new(), &mut |_| {}).unwrap(),
                one
            );
        }
    }

    #[test]
    fn what_is_wrong_is_told_and_left_out() {
        let [png, jpeg, bmp, webp, tiff] = [
            ImageFormat::Png,
            ImageFormat::Jpeg,
            ImageFormat::Bmp,
            ImageFormat::WebP,
            ImageFormat::Tiff,
        ]
        .map(drawn);
        let mut bomb = png.clone();
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let cut = |bytes: &[u8]| bytes[..bytes.len() * 3 / 4].to_vec();
        let dir = folder(&[
            ("README.md", b"company"),
            ("labels.csv", b"company"),
            ("notes.doc", b"stray"),
            ("loose.png", &png),
            ("__MACOSX/a/x.png", &png),
            ("a/.DS_Store", b"company"),
            ("a/notes.txt", b"stray"),
            ("a/really-a-png.jpg", &png),
            ("a/whole.bmp", &bmp),
            ("a/whole.pgm", b"P5 # of 2 x 1\n2 1 255\nab"),
            ("b/bomb.png", &bomb),
            ("b/cut.bmp", &cut(&bmp)),
            ("b/cut.jpg", &cut(&jpeg)),
            ("b/cut.pgm", b"P5 2 1 255\na"),
            ("b/cut.png", &cut(&png)),
            ("b/cut.tif", &cut(&tiff)),
            ("b/cut.webp", &cut(&webp)),
            ("b/empty.jpg", b""),
            ("b/text.jpg", b"not an image at all"),
        ]);
        fs::create_dir(dir.path().join("c")).unwrap();
        let dataset = scanned(&dir);
        assert_eq!(dataset.classes, ["a", "b", "c"]);
        assert_eq!(
            paths(&dataset),
            ["a/really-a-png.jpg", "a/whole.bmp", "a/whole.pgm"]
        );
        let expect = [
            ("a/notes.txt", IssueKind::StrayFile),
            ("b", IssueKind::EmptyClass),
            ("b/bomb.png", IssueKind::TooLarge),
            ("b/cut.bmp", IssueKind::Truncated),
            ("b/cut.jpg", IssueKind::Truncated),
            ("b/cut.pgm", IssueKind::Truncated),
            ("b/cut.png", IssueKind::Truncated),
            ("b/cut.tif", IssueKind::Truncated),
            ("b/cut.webp", IssueKind::Truncated),
            ("b/empty.jpg", IssueKind::Truncated),
            ("b/text.jpg", IssueKind::NotAnImage),
            ("c", IssueKind::EmptyClass),
            ("loose.png", IssueKind::StrayFile),
            ("notes.doc", IssueKind::StrayFile),
        ];
        assert_eq!(kinds(&dataset), expect);
        for issue in &dataset.issues {
            assert!(
                issue.message.contains(';') || issue.message.contains(','),
                "says what to do: {}",
                issue.message
            );
        }
    }

    #[test]
    fn train_val_test_folders_are_recognised() {
        let png = drawn(ImageFormat::Png);
        let dir = folder(&[
            ("train/b/1.png", &png),
            ("train/a/1.png", &png),
            ("validation/c/1.png", &png),
            ("validation/a/1.png", &png),
            ("test/loose.png", &png),
        ]);
        fs::create_dir(dir.path().join("train/empty")).unwrap();
        let dataset = scanned(&dir);
        assert_eq!(dataset.classes, ["a", "b", "c", "empty"]);
        let found: Vec<_> = dataset
            .images
            .iter()
            .map(|i| (i.path.as_str(), i.folder))
            .collect();
        let expect = [
            ("train/a/1.png", Some(Part::Train)),
            ("validation/a/1.png", Some(Part::Val)),
            ("train/b/1.png", Some(Part::Train)),
            ("validation/c/1.png", Some(Part::Val)),
        ];
        assert_eq!(found, expect);
        let expect = [
            ("test/loose.png", IssueKind::StrayFile),
            ("train/empty", IssueKind::EmptyClass),
        ];
        assert_eq!(kinds(&dataset), expect);
    }

    #[test]
    fn classes_that_are_called_train_and_test_are_classes() {
        let png = drawn(ImageFormat::Png);
        for tree in [["train/1.png", "test/1.png"], ["train/a/1.png", "tram/a/1.png"]] {
            let dataset = scanned(&folder(&tree.map(|path| (path, png.as_slice()))));
            assert_eq!(dataset.n_classes(), 2, "{tree:?}");
            assert!(!dataset.has_part_folders());
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_unless_they_lead_back() {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::symlink;
        let png = drawn(ImageFormat::Png);
        let (dir, elsewhere) = (
            folder(&[("a/1.png", &png), ("b/1.png", &png)]),
            folder(&[("far.png", &png)]),
        );
        let root = dir.path();
        symlink(elsewhere.path(), root.join("a/link")).unwrap();
        symlink(root, root.join("a/up")).unwrap();
        symlink("self.png", root.join("a/self.png")).unwrap();
        symlink("nowhere", root.join("a/gone.png")).unwrap();
        symlink(root.join("b"), root.join("a/to-b")).unwrap();
        symlink(root.join("a"), root.join("b/to-a")).unwrap();
        fs::write(
            root.join("a").join(std::ffi::OsStr::from_bytes(b"\xff.png")),
            &png,
        )
        .unwrap();
        let dataset = scanned(&dir);
        assert_eq!(
            paths(&dataset),
            [
                "a/1.png",
                "a/link/far.png",
                "a/to-b/1.png",
                "b/1.png",
                "b/to-a/1.png",
                "b/to-a/link/far.png"
            ]
        );
        let of_a: Vec<_> = kinds(&dataset)
            .into_iter()
            .filter(|(path, _)| path.starts_with("a/"))
            .collect();
        let expect = [
            ("a/gone.png", IssueKind::Unreadable),
            ("a/self.png", IssueKind::LinkLoop),
            ("a/to-b/to-a", IssueKind::LinkLoop),
            ("a/up", IssueKind::LinkLoop),
            ("a/\u{fffd}.png", IssueKind::NotUtf8),
        ];
        assert_eq!(of_a, expect);
    }

    #[test]
    fn a_root_that_is_no_image_folder_is_refused_with_advice() {
        let png = drawn(ImageFormat::Png);
        let dir = folder(&[("1.png", &png), ("2.png", &png)]);
        let table = [
            ("", "holds images but no folders"),
            ("1.png", "is a file, not a folder"),
            ("x", "no such folder"),
        ];
        for (path, expect) in table {
            let error = scan(&dir.path().join(path), &Cancel::new(), &mut |_| {}).unwrap_err();
            assert!(error.is_input() && error.to_string().contains(expect), "{error}");
        }
        let nothing = tempfile::tempdir().unwrap();
        assert_eq!(scanned(&nothing).n_classes(), 0);
    }

    #[test]
    fn a_scan_can_be_stopped() {
        let png = drawn(ImageFormat::Png);
        let dir = folder(&[("a/1.png", &png)]);
        let cancel = Cancel::new();
        cancel.cancel();
        assert!(matches!(
            scan(dir.path(), &cancel, &mut |_| {}),
            Err(Error::Stopped)
        ));
    }
}
