//! Tables, read as datasets.

use std::fs;

use super::super::scan::scan;
use super::*;
use crate::experiment::{Dataset, Part, Source};
use crate::protocol::Cancel;

/// Each read as the table of a folder that holds no image.
fn of(text: &str) -> std::result::Result<(Walk, Divides), String> {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("labels.csv");
    fs::write(&file, text).unwrap();
    listed(&file, home.path()).map_err(|e| e.to_string())
}

fn files(walk: &Walk) -> Vec<(&str, &str, Option<Part>)> {
    (walk.files.iter())
        .map(|found| {
            (
                found.path.as_str(),
                walk.classes[found.class_idx].as_str(),
                found.folder,
            )
        })
        .collect()
}

#[test]
fn images_come_by_class_and_path_and_classes_in_natural_order() {
    let (walk, divides) = of("file_name,label\nz/1.png,10\na/2.png,2\na/1.png,2\n./b/1.png,2\n").unwrap();
    assert_eq!(walk.classes, ["2", "10"]);
    assert_eq!(
        files(&walk),
        [
            ("a/1.png", "2", None),
            ("a/2.png", "2", None),
            ("b/1.png", "2", None),
            ("z/1.png", "10", None)
        ]
    );
    assert!(walk.issues.is_empty());
    assert!(!divides.has_parts && !divides.has_groups);
}

#[test]
fn labels_that_are_numbers_stay_as_they_are_written() {
    let (walk, _) = of("path,label\n1.png,1.0\n2.png,01\n3.png,1\n").unwrap();
    assert_eq!(walk.classes, ["01", "1", "1.0"]);
}

#[test]
fn parts_go_by_the_rule_for_folders_and_unknown_ones_are_said() {
    let (walk, divides) = of("path,label,Split,group\n\
         1.png,a,TRAIN,g\n2.png,a,valid,g\n3.png,a,validation,g\n4.png,a,dev,g\n5.png,a,test,g\n6.png,a,fold3,g\n7.png,a,,g\n")
    .unwrap();
    let parts: Vec<Option<Part>> = walk.files.iter().map(|found| found.folder).collect();
    use Part::{Test, Train, Val};
    assert_eq!(
        parts,
        [
            Some(Train),
            Some(Val),
            Some(Val),
            Some(Val),
            Some(Test),
            None,
            None
        ]
    );
    assert!(divides.has_parts && divides.has_groups);
    let said: Vec<(&str, &str)> = walk.issues.iter().map(|i| (&*i.path, &*i.message)).collect();
    assert_eq!(
        said,
        [
            (
                "labels.csv",
                "its column Split says \"fold3\" of 1 image, which is none of train, val and test; they are in no part"
            ),
            (
                "labels.csv",
                "its column Split says nothing of 1 image, which is in no part, and so neither trained on nor judged where \
                 the images are split by it"
            )
        ]
    );
}

#[test]
fn an_image_without_a_label_is_left_out_and_one_that_is_named_twice_counts_once() {
    let (walk, _) = of("path,label\n1.png,a\n2.png,\n./1.png,a\n1.png,\n").unwrap();
    assert_eq!(files(&walk), [("1.png", "a", None)]);
    let said: Vec<(&str, IssueKind)> = walk.issues.iter().map(|i| (&*i.path, i.kind)).collect();
    assert_eq!(
        said,
        [
            ("2.png", IssueKind::Unlabelled),
            ("labels.csv", IssueKind::Layout)
        ]
    );
    assert!(
        walk.issues[1]
            .message
            .starts_with("1 row names an image that an earlier row names"),
        "{:?}",
        walk.issues
    );
}

/// Also by a link to it, or to its folder, and by a way that goes back.
#[cfg(unix)]
#[test]
fn all_names_of_a_file_are_one_image() {
    use std::os::unix::fs::symlink;
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    fs::create_dir(dir.join("a")).unwrap();
    fs::create_dir(dir.join("b")).unwrap();
    for name in ["a/1.pgm", "a/2.pgm"] {
        fs::write(dir.join(name), [&PGM[..11], name.as_bytes()].concat()).unwrap();
    }
    symlink("1.pgm", dir.join("a/link.pgm")).unwrap();
    symlink(dir.join("a"), dir.join("c")).unwrap();
    let names = [
        "a/1.pgm",
        "a//1.pgm",
        "./a/./1.pgm",
        "b/../a/1.pgm",
        "a/link.pgm",
        "c/1.pgm",
    ];
    let rows: Vec<String> = names.iter().map(|name| format!("{name},dog\n")).collect();
    let file = dir.join("labels.csv");
    fs::write(&file, format!("path,label\n{}b/../a/2.pgm,cat\n", rows.concat())).unwrap();
    let dataset = scanned(&file.clone().into()).unwrap();
    let paths: Vec<&str> = dataset.images.iter().map(|image| image.path.as_str()).collect();
    assert_eq!(paths, ["a/2.pgm", "a/1.pgm"]);
    assert!(dataset.twins.is_empty());
    let said: Vec<&str> = dataset
        .issues
        .iter()
        .map(|issue| issue.message.as_str())
        .collect();
    assert_eq!(
        said,
        ["5 rows name an image that an earlier row names, with the same label; each image counts once"]
    );
    fs::write(&file, "path,label\na/1.pgm,dog\nc/link.pgm,cat\n").unwrap();
    let message = scanned(&file.into()).unwrap_err();
    assert!(
        message.contains(
            "lines 2 and 3 give c/link.pgm (which is the file of a/1.pgm) the labels \"dog\" and \"cat\""
        ),
        "{message}"
    );
}

