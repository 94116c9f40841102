//! The images of a part in the order in which they are looked at.

use std::cmp::Ordering;
use std::path::Path;

use super::super::run::Predictions;
use super::change::Changes;
use super::one::OneImage;
use super::which::Which;
use crate::metrics::{Scores, Threshold};

/// What orders them; each in the direction in which one wants to see them first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImageSort {
    /// The largest loss first: where the run is most wrong.
    #[default]
    Loss,
    /// The most probable verdict first.
    Confidence,
    /// The smallest margin first: where the verdict was closest to another.
    Margin,
    Name,
    /// Those first whose features are most like those of one image. What these are is not in the predictions: see
    /// [`by_similarity`].
    Similarity,
}

impl ImageSort {
    /// Those that need nothing else.
    pub const ALL: [ImageSort; 4] = [
        ImageSort::Loss,
        ImageSort::Confidence,
        ImageSort::Margin,
        ImageSort::Name,
    ];

    /// As it is asked for in the terminal.
    pub fn key(self) -> &'static str {
        match self {
            ImageSort::Loss => "loss",
            ImageSort::Confidence => "confidence",
            ImageSort::Margin => "margin",
            ImageSort::Name => "name",
            ImageSort::Similarity => "similarity",
        }
    }

    /// The order in words, such as `largest loss first`.
    pub fn in_words(self, reversed: bool) -> &'static str {
        match (self, reversed) {
            (ImageSort::Loss, false) => "largest loss first",
            (ImageSort::Loss, true) => "smallest loss first",
            (ImageSort::Confidence, false) => "most confident first",
            (ImageSort::Confidence, true) => "least confident first",
            (ImageSort::Margin, false) => "closest to another verdict first",
            (ImageSort::Margin, true) => "furthest from another verdict first",
            (ImageSort::Name, false) => "by name",
            (ImageSort::Name, true) => "by name, backwards",
            (ImageSort::Similarity, false) => "most like the chosen image first",
            (ImageSort::Similarity, true) => "least like the chosen image first",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImageOrder {
    pub by: ImageSort,
    pub reversed: bool,
}

/// What leaves images out.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageFilter {
    /// A part of the path, in letters of either case; empty leaves all.
    pub name: String,
    /// The least and the largest probability of the predicted class.
    pub confidence: [f32; 2],
}

impl Default for ImageFilter {
    fn default() -> Self {
        ImageFilter {
            name: String::new(),
            confidence: [0.0, 1.0],
        }
    }
}

impl ImageFilter {
    fn lets_through(&self, name: &str, path: &Path, image: &OneImage) -> bool {
        let [least, most] = self.confidence;
        // A probability is rounded to more than one now and then.
        let fits = image.confidence >= least && (image.confidence <= most || most >= 1.0);
        fits && (name.is_empty() || path.to_string_lossy().to_lowercase().contains(name))
    }
}

/// Places of the images among the predictions, which come with the scores that are shown in their place, where those are others: by
/// these, images are filtered, ordered by confidence, and in a bin of the calibration curve. `changes` are those against another
/// run, where there is one. Equals keep the predictions' order.
pub fn listed_images(
    (predictions, shown): (&Predictions, Option<&Scores>),
    rule: Option<Threshold>,
    changes: Option<&Changes>,
    which: Which,
    filter: &ImageFilter,
    order: ImageOrder,
) -> Vec<u32> {
    let name = filter.name.trim().to_lowercase();
    let mut listed: Vec<(f64, u32)> = Vec::new();
    for (place, (path, truth, probabilities)) in predictions.rows().enumerate() {
        let shown = shown.and_then(|shown| shown.row(place));
        let shown = shown.map_or(probabilities, |(_, shown)| shown);
        let image = OneImage::new(truth, probabilities, rule).shown_as(shown);
        if which.has(place, &image, shown, changes) && filter.lets_through(&name, path, &image) {
            listed.push((key(order.by, &image), place as u32));
        }
    }
    // As bytes, which is faster than folder by folder and as good: nobody reads them with a ruler.
    let path = |place: u32| {
        predictions.images()[place as usize]
            .as_os_str()
            .as_encoded_bytes()
    };
    listed.sort_unstable_by(|a, b| {
        let by_key = match order.by {
            ImageSort::Name => path(a.1).cmp(path(b.1)),
            _ => a.0.total_cmp(&b.0),
        };
        let by_key = if order.reversed { by_key.reverse() } else { by_key };
        match by_key {
            Ordering::Equal => a.1.cmp(&b.1),
            other => other,
        }
    });
    listed.into_iter().map(|(_, place)| place).collect()
}

