//! The Hugging Face Hub: its cache on disk, in the layout that transformers and timm share, and its files.
//!
//! Not hf-hub 1.0: 225 crates (tokio, reqwest, xet) to ureq's 28, and its download starts an interrupted file from the beginning,
//! checks no hash and cannot be cancelled.

use std::path::{Path, PathBuf};

use super::download::{Download, Miss, Progress, sha256_is};
use super::places::Places;
use crate::protocol::Cancel;

const FILE: &str = "model.safetensors";
const MAX_RENAMES: usize = 5;

/// `model.safetensors` of the repository's main branch, if the cache holds it whole. A file whose name is its SHA-256
/// (every one that the Hub's own client made) is checked against it.
///
/// # Errors
/// The path of a damaged one.
pub(super) fn cached(places: &Places, repo: &str) -> Result<Option<PathBuf>, PathBuf> {
    let folder = repo_folder(places, repo);
    let commit = std::fs::read_to_string(folder.join("refs").join("main")).unwrap_or_default();
    let file = folder.join("snapshots").join(commit.trim()).join(FILE);
    if !is_hex(commit.trim(), 40) || !file.is_file() {
        return Ok(None);
    }
    let blob = std::fs::canonicalize(&file).ok();
    let sha256 = blob
        .as_deref()
        .and_then(Path::file_name)
        .and_then(|name| name.to_str());
    match sha256.filter(|name| is_hex(name, 64)) {
        Some(sha256) if !sha256_is(&file, sha256) => Err(file),
        _ => Ok(Some(file)),
    }
}

/// Downloads it into the cache: `blobs/SHA256`, a link to it in `snapshots/COMMIT`, and `refs/main`.
///
/// # Errors
/// As [`Download::run`]; also if the Hub does not say which commit and which SHA-256 it sends.
pub(super) fn fetch(
    places: &Places,
    repo: &str,
    agent: &ureq::Agent,
    cancel: &Cancel,
    progress: Progress,
) -> Result<PathBuf, Miss> {
    let url = format!("{}/{repo}/resolve/main/{FILE}", places.hub_url);
    let token = places.hub_token.as_deref();
    let Published { commit, sha256 } = published(&url, token, agent, cancel)?;
    let folder = repo_folder(places, repo);
    let blob = folder.join("blobs").join(&sha256);
    let download = Download {
        url: &url,
        token,
        dest: &blob,
        // The Hub's own name for it: either client continues what the other began.
        part: &folder.join("blobs").join(format!("{sha256}.incomplete")),
        sha256: &sha256,
    };
    download.run(agent, cancel, progress)?;
    let file = folder.join("snapshots").join(&commit).join(FILE);
    enter(&folder, &commit, &sha256, &file)
        .map_err(|e| Miss::Failed(format!("{}: cannot write: {e}", file.display())))?;
    Ok(file)
}

/// What the Hub says of the file before it sends it.
struct Published {
    commit: String,
    sha256: String,
}

fn published(
    url: &str,
    token: Option<&str>,
    agent: &ureq::Agent,
    cancel: &Cancel,
) -> Result<Published, Miss> {
    let failed = |what: String| {
        if cancel.is_cancelled() {
            Miss::Stopped
        } else {
            Miss::Failed(what)
        }
    };
    let mut at = url.to_owned();
    for _ in 0..MAX_RENAMES {
        // The redirection itself carries the headers; what it leads to (storage of big files) does not.
        let mut request = agent
            .head(&at)
            .config()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = request.call().map_err(|e| failed(format!("{at}: {e}")))?;
        let text = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or("")
        };
        let sha256 = text("x-linked-etag").trim_matches('"');
        let commit = text("x-repo-commit");
        if is_hex(sha256, 64) && is_hex(commit, 40) {
            return Ok(Published {
                commit: commit.to_owned(),
                sha256: sha256.to_owned(),
            });
        }
        // A repository under a new name.
        match (response.status().as_u16(), text("location")) {
            (300..400, location) if location.starts_with('/') => {
                at = format!("{}{location}", origin(url));
            }
            (200..400, _) => return Err(failed(format!("{at} names no commit and SHA-256"))),
            (status, _) => return Err(failed(format!("{at} answers {status}"))),
        }
    }
    Err(failed(format!("{url} leads in a circle")))
}

/// `https://host:port` of an address.
fn origin(url: &str) -> &str {
    let host_at = url.find("://").map_or(0, |i| i + 3);
    let host_end = url[host_at..].find('/').map_or(url.len(), |i| host_at + i);
    &url[..host_end]
}

/// Enters a blob into the snapshot and the snapshot as main.
fn enter(folder: &Path, commit: &str, sha256: &str, file: &Path) -> std::io::Result<()> {
    let refs = folder.join("refs");
    std::fs::create_dir_all(&refs)?;
    std::fs::create_dir_all(folder.join("snapshots").join(commit))?;
    // What lies there is of the same commit, or a damaged copy of it.
    drop(std::fs::remove_file(file));
    let link = Path::new("..").join("..").join("blobs").join(sha256);
    // As the Hub's client does where there are no links: the file itself.
    link_to(&link, file).or_else(|_| std::fs::rename(folder.join("blobs").join(sha256), file))?;
    std::fs::write(refs.join("main"), commit)
}

#[cfg(unix)]
fn link_to(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn link_to(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_file(target, link)
}

fn repo_folder(places: &Places, repo: &str) -> PathBuf {
    places
        .hub_cache
        .join(format!("models--{}", repo.replace('/', "--")))
}

fn is_hex(text: &str, n_digits: usize) -> bool {
    text.len() == n_digits
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
