//! What a user can ask of runs about images, and of the threshold by which they judge.

use std::sync::Arc;

use super::state::ClassPlot;
use crate::app::host::Host;
use crate::app::state::AppState;
use crate::protocol::Picture;

#[derive(Debug, Clone, PartialEq)]
pub enum JudgeAction {
    NextImage(isize),
    ClearImages,
    /// Pixels from the clipboard, to be judged.
    PastePicture(Arc<Picture>),
    SetPlot(ClassPlot),
    SetThreshold(Option<f32>),
    KeepThreshold,
}

impl AppState {
    pub(in crate::app) fn apply_judge(&mut self, action: JudgeAction, host: &mut dyn Host) {
        match action {
            JudgeAction::NextImage(step) => self.judge.step(step),
            JudgeAction::ClearImages => self.clear_images(),
            JudgeAction::PastePicture(picture) => self.paste_picture(picture, host),
            JudgeAction::SetPlot(plot) => self.judge.plot = plot,
            JudgeAction::SetThreshold(threshold) => self.looking.set_threshold(threshold),
            JudgeAction::KeepThreshold => self.keep_threshold(host),
        }
    }
}
