//! What each action does to the state, and what it asks of the engine and the desktop.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::action::{Action, Outside, Pick};
use crate::app::dataset::gallery::GALLERY_SIDE;
use crate::app::dataset::view::{DatasetView, splits_differ};
use crate::app::fit::loss_export;
use crate::app::fit::presets::Preset;
use crate::app::jobs::{JobView, Purpose};
use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::experiment::{ClassWeights, Config, Groups, SplitMethod, WeightsSource};
use crate::protocol::{
    CheckImages, ClearCache, Command, CountSplit, DescribeWeights, DrawDemo, FileContent, LimitCache,
    ListDevices, Scan, Thumbnails, Train, WatchRuns, WriteFile,
};

impl AppState {
    /// What a start does before the user does anything.
    pub fn start(&mut self, outside: &mut dyn Outside) {
        let runs_dir = self.folders.runs_dir.clone();
        self.submit(WatchRuns { runs_dir }, Purpose::WatchRuns, outside);
        self.submit(ListDevices, Purpose::Quiet, outside);
        self.describe_weights(outside);
        if let Some(dir) = self.settings.recent.first().cloned() {
            self.open_folder(dir, outside);
        }
    }

    pub fn apply_action(&mut self, action: Action, outside: &mut dyn Outside) {
        match action {
            Action::EditPath(text) => {
                self.path_text = text;
                self.path_problem = None;
            }
            Action::OpenTyped => {
                if let Some(path) = self.typed_path() {
                    self.take_dropped(vec![path], outside);
                }
            }
            Action::OpenFolder(dir) => self.open_folder(dir, outside),
            Action::CheckImages => self.check_images(outside),
            Action::Pick(pick) => outside.pick(pick),
            Action::OpenDemo => {
                let dir = self.folders.demo_dir.clone();
                self.submit(DrawDemo { dir: dir.clone() }, Purpose::Demo { dir }, outside);
            }
            Action::SetForm(form) => self.set_form(*form, outside),
            Action::ResetForm => self.reset_form(outside),
            Action::UsePreset(preset) => self.use_preset(preset),
            Action::SetWeight { class_idx, weight } => self.set_weight(class_idx, weight),
            Action::Train => self.train(self.settings.form.class_weights.clone(), outside),
            Action::TrainThree => self.train_three(outside),
            Action::Stop => self.stop(),
            Action::ClearQueue => self.clear_queue(),
            Action::SelectRun(run) => {
                self.watch_trial(false);
                self.select_run(run);
                self.judge_images(outside);
            }
            Action::ShowRun { run, shown } => self.show_run(run, shown, outside),
            Action::UseSettings(run) => self.use_settings(run, outside),
            Action::SelectCell(cell) => self.cell = cell,
            Action::SetNormalise(normalise) => self.settings.normalise = normalise,
            Action::ShowUntouched(untouched) => {
                self.untouched = untouched;
                self.set_threshold(None);
            }
            Action::LookAtTest(test) => self.look_at_test(test),
            Action::SetPlot(plot) => self.settings.plot = plot,
            Action::Show(showing) => self.showing = showing,
            Action::Drop(paths) => self.take_dropped(paths, outside),
            Action::NextImage(step) => self.next_image(step),
            Action::ClearImages => self.clear_images(),
            Action::SetTheme(theme) => self.settings.theme = theme,
            Action::Copy(text) => outside.copy(text),
            Action::DismissToast(id) => self.toasts.retain(|t| t.id != id),
            Action::AskToClose(ask) => self.asks_to_close = ask,
            Action::Close => self.close(outside),
            Action::OpenHelp(open) => self.help_open = open,
            Action::OpenPalette(open) => self.palette_open = open,
            Action::OpenLog(open) => self.log_open = open,
            Action::OpenCache(open) => self.open_cache(open, outside),
            Action::ClearCache(space) => self.change_cache(ClearCache { space }, outside),
            Action::LimitCache(n_bytes) => self.change_cache(LimitCache { n_bytes }, outside),
            Action::ShowMessage(id) => {
                self.message = (self.message != Some(id)).then_some(id);
                self.log_open = true;
                self.toasts.retain(|t| t.id != id);
            }
            Action::ResetLayout => self.layout_resets += 1,
            Action::PastePicture(picture) => self.paste_picture(picture, outside),
            Action::ExportPlot(format) => {
                let export = loss_export::loss_plot(self, format);
                outside.pick(Pick::Target(Box::new(export)));
            }
            Action::Export(export) => outside.pick(Pick::Target(export)),
            Action::Picked(pick, paths) => self.take_picked(pick, paths, outside),
            Action::NoDialog(pick) => self.without_dialog(pick, outside),
            Action::ComputeFeatures => self.compute_features(outside),
            Action::WatchTrial(watching) => self.watch_trial(watching),
            Action::SetClassPlot(plot) => self.live.plot = plot,
            Action::WeighClass(class_idx) => self.weigh_class(class_idx),
            Action::SetThreshold(threshold) => self.set_threshold(threshold),
            Action::Find(goal) => self.find(&goal),
            Action::FindWeight(least_recall) => self.find_weight(least_recall),
            Action::KeepThreshold => self.keep_threshold(outside),
            Action::Sweep(choice) => self.sweep(choice, outside),
            Action::EditRun(run) => self.editing = run,
            Action::TagRun { run, tag } => self.tag_run(run, tag, outside),
            Action::ShowOnlyStarred(only) => self.only_starred = only,
            Action::DeleteRun(run) => self.delete_run(run, outside),
            Action::RestoreRun(run) => self.restore_run(run, outside),
            Action::ExportRun { run, to } => self.export_run(run, to, outside),
            Action::Reveal(place) => outside.reveal(place),
            Action::StopJob(job_id) => self.stop_job(job_id),
            Action::WantThumbnails(paths) => {
                self.gallery.want(paths);
                self.ask_for_pictures(outside);
            }
            Action::OpenGallery(class_idx) => self.gallery_class = class_idx,
            Action::SetComparison(comparison) => self.settings.comparison = comparison,
        }
        self.follow_form(outside);
        self.read_scores(outside);
    }

