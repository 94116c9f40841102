//! Tables and figures as text.

use comfy_table::{CellAlignment, Table, presets};

use crate::experiment::Evaluation;
use crate::metrics::{self, notebook_table, overall, per_class};
use crate::visible::visible;

/// A share as percent: `98.95 %`, undefined as `–`.
pub fn percent(share: Option<f64>) -> String {
    metrics::percent(share, 2)
}

/// A coefficient: `0.412`, undefined as `–`.
pub fn number(value: Option<f64>) -> String {
    value.map_or("–".into(), |v| format!("{v:.3}"))
}

/// Rows of cells, the first row as header, all but the first column to the right.
pub fn table(rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let n_columns = rows.first().map_or(0, Vec::len);
    let cell = |cell: String| visible(&cell).into_owned();
    table.add_rows((rows.into_iter()).map(|row| row.into_iter().map(cell).collect::<Vec<_>>()));
    for (i, column) in table.column_iter_mut().enumerate() {
        let last = i + 1 == n_columns;
        column.set_padding((0, if last { 0 } else { 3 }));
        column.set_cell_alignment(if i == 0 {
            CellAlignment::Left
        } else {
            CellAlignment::Right
        });
    }
    let text = table.to_string();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The notebook's table with its percentages, then every figure under its right name.
pub fn report(classes: &[String], evaluation: &Evaluation) -> String {
    let confusion = &evaluation.confusion;
    let all = overall(confusion);
    let mut header = vec![String::new()];
    header.extend(classes.iter().cloned());
    let of_class = per_class(confusion);
    let mut rows = vec![header];
    let mut row = |name: &str, cells: Vec<String>| {
        rows.push(std::iter::once(name.to_owned()).chain(cells).collect());
    };
    row("Recall", of_class.iter().map(|m| percent(m.recall)).collect());
    row(
        "Precision",
        of_class.iter().map(|m| percent(m.precision)).collect(),
    );
    row("F1", of_class.iter().map(|m| percent(m.f1)).collect());
    row(
        "Specificity",
        of_class.iter().map(|m| percent(m.specificity)).collect(),
    );
    row(
        "False alarm rate",
        of_class.iter().map(|m| percent(m.false_alarm_rate)).collect(),
    );
    row(
        "Negative predictive value",
        of_class.iter().map(|m| percent(m.npv)).collect(),
    );
    row(
        "False omission rate",
        of_class.iter().map(|m| percent(m.false_omission_rate)).collect(),
    );
    row("ROC AUC", evaluation.roc_auc.iter().map(|v| number(*v)).collect());
    row(
        "Average precision",
        evaluation.average_precision.iter().map(|v| number(*v)).collect(),
    );
    format!(
        "{}\n\n{}\n\nAccuracy {}   balanced accuracy {}   macro F1 {}   MCC {}\nLoss {:.5} unweighted, {:.5} weighted",
        table(notebook_table(classes, confusion)),
        table(rows),
        percent(all.accuracy),
        percent(all.balanced_accuracy),
        percent(all.macro_f1),
        number(all.mcc),
        evaluation.loss,
        evaluation.weighted_loss,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Part, When};
    use crate::metrics::Confusion;

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
        let text = report(&["FAKE".into(), "REAL".into()], &evaluation);
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
False alarm rate            69.56 %    1.05 %
Negative predictive value   83.87 %   88.79 %
False omission rate         16.13 %   11.21 %
ROC AUC                       0.900         –
Average precision             0.800     0.500

Accuracy 88.52 %   balanced accuracy 64.70 %   macro F1 69.13 %   MCC 0.462
Loss 0.30000 unweighted, 0.25000 weighted";
        // The backslash above takes the first line's indent away.
        assert_eq!(text.trim_start(), expected);
    }
}
