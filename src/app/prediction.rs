//! Images that were dropped on the window, and what each run says of them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::protocol::Picture;

/// One image under judgement.
#[derive(Debug, Clone)]
pub struct ImageView {
    pub path: PathBuf,
    /// Small pixels to show; `None` until they come, or why they cannot.
    pub picture: Option<Result<Arc<Picture>, String>>,
    /// By run.
    pub verdicts: BTreeMap<usize, Verdict>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Asked,
    /// One probability a class, in the class order of the run.
    Probabilities(Vec<f32>),
    Failed(String),
}

impl ImageView {
    pub fn new(path: PathBuf) -> Self {
        ImageView {
            path,
            picture: None,
            verdicts: BTreeMap::new(),
        }
    }

    pub fn name(&self) -> String {
        self.path.file_name().map_or_else(
            || self.path.display().to_string(),
            |n| n.to_string_lossy().into_owned(),
        )
    }
}
