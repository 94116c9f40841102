//! The window's frame: which panel stands where, and what came from outside of all of them.

use std::sync::Arc;

use egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui, UiBuilder};

use crate::app::{Action, AppState, JudgeAction, path_of_url};
use crate::experiment::{Config, SplitMethod, WeightsSource};
use crate::ui::cache::window::CacheWindow;
use crate::ui::centre::{Centre, Pane};
use crate::ui::dataset::start::StartPage;
use crate::ui::dataset::{gallery, panel as dataset_panel};
use crate::ui::fit::{class_table, form, loss_plot, train as train_panel};
use crate::ui::goal::bar::GoalBar;
use crate::ui::health::window::HealthWindow;
use crate::ui::images::{ImagesPane, slices};
use crate::ui::judge::{curves, matrix, metrics as metrics_panel, predict as predict_panel, predictions};
use crate::ui::live::row::LiveRow;
use crate::ui::map::{MapPane, chosen as chosen_panel};
use crate::ui::parts::camera::{self, Camera};
use crate::ui::parts::keyboard::ahead::{Ahead, Side};
use crate::ui::parts::keyboard::tab_place::TabPlace;
use crate::ui::parts::room;
use crate::ui::parts::theme::{self, GAP};
use crate::ui::parts::widgets::divider;
use crate::ui::runs::{compare, deleted, menu as run_menu, panel as runs_panel};
use crate::ui::{bars, closing, commands, messages, overlays};

/// What drawing remembers between frames and nobody else needs.
#[derive(Default)]
pub struct Shell {
    loss_plot: loss_plot::LossPlot,
    predict: predict_panel::PredictPanel,
    predictions: predictions::Predictions,
    palette: commands::palette::Palette,
    start_page: StartPage,
    run_editor: run_menu::RunEditor,
    pictures: gallery::Pictures,
    images: ImagesPane,
    map: MapPane,
    goal_bar: GoalBar,
    curves: curves::Curves,
    live_row: LiveRow,
    cache_window: CacheWindow,
    health_window: HealthWindow,
    centre: Centre,
    camera: Camera,
    tab_place: TabPlace,
    /// As many resets of the layout as were done.
    layout_resets: usize,
}

impl Shell {
    /// With the layout as it was stored.
    pub fn new(layout: Option<&str>) -> Self {
        Shell {
            centre: Centre::restored(layout),
            ..Shell::default()
        }
    }

    pub fn layout(&self) -> Option<String> {
        self.centre.stored()
    }

    /// Draws everything; gives what the user asked for.
    pub fn show(&mut self, ui: &mut Ui, state: &AppState) -> Vec<Action> {
        let mut actions = Vec::new();
        let ctx = ui.ctx().clone();
        self.tab_place.begin_frame(&ctx);
        // Behind a question, no key does anything else.
        if !state.windows.asks_to_close {
            actions.extend(commands::pressed(&ctx, state));
        }
        actions.extend(dropped(&ctx));
        actions.extend(pasted(&ctx));
        actions.extend(self.camera.taken());
        self.panels(ui, state, &mut actions);
        overlays::toasts(ui, &state.notices, &mut actions);
        messages::messages(&ctx, &state.notices, &state.windows, &mut actions);
        self.health_window.show(&ctx, state, &mut actions);
        self.cache_window
            .show(&ctx, &state.cache, &state.windows, &mut actions);
        deleted::deleted_runs(&ctx, state, &mut actions);
        overlays::help(&ctx, &state.windows, &mut actions);
        self.pictures.window(&ctx, state, &mut actions);
        self.predictions.large(&ctx, state, &mut actions);
        self.run_editor.show(&ctx, &state.runs, &mut actions);
        self.palette.show(&ctx, state, &mut actions);
        closing::question(&ctx, state, &mut actions);
        predict_panel::drop_overlay(ui, state);
        self.camera.aim(&ctx, self.loss_plot.wants_picture.take());
        self.pictures.end_frame(&state.dataset, &mut actions);
        self.health_window.end_frame(&state.health, &mut actions);
        self.predictions.end_frame(&state.judge, &mut actions);
        self.images.end_frame(&state.images, &mut actions);
        self.map.end_frame(&state.map, &mut actions);
        self.tab_place.end_frame(&ctx);
        actions
    }

