//! The image folder as the window shows it: counts and the split's outcome, computed once and not every frame.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::experiment::config::fields::FIELDS;
use crate::experiment::split::{NameGroups, groups_from_names};
use crate::experiment::{
    Checked, Config, Dataset, ImageLabel, Issue, Part, SplitMethod, classes_as_decided, counts_as_decided,
    remarks_in_words, split,
};
use crate::protocol::SplitCounts;
use crate::visible::visible_name;

#[derive(Debug, Clone)]
pub struct DatasetView {
    /// Shared with the engine, which is asked about it.
    pub dataset: Arc<Dataset>,
    /// Images of each class, as decided.
    pub counts: Vec<usize>,
    /// The class of each image, as decided.
    pub classes: Arc<Vec<usize>>,
    /// The same the other way round: of each class its images, in the folder's order. Those that are left out are here, too.
    by_class: Vec<Vec<usize>>,
    /// What the form's split comes to, by part and class; why it cannot be made, where it cannot. `None` while the
    /// engine counts.
    pub split: Result<Option<[Vec<usize>; 3]>, String>,
    /// Groups in each part, where the split is by groups.
    pub n_groups: Option<[usize; 3]>,
    /// What decisions about labels change in it, a sentence each.
    pub split_notes: Vec<String>,
    /// Groups that the file names tell of.
    pub name_groups: Option<NameGroups>,
    /// What decoding every image has found, once it was asked for.
    checked: Option<Checked>,
    /// What the network will not see, a sentence for each kind.
    remarks: Vec<String>,
}

impl DatasetView {
    pub fn new(dataset: Dataset) -> Self {
        let classes = classes_as_decided(&dataset, &BTreeMap::new());
        DatasetView {
            counts: dataset.counts(),
            by_class: by_class(&classes, dataset.n_classes()),
            classes: Arc::new(classes),
            remarks: remarks_in_words(&dataset, None),
            name_groups: groups_from_names(&dataset),
            dataset: Arc::new(dataset),
            split: Ok(None),
            n_groups: None,
            split_notes: Vec::new(),
            checked: None,
        }
    }

    /// The same folder again, as a training reads it, keeps what was found of its images.
    pub(in crate::app) fn after(before: Option<DatasetView>, dataset: Dataset) -> Self {
        let is_same = |before: &DatasetView| {
            let is_checked = before.checked.is_some();
            let is_there = before.dataset.place() == dataset.place();
            is_checked && is_there && before.dataset.images == dataset.images
        };
        let checked = before.filter(is_same).and_then(|before| before.checked);
        let mut view = DatasetView::new(dataset);
        view.set_checked(checked);
        view
    }

    /// What decoding has found; `None` where that is no longer known.
    pub(in crate::app) fn set_checked(&mut self, checked: Option<Checked>) {
        self.remarks = remarks_in_words(&self.dataset, checked.as_ref());
        self.checked = checked;
    }

    pub fn checked(&self) -> Option<&Checked> {
        self.checked.as_ref()
    }

    pub fn n_issues(&self) -> usize {
        self.dataset.issues.len() + self.checked.as_ref().map_or(0, |checked| checked.issues.len())
    }

    /// What is wrong, as seen from outside and by decoding.
    pub fn issues(&self) -> Vec<&Issue> {
        let inside = self.checked.iter().flat_map(|checked| &checked.issues);
        self.dataset.issues.iter().chain(inside).collect()
    }

    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// What the split comes to where that follows from what is known, which it does in no time.
    ///
    /// # Errors
    /// A field of the split is wrong, or the images cannot be divided as it says; in words for people.
    pub fn split_at_once(&self, form: &Config) -> Result<Option<[Vec<usize>; 3]>, String> {
        let mut of_split = FIELDS.iter().filter(|field| (field.decides_split)(form));
        if of_split.any(|field| field.problem(form).is_some()) {
            return Err("the split is not whole; see its fields".into());
        }
        let Config {
            train_share,
            test_share,
            seed,
            ..
        } = *form;
        let dataset = &self.dataset;
        if form.labels_overlay.is_some() {
            // Decisions are read from their file.
            return Ok(None);
        }
        match form.split {
            SplitMethod::Stratified => {
                split::check_dataset(dataset)?;
                let counts = dataset.counts();
                split::stratified_counts(&dataset.classes, &counts, train_share, test_share).map(Some)
            }
            SplitMethod::Folders => {
                let split = split::split(dataset, form.split, train_share, test_share, seed, None)?;
                let counts = |part| dataset.counts_of(split.indices(part).iter().copied());
                Ok(Some(Part::ALL.map(counts)))
            }
            // Dealing a million images out takes too long for a frame, and a table has to be read: the engine's business.
            SplitMethod::Random | SplitMethod::Groups => Ok(None),
        }
    }

    /// Counts each image as what it was decided to be, and none that is left out.
    pub(in crate::app) fn count_as_decided(&mut self, decided: &BTreeMap<usize, ImageLabel>) {
        self.counts = counts_as_decided(&self.dataset, decided);
        let classes = classes_as_decided(&self.dataset, decided);
        self.by_class = by_class(&classes, self.dataset.n_classes());
        self.classes = Arc::new(classes);
    }

    /// The images of a class, as decided, with those that are left out.
    pub fn images_of(&self, class_idx: usize) -> &[usize] {
        self.by_class.get(class_idx).map_or(&[], Vec::as_slice)
    }

    pub(in crate::app) fn take_counts(&mut self, counts: SplitCounts) {
        self.split = counts.parts.map(Some);
        self.n_groups = counts.n_groups;
        self.split_notes = counts.notes;
    }

    /// Training images of each class, or all images where the split is not known.
    pub fn n_train(&self) -> &[usize] {
        match &self.split {
            Ok(Some([train, _, _])) => train,
            _ => &self.counts,
        }
    }

    /// The last name of the folder or table, for headings.
    pub fn name(&self) -> String {
        visible_name(self.dataset.place())
    }
}

fn by_class(classes: &[usize], n_classes: usize) -> Vec<Vec<usize>> {
    let mut images = vec![Vec::new(); n_classes];
    for (i, &class_idx) in classes.iter().enumerate() {
        if let Some(images) = images.get_mut(class_idx) {
            images.push(i);
        }
    }
    images
}
