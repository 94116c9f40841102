//! Which images the report shows: of the first run those that it is surest and wrong about, by class, and against the second those
//! that became right and wrong.

use super::judged::Judged;
use super::material::PictureKey;
use super::told::Told;
use crate::experiment::{
    Change, Changes, ImageFilter, ImageOrder, ImageSort, OneImage, Predictions, Which, listed_images,
};

/// Classes whose mistakes are shown, images of each, and images of each change.
const CLASSES: usize = 6;
const OF_CLASS: usize = 6;
const OF_CHANGE: usize = 12;

/// Images that have something in common.
pub struct Sample {
    pub of: SampleOf,
    /// The first of them.
    pub shown: Vec<Shown>,
    /// All of them.
    pub n: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleOf {
    /// Of that class, predicted otherwise.
    Mistakes(usize),
    /// Against the second run.
    Change(Change),
}

/// One image, and what the first run says of it.
pub struct Shown {
    pub key: PictureKey,
    pub path: String,
    pub image: OneImage,
}

/// Of the part that leads.
pub fn samples(told: &Told) -> Vec<Sample> {
    let Some((judged, predictions)) = told
        .leading(0)
        .and_then(|judged| Some((judged, judged.predictions?)))
    else {
        return vec![];
    };
    let mut samples = mistakes(told, judged, predictions);
    if let Some(changes) = changes(told, judged) {
        for change in [Change::Fixed, Change::Broken] {
            let places = listed(judged, predictions, Which::Change(change), Some(&changes));
            samples.push(sample(
                SampleOf::Change(change),
                judged,
                predictions,
                &places,
                OF_CHANGE,
            ));
        }
    }
    samples
}

/// The run that the first is held against, where the two were judged on the same images.
pub fn second(told: &Told) -> Option<usize> {
    told.sets.first()?.runs.get(1).copied()
}

fn changes(told: &Told, judged: &Judged) -> Option<Changes> {
    let before = told.judged(second(told)?, judged.part)?;
    Changes::between(&before.calls()?, &judged.calls()?)
}

/// The class that it is all about first, then those of which most are wrong.
fn mistakes(told: &Told, judged: &Judged, predictions: &Predictions) -> Vec<Sample> {
    let all = listed(judged, predictions, Which::Mistakes, None);
    let truth = |place: u32| predictions.row(place as usize).map(|(_, truth, _)| truth);
    let mut of_class: Vec<Vec<u32>> = vec![vec![]; predictions.scores().n_classes()];
    for place in all {
        if let Some(places) = truth(place).and_then(|class_idx| of_class.get_mut(class_idx)) {
            places.push(place);
        }
    }
    let asked = told.class_of(&told.sets[0]);
    let mut order: Vec<usize> = (0..of_class.len())
        .filter(|&class_idx| !of_class[class_idx].is_empty())
        .collect();
    order.sort_by_key(|&class_idx| (class_idx != asked, std::cmp::Reverse(of_class[class_idx].len())));
    let of = |class_idx: usize| {
        sample(
            SampleOf::Mistakes(class_idx),
            judged,
            predictions,
            &of_class[class_idx],
            OF_CLASS,
        )
    };
    order.into_iter().take(CLASSES).map(of).collect()
}

fn listed(judged: &Judged, predictions: &Predictions, which: Which, changes: Option<&Changes>) -> Vec<u32> {
    let order = ImageOrder {
        by: ImageSort::Confidence,
        reversed: false,
    };
    listed_images(
        (predictions, judged.undone()),
        judged.rule,
        changes,
        which,
        &ImageFilter::default(),
        order,
    )
}

/// What is shown of an image in place of what the head says.
fn shown_row<'a>(judged: &'a Judged, place: u32, said: &'a [f32]) -> &'a [f32] {
    let shown = judged.undone().and_then(|undone| undone.row(place as usize));
    shown.map_or(said, |(_, shown)| shown)
}

fn sample(of: SampleOf, judged: &Judged, predictions: &Predictions, places: &[u32], most: usize) -> Sample {
    let shown = places.iter().take(most).filter_map(|&place| {
        let (path, truth, probabilities) = predictions.row(place as usize)?;
        Some(Shown {
            key: PictureKey {
                run: 0,
                part: judged.part,
                place,
            },
            path: path.to_string_lossy().into_owned(),
            image: OneImage::new(truth, probabilities, judged.rule).shown_as(shown_row(
                judged,
                place,
                probabilities,
            )),
        })
    });
    Sample {
        of,
        shown: shown.collect(),
        n: places.len(),
    }
}
