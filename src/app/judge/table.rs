//! The images that are to be predicted, a row each, and what each run says of them. A row keeps its place; how the rows are
//! listed is another matter.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::protocol::{FoundImage, Prediction};
use crate::visible::visible;

#[derive(Debug, Default)]
pub struct ImageTable {
    /// What was opened: folders that were searched, and files.
    pub sources: Vec<PathBuf>,
    rows: Vec<FoundImage>,
    places: BTreeMap<PathBuf, usize>,
    n_faulty: usize,
    /// By run.
    answers: BTreeMap<usize, Answers>,
    /// What the rows' names begin below.
    base: PathBuf,
    /// Another one after each change: what follows from the table is found again by it.
    version: u64,
    /// The same of the rows alone.
    rows_version: u64,
}

/// What one run says of one image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer<'a> {
    /// It has said nothing yet.
    Waiting,
    /// One probability a class, in the class order of the run.
    Probabilities(&'a [f32]),
    Failed(&'a str),
}

/// What a run has said, in the order it came.
#[derive(Debug, Default)]
struct Answers {
    n_classes: usize,
    probabilities: Vec<f32>,
    /// The row of each answer; none where it is of a file that was replaced since.
    rows: Vec<Option<usize>>,
    /// Where each row's answer is, plus one.
    places: Vec<u32>,
    failures: BTreeMap<usize, String>,
    /// Rows that have an answer.
    n_known: usize,
    /// Raised when an answer is taken back.
    n_taken_back: u64,
    /// Why the run can say no more.
    problem: Option<String>,
}

impl ImageTable {
    /// Of these files and folders, before any image of them is known.
    pub(in crate::app) fn of(sources: Vec<PathBuf>, version: u64) -> Self {
        ImageTable {
            base: base_of(&sources),
            sources,
            version: version + 1,
            rows_version: version + 1,
            ..ImageTable::default()
        }
    }

    pub fn rows(&self) -> &[FoundImage] {
        &self.rows
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn version(&self) -> u64 {
        self.version
    }

    pub(in crate::app) fn rows_version(&self) -> u64 {
        self.rows_version
    }

    pub fn row_of(&self, path: &Path) -> Option<usize> {
        self.places.get(path).copied()
    }

    /// The row's path below what was opened, as it is shown.
    pub fn name(&self, row: usize) -> String {
        let Some(image) = self.rows.get(row) else {
            return String::new();
        };
        let below = image.path.strip_prefix(&self.base);
        let below = below.ok().filter(|path| !path.as_os_str().is_empty());
        let last = || Path::new(image.path.file_name().unwrap_or(image.path.as_os_str()));
        let name = below.unwrap_or_else(last);
        visible(&name.to_string_lossy()).into_owned()
    }

    /// Adds an image, or takes note that its file is another now. Gives its row.
    pub(in crate::app) fn add(&mut self, found: FoundImage) -> usize {
        if let Some(row) = self.row_of(&found.path) {
            if self.rows[row] != found {
                self.replace(row, found);
            }
            return row;
        }
        let row = self.rows.len();
        self.version += 1;
        self.rows_version = self.version;
        self.n_faulty += usize::from(found.fault.is_some());
        self.places.insert(found.path.clone(), row);
        self.rows.push(found);
        row
    }

    fn replace(&mut self, row: usize, found: FoundImage) {
        self.n_faulty += usize::from(found.fault.is_some());
        self.n_faulty -= usize::from(self.rows[row].fault.is_some());
        self.rows[row] = found;
        self.forget(row);
    }

    /// Takes back what was said of a row, so that it is asked again.
    pub(in crate::app) fn forget(&mut self, row: usize) {
        self.version += 1;
        for answers in self.answers.values_mut() {
            answers.take_back(row);
        }
    }

    /// One more that was opened beside the others.
    pub(in crate::app) fn add_source(&mut self, path: &Path) {
        if !self.sources.iter().any(|source| path.starts_with(source)) {
            self.sources.push(path.to_path_buf());
            self.base = base_of(&self.sources);
        }
    }

    pub fn answer(&self, run: usize, row: usize) -> Answer<'_> {
        let fault = self.rows.get(row).and_then(|image| image.fault.as_deref());
        if let Some(fault) = fault {
            return Answer::Failed(fault);
        }
        let Some(answers) = self.answers.get(&run) else {
            return Answer::Waiting;
        };
        match answers.place(row) {
            Some(place) => match answers.failures.get(&row) {
                Some(reason) => Answer::Failed(reason),
                None => Answer::Probabilities(answers.at(place)),
            },
            None => Answer::Waiting,
        }
    }

    /// Rows that the run has said something of, in the order it did, from the `from`th on.
    pub(in crate::app) fn answered(&self, run: usize, from: usize) -> impl Iterator<Item = (usize, &[f32])> {
        let answers = self.answers.get(&run);
        let rows = answers.map_or(&[][..], |answers| answers.rows.get(from..).unwrap_or_default());
        let known = rows.iter().enumerate().filter_map(|(i, row)| Some((i, (*row)?)));
        known.filter_map(move |(i, row)| {
            let answers = answers.filter(|answers| !answers.failures.contains_key(&row))?;
            Some((row, answers.at(from + i)))
        })
    }

    /// How many answers of a run have come, and how often one was taken back.
    pub(in crate::app) fn n_answers(&self, run: usize) -> (usize, u64) {
        let answers = self.answers.get(&run);
        answers.map_or((0, 0), |answers| (answers.rows.len(), answers.n_taken_back))
    }

    /// Images that the run has said something of, of those that it can be asked about.
    pub fn n_done(&self, run: usize) -> (usize, usize) {
        let n_known = self.answers.get(&run).map_or(0, |answers| answers.n_known);
        (n_known, self.rows.len() - self.n_faulty)
    }

    /// Why the run can say no more.
    pub fn problem(&self, run: usize) -> Option<&str> {
        self.answers.get(&run)?.problem.as_deref()
    }

    /// Whether the run is to be asked for more.
    pub(in crate::app) fn wants(&self, run: usize) -> bool {
        let (n_known, n) = self.n_done(run);
        n_known < n && self.problem(run).is_none()
    }

    /// The first images that the run has said nothing of.
    pub(in crate::app) fn missing(&self, run: usize, most: usize) -> Vec<PathBuf> {
        let answers = self.answers.get(&run);
        let is_missing = |row: usize| answers.is_none_or(|answers| answers.place(row).is_none());
        let rows = self.rows.iter().enumerate();
        let missing = rows.filter(|(row, image)| image.fault.is_none() && is_missing(*row));
        missing.take(most).map(|(_, image)| image.path.clone()).collect()
    }

    pub(in crate::app) fn take(&mut self, run: usize, prediction: Prediction) {
        let Some(row) = self.row_of(&prediction.path) else {
            return;
        };
        self.version += 1;
        let answers = self.answers.entry(run).or_default();
        match prediction.probabilities {
            Ok(probabilities) => answers.take(row, &probabilities),
            Err(reason) => answers.fail(row, reason),
        }
    }

    /// The run could not be asked.
    pub(in crate::app) fn fail(&mut self, run: usize, reason: &str) {
        self.version += 1;
        self.answers.entry(run).or_default().problem = Some(reason.to_owned());
    }

    /// Tries those again that could not be asked.
    pub(in crate::app) fn try_again(&mut self) {
        self.version += 1;
        for answers in self.answers.values_mut() {
            answers.problem = None;
        }
    }

    /// The run has said all it was asked for: what it said nothing of is not asked for again.
    pub(in crate::app) fn end(&mut self, run: usize, asked: &[PathBuf]) {
        let rows: Vec<usize> = asked.iter().filter_map(|path| self.row_of(path)).collect();
        let answers = self.answers.entry(run).or_default();
        for row in rows {
            if answers.place(row).is_none() {
                answers.fail(row, "no answer came".into());
                self.version += 1;
            }
        }
    }
}

impl Answers {
    fn place(&self, row: usize) -> Option<usize> {
        let place = *self.places.get(row)?;
        (place > 0).then(|| place as usize - 1)
    }

    fn at(&self, place: usize) -> &[f32] {
        let start = place * self.n_classes;
        self.probabilities
            .get(start..start + self.n_classes)
            .unwrap_or_default()
    }

    fn take(&mut self, row: usize, probabilities: &[f32]) {
        if self.n_classes == 0 {
            self.n_classes = probabilities.len();
            self.probabilities.resize(self.rows.len() * self.n_classes, 0.0);
        }
        self.come(row);
        self.probabilities.extend_from_slice(probabilities);
        self.probabilities.resize(self.rows.len() * self.n_classes, 0.0);
    }

    fn fail(&mut self, row: usize, reason: String) {
        self.come(row);
        self.failures.insert(row, reason);
        self.probabilities.resize(self.rows.len() * self.n_classes, 0.0);
    }

    fn come(&mut self, row: usize) {
        self.take_back(row);
        self.rows.push(Some(row));
        self.n_known += 1;
        if self.places.len() <= row {
            self.places.resize(row + 1, 0);
        }
        self.places[row] = self.rows.len() as u32;
    }

    fn take_back(&mut self, row: usize) {
        let Some(place) = self.place(row) else { return };
        self.rows[place] = None;
        self.places[row] = 0;
        self.failures.remove(&row);
        self.n_known -= 1;
        self.n_taken_back += 1;
    }
}

/// The folder that all of it lies in: what was opened, where that is one folder.
fn base_of(sources: &[PathBuf]) -> PathBuf {
    let [first, others @ ..] = sources else {
        return PathBuf::new();
    };
    if others.is_empty() {
        return first.clone();
    }
    let above = first.ancestors().skip(1);
    let mut common = above.filter(|dir| others.iter().all(|path| path.starts_with(dir)));
    common.next().map(Path::to_path_buf).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, n_bytes: u64) -> FoundImage {
        FoundImage {
            path: path.into(),
            fault: None,
            stamp: [n_bytes, 0],
        }
    }

    fn said(path: &str, probabilities: Result<Vec<f32>, &str>) -> Prediction {
        Prediction {
            path: path.into(),
            probabilities: probabilities.map_err(str::to_owned),
            predicted: None,
        }
    }

    #[test]
    fn answers_find_their_rows_in_whatever_order_they_come() {
        let mut table = ImageTable::of(vec!["in".into()], 0);
        for name in ["in/a.png", "in/b.png", "in/c.png"] {
            table.add(found(name, 1));
        }
        table.take(4, said("in/c.png", Err("is no PNG")));
        table.take(4, said("in/a.png", Ok(vec![0.25, 0.75])));
        table.take(4, said("elsewhere.png", Ok(vec![0.5, 0.5])));
        assert_eq!(table.answer(4, 0), Answer::Probabilities(&[0.25, 0.75]));
        assert_eq!(table.answer(4, 1), Answer::Waiting);
        assert_eq!(table.answer(4, 2), Answer::Failed("is no PNG"));
        assert_eq!(table.answer(7, 0), Answer::Waiting);
        assert_eq!((table.n_done(4), table.n_done(7)), ((2, 3), (0, 3)));
        assert_eq!(table.missing(4, 9), [PathBuf::from("in/b.png")]);
        let answered: Vec<usize> = table.answered(4, 0).map(|(row, _)| row).collect();
        assert_eq!(answered, [0]);
        // Another file under the name is asked about again.
        let version = table.version();
        table.add(found("in/a.png", 1));
        assert_eq!(table.version(), version);
        table.add(found("in/a.png", 2));
        assert_eq!(table.answer(4, 0), Answer::Waiting);
        table.take(4, said("in/a.png", Ok(vec![1.0, 0.0])));
        assert_eq!(table.answer(4, 0), Answer::Probabilities(&[1.0, 0.0]));
        assert_eq!(table.answered(4, 0).count(), 1);
        // What was asked for and not answered is not asked for for ever.
        table.end(4, &["in/a.png".into(), "in/b.png".into()]);
        assert_eq!(table.answer(4, 1), Answer::Failed("no answer came"));
        assert!(!table.wants(4) && table.wants(7));
        table.fail(7, "its folder is gone");
        assert!(!table.wants(7));
        table.try_again();
        assert!(table.wants(7));
    }

    #[test]
    fn rows_are_named_below_what_was_opened() {
        let named = |sources: &[&str], path: &str| {
            let mut table = ImageTable::of(sources.iter().map(PathBuf::from).collect(), 0);
            let row = table.add(found(path, 1));
            table.name(row)
        };
        assert_eq!(named(&["/x/in"], "/x/in/deep/a.png"), "deep/a.png");
        assert_eq!(named(&["/x/a.png"], "/x/a.png"), "a.png");
        assert_eq!(named(&["/x/in", "/x/more"], "/x/more/a.png"), "more/a.png");
        assert_eq!(named(&["/x/a.png", "/x/b.png"], "/x/b.png"), "b.png");
        assert_eq!(named(&["/x"], "/x/\u{1b}.png"), "\\x1b.png");
    }
}
