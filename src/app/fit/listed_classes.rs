//! Which classes are listed, and in which order.

use super::class_order::{ClassKey, ClassOrder};
use crate::app::state::AppState;
use crate::metrics::per_class;

/// A list of so many classes can be searched.
pub const SEARCHED: usize = 12;

impl AppState {
    /// The classes of the open folder that are listed, by their place in it.
    pub fn listed_classes(&self) -> Vec<usize> {
        let Some(view) = &self.dataset.view else {
            return vec![];
        };
        let classes = &view.dataset.classes;
        let mut listed: Vec<usize> = (0..classes.len()).collect();
        let wanted = self.fit.class_search.trim().to_lowercase();
        if classes.len() >= SEARCHED && !wanted.is_empty() {
            listed.retain(|&class_idx| classes[class_idx].to_lowercase().contains(&wanted));
        }
        let ClassOrder { key, descending } = self.settings.class_order;
        let values: Vec<Option<f64>> = match key {
            ClassKey::Folder => return listed,
            ClassKey::Images => view.counts.iter().map(|&n| Some(n as f64)).collect(),
            ClassKey::Weight => match self.class_weights() {
                Ok(weights) => weights.into_iter().map(Some).collect(),
                Err(_) => return listed,
            },
            ClassKey::Recall => self.recalls_of_folder(),
        };
        let value = |class_idx: usize| values.get(class_idx).copied().flatten();
        // What is not known stands last either way.
        let key =
            |class_idx: usize| value(class_idx).map_or(f64::INFINITY, |v| if descending { -v } else { v });
        listed.sort_by(|&a, &b| key(a).total_cmp(&key(b)));
        listed
    }

    /// How often each of the folder's classes is found by what is looked at; nothing where that has other classes.
    pub fn recalls_of_folder(&self) -> Vec<Option<f64>> {
        let subject = self.subject();
        let of_folder = subject.filter(|_| self.looked_at_classes() == self.dataset.classes());
        of_folder.map_or_else(Vec::new, |subject| {
            let classes = per_class(subject.confusion());
            classes.into_iter().map(|class| class.recall).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_orders_one_way_then_the_other_then_not_at_all() {
        let mut order = ClassOrder::default();
        let mut seen = vec![];
        for _ in 0..3 {
            order = order.after_click(ClassKey::Weight);
            seen.push((order.key, order.descending));
        }
        let folder = (ClassKey::Folder, false);
        assert_eq!(
            seen,
            [(ClassKey::Weight, true), (ClassKey::Weight, false), folder]
        );
        let images = order.after_click(ClassKey::Images);
        assert_eq!((images.key, images.descending), (ClassKey::Images, false));
        assert_eq!(images.after_click(ClassKey::Recall).key, ClassKey::Recall);
    }
}