    /// The bars, what goes in on the left, what comes out on the right, and the plots between them.
    fn panels(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let bar = Frame::new().inner_margin(Margin::symmetric(12, 0));
        Panel::top("top bar")
            .exact_size(theme::TOP_BAR)
            .frame(bar)
            .show(ui, |ui| bars::top_bar(ui, state, actions));
        let foot = Ahead::of(ui, Side::Foot, "status bar", theme::STATUS_BAR);
        self.columns(&mut foot.room(ui), state, actions);
        let status_bar = Panel::bottom("status bar")
            .exact_size(theme::STATUS_BAR)
            .frame(bar)
            .show(ui, |ui| bars::status_bar(ui, state, actions));
        foot.end(ui, status_bar.response.rect);
    }

    /// What goes in, what happens, and what comes out.
    fn columns(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let side = Frame::new().inner_margin(Margin::symmetric(12, 10));
        Panel::left("inputs")
            .default_size(room::inputs_width(ui))
            .size_range(room::INPUTS_WIDTHS)
            .frame(side)
            .show(ui, |ui| {
                let (pictures, live_row) = (&mut self.pictures, &mut self.live_row);
                contained(ui, |ui| inputs(ui, state, pictures, live_row, actions));
            });
        let right = Ahead::of(ui, Side::Right, "results", room::runs_width(ui));
        CentralPanel::no_frame()
            .frame(Frame::new().inner_margin(GAP))
            .show(&mut right.room(ui), |ui| self.centre(ui, state, actions));
        let results = Panel::right("results")
            .default_size(room::runs_width(ui))
            .size_range(room::RUNS_WIDTHS)
            .frame(side)
            .show(ui, |ui| contained(ui, |ui| self.results(ui, state, actions)));
        right.end(ui, results.response.rect);
    }

    fn centre(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        if state.windows.layout_resets != self.layout_resets {
            self.centre = Centre::default();
            self.layout_resets = state.windows.layout_resets;
        }
        self.goal_bar.show(ui, state, actions);
        if state.is_at_start() {
            return self.start_page.show(ui, state, &mut self.pictures, actions);
        }
        let (loss_plot, curves) = (&mut self.loss_plot, &mut self.curves);
        let (predictions, images, map) = (&mut self.predictions, &mut self.images, &mut self.map);
        let is_empty = |pane| pane == Pane::Evaluated && state.judge.evaluation.is_none();
        self.centre
            .show(ui, state.windows.showing, is_empty, |ui, pane| match pane {
                Pane::Loss => loss_plot.show(ui, state, actions),
                Pane::Matrix => matrix::matrix_panel(ui, state, actions),
                Pane::Metrics => metrics_panel::metrics_panel(ui, state, actions),
                Pane::Weigh => curves.show(ui, state, actions),
                Pane::Compare => compare::compare_panel(ui, state, actions),
                Pane::Images => images.show(ui, state, actions),
                Pane::Slices => slices::slices_panel(ui, state, actions),
                Pane::Predictions => predictions.show(ui, state, actions),
                Pane::Evaluated => predictions::evaluated(ui, state, actions),
                Pane::Map => map.show(ui, state, actions),
                Pane::Chosen => chosen_panel::chosen(ui, state, actions),
            });
    }

    fn results(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let height = (ui.available_height() * 0.5).max(120.0);
        runs_panel::runs_panel(ui, state, height, actions);
        divider(ui);
        ScrollArea::vertical()
            .id_salt("predict")
            .auto_shrink(false)
            .show(ui, |ui| {
                self.predict.show(ui, state, actions);
            });
    }
}

fn dropped(ctx: &egui::Context) -> Option<Action> {
    let paths = |i: &egui::InputState| {
        let files = i.raw.dropped_files.iter();
        files.map(|file| file.path().to_path_buf()).collect::<Vec<_>>()
    };
    let paths = ctx.input(paths);
    (!paths.is_empty()).then_some(Action::Drop(paths))
}

/// What was pasted anywhere but into a field: a picture, or paths as file managers put them on the clipboard, a line
/// each.
fn pasted(ctx: &egui::Context) -> Option<Action> {
    if ctx.text_edit_focused() {
        return None;
    }
    let picture = ctx.input(|i| {
        i.events.iter().rev().find_map(|e| match e {
            egui::Event::PasteImage(image) => Some(camera::picture(image)),
            _ => None,
        })
    });
    if let Some(picture) = picture {
        return Some(Action::Judge(JudgeAction::PastePicture(Arc::new(picture))));
    }
    let text = ctx.input(|i| {
        let mut pastes = i.events.iter().rev().filter_map(|e| match e {
            egui::Event::Paste(text) => Some(text.clone()),
            _ => None,
        });
        pastes.find(|text| !text.trim().is_empty())
    })?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let paths: Vec<_> = lines
        .map(|line| path_of_url(line).map_or_else(|| line.into(), Into::into))
        .collect();
    (!paths.is_empty()).then_some(Action::Drop(paths))
}

