//! The images that were dropped, and what each run says of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::protocol::{Picture, Prediction};
use crate::visible::visible_name;

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
        visible_name(&self.path)
    }
}

/// The pictures that can be drawn of one class against the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClassPlot {
    #[default]
    TradeOff,
    PrecisionRecall,
    Roc,
    Calibration,
}

impl ClassPlot {
    pub const ALL: [ClassPlot; 4] = [
        ClassPlot::TradeOff,
        ClassPlot::PrecisionRecall,
        ClassPlot::Roc,
        ClassPlot::Calibration,
    ];

    pub fn name(self) -> &'static str {
        match self {
            ClassPlot::TradeOff => "Trade-off",
            ClassPlot::PrecisionRecall => "Precision and recall",
            ClassPlot::Roc => "ROC",
            ClassPlot::Calibration => "Calibration",
        }
    }
}

#[derive(Debug, Default)]
pub struct Judge {
    /// The latest first.
    pub images: Vec<ImageView>,
    /// The one that is shown large.
    pub image_idx: usize,
    pub plot: ClassPlot,
    /// Pictures that were pasted since the start.
    pub(in crate::app) n_pasted: usize,
}

impl Judge {
    pub(in crate::app) fn image_mut(&mut self, path: &Path) -> Option<&mut ImageView> {
        self.images.iter_mut().find(|image| image.path == path)
    }

    pub(in crate::app) fn step(&mut self, step: isize) {
        let n = self.images.len() as isize;
        if n > 0 {
            self.image_idx = (self.image_idx as isize + step).rem_euclid(n) as usize;
        }
    }

    pub(in crate::app) fn take_prediction(&mut self, run: usize, prediction: Prediction) {
        let Some(image) = self.image_mut(&prediction.path) else {
            return;
        };
        let verdict = match prediction.probabilities {
            Ok(probabilities) => Verdict::Probabilities(probabilities),
            Err(message) => Verdict::Failed(message),
        };
        image.verdicts.insert(run, verdict);
    }

    /// A job that fails leaves no image waiting.
    pub(in crate::app) fn fail_unanswered(&mut self, run: usize, paths: &[PathBuf], reason: &str) {
        for image in self.images.iter_mut().filter(|i| paths.contains(&i.path)) {
            if image.verdicts.get(&run) == Some(&Verdict::Asked) {
                image.verdicts.insert(run, Verdict::Failed(reason.to_owned()));
            }
        }
    }
}
