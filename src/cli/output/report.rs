//! The figures of an evaluation as text: the notebook's table and every figure under it where the classes are few, a class
//! a row where they are more, and of a matrix that no terminal holds its largest confusions.

use super::text::{self, Narrow, measure, number, percent, shortened_of, table, table_without};
use crate::experiment::{Evaluation, Sureness};
use crate::metrics::{
    CLASS_FIGURES, ClassFigure, ClassView, Confusion, FigureIntervals, Interval, OVERALL_FIGURES,
    OverallFigure, class_views, mistakes_by_number, notebook_table, overall, per_class, ratio, thousands,
};
use crate::short_name::Shared;

/// Up to this many classes, each is a column, as in the notebook.
pub const AS_COLUMNS: usize = 4;
/// Columns that a weighting's name may take in a list.
pub const LABEL: usize = 32;
/// Up to this many, the matrix is printed whole, where the terminal is wide enough.
const WHOLE_MATRIX: usize = 12;
/// Confusions that are named for a larger one.
const LARGEST: usize = 20;

/// All figures, in the terminal's width. `full` prints the matrix whole whatever its size.
pub fn report(classes: &[String], evaluation: &Evaluation, full: bool) -> String {
    report_within(text::width(), classes, (evaluation, None), full)
}

/// The same, and how far the figures can be trusted: those of all classes together, and of few classes each of theirs where
/// the terminal has room for it.
pub fn sure_report(classes: &[String], evaluation: &Evaluation, sureness: &Sureness, full: bool) -> String {
    report_within(text::width(), classes, (evaluation, Some(sureness)), full)
}

fn report_within(
    width: Option<usize>,
    classes: &[String],
    (evaluation, sureness): (&Evaluation, Option<&Sureness>),
    full: bool,
) -> String {
    let confusion = &evaluation.confusion;
    let views = class_views(confusion, &evaluation.roc_auc, &evaluation.average_precision);
    let (matrix, figures) = if classes.len() <= AS_COLUMNS {
        let matrix = table(notebook_table(classes, confusion));
        let known = sureness.map(|sureness| &sureness.intervals);
        let sure = known.map(|_| table(figures_by_column(classes, &views, known)));
        let fits = |text: &String| width.is_none_or(|width| text.lines().all(|line| measure(line) <= width));
        let figures = sure.filter(fits);
        let figures = figures.unwrap_or_else(|| table(figures_by_column(classes, &views, None)));
        (matrix, figures)
    } else {
        let whole =
            (full || classes.len() <= WHOLE_MATRIX).then(|| table(compact_matrix(width, classes, confusion)));
        let fits =
            |text: &String| full || width.is_none_or(|width| text.lines().all(|line| measure(line) <= width));
        let matrix = (whole.filter(fits)).unwrap_or_else(|| largest_confusions(width, classes, confusion));
        let rows = figures_by_row(classes, &views);
        let narrow = Narrow {
            cut: &["class"],
            expendable: &["NPV", "Specif.", "AP", "AUC"],
            last: "",
        };
        (matrix, table_without(width, rows, &narrow, Shared::of(classes)))
    };
    let of_all = match sureness {
        None => figures_of_all(evaluation),
        Some(sureness) => sure_figures_of_all(evaluation, sureness),
    };
    format!("{matrix}\n\n{figures}\n\n{of_all}")
}

fn figures_of_all(evaluation: &Evaluation) -> String {
    let all = overall(&evaluation.confusion);
    format!(
        "Accuracy {}   balanced accuracy {}{}   macro F1 {}   MCC {}\nLoss {:.5} unweighted, {:.5} weighted",
        percent(all.accuracy),
        percent(all.balanced_accuracy),
        of_how_many(&evaluation.confusion),
        percent(all.macro_f1),
        number(all.mcc),
        evaluation.loss,
        evaluation.weighted_loss,
    )
}

