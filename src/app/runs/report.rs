//! A page about runs, for people who were not there.

use std::path::PathBuf;

use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::Offer;
use crate::app::state::AppState;
use crate::experiment::Stakes;
use crate::protocol::{ReportWritten, WriteReport};
use crate::visible::visible_path;

/// What a report is called where nobody says otherwise.
pub const REPORT_FILE: &str = "report.html";

impl AppState {
    /// It speaks for the run that is looked at, where that is among them, else for the first.
    pub(in crate::app) fn write_report(&mut self, runs: &[usize], to: PathBuf, host: &mut dyn Host) {
        let mut runs = runs.to_vec();
        runs.sort_by_key(|&run| self.looking.run != Some(run));
        let first = runs.first().and_then(|&run| self.runs.all.get(run));
        let goal = first
            .and_then(|run| self.settings.goal_of(run.config.place()))
            .cloned();
        let stakes = first.and_then(|run| {
            let stakes = self.settings.stakes_of(run.config.place())?.clone();
            let classes = run.record.started.as_ref().map(|started| &started.classes);
            // The folder may have had other classes then.
            let is_there = |class: &String| classes.is_some_and(|classes| classes.contains(class));
            Some(Stakes {
                common: stakes.common.filter(|(class, _)| is_there(class)),
                ..stakes
            })
        });
        let request = WriteReport {
            runs: self.dirs_of(&runs),
            to,
            goal,
            stakes: stakes.unwrap_or_default(),
            miss_cost: None,
            full: false,
        };
        self.jobs.submit(request, Purpose::WriteReport, host);
    }

    pub(in crate::app) fn tell_report(&mut self, written: ReportWritten) {
        let runs = match written.n_runs {
            1 => "the run".to_owned(),
            n => format!("{n} runs"),
        };
        let mut text = format!(
            "A report of {runs} was written to {}",
            visible_path(&written.path)
        );
        for why in &written.unreadable {
            text += &format!("; it says nothing of {why}");
        }
        self.notices.ask(text, Offer::OpenReport(written.path));
    }
}
