//! The engine's rooms are its floors: each uses only those before it. Reads the sources as text, as `tidy` does.

use std::fs;
use std::path::{Path, PathBuf};

/// In the order of `src/engine/mod.rs`. Test modules may look anywhere.
#[rustfmt::skip]
const FLOORS: [&[&str]; 7] = [
    &["device"],
    &["backbone"],
    &["features"],
    &["head"],
    &["fit"],
    &["judge"],
    &["questions", "runs_folder", "selfcheck", "worker"],
];

/// Files that lie directly in one folder: more is a pile, in which nobody finds the order to read in.
const MOST_IN_A_FOLDER: usize = 15;

#[test]
fn the_engine_s_floors_use_only_those_below() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine");
    let mut wrong = Vec::new();
    for (path, text) in sources(&engine) {
        let inside = path.strip_prefix(&engine).unwrap();
        let room = inside.iter().next().unwrap().to_string_lossy().replace(".rs", "");
        if room == "mod" || room == "tests" || inside.ends_with("tests.rs") {
            continue;
        }
        let floor = floor_of(&room).unwrap_or_else(|| panic!("{room} stands on no floor; name it above"));
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        // What the check below would not see.
        for hidden in ["crate::engine::{", "super::super::"] {
            assert!(!code.contains(hidden), "{}: {hidden}", inside.display());
        }
        for used in code.split("crate::engine::").skip(1) {
            let used: String = used
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if floor_of(&used).is_some_and(|below| below > floor) {
                wrong.push(format!(
                    "{}: {room} uses {used}, which stands above it",
                    inside.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_folder_of_the_engine_is_a_pile() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine");
    let mut counts = std::collections::BTreeMap::<PathBuf, usize>::new();
    for (path, _) in sources(&engine) {
        *counts.entry(path.parent().unwrap().to_owned()).or_default() += 1;
    }
    counts.retain(|_, n| *n > MOST_IN_A_FOLDER);
    assert!(
        counts.is_empty(),
        "more than {MOST_IN_A_FOLDER} files: {counts:?}"
    );
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn sources(dir: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}
