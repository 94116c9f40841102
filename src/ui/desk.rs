//! What lies outside the window's state: the engine's link, the clipboard, the desktop's dialogs and its file manager. The
//! one place in `ui` with threads of its own, since the desktop's answers may take for ever.

use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::{Context, ViewportCommand};

use crate::app::{Action, Host, IMAGE_ENDINGS, LabelsFile, Pick, Place, REPORT_FILE, WEIGHTS_ENDINGS};
use crate::experiment::TABLE_ENDINGS;
use crate::protocol::{Command, Job, Link};

/// Nobody chooses a file this quickly: where a dialog ends sooner with nothing, there was none.
const NO_DIALOG_SECS: f32 = 0.25;

/// What the desktop is asked for; both block.
#[derive(Debug, Clone, Copy)]
pub struct Desktop {
    /// Asks for files; empty where nothing was chosen, or there is nobody to ask.
    pub dialog: fn(&Pick) -> Vec<PathBuf>,
    /// Shows a place in the file manager, or says why it cannot.
    pub reveal: fn(&Place) -> std::result::Result<(), String>,
}

/// What comes back from there.
pub enum Answer {
    Asks(Action),
    NotRevealed(Place, String),
}

/// What lies outside the state: the engine, the desktop, the clipboard.
pub struct Desk {
    pub link: Link,
    pub ctx: Context,
    desktop: Desktop,
    asking: Option<JoinHandle<()>>,
    pub answers: Receiver<Answer>,
    answer_sender: Sender<Answer>,
}

impl Desk {
    pub fn new(link: Link, ctx: Context, desktop: Desktop) -> Self {
        let (answer_sender, answers) = unbounded();
        Desk {
            link,
            ctx,
            desktop,
            asking: None,
            answers,
            answer_sender,
        }
    }
}

impl Host for Desk {
    fn submit(&mut self, command: Command) -> Job {
        self.link.submit(command)
    }

    /// One dialog at a time. Where the desktop has none, there is still the path field.
    fn pick(&mut self, pick: Pick) {
        if self.asking.as_ref().is_some_and(|d| !d.is_finished()) {
            return;
        }
        let (dialog, sender, ctx) = (self.desktop.dialog, self.answer_sender.clone(), self.ctx.clone());
        let ask = move || {
            let asked = Instant::now();
            let paths = dialog(&pick);
            let nobody = paths.is_empty() && asked.elapsed().as_secs_f32() < NO_DIALOG_SECS;
            let action = if nobody {
                Action::NoDialog(pick)
            } else {
                Action::Picked(pick, paths)
            };
            if sender.send(Answer::Asks(action)).is_ok() {
                ctx.request_repaint();
            }
        };
        let thread = std::thread::Builder::new().name("file dialog".into());
        // Without a thread there is no dialog, as on a desktop that has none.
        self.asking = thread.spawn(ask).ok();
    }

    fn copy(&mut self, text: String) {
        self.ctx.copy_text(text);
    }

    fn close(&mut self) {
        self.ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    fn minimise(&mut self) {
        self.ctx.send_viewport_cmd(ViewportCommand::Minimized(true));
    }

    /// A file manager may take its time to start. Nobody waits for it, so its thread is left to itself.
    fn reveal(&mut self, place: Place) {
        let (reveal, sender, ctx) = (self.desktop.reveal, self.answer_sender.clone(), self.ctx.clone());
        let show = move || {
            if let Err(reason) = reveal(&place)
                && sender.send(Answer::NotRevealed(place, reason)).is_ok()
            {
                ctx.request_repaint();
            }
        };
        let thread = std::thread::Builder::new().name("file manager".into());
        drop(thread.spawn(show));
    }
}

/// The one that the window stands on.
pub const DESKTOP: Desktop = Desktop {
    dialog: desktop_dialog,
    reveal: desktop_reveal,
};

/// The desktop's portal, or zenity.
fn desktop_dialog(pick: &Pick) -> Vec<PathBuf> {
    let dialog = rfd::FileDialog::new().set_title(pick.title());
    match pick {
        Pick::Folder | Pick::Export(_) | Pick::MoreRuns | Pick::RunsPlace => {
            dialog.pick_folder().into_iter().collect()
        }
        Pick::Report(_) => dialog
            .add_filter("Pages", &["html"])
            .set_file_name(REPORT_FILE)
            .save_file()
            .into_iter()
            .collect(),
        Pick::Weights => dialog
            .add_filter("Weights", &WEIGHTS_ENDINGS)
            .pick_file()
            .into_iter()
            .collect(),
        Pick::Table => dialog
            .add_filter("Tables", &TABLE_ENDINGS)
            .pick_file()
            .into_iter()
            .collect(),
        Pick::Labels(LabelsFile::Import) => dialog
            .add_filter("Tables", &["csv"])
            .pick_file()
            .into_iter()
            .collect(),
        Pick::Labels(what) => {
            let name = match what {
                LabelsFile::Cleaned => "cleaned",
                _ => "labels.csv",
            };
            dialog.set_file_name(name).save_file().into_iter().collect()
        }
        Pick::ImageFolder => dialog.pick_folders().unwrap_or_default(),
        Pick::Images => dialog
            .add_filter("Images", &IMAGE_ENDINGS)
            .pick_files()
            .unwrap_or_default(),
        Pick::Target(export) => {
            let target = dialog.set_file_name(&export.file_name).save_file();
            target.into_iter().collect()
        }
    }
}

/// The desktop's file manager, or whatever opens folders.
fn desktop_reveal(place: &Place) -> std::result::Result<(), String> {
    let shown = match place {
        Place::Folder(dir) => opener::open(dir),
        Place::File(path) => opener::reveal(path),
        Place::Page(path) => opener::open(path),
    };
    shown.map_err(|e| e.to_string())
}