/// Puts listed images in the order of how like an image they are, by the cosine of their features; those of which that is not
/// known come last. Equals keep their order.
pub fn by_similarity(listed: &mut [u32], cosine: impl Fn(u32) -> Option<f32>, reversed: bool) {
    let key =
        |place: &u32| cosine(*place).map_or(f32::INFINITY, |cosine| if reversed { cosine } else { -cosine });
    listed.sort_by(|a, b| key(a).total_cmp(&key(b)));
}

/// The smallest comes first.
fn key(by: ImageSort, image: &OneImage) -> f64 {
    match by {
        ImageSort::Loss => -image.loss,
        ImageSort::Confidence => -f64::from(image.confidence),
        ImageSort::Margin => f64::from(image.margin),
        ImageSort::Name | ImageSort::Similarity => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::Change;
    use super::*;
    use crate::metrics::{Confusion, Undo};

    /// Eight images of three classes.
    fn eight() -> Predictions {
        let names = ["b/3", "a/1", "c/Nine", "a/2", "b/4", "c/7", "a/9", "b/1"];
        let images = names.iter().map(Into::into).collect();
        let truth = vec![1, 0, 2, 0, 1, 2, 0, 1];
        #[rustfmt::skip]
        let rows = vec![
            0.1, 0.8, 0.1,   0.6, 0.3, 0.1,   0.5, 0.3, 0.2,   0.2, 0.7, 0.1,
            0.4, 0.35, 0.25, 0.1, 0.1, 0.8,   0.9, 0.0, 0.1,   0.45, 0.15, 0.4,
        ];
        Predictions::new(images, 3, truth, rows).unwrap()
    }

    fn listed(which: Which, by: ImageSort, rule: Option<Threshold>) -> Vec<u32> {
        let order = ImageOrder { by, reversed: false };
        listed_images(
            (&eight(), None),
            rule,
            None,
            which,
            &ImageFilter::default(),
            order,
        )
    }

    #[test]
    fn each_selection_in_each_order_by_hand() {
        use ImageSort::*;
        assert_eq!(listed(Which::All, Loss, None), [7, 2, 3, 4, 1, 0, 5, 6]);
        assert_eq!(listed(Which::Mistakes, Loss, None), [7, 2, 3, 4]);
        assert_eq!(listed(Which::Mistakes, Confidence, None), [3, 2, 7, 4]);
        assert_eq!(listed(Which::Mistakes, Margin, None), [7, 4, 2, 3]);
        assert_eq!(listed(Which::Truth(0), Name, None), [1, 3, 6]);
        assert_eq!(listed(Which::Predicted(0), Name, None), [1, 6, 7, 4, 2]);
        let cell = Which::Cell {
            truth: 1,
            predicted: 0,
        };
        assert_eq!(listed(cell, Confidence, None), [7, 4]);
        let bin = |class_idx, from, to| Which::Score { class_idx, from, to };
        assert_eq!(listed(bin(1, 0.25, 0.375), Name, None), [1, 4, 2]);
        assert_eq!(listed(bin(1, 0.0, 0.125), Name, None), [6, 5]);
        let mut near = vec![0, 1, 2, 3];
        let cosine = |place: u32| [Some(0.25), None, Some(1.0), Some(0.5)][place as usize];
        by_similarity(&mut near, cosine, false);
        assert_eq!(near, [2, 3, 0, 1]);
        by_similarity(&mut near, cosine, true);
        assert_eq!(near, [0, 3, 2, 1]);
        // Without another run nothing has become of any.
        assert_eq!(listed(Which::Change(Change::Fixed), Name, None), [0; 0]);
    }

    #[test]
    fn cells_have_as_many_images_as_the_matrix_counts_at_every_threshold() {
        let predictions = eight();
        let thresholds =
            (0..3).flat_map(|class_idx| [0.1, 0.3, 0.45, 0.9].map(|at| Some(Threshold { class_idx, at })));
        for rule in thresholds.chain([None]) {
            let confusion: Confusion = predictions.scores().confusion(rule);
            let mut n_wrong = 0;
            for (truth, predicted) in (0..9).map(|i| (i / 3, i % 3)) {
                let n = listed(Which::Cell { truth, predicted }, ImageSort::Loss, rule).len() as u64;
                assert_eq!(n, confusion.get(truth, predicted), "{rule:?} {truth} {predicted}");
                n_wrong += if truth == predicted { 0 } else { n };
            }
            assert_eq!(
                listed(Which::Mistakes, ImageSort::Loss, rule).len() as u64,
                n_wrong
            );
        }
    }

    #[test]
    fn names_and_probabilities_leave_images_out_and_an_order_can_be_turned_round() {
        let all = |name: &str, confidence: [f32; 2], reversed: bool| {
            let filter = ImageFilter {
                name: name.into(),
                confidence,
            };
            let by = ImageSort::Confidence;
            listed_images(
                (&eight(), None),
                None,
                None,
                Which::All,
                &filter,
                ImageOrder { by, reversed },
            )
        };
        assert_eq!(all(" NINE ", [0.0, 1.0], false), [2]);
        assert_eq!(all("b/", [0.0, 1.0], false), [0, 7, 4]);
        assert_eq!(all("b/", [0.0, 1.0], true), [4, 7, 0]);
        assert_eq!(all("", [0.8, 1.0], false), [6, 0, 5]);
        assert_eq!(all("", [0.0, 0.45], false), [7, 4]);
    }

    /// By hand: with class 0 three times as heavy, image 1 was 0.6, 0.3, 0.1 and becomes 1/3, 1/2, 1/6, and is predicted 0 still.
    #[test]
    fn undone_probabilities_filter_and_order_and_change_no_verdict() {
        let shown = Undo::of_weights(&[3.0, 1.0, 1.0])
            .scores(eight().scores())
            .unwrap();
        let all = |which, most: f32| {
            let filter = ImageFilter {
                confidence: [0.0, most],
                ..ImageFilter::default()
            };
            let order = ImageOrder {
                by: ImageSort::Confidence,
                reversed: true,
            };
            listed_images((&eight(), Some(&shown)), None, None, which, &filter, order)
        };
        assert_eq!(all(Which::Predicted(0), 1.0), [4, 7, 2, 1, 6].map(|place| place));
        assert_eq!(all(Which::Predicted(0), 0.3), [4, 7, 2]);
        let third = Which::Score {
            class_idx: 0,
            from: 0.3,
            to: 0.4,
        };
        assert_eq!(all(third, 1.0), [1]);
    }

    #[test]
    fn images_that_a_run_has_fixed_are_listed() {
        let before = Predictions::new(
            eight().images().iter().cloned().collect(),
            3,
            vec![1, 0, 2, 0, 1, 2, 0, 1],
            [1.0f32, 0.0, 0.0].repeat(8),
        );
        let changes = Changes::between(&before.unwrap().calls(None), &eight().calls(None)).unwrap();
        let of = |change| {
            let which = Which::Change(change);
            let (filter, order) = (ImageFilter::default(), ImageOrder::default());
            listed_images((&eight(), None), None, Some(&changes), which, &filter, order)
        };
        assert_eq!(of(Change::Fixed), [0, 5]);
        assert_eq!(of(Change::Broken), [3]);
        assert_eq!(of(Change::BothWrong), [7, 2, 4]);
        assert_eq!(of(Change::LessSure), [1, 6]);
    }
}
