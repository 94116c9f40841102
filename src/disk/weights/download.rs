//! One file over HTTP into its place: continued where it was interrupted, and there only once its SHA-256 is right.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use ureq::Body;
use ureq::http::{Response, header};

use super::state_dict::MAX_FILE_BYTES;
use crate::protocol::Cancel;

const CHUNK_BYTES: usize = 256 * 1024;
/// Consecutive connections without data before a server counts as gone.
const MAX_FRUITLESS: u32 = 3;

pub(super) struct Download<'a> {
    pub url: &'a str,
    pub token: Option<&'a str>,
    /// Where it goes when it is whole and right.
    pub dest: &'a Path,
    /// Where it grows; kept when it breaks off.
    pub part: &'a Path,
    /// Lower-case hex: the whole hash or its beginning.
    pub sha256: &'a str,
}

/// Why a source gave no file.
#[derive(Debug, PartialEq)]
pub(super) enum Miss {
    Stopped,
    /// For people; the next source may do better.
    Failed(String),
}

/// Called with the bytes there are and the bytes there will be (0: unknown).
pub(super) type Progress<'a> = &'a mut dyn FnMut(u64, u64);

impl Download<'_> {
    /// # Errors
    /// [`Miss::Failed`] if the server cannot be reached, refuses, breaks off again and again, or sends the wrong file;
    /// [`Miss::Stopped`] once cancelled. What came is kept, unless it is wrong.
    pub fn run(&self, agent: &ureq::Agent, cancel: &Cancel, progress: Progress) -> Result<(), Miss> {
        if let Some(folder) = self.dest.parent() {
            std::fs::create_dir_all(folder).map_err(failed("create its folder", folder))?;
        }
        let mut part = self.open_part(cancel)?;
        // Another process may have fetched it while this one waited for the lock.
        let outcome = match sha256_is(self.dest, self.sha256) {
            true => Ok(()),
            false => self.attempts(agent, &mut part, cancel, progress),
        };
        if part.metadata().is_ok_and(|m| m.len() == 0) {
            self.discard();
        }
        outcome
    }

    /// Requests until the file is there and right.
    fn attempts(
        &self,
        agent: &ureq::Agent,
        part: &mut File,
        cancel: &Cancel,
        progress: Progress,
    ) -> Result<(), Miss> {
        let mut n_fruitless = 0;
        let mut may_start_anew = true;
        loop {
            let n_before = part.metadata().map_err(failed("read", self.part))?.len();
            match self.transfer(agent, part, cancel, progress) {
                Ok(()) if sha256_is(self.part, self.sha256) => return self.finish(),
                // Its beginning may have been another file's: once more, from the start.
                Ok(()) if n_before > 0 && may_start_anew => {
                    may_start_anew = false;
                    part.set_len(0).map_err(failed("write", self.part))?;
                }
                Ok(()) => {
                    self.discard();
                    return Err(Miss::Failed(format!(
                        "{} sends a wrong file: its SHA-256 does not begin with {}; it was deleted",
                        self.url, self.sha256
                    )));
                }
                Err(_) if cancel.is_cancelled() => return Err(Miss::Stopped),
                Err(Broken::Refused(why)) => return Err(Miss::Failed(why)),
                Err(Broken::Off(why)) => {
                    let n_after = part.metadata().map_err(failed("read", self.part))?.len();
                    n_fruitless = if n_after > n_before { 0 } else { n_fruitless + 1 };
                    if n_fruitless == MAX_FRUITLESS {
                        return Err(Miss::Failed(format!(
                            "{}: the connection broke ({why}); what came is kept",
                            self.url
                        )));
                    }
                }
            }
        }
    }

    /// Opened and locked: two processes that want the same weights take turns.
    fn open_part(&self, cancel: &Cancel) -> Result<File, Miss> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let part = options.open(self.part).map_err(failed("write", self.part))?;
        // Where a file system knows no locks, the checksum alone has to do.
        while let Err(TryLockError::WouldBlock) = part.try_lock() {
            if cancel.is_cancelled() {
                return Err(Miss::Stopped);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(part)
    }

    /// One request, appended to what there is.
    fn transfer(
        &self,
        agent: &ureq::Agent,
        part: &mut File,
        cancel: &Cancel,
        progress: Progress,
    ) -> Result<(), Broken> {
        let disk = |e: std::io::Error| Broken::Refused(format!("{}: {e}", self.part.display()));
        let n_have = part.metadata().map_err(disk)?.len();
        let mut response = self.ask(agent, n_have)?;
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let length = text(header::CONTENT_LENGTH).and_then(|n| n.parse::<u64>().ok());
        let n_done = match response.status().as_u16() {
            200 => 0,
            206 if text(header::CONTENT_RANGE)
                .is_some_and(|r| r.starts_with(&format!("bytes {n_have}-"))) =>
            {
                n_have
            }
            // Nothing follows what there is; the checksum decides whether that is all.
            416 if n_have > 0 => return Ok(()),
            status => return Err(Broken::Refused(format!("{} answers {status}", self.url))),
        };
        // A weak one does not promise the same bytes.
        match text(header::ETAG).filter(|etag| etag.starts_with('"')) {
            Some(etag) => std::fs::write(self.etag_path(), etag).map_err(disk)?,
            None => drop(std::fs::remove_file(self.etag_path())),
        }
        part.set_len(n_done)
            .and_then(|()| part.seek(SeekFrom::Start(n_done)))
            .map_err(disk)?;
        let n_total = length.map_or(0, |n| n.saturating_add(n_done));
        self.append(
            &mut response.body_mut().as_reader(),
            part,
            [n_done, n_total],
            cancel,
            progress,
        )
    }

    /// Asks for what follows the first `n_have` bytes.
    fn ask(&self, agent: &ureq::Agent, n_have: u64) -> Result<Response<Body>, Broken> {
        // A request over an encrypted connection is never redirected to one that anybody can read and change.
        let is_encrypted = self.url.to_ascii_lowercase().starts_with("https://");
        let mut request = agent.get(self.url).config().https_only(is_encrypted).build();
        if let Some(token) = self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if n_have > 0 {
            request = request.header(header::RANGE, format!("bytes={n_have}-"));
            // A server whose file has changed since then sends the whole new one.
            if let Ok(etag) = std::fs::read_to_string(self.etag_path()) {
                request = request.header(header::IF_RANGE, etag);
            }
        }
        request.call().map_err(|e| Broken::Refused(self.refusal(&e)))
    }

    /// Reads to the end, which `n_total` (0 where it is not known) only announces.
    fn append(
        &self,
        reader: &mut impl Read,
        part: &mut File,
        [mut n_done, n_total]: [u64; 2],
        cancel: &Cancel,
        progress: Progress,
    ) -> Result<(), Broken> {
        progress(n_done, n_total);
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            if cancel.is_cancelled() {
                return Err(Broken::Off("stopped".into()));
            }
            let n = reader.read(&mut chunk).map_err(|e| Broken::Off(e.to_string()))?;
            if n == 0 {
                return Ok(());
            }
            let written = part.write_all(&chunk[..n]);
            written.map_err(|e| Broken::Refused(format!("{}: {e}", self.part.display())))?;
            n_done += n as u64;
            if n_done > MAX_FILE_BYTES {
                return Err(Broken::Refused(format!(
                    "{} sends far more than weights",
                    self.url
                )));
            }
            progress(n_done, n_total);
        }
    }

    fn refusal(&self, error: &ureq::Error) -> String {
        match error {
            ureq::Error::RequireHttpsOnly(to) => {
                format!(
                    "{} leads to {to}, which is not encrypted and was not followed",
                    self.url
                )
            }
            error => format!("{}: {error}", self.url),
        }
    }

    fn finish(&self) -> Result<(), Miss> {
        std::fs::rename(self.part, self.dest).map_err(failed("write", self.dest))?;
        drop(std::fs::remove_file(self.etag_path()));
        Ok(())
    }

    fn discard(&self) {
        for path in [self.part, &self.etag_path()] {
            drop(std::fs::remove_file(path));
        }
    }

    fn etag_path(&self) -> PathBuf {
        let mut path = self.part.as_os_str().to_owned();
        path.push(".etag");
        path.into()
    }
}

/// How a request ended without a whole file.
enum Broken {
    /// In the middle: the next request may continue it.
    Off(String),
    /// Asking again would not help.
    Refused(String),
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Miss {
    move |e| Miss::Failed(format!("{}: cannot {action}: {e}", path.display()))
}

/// Whether the file is there and its SHA-256 begins so.
pub(super) fn sha256_is(path: &Path, beginning: &str) -> bool {
    let hash = || -> std::io::Result<String> {
        let mut file = File::open(path)?;
        let mut hasher = Sha256::new();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match file.read(&mut chunk)? {
                0 => break,
                n => hasher.update(&chunk[..n]),
            }
        }
        Ok(hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect())
    };
    hash().is_ok_and(|hash| hash.starts_with(beginning))
}
