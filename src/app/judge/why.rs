//! Why a run says so: what in the large image speaks for a class.

use std::path::Path;
use std::sync::Arc;

use crate::protocol::{Explain, Explained};

/// How much of the picture the map may hide, at first.
const OPACITY: f32 = 0.85;

#[derive(Debug)]
pub struct Why {
    pub is_shown: bool,
    /// The class that is asked about; `None`: the predicted one.
    pub class_idx: Option<usize>,
    /// 0 to 1
    pub opacity: f32,
    pub(in crate::app) asked: Option<Explain>,
    pub(in crate::app) answer: Option<Result<Arc<Explained>, String>>,
}

impl Default for Why {
    fn default() -> Self {
        Why {
            is_shown: false,
            class_idx: None,
            opacity: OPACITY,
            asked: None,
            answer: None,
        }
    }
}

impl Why {
    pub(in crate::app) fn show(&mut self, shown: bool) {
        self.is_shown = shown;
        // What failed is tried again.
        if matches!(self.answer, Some(Err(_))) {
            self.asked = None;
        }
    }

    /// What speaks for the class in that image under that run, or why it cannot be said; `None` until it is known.
    pub fn of(&self, path: &Path, run_dir: &Path) -> Option<Result<&Arc<Explained>, &str>> {
        let asked = self.asked.as_ref()?;
        let is_this = asked.path == path && asked.run_dir == run_dir;
        let answer = self.answer.as_ref().filter(|_| is_this)?;
        Some(answer.as_ref().map_err(String::as_str))
    }

    pub(in crate::app) fn fail(&mut self, reason: &str) {
        self.answer = Some(Err(reason.to_owned()));
    }
}
