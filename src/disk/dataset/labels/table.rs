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
    /// Images that belong together, where it is a table of groups.
    pub groups: Vec<Vec<usize>>,
    /// Rows of files that are not in the folder, and the first of them.
    pub n_absent: usize,
    pub first_absent: String,
}

/// Whether a table says what was decided about images, as an export writes it.
pub fn is_decisions_table(file: &Path) -> bool {
    let has = |header: &[String], name: &str| header.iter().any(|field| field.eq_ignore_ascii_case(name));
    read_table(file).is_ok_and(|table| {
        ["path", "label", "action"]
            .iter()
            .all(|name| has(&table.header, name))
    })
}

/// Reads a table with the columns `path`, `label`, `action` and `note`, of which the last may be missing; or one of groups,
/// with the columns `path` and `group`.
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
    let path = needed("path")?;
    let group = column("group").filter(|_| column("action").is_none());
    let decided = match group {
        Some(_) => None,
        None => Some((needed("label")?, needed("action")?)),
    };
    let note = column("note");
    let mut images = Images::of(dataset);
    let mut listed = Listed::default();
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (line, fields) in rows {
        let field = |column: usize| fields.get(column).cloned().unwrap_or_default();
        let changes = match decided {
            None => Vec::new(),
            Some((label, action)) => {
                let row = LabelRow {
                    path: field(path),
                    label: field(label),
                    action: field(action),
                    note: note.map(field).unwrap_or_default(),
                };
                changes_of(&row).map_err(|e| Error::file(file, format!("line {line} {e}")))?
            }
        };
        let Some(i) = images.index(&field(path)) else {
            listed.n_absent += 1;
            if listed.first_absent.is_empty() {
                listed.first_absent = field(path);
            }
            continue;
        };
        let group = group.map(field).filter(|group| !group.is_empty());
        group
            .into_iter()
            .for_each(|group| groups.entry(group).or_default().push(i));
        listed
            .changes
            .extend(changes.into_iter().map(|change| (i, change)));
    }
    // An image that is a group by itself belongs to no other.
    listed.groups = groups.into_values().filter(|images| images.len() > 1).collect();
    Ok(listed)
}

/// A folder's images, as a table names them.
struct Images<'a> {
    roots: Table,
    exact: BTreeMap<&'a str, usize>,
    by_form: BTreeMap<String, usize>,
}

impl<'a> Images<'a> {
    fn of(dataset: &'a Dataset) -> Self {
        let paths = || {
            let images = dataset.images.iter().enumerate();
            images.map(|(i, image)| (image.path.as_str(), i))
        };
        Images {
            roots: Table::of(&dataset.root),
            exact: paths().collect(),
            by_form: paths().map(|(path, i)| (form(path), i)).collect(),
        }
    }

    fn index(&mut self, path: &str) -> Option<usize> {
        let relative = self.roots.relative(path);
        let exact = self.exact.get(relative.as_str());
        exact.or_else(|| self.by_form.get(&form(&relative))).copied()
    }
}

/// Writes what was decided about these images (by index) of a folder, in the folder's order. A file that is there stays, unless
/// it is such a table and somebody was asked.
///
/// # Errors
/// There is a file already; it cannot be written.
pub fn export(
    file: &Path,
    dataset: &Dataset,
    images: &BTreeMap<usize, ImageLabel>,
    may_replace: bool,
) -> Result<usize> {
    is_free(file, may_replace)?;
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

fn is_free(file: &Path, may_replace: bool) -> Result<()> {
    if std::fs::symlink_metadata(file).is_err() {
        return Ok(());
    }
    if !may_replace {
        return Err(Error::file(
            file,
            "is there already, and is left as it is; name another file",
        ));
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
