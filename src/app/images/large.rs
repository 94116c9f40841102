//! The one image that is seen large: its picture, what its file says, and what the shown runs say of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::protocol::{ImageAnswer, ImageAnswers, ImageFacts, Picture, Thumbnail};

/// Longest side of the picture, in pixels.
pub const LARGE_SIDE: u32 = 1024;

type Asked<T> = Option<Result<T, String>>;

/// All of it is of that path, and is asked for once.
#[derive(Debug, Default)]
pub struct Large {
    path: Option<PathBuf>,
    picture: Asked<Arc<Picture>>,
    facts: Asked<ImageFacts>,
    /// As the runs name it, and what each of them says.
    answers: Option<ImageAnswers>,
    asked_runs: Vec<PathBuf>,
}

impl Large {
    pub fn picture(&self, path: &Path) -> Option<&Result<Arc<Picture>, String>> {
        self.picture.as_ref().filter(|_| self.is_of(path))
    }

    pub fn facts(&self, path: &Path) -> Option<&Result<ImageFacts, String>> {
        self.facts.as_ref().filter(|_| self.is_of(path))
    }

    /// What that run says of the image; `None` until it is known.
    pub fn answer(&self, path: &Path, run_dir: &Path) -> Option<&Result<Option<ImageAnswer>, String>> {
        let mut answers = self
            .answers
            .iter()
            .filter(|_| self.is_of(path))
            .flat_map(|all| &all.runs);
        answers.find(|(dir, _)| dir == run_dir).map(|(_, answer)| answer)
    }

    fn is_of(&self, path: &Path) -> bool {
        self.path.as_deref() == Some(path)
    }

    /// Another image is seen: whether its picture and its facts must be asked for.
    pub(in crate::app) fn turn_to(&mut self, path: &Path) -> bool {
        let is_another = !self.is_of(path);
        if is_another {
            *self = Large {
                path: Some(path.to_path_buf()),
                ..Large::default()
            };
        }
        is_another
    }

    /// Whether other runs must be asked than those that were.
    pub(in crate::app) fn ask(&mut self, runs: &[PathBuf]) -> bool {
        let is_another = self.asked_runs != runs;
        if is_another {
            self.asked_runs = runs.to_vec();
        }
        is_another && !runs.is_empty()
    }

    pub(in crate::app) fn take_picture(&mut self, thumbnail: Thumbnail) {
        if self.is_of(&thumbnail.path) {
            self.picture = Some(thumbnail.picture.map(Arc::new));
        }
    }

    pub(in crate::app) fn take_facts(&mut self, facts: ImageFacts) {
        if self.is_of(&facts.path) {
            self.facts = Some(Ok(facts));
        }
    }

    /// Its picture or its facts cannot be had.
    pub(in crate::app) fn fail(&mut self, path: &Path, reason: &str) {
        if self.is_of(path) {
            self.facts.get_or_insert_with(|| Err(reason.to_owned()));
            self.picture.get_or_insert_with(|| Err(reason.to_owned()));
        }
    }

    pub(in crate::app) fn take_answers(&mut self, answers: ImageAnswers) {
        let is_of_this = self
            .path
            .as_ref()
            .is_some_and(|path| path.ends_with(&answers.image));
        if is_of_this {
            self.answers = Some(answers);
        }
    }
}
