//! In which order runs are listed, in which groups, and which figure stands beside them. The figures are those of the
//! metrics' own list.

use serde::{Deserialize, Serialize};

use crate::app::runs::run::RunView;
use crate::metrics::{
    CLASS_FIGURES, ClassFigure, OVERALL_FIGURES, OverallFigure, class_views, overall, percent,
};
use crate::visible::visible;

/// How the list of runs is arranged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ListOrder {
    pub by: RunSort,
    /// The oldest, the last by name, the lowest first.
    pub reversed: bool,
    pub groups: Grouping,
}

/// What the list goes by. A figure's best comes first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunSort {
    #[default]
    Newest,
    Name,
    /// Of the class that is weighed against the rest.
    Weight,
    /// A figure of the whole matrix, by its key.
    Overall(String),
    /// A figure of one class, by its key and the class's name.
    OfClass {
        figure: String,
        class: String,
    },
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grouping {
    /// The runs of a sweep are one row that opens.
    #[default]
    Sweep,
    /// The same under a heading for each way in which the images were divided.
    Split,
    /// The same under a heading for each image folder.
    Folder,
    /// Every run is a row.
    Nothing,
}

impl Grouping {
    pub const ALL: [Grouping; 4] = [
        Grouping::Sweep,
        Grouping::Split,
        Grouping::Folder,
        Grouping::Nothing,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Grouping::Sweep => "Sweeps as one row",
            Grouping::Split => "By split",
            Grouping::Folder => "By folder",
            Grouping::Nothing => "Every run by itself",
        }
    }
}

impl RunSort {
    pub fn overall(figure: &OverallFigure) -> Self {
        RunSort::Overall(figure.key.into())
    }

    pub fn of_class(figure: &ClassFigure, class: &str) -> Self {
        RunSort::OfClass {
            figure: figure.key.into(),
            class: class.into(),
        }
    }

    /// Such as `Recall of REAL`.
    pub fn name(&self) -> String {
        match self {
            RunSort::Newest => "Newest".into(),
            RunSort::Name => "Name".into(),
            RunSort::Weight => "Weight".into(),
            RunSort::Overall(_) | RunSort::OfClass { .. } => self.measure().name(),
        }
    }

    /// The figure that stands beside the runs: the one they go by, else the one that stands for a run.
    pub fn measure(&self) -> Measure<'_> {
        let leading = Measure::Overall(&OVERALL_FIGURES[0]);
        match self {
            RunSort::Newest | RunSort::Name | RunSort::Weight => leading,
            RunSort::Overall(key) => {
                let figure = OVERALL_FIGURES.iter().find(|figure| figure.key == key);
                figure.map_or(leading, Measure::Overall)
            }
            RunSort::OfClass { figure: key, class } => {
                let figure = CLASS_FIGURES.iter().find(|figure| figure.key == key);
                figure.map_or(leading, |figure| Measure::OfClass(figure, class))
            }
        }
    }
}

/// A figure by which runs are measured.
#[derive(Debug, Clone, Copy)]
pub enum Measure<'a> {
    Overall(&'static OverallFigure),
    /// Of the class of that name.
    OfClass(&'static ClassFigure, &'a str),
}

impl Measure<'_> {
    pub fn name(&self) -> String {
        match self {
            Measure::Overall(figure) => figure.name.into(),
            Measure::OfClass(figure, class) => format!("{} of {}", figure.name, visible(class)),
        }
    }

    /// The name within a sentence: `recall of REAL`, but `MCC`.
    pub fn in_a_sentence(&self) -> String {
        let name = self.name();
        let is_word = name.chars().nth(1).is_some_and(char::is_lowercase);
        match is_word {
            true => name
                .chars()
                .take(1)
                .flat_map(char::to_lowercase)
                .chain(name.chars().skip(1))
                .collect(),
            false => name,
        }
    }

    /// Whether it is the figure that stands for a run, which is the only one that is kept with its threshold.
    pub fn is_leading(&self) -> bool {
        matches!(self, Measure::Overall(figure) if figure.key == OVERALL_FIGURES[0].key)
    }

    pub fn in_words(&self, value: Option<f64>) -> String {
        match (self, value) {
            (Measure::Overall(figure), Some(value)) if !figure.is_percent => format!("{value:.3}"),
            _ => percent(value, 1),
        }
    }

    /// On validation images, by which one chooses. A class that the run does not know has none.
    pub(in crate::app) fn of(&self, run: &RunView) -> Option<f64> {
        if self.is_leading() {
            return run.figure();
        }
        let evaluation = run.evaluation(false)?;
        match self {
            Measure::Overall(figure) => (figure.value)(&overall(&evaluation.confusion)),
            Measure::OfClass(figure, class) => {
                let class_idx = run.classes().iter().position(|name| name == class)?;
                let views = class_views(
                    &evaluation.confusion,
                    &evaluation.roc_auc,
                    &evaluation.average_precision,
                );
                (figure.value)(views.get(class_idx)?)
            }
        }
    }
}
