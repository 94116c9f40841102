//! Which cautions of a run are said, and which nobody wants to hear any more.

use super::run::RunView;
use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::experiment::{Caution, Code};

impl AppState {
    /// Those of a run that are said, the gravest first.
    pub fn cautions_heard<'a>(&self, run: &'a RunView) -> Vec<&'a Caution> {
        let is_heard = |caution: &&Caution| !self.settings.muted_cautions.contains(&caution.code);
        let mut heard: Vec<&Caution> = run.record.cautions.iter().filter(is_heard).collect();
        // What makes figures wrong before what makes them unsure.
        let is_of_count = |caution: &&Caution| {
            matches!(
                caution.code,
                Code::FewImages | Code::FewForThreshold | Code::StillFalling
            )
        };
        heard.sort_by_key(is_of_count);
        heard
    }

    pub(in crate::app) fn mute_caution(&mut self, code: Code) {
        if !self.settings.muted_cautions.contains(&code) {
            self.settings.muted_cautions.push(code);
        }
        let text = format!(
            "{} is said no more of any run; \"Say all cautions again\" among the commands brings it back",
            code.name()
        );
        self.tell(ToastKind::Info, text);
    }
}
