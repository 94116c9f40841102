//! On what footing each run stands with what is looked at. Derived once from what that follows from, and not in every frame: for a
//! run of which it is not known by which labels it was judged, all others are gone through.

use std::cell::RefCell;
use std::sync::Arc;

use crate::experiment::{Config, Identity, Part};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Footing {
    /// Judged by the images that what is looked at was judged by, with the same labels.
    SameImages,
    /// The folder was divided in the same way, and other decisions were made about its labels, as far as that is known.
    OtherLabels,
    OtherSplit,
}

/// What they follow from.
#[derive(Debug, Clone, Copy)]
pub(in crate::app) struct Asked<'a> {
    pub part: Part,
    /// The open folder.
    pub folder: Option<&'a Identity>,
    /// The run that is looked at.
    pub run: Option<usize>,
    /// Whether weights are tried, and what is tried or would be trained.
    pub form: (bool, &'a Config),
    /// Of each run how many events it is the fold of, whether it is gone, and of how many parts it is known what it called each
    /// image.
    pub runs: &'a [(usize, bool, usize)],
}

/// The same, kept.
#[derive(Debug)]
struct Known {
    part: Part,
    folder: Option<Identity>,
    run: Option<usize>,
    form: (bool, Config),
    runs: Vec<(usize, bool, usize)>,
    footings: Arc<Vec<Footing>>,
}

/// What was asked for last, on each part.
#[derive(Debug, Default)]
pub struct Footings(RefCell<Vec<Known>>);

impl Footings {
    /// Of each run, in their order.
    pub(in crate::app) fn get(
        &self,
        asked: Asked,
        compute: impl FnOnce() -> Vec<Footing>,
    ) -> Arc<Vec<Footing>> {
        let mut known = self.0.borrow_mut();
        if let Some(known) = known.iter().find(|known| known.answers(&asked)) {
            return Arc::clone(&known.footings);
        }
        let footings = Arc::new(compute());
        known.retain(|known| known.part != asked.part);
        known.push(Known {
            part: asked.part,
            folder: asked.folder.cloned(),
            run: asked.run,
            form: (asked.form.0, asked.form.1.clone()),
            runs: asked.runs.to_vec(),
            footings: Arc::clone(&footings),
        });
        footings
    }
}

impl Known {
    fn answers(&self, asked: &Asked) -> bool {
        (self.part, self.run, self.form.0) == (asked.part, asked.run, asked.form.0)
            && self.runs == asked.runs
            && self.folder.as_ref() == asked.folder
            && self.form.1.divides_like(asked.form.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_again_is_not_computed_again() {
        let (config, footings) = (Config::default(), Footings::default());
        let asked = Asked {
            part: Part::Val,
            folder: None,
            run: None,
            form: (false, &config),
            runs: &[(3, false, 0)],
        };
        let first = footings.get(asked, || vec![Footing::OtherLabels]);
        assert!(Arc::ptr_eq(&first, &footings.get(asked, Vec::new)));
        let on_test = Asked {
            part: Part::Test,
            ..asked
        };
        assert!(footings.get(on_test, Vec::new).is_empty());
        assert!(Arc::ptr_eq(&first, &footings.get(asked, Vec::new)));
        // What it called each image was read since.
        let further = Asked {
            runs: &[(3, false, 1)],
            ..asked
        };
        let now = footings.get(further, || vec![Footing::SameImages]);
        assert_eq!(*now, [Footing::SameImages]);
        let tried = Asked {
            form: (true, &config),
            ..further
        };
        assert!(footings.get(tried, Vec::new).is_empty());
    }
}
