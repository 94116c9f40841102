//! A run on the images of one part, as it predicts them: by its threshold where it has one.

use std::borrow::Cow;

use super::material::ReportRun;
use crate::experiment::{
    Calls, Evaluation, FiguresAsked, Part, Predictions, Reliabilities, Started, Sureness,
};
use crate::metrics::{
    ClassFigure, ClassView, Confusion, Figure, Interval, Rates, Scores, Threshold, Undo, class_views, overall,
};

pub struct Judged<'a> {
    pub part: Part,
    pub evaluation: &'a Evaluation,
    /// By the threshold.
    pub confusion: Cow<'a, Confusion>,
    pub predictions: Option<&'a Predictions>,
    pub rule: Option<Threshold>,
    /// Of each class, with images counted in groups where they come in some.
    pub rates: Vec<Rates>,
    pub views: Vec<ClassView>,
    /// How far its scores and what they become can be taken at their word, where single images are known.
    pub reliabilities: Option<Reliabilities>,
    /// What undoes its class weights.
    pub undo: Undo,
    /// Its scores with the class weights undone, where that changes them.
    undone: Option<Scores>,
    sureness: Sureness,
}

impl<'a> Judged<'a> {
    /// It takes a while where images are many. `None` where the run was not judged on that part, or by a matrix of other classes
    /// than its own.
    pub fn of(run: &'a ReportRun, part: Part) -> Option<Self> {
        let n_classes = run.classes().len();
        let evaluation = run.record.latest(part)?;
        if n_classes == 0 || evaluation.confusion.n_classes() != n_classes {
            return None;
        }
        let mut parts = run.scores.iter().flatten();
        let predictions = parts
            .find(|(of, _)| *of == part)
            .map(|(_, predictions)| predictions);
        // Without single images there is no telling what a threshold does.
        let rule = predictions
            .and(run.decision.as_ref())
            .and_then(|decision| decision.rule(run.classes()));
        let confusion = match (predictions, rule) {
            (Some(predictions), Some(_)) => Cow::Owned(predictions.scores().confusion(rule)),
            _ => Cow::Borrowed(&evaluation.confusion),
        };
        let grouped = predictions.and_then(|predictions| Some((predictions.scores(), predictions.groups()?)));
        let rates = match grouped {
            Some((scores, groups)) => Rates::of_scores(scores, Some(groups), rule),
            None => (0..n_classes)
                .filter_map(|class_idx| Rates::of_matrix(&confusion, class_idx))
                .collect(),
        };
        let undo = run.record.started.as_ref().map(Started::undo).unwrap_or_default();
        Some(Judged {
            part,
            views: class_views(&confusion, &evaluation.roc_auc, &evaluation.average_precision),
            sureness: sureness(predictions, rule, &confusion, run.config.seed),
            reliabilities: predictions.and_then(|predictions| Reliabilities::of(predictions.scores(), &undo)),
            undone: predictions.and_then(|predictions| undo.scores(predictions.scores())),
            undo,
            evaluation,
            confusion,
            predictions,
            rule,
            rates,
        })
    }

    pub fn n_images(&self) -> u64 {
        self.confusion.total()
    }

    pub fn is_in_groups(&self) -> bool {
        self.sureness.in_groups
    }

    /// Of a figure of the whole matrix, by its key.
    pub fn overall_interval(&self, key: &str) -> Option<Interval> {
        self.sureness.intervals.overall(key)
    }

    /// Of a figure of a class.
    pub fn class_interval(&self, figure: &ClassFigure, class_idx: usize) -> Option<Interval> {
        self.sureness.intervals.of_class(class_idx, figure.key)
    }

    pub fn balanced_accuracy(&self) -> Option<f64> {
        overall(&self.confusion).balanced_accuracy
    }

    pub fn calls(&self) -> Option<Calls> {
        self.predictions.map(|predictions| predictions.calls(self.rule))
    }

    /// What the head says of single images.
    pub fn scores(&self) -> Option<&Scores> {
        self.predictions.map(|predictions| &**predictions.scores())
    }

    /// What it says of single images, as it is shown: the probabilities, with the class weights undone.
    pub fn shown(&self) -> Option<&Scores> {
        self.undone.as_ref().or_else(|| self.scores())
    }

    /// The same, where it is not what the head says.
    pub fn undone(&self) -> Option<&Scores> {
        self.undone.as_ref()
    }

    /// What a rule makes of one class against the others.
    pub fn share(&self, figure: Figure, class_idx: usize) -> Option<f64> {
        self.rates.get(class_idx)?.get(figure).share()
    }
}

fn sureness(
    predictions: Option<&Predictions>,
    rule: Option<Threshold>,
    confusion: &Confusion,
    seed: u64,
) -> Sureness {
    match predictions {
        Some(predictions) => Sureness::of(&FiguresAsked {
            predictions: predictions.clone(),
            rule,
            seed,
        }),
        None => Sureness::of_matrix(confusion, seed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Config, Decision, RunEvent, RunRecord, Started};

    fn run(rows: &[f32]) -> ReportRun {
        let events = [
            RunEvent::Started(Box::new(Started::of_two_classes(Config::default()))),
            RunEvent::Evaluated(Evaluation::of_counts(Part::Val, [[1, 1], [1, 1]])),
        ];
        let images = (0..rows.len()).map(|i| format!("{i}.png").into()).collect();
        let probabilities = rows.iter().flat_map(|p| [1.0 - p, *p]).collect();
        let predictions = Predictions::new(images, 2, vec![0, 0, 1, 1], probabilities);
        ReportRun {
            record: RunRecord::from_events(&events),
            decision: Some(Decision::new("REAL", 0.3, "by hand")),
            scores: Ok(vec![(Part::Val, predictions.unwrap())]),
            ..ReportRun::default()
        }
    }

    #[test]
    fn a_run_is_judged_by_its_threshold_where_its_scores_are_known() {
        let mut of_run = run(&[0.1, 0.6, 0.35, 0.9]);
        assert!(Judged::of(&of_run, Part::Test).is_none());
        let judged = Judged::of(&of_run, Part::Val).unwrap();
        assert_eq!(*judged.confusion, Confusion::from_rows([[1, 1], [0, 2]]));
        assert_eq!(judged.rates[1].get(Figure::Recall).part, 2);
        of_run.scores = Err("gone".into());
        let judged = Judged::of(&of_run, Part::Val).unwrap();
        assert_eq!((judged.rule, judged.confusion.get(1, 1)), (None, 1));
    }
}
