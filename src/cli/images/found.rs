//! A run's predictions of a part, and the images that were found among them.

use std::path::{Path, PathBuf};

use super::similar::Likeness;
use crate::cli::output::probabilities::asked;
use crate::disk::dataset::groups::in_groups;
use crate::disk::runs::scores::{read_decision, read_scores};
use crate::error::{Error, Result};
use crate::experiment::{Decision, ImageOrder, OneImage, Part, Predictions, Which};
use crate::metrics::{Scores, Threshold, Undo};

/// A run's predictions of one part, and the rule by which they become classes.
pub struct Judged {
    pub dir: PathBuf,
    pub classes: Vec<String>,
    pub predictions: Predictions,
    pub decision: Option<Decision>,
    /// What its class weights did, whatever is shown.
    pub weights: Undo,
    /// What is undone in what is shown of them.
    pub undo: Undo,
    /// The predictions as they are shown, where that is otherwise.
    pub shown: Option<Scores>,
    /// The run's, from which all that is drawn of it comes.
    pub seed: u64,
}

/// What is printed or written.
pub struct Found<'a> {
    pub judged: &'a Judged,
    pub part: Part,
    pub which: Which,
    pub order: ImageOrder,
    /// The other run, with what it predicted.
    pub against: Option<&'a Judged>,
    /// As many as there are, of which `places` may be the first few.
    pub n: usize,
    pub places: Vec<u32>,
    /// How like an image each is, where they are ordered by that.
    pub likeness: Option<Likeness>,
    /// Scores in place of probabilities.
    pub raw_scores: bool,
}

impl Judged {
    pub fn read(dir: PathBuf, part: Part, raw_scores: bool) -> Result<Self> {
        let scores = read_scores(&dir)?;
        let mut parts = scores.parts.into_iter();
        let Some((_, predictions)) = parts.find(|(of, _)| *of == part) else {
            if let Some(damage) = scores.folds_damage.filter(|_| part == Part::Train) {
                return Err(Error::Input(damage));
            }
            let message = match part {
                Part::Train => "keeps no predictions of its training images: the head has learnt them, so what it says of \
                                them says nothing of new ones. A run that was trained with --folds judges each by a head \
                                that did not learn it"
                    .into(),
                Part::Val | Part::Test => format!("has no predictions of {}", images_of(part)),
            };
            return Err(Error::file(&dir, message));
        };
        let undo = asked(scores.undo.clone(), raw_scores);
        Ok(Judged {
            decision: read_decision(&dir)?,
            classes: scores.classes,
            shown: undo.scores(predictions.scores()),
            weights: scores.undo,
            undo,
            predictions: in_groups(&scores.config, &scores.config.data, predictions),
            seed: scores.config.seed,
            dir,
        })
    }

    /// That both can be held against each other.
    ///
    /// # Errors
    /// They were not evaluated on the same images and labels, or have other classes.
    pub fn check_same_images(&self, before: &Judged) -> Result<()> {
        let images = |judged: &Judged| judged.predictions.calls(judged.rule());
        let is_same = self.classes == before.classes && images(self).beside(&images(before)).is_some();
        match is_same {
            true => Ok(()),
            false => Err(Error::file(
                &before.dir,
                format!(
                    "was not evaluated on the same images and labels as {}; only runs of one folder, one split and the same \
                     labels can be held against each other",
                    self.dir.display()
                ),
            )),
        }
    }

    pub fn rule(&self) -> Option<Threshold> {
        self.decision.as_ref()?.rule(&self.classes)
    }
}

/// One of them.
pub struct FoundImage<'a> {
    pub path: &'a Path,
    pub said: OneImage,
    /// As the head says them.
    pub scores: &'a [f32],
    pub probabilities: &'a [f32],
    /// The class that the other run predicts for it.
    pub before: Option<&'a str>,
    pub likeness: Option<f32>,
}

impl Found<'_> {
    pub fn images(&self) -> impl Iterator<Item = FoundImage<'_>> {
        let (predictions, rule) = (&self.judged.predictions, self.judged.rule());
        self.places.iter().filter_map(move |&place| {
            let (path, truth, scores) = predictions.row(place as usize)?;
            let shown = self.judged.shown.as_ref();
            let (_, probabilities) =
                shown.map_or(Some((truth, scores)), |shown| shown.row(place as usize))?;
            Some(FoundImage {
                path,
                said: OneImage::new(truth, scores, rule).shown_as(probabilities),
                scores,
                probabilities,
                before: self.before(place),
                likeness: (self.likeness.as_ref()).and_then(|likeness| likeness.of(path)),
            })
        })
    }

    /// Both runs have judged the same images in the same order, or nothing would have been found.
    fn before(&self, place: u32) -> Option<&str> {
        let against = self.against?;
        let (_, truth, probabilities) = against.predictions.row(place as usize)?;
        let said = OneImage::new(truth, probabilities, against.rule());
        against.classes.get(said.predicted?).map(String::as_str)
    }
}

/// Such as `validation images`.
pub fn images_of(part: Part) -> &'static str {
    match part {
        Part::Train => "training images",
        Part::Val => "validation images",
        Part::Test => "test images",
    }
}
