//! What was dropped, pasted or typed goes where it belongs, whatever is under the pointer: images to be predicted, weights to
//! the network, a table to the dataset or the groups, settings to the form, a run to the list, a folder to the dataset.

use std::path::{Path, PathBuf};

use super::host::Host;
use super::jobs::{JobView, Purpose};
use super::notices::{Offer, ToastKind, sentence_case};
use super::state::AppState;
use crate::experiment::{
    Config, Groups, SplitMethod, WeightsSource, backbone, is_named_as_table, weighting_name,
};
use crate::protocol::advice::IS_A_FILE;
use crate::protocol::{FoundSettings, ReadSettings};
use crate::visible::{visible, visible_name, visible_path};

/// What makes a dropped file an image; the window does not look at the disk.
pub const IMAGE_ENDINGS: [&str; 10] = [
    "bmp", "gif", "jpeg", "jpg", "pgm", "png", "ppm", "tif", "tiff", "webp",
];
/// What makes it a file of weights.
pub const WEIGHTS_ENDINGS: [&str; 4] = ["safetensors", "pth", "pt", "bin"];

impl AppState {
    pub(super) fn take_dropped(&mut self, paths: Vec<PathBuf>, host: &mut dyn Host) {
        let (images, others): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.into_iter().partition(|p| ends_as(p, &IMAGE_ENDINGS));
        let mut unknown = Vec::new();
        for path in others {
            if ends_as(&path, &WEIGHTS_ENDINGS) {
                self.take_weights(path, host);
            } else if ends_as(&path, &["json"]) {
                self.jobs
                    .submit(ReadSettings { path }, Purpose::ReadSettings, host);
            } else {
                unknown.push(path);
            }
        }
        let (tables, unknown): (Vec<PathBuf>, Vec<PathBuf>) =
            unknown.into_iter().partition(|path| is_named_as_table(path));
        if let ([table], true) = (&tables[..], images.is_empty() && unknown.is_empty()) {
            return self.open_folder(table.clone(), host);
        }
        for table in tables {
            // Beside a folder or images it can only say what belongs together.
            self.take_table(table, host);
        }
        match (&images[..], &unknown[..]) {
            // What it is, is seen by whoever looks at the disk.
            ([], [dir]) => return self.open_folder(dir.clone(), host),
            ([], []) => {}
            ([image], []) => self.add_image(image),
            // Several folders are no folder of classes, and what lies beside images is more of them.
            _ => self.open_images([images, unknown].concat(), host),
        }
        self.dataset.show_open_path();
    }

    /// What was taken for a folder of classes holds images alone: they are to be predicted.
    pub(super) fn take_found_images(&mut self, job_id: u64, dir: PathBuf, host: &mut dyn Host) {
        let job = self.jobs.get_mut(job_id);
        let is_open =
            |job: &&mut JobView| matches!(job.purpose, Purpose::Scan) && !job.job.cancel.is_cancelled();
        let Some(job) = job.filter(is_open) else {
            return;
        };
        job.purpose = Purpose::FoundOther;
        self.dataset.show_open_path();
        self.open_images(vec![dir], host);
    }

    /// What was taken for a table of images says which of them belong together.
    pub(super) fn take_found_groups(&mut self, job_id: u64, table: PathBuf, host: &mut dyn Host) {
        if let Some(job) = self.jobs.get_mut(job_id) {
            job.purpose = Purpose::FoundOther;
        }
        self.dataset.show_open_path();
        self.take_table(table, host);
    }

    /// What was taken for a table of images is one of decisions about labels. They are not taken over unasked.
    pub(super) fn take_found_decisions(&mut self, job_id: u64, table: PathBuf) {
        if let Some(job) = self.jobs.get_mut(job_id) {
            job.purpose = Purpose::FoundOther;
        }
        self.dataset.show_open_path();
        let name = visible_name(&table);
        match &self.dataset.view {
            Some(view) => {
                let text = format!(
                    "{name} holds decisions about labels. Take them in for {}?",
                    view.name()
                );
                self.notices.ask(text, Offer::ImportLabels(table));
            }
            None => {
                let text =
                    format!("{name} holds decisions about labels; open the folder that they are about first");
                self.tell(ToastKind::Warning, text);
            }
        }
    }