/// A row each, with its interval.
fn sure_figures_of_all(evaluation: &Evaluation, sureness: &Sureness) -> String {
    let all = overall(&evaluation.confusion);
    let row = |figure: &OverallFigure| {
        let value = (figure.value)(&all);
        let shown = if figure.is_percent {
            percent(value)
        } else {
            number(value)
        };
        let interval = sureness.intervals.overall(figure.key);
        vec![
            figure.name.to_owned(),
            between(shown, interval, figure.is_percent),
        ]
    };
    let rows: Vec<Vec<String>> = OVERALL_FIGURES.iter().map(row).collect();
    format!(
        "{}{}\nLoss {:.5} unweighted, {:.5} weighted\n95 % intervals in brackets{}",
        table(rows),
        of_how_many(&evaluation.confusion),
        evaluation.loss,
        evaluation.weighted_loss,
        drawn_how(sureness.in_groups, sureness.has_lost_groups),
    )
}

/// What is to be added to "95 % intervals in brackets".
pub fn drawn_how(in_groups: bool, has_lost_groups: bool) -> &'static str {
    match (in_groups, has_lost_groups) {
        (true, _) => ", by groups, since images of one group resemble each other",
        (false, true) => {
            ", narrower than they should be: the run was split by groups, and of which group these images are is not known"
        }
        (false, false) => "",
    }
}

/// A figure with its interval, where it has one: `64.70 % (63.88 to 65.54)`.
fn between(shown: String, interval: Option<Interval>, is_percent: bool) -> String {
    match interval {
        Some(Interval { low, high }) if is_percent => {
            format!("{shown} ({:.2} to {:.2})", low * 100.0, high * 100.0)
        }
        Some(Interval { low, high }) => format!("{shown} ({low:.3} to {high:.3})"),
        None => shown,
    }
}

/// Each class's recall, or of many the lowest with its class, such as `12.50 % skirt`.
pub fn recalls(classes: &[String], confusion: &Confusion) -> Vec<String> {
    const NAME: usize = 24;
    let of_class = per_class(confusion);
    if classes.len() <= AS_COLUMNS {
        return of_class.iter().map(|m| percent(m.recall)).collect();
    }
    let known = of_class
        .iter()
        .zip(classes)
        .filter_map(|(m, class)| Some((m.recall?, class)));
    let lowest = known.min_by(|a, b| a.0.total_cmp(&b.0));
    let shared = Shared::of(classes);
    let in_words = |(recall, class): (f64, &String)| {
        format!("{} {}", percent(Some(recall)), shortened_of(class, shared, NAME))
    };
    vec![lowest.map_or_else(|| percent(None), in_words)]
}

/// What a mean over classes leaves out, where it leaves out any: ` (over 1 of 2 classes; the other has no image here)`.
pub fn of_how_many(confusion: &Confusion) -> String {
    let n_classes = confusion.n_classes();
    let n_with_images = (0..n_classes).filter(|&i| confusion.row_total(i) > 0).count();
    match n_classes - n_with_images {
        0 => String::new(),
        1 => format!(" (over {n_with_images} of {n_classes} classes; the other has no image here)"),
        _ => format!(" (over {n_with_images} of {n_classes} classes; the others have no image here)"),
    }
}

/// As the terminal shows a figure of a class.
fn shown(figure: &ClassFigure, class: &ClassView) -> String {
    let value = (figure.value)(class);
    if figure.is_percent {
        percent(value)
    } else {
        number(value)
    }
}

fn figures_by_column(
    classes: &[String],
    views: &[ClassView],
    known: Option<&FigureIntervals>,
) -> Vec<Vec<String>> {
    let row = |name: &str, cells: Vec<String>| [vec![name.to_owned()], cells].concat();
    let mut rows = vec![row("", classes.to_vec())];
    rows.extend(CLASS_FIGURES.iter().map(|figure| {
        let interval = |class_idx| known?.of_class(class_idx, figure.key);
        let cells = views
            .iter()
            .enumerate()
            .map(|(i, class)| between(shown(figure, class), interval(i), figure.is_percent));
        row(figure.name, cells.collect())
    }));
    rows
}

