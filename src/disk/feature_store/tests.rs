//! What the cache promises: rows come back by content, from any program, and nothing damaged is believed.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::disk::images::content::{ContentHash, content_hash};
use crate::experiment::{BatchNorm, Config, FrozenTransform};
use crate::protocol::Cancel;

const N_FEATURES: usize = 3;

fn key(arch: &str) -> FeatureSetKey {
    let config = Config {
        arch: arch.into(),
        batch_norm: BatchNorm::Frozen,
        ..Config::default()
    };
    let numerics = Numerics {
        parameters: [7; 32],
        weights: "none".into(),
        n_features: N_FEATURES,
        precision: "f32".into(),
        device_kind: "cpu".into(),
        library: "1".into(),
    };
    FeatureSetKey::new(&FrozenTransform::of(&config).unwrap(), None, &numerics)
}

fn image(i: u32) -> ContentHash {
    content_hash(&i.to_le_bytes())
}

fn row(i: u32) -> [f32; N_FEATURES] {
    [i as f32, -1.5, f32::MIN_POSITIVE]
}

/// A store with these images in as many segments as there are ranges.
fn filled(segments: &[std::ops::Range<u32>]) -> (TempDir, FeatureStore) {
    let home = tempfile::tempdir().unwrap();
    let store = FeatureStore::at(home.path());
    for range in segments {
        let mut set = store.open(&key("a"));
        range.clone().for_each(|i| set.add(image(i), &row(i)));
    }
    (home, store)
}

fn known(store: &FeatureStore, images: std::ops::Range<u32>) -> usize {
    let set = store.open(&key("a"));
    images
        .filter(|&i| set.find(&image(i)).is_some_and(|at| set.row(at) == row(i)))
        .count()
}

fn files(home: &TempDir) -> Vec<PathBuf> {
    let dir = home.path().join("spaces").join(key("a").id());
    segments_in(&dir).into_iter().map(|s| s.path).collect()
}

#[test]
fn rows_come_back_by_content_in_their_set_alone() {
    let (_home, store) = filled(&[0..50, 40..90]);
    assert_eq!(known(&store, 0..100), 90);
    let other = store.open(&key("b"));
    assert_eq!(other.find(&image(1)), None);
    assert!(store.has_rows(&key("a")) && !store.has_rows(&key("b")));
}

#[test]
fn every_damage_is_noticed_and_rebuilt() {
    type Damage = fn(&mut Vec<u8>);
    let damages: [Damage; 6] = [
        |bytes| bytes[100] ^= 1,
        |bytes| *bytes.last_mut().unwrap() ^= 0x80,
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes.clear(),
        |bytes| bytes[20] = 9,
        |bytes| bytes[24..32].fill(0xff),
    ];
    for (i, damage) in damages.iter().enumerate() {
        let (home, store) = filled(&[0..20, 20..30]);
        let path = files(&home)[0].clone();
        let mut bytes = fs::read(&path).unwrap();
        let n_lost = segment::n_rows(&path).unwrap() as usize;
        damage(&mut bytes);
        fs::write(&path, &bytes).unwrap();
        let mut set = store.open(&key("a"));
        let problems = set.take_problems();
        assert!(
            problems.len() == 1 && problems[0].contains("is damaged"),
            "{i}: {problems:?}"
        );
        assert!(!path.exists(), "{i}");
        assert_eq!(known(&store, 0..30), 30 - n_lost, "{i}");
        (0..30).for_each(|i| set.add(image(i), &row(i)));
        drop(set);
        assert_eq!(known(&store, 0..30), 30, "{i}");
    }
}

#[test]
fn many_small_segments_become_one_and_open_ones_stay_readable() {
    let ranges: Vec<_> = (0..12).map(|i| i * 5..i * 5 + 7).collect();
    let (home, store) = filled(&ranges);
    assert_eq!(files(&home).len(), 12);
    let reader = store.open(&key("a"));
    store.open(&key("a")).tidy_up([]);
    assert_eq!(files(&home).len(), 1);
    assert_eq!(known(&store, 0..62), 62);
    let at = reader.find(&image(3)).unwrap();
    assert_eq!(reader.row(at), row(3));
}

