//! The image folder as the window shows it: counts and the split's outcome, computed once and not every frame.

use crate::experiment::{Config, Dataset, Part, SplitMethod, split};

#[derive(Debug, Clone)]
pub struct DatasetView {
    pub dataset: Dataset,
    /// Images of each class.
    pub counts: Vec<usize>,
    /// What the form's split comes to; why it cannot be made, where it cannot.
    pub split: Result<SplitCounts, String>,
}

/// Images of each class in each part. `None` where only the engine can tell, because groups are read from a file.
pub type SplitCounts = Option<[Vec<usize>; 3]>;

impl DatasetView {
    pub fn new(dataset: Dataset, form: &Config) -> Self {
        let counts = dataset.counts();
        let split = split_counts(&dataset, form);
        DatasetView {
            dataset,
            counts,
            split,
        }
    }

    /// After the form changed.
    pub fn update_split(&mut self, before: &Config, now: &Config) {
        let fields = |c: &Config| (c.split, c.train_share, c.test_share, c.seed);
        if fields(before) != fields(now) {
            self.split = split_counts(&self.dataset, now);
        }
    }

    /// Training images of each class, or all images where the split is not known.
    pub fn n_train(&self) -> &[usize] {
        match &self.split {
            Ok(Some([train, _, _])) => train,
            _ => &self.counts,
        }
    }

    /// The folder's last name, for headings.
    pub fn name(&self) -> String {
        let root = &self.dataset.root;
        root.file_name().map_or_else(
            || root.display().to_string(),
            |n| n.to_string_lossy().into_owned(),
        )
    }
}

fn split_counts(dataset: &Dataset, form: &Config) -> Result<SplitCounts, String> {
    if form.split == SplitMethod::Groups {
        return Ok(None);
    }
    let shares_fit = form.problems().iter().all(|p| !p.field.ends_with("_share"));
    if !shares_fit {
        return Err("the shares do not fit; see the fields".into());
    }
    let split = split::split(
        dataset,
        form.split,
        form.train_share,
        form.test_share,
        form.seed,
        None,
    )?;
    let counts = |part| dataset.counts_of(split.indices(part).iter().copied());
    Ok(Some(Part::ALL.map(counts)))
}
