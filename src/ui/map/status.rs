//! How far the map is, what is left out of it, and what it does not fit.

use egui::{Label, Ui};

use crate::app::{Action, AppState, JobView, Made, MapAction};
use crate::metrics::thousands;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{empty, fine_print, job_progress, quiet_button};
use crate::visible::visible;

/// There is no map yet: what it would be, or how far it is.
pub fn not_made(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let Some(view) = &state.dataset.view else {
        return empty(
            ui,
            "Open a folder of images to see which of them the network takes as alike",
        );
    };
    let theme = theme::of(ui);
    ui.add_space((ui.available_height() / 2.0 - 60.0).max(0.0));
    ui.vertical_centered(|ui| {
        ui.set_max_width(380.0);
        if let Some(job) = state.making_map() {
            return under_way(ui, job, actions);
        }
        let text = "Each image as a point, close to those that the network takes as alike: which classes run into each other, \
                    which images lie alone, and where a run goes wrong";
        ui.add(Label::new(egui::RichText::new(text).color(theme.muted)).wrap());
        ui.add_space(8.0);
        if let Some(problem) = &state.map.problem {
            ui.add(Label::new(theme::small(visible(problem)).color(theme.warning)).wrap());
            ui.add_space(8.0);
        }
        if ui.button("Lay out the map").clicked() {
            actions.push(Action::Map(MapAction::Make));
        }
        ui.add_space(4.0);
        let n = thousands(view.dataset.images.len() as u64);
        let cost = match state.live.features_ready() {
            true => format!("{n} images, whose features are there"),
            false => format!("{n} images, whose features are computed first and kept, as for a training"),
        };
        fine_print(ui, &cost, theme);
    });
}

/// What is to be known of a map that is seen.
pub fn lines(ui: &mut Ui, state: &AppState, made: &Made, actions: &mut Vec<Action>) {
    if let Some(job) = state.making_map() {
        return under_way(ui, job, actions);
    }
    if made.map.umap.is_empty() {
        let why = state.map.problem.as_deref().unwrap_or("It was stopped");
        let text = format!("Only the principal components so far: {}", visible(why));
        return with_button(ui, &text, "Go on", "Lay out the rest of the map", actions);
    }
    if let Some(network) = state.map_is_of_others() {
        let text = format!(
            "By the features of {} as they were: what is looked at has others",
            visible(network)
        );
        return with_button(ui, &text, "Lay out again", "Lay out the map again", actions);
    }
    let n_left_out = made.dataset.images.len() - made.map.images.len();
    if n_left_out > 0 {
        let text = match n_left_out {
            1 => "One image cannot be read, and is not on the map".to_owned(),
            n => format!(
                "{} images cannot be read, and are not on the map",
                thousands(n as u64)
            ),
        };
        warn(ui, &text);
    }
}

fn under_way(ui: &mut Ui, job: &JobView, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        job_progress(ui, job);
        if quiet_button(ui, "Stop", "Stop laying out the map").clicked() {
            actions.push(Action::StopJob(job.job.id));
        }
    });
}

fn with_button(ui: &mut Ui, text: &str, button: &str, name: &str, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        warn(ui, text);
        if quiet_button(ui, button, name).clicked() {
            actions.push(Action::Map(MapAction::Make));
        }
    });
}

fn warn(ui: &mut Ui, text: &str) {
    ui.add(Label::new(theme::small(text).color(theme::of(ui).warning)).wrap());
}
