//! Images in the order of how like the chosen one they are, by the features of the run that is looked at.

use std::path::Path;
use std::sync::Arc;

use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::state::AppState;
use crate::experiment::{ImageOrder, ImageSort};
use crate::protocol::FindSimilar;
use crate::visible::visible_name;

impl AppState {
    pub(super) fn order_images(&mut self, order: ImageOrder) {
        let is_similar = order.by == ImageSort::Similarity;
        // The other way round it is by the same image.
        let is_turned = self.images.order.by == order.by && self.images.order.reversed != order.reversed;
        if is_similar && !is_turned {
            self.images.similar.to.clone_from(&self.images.at);
        }
        if !is_similar || self.images.similar.to.is_some() {
            self.images.order = order;
        }
    }

    /// Whether images can be ordered by the one where the keyboard is: it is one of the open folder.
    pub fn can_order_by_likeness(&self) -> bool {
        let is_ordered = self.images.order.by == ImageSort::Similarity;
        is_ordered || self.images.at.as_deref().is_some_and(|at| self.is_decidable(at))
    }

    /// Asks how like the chosen image the others are, once. Called after each action and event.
    pub(in crate::app) fn find_similar(&mut self, host: &mut dyn Host) {
        if self.images.order.by != ImageSort::Similarity || !self.windows.showing.lists_images() {
            return;
        }
        let (Some(to), Some(view)) = (&self.images.similar.to, &self.dataset.view) else {
            return;
        };
        let dataset = &view.dataset;
        let name = to.strip_prefix(&dataset.root).unwrap_or(to);
        let place = dataset
            .images
            .iter()
            .position(|image| Path::new(&image.path) == name);
        let Some(image) = place else { return };
        let wanted = (to.clone(), Arc::clone(dataset), Box::new(self.map_config()));
        if self.images.similar.asked.as_ref().is_some_and(|asked| {
            (&asked.0, &asked.2) == (&wanted.0, &wanted.2) && Arc::ptr_eq(&asked.1, &wanted.1)
        }) {
            return;
        }
        self.jobs
            .cancel(|job| matches!(job.purpose, Purpose::FindSimilar));
        let (_, dataset, config) = wanted.clone();
        (self.images.similar.asked, self.images.similar.cosines) = (Some(wanted), None);
        let request = FindSimilar {
            dataset,
            config,
            image,
        };
        self.jobs.submit(request, Purpose::FindSimilar, host);
    }

    /// The order of the images, in words that name the one that they are ordered by.
    pub fn order_in_words(&self, order: ImageOrder) -> String {
        let words = order.by.in_words(order.reversed);
        let to = self.images.similar.to.as_deref();
        let is_now = order == self.images.order && order.by == ImageSort::Similarity;
        match to.filter(|_| is_now) {
            Some(to) if self.images.similar.cosines.is_some() => {
                words.replace("the chosen image", &visible_name(to))
            }
            Some(_) => format!(
                "looking for what is like {}…",
                to.map(visible_name).unwrap_or_default()
            ),
            None => words.to_owned(),
        }
    }
}
