//! The points of the map: each image's class, the part that it was judged in, and what the run that is looked at says of it.

use std::sync::Arc;

use super::choices::MapPart;
use super::point::{Judged, JudgedFrom, MapPoint, PointsFrom};
use super::state::Made;
use crate::app::latest::Same;
use crate::app::state::AppState;
use crate::experiment::{Dataset, OneImage, Part};

impl AppState {
    /// Of each place of the map; none where there is no map.
    pub fn map_points(&self) -> Arc<Vec<MapPoint>> {
        let Some(made) = &self.map.made else {
            return Arc::default();
        };
        let judged = self.judged_on_map(made);
        let from = PointsFrom {
            judged: Same::of(&judged),
            classes: self.classes_of(&made.dataset).map(Same::of),
            part: self.looking.part,
            rule: self.rule(),
            undo: self.undo_looked_at(),
            is_baseline: self.looking.is_baseline(),
        };
        self.map
            .derived
            .points
            .get(from, || self.points_of(made, &judged))
    }

    fn points_of(&self, made: &Made, judged: &Judged) -> Vec<MapPoint> {
        let (part, rule, undo) = (self.looking.part, self.rule(), self.undo_looked_at());
        // What the baseline says of single images is not kept.
        let predictions = self.predictions_on(part).filter(|_| !self.looking.is_baseline());
        let classes = self.classes_of(&made.dataset);
        let decided = |image: usize| classes?.get(image).copied();
        let point = |(&image, judged): (&u32, &Option<(Part, u32)>)| {
            let row = judged.filter(|(of, _)| *of == part);
            let row = row.and_then(|(_, place)| predictions?.row(place as usize));
            let said =
                row.map(|(_, truth, scores)| OneImage::new(truth, scores, rule).shown_as(&undo.row(scores)));
            let of_folder = made.dataset.images.get(image as usize);
            MapPoint {
                class_idx: decided(image as usize)
                    .or(said.map(|said| said.truth))
                    .or(of_folder.map(|image| image.class_idx))
                    .unwrap_or_default(),
                part: judged.map(|(part, _)| part),
                said,
            }
        };
        made.map.images.iter().zip(judged).map(point).collect()
    }

    /// The class of each image of a dataset as decided, where that dataset is the open one.
    pub(super) fn classes_of(&self, dataset: &Dataset) -> Option<&Arc<Vec<usize>>> {
        let view = self.dataset.view.as_ref()?;
        let is_open = view.dataset.place() == dataset.place()
            && view.dataset.identity.fingerprint == dataset.identity.fingerprint
            && view.classes.len() == dataset.images.len();
        is_open.then_some(&view.classes)
    }

    /// Where the images of the map stand among what the run that is looked at says of single images.
    pub(super) fn judged_on_map(&self, made: &Made) -> Arc<Judged> {
        let is_of_map = self.looked_at_classes() == made.dataset.classes && self.is_run_of_map(made);
        let scores = Part::ALL.map(|part| self.scores_on(part).filter(|_| is_of_map).map(Same::of));
        let from = JudgedFrom {
            map: Same::of(&made.map),
            scores,
        };
        self.map.derived.judged.get(from, || {
            let mut judged = vec![None; made.map.images.len()];
            for part in Part::ALL.into_iter().filter(|_| is_of_map) {
                self.find_judged(made, part, &mut judged);
            }
            judged
        })
    }

    fn is_run_of_map(&self, made: &Made) -> bool {
        let run = self.looking.run.filter(|_| self.watched_trial().is_none());
        run.is_none_or(|run| self.is_of_folder(run)) && self.dataset.place() == Some(made.dataset.place())
    }

    fn find_judged(&self, made: &Made, part: Part, judged: &mut Judged) {
        let Some(predictions) = self.predictions_on(part) else {
            return;
        };
        let images = predictions.images();
        let bytes = |place: &u32| images[*place as usize].as_os_str().as_encoded_bytes();
        let mut by_name: Vec<u32> = (0..images.len() as u32).collect();
        by_name.sort_unstable_by(|a, b| bytes(a).cmp(bytes(b)));
        for (place, judged) in judged.iter_mut().enumerate() {
            let name = made.name(place).unwrap_or_default().as_bytes();
            if let Ok(at) = by_name.binary_search_by(|place| bytes(place).cmp(name)) {
                *judged = Some((part, by_name[at]));
            }
        }
    }

    /// The places of the map that are shown of these parts, rising.
    pub fn shown_on_map(&self) -> Arc<Vec<u32>> {
        let points = self.map_points();
        let part = self.map_part();
        self.map.derived.shown.get((Same::of(&points), part), || {
            let places = points
                .iter()
                .enumerate()
                .filter(|(_, point)| part.has(point.part));
            places.map(|(place, _)| place as u32).collect()
        })
    }

    /// The images that are on the map: all where the chosen part has none, as it is after another run was chosen.
    pub fn map_part(&self) -> MapPart {
        let part = self.map.part;
        match self.n_of_map_part(part) {
            0 => MapPart::All,
            _ => part,
        }
    }

    /// How many images of the map those are.
    pub fn n_of_map_part(&self, part: MapPart) -> usize {
        let points = self.map_points();
        let counts = self.map.derived.counts.get(Same::of(&points), || {
            MapPart::ALL.map(|part| points.iter().filter(|point| part.has(point.part)).count())
        });
        let at = MapPart::ALL.iter().position(|&other| other == part);
        at.map_or(0, |at| counts[at])
    }
}