/// How far a scroll bar may reach into a side panel's margin.
const BAR_MARGIN: f32 = 10.0;
const DIVIDER: f32 = 16.0;
/// Height of what stands under the inputs, about.
const TRAIN: f32 = 96.0;
/// What the classes have at least of the inputs' height, where they need it.
const CLASSES_SHARE: f32 = 0.38;

/// What goes in. However small the window, what makes an experiment of it stays in sight: trying, and training.
fn inputs(
    ui: &mut Ui,
    state: &AppState,
    pictures: &mut gallery::Pictures,
    live: &mut LiveRow,
    actions: &mut Vec<Action>,
) {
    let foot = Ahead::of(ui, Side::Foot, "train", TRAIN);
    settings(&mut foot.room(ui), state, pictures, actions);
    let frame = Frame::new().inner_margin(Margin {
        top: 8,
        ..Margin::ZERO
    });
    let train = Panel::bottom("train")
        .resizable(false)
        .frame(frame)
        .show_separator_line(false)
        .show(ui, |ui| {
            live.show(ui, state, actions);
            train_panel::train_panel(ui, state, actions);
        });
    foot.end(ui, train.response.rect);
}

/// Dataset and hyperparameters, and the classes below them.
fn settings(ui: &mut Ui, state: &AppState, pictures: &mut gallery::Pictures, actions: &mut Vec<Action>) {
    let has_folder = state.dataset.view.is_some();
    let (above, below) = divided(ui, class_table::wanted_height(ui, state) + DIVIDER, has_folder);
    // The bar, where there is one, stands in the panel's margin and not on the numbers.
    let mut upper = ui.new_child(UiBuilder::new().max_rect(above.with_max_x(above.right() + BAR_MARGIN)));
    let drawn = ScrollArea::vertical()
        .id_salt("inputs")
        .auto_shrink(false)
        .show(&mut upper, |ui| {
            ui.set_max_width(above.width());
            if is_low(ui, &state.settings.form) {
                ui.spacing_mut().item_spacing.y = 3.5;
            }
            dataset_panel::dataset_panel(ui, state, actions);
            divider(ui);
            form::form_panel(ui, state, actions);
        });
    let height = drawn.content_size.y;
    let before = ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or(upper_id(), 0.0), height));
    if before != height {
        ui.ctx().request_repaint();
    }
    let mut lower = ui.new_child(UiBuilder::new().max_rect(below.with_max_x(below.right() + BAR_MARGIN)));
    lower.set_max_width(below.width());
    divider(&mut lower);
    class_table::class_table(&mut lower, state, pictures, actions);
}

fn upper_id() -> egui::Id {
    egui::Id::unique("height of dataset and form")
}

/// What is above the classes, and the classes, as two places that scroll by themselves: the upper has what it needs unless the
/// classes would be left with less than their share of what there is.
fn divided(ui: &Ui, wanted: f32, has_folder: bool) -> (egui::Rect, egui::Rect) {
    let all = ui.available_rect_before_wrap();
    let upper: f32 = ui.data(|data| data.get_temp(upper_id())).unwrap_or(all.height());
    let share = if has_folder { CLASSES_SHARE } else { 0.0 };
    let least = wanted.min(all.height() * share);
    let y = all.top() + upper.min(all.height() - least).max(0.0);
    (all.with_max_y(y), all.with_min_y(y))
}

fn is_low(ui: &Ui, form: &Config) -> bool {
    let groups = form.split == SplitMethod::Groups;
    let file = matches!(form.weights, WeightsSource::File(_));
    let n_more = u8::from(groups) + u8::from(file);
    room::window_height(ui) < room::SPACED_INPUTS + room::INPUTS_ROW * f32::from(n_more)
}

/// A panel grows with what is in it, by rounding if by nothing else; its width is the user's to choose.
fn contained(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let place = ui.available_rect_before_wrap();
    let mut child = ui.new_child(UiBuilder::new().max_rect(place));
    add(&mut child);
    ui.allocate_rect(place, egui::Sense::hover());
}