/// Two shares that are complements of others, false positive and false omission rate, are left to `--json`.
const COMPLEMENTS: [&str; 2] = ["false_positive_rate", "false_omission_rate"];

fn figures_by_row(classes: &[String], views: &[ClassView]) -> Vec<Vec<String>> {
    let figures = || {
        let is_shown = |figure: &&ClassFigure| !COMPLEMENTS.contains(&figure.key);
        CLASS_FIGURES.iter().filter(is_shown)
    };
    let mut header: Vec<String> = ["class", "images"].map(String::from).to_vec();
    header.extend(figures().map(|figure| figure.short.to_owned()));
    let mut rows = vec![header];
    rows.extend(classes.iter().zip(views).map(|(class, view)| {
        let mut row = vec![class.clone(), thousands(view.metrics.support)];
        row.extend(figures().map(|figure| shown(figure, view)));
        row
    }));
    rows
}

/// The notebook's table with names that leave room for the numbers.
fn compact_matrix(width: Option<usize>, classes: &[String], confusion: &Confusion) -> Vec<Vec<String>> {
    const GAP: usize = 3;
    const LEAST: usize = 6;
    const CORNER: &str = "true \\ predicted";
    let mut rows = notebook_table(classes, confusion);
    let shared = Shared::of(classes);
    // Beside the names and the percentages.
    let beside = CORNER.len() + GAP + "Percentage".len();
    let most = width.map_or(usize::MAX, |width| {
        let room = width.saturating_sub(beside) / classes.len().max(1);
        room.saturating_sub(GAP).max(LEAST)
    });
    rows[0][0] = CORNER.into();
    for (cell, class) in rows[0][1..].iter_mut().zip(classes) {
        *cell = shortened_of(class, shared, most);
    }
    for row in rows.iter_mut().skip(1) {
        row[0] = shortened_of(&row[0], shared, most.max(CORNER.len()));
    }
    rows
}

