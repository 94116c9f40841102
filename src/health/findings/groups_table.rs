//! Groups as the table that a split by groups reads.

use std::borrow::Cow;

use crate::experiment::Dataset;

/// CSV with the columns `path` and `group`, a row for each image.
pub fn groups_table(dataset: &Dataset, groups: &[String]) -> String {
    let mut table = String::from("path,group\n");
    for (image, group) in dataset.images.iter().zip(groups) {
        table.push_str(&format!("{},{}\n", field(&image.path), field(group)));
    }
    table
}

/// As RFC 4180 quotes.
fn field(text: &str) -> Cow<'_, str> {
    match text.contains([',', '"', '\n', '\r', ';']) || text.trim() != text {
        true => Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ImageEntry;

    #[test]
    fn names_with_commas_and_quotes_are_read_back() {
        let paths = ["a/1.png", "a/one, \"two\".png", "b/x;y.png"];
        let image = |path: &str| ImageEntry {
            path: path.into(),
            class_idx: 0,
            folder: None,
        };
        let dataset = Dataset {
            images: paths.map(image).to_vec(),
            ..Dataset::default()
        };
        let groups = paths.map(String::from);
        let table = groups_table(&dataset, &groups);
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let rows: Vec<(String, String)> = reader.deserialize().map(Result::unwrap).collect();
        assert_eq!(rows, paths.map(|path| (path.to_owned(), path.to_owned())));
    }
}
