//! Tables and figures as text.

use comfy_table::{CellAlignment, Table, presets};

use crate::metrics;
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

/// How many columns the terminal has; `None` where standard output is not a terminal and lines may be of any length.
pub fn width() -> Option<usize> {
    let (_, columns) = console::Term::stdout().size_checked()?;
    Some(usize::from(columns))
}

/// The same table in a terminal of that many columns: first-column names are shortened until it fits, but never so
/// far that they could not be told apart at all.
pub fn table_within(width: Option<usize>, mut rows: Vec<Vec<String>>) -> String {
    const LEAST: usize = 12;
    const GAP: usize = 3;
    if let Some(width) = width {
        let n_columns = rows.first().map_or(0, Vec::len);
        let widest = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| measure(cell)).max().unwrap_or(0)
        };
        let others: usize = (1..n_columns).map(|column| widest(column) + GAP).sum();
        let most = width.saturating_sub(others).max(LEAST);
        for name in rows.iter_mut().filter_map(|row| row.first_mut()) {
            *name = shortened(name, most);
        }
    }
    table(rows)
}

/// Columns that a text takes.
pub fn measure(text: &str) -> usize {
    console::measure_text_width(&visible(text))
}

/// A name in at most that many columns, without its middle: names of one folder often differ at their ends.
pub fn shortened(name: &str, most: usize) -> String {
    let name = visible(name);
    if console::measure_text_width(&name) <= most {
        return name.into_owned();
    }
    let letters: Vec<char> = name.chars().collect();
    let taken = |n: usize| -> String {
        let (head, tail) = (n.div_ceil(2), n / 2);
        let ends = letters[..head].iter().chain(['…'].iter());
        ends.chain(&letters[letters.len() - tail..]).collect()
    };
    // Some letters are two columns wide.
    let fits = |&n: &usize| console::measure_text_width(&taken(n)) <= most;
    let n = (0..letters.len().min(most)).rev().find(fits).unwrap_or(0);
    taken(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shortened_in_the_middle() {
        assert_eq!(shortened("skirt", 5), "skirt");
        assert_eq!(shortened("class_000_left", 7), "cla…eft");
        assert_eq!(shortened("class_000_left", 8), "clas…eft");
        assert_eq!(shortened("衬衫衬衫衬衫", 7), "衬衫…衫");
        assert_eq!(shortened("", 3), "");
    }

    #[test]
    fn a_table_is_made_to_fit_by_its_names() {
        let rows = || {
            vec![
                vec!["".into(), "images".into()],
                vec!["a name that is far too long".into(), "3".into()],
            ]
        };
        let within = |width| table_within(width, rows());
        assert!(within(None).contains("a name that is far too long"));
        assert_eq!(
            within(Some(25)).lines().nth(1).unwrap(),
            "a name t…oo long        3"
        );
        // A name keeps some letters however narrow it gets.
        assert_eq!(within(Some(4)).lines().nth(1).unwrap(), "a name… long        3");
    }
}
