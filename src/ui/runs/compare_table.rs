//! The rows of the comparison's table. Knows nothing of pixels.

use crate::app::RunView;
use crate::experiment::config::fields::{CLASS_WEIGHTS, EPOCHS, FIELDS};
use crate::experiment::{Evaluation, Field, Part};
use crate::metrics::{OVERALL_FIGURES, of_class, overall, per_class, percent};
use crate::visible::visible_names;

/// Classes whose recall and precision have rows of their own.
const CLASSES: usize = 12;

/// A run that takes part, with the evaluation that it is judged by.
#[derive(Clone)]
pub struct Column<'a> {
    pub run: &'a RunView,
    pub evaluation: &'a Evaluation,
}

impl<'a> Column<'a> {
    /// As it judged the images of that part.
    pub fn of(run: &'a RunView, part: Part) -> Option<Self> {
        let evaluation = run.evaluation_on(part)?;
        Some(Column { run, evaluation })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// From 0 to 1, more is better.
    Share,
    /// Less is better.
    Loss,
    Setting {
        differs: bool,
    },
}

/// Its name, and for each run a text and, where it is a figure, its value.
pub struct Row {
    pub name: String,
    pub kind: RowKind,
    pub cells: Vec<(String, Option<f64>)>,
}

impl Row {
    pub fn best(&self) -> Option<f64> {
        let values = self.cells.iter().filter_map(|c| c.1);
        match self.kind {
            RowKind::Share => values.max_by(f64::total_cmp),
            RowKind::Loss => values.min_by(f64::total_cmp),
            RowKind::Setting { .. } => None,
        }
    }
}

/// The classes that have rows of their own: the weighed one first, then those whose recall differs most between the runs.
/// Few classes stand in their order.
fn told_classes(columns: &[Column], n_classes: usize, weighed: usize) -> Vec<usize> {
    let mut classes: Vec<usize> = (0..n_classes).collect();
    if n_classes <= CLASSES {
        return classes;
    }
    let recalls: Vec<_> = columns
        .iter()
        .map(|c| per_class(&c.evaluation.confusion))
        .collect();
    let spread = |class_idx: usize| {
        let of_runs = recalls.iter().filter_map(|of_run| of_run.get(class_idx)?.recall);
        let (low, high) = of_runs.fold((1.0_f64, 0.0_f64), |(low, high), r| (low.min(r), high.max(r)));
        (high - low).max(0.0)
    };
    let spreads: Vec<f64> = classes.iter().map(|&class_idx| spread(class_idx)).collect();
    classes.sort_by(|&a, &b| {
        let weighed_first = (b == weighed).cmp(&(a == weighed));
        weighed_first
            .then(spreads[b].total_cmp(&spreads[a]))
            .then(a.cmp(&b))
    });
    classes.truncate(CLASSES);
    classes
}

/// A line about the classes that have no rows, where there are many.
pub fn untold(n_classes: usize) -> Option<String> {
    (n_classes > CLASSES)
        .then(|| format!("Of {n_classes} classes, the {CLASSES} whose recall differs most are here"))
}

pub fn metric_rows(columns: &[Column], weighed: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut share = |name: String, value: &dyn Fn(&Evaluation) -> Option<f64>| {
        let cells = columns.iter().map(|c| value(c.evaluation));
        rows.push(Row {
            name,
            kind: RowKind::Share,
            cells: cells.map(|v| (percent(v, 1), v)).collect(),
        });
    };
    for figure in OVERALL_FIGURES.iter().filter(|figure| figure.is_percent) {
        share(figure.name.into(), &|e| (figure.value)(&overall(&e.confusion)));
    }
    let classes = columns.first().map_or(&[][..], |c| c.run.classes());
    let names = visible_names(classes);
    for class_idx in told_classes(columns, names.len(), weighed) {
        let class = &names[class_idx];
        let of = |e: &Evaluation| of_class(&e.confusion, class_idx);
        share(format!("Recall {class}"), &|e| of(e)?.recall);
        share(format!("Precision {class}"), &|e| of(e)?.precision);
    }
    // Without the class weights, which put the losses on different scales.
    let is_test = columns.iter().any(|c| c.evaluation.part == Part::Test);
    let name = if is_test { "Test loss" } else { "Validation loss" };
    rows.push(Row {
        name: name.into(),
        kind: RowKind::Loss,
        cells: columns
            .iter()
            .map(|c| (format!("{:.3}", c.evaluation.loss), Some(c.evaluation.loss)))
            .collect(),
    });
    rows
}

/// What was asked for; only what differs, or all of it. The class weights come first: they are what most runs differ in.
pub fn setting_rows(columns: &[Column], all: bool) -> Vec<Row> {
    let (first, others): (Vec<&Field>, Vec<&Field>) =
        FIELDS.iter().partition(|field| field.key == CLASS_WEIGHTS.key);
    let row = |field: &Field| {
        let cells: Vec<_> = columns.iter().map(|c| (shown(field, c.run), None)).collect();
        let differs = cells.iter().any(|c| c.0 != cells[0].0);
        (differs || all).then(|| Row {
            name: field.name().into(),
            kind: RowKind::Setting { differs },
            cells,
        })
    };
    first.into_iter().chain(others).filter_map(row).collect()
}

/// A field's value; of some the run itself knows more.
fn shown(field: &Field, run: &RunView) -> String {
    match field.key {
        key if key == CLASS_WEIGHTS.key => run.weights(),
        key if key == EPOCHS.key => run.epochs_in_words(),
        _ => field.shown(&run.config),
    }
}