#[test]
fn programs_that_write_the_same_at_once_do_not_disturb_each_other() {
    let home = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for part in 0..10 {
                    let mut set = FeatureStore::at(home.path()).open(&key("a"));
                    (part * 10..part * 10 + 15).for_each(|i| set.add(image(i), &row(i)));
                    set.write_out();
                    set.tidy_up([]);
                }
            });
        }
    });
    assert_eq!(known(&FeatureStore::at(home.path()), 0..105), 105);
    let partial = |path: &PathBuf| path.to_string_lossy().ends_with("partial");
    assert!(!files(&home).iter().any(partial));
}

#[test]
fn what_was_not_used_for_longest_goes_first() {
    let (home, store) = filled(&[0..10, 10..20, 20..30]);
    let n_bytes: u64 = store.listing().n_bytes();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(1000);
    for path in files(&home) {
        fs::File::open(&path).unwrap().set_modified(old).unwrap();
    }
    let mut set = store.open(&key("a"));
    set.tidy_up(set.find(&image(15)));
    set.write_out();
    store.set_limit(n_bytes / 2).unwrap();
    assert_eq!(
        (known(&store, 0..10), known(&store, 10..20), known(&store, 20..30)),
        (0, 10, 0)
    );
    assert_eq!(store.listing().limit_bytes, n_bytes / 2);
    store.clear(None).unwrap();
    assert!(store.listing().sets.is_empty());
    assert!(store.clear(Some("no such")).unwrap_err().is_input());
}

#[test]
fn a_place_that_cannot_be_written_is_told_once_and_got_over() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("spaces"), "in the way").unwrap();
    let mut set = FeatureStore::at(home.path()).open(&key("a"));
    for i in 0..4 {
        set.add(image(i), &row(i));
        set.write_out();
    }
    let problems = set.take_problems();
    assert!(
        problems.len() == 1 && problems[0].contains("kept in memory"),
        "{problems:?}"
    );
    assert_eq!(set.row(set.find(&image(2)).unwrap()), row(2));
}

/// Whatever its name.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_passed_over_and_not_removed() {
    let (home, store) = filled(&[0..5, 5..9]);
    let link = files(&home)[0].with_file_name(format!("0123456789abcdef.{SEGMENT_EXTENSION}"));
    std::os::unix::fs::symlink(home.path(), &link).unwrap();
    assert!(store.open(&key("a")).take_problems().is_empty());
    assert!(link.is_symlink());
    assert_eq!(known(&store, 0..9), 9);
}

#[test]
fn a_stop_keeps_the_hashes_that_are_known_by_then() {
    let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = FeatureStore::at(home.path());
    let paths: Vec<String> = (0..1000).map(|i| format!("{i}.png")).collect();
    for path in &paths {
        fs::write(data.path().join(path), path).unwrap();
    }
    // What was touched just now is not remembered.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let wanted: Vec<usize> = (0..1000).collect();
    let cancel = Cancel::new();
    let stopped = content_hashes(&store, data.path(), &paths, &wanted, &cancel, &mut |_| {
        cancel.cancel()
    });
    assert!(stopped.is_err());
    let index = super::folder_index::FolderIndex::read(&store, data.path());
    let stamp = crate::disk::files::stamp::Stamp::of(&data.path().join(&paths[0])).unwrap();
    assert_eq!(
        index.find(&paths[0], &stamp),
        Some(content_hash(paths[0].as_bytes()))
    );
}

#[test]
fn a_changed_file_has_another_hash_and_an_unchanged_one_is_not_read_again() {
    let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = FeatureStore::at(home.path());
    let paths: Vec<String> = (0..40).map(|i| format!("{i}.png")).collect();
    let at_rest = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    let write = |i: usize, bytes: &[u8]| {
        let path = data.path().join(&paths[i]);
        fs::write(&path, bytes).unwrap();
        fs::File::open(&path).unwrap().set_modified(at_rest).unwrap();
    };
    (0..40).for_each(|i| write(i, &[i as u8; 100]));
    let hashes = || {
        let wanted: Vec<usize> = (0..40).collect();
        content_hashes(&store, data.path(), &paths, &wanted, &Cancel::new(), &mut |_| {}).unwrap()
    };
    let first = hashes();
    assert_eq!(first[7], Some(content_hash(&[7; 100])));
    // The same length, and the time of modification set back: only the content, or the time of change, shows it.
    write(7, &[70; 100]);
    let second = hashes();
    assert_eq!(second[7], Some(content_hash(&[70; 100])));
    assert_eq!((&first[..7], &first[8..]), (&second[..7], &second[8..]));
    fs::remove_file(data.path().join(&paths[9])).unwrap();
    assert_eq!(hashes()[9], None);
}

