//! Many weights of one class, trained at once.

use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::{ToastKind, sentence_case};
use crate::app::state::AppState;
use crate::experiment::{ClassWeights, weight_grid};
use crate::protocol::{HeadChoice, Sweep};

/// Which weights of one class a sweep tries: `count` of them, each the same factor above the last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SweepChoice {
    pub class_idx: usize,
    pub from: f64,
    pub to: f64,
    pub count: usize,
}

impl AppState {
    pub(in crate::app) fn sweep(&mut self, choice: SweepChoice, host: &mut dyn Host) {
        let (Some(view), None) = (&self.dataset.view, self.train_problem()) else {
            return;
        };
        let n_classes = view.counts.len();
        let config = self.settings.form.clone().of(view.dataset.source());
        let head = |weight: f64| {
            let mut weights = vec![1.0; n_classes];
            if let Some(slot) = weights.get_mut(choice.class_idx) {
                *slot = weight;
            }
            HeadChoice {
                class_weights: ClassWeights::Given(weights),
                lr: config.lr,
            }
        };
        let weights = match weight_grid(choice.from, choice.to, choice.count) {
            Ok(weights) => weights,
            Err(message) => return self.tell(ToastKind::Error, sentence_case(&message)),
        };
        let request = Sweep {
            heads: weights.into_iter().map(head).collect(),
            config: config.clone(),
            runs_dir: self.folders.runs_dir.clone(),
        };
        let heads = request.heads.clone();
        let config = Box::new(config);
        self.look_at_raised(choice.class_idx);
        self.jobs.submit(request, Purpose::Sweep { config, heads }, host);
    }

    /// Of a sweep that has ended, the best run is looked at and shown: dozens would hide each other. Where some of them surely
    /// meet the goal, it is the one of these that serves it best.
    pub(in crate::app) fn follow_sweep(&mut self, runs: &[usize]) {
        let figure = |&run: &usize| Some((run, self.runs.all.get(run)?.figure()?));
        let merit = |&run: &usize| Some((run, self.merit_of_sure(run)?));
        let best_by = |mut values: Vec<(usize, f64)>| {
            // Of equals the lightest.
            values.reverse();
            values.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))
        };
        let surely = best_by(runs.iter().filter_map(merit).collect());
        let best = surely.or_else(|| best_by(runs.iter().filter_map(figure).collect()));
        let Some((best, _)) = best.filter(|(best, _)| self.is_of_folder(*best)) else {
            return;
        };
        self.show_runs(&[best], true);
        self.leave_trial();
        self.select_run(best);
    }
}
