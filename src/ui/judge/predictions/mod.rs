//! Images of unknown classes as a table: what the chosen run says of each, how doubtful that is, and what the other shown
//! runs say.

mod columns;
mod evaluated;
mod head;
mod large;
mod rows;

use std::path::PathBuf;

use egui::{Button, Context, Role, Ui};

use crate::app::{Action, AppState, Judge, JudgeAction, Pick};
use crate::metrics::thousands;
use crate::ui::judge::why::WhyLayer;
use crate::ui::parts::icons;
use crate::ui::parts::textures::Textures;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{empty, named};

pub use evaluated::evaluated;

/// What drawing remembers: pictures on the graphics card, and what this frame has in sight.
#[derive(Default)]
pub struct Predictions {
    textures: Textures,
    large: Textures,
    why: WhyLayer,
    in_sight: Vec<PathBuf>,
    /// The row that was chosen last; another one is brought into sight.
    followed: Option<usize>,
}

impl Predictions {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        head::heading(ui, state, actions);
        if state.judge.table.is_empty() {
            return nothing_open(ui, state, actions);
        }
        let listed = state.listed_images();
        head::lines(ui, state, &listed.counts, actions);
        self.table(ui, state, &listed, actions);
    }

    /// Asks for pictures that are in sight and not known.
    pub fn end_frame(&mut self, judge: &Judge, actions: &mut Vec<Action>) {
        let in_sight = std::mem::take(&mut self.in_sight);
        self.textures.forget_dropped();
        let missing = in_sight.iter().any(|path| judge.pictures.get(path).is_none());
        if missing && in_sight != judge.pictures.wanted() {
            actions.push(Action::Judge(JudgeAction::WantPictures(in_sight)));
        }
    }

    /// The chosen image in a window of its own.
    pub fn large(&mut self, ctx: &Context, state: &AppState, actions: &mut Vec<Action>) {
        self.large.forget_dropped();
        large::window(ctx, &mut self.large, &mut self.why, state, actions);
    }
}

fn nothing_open(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    if let Some(job) = state.looking_for_images() {
        let n_found = job.progress.map_or(0, |progress| progress.done);
        return empty(ui, &format!("Looking for images… {} found", thousands(n_found)));
    }
    let theme = theme::of(ui);
    ui.add_space((ui.available_height() / 2.0 - 60.0).max(0.0));
    ui.vertical_centered(|ui| {
        let text = "Drop images, or a folder of them, to see what the chosen run takes each for";
        ui.label(egui::RichText::new(text).color(theme.muted));
        ui.add_space(8.0);
        let choices = [
            ("Choose a folder…", icons::OPEN_FOLDER, Pick::ImageFolder),
            ("Choose images…", icons::IMAGE, Pick::Images),
        ];
        for (text, icon, pick) in choices {
            let button = ui.add(Button::new((theme::icon(icon, 15.0), text)));
            named(&button, Role::Button, text);
            if button.clicked() {
                actions.push(Action::Pick(pick));
            }
        }
    });
}
