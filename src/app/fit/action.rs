//! What a user can do to train: fill the form, weigh classes, begin trainings and keep their losses.

use super::class_order::ClassOrder;
use super::loss_export;
use super::plot_view::{PlotFormat, PlotView};
use super::presets::Preset;
use super::sweep::SweepChoice;
use crate::app::host::{Host, Pick};
use crate::app::state::AppState;
use crate::experiment::Config;
use crate::protocol::FoundSettings;

#[derive(Debug, Clone, PartialEq)]
pub enum FitAction {
    SetForm(Box<Config>),
    /// Those of a file.
    UseSettings(Box<FoundSettings>),
    ResetForm,
    UsePreset(Preset),
    SetWeight {
        class_idx: usize,
        weight: f64,
    },
    OrderClasses(ClassOrder),
    /// List the classes whose name holds that.
    SearchClasses(String),
    Train,
    /// Train that run once more, with its training images judged out of fold.
    JudgeOutOfFold(usize),
    /// Line up equal, 1 : 3 and 1 : 8.
    TrainThree,
    Sweep(SweepChoice),
    /// Train what waited when the window was closed, or forget it.
    TakeLeftOver(bool),
    SetPlot(PlotView),
    ExportPlot(PlotFormat),
}

impl AppState {
    pub(in crate::app) fn apply_fit(&mut self, action: FitAction, host: &mut dyn Host) {
        match action {
            FitAction::SetForm(form) => self.set_form(*form, host),
            FitAction::UseSettings(found) => self.use_found_settings(&found, host),
            FitAction::ResetForm => self.reset_form(host),
            FitAction::UsePreset(preset) => self.use_preset(preset),
            FitAction::SetWeight { class_idx, weight } => self.set_weight(class_idx, weight),
            FitAction::OrderClasses(order) => self.settings.class_order = order,
            FitAction::SearchClasses(text) => self.fit.class_search = text,
            FitAction::Train => self.train(self.settings.form.class_weights.clone(), host),
            FitAction::JudgeOutOfFold(run) => self.judge_out_of_fold(run, host),
            FitAction::TrainThree => self.train_three(host),
            FitAction::Sweep(choice) => self.sweep(choice, host),
            FitAction::TakeLeftOver(true) => self.train_left_over(host),
            FitAction::TakeLeftOver(false) => self.fit.left_over.clear(),
            FitAction::SetPlot(plot) => self.settings.plot = plot,
            FitAction::ExportPlot(format) => {
                let export = loss_export::loss_plot(self, format);
                host.pick(Pick::Target(Box::new(export)));
            }
        }
    }
}
