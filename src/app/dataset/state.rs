//! The image folder that is open, the field that opens another, and the pictures of its images.

use std::path::{Path, PathBuf};

use super::gallery::Gallery;
use super::view::DatasetView;
use crate::app::runs::run::RunView;
use crate::experiment::{Checked, Dataset};
use crate::protocol::SplitCounts;

#[derive(Debug, Default)]
pub struct DatasetState {
    pub view: Option<DatasetView>,
    /// What is in the path field.
    pub path_text: String,
    /// Why the folder that was asked for is not open, beside its path.
    pub path_problem: Option<String>,
    pub gallery: Gallery,
    /// The job that counts the form's split.
    pub(in crate::app) split_job: Option<u64>,
}

impl DatasetState {
    /// The folder of the images.
    pub fn root(&self) -> Option<&Path> {
        self.view.as_ref().map(|view| view.dataset.root.as_path())
    }

    /// What the open dataset is known by: its folder, or the table that names its images.
    pub fn place(&self) -> Option<&Path> {
        self.view.as_ref().map(|view| view.dataset.place())
    }

    /// Of the open folder; none where none is open.
    pub fn classes(&self) -> &[String] {
        self.view.as_ref().map_or(&[], |view| &view.dataset.classes)
    }

    /// Whether a run was trained on the open folder, with the classes that it has now. Where none is open, every run
    /// counts as such.
    pub fn is_trained_on(&self, run: &RunView) -> bool {
        let Some(view) = &self.view else { return true };
        let Dataset {
            identity, classes, ..
        } = &*view.dataset;
        let data = run.config.place();
        // One that has just begun here names the folder as it was opened.
        let is_here =
            view.dataset.place().as_os_str() == data.as_os_str() || identity.is(data, &run.data_fingerprint);
        is_here && (run.classes().is_empty() || run.classes() == classes)
    }

    /// Whether a run knows the open folder's classes, wherever it was trained.
    pub fn has_classes_of(&self, run: &RunView) -> bool {
        let view = self.view.as_ref();
        view.is_none_or(|view| run.classes() == view.dataset.classes)
    }

    /// What the files of the folder or table at that path are known by; empty where it is not the open one.
    pub fn fingerprint_of(&self, place: &Path) -> String {
        let view = self.view.as_ref().filter(|view| view.dataset.place() == place);
        view.map_or_else(String::new, |view| view.dataset.identity.fingerprint.clone())
    }

    /// The path in the field, with `~` as that folder.
    pub fn typed_path(&self, home: Option<&Path>) -> Option<PathBuf> {
        let text = self.path_text.trim().trim_matches(['"', '\'']);
        if text.is_empty() {
            return None;
        }
        let from_url = path_of_url(text);
        let text = from_url.as_deref().unwrap_or(text);
        Some(match (text.strip_prefix('~'), home) {
            (Some(""), Some(home)) => home.to_path_buf(),
            (Some(rest), Some(home)) if rest.starts_with('/') => home.join(&rest[1..]),
            _ => PathBuf::from(text),
        })
    }

    pub(in crate::app) fn show_path(&mut self, path: &Path) {
        self.path_text = path.display().to_string();
        self.path_problem = None;
    }

    /// Something else was typed, or dropped, where the folder's path stands.
    pub(in crate::app) fn show_open_path(&mut self) {
        self.path_text = self
            .place()
            .map_or_else(String::new, |place| place.display().to_string());
    }

    /// What decoding every image has found; of no interest where the folder was left since.
    pub(in crate::app) fn take_checked(&mut self, checked: Checked) {
        let open = self.view.as_mut();
        if let Some(view) = open.filter(|view| view.dataset.place() == checked.place) {
            view.set_checked(Some(checked));
        }
    }

    /// Of the split that was asked about last.
    pub(in crate::app) fn take_counts(&mut self, job_id: u64, counts: SplitCounts) {
        let is_latest = self.split_job == Some(job_id);
        if let Some(view) = self.view.as_mut().filter(|_| is_latest) {
            view.take_counts(counts);
        }
    }
}

/// The path of a `file://` address, as browsers and file managers copy it: with `%20` for a blank. `None` for what is
/// none. The machine's name that may stand before the path is this one's.
pub fn path_of_url(text: &str) -> Option<String> {
    let rest = text.strip_prefix("file://")?;
    let path = &rest[rest.find('/')?..];
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [byte, after @ ..] = rest {
        let code = after.get(..2).filter(|_| *byte == b'%');
        let code = code.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*byte));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}
