//! Links the binary so that it finds libtorch, and tells it which revision it was built from.
//!
//! Must not force any CUDA library on the binary: the engine loads those at run time, where a driver is.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What goes into the binary. Only a change in one of these makes a build "dirty", and only these are
/// watched, so that editing a test or the README does not rebuild the crate.
const SOURCES: [&str; 6] = ["src", "assets", "build.rs", "Cargo.toml", "Cargo.lock", ".cargo"];

fn main() {
    link_libtorch();
    println!(
        "cargo:rustc-env=COUNTERWEIGHT_REVISION={}",
        revision().unwrap_or_else(|| "unknown".to_owned())
    );
    for path in SOURCES
        .iter()
        .map(PathBuf::from)
        .chain(git_state())
        .filter(|path| path.exists())
    {
        println!("cargo:rerun-if-changed={}", path.display());
    }
}

/// Adds the folder of libtorch to the run path, so that the binary starts without `LD_LIBRARY_PATH`.
/// torch-sys names the folder, to its direct dependents only, and cannot set the run path itself.
fn link_libtorch() {
    let Ok(folder) = env::var("DEP_TCH_LIBTORCH_LIB") else {
        return;
    };
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "unix") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
}

/// The commit's short hash, with `-dirty` where the sources differ from it; none outside this repository.
fn revision() -> Option<String> {
    let root = git(&["rev-parse", "--show-toplevel"])?;
    // A copy of the sources inside some other repository must not take that one's revision.
    if Path::new(&root).canonicalize().ok()?
        != Path::new(&env::var("CARGO_MANIFEST_DIR").ok()?)
            .canonicalize()
            .ok()?
    {
        return None;
    }
    let hash = git(&["rev-parse", "--short=10", "HEAD"])?;
    let changes = git(&[&["status", "--porcelain", "--"], &SOURCES[..]].concat())?;
    Some(if changes.is_empty() {
        hash
    } else {
        format!("{hash}-dirty")
    })
}

/// The files that move with the current commit. Git is asked for them: in a linked worktree they lie elsewhere.
/// The log of HEAD grows with every commit, also where the branch itself is in a packed file.
fn git_state() -> Vec<PathBuf> {
    let paths = ["HEAD", "logs/HEAD", "packed-refs"].map(|name| git(&["rev-parse", "--git-path", name]));
    paths.into_iter().flatten().map(PathBuf::from).collect()
}

/// What git answers, without the line end; none if there is no git or it fails. Takes no lock in the repository.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("--no-optional-locks")
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim_end().to_owned())
}