fn largest_confusions(width: Option<usize>, classes: &[String], confusion: &Confusion) -> String {
    let mut wrong = mistakes_by_number(confusion);
    if wrong.is_empty() {
        return format!(
            "All {} images were predicted correctly",
            thousands(confusion.total())
        );
    }
    let n_wrong: u64 = wrong.iter().map(|w| w.0).sum();
    let rest = wrong.split_off(wrong.len().min(LARGEST));
    let shared = Shared::of(classes);
    let most = width.map_or(usize::MAX, |width| (width / 3).max(12));
    let name = |class: usize| shortened_of(&classes[class], shared, most);
    let mut rows = vec![
        ["class", "predicted", "images", "of the class"]
            .map(String::from)
            .to_vec(),
    ];
    rows.extend(wrong.iter().map(|&(n, truth, predicted)| {
        let share = percent(ratio(n, confusion.row_total(truth)));
        vec![name(truth), name(predicted), thousands(n), share]
    }));
    let n_rest: u64 = rest.iter().map(|w| w.0).sum();
    let after = match rest.len() {
        0 => String::new(),
        n => format!(
            "\nand {} images in {} other pairs of classes; --full prints the whole matrix",
            thousands(n_rest),
            thousands(n as u64)
        ),
    };
    format!(
        "The largest confusions; {} of {} images are wrong\n{}{after}",
        thousands(n_wrong),
        thousands(confusion.total()),
        table(rows)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Part, When};

    /// The notebook's first trained matrix, with the percentages it printed.
    #[test]
    fn the_report_of_the_notebooks_first_training() {
        let evaluation = Evaluation {
            when: When::Epoch(2),
            part: Part::Val,
            confusion: Confusion::try_from(vec![vec![16464, 175], vec![2079, 910]]).unwrap(),
            loss: 0.3,
            weighted_loss: 0.25,
            roc_auc: vec![Some(0.9), None],
            average_precision: vec![Some(0.8), Some(0.5)],
            elapsed_secs: 1.0,
        };
        let text = report_within(
            Some(40),
            &["FAKE".into(), "REAL".into()],
            (&evaluation, None),
            false,
        );
        let expected = "\
             FAKE_predicted   REAL_predicted   Percentage
FAKE                 16,464              175      98.95 %
REAL                  2,079              910      30.44 %
Percentage          88.79 %          83.87 %      88.52 %

                               FAKE      REAL
Recall                      98.95 %   30.44 %
Precision                   88.79 %   83.87 %
F1                          93.59 %   44.67 %
Specificity                 30.44 %   98.95 %
False positive rate         69.56 %    1.05 %
Negative predictive value   83.87 %   88.79 %
False omission rate         16.13 %   11.21 %
ROC AUC                       0.900         –
Average precision             0.800     0.500

Accuracy 88.52 %   balanced accuracy 64.70 %   macro F1 69.13 %   MCC 0.462
Loss 0.30000 unweighted, 0.25000 weighted";
        // The backslash above takes the first line's indent away.
        assert_eq!(text.trim_start(), expected);
    }

    #[test]
    fn figures_come_with_their_intervals_where_there_is_room() {
        let (classes, evaluation) = ring(2);
        let sureness = Sureness::of_matrix(&evaluation.confusion, 0);
        let within = |width| report_within(Some(width), &classes, (&evaluation, Some(&sureness)), false);
        // SciPy: binomtest(2, 3).proportion_ci(0.95, "wilson").
        let text = within(120);
        assert!(text.contains("66.67 % (20.77 to 93.85)"), "{text}");
        assert!(text.contains("Balanced accuracy   66.67 % ("), "{text}");
        assert!(text.ends_with("95 % intervals in brackets"), "{text}");
        let narrow = within(60);
        assert!(!narrow.contains("66.67 % (20.77 to 93.85)"), "{narrow}");
        assert!(narrow.contains("Balanced accuracy   66.67 % ("), "{narrow}");
    }

    /// `n` classes of three images each, the last of which was predicted the next class.
    fn ring(n: usize) -> (Vec<String>, Evaluation) {
        let row = |class: usize| {
            let mut row = vec![0; n];
            row[class] += 2;
            row[(class + 1) % n] += 1;
            row
        };
        let evaluation = Evaluation {
            when: When::Epoch(1),
            part: Part::Val,
            confusion: Confusion::try_from((0..n).map(row).collect::<Vec<Vec<u64>>>()).unwrap(),
            loss: 1.0,
            weighted_loss: 1.0,
            roc_auc: vec![Some(0.5); n],
            average_precision: vec![None; n],
            elapsed_secs: 1.0,
        };
        (
            (0..n).map(|i| format!("class_number_{i:03}")).collect(),
            evaluation,
        )
    }

    #[test]
    fn many_classes_are_rows_within_the_terminal() {
        let (classes, evaluation) = ring(300);
        let text = report_within(Some(100), &classes, (&evaluation, None), false);
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(
            text.starts_with("The largest confusions; 300 of 900 images are wrong"),
            "{text}"
        );
        assert!(
            text.contains("and 280 images in 280 other pairs of classes"),
            "{text}"
        );
        let rows = text
            .lines()
            .filter(|line| line.starts_with("class_number_123"))
            .count();
        assert_eq!(rows, 1);
        assert!(report_within(Some(100), &classes, (&evaluation, None), true).contains("true \\ predicted"));
        let (classes, evaluation) = ring(10);
        let text = report_within(Some(130), &classes, (&evaluation, None), false);
        assert!(text.contains("…er_009"), "{text}");
        for width in [100, 130] {
            let text = report_within(Some(width), &classes, (&evaluation, None), false);
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        }
    }

    #[test]
    fn a_mean_says_which_classes_it_is_without() {
        let of = |rows: Vec<Vec<u64>>| of_how_many(&Confusion::try_from(rows).unwrap());
        assert_eq!(of(vec![vec![3, 1], vec![0, 2]]), "");
        assert_eq!(
            of(vec![vec![3, 1], vec![0, 0]]),
            " (over 1 of 2 classes; the other has no image here)"
        );
    }
}
