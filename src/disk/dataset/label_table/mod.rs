//! A table that says which images there are and of which class, in place of folders: what `walk` finds in a folder, read off
//! its rows.

mod canonical;
mod columns;
mod natural;
mod rows;
mod values;

use std::collections::BTreeMap;
use std::path::Path;

pub use columns::{names_groups, path_column};
pub use values::column_values;

use self::columns::{Columns, columns, doubled, passed_over};
use self::natural::natural_order;
use self::rows::{Row, Rows};
use super::csv_table::{Lines, read_table};
use super::walk::{Found, Walk};
use crate::error::{Error, Result};
use crate::experiment::{Issue, IssueKind};
use crate::metrics::{named, thousands};
use crate::protocol::advice::NO_LABEL_COLUMN;

/// What a table can divide the images by, beside their class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Divides {
    /// It says of some images which part they are in. Where it leaves one out, that is better said than passed over: images to
    /// test on would be trained on.
    pub has_parts: bool,
    pub has_groups: bool,
}

/// Its files, in the order in which those of a folder come, and classes in natural order; nothing of the files is looked at.
///
/// # Errors
/// It cannot be read; it names no labels, or none of any image; two rows of one image contradict each other.
pub fn listed(file: &Path, root: &Path) -> Result<(Walk, Divides)> {
    let Lines { header, rows } = read_table(file)?;
    let columns = columns(&header).ok_or_else(|| no_columns(file, &header))?;
    if let Some(name) = doubled(&header) {
        let message = format!("has two columns {name:?}; remove one, or give it another name");
        return Err(Error::file(file, message));
    }
    let mut read = Rows::of(root, &header, &columns);
    for (line, fields) in rows {
        read.add(line, &fields)
            .map_err(|message| Error::file(file, message))?;
    }
    let read = read.checked().map_err(|message| Error::file(file, message))?;
    let classes = classes(&read.images);
    if classes.is_empty() {
        return Err(Error::file(file, "gives no image a label; fill its column in"));
    }
    let name = file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let issues = issues(&name, &header, &columns, &read);
    let divides = Divides {
        has_parts: read.images.iter().any(|row| row.part.is_some()),
        has_groups: columns.group.is_some(),
    };
    let place: BTreeMap<&str, usize> = classes.iter().map(String::as_str).zip(0..).collect();
    let mut files: Vec<Found> = (read.images.iter())
        .map(|row| Found {
            path: row.path.clone(),
            class_idx: place[row.label.as_str()],
            folder: row.part,
        })
        .collect();
    files.sort_by(|a, b| {
        let folder_and_name = |found: &Found| {
            found
                .path
                .rsplit_once('/')
                .map(|(f, n)| (f.to_owned(), n.to_owned()))
        };
        a.class_idx
            .cmp(&b.class_idx)
            .then_with(|| folder_and_name(a).cmp(&folder_and_name(b)))
            .then_with(|| a.path.cmp(&b.path))
    });
    let walk = Walk {
        class_paths: classes.clone(),
        classes,
        files,
        issues,
    };
    Ok((walk, divides))
}

/// What a table can divide its images by, without a look at them.
///
/// # Errors
/// As for its images.
pub fn divides(file: &Path, root: &Path) -> Result<Divides> {
    listed(file, root).map(|(_, divides)| divides)
}

/// Whether a table says which images belong together, and not what they show.
pub fn is_groups_table(file: &Path) -> bool {
    read_table(file).is_ok_and(|table| columns(&table.header).is_none() && names_groups(&table.header))
}

fn no_columns(file: &Path, header: &[String]) -> Error {
    // It may have a path and a label, of which nothing is wrong.
    if let Some((what, column)) = columns::of_another_kind(header) {
        let message = format!("{NO_LABEL_COLUMN}: by its column {column} it is a table of {what}");
        return Error::file(file, message);
    }
    let missing = match path_column(header) {
        Some(_) => "no label",
        None => "no path",
    };
    let found = match header.iter().all(String::is_empty) {
        true => "it is empty".to_owned(),
        false => format!("it has {}", named(header, 10)),
    };
    Error::file(
        file,
        format!(
            "{NO_LABEL_COLUMN}: its first line must name the columns path (or file_name, image_path) and label ({missing}: \
             {found})"
        ),
    )
}

fn classes(images: &[Row]) -> Vec<String> {
    let mut classes: Vec<String> = images.iter().map(|row| row.label.clone()).collect();
    classes.sort_unstable();
    classes.dedup();
    classes.sort_by(|a, b| natural_order(a, b));
    classes
}

/// What of the table was not taken as it stands.
fn issues(name: &str, header: &[String], columns: &Columns, read: &Rows) -> Vec<Issue> {
    let mut issues: Vec<Issue> = (read.unlabelled.iter())
        .map(|path| Issue {
            path: path.clone(),
            kind: IssueKind::Unlabelled,
            message: "the table gives it no label, so it is left out; fill it in, or remove the row".into(),
        })
        .collect();
    let of_table = |message: String| Issue {
        path: name.to_owned(),
        kind: IssueKind::Layout,
        message,
    };
    if !read.other_parts.is_empty() {
        let n: usize = read.other_parts.values().sum();
        let values: Vec<String> = read
            .other_parts
            .keys()
            .map(|value| format!("{value:?}"))
            .collect();
        let column = columns.split.map_or("split", |column| &header[column]);
        issues.push(of_table(format!(
            "its column {column} says {} of {} {}, which is none of train, val and test; they are in no part",
            named(&values, 5),
            thousands(n as u64),
            if n == 1 { "image" } else { "images" },
        )));
    }
    if read.n_without_part > 0 {
        let n = read.n_without_part;
        let column = columns.split.map_or("split", |column| &header[column]);
        issues.push(of_table(format!(
            "its column {column} says nothing of {} {}, which {} in no part, and so neither trained on nor judged where the \
             images are split by it",
            thousands(n as u64),
            if n == 1 { "image" } else { "images" },
            if n == 1 { "is" } else { "are" },
        )));
    }
    issues.extend(passed_over(header).into_iter().map(of_table));
    if read.n_repeated > 0 {
        let n = read.n_repeated;
        issues.push(of_table(format!(
            "{} {} an image that an earlier row names, with the same label; each image counts once",
            thousands(n as u64),
            if n == 1 { "row names" } else { "rows name" },
        )));
    }
    issues
}

#[cfg(test)]
mod tests;