#[test]
fn an_index_that_was_tampered_with_is_no_index() {
    use super::folder_index::FolderIndex;
    use crate::disk::files::stamp::Stamp;
    let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = FeatureStore::at(home.path());
    let file = data.path().join("a b.png");
    fs::write(&file, "image").unwrap();
    let stamp = Stamp::of(&file).unwrap();
    let mut index = FolderIndex::read(&store, data.path());
    index.note("a b.png", stamp.clone(), image(1));
    assert_eq!(index.find("a b.png", &stamp), None, "too young to be remembered");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    index.note("a b.png", stamp.clone(), image(1));
    index.write();
    let read = || FolderIndex::read(&store, data.path()).find("a b.png", &stamp);
    assert_eq!(read(), Some(image(1)));
    let path = fs::read_dir(home.path().join("folders"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("a b.png", "a c.png", 1)).unwrap();
    assert_eq!(read(), None);
}

#[test]
fn clearing_leaves_what_is_not_ours() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    for name in [
        "spaces/holiday/2024/b.txt",
        "spaces/holiday/about.json",
        "folders/c.txt",
        "d.txt",
    ] {
        fs::create_dir_all(at(name).parent().unwrap()).unwrap();
        fs::write(at(name), "precious").unwrap();
    }
    for name in [
        "spaces/a2f2709d9ed8f2c5/8bb0de536eddda8f.rows",
        "folders/10411429d24fdb7a.index",
    ] {
        fs::create_dir_all(at(name).parent().unwrap()).unwrap();
        fs::write(at(name), "ours").unwrap();
    }
    let theirs = [
        "spaces/holiday/2024/b.txt",
        "spaces/holiday/about.json",
        "spaces/tables/8bb0de536eddda8f.rows",
        "spaces/a2f2709d9ed8f2c5/mine.rows",
        "folders/c.txt",
        "d.txt",
    ];
    for name in &theirs[2..4] {
        fs::create_dir_all(at(name).parent().unwrap()).unwrap();
        fs::write(at(name), "precious").unwrap();
    }
    let store = FeatureStore::at(home.path());
    // Neither where room is made, nor where all is cleared.
    store.set_limit(0).unwrap();
    store.clear(None).unwrap();
    for name in theirs {
        assert!(at(name).exists(), "{name}");
    }
    assert!(!at("spaces/a2f2709d9ed8f2c5/8bb0de536eddda8f.rows").exists());
    assert!(!at("folders/10411429d24fdb7a.index").exists());
}

#[test]
fn no_number_of_a_file_is_believed_that_does_not_fit_it() {
    let (home, store) = filled(&[0..5, 5..9]);
    let path = files(&home)
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "rows"));
    let path = path.unwrap();
    let whole = fs::read(&path).unwrap();
    let n_images = || store.listing().sets.iter().map(|set| set.n_images).sum::<u64>();
    let in_it = segment::n_rows(&path).unwrap();
    assert_eq!(n_images(), 9);
    let with = |at: usize, bytes: &[u8]| {
        let mut damaged = whole.clone();
        damaged[at..at + bytes.len()].copy_from_slice(bytes);
        fs::write(&path, damaged).unwrap();
    };
    // Its rows, the numbers in a row, and the mark it begins with.
    for (at, bytes) in [
        (24, &u64::MAX.to_ne_bytes()[..]),
        (16, &u32::MAX.to_ne_bytes()),
        (0, b"X"),
    ] {
        with(at, bytes);
        assert_eq!(n_images(), 9 - in_it, "{at}");
    }
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(n_images(), 9 - in_it);
    // Sparse files whose lengths add up to more than fits a number.
    for i in 0..3 {
        let file = fs::File::create(path.with_file_name(format!("{i:016x}.rows"))).unwrap();
        if file.set_len(i64::MAX as u64).is_err() {
            return;
        }
    }
    assert_eq!(store.listing().sets[0].n_bytes, u64::MAX);
    store.set_limit(1000).unwrap();
    assert!(store.listing().sets.iter().all(|set| set.n_bytes <= 1000));
}