    fn take_picked(&mut self, pick: Pick, paths: Vec<PathBuf>, outside: &mut dyn Outside) {
        let Some(first) = paths.first().cloned() else {
            return;
        };
        match pick {
            Pick::Folder | Pick::Images => self.take_dropped(paths, outside),
            Pick::Target(export) => self.write(first, export.content, outside),
            Pick::Export(run) => self.export_run(run, first, outside),
            Pick::Weights => {
                let form = Config {
                    weights: WeightsSource::File(first),
                    ..self.settings.form.clone()
                };
                self.set_form(form, outside);
            }
        }
    }

    /// Nothing is lost where there is no dialog: files go beside the runs, and a path can be typed.
    fn without_dialog(&mut self, pick: Pick, outside: &mut dyn Outside) {
        let exports = self.folders.runs_dir.join("exports");
        match pick {
            Pick::Target(export) => self.write(exports.join(export.file_name), export.content, outside),
            Pick::Export(run) => self.export_run(run, exports, outside),
            Pick::Folder | Pick::Images | Pick::Weights => self.tell(
                ToastKind::Warning,
                "This desktop offers no file dialog (it comes with xdg-desktop-portal or zenity); type or paste the \
                 path, or drop it here",
            ),
        }
    }

    fn write(&mut self, path: PathBuf, content: FileContent, outside: &mut dyn Outside) {
        let purpose = Purpose::Export { path: path.clone() };
        self.submit(WriteFile { path, content }, purpose, outside);
    }

    pub(super) fn submit(
        &mut self,
        command: impl Into<Command>,
        purpose: Purpose,
        outside: &mut dyn Outside,
    ) {
        let job = outside.submit(command.into());
        self.jobs.push(JobView {
            job,
            purpose,
            progress: None,
            run: None,
            sweep_runs: vec![],
        });
    }

    pub(super) fn open_folder(&mut self, dir: PathBuf, outside: &mut dyn Outside) {
        let is_look = |j: &&JobView| matches!(j.purpose, Purpose::Scan | Purpose::Check);
        for look in self.jobs.iter().filter(is_look) {
            look.job.cancel.cancel();
        }
        // The folder may have been mended since.
        if let Some(view) = self.dataset.as_mut().filter(|view| view.dataset.root == dir) {
            view.set_checked(None);
        }
        self.path_text = dir.display().to_string();
        self.path_problem = None;
        self.submit(Scan { dir }, Purpose::Scan, outside);
    }

