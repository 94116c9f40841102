//! The lines of the comparison's table. Knows nothing of pixels.

use std::sync::Arc;

use crate::app::{ClassesBy, Comparison, RunView};
use crate::experiment::config::fields::{CLASS_WEIGHTS, EPOCHS, FIELDS};
use crate::experiment::{Change, Evaluation, Field, Part};
use crate::metrics::{
    CLASS_FIGURES, ClassFigure, Difference, Differences, OVERALL_FIGURES, OverallFigure, class_view, overall,
    percent,
};

/// So few classes have all that is compared of them in sight at once.
pub const FEW: usize = 4;

/// A run that takes part, with the evaluation that it is judged by.
#[derive(Clone)]
pub struct Column<'a> {
    /// Its place among the runs.
    pub index: usize,
    pub run: &'a RunView,
    pub evaluation: &'a Evaluation,
    /// Against the first column; none of the first itself, and of runs that cannot be held against it.
    pub differences: Arc<Option<Differences>>,
}

impl<'a> Column<'a> {
    /// As it judged the images of that part.
    pub fn of(index: usize, run: &'a RunView, part: Part) -> Option<Self> {
        let evaluation = run.evaluation_on(part)?;
        Some(Column {
            index,
            run,
            evaluation,
            differences: Arc::default(),
        })
    }
}

/// What is compared.
#[derive(Debug, Clone, Copy)]
pub enum Figure {
    Overall(&'static OverallFigure),
    /// Of a class.
    Class(&'static ClassFigure, usize),
    /// Without the class weights, which put the losses on different scales.
    Loss(Part),
}

/// A line of the table.
pub enum Line {
    Figure(Figure),
    /// How many images became one thing, and how many another.
    Changes([Change; 2]),
    /// Which figure of the classes is below, and in which order.
    Classes,
    /// Which settings are below.
    Settings,
    Setting {
        field: &'static Field,
        differs: bool,
    },
}

impl Figure {
    /// By which it is found again; `names` are the classes as they are shown.
    pub fn name(self, names: &[String]) -> String {
        match self {
            Figure::Overall(figure) => figure.name.into(),
            Figure::Class(figure, class_idx) => format!("{} {}", figure.name, names[class_idx]),
            Figure::Loss(Part::Test) => "Test loss".into(),
            Figure::Loss(Part::Val) => "Validation loss".into(),
            Figure::Loss(Part::Train) => "Loss out of fold".into(),
        }
    }

    pub fn value(self, evaluation: &Evaluation) -> Option<f64> {
        match self {
            Figure::Overall(figure) => (figure.value)(&overall(&evaluation.confusion)),
            Figure::Class(figure, class_idx) => {
                class_view(&evaluation.confusion, class_idx).and_then(|view| (figure.value)(&view))
            }
            Figure::Loss(_) => Some(evaluation.loss),
        }
    }

    pub fn shown(self, value: Option<f64>) -> String {
        match (self, value) {
            (Figure::Loss(_), Some(loss)) => format!("{loss:.3}"),
            (_, value) => percent(value, 1),
        }
    }

    /// Whether less is better.
    pub fn is_loss(self) -> bool {
        matches!(self, Figure::Loss(_))
    }

    /// Against the first column, where that has an interval.
    pub fn difference(self, differences: &Differences) -> Option<Difference> {
        match self {
            Figure::Overall(figure) => differences.overall(figure.key),
            Figure::Class(figure, class_idx) => *differences.of_class(figure.key)?.get(class_idx)?,
            Figure::Loss(_) => None,
        }
    }
}

/// The figures of classes that have differences with an interval.
pub fn of_classes() -> impl Iterator<Item = &'static ClassFigure> {
    let held = |figure: &&ClassFigure| matches!(figure.key, "recall" | "precision");
    CLASS_FIGURES.iter().filter(held)
}

/// The one that is chosen for many classes.
pub fn chosen(comparison: &Comparison) -> &'static ClassFigure {
    let mut all = of_classes();
    let chosen = all.find(|figure| figure.key == comparison.figure);
    chosen.unwrap_or(&CLASS_FIGURES[0])
}

