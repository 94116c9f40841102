//! What a user can do with the window itself.

use super::state::Showing;
use crate::app::host::{Host, Place};
use crate::app::settings::{FigureOrder, MAX_ZOOM, MIN_ZOOM, Normalise, ShownProbabilities, ThemeChoice};
use crate::app::state::AppState;

#[derive(Debug, Clone, PartialEq)]
pub enum WindowAction {
    Show(Showing),
    SetTheme(ThemeChoice),
    SetZoom(Zoom),
    /// It was given by name, and comes first among the names the next time.
    RememberCommand(String),
    SetNormalise(Normalise),
    SetProbabilities(ShownProbabilities),
    /// The classes that are confused beside each other in the matrix, or as the folder has them.
    GroupConfused(bool),
    /// What orders the classes among the figures.
    OrderFigures(Option<FigureOrder>),
    OpenHelp(bool),
    OpenPalette(bool),
    OpenMessages(bool),
    OpenCache(bool),
    /// The runs in the trash.
    OpenDeleted(bool),
    /// The messages, opened at that one.
    ShowMessage(u64),
    /// The program's log in their place, or they again.
    ShowProgramLog(bool),
    DismissToast(u64),
    /// The tiles as they were at the first start.
    ResetLayout,
    Copy(String),
    /// Show it in the desktop's file manager.
    Reveal(Place),
    /// Ask whether the window may close on a training, or ask no more.
    AskToClose(bool),
    /// Go on in the background and close when all is trained, or stay after all.
    CloseWhenDone(bool),
    /// Stop what trains and waits, keep what there is, and close.
    Close,
}

/// How large everything is, beside how large it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zoom {
    In,
    Out,
    Reset,
}

impl Zoom {
    fn from(self, now: f32) -> f32 {
        const STEP: f32 = 0.1;
        let zoom = match self {
            Zoom::In => now + STEP,
            Zoom::Out => now - STEP,
            Zoom::Reset => 1.0,
        };
        zoom.clamp(MIN_ZOOM, MAX_ZOOM)
    }
}

impl AppState {
    pub(in crate::app) fn apply_window(&mut self, action: WindowAction, host: &mut dyn Host) {
        match action {
            WindowAction::Show(showing) => self.windows.showing = showing,
            WindowAction::SetTheme(theme) => self.settings.theme = theme,
            WindowAction::SetZoom(zoom) => self.settings.zoom = zoom.from(self.settings.zoom),
            WindowAction::RememberCommand(name) => self.settings.remember_command(name),
            WindowAction::SetNormalise(normalise) => self.settings.normalise = normalise,
            WindowAction::SetProbabilities(shown) => self.settings.probabilities = shown,
            WindowAction::GroupConfused(grouped) => self.settings.groups_confused = grouped,
            WindowAction::OrderFigures(order) => self.settings.figure_order = order,
            WindowAction::OpenHelp(open) => self.windows.help = open,
            WindowAction::OpenPalette(open) => self.windows.palette = open,
            WindowAction::OpenMessages(open) => self.windows.messages = open,
            WindowAction::OpenCache(open) => self.open_cache(open, host),
            WindowAction::OpenDeleted(open) => self.open_deleted(open, host),
            WindowAction::ShowMessage(id) => {
                self.notices.toggle(id);
                self.windows.messages = true;
                self.windows.shows_program_log = false;
            }
            WindowAction::ShowProgramLog(shows) => self.windows.shows_program_log = shows,
            WindowAction::DismissToast(id) => self.notices.dismiss(id),
            WindowAction::ResetLayout => self.windows.layout_resets += 1,
            WindowAction::Copy(text) => host.copy(text),
            WindowAction::Reveal(place) => host.reveal(place),
            WindowAction::AskToClose(ask) => self.windows.asks_to_close = ask,
            WindowAction::CloseWhenDone(closes) => self.close_when_done(closes, host),
            WindowAction::Close => self.close(host),
        }
    }
}
