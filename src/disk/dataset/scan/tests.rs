//! Whole folders, scanned.

use std::fs;
use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use tempfile::TempDir;

use super::*;
use crate::error::Error;
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
    scan(&dir.path().into(), &Cancel::new(), &mut |_| {}).unwrap()
}

fn paths(dataset: &Dataset) -> Vec<&str> {
    dataset.images.iter().map(|image| image.path.as_str()).collect()
}

/// Most of the pictures here are one and the same, which is not what these tests are about.
fn kinds(dataset: &Dataset) -> Vec<(&str, IssueKind)> {
    let is_told_elsewhere = |kind| matches!(kind, IssueKind::Duplicate | IssueKind::LookAlike);
    let issues = dataset
        .issues
        .iter()
        .filter(|issue| !is_told_elsewhere(issue.kind));
    issues.map(|issue| (issue.path.as_str(), issue.kind)).collect()
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
    assert_eq!(kinds(&dataset), []);
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
    let one = scan_with(1, &dir.path().into(), &Cancel::new(), &mut |n| looked_at.push(n)).unwrap();
    assert_eq!((one.images.len(), kinds(&one).len()), (857, 143));
    assert_eq!(looked_at.last(), Some(&1000));
    assert!(looked_at.is_sorted());
    for n_threads in [2, 8] {
        assert_eq!(
            scan_with(n_threads, &dir.path().into(), &Cancel::new(), &mut |_| {}).unwrap(),
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
fn layouts_that_are_no_classes_are_told() {
    let png = drawn(ImageFormat::Png);
    let tree = |paths: &[&str]| {
        folder(
            &paths
                .iter()
                .map(|path| (*path, png.as_slice()))
                .collect::<Vec<_>>(),
        )
    };
    let told = |paths: &[&str]| {
        let dataset = scanned(&tree(paths));
        let issues = kinds(&dataset)
            .into_iter()
            .map(|(path, kind)| format!("{path}: {}", kind.name()));
        (dataset.classes.clone(), issues.collect::<Vec<_>>())
    };
    let classes = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let cats = ["cat/1.png", "dog/1.png"];
    let below = |above: &str| cats.map(|path| format!("{above}/{path}"));
    let all = |above: &[&str]| above.iter().flat_map(|above| below(above)).collect::<Vec<_>>();
    let told = |paths: &[String]| told(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(
        told(&all(&["Training", "Testing"])),
        (classes(&["cat", "dog"]), vec![])
    );
    let (found, issues) = told(&all(&["train", "val", "models"]));
    assert_eq!(
        (found, issues),
        (classes(&["cat", "dog"]), vec!["models: layout".to_owned()])
    );
    let (_, issues) = told(&all(&["dataset"]));
    assert_eq!(issues, ["dataset: layout"]);
    let (_, issues) = told(&all(&["train"]));
    assert_eq!(issues, ["train: layout"]);
    // Parts of which one is missing, or the classes.
    let (found, issues) = told(&all(&["Training", "models"]));
    assert_eq!(
        (found, issues),
        (
            classes(&["Training", "models"]),
            vec!["Training: layout".to_owned()]
        )
    );
    let (_, issues) = told(&all(&["val", "test"]));
    assert_eq!(issues, ["test: layout", "val: layout"]);
    let (_, issues) = told(&["train/1.png", "test/1.png"].map(String::from));
    assert_eq!(issues, ["test: layout", "train: layout"]);
    // Vehicles.
    let (_, issues) = told(&["train/1.png", "tram/1.png", "bus/1.png"].map(String::from));
    assert!(issues.is_empty(), "{issues:?}");
    let with_trash = [
        cats.map(String::from).to_vec(),
        vec![".Trash-1000/files/1.png".into()],
    ]
    .concat();
    assert_eq!(told(&with_trash), (classes(&["cat", "dog"]), vec![]));
}

#[test]
fn our_own_runs_are_no_class() {
    let png = drawn(ImageFormat::Png);
    let dir = folder(&[
        ("a/1.png", &png),
        ("b/1.png", &png),
        ("runs/2026-resnet18/config.json", b"{}"),
        ("runs/2026-resnet18/events.jsonl", b""),
        // Whoever trained from inside a class.
        ("b/runs/2026-resnet18/config.json", b"{}"),
        ("b/runs/2026-resnet18/events.jsonl", b""),
        ("b/runs/matrix.png", &png),
    ]);
    assert_eq!(paths(&scanned(&dir)), ["a/1.png", "b/1.png"]);
    assert_eq!(scanned(&dir).classes, ["a", "b"]);
}

#[test]
fn pictures_that_are_there_twice_are_found() {
    let [one, other] = [ImageFormat::Png, ImageFormat::Bmp].map(drawn);
    let dir = folder(&[("a/1.png", &one), ("a/2.png", &other), ("b/1.png", &one)]);
    let dataset = scanned(&dir);
    assert_eq!(dataset.twins, [vec![0, 2]]);
    assert_eq!(dataset.issues[0].kind, IssueKind::Duplicate);
    assert!(
        dataset.issues[0]
            .message
            .contains("lies in class b too, as b/1.png")
    );
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
        let error = scan(&dir.path().join(path).into(), &Cancel::new(), &mut |_| {}).unwrap_err();
        assert!(error.is_input() && error.to_string().contains(expect), "{error}");
    }
    let nothing = tempfile::tempdir().unwrap();
    assert_eq!(scanned(&nothing).n_classes(), 0);
}

/// These bits do not keep root from reading.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_told_with_what_to_do() {
    use std::os::unix::fs::PermissionsExt;
    let png = drawn(ImageFormat::Png);
    let shut = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    for (locked, files) in [
        ("train", ["train/a/1.png", "val/a/1.png"]),
        ("val", ["train/a/1.png", "val/a/1.png"]),
        ("b", ["a/1.png", "b/1.png"]),
    ] {
        let dir = folder(&files.map(|path| (path, png.as_slice())));
        let locked = dir.path().join(locked);
        shut(&locked, 0);
        let scanned = scan(&dir.path().into(), &Cancel::new(), &mut |_| {});
        let is_kept_out = fs::read_dir(&locked).is_err();
        shut(&locked, 0o755);
        let said = match scanned {
            Ok(dataset) => dataset
                .issues
                .iter()
                .map(|issue| issue.message.clone())
                .collect::<Vec<_>>()
                .join("; "),
            Err(error) => error.to_string(),
        };
        assert_eq!(said.contains("check its permissions"), is_kept_out, "{said}");
        assert!(!said.contains("remove it"), "{said}");
    }
}

#[test]
fn a_scan_can_be_stopped() {
    let png = drawn(ImageFormat::Png);
    let dir = folder(&[("a/1.png", &png)]);
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(matches!(
        scan(&dir.path().into(), &cancel, &mut |_| {}),
        Err(Error::Stopped)
    ));
}
