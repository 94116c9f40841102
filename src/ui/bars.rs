//! The top bar and the status bar.

use egui::{Align, Button, Layout, Role, Ui, UiBuilder, vec2};

use crate::app::{
    Action, AppState, JobView, LookAction, MapAction, Notices, Runs, Showing, ThemeChoice, ToastKind,
    WindowAction, Windows,
};
use crate::experiment::{Part, Stop};
use crate::metrics::thousands;
use crate::protocol::Progress;
use crate::ui::goal::bar::offer;
use crate::ui::parts::icons;
use crate::ui::parts::keyboard::ahead::{Ahead, Side};
use crate::ui::parts::theme;
use crate::ui::parts::two_ended::two_ended;
use crate::ui::parts::widgets::named;
use crate::ui::parts::widgets::{duration, fine_print};
use crate::visible::visible_path;

/// Room for the choice between validation and test, and for the buttons that set a goal and open the map.
const PART_WIDTH: f32 = 310.0;
/// Of the controls on the right, about.
const OWN_WIDTH: f32 = 290.0;

pub fn top_bar(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let right = Ahead::of(ui, Side::Right, "window's own controls", OWN_WIDTH);
    right
        .room(ui)
        .with_layout(Layout::left_to_right(Align::Center), |ui| {
            subject(ui, state, actions);
        });
    let place = ui.available_rect_before_wrap();
    let place = place.with_min_x(place.right() - right.before);
    let layout = Layout::left_to_right(Align::Center);
    let mut own = ui.new_child(UiBuilder::new().max_rect(place).layout(layout));
    own_controls(&mut own, state, actions);
    right.end(ui, own.min_rect());
}

/// What the window is about: the folder, the images that figures are of, and the goal.
fn subject(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    ui.label(theme::strong("counterweight"));
    if let Some(view) = &state.dataset.view {
        let name = egui::RichText::new(view.name()).color(theme.muted);
        let room = (ui.available_width() - PART_WIDTH).max(40.0);
        ui.scope(|ui| {
            ui.set_max_width(room);
            ui.add(egui::Label::new(name).truncate())
                .on_hover_text(visible_path(view.dataset.place()));
        });
    }
    part_switch(ui, state, actions);
    offer(ui, state, actions);
    map_button(ui, state, actions);
}

/// The map of the folder's features, or back to what was shown before it.
fn map_button(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    if state.dataset.view.is_none() {
        return;
    }
    let is_open = state.windows.showing == Showing::Map;
    let button = ui.add(Button::selectable(is_open, "Map").min_size(vec2(44.0, 24.0)));
    let name = match is_open {
        true => "Leave the map",
        false => "Map of the images",
    };
    button.widget_info(|| egui::WidgetInfo::selected(Role::Button, true, is_open, name));
    let tip = "Which images the network takes as alike, and where a run goes wrong among them";
    if button.on_hover_text(tip).clicked() {
        actions.push(Action::Map(match is_open {
            true => MapAction::Close,
            false => MapAction::Open,
        }));
    }
}

/// What it runs on, its commands and its theme.
fn own_controls(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    if let Some(started) = state.selected_run().and_then(|r| r.record.started.as_ref()) {
        let text = format!("{}, {}", device_name(&started.device), started.precision);
        ui.label(egui::RichText::new(text).color(theme.muted))
            .on_hover_text("What the selected run was computed on");
    }
    let text = egui::RichText::new("Ctrl K").color(theme.muted);
    let icon = theme::icon(icons::SEARCH, 15.0);
    let palette = ui.add(Button::new((icon, "Palette", text)).min_size(vec2(0.0, 28.0)));
    named(&palette, Role::Button, "Palette");
    if palette.on_hover_text("Every command by name (Ctrl+K)").clicked() {
        actions.push(Action::Window(WindowAction::OpenPalette(!state.windows.palette)));
    }
    let name = state.settings.theme.name();
    let icon = match state.settings.theme {
        ThemeChoice::System => icons::SYSTEM,
        ThemeChoice::Dark => icons::DARK,
        ThemeChoice::Light => icons::LIGHT,
    };
    let button = ui.add(Button::new((theme::icon(icon, 15.0), name)).min_size(vec2(56.0, 28.0)));
    named(&button, Role::Button, name);
    if button
        .on_hover_text("Theme: system, dark or light (Ctrl+T)")
        .clicked()
    {
        actions.push(Action::Window(WindowAction::SetTheme(
            state.settings.theme.next(),
        )));
    }
}

/// The images that matrix, metrics, trade-off and comparison are of, where there is a choice.
fn part_switch(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let parts = state.judged_parts();
    if parts.len() < 2 {
        return;
    }
    ui.spacing_mut().item_spacing.x = 2.0;
    for part in parts {
        let (text, tip) = match part {
            Part::Val => (
                "Validation",
                "Figures on the validation images, by which one chooses",
            ),
            Part::Test => ("Test", "Figures on the images that were kept for a last test"),
            Part::Train => (
                "Training",
                "Figures on the training images out of fold: each as judged by a head that did not learn it",
            ),
        };
        let chosen = state.looking.part == part;
        let button = ui.add(Button::selectable(chosen, text).min_size(vec2(0.0, 24.0)));
        let name = format!("Judge by {} images", text.to_lowercase());
        button.widget_info(|| egui::WidgetInfo::selected(Role::RadioButton, true, chosen, &name));
        if button.on_hover_text(format!("{tip} (Ctrl+E)")).clicked() {
            actions.push(Action::Look(LookAction::Part(part)));
        }
    }
}