#[test]
fn a_limit_does_not_replace_what_is_none() {
    let home = TempDir::new().unwrap();
    let store = FeatureStore::at(home.path());
    let limit = home.path().join(LIMIT_FILE);
    for (there, is_replaced) in [("mine, all mine\n", false), ("", true), ("5000\n", true)] {
        fs::write(&limit, there).unwrap();
        let set = store.set_limit(7000);
        assert_eq!(set.is_ok(), is_replaced, "{there:?}: {set:?}");
        let expected = if is_replaced { "7000\n" } else { there };
        assert_eq!(fs::read_to_string(&limit).unwrap(), expected);
    }
}

/// As a feature set of that format says it, with the same words as ours.
fn write_about(home: &TempDir, id: &str, format: u32) {
    let dir = home.path().join("spaces").join(id);
    fs::create_dir_all(&dir).unwrap();
    let about = serde_json::json!({ "format": format, "about": key("a").about() });
    fs::write(dir.join(ABOUT_FILE), about.to_string()).unwrap();
}

#[test]
fn features_of_another_format_are_left_alone_and_told() {
    for (format, said) in [
        (FEATURES_FORMAT - 1, "an older counterweight kept"),
        (FEATURES_FORMAT + 1, "a newer counterweight keeps"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let store = FeatureStore::at(home.path());
        write_about(&home, "0123456789abcdef", format);
        let mut set = store.open(&key("a"));
        let problems = set.take_problems();
        assert!(
            problems.len() == 1 && problems[0].starts_with(said),
            "{problems:?}"
        );
        assert!(store.open(&key("b")).take_problems().is_empty());
        set.add(image(1), &row(1));
        drop(set);
        // Once it has features of its own, there is nothing to report.
        assert!(store.open(&key("a")).take_problems().is_empty());
        let listed = store.listing().sets;
        assert!(
            listed.iter().all(|set| set.about == key("a").about()),
            "{listed:?}"
        );
        assert_eq!(listed.len(), 2);
    }
}

#[test]
fn a_segment_of_a_newer_version_is_left_as_it_is() {
    let (home, store) = filled(&[0..20, 20..30]);
    let path = files(&home)[0].clone();
    let n_lost = segment::n_rows(&path).unwrap() as usize;
    let mut bytes = fs::read(&path).unwrap();
    bytes[15] = b'2';
    fs::write(&path, &bytes).unwrap();
    let mut set = store.open(&key("a"));
    let problems = set.take_problems();
    assert!(
        problems.len() == 1 && problems[0].contains("a newer counterweight wrote it"),
        "{problems:?}"
    );
    (0..30).for_each(|i| set.add(image(i), &row(i)));
    drop(set);
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert!(n_lost > 0);
    assert_eq!(known(&store, 0..30), 30);
}

#[test]
fn an_index_of_another_version_is_told_and_a_newer_one_kept() {
    let (home, store) = filled(&[]);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.png"), "an image").unwrap();
    let hash = || {
        let (cancel, paths) = (Cancel::new(), ["a.png"]);
        content_hashes(&store, folder.path(), &paths, &[0], &cancel, &mut |_| {}).unwrap()[0]
    };
    assert_eq!(store.notice_of(folder.path()), None);
    let now = hash();
    let id = blake3::hash(folder.path().as_os_str().as_encoded_bytes()).to_hex();
    let index = home.path().join("folders").join(format!("{}.index", &id[..16]));
    fs::create_dir_all(index.parent().unwrap()).unwrap();
    for (format, said) in [
        ("3", "a newer counterweight wrote it"),
        ("1", "an older counterweight"),
    ] {
        let text = format!("counterweight folder index {format}\nabc\n");
        fs::write(&index, &text).unwrap();
        let notice = store.notice_of(folder.path()).unwrap();
        assert!(notice.contains(said), "{notice}");
        assert_eq!(hash(), now);
        assert!(format == "1" || fs::read_to_string(&index).unwrap() == text);
    }
}
