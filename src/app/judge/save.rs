//! The table of predictions as a file, with the columns of the terminal's `predict --csv`.

use std::sync::Arc;

use super::table::Answer;
use crate::app::host::{Export, Host, Pick};
use crate::app::settings::ShownProbabilities;
use crate::app::state::AppState;
use crate::experiment::Decision;
use crate::protocol::{FileContent, FoundImage, Predicted, Prediction, PredictionTable};
use crate::visible::visible_name;

impl AppState {
    /// Asks where to, and writes all rows there as the first run says them, listed or not.
    pub(in crate::app) fn save_predictions(&mut self, host: &mut dyn Host) {
        let Some(&run) = self.table_judges().first() else {
            return;
        };
        let verdicts = self.verdicts_of(run);
        let table = &self.judge.table;
        let image = |(row, image): (usize, &FoundImage)| Prediction {
            path: image.path.clone(),
            probabilities: match table.answer(run, row) {
                Answer::Probabilities(probabilities) => Ok(probabilities.to_vec()),
                Answer::Failed(reason) => Err(reason.to_owned()),
                Answer::Waiting => Err("not predicted yet".into()),
            },
            predicted: verdicts[row].map(|verdict| verdict.class_idx),
        };
        let classes = self.runs.all[run].classes();
        let decision = self.rule_of(run).and_then(|rule| {
            let class = classes.get(rule.class_idx)?;
            Some(Decision::new(class.clone(), rule.at, "as it is looked at"))
        });
        let started = self.runs.all[run].record.started.as_ref();
        let predicted = Predicted {
            run: self.runs.all[run].name.clone(),
            classes: classes.to_vec(),
            class_weights: started.map_or_else(Vec::new, |started| started.class_weights.clone()),
            n_train: started.map_or_else(Vec::new, |started| started.n_train.clone()),
            decision,
            images: table.rows().iter().enumerate().map(image).collect(),
        };
        let of = match table.sources.as_slice() {
            [source] => format!(" of {}", visible_name(source)),
            _ => String::new(),
        };
        let content = FileContent::Predictions(Arc::new(PredictionTable {
            predicted,
            stakes: self.stakes().clone(),
            raw_scores: self.settings.probabilities == ShownProbabilities::Raw,
            inputs: table.sources.clone(),
        }));
        host.pick(Pick::Target(Box::new(Export {
            file_name: format!("predictions{of}.csv"),
            content,
        })));
    }
}