fn device_name(device: &str) -> String {
    match device {
        "cpu" => "CPU".into(),
        _ => device.replace("cuda", "CUDA"),
    }
}

pub fn status_bar(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let job = state.jobs.foreground();
    let said = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        match job {
            Some(job) => job_line(ui, &state.runs, job),
            None => idle_line(ui, state),
        }
    };
    two_ended(ui, "status", theme::STATUS_BAR, said, |ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        ui.spacing_mut().interact_size.y = 20.0;
        if let Some((job, progress)) = job.and_then(|job| Some((job, job.progress?))) {
            speed(ui, &progress, trained_share(&state.runs, job));
        }
        if state.windows.closes_when_done {
            let stay = ui.button("Closes when done: stay open");
            if stay
                .on_hover_text("The window closes by itself when all is trained; a click keeps it open")
                .clicked()
            {
                actions.push(Action::Window(WindowAction::CloseWhenDone(false)));
            }
        }
        cache_button(ui, &state.windows, actions);
        messages_button(ui, &state.notices, &state.windows, actions);
    });
}

fn messages_button(ui: &mut Ui, notices: &Notices, windows: &Windows, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let colour = match notices.log.last().map(|message| message.kind) {
        Some(ToastKind::Error) => theme.error,
        Some(ToastKind::Warning) => theme.warning,
        _ => theme.muted,
    };
    let button = ui.add(Button::new(theme::small("Messages").color(colour)).frame(false));
    if button.on_hover_text("Messages so far (Ctrl+M)").clicked() {
        actions.push(Action::Window(WindowAction::OpenMessages(!windows.messages)));
    }
}

fn cache_button(ui: &mut Ui, windows: &Windows, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let button = ui.add(Button::new(theme::small("Cache").color(theme.muted)).frame(false));
    named(&button, Role::Button, "Feature cache");
    if button
        .on_hover_text("What is kept of computed features")
        .clicked()
    {
        actions.push(Action::Window(WindowAction::OpenCache(!windows.cache)));
    }
}

/// How much of its steps a training has made. Beside thousands of epochs, how far it is in one of them says nothing.
fn trained_share(runs: &Runs, job: &JobView) -> Option<f32> {
    let run = runs.all.get(job.run?)?;
    let started = run.record.started.as_ref()?;
    let n_steps = started.iterations_per_epoch as f32 * run.config.epochs as f32;
    let n_done = run.record.losses.len() as f32;
    (run.config.stop == Stop::Epochs && n_done > 0.0 && n_steps > 0.0).then(|| (n_done / n_steps).min(1.0))
}

/// How far, how long and how fast; `trained` is the share of a training's steps, where it is known.
pub fn speed(ui: &mut Ui, progress: &Progress, trained: Option<f32>) {
    let theme = theme::of(ui);
    let of_phase = (progress.total > 0).then(|| progress.done as f32 / progress.total as f32);
    if progress.per_sec > 0.0 {
        let unit = match progress.phase {
            crate::protocol::Phase::Download => format!("{:.1} MB/s", progress.per_sec / 1e6),
            _ => format!("{} images/s", thousands(progress.per_sec.round() as u64)),
        };
        fine_print(ui, &unit, theme);
    }
    if let Some(left) = progress.left_secs {
        fine_print(ui, &format!("{} left", duration(left)), theme);
    }
    if let Some(share) = trained.or(of_phase) {
        let bar = crate::ui::parts::widgets::bar(ui, 160.0, share, theme.accent);
        let name = format!("Progress {:.0} %", share * 100.0);
        bar.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &name));
    }
}

fn job_line(ui: &mut Ui, runs: &Runs, job: &JobView) {
    let theme = theme::of(ui);
    let phase = job.progress.map_or("starting", |p| p.phase.name());
    ui.label(theme::small(format!("● {phase}")).color(theme.accent));
    if let Some(run) = job.run.and_then(|r| runs.all.get(r)) {
        fine_print(ui, &run.label(), theme);
        let record = &run.record;
        if let (Some(started), Some(&loss)) = (&record.started, record.losses.last()) {
            let epoch = record.epoch_starts.len();
            let done = record.losses.len() - record.epoch_starts.last().copied().unwrap_or(0);
            let how_far = match run.config.stop {
                Stop::Epochs => format!(
                    "epoch {epoch}/{}   iteration {done}/{}",
                    run.config.epochs, started.iterations_per_epoch
                ),
                Stop::Converged => format!("step {done}, until converged"),
            };
            fine_print(ui, &how_far, theme);
            fine_print(ui, &format!("loss {loss:.3}"), theme);
        }
    }
    if job.job.cancel.is_cancelled() {
        ui.label(theme::small("stopping…").color(theme.warning));
    }
}

fn idle_line(ui: &mut Ui, state: &AppState) {
    let theme = theme::of(ui);
    if state.machine.engine_gone {
        ui.label(theme::small("● the engine has stopped").color(theme.error));
        return;
    }
    ui.label(theme::small("● ready").color(theme.ok));
    let Some(run) = state.selected_run() else { return };
    if let Some(timing) = &run.record.timing {
        if let Some(total) = timing.seconds.get("total") {
            fine_print(ui, &format!("{} took {}", run.label(), duration(*total)), theme);
        }
        let rate = timing.backbone_images_per_sec;
        if rate > 0.0 {
            let text = format!("{} images/s through the network", thousands(rate as u64));
            fine_print(ui, &text, theme);
        } else if timing.n_cached > 0 {
            fine_print(ui, "all features were known", theme);
        }
    }
}
