//! Decisions as a CSV file: read for an import or a training, written as an export.

use std::collections::BTreeMap;
use std::path::Path;

use crate::disk::dataset::csv_table::{Lines, read_table};
use crate::disk::dataset::groups_table::{Table, form};
use crate::disk::files::whole_file::write_whole;
use crate::error::{Error, Result};
use crate::experiment::{Dataset, ImageLabel, LABELS_HEADER, LabelChange, LabelRow, changes_of, rows_of};

/// What a table says of the images of a folder.
#[derive(Debug, Default)]
pub struct Listed {
    /// By image index, in the order of the rows.
    pub changes: Vec<(usize, LabelChange)>,
    /// Rows of files that are not in the folder, and the first of them.
    pub n_absent: usize,
    pub first_absent: String,
}

/// Reads a table with the columns `path`, `label`, `action` and `note`; the last may be missing.
///
/// # Errors
/// It cannot be read, or a row makes no sense; the line is named.
pub fn read(file: &Path, dataset: &Dataset) -> Result<Listed> {
    let Lines { header, rows } = read_table(file)?;
    let column = |name: &str| header.iter().position(|field| field.eq_ignore_ascii_case(name));
    let needed = |name: &str| {
        let message =
            format!("has no column {name:?}; its first line must name the columns path, label and action");
        column(name).ok_or_else(|| Error::file(file, message))
    };
    let (path, label, action) = (needed("path")?, needed("label")?, needed("action")?);
    let note = column("note");
    let mut roots = Table::of(&dataset.root);
    let exact: BTreeMap<&str, usize> = (dataset.images.iter().enumerate())
        .map(|(i, image)| (image.path.as_str(), i))
        .collect();
    let by_form: BTreeMap<String, usize> = (dataset.images.iter().enumerate())
        .map(|(i, image)| (form(&image.path), i))
        .collect();
    let mut listed = Listed::default();
    for (line, fields) in rows {
        let field = |column: usize| fields.get(column).cloned().unwrap_or_default();
        let row = LabelRow {
            path: field(path),
            label: field(label),
            action: field(action),
            note: note.map(field).unwrap_or_default(),
        };
        let changes = changes_of(&row).map_err(|e| Error::file(file, format!("line {line} {e}")))?;
        let relative = roots.relative(&row.path);
        let found = exact
            .get(relative.as_str())
            .or_else(|| by_form.get(&form(&relative)));
        match found {
            Some(&i) => listed
                .changes
                .extend(changes.into_iter().map(|change| (i, change))),
            None => {
                listed.n_absent += 1;
                if listed.first_absent.is_empty() {
                    listed.first_absent = row.path;
                }
            }
        }
    }
    Ok(listed)
}

/// Writes what was decided about these images (by index) of a folder, in the folder's order. A file that is there and is
/// no such table stays.
///
/// # Errors
/// There is another file; it cannot be written.
pub fn export(file: &Path, dataset: &Dataset, images: &BTreeMap<usize, ImageLabel>) -> Result<usize> {
    is_ours_or_free(file)?;
    let failed = |e: String| Error::file(file, format!("cannot be written: {e}"));
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(LABELS_HEADER)
        .map_err(|e| failed(e.to_string()))?;
    let mut n_rows = 0;
    for (&i, image) in images {
        let entry = &dataset.images[i];
        for row in rows_of(&entry.path, &dataset.classes[entry.class_idx], image) {
            let fields = [&row.path, &row.label, &row.action, &row.note];
            csv.write_record(fields).map_err(|e| failed(e.to_string()))?;
            n_rows += 1;
        }
    }
    let bytes = csv.into_inner().map_err(|e| failed(e.to_string()))?;
    write_whole(file, &bytes)?;
    Ok(n_rows)
}

fn is_ours_or_free(file: &Path) -> Result<()> {
    if std::fs::symlink_metadata(file).is_err() {
        return Ok(());
    }
    let header = read_table(file).map(|table| table.header).unwrap_or_default();
    match header == LABELS_HEADER {
        true => Ok(()),
        false => Err(Error::file(
            file,
            "is there already and is no table of label decisions, so it is not replaced; choose another name",
        )),
    }
}