    /// What was taken for a folder cannot be opened: its path is there to be corrected, and the reason beside it. A table can be
    /// mended, and not its path: what is open stays, and so does its path.
    pub(super) fn fail_to_open(&mut self, message: &str) {
        let is_file = message.contains(IS_A_FILE);
        let text = match self.typed_path().filter(|_| is_file) {
            Some(path) => format!(
                "{} is neither an image, weights (.safetensors, .pth), a table (.csv), settings (.json) nor a \
                 folder; there is nothing to do with it here",
                visible_name(&path)
            ),
            None => visible(&sentence_case(message)).into_owned(),
        };
        self.notices.log_message(
            ToastKind::Error,
            &text,
            vec!["While reading the image folder".into()],
        );
        let is_table = |path: PathBuf| is_named_as_table(&path) && !is_file;
        if self.dataset.view.is_some() && self.typed_path().is_some_and(is_table) {
            self.dataset.show_open_path();
        }
        self.dataset.path_problem = Some(text);
    }

    /// A file of weights belongs to the network. Where they are another network's, that one is chosen.
    fn take_weights(&mut self, path: PathBuf, host: &mut dyn Host) {
        let text = format!("The network's weights are those of {}", visible_name(&path));
        self.tell(ToastKind::Info, text);
        self.fit.fits_dropped = Some(path.clone());
        let form = Config {
            weights: WeightsSource::File(path),
            ..self.settings.form.clone()
        };
        self.set_form(form, host);
    }

    fn take_table(&mut self, path: PathBuf, host: &mut dyn Host) {
        let name = visible_name(&path);
        if self.dataset.view.is_none() {
            let text = format!("{name} says which images belong together; open their folder first");
            return self.tell(ToastKind::Warning, text);
        }
        let form = Config {
            split: SplitMethod::Groups,
            groups: Some(Groups::Csv(path)),
            ..self.settings.form.clone()
        };
        self.set_form(form, host);
        self.tell(
            ToastKind::Info,
            format!("The images are split by the groups of {name}"),
        );
    }

    /// A file of settings is not taken over unasked.
    pub(super) fn offer_settings(&mut self, found: FoundSettings) {
        let title = backbone(&found.config.arch).map_or(found.config.arch.as_str(), |b| b.title);
        let text = format!(
            "{} holds settings: {title}, weights {}, {} px",
            visible_name(&found.path),
            weighting_name(&found.config.class_weights, &found.classes),
            found.config.image_size
        );
        self.notices.ask(text, Offer::UseSettings(Box::new(found)));
    }

    /// As they suit the folder that is open now; they may have been found while another one was.
    pub(super) fn use_found_settings(&mut self, found: &FoundSettings, host: &mut dyn Host) {
        let form = self.settings_of(&found.config, &found.classes);
        let form = form.of(self.settings.form.source());
        self.set_form(form, host);
    }

    /// What was taken for a folder of images holds runs.
    pub(super) fn take_found_runs(
        &mut self,
        job_id: u64,
        runs_dir: PathBuf,
        run: Option<PathBuf>,
        host: &mut dyn Host,
    ) {
        // That it is not a folder of images needs no word of its own.
        if let Some(job) = self.jobs.get_mut(job_id) {
            job.purpose = Purpose::FoundOther;
        }
        self.dataset.show_open_path();
        if let Some(known) = run.as_ref().and_then(|dir| self.runs.of_dir(dir)) {
            return self.select_run(known);
        }
        let text = match &run {
            Some(run) => format!(
                "{} is a run; the runs beside it are listed, too",
                visible_name(run)
            ),
            None => format!("The runs of {} are listed, too", visible_path(&runs_dir)),
        };
        self.tell(ToastKind::Info, text);
        self.list_runs_of(runs_dir, host);
        self.settings.selected = run.or(self.settings.selected.take());
    }
}

fn ends_as(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    endings.contains(&ending.to_ascii_lowercase().as_str())
}
