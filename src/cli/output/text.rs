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

/// Texts of the columns that may be cut are shortened to this, so that they can still be told apart.
const LEAST: usize = 12;
const GAP: usize = 3;

/// The same table in a terminal of that many columns: the texts of the columns that may be `cut` are shortened until it fits,
/// the widest first, but never so far that they could not be told apart at all.
pub fn table_within(
    width: Option<usize>,
    mut rows: Vec<Vec<String>>,
    cut: &[usize],
    shared: Shared,
) -> String {
    let Some(width) = width else { return table(rows) };
    let mut widths = widths(&rows);
    let cut: Vec<usize> = cut
        .iter()
        .copied()
        .filter(|&column| column < widths.len())
        .collect();
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

/// What a table does where it is wider than the terminal, its columns named by their headers.
pub struct Narrow<'a> {
    /// May be shortened.
    pub cut: &'a [&'a str],
    /// Are left out, one after the other.
    pub expendable: &'a [&'a str],
    /// What a row is asked for by, where it is. It is shortened where nothing else helps: a line that the terminal breaks is
    /// read by nobody.
    pub last: &'a str,
}

/// The same where columns can be done without. What was left out or shortened is said below.
pub fn table_without(
    width: Option<usize>,
    mut rows: Vec<Vec<String>>,
    Narrow {
        cut,
        expendable,
        last,
    }: &Narrow,
    shared: Shared,
) -> String {
    let place = |rows: &[Vec<String>], name: &str| rows.first()?.iter().position(|header| header == name);
    let places =
        |rows: &[Vec<String>]| -> Vec<usize> { cut.iter().filter_map(|name| place(rows, name)).collect() };
    // By how much, once what may be cut is.
    let too_wide = |rows: &[Vec<String>]| {
        let mut widths = widths(rows);
        for column in places(rows) {
            widths[column] = widths[column].min(LEAST);
        }
        width.map_or(0, |width| whole(&widths).saturating_sub(width))
    };
    let mut left_out = Vec::new();
    for name in *expendable {
        if too_wide(&rows) == 0 {
            break;
        }
        let Some(column) = place(&rows, name) else {
            continue;
        };
        for row in rows.iter_mut().filter(|row| column < row.len()) {
            row.remove(column);
        }
        left_out.push(*name);
    }
    let shortened = match (too_wide(&rows), place(&rows, last)) {
        (by @ 1.., Some(column)) => shorten_last(&mut rows, column, by),
        _ => false,
    };
    let cut = places(&rows);
    let table = table_within(width, rows, &cut, shared);
    let mut said = Vec::new();
    if !left_out.is_empty() {
        said.push(format!("without {}", left_out.join(", ")));
    }
    if shortened {
        said.push(format!("each {last} shortened"));
    }
    match said.is_empty() {
        true => table,
        false => format!(
            "{table}\nIn so narrow a terminal {}; --json has all",
            said.join(", ")
        ),
    }
}

/// By so much. Whether that is possible at all.
fn shorten_last(rows: &mut [Vec<String>], column: usize, by: usize) -> bool {
    let most = widths(rows)[column].saturating_sub(by).max(LEAST);
    let cells = rows.iter_mut().filter_map(|row| row.get_mut(column));
    let mut any = false;
    for cell in cells {
        let short = shortened(cell, most);
        any |= short != *cell;
        *cell = short;
    }
    any
}

/// What each column takes.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let n_columns = rows.first().map_or(0, Vec::len);
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| measure(cell)).max().unwrap_or(0)
    };
    (0..n_columns).map(widest).collect()
}

fn whole(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
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
    let short = short_name::shortened(&visible(name), shared, |text| {
        console::measure_text_width(text) <= most
    });
    // Of what was shortened before.
    short.replace("……", "…")
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

    #[test]
    fn a_narrow_terminal_does_without_some_columns_and_says_so() {
        let rows = || {
            let rows = [
                ["run", "weights", "lr", "state"],
                [
                    "2026-11-22-153012-resnet18-1x8",
                    "twelve letters and more",
                    "0.001",
                    "finished",
                ],
            ];
            rows.map(|row| row.map(String::from).to_vec()).to_vec()
        };
        let within = |width| {
            let narrow = Narrow {
                cut: &["weights"],
                expendable: &["lr", "weights"],
                last: "run",
            };
            table_without(width, rows(), &narrow, Shared::default())
        };
        assert_eq!(within(None), table(rows()));
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        // With the weights shortened all of it fits.
        let all = lines(&within(Some(65)));
        assert!(
            all.len() == 2 && all[1].contains("…d more") && measure(&all[1]) <= 65,
            "{all:?}"
        );
        let without = lines(&within(Some(60)));
        assert!(
            without[1].contains("more") && measure(&without[1]) <= 60,
            "{without:?}"
        );
        assert_eq!(without[2], "In so narrow a terminal without lr; --json has all");
        let least = lines(&within(Some(41)));
        assert_eq!(least[1], "2026-11-22-153012-resnet18-1x8   finished");
        assert_eq!(
            least[2],
            "In so narrow a terminal without lr, weights; --json has all"
        );
        // A line that is broken is read by nobody.
        let short = lines(&within(Some(35)));
        assert_eq!(short[1], "2026-11-22-1…esnet18-1x8   finished");
        assert_eq!(
            short[2],
            "In so narrow a terminal without lr, weights, each run shortened; --json has all"
        );
    }
}
