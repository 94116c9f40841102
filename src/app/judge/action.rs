//! What a user can ask of runs about images, and of the threshold by which they judge.

use std::path::PathBuf;
use std::sync::Arc;

use super::listing::Listing;
use super::state::ClassPlot;
use crate::app::host::Host;
use crate::app::jobs::ShownIn;
use crate::app::state::AppState;
use crate::experiment::Source;
use crate::protocol::Picture;

#[derive(Debug, Clone, PartialEq)]
pub enum JudgeAction {
    /// Open these files and folders as a table of predictions, whatever they hold.
    OpenImages(Vec<PathBuf>),
    /// Show that row's image, or none.
    Choose(Option<usize>),
    /// The one after the chosen image, as they are listed, or before it.
    NextImage(isize),
    /// Show the chosen image large, or no longer.
    Enlarge(bool),
    /// Show what in the large image speaks for a class, or no longer.
    ShowWhy(bool),
    /// The class that is asked about; `None`: the predicted one.
    AskWhy(Option<usize>),
    SetWhyOpacity(f32),
    /// List the rows so.
    SetListing(Listing),
    /// Pictures of these images are in sight.
    WantPictures(Vec<PathBuf>),
    StopPredicting,
    /// Predict what is not known yet.
    GoOn,
    /// Also the shown runs that were left out, as there are many images.
    AskAllRuns,
    /// Whether new images in the folders appear as they come.
    Watch(bool),
    /// Write the table where the user says.
    SavePredictions,
    /// Have the run judge a folder of its classes.
    EvaluateFolder {
        run: usize,
        data: Source,
    },
    CloseEvaluation,
    ClearImages,
    /// Pixels from the clipboard, to be predicted.
    PastePicture(Arc<Picture>),
    SetPlot(ClassPlot),
    SetThreshold(Option<f32>),
    KeepThreshold,
}

impl AppState {
    pub(in crate::app) fn apply_judge(&mut self, action: JudgeAction, host: &mut dyn Host) {
        match action {
            JudgeAction::AskAllRuns => self.judge.asks_all = true,
            JudgeAction::OpenImages(paths) => self.open_images(paths, host),
            JudgeAction::Choose(row) => self.judge.choose(row),
            JudgeAction::NextImage(step) => self.choose_next(step),
            JudgeAction::Enlarge(large) => self.judge.is_enlarged = large && self.judge.chosen.is_some(),
            JudgeAction::ShowWhy(shown) => self.judge.why.show(shown),
            JudgeAction::AskWhy(class_idx) => self.judge.why.class_idx = class_idx,
            JudgeAction::SetWhyOpacity(opacity) => self.judge.why.opacity = opacity,
            JudgeAction::SetListing(listing) => self.judge.listing = listing,
            JudgeAction::WantPictures(paths) => {
                self.judge.pictures.want(paths);
                self.ask_for_pictures(ShownIn::Predictions, host);
            }
            JudgeAction::StopPredicting => self.judge.is_stopped = true,
            JudgeAction::GoOn => self.go_on_predicting(),
            JudgeAction::Watch(watch) => self.watch_images(watch, host),
            JudgeAction::SavePredictions => self.save_predictions(host),
            JudgeAction::EvaluateFolder { run, data } => self.evaluate_folder(run, data, host),
            JudgeAction::CloseEvaluation => self.close_evaluation(),
            JudgeAction::ClearImages => self.clear_images(),
            JudgeAction::PastePicture(picture) => self.paste_picture(picture, host),
            JudgeAction::SetPlot(plot) => self.judge.plot = plot,
            JudgeAction::SetThreshold(threshold) => self.looking.set_threshold(threshold),
            JudgeAction::KeepThreshold => self.keep_threshold(host),
        }
    }

    fn choose_next(&mut self, step: isize) {
        let listed = self.listed_images();
        let last = listed.rows.len() as isize - 1;
        let now = listed.rows.iter().position(|&row| Some(row) == self.judge.chosen);
        let next = now.map_or(0, |now| (now as isize).saturating_add(step).clamp(0, last.max(0)));
        if let Some(&row) = listed.rows.get(next as usize) {
            self.judge.choose(Some(row));
        }
    }
}