    fn check_images(&mut self, outside: &mut dyn Outside) {
        let Some(view) = self.dataset.as_ref().filter(|_| self.checking().is_none()) else {
            return;
        };
        let dataset = Arc::clone(&view.dataset);
        self.submit(CheckImages { dataset }, Purpose::Check, outside);
    }

    pub(super) fn set_form(&mut self, form: Config, outside: &mut dyn Outside) {
        let before = std::mem::replace(&mut self.settings.form, form);
        if before.split != SplitMethod::Groups {
            self.name_groups();
        }
        let now = &self.settings.form;
        let same_weights = (&before.arch, &before.weights) == (&now.arch, &now.weights);
        if splits_differ(&before, now) {
            self.count_split(outside);
        }
        if !same_weights {
            self.describe_weights(outside);
        }
    }

    /// Who asks for groups means the table that lies in the folder, unless another is named.
    fn name_groups(&mut self) {
        let form = &mut self.settings.form;
        if form.split == SplitMethod::Groups && form.groups.is_none() {
            let table = self
                .dataset
                .as_ref()
                .and_then(|view| view.dataset.groups_table.clone());
            form.groups = table.map(Groups::Csv);
        }
    }

    fn reset_form(&mut self, outside: &mut dyn Outside) {
        let form = Config {
            data: self.settings.form.data.clone(),
            ..Config::default()
        };
        self.set_form(form, outside);
    }

    /// What the split comes to, by ourselves or by the engine; an earlier question is no longer of interest.
    fn count_split(&mut self, outside: &mut dyn Outside) {
        for job in self.jobs.iter().filter(|j| Some(j.job.id) == self.split_job) {
            job.job.cancel.cancel();
        }
        self.split_job = None;
        let Some(view) = &mut self.dataset else { return };
        view.n_groups = None;
        view.split = view.split_at_once(&self.settings.form);
        if view.split != Ok(None) {
            return;
        }
        let command = CountSplit {
            dataset: Arc::clone(&view.dataset),
            config: Box::new(self.settings.form.clone()),
        };
        self.submit(command, Purpose::CountSplit, outside);
        self.split_job = self.jobs.last().map(|j| j.job.id);
    }

    /// Asks what is known of the form's weights.
    fn describe_weights(&mut self, outside: &mut dyn Outside) {
        let Config { arch, weights, .. } = self.settings.form.clone();
        let named = !matches!(&weights, WeightsSource::File(path) if path.as_os_str().is_empty());
        if named && weights != WeightsSource::Random {
            self.submit(DescribeWeights { arch, weights }, Purpose::Quiet, outside);
        }
    }

    /// The next pictures that are in sight; one job at a time, so that what has gone out of sight is not waited for.
    pub(super) fn ask_for_pictures(&mut self, outside: &mut dyn Outside) {
        let asked = self
            .jobs
            .iter()
            .any(|j| matches!(j.purpose, Purpose::Gallery { .. }));
        let paths = self.gallery.next_batch();
        if !asked && !paths.is_empty() {
            let side = GALLERY_SIDE;
            let purpose = Purpose::Gallery { paths: paths.clone() };
            self.submit(Thumbnails { paths, side }, purpose, outside);
        }
    }

    fn stop_job(&mut self, job_id: u64) {
        if let Some(view) = self.jobs.iter().find(|j| j.job.id == job_id) {
            view.job.cancel.cancel();
        }
    }

    fn use_preset(&mut self, preset: Preset) {
        if let Some(weights) = self.preset(preset) {
            self.settings.form.class_weights = weights;
        }
    }

    fn preset(&self, preset: Preset) -> Option<ClassWeights> {
        let view = self.dataset.as_ref()?;
        preset
            .fits(view.counts.len())
            .then(|| preset.weights(&view.counts))
    }

    /// The other classes keep what they have, also where a preset gave it to them.
    fn set_weight(&mut self, class_idx: usize, weight: f64) {
        let Some(view) = &self.dataset else { return };
        let n_classes = view.counts.len();
        let mut weights = self.class_weights().unwrap_or_else(|_| vec![1.0; n_classes]);
        if let Some(slot) = weights.get_mut(class_idx) {
            *slot = weight;
            self.settings.form.class_weights = ClassWeights::Given(weights);
        }
    }

