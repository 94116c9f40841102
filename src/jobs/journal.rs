//! The facts of a job's runs: each is written to its run's folder first, then folded, then sent. So whoever listens knows
//! nothing that a later reader of the folder could not know.
//!
//! What a run writes, and when:
//!
//! 1. It begins once everything asked for is known to be possible: its folder with `config.json`, `split.csv`,
//!    `environment.json`, and `Started` as the first line of `events.jsonl` ([`Journal::begin_run`]).
//! 2. While it trains, a line of `events.jsonl` for each fact ([`Journal::facts`]); `split.csv` is written again where
//!    images turn out to be unreadable ([`Journal::write_split`]), and `Started` is sent again.
//! 3. At its end the smallest files first, so that a full disk costs as little as can be: `head.safetensors`,
//!    `predictions.csv`, `split.csv` with the images' contents, `model.safetensors` (in a sweep, one
//!    `backbone.safetensors` under many names).
//! 4. Last of all, the line `Ended`. A folder without it is that of a run that broke off.
//!
//! The runs of a sweep share one list of images on the disk. Runs that could not all be begun leave nothing.

use std::path::Path;

use super::Tell;
use crate::disk::images::content::ContentHash;
use crate::disk::runs::folder::{Environment, RunFolder, SPLIT_FILE, share_file};
use crate::error::Result;
use crate::experiment::{Caution, Config, Dataset, RunEvent, RunRecord, Split};
use crate::protocol::{Event, FitEvent, RunsEvent};

pub struct Journal<'a> {
    /// Nobody, where a training is a measurement.
    tell: Option<Tell<'a>>,
    /// One for a training, many for a sweep.
    pub runs: Vec<RunLog>,
    is_sweep: bool,
}

/// A run's facts.
#[derive(Debug, Default)]
pub struct RunLog {
    /// Where they go first, once there is one.
    pub folder: Option<RunFolder>,
    /// The fold of them so far.
    pub record: RunRecord,
}

impl RunLog {
    /// The run's name; empty where it has no folder.
    pub fn name(&self) -> String {
        self.folder
            .as_ref()
            .map_or_else(String::new, |folder| folder.name.clone())
    }
}

impl<'a> Journal<'a> {
    pub fn new(tell: Tell<'a>) -> Self {
        Journal {
            tell: Some(tell),
            ..Journal::unheard()
        }
    }

    /// Of a training that is a measurement: its facts are folded, but not sent.
    pub fn unheard() -> Self {
        Journal {
            tell: None,
            runs: vec![RunLog::default()],
            is_sweep: false,
        }
    }

    /// The job makes these runs, whose facts are sent together.
    pub fn begin_sweep(&mut self, n_runs: usize) {
        self.is_sweep = true;
        self.runs.resize_with(n_runs, RunLog::default);
    }

    /// By what the runs of a sweep are known to be of one: the name of the first of them.
    pub fn sweep(&self) -> Option<String> {
        let is_many = self.is_sweep && self.runs.len() > 1;
        is_many.then(|| self.runs[0].name())
    }

    /// Makes the folder of the run at that place and announces it.
    ///
    /// # Errors
    /// The folder or a file in it cannot be written.
    pub fn begin_run(
        &mut self,
        run: usize,
        runs_dir: &Path,
        config: &Config,
        images: (&Dataset, &Split),
        environment: &Environment,
    ) -> Result<()> {
        let folder = RunFolder::create(runs_dir, config, &images.0.classes)?;
        let dir = folder.dir.clone();
        let written = match &self.runs[0].folder {
            Some(first) => share_split(first, &folder),
            None => folder.write_split(images.0, images.1, &[]),
        }
        .and_then(|()| folder.write_environment(environment));
        // Also where that failed: it is then removed with the others.
        self.runs[run].folder = Some(folder);
        written?;
        self.send(FitEvent::RunCreated { dir });
        Ok(())
    }

    /// Removes the folders of all runs, where not all could be begun.
    pub fn abandon(&mut self) {
        let folders: Vec<RunFolder> = self.runs.iter_mut().filter_map(|run| run.folder.take()).collect();
        for folder in folders {
            self.send(RunsEvent::Gone(folder.remove()));
        }
    }

    /// Writes the list of images again, once for all runs. `contents` is what each image held, as far as that is known.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_split(
        &self,
        dataset: &Dataset,
        split: &Split,
        contents: &[Option<ContentHash>],
    ) -> Result<()> {
        let mut folders = self.runs.iter().filter_map(|run| run.folder.as_ref());
        let Some(first) = folders.next() else {
            return Ok(());
        };
        first.write_split(dataset, split, contents)?;
        folders.try_for_each(|folder| share_split(first, folder))
    }

    /// Records facts, each of the run at that place, then sends them.
    ///
    /// # Errors
    /// A run's folder cannot be written.
    pub fn facts(&mut self, facts: Vec<(usize, RunEvent)>) -> Result<()> {
        for (run, event) in &facts {
            let RunLog { folder, record } = &mut self.runs[*run];
            if let Some(folder) = folder {
                folder.append(event)?;
            }
            record.apply(event);
        }
        if self.is_sweep {
            if !facts.is_empty() {
                self.send(FitEvent::Runs(facts));
            }
        } else {
            facts
                .into_iter()
                .for_each(|(_, event)| self.send(FitEvent::Run(event)));
        }
        Ok(())
    }

    /// Records warnings, each for every run.
    ///
    /// # Errors
    /// A run's folder cannot be written.
    pub fn warn(&mut self, messages: impl IntoIterator<Item = String>) -> Result<()> {
        self.of_all(messages.into_iter().map(|message| RunEvent::Warning { message }))
    }

    /// Records cautions, each for every run.
    ///
    /// # Errors
    /// A run's folder cannot be written.
    pub fn caution(&mut self, cautions: impl IntoIterator<Item = Caution>) -> Result<()> {
        self.of_all(cautions.into_iter().map(RunEvent::Caution))
    }

    fn of_all(&mut self, facts: impl Iterator<Item = RunEvent>) -> Result<()> {
        for fact in facts {
            self.facts((0..self.runs.len()).map(|run| (run, fact.clone())).collect())?;
        }
        Ok(())
    }

    fn send(&self, event: impl Into<Event>) {
        if let Some(tell) = self.tell {
            tell(event.into());
        }
    }
}

fn share_split(from: &RunFolder, to: &RunFolder) -> Result<()> {
    share_file(&from.dir.join(SPLIT_FILE), &to.dir.join(SPLIT_FILE))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::disk::runs::folder::EVENTS_FILE;

    #[test]
    fn a_fact_is_in_the_folder_before_anybody_is_told() {
        let home = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(home.path(), &Config::default(), &[]).unwrap();
        let events = folder.dir.join(EVENTS_FILE);
        let n_told = Cell::new(0);
        let tell = |event| match event {
            Event::Fit(FitEvent::Run(RunEvent::Warning { message })) => {
                let written = std::fs::read_to_string(&events).unwrap();
                assert!(written.contains(&message), "{written}");
                n_told.set(n_told.get() + 1);
            }
            other => panic!("{other:?}"),
        };
        let mut journal = Journal::new(&tell);
        journal.runs[0].folder = Some(folder);
        let warnings = ["one", "two"].map(str::to_owned);
        journal.warn(warnings.clone()).unwrap();
        assert_eq!(n_told.get(), 2);
        assert_eq!(journal.runs[0].record.warnings, warnings);
    }
}
