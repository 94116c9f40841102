//! The lines of the comparison's table. Knows nothing of pixels.

use std::sync::Arc;

use crate::app::{ClassesBy, Comparison, RunView};
use crate::experiment::config::fields::{CLASS_WEIGHTS, EPOCHS, FIELDS};
use crate::experiment::{Change, Evaluation, Field, PairSaid, Part};
use crate::metrics::{
    CLASS_FIGURES, ClassFigure, Difference, Differences, OVERALL_FIGURES, OverallFigure, Told, class_view,
    overall, percent,
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
    /// What is to be said of it against the first column, all others that are compared counted; `None` as long as that is not known.
    pub said: Option<&'a PairSaid>,
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
            said: None,
        })
    }

    /// Against the first column.
    pub fn told(&self, figure: Figure) -> Option<Told> {
        let by_itself = self.differences.as_ref().as_ref();
        figure.told(self.said, by_itself, self.run.is_in_groups())
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

    /// As it is said of the two runs, where that is known; else by itself, which knows nothing of groups.
    fn told(
        self,
        said: Option<&PairSaid>,
        by_itself: Option<&Differences>,
        is_in_groups: bool,
    ) -> Option<Told> {
        let is_in_groups = is_in_groups || said.is_some_and(|said| said.in_groups);
        let told = said.and_then(|said| self.said(said));
        let by_itself = by_itself.filter(|_| !is_in_groups);
        told.or_else(|| self.difference(by_itself?).map(Told::from))
    }

    fn said(self, said: &PairSaid) -> Option<Told> {
        let (key, class_idx) = match self {
            Figure::Overall(figure) => (figure.key, None),
            Figure::Class(figure, class_idx) => (figure.key, Some(class_idx)),
            Figure::Loss(_) => return None,
        };
        let mut figures = said.figures.iter();
        let of = figures.find(|of| (of.key.as_str(), of.class_idx) == (key, class_idx))?;
        Some(of.told)
    }

    /// Against the first column, where that has an interval.
    fn difference(self, differences: &Differences) -> Option<Difference> {
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
                let change = column.told(Figure::Class(figure, class_idx))?;
                let sure = if change.is_sure { 1.0 } else { 0.0 };
                Some(sure + change.difference.value.abs())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::FigureSaid;
    use crate::metrics::{Confusion, Interval, differences};

    #[test]
    fn what_is_said_of_two_runs_is_said_of_their_figures_too() {
        let now = Confusion::from_rows([[90, 10], [20, 80]]);
        let before = Confusion::from_rows([[60, 40], [60, 40]]);
        let known = differences(&now, &before, None);
        let difference = Difference {
            value: 0.4,
            interval: Interval { low: 0.1, high: 0.6 },
        };
        let mut said = PairSaid {
            sentence: "may be chance".into(),
            figures: vec![FigureSaid {
                key: "recall".into(),
                class_idx: Some(1),
                told: Told {
                    difference,
                    is_sure: false,
                },
            }],
            in_groups: false,
        };
        let [recall, precision] = ["recall", "precision"].map(|key| {
            let figure = of_classes().find(|figure| figure.key == key).unwrap();
            Figure::Class(figure, 1)
        });
        let of = |said: Option<&PairSaid>, in_groups: bool| {
            let told = |figure: Figure| figure.told(said, known.as_ref(), in_groups);
            [recall, precision].map(|figure| told(figure).map(|told| told.is_sure))
        };
        assert_eq!(of(None, false), [Some(true), Some(true)], "each by itself");
        assert_eq!(of(Some(&said), false), [Some(false), Some(true)]);
        // What does not know of groups says nothing of them.
        assert_eq!(of(Some(&said), true), [Some(false), None]);
        assert_eq!(of(None, true), [None, None]);
        said.in_groups = true;
        assert_eq!(of(Some(&said), false), [Some(false), None]);
    }
}
