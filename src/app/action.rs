//! What a user can do, by subject, and where it is done.

use std::path::PathBuf;

use super::cache::action::CacheAction;
use super::dataset::action::DatasetAction;
use super::fit::action::FitAction;
use super::goal::action::GoalAction;
use super::health::action::HealthAction;
use super::host::{Export, Host, LabelsFile, Pick, Place};
use super::images::action::ImagesAction;
use super::jobs::Purpose;
use super::judge::action::JudgeAction;
use super::labels::action::LabelsAction;
use super::live::action::LiveAction;
use super::looking::action::LookAction;
use super::map::action::MapAction;
use super::notices::{Offer, ToastKind};
use super::runs::action::RunsAction;
use super::runs::report::REPORT_FILE;
use super::state::AppState;
use super::windows::action::WindowAction;
use crate::experiment::{Config, WeightsSource};
use crate::protocol::{FileContent, ListDevices, WriteFile};

/// Everything a panel, a shortcut or the palette can ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Dataset(DatasetAction),
    Runs(RunsAction),
    Fit(FitAction),
    Live(LiveAction),
    Labels(LabelsAction),
    Judge(JudgeAction),
    Goal(GoalAction),
    Health(HealthAction),
    Map(MapAction),
    Cache(CacheAction),
    Look(LookAction),
    Images(ImagesAction),
    Window(WindowAction),
    /// Stop what is running; a training keeps what it has.
    Stop,
    /// Stop one job, or take it out of the queue, by its id.
    StopJob(u64),
    ClearQueue,
    /// Files or folders that were dropped, picked or pasted.
    Drop(Vec<PathBuf>),
    /// Ask the desktop for a folder or for images.
    Pick(Pick),
    /// What the desktop answered; empty where nothing was chosen.
    Picked(Pick, Vec<PathBuf>),
    /// The desktop has no file dialog.
    NoDialog(Pick),
    /// Ask where to, and write it.
    Export(Box<Export>),
}

impl Action {
    /// Takes up what a notice offers.
    pub fn accept(offer: &Offer) -> Self {
        match offer {
            Offer::RestoreRuns(runs) => Action::Runs(RunsAction::Restore(runs.clone())),
            Offer::ShowOnly(runs) => Action::Runs(RunsAction::ShowOnly(runs.clone())),
            Offer::Evaluate { run, data } => Action::Judge(JudgeAction::EvaluateFolder {
                run: *run,
                data: data.clone(),
            }),
            Offer::UseSettings(found) => Action::Fit(FitAction::UseSettings(found.clone())),
            Offer::RestoreForm(form) => Action::Fit(FitAction::SetForm(form.clone())),
            Offer::ImportLabels(table) => {
                Action::Picked(Pick::Labels(LabelsFile::Import), vec![table.clone()])
            }
            Offer::OpenReport(page) => Action::Window(WindowAction::Reveal(Place::Page(page.clone()))),
            Offer::ListRuns(dir) => Action::Runs(RunsAction::ListFolder(dir.clone())),
        }
    }
}

impl AppState {
    /// What a start does before the user does anything.
    pub fn start(&mut self, host: &mut dyn Host) {
        self.watch_runs(host);
        self.jobs.submit(ListDevices, Purpose::Quiet, host);
        self.describe_weights(host);
        if let Some(dir) = self.settings.recent.first().cloned() {
            self.open_folder(dir, host);
        }
    }

    pub fn apply_action(&mut self, action: Action, host: &mut dyn Host) {
        match action {
            Action::Dataset(action) => self.apply_dataset(action, host),
            Action::Runs(action) => self.apply_runs(action, host),
            Action::Fit(action) => self.apply_fit(action, host),
            Action::Live(action) => self.apply_live(action, host),
            Action::Labels(action) => self.apply_labels(action, host),
            Action::Judge(action) => self.apply_judge(action, host),
            Action::Goal(action) => self.apply_goal(action, host),
            Action::Health(action) => self.apply_health(action, host),
            Action::Map(action) => self.apply_map(action, host),
            Action::Cache(action) => self.apply_cache(action, host),
            Action::Look(action) => self.apply_look(action),
            Action::Images(action) => self.apply_images(action, host),
            Action::Window(action) => self.apply_window(action, host),
            Action::Stop => {
                if let Some(job_id) = self.jobs.foreground().map(|job| job.job.id) {
                    self.stop_job(job_id);
                }
            }
            Action::StopJob(job_id) => self.stop_job(job_id),
            Action::ClearQueue => self.jobs.queue().for_each(|job| job.job.cancel.cancel()),
            Action::Drop(paths) => self.take_dropped(paths, host),
            Action::Pick(pick) => host.pick(pick),
            Action::Picked(pick, paths) => self.take_picked(pick, paths, host),
            Action::NoDialog(pick) => self.without_dialog(pick, host),
            Action::Export(export) => host.pick(Pick::Target(export)),
        }
        self.follow_form(host);
        self.read_scores(host);
        self.rate_runs(host);
        self.measure(host);
        self.predict_images(host);
        self.look_at_image(host);
        self.read_slices(host);
        self.find_similar(host);
        self.explain(host);
    }

    fn stop_job(&mut self, job_id: u64) {
        self.jobs.cancel(|job| job.job.id == job_id);
        // Else the next images would be asked for at its end.
        self.judge.is_stopped |= self.predicting().is_some_and(|job| job.job.id == job_id);
    }

    fn take_picked(&mut self, pick: Pick, paths: Vec<PathBuf>, host: &mut dyn Host) {
        let Some(first) = paths.first().cloned() else {
            return;
        };
        match pick {
            Pick::Folder | Pick::Table | Pick::Images => self.take_dropped(paths, host),
            Pick::ImageFolder => self.open_images(paths, host),
            Pick::Target(export) => self.write(first, export.content, host),
            Pick::Export(runs) => self.export_runs(&runs, first, host),
            Pick::Report(runs) => self.write_report(&runs, first, host),
            Pick::MoreRuns => self.list_runs_of(first, host),
            Pick::RunsPlace => self.keep_runs_in(first, host),
            Pick::Labels(what) => self.use_labels_file(what, first, host),
            Pick::Weights => {
                let form = Config {
                    weights: WeightsSource::File(first),
                    ..self.settings.form.clone()
                };
                self.set_form(form, host);
            }
        }
    }

    /// Nothing is lost where there is no dialog: files go beside the runs, and a path can be typed.
    fn without_dialog(&mut self, pick: Pick, host: &mut dyn Host) {
        let exports = self.folders.runs_dir.join("exports");
        match pick {
            Pick::Target(export) => self.write(exports.join(export.file_name), export.content, host),
            Pick::Export(runs) => self.export_runs(&runs, exports, host),
            Pick::Report(runs) => {
                let page = self.folders.runs_dir.join(REPORT_FILE);
                self.write_report(&runs, page, host);
            }
            Pick::Folder
            | Pick::Table
            | Pick::Images
            | Pick::ImageFolder
            | Pick::Weights
            | Pick::MoreRuns
            | Pick::RunsPlace
            | Pick::Labels(_) => self.tell(
                ToastKind::Warning,
                "This desktop offers no file dialog (it comes with xdg-desktop-portal or zenity); type or paste the \
                 path, or drop it here",
            ),
        }
    }

    fn write(&mut self, path: PathBuf, content: FileContent, host: &mut dyn Host) {
        let purpose = Purpose::Export { path: path.clone() };
        self.jobs.submit(WriteFile { path, content }, purpose, host);
    }
}