    fn train(&mut self, class_weights: ClassWeights, outside: &mut dyn Outside) {
        let Some(view) = &self.dataset else { return };
        let config = Config {
            data: view.dataset.root.clone(),
            class_weights,
            ..self.settings.form.clone()
        };
        if self.train_problem().is_some() {
            return;
        }
        let request = Train {
            config: config.clone(),
            runs_dir: self.folders.runs_dir.clone(),
        };
        let purpose = Purpose::Train {
            config: Box::new(config),
        };
        self.submit(request, purpose, outside);
    }

    fn train_three(&mut self, outside: &mut dyn Outside) {
        for preset in [Preset::Equal, Preset::Rare(3.0), Preset::Rare(8.0)] {
            if let Some(weights) = self.preset(preset) {
                self.train(weights, outside);
            }
        }
    }

    fn stop(&mut self) {
        if let Some(view) = self.foreground() {
            view.job.cancel.cancel();
        }
    }

    fn clear_queue(&mut self) {
        for view in self.queue() {
            view.job.cancel.cancel();
        }
    }

    pub(super) fn select_run(&mut self, run: usize) {
        if run >= self.runs.len() || self.selected == Some(run) {
            return;
        }
        // Another run may have other classes; a selected cell means something only where they are the same.
        let same_classes = self
            .selected_run()
            .is_some_and(|now| now.classes() == self.runs[run].classes());
        if !same_classes {
            self.cell = None;
        }
        self.selected = Some(run);
        self.untouched = false;
        self.live.watching = false;
        self.look_anew();
    }

    fn show_run(&mut self, run: usize, shown: bool, outside: &mut dyn Outside) {
        if run >= self.runs.len() {
            return;
        }
        if shown && !self.runs[run].shown {
            self.runs[run].colour = self.free_colour();
        }
        self.runs[run].shown = shown;
        self.judge_images(outside);
    }

    fn use_settings(&mut self, run: usize, outside: &mut dyn Outside) {
        let Some(run) = self.runs.get(run) else { return };
        let label = run.label();
        let of_run = run.config.data.clone();
        let is_free = self.dataset.is_none() && self.scanning().is_none();
        let data = if is_free {
            of_run.clone()
        } else {
            self.settings.form.data.clone()
        };
        let (config, classes) = (run.config.clone(), run.classes().to_vec());
        let form = Config {
            data,
            ..self.settings_of(&config, &classes)
        };
        self.set_form(form, outside);
        // An open folder stays: the settings may be meant for it.
        let mut text = format!("The form has the settings of {label}");
        if is_free {
            self.open_folder(of_run, outside);
        } else if self.settings.form.data != of_run {
            text += &format!(", but for its folder, {}", of_run.display());
        }
        self.tell(ToastKind::Info, text);
    }

    /// A folder was read: it becomes the dataset, with the form that was made for it.
    pub(super) fn take_dataset(&mut self, dataset: crate::experiment::Dataset, outside: &mut dyn Outside) {
        self.remember_folder(&dataset.root);
        self.path_text = dataset.root.display().to_string();
        self.path_problem = None;
        self.form_for(&dataset, outside);
        self.settings.form.data = dataset.root.clone();
        let is_another = (self.dataset.as_ref()).is_none_or(|now| now.dataset.root != dataset.root);
        if is_another {
            self.gallery.clear();
            self.gallery_class = None;
            // What was tried belongs to the folder that is left.
            self.live.watching = false;
            self.live.trial = None;
        }
        let before = self.dataset.take();
        self.dataset = Some(DatasetView::after(before, dataset));
        self.count_split(outside);
        if self.class_weights().is_err() {
            self.settings.form.class_weights = ClassWeights::Equal;
        }
        if is_another {
            self.look_at_own_run();
            self.judge_images(outside);
        }
    }

    /// A run of other classes is not what one looks at in this folder, unless one chooses it.
    fn look_at_own_run(&mut self) {
        if self.selected.is_some_and(|run| self.is_of_folder(run)) {
            return;
        }
        let newest = self
            .newest_first()
            .into_iter()
            .find(|&run| self.is_of_folder(run));
        match newest {
            Some(run) => self.select_run(run),
            None => {
                self.selected = None;
                self.cell = None;
                self.look_anew();
            }
        }
    }
}
