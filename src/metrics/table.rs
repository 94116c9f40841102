//! The matrix in words and text cells: the notebook's table, and a sentence about one cell.

use super::{Confusion, percent, ratio, thousands};

/// The notebook's table, heading and row names included: counts with true classes by rows, recall in the last column,
/// precision in the last row, accuracy in the corner. `[n_classes + 2, n_classes + 2]` cells.
pub fn notebook_table(classes: &[String], confusion: &Confusion) -> Vec<Vec<String>> {
    let share = |part, whole| percent(ratio(part, whole), 2);
    let right: Vec<u64> = confusion.diagonal().collect();

    let mut heading = vec![String::new()];
    heading.extend(classes.iter().map(|class| format!("{class}_predicted")));
    heading.push("Percentage".into());

    let mut table = vec![heading];
    for (true_idx, (class, counts)) in classes.iter().zip(confusion.rows()).enumerate() {
        let mut row = vec![class.clone()];
        row.extend(counts.iter().copied().map(thousands));
        row.push(share(right[true_idx], confusion.row_total(true_idx)));
        table.push(row);
    }

    let mut last = vec!["Percentage".into()];
    last.extend((0..classes.len()).map(|i| share(right[i], confusion.col_total(i))));
    last.push(share(right.iter().sum(), confusion.total()));
    table.push(last);
    table
}

/// What one cell means, such as "2,079 REAL images were predicted FAKE, 69.6 % of all REAL".
pub fn sentence(classes: &[String], confusion: &Confusion, true_idx: usize, predicted_idx: usize) -> String {
    let (class, predicted) = (&classes[true_idx], &classes[predicted_idx]);
    let total = confusion.row_total(true_idx);
    if total == 0 {
        return format!("There is no {class} image here");
    }
    let n = confusion.get(true_idx, predicted_idx);
    let images = if n == 1 { "image was" } else { "images were" };
    let correctly = if true_idx == predicted_idx {
        "correctly "
    } else {
        ""
    };
    let share = percent(ratio(n, total), 1);
    format!(
        "{} {class} {images} {correctly}predicted {predicted}, {share} of all {class}",
        thousands(n)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(classes: &[&str]) -> Vec<String> {
        classes.iter().map(|c| c.to_string()).collect()
    }

    /// The last column and the last row of every matrix the notebook prints.
    #[test]
    fn the_notebook_s_percentages() {
        #[rustfmt::skip]
        let table = [
            ([[10386, 6253], [2150, 839]], ["62.42 %", "28.07 %", "57.19 %"], ["82.85 %", "11.83 %"]),
            ([[16464, 175], [2079, 910]], ["98.95 %", "30.44 %", "88.52 %"], ["88.79 %", "83.87 %"]),
            ([[14297, 2342], [991, 1998]], ["85.92 %", "66.85 %", "83.02 %"], ["93.52 %", "46.04 %"]),
            ([[12105, 4534], [571, 2418]], ["72.75 %", "80.90 %", "73.99 %"], ["95.50 %", "34.78 %"]),
            ([[12394, 4245], [604, 2385]], ["74.49 %", "79.79 %", "75.30 %"], ["95.35 %", "35.97 %"]),
        ];
        for (rows, last_column, last_row) in table {
            let cells = notebook_table(&names(&["FAKE", "REAL"]), &Confusion::from_rows(rows));
            let column: Vec<&str> = cells[1..].iter().map(|row| row[3].as_str()).collect();
            assert_eq!(column, last_column);
            assert_eq!(cells[3][1..3], last_row);
        }
    }

    #[test]
    fn a_table_as_a_whole() {
        let cells = notebook_table(
            &names(&["FAKE", "REAL"]),
            &Confusion::from_rows([[16464, 175], [2079, 910]]),
        );
        let expected = [
            ["", "FAKE_predicted", "REAL_predicted", "Percentage"],
            ["FAKE", "16,464", "175", "98.95 %"],
            ["REAL", "2,079", "910", "30.44 %"],
            ["Percentage", "88.79 %", "83.87 %", "88.52 %"],
        ];
        assert_eq!(cells, expected);
    }

    #[test]
    fn what_is_undefined_is_a_dash() {
        let cells = notebook_table(
            &names(&["A", "B", "C"]),
            &Confusion::from_rows([[3, 0, 1], [0, 0, 0], [4, 0, 0]]),
        );
        assert_eq!(cells[2], ["B", "0", "0", "0", "–"]);
        assert_eq!(cells[4], ["Percentage", "42.86 %", "–", "0.00 %", "37.50 %"]);
    }

    #[test]
    fn cells_in_words() {
        let classes = names(&["FAKE", "REAL"]);
        let confusion = Confusion::from_rows([[16464, 175], [2079, 910]]);
        let table = [
            (
                (1, 0),
                "2,079 REAL images were predicted FAKE, 69.6 % of all REAL",
            ),
            (
                (1, 1),
                "910 REAL images were correctly predicted REAL, 30.4 % of all REAL",
            ),
            ((0, 1), "175 FAKE images were predicted REAL, 1.1 % of all FAKE"),
        ];
        for ((true_idx, predicted_idx), expected) in table {
            assert_eq!(sentence(&classes, &confusion, true_idx, predicted_idx), expected);
        }
        let confusion = Confusion::from_rows([[3, 1], [0, 0]]);
        assert_eq!(
            sentence(&classes, &confusion, 0, 1),
            "1 FAKE image was predicted REAL, 25.0 % of all FAKE"
        );
        assert_eq!(
            sentence(&classes, &confusion, 1, 1),
            "There is no REAL image here"
        );
    }
}