#[test]
fn of_several_columns_for_one_thing_the_one_that_is_read_is_named() {
    let (walk, _) = of("path,class,label\n1.png,7,a\n").unwrap();
    assert_eq!(walk.classes, ["a"]);
    assert!(
        walk.issues[0]
            .message
            .starts_with("its labels are read from the column label, and not from class"),
        "{:?}",
        walk.issues
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_its_lines() {
    let table: [(&str, &str); 9] = [
        (
            "path,label,Label\n1.png,a,b\n",
            "has two columns \"label\"; remove one",
        ),
        (
            "path,label,path\n1.png,a,2.png\n",
            "has two columns \"path\"; remove one",
        ),
        (
            "path,label\n1.png,a\n2.png,b\n./1.png,b\n2.png,c\n",
            "lines 2 and 4 give 1.png the labels \"a\" and \"b\"; lines 3 and 5 give 2.png the labels \"b\" and \"c\"; keep one \
             row for each image",
        ),
        (
            "path,label,split\n1.png,a,train\n1.png,a,test\n",
            "lines 2 and 3 give 1.png the parts train and test; keep",
        ),
        ("path,label\n,a\n", "line 2 names no image; fill its path in"),
        ("path,label\n1.png,\n", "gives no image a label"),
        ("path,species\n1.png,a\n", "(no label: it has path, species)"),
        ("id,label\n1,a\n", "(no path: it has id, label)"),
        (
            "path,label\n1.png\n",
            "line 2 has 1 fields where the header has 2",
        ),
    ];
    for (text, expect) in table {
        let message = of(text).unwrap_err();
        assert!(message.contains(expect), "{text}: {message}");
    }
}

#[test]
fn a_table_of_groups_is_none_of_labels() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("t.csv");
    for (text, expect) in [
        ("path,group\n1.png,g\n", true),
        ("path,label,group\n1.png,a,g\n", false),
        ("path,label\n1.png,a\n", false),
        ("path,label,action,note\n1.png,a,relabel,\n", false),
    ] {
        fs::write(&file, text).unwrap();
        assert_eq!(is_groups_table(&file), expect, "{text}");
    }
}

/// A pixel, which is an image.
const PGM: &[u8] = b"P5 1 1 255 \x07";

fn scanned(source: &Source) -> std::result::Result<Dataset, String> {
    scan(source, &Cancel::new(), &mut |_| {}).map_err(|e| e.to_string())
}

#[test]
fn a_table_is_scanned_like_a_folder() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    fs::create_dir_all(dir.join("pictures")).unwrap();
    fs::create_dir_all(dir.join("else")).unwrap();
    for (i, name) in ["pictures/1.pgm", "pictures/2.pgm", "else/3.pgm"]
        .iter()
        .enumerate()
    {
        fs::write(dir.join(name), [&PGM[..11], &[i as u8]].concat()).unwrap();
    }
    let file = dir.join("tables.csv");
    let elsewhere = dir.join("else/3.pgm");
    let text = format!(
        "image_path,label,split,group\npictures/1.pgm,dog,train,x\n{},cat,val,y\npictures/2.pgm,dog,val,y\nnone.pgm,cat,train,y\n\
         else,cat,train,y\n",
        elsewhere.display()
    );
    fs::write(&file, text).unwrap();
    let dataset = scanned(&file.clone().into()).unwrap();
    assert_eq!((dataset.root.as_path(), dataset.place()), (dir, file.as_path()));
    assert_eq!(dataset.classes, ["cat", "dog"]);
    let paths: Vec<&str> = dataset.images.iter().map(|image| image.path.as_str()).collect();
    // What lies below the table's folder is named from there.
    assert_eq!(paths, ["else/3.pgm", "pictures/1.pgm", "pictures/2.pgm"]);
    assert_eq!(dataset.groups_table.as_ref(), Some(&file));
    assert_eq!(dataset.table.as_ref().unwrap().n_lost, [2, 0]);
    let kinds: Vec<(&str, IssueKind)> = dataset.issues.iter().map(|i| (&*i.path, i.kind)).collect();
    assert_eq!(
        kinds,
        [("else", IssueKind::StrayFile), ("none.pgm", IssueKind::Missing)]
    );
    // It is another dataset as soon as it says something else.
    let relabelled = fs::read_to_string(&file)
        .unwrap()
        .replace("2.pgm,dog", "2.pgm,cat");
    fs::write(&file, relabelled).unwrap();
    let other = scanned(&file.clone().into()).unwrap();
    assert_ne!(other.identity.fingerprint, dataset.identity.fingerprint);
    assert_eq!(other.identity.place, dataset.identity.place);
    // The same paths from another folder are nothing.
    let nowhere = Source {
        folder: dir.join("else"),
        table: Some(dir.join("short.csv")),
    };
    fs::write(
        dir.join("short.csv"),
        "path,label\npictures/1.pgm,dog\npictures/2.pgm,cat\n",
    )
    .unwrap();
    let message = scanned(&nowhere).unwrap_err();
    assert!(
        message.contains(
            "not one of the 2 images that it names is there, such as pictures/2.pgm; its paths start in"
        ),
        "{message}"
    );
    let there = Source {
        folder: dir.to_path_buf(),
        ..nowhere
    };
    assert_eq!(scanned(&there).unwrap().images.len(), 2);
}
