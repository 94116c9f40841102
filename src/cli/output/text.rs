//! Tables and figures as text.

use comfy_table::{CellAlignment, Table, presets};

use crate::metrics;
use crate::short_name::{self, Shared};
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

/// The same table in a terminal of that many columns: the texts of the columns that may be `cut` are shortened until it fits,
/// the widest first, but never so far that they could not be told apart at all.
pub fn table_within(
    width: Option<usize>,
    mut rows: Vec<Vec<String>>,
    cut: &[usize],
    shared: Shared,
) -> String {
    const LEAST: usize = 12;
    const GAP: usize = 3;
    let Some(width) = width else { return table(rows) };
    let n_columns = rows.first().map_or(0, Vec::len);
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| measure(cell)).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..n_columns).map(widest).collect();
    let cut: Vec<usize> = cut.iter().copied().filter(|&column| column < n_columns).collect();
    let whole = |widths: &[usize]| widths.iter().sum::<usize>() + GAP * n_columns.saturating_sub(1);
    while whole(&widths) > width {
        let widest = cut.iter().copied().max_by_key(|&column| widths[column]);
        match widest.filter(|&column| widths[column] > LEAST) {
            Some(column) => widths[column] -= 1,
            None => break,
        }
    }
    for row in &mut rows {
        for &column in &cut {
            if let Some(cell) = row.get_mut(column) {
                *cell = shortened_of(cell, shared, widths[column]);
            }
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
    shortened_of(name, Shared::default(), most)
}

/// The same of one of several names, without what all of them share.
pub fn shortened_of(name: &str, shared: Shared, most: usize) -> String {
    short_name::shortened(&visible(name), shared, |text| {
        console::measure_text_width(text) <= most
    })
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
        let names = ["class_000_left", "class_007_left"].map(String::from);
        assert_eq!(shortened_of(&names[1], Shared::of(&names), 9), "…007_left");
        assert_eq!(shortened_of(&names[1], Shared::of(&names), 5), "…007…");
    }

    #[test]
    fn a_table_is_made_to_fit_by_its_names() {
        let rows = || {
            vec![
                vec!["".into(), "images".into()],
                vec!["a name that is far too long".into(), "3".into()],
            ]
        };
        let within = |width| table_within(width, rows(), &[0], Shared::default());
        assert!(within(None).contains("a name that is far too long"));
        assert_eq!(
            within(Some(25)).lines().nth(1).unwrap(),
            "a name t…oo long        3"
        );
        // A name keeps some letters however narrow it gets.
        assert_eq!(within(Some(4)).lines().nth(1).unwrap(), "a name… long        3");
    }
}
