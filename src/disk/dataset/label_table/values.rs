//! What a table says of images beside their labels: its other columns, for each image that is asked about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::csv_table::{Lines, read_table};
use super::super::groups_table::Table;
use super::columns::columns;
use super::no_columns;
use crate::error::Result;

/// A column's name, and what it says of each image, where it says something.
pub type Column = (String, Vec<Option<String>>);

/// Every column but the path, the label and the part. The images' paths start in `root`.
///
/// # Errors
/// The table cannot be read, or is none of labels any more.
pub fn column_values(file: &Path, root: &Path, images: &[PathBuf]) -> Result<Vec<Column>> {
    let Lines { header, rows } = read_table(file)?;
    let known = columns(&header).ok_or_else(|| no_columns(file, &header))?;
    let mut paths = Table::of(root);
    let mut row_of: BTreeMap<String, usize> = BTreeMap::new();
    for (i, (_, fields)) in rows.iter().enumerate() {
        let path = fields.get(known.path).map_or("", String::as_str);
        row_of.entry(paths.relative(path)).or_insert(i);
    }
    let rows_of_images: Vec<Option<usize>> = images
        .iter()
        .map(|image| row_of.get(image.to_str()?).copied())
        .collect();
    let others = header.iter().enumerate().filter(|(column, name)| {
        let is_known = [Some(known.path), Some(known.label), known.split].contains(&Some(*column));
        !is_known && !name.is_empty()
    });
    let values = |column: usize| {
        let value = |row: &Option<usize>| {
            let (_, fields) = rows.get((*row)?)?;
            fields.get(column).filter(|value| !value.is_empty()).cloned()
        };
        rows_of_images.iter().map(value).collect()
    };
    Ok(others
        .map(|(column, name)| (name.clone(), values(column)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_columns_are_found_by_image() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("labels.csv");
        let text = "camera,path,label,split,age\nA,./a/1.png,x,train,30\n,b/2.png,y,val,41\n";
        std::fs::write(&file, text).unwrap();
        let images = ["b/2.png", "a/1.png", "none.png"].map(PathBuf::from);
        let columns = column_values(&file, home.path(), &images).unwrap();
        let words = |words: [Option<&str>; 3]| words.map(|word| word.map(str::to_owned)).to_vec();
        assert_eq!(
            columns,
            [
                ("camera".to_owned(), words([None, Some("A"), None])),
                ("age".to_owned(), words([Some("41"), Some("30"), None])),
            ]
        );
    }
}
