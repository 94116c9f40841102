//! The list of runs of the state as it is.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::rows::{ListInputs, RunList};
use crate::app::runs::state::RowId;
use crate::app::state::AppState;

impl AppState {
    /// What the list shows, from above.
    pub fn run_list(&self) -> Arc<RunList> {
        let cache = &self.derived.run_list;
        cache.list(self.list_is_made_of(), || {
            let order = &self.settings.list;
            let figure = |run: usize| cache.figure(run, &self.runs.all[run], &order.by);
            RunList::of(&ListInputs {
                runs: &self.runs,
                order,
                is_of_folder: &|run| self.is_of_folder(run),
                figure: &figure,
                looked_at: self.looking.run,
                class: self
                    .looked_at_classes()
                    .get(self.weighed_class())
                    .map(String::as_str),
            })
        })
    }

    /// Where the keyboard is in the list: at the run that is looked at where it is nowhere else.
    pub fn list_cursor(&self) -> Option<RowId> {
        let at = self.runs.chosen.at.clone();
        at.or(self.looking.run.map(RowId::Run))
    }

    /// The runs that a key or the palette acts on: those that are chosen, else the one that is looked at.
    pub fn runs_acted_on(&self) -> Vec<usize> {
        let chosen = &self.runs.chosen.runs;
        let looked_at = || self.looking.run.into_iter().collect();
        match chosen.is_empty() {
            true => looked_at(),
            false => chosen.iter().copied().collect(),
        }
    }

    /// Everything that the list follows from, as a number. Goes once over the runs, and into none of their matrices.
    fn list_is_made_of(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for run in &self.runs.all {
            let kept = run.decision.as_ref().and_then(|d| d.balanced_accuracy);
            let n_val = run.record.started.as_ref().map(|s| s.n_val.iter().sum::<usize>());
            // Of the losses, which come all the time, it shows nothing.
            let record = (n_val, run.record.evaluations.len(), run.record.outcome.is_some());
            let tag = (&run.tag.name, &run.tag.note, run.tag.starred);
            (run.deleted, run.live, record, kept.map(f64::to_bits), tag).hash(&mut hasher);
        }
        let folder = self.dataset.view.as_ref().map(|view| Arc::as_ptr(&view.dataset));
        let of_list = (&self.runs.search, self.runs.only_starred, &self.runs.open_sweeps);
        let looked_at = (self.looking.run, self.weighed_class());
        (folder, &self.settings.list, of_list, looked_at).hash(&mut hasher);
        hasher.finish()
    }
}
