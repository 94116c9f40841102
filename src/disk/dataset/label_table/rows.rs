//! The rows of a table of labels: one for each image, whatever way its path is written.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use super::super::groups_table::Table;
use super::super::walk::part_of;
use super::canonical::Canonical;
use super::columns::Columns;
use crate::experiment::Part;

/// Contradictions that are named; the others are counted.
const NAMED: usize = 3;

/// An image that has a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Relative to the folder of the images, where it lies below it.
    pub path: String,
    pub label: String,
    pub part: Option<Part>,
    line: u64,
}

pub struct Rows<'a> {
    columns: &'a Columns,
    header: &'a [String],
    root: &'a Path,
    paths: Table,
    canonical: Canonical,
    /// By where the file really is: place in `images`.
    places: BTreeMap<PathBuf, usize>,
    pub images: Vec<Row>,
    pub unlabelled: Vec<String>,
    /// Where those really are.
    places_of_unlabelled: Vec<PathBuf>,
    /// Images of which the split column says nothing, where it says something of others.
    pub n_without_part: usize,
    /// Words of the split column that name no part, with how many images have each.
    pub other_parts: BTreeMap<String, usize>,
    /// Rows that say once more what an earlier one says.
    pub n_repeated: usize,
    contradictions: Vec<String>,
}

impl<'a> Rows<'a> {
    pub fn of(root: &'a Path, header: &'a [String], columns: &'a Columns) -> Self {
        Rows {
            columns,
            header,
            root,
            paths: Table::of(root),
            canonical: Canonical::default(),
            places: BTreeMap::new(),
            images: Vec::new(),
            unlabelled: Vec::new(),
            places_of_unlabelled: Vec::new(),
            n_without_part: 0,
            other_parts: BTreeMap::new(),
            n_repeated: 0,
            contradictions: Vec::new(),
        }
    }

    /// # Errors
    /// The row names no image.
    pub fn add(&mut self, line: u64, fields: &[String]) -> Result<(), String> {
        let field = |column: usize| fields.get(column).map_or("", String::as_str);
        let path = self.relative(field(self.columns.path));
        if path.is_empty() {
            let column = &self.header[self.columns.path];
            return Err(format!(
                "line {line} names no image; fill its {column} in, or remove the row"
            ));
        }
        let place = self.canonical.of(&self.root.join(&path));
        let label = field(self.columns.label).to_owned();
        if label.is_empty() {
            self.unlabelled.push(path);
            self.places_of_unlabelled.push(place);
            return Ok(());
        }
        let word = self.columns.split.map_or("", field);
        let part = part_named(word);
        let row = Row {
            path,
            label,
            part,
            line,
        };
        match self.places.entry(place) {
            Entry::Occupied(place) => {
                let first = &self.images[*place.get()];
                match contradiction(first, &row) {
                    Some(message) => self.contradictions.push(message),
                    None => self.n_repeated += 1,
                }
            }
            Entry::Vacant(place) => {
                match (part, word) {
                    (Some(_), _) => {}
                    (None, "") => self.n_without_part += 1,
                    (None, word) => *self.other_parts.entry(word.to_owned()).or_default() += 1,
                }
                place.insert(self.images.len());
                self.images.push(row);
            }
        }
        Ok(())
    }

    /// # Errors
    /// Two rows of one image contradict each other.
    pub fn checked(mut self) -> Result<Self, String> {
        let places = &self.places;
        let mut is_new = self
            .places_of_unlabelled
            .iter()
            .map(|place| !places.contains_key(place));
        self.unlabelled.retain(|_| is_new.next().unwrap_or(true));
        if self.images.iter().all(|row| row.part.is_none()) {
            self.n_without_part = 0;
        }
        if self.contradictions.is_empty() {
            return Ok(self);
        }
        let more = match self.contradictions.len().saturating_sub(NAMED) {
            0 => String::new(),
            n => format!("; and {n} more such rows"),
        };
        let named = self
            .contradictions
            .iter()
            .take(NAMED)
            .cloned()
            .collect::<Vec<_>>();
        Err(format!("{}{more}; keep one row for each image", named.join("; ")))
    }

    fn relative(&mut self, text: &str) -> String {
        // On Windows a backslash parts folders; elsewhere a name may hold one.
        match text.contains('\\') && self.root.join(text).is_file() {
            true => text.to_owned(),
            false => self.paths.relative(text),
        }
    }
}

fn contradiction(first: &Row, later: &Row) -> Option<String> {
    let name = match first.path == later.path {
        true => first.path.clone(),
        false => format!("{} (which is the file of {})", later.path, first.path),
    };
    let lines = format!("lines {} and {} give {name}", first.line, later.line);
    if first.label != later.label {
        return Some(format!(
            "{lines} the labels {:?} and {:?}",
            first.label, later.label
        ));
    }
    let part = |row: &Row| row.part.map_or("none", Part::name);
    (first.part != later.part).then(|| format!("{lines} the parts {} and {}", part(first), part(later)))
}

/// As folders are named, and `dev`, as texts are divided.
fn part_named(word: &str) -> Option<Part> {
    match word.eq_ignore_ascii_case("dev") {
        true => Some(Part::Val),
        false => part_of(word),
    }
}