/// The figures of all classes together.
pub fn overall_figures(part: Part) -> impl Iterator<Item = Figure> {
    let shares = OVERALL_FIGURES.iter().filter(|figure| figure.is_percent);
    shares.map(Figure::Overall).chain([Figure::Loss(part)])
}

/// All lines in their order. A line for each class, whatever their number.
pub fn lines(columns: &[Column], comparison: &Comparison, part: Part, weighed: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = overall_figures(part).map(Line::Figure).collect();
    let n_classes = columns.first().map_or(0, |c| c.run.classes().len());
    if n_classes <= FEW {
        let of_class =
            |class_idx| of_classes().map(move |figure| Line::Figure(Figure::Class(figure, class_idx)));
        lines.extend((0..n_classes).flat_map(of_class));
        lines.extend(changes(columns));
    } else {
        lines.extend(changes(columns));
        let figure = chosen(comparison);
        lines.push(Line::Classes);
        let ordered = ordered_classes(columns, comparison, figure, weighed);
        lines.extend(
            ordered
                .into_iter()
                .map(|class_idx| Line::Figure(Figure::Class(figure, class_idx))),
        );
    }
    lines.push(Line::Settings);
    lines.extend(settings(columns, comparison.all_settings));
    lines
}

fn changes(columns: &[Column]) -> impl Iterator<Item = Line> {
    let pairs = [
        [Change::Fixed, Change::Broken],
        [Change::BothWrong, Change::LessSure],
    ];
    pairs.into_iter().map(Line::Changes).filter(|_| columns.len() > 1)
}

/// The weighed class first, then by what was chosen.
fn ordered_classes(
    columns: &[Column],
    comparison: &Comparison,
    figure: &'static ClassFigure,
    weighed: usize,
) -> Vec<usize> {
    let first = &columns[0];
    let n_classes = first.run.classes().len();
    let key = |class_idx: usize| match comparison.classes_by {
        _ if class_idx == weighed => f64::NEG_INFINITY,
        ClassesBy::Folder => 0.0,
        ClassesBy::Images => -(first.evaluation.confusion.row_total(class_idx) as f64),
        // What changed for sure first, and of that what changed most.
        ClassesBy::Change => {
            let of_column = |column: &Column| {
                let differences = column.differences.as_ref().as_ref()?;
                let change = Figure::Class(figure, class_idx).difference(differences)?;
                let sure = if change.is_sure() { 1.0 } else { 0.0 };
                Some(sure + change.value.abs())
            };
            -columns.iter().filter_map(of_column).fold(0.0, f64::max)
        }
    };
    let keys: Vec<f64> = (0..n_classes).map(key).collect();
    let mut classes: Vec<usize> = (0..n_classes).collect();
    classes.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    classes
}

/// What was asked for; only what differs, or all of it. The class weights come first: they are what most runs differ in.
fn settings(columns: &[Column], all: bool) -> Vec<Line> {
    let (first, others): (Vec<&Field>, Vec<&Field>) =
        FIELDS.iter().partition(|field| field.key == CLASS_WEIGHTS.key);
    let line = |field: &'static Field| {
        let mut texts = columns.iter().map(|c| setting(field, c.run));
        let first = texts.next();
        let differs = texts.any(|text| Some(text) != first);
        (differs || all).then_some(Line::Setting { field, differs })
    };
    first.into_iter().chain(others).filter_map(line).collect()
}

/// A field's value; of some the run itself knows more.
pub fn setting(field: &Field, run: &RunView) -> String {
    match field.key {
        key if key == CLASS_WEIGHTS.key => run.weights(),
        key if key == EPOCHS.key => run.epochs_in_words(),
        _ => field.shown(&run.config),
    }
}
