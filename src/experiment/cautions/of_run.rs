//! What the record of a run gives reason to be careful with.

use super::convergence::still_falling;
use crate::experiment::Part;
use crate::experiment::config::{SplitMethod, Stop};
use crate::experiment::run::{Caution, Code, Evaluation, RunRecord, Started};
use crate::metrics::{LEAST_FOR_THRESHOLD, images_needed, percent, thousands, wilson};
use crate::visible::visible;

/// With fewer images of a class its recall is hardly known: of 30, half of them found, it is 33 to 67 %.
const FEW: usize = 30;
/// How near a recall should be known for a decision, on either side.
const WANTED: f64 = 0.1;

/// In the order of their codes; none of a run that nothing was evaluated of. `all_learnt` is whether its head tells every
/// training image rightly, where that is known.
pub fn cautions_of_run(record: &RunRecord, all_learnt: Option<bool>) -> Vec<Caution> {
    let (Some(started), Some(val)) = (&record.started, record.latest(Part::Val)) else {
        return Vec::new();
    };
    let test = record.latest(Part::Test);
    let judged = || [Some(val), test].into_iter().flatten();
    let mut cautions: Vec<Caution> = judged().filter_map(|of| few_images(started, of)).collect();
    cautions.extend(few_for_a_threshold(val));
    cautions.extend(judged().filter_map(|of| absent(started, of)));
    cautions.extend(never_predicted(started, val));
    cautions.extend(all_learnt.filter(|&all| all).map(|_| learnt_by_heart()));
    cautions.extend(foreign_weights(started));
    cautions.extend(falling(started, record));
    cautions
}

fn few_images(started: &Started, evaluation: &Evaluation) -> Option<Caution> {
    let confusion = &evaluation.confusion;
    let count = |class_idx: usize| confusion.row_total(class_idx);
    let mut few: Vec<usize> = (0..confusion.n_classes())
        .filter(|&class_idx| (1..FEW as u64).contains(&count(class_idx)))
        .collect();
    few.sort_by_key(|&class_idx| count(class_idx));
    let &fewest = few.first()?;
    let (n, found) = (count(fewest), confusion.get(fewest, fewest));
    let interval = wilson(found, n)?;
    let recall = found as f64 / n as f64;
    let images = if n == 1 { "1 image" } else { &format!("{n} images") };
    let others = match few.len() - 1 {
        0 => String::new(),
        1 => "; 1 other class has too few as well".into(),
        others => format!("; {others} other classes have too few as well"),
    };
    // In groups, images say less than as many that stand for themselves; how much less, the figures say.
    if started.config.split == SplitMethod::Groups {
        let message = format!(
            "{} has {images} in {}, in groups that resemble each other: its recall of {} is hardly known{others}",
            visible(&started.classes[fewest]),
            evaluation.part.in_words(),
            percent(Some(recall), 0),
        );
        return Some(Caution::new(Code::FewImages, message));
    }
    Some(Caution::new(
        Code::FewImages,
        format!(
            "{} has {images} in {}: its recall of {}, by the largest score, may be anything from {} to {}. For 10 points on either side it takes about {} images{others}",
            visible(&started.classes[fewest]),
            evaluation.part.in_words(),
            percent(Some(recall), 0),
            percent(Some(interval.low), 0),
            percent(Some(interval.high), 0),
            thousands(images_needed(recall, WANTED)),
        ),
    ))
}

fn few_for_a_threshold(val: &Evaluation) -> Option<Caution> {
    let n = val.confusion.total();
    (n < LEAST_FOR_THRESHOLD as u64).then(|| {
        let message = format!(
            "validation has {n} images in all: a threshold chosen by so few would fit them and no others, so none is looked for \
             under {LEAST_FOR_THRESHOLD}; give validation a larger share"
        );
        Caution::new(Code::FewForThreshold, message)
    })
}

fn absent(started: &Started, evaluation: &Evaluation) -> Option<Caution> {
    let confusion = &evaluation.confusion;
    let absent: Vec<_> = (0..confusion.n_classes())
        .filter(|&class_idx| confusion.row_total(class_idx) == 0)
        .map(|class_idx| visible(&started.classes[class_idx]))
        .collect();
    let (first, part) = (absent.first()?, evaluation.part.in_words());
    let message = match absent.len() - 1 {
        0 => format!(
            "{first} has no image in {part}: nothing there says how it is found, and means leave it out"
        ),
        n => format!(
            "{first} and {n} more have no image in {part}: nothing there says how they are found, and means leave them out"
        ),
    };
    Some(Caution::new(Code::ClassAbsent, message))
}

fn never_predicted(started: &Started, val: &Evaluation) -> Option<Caution> {
    let confusion = &val.confusion;
    let never: Vec<usize> = (0..confusion.n_classes())
        .filter(|&class_idx| confusion.row_total(class_idx) > 0 && confusion.col_total(class_idx) == 0)
        .collect();
    let &first = never.first()?;
    let n = confusion.row_total(first);
    let more = match never.len() - 1 {
        0 => String::new(),
        1 => " or another class".into(),
        n => format!(" or any of {n} more classes"),
    };
    let message = format!(
        "no image was predicted to be {} (validation has {n}){more}, by the largest score: make it heavier, or predict it from a lower score",
        visible(&started.classes[first])
    );
    Some(Caution::new(Code::NeverPredicted, message))
}

/// Byrd and Lipton 2019, "What is the effect of importance weighting in deep learning?": where classes can be separated, the
/// longer a model is trained, the less the weights of its loss matter.
fn learnt_by_heart() -> Caution {
    let message = "every training image is told rightly, so the longer it is trained, the less the weights matter; more images, \
                   or a threshold, move the balance between the classes further than weights do";
    Caution::new(Code::AllLearnt, message.into())
}

/// The heaviest class is the one with most images: nobody means that who raises the rare ones.
fn foreign_weights(started: &Started) -> Option<Caution> {
    let heaviest = only_largest(&started.class_weights)?;
    let n_train: Vec<f64> = started.n_train.iter().map(|&n| n as f64).collect();
    let most = only_largest(&n_train)?;
    (heaviest == most).then(|| {
        let classes: Vec<_> = started.classes.iter().map(|class| visible(class)).collect();
        let order = match classes.len() {
            0..=8 => format!(" (they come in the order {})", classes.join(", ")),
            _ => String::new(),
        };
        let share = n_train[most] / n_train.iter().sum::<f64>();
        let message = format!(
            "{} has {} of the training images and the largest weight: the weights seem to be meant for another folder, or for the \
             classes in another order{order}",
            classes[most],
            percent(Some(share), 0)
        );
        Caution::new(Code::ForeignWeights, message)
    })
}

/// Where the largest of them stands, if no other is as large.
fn only_largest(values: &[f64]) -> Option<usize> {
    let largest = values.iter().copied().max_by(f64::total_cmp)?;
    let mut places = (0..values.len()).filter(|&place| values[place] == largest);
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

fn falling(started: &Started, record: &RunRecord) -> Option<Caution> {
    if started.config.stop != Stop::Epochs {
        return None;
    }
    let n_last = record.epochs().last().map_or(0, <[f32]>::len);
    let fall = still_falling(&record.losses, n_last)?;
    let message = format!(
        "the loss still fell when training ended, from {:.4} to {:.4} within the last {} iterations: the weights have not done all \
         that they will; train for more epochs, or until the loss is least",
        fall.from, fall.to, fall.n_iterations
    );
    Some(Caution::new(Code::StillFalling, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Config, RunEvent};

    fn record(started: Started, rows: [[u64; 2]; 2]) -> RunRecord {
        let evaluated = Evaluation::of_counts(Part::Val, rows);
        RunRecord::from_events(&[
            RunEvent::Started(Box::new(started)),
            RunEvent::Evaluated(evaluated),
        ])
    }

    fn codes(record: &RunRecord, all_learnt: Option<bool>) -> Vec<&'static str> {
        let cautions = cautions_of_run(record, all_learnt);
        cautions.iter().map(|caution| caution.code.name()).collect()
    }

    fn two_classes() -> Started {
        Started {
            n_train: vec![600, 100],
            ..Started::of_two_classes(Config::default())
        }
    }

    #[test]
    fn each_is_said_where_it_holds_and_nowhere_else() {
        let fine = record(two_classes(), [[150, 20], [10, 25]]);
        assert_eq!(codes(&fine, None), [""; 0]);
        assert_eq!(codes(&fine, Some(false)), [""; 0]);
        assert_eq!(codes(&fine, Some(true)), ["CW005"]);
        assert_eq!(
            codes(&record(two_classes(), [[150, 20], [9, 20]]), None),
            ["CW001"]
        );
        assert_eq!(
            codes(&record(two_classes(), [[5, 10], [14, 20]]), None),
            ["CW001", "CW002"]
        );
        assert_eq!(codes(&record(two_classes(), [[0, 0], [14, 50]]), None), ["CW003"]);
        assert_eq!(
            codes(&record(two_classes(), [[150, 0], [64, 0]]), None),
            ["CW004"]
        );
        assert_eq!(codes(&RunRecord::default(), Some(true)), [""; 0]);
    }

    #[test]
    fn the_heaviest_of_the_most_is_another_folders() {
        let weighted = |class_weights: [f64; 2]| {
            let started = Started {
                class_weights: class_weights.to_vec(),
                ..two_classes()
            };
            codes(&record(started, [[150, 20], [10, 25]]), None)
        };
        assert_eq!(weighted([8.0, 1.0]), ["CW009"]);
        assert_eq!(weighted([1.0, 8.0]), [""; 0]);
        assert_eq!(weighted([1.0, 1.0]), [""; 0]);
    }

    #[test]
    fn words_have_the_figures() {
        let cautions = cautions_of_run(&record(two_classes(), [[150, 20], [2, 6]]), None);
        // SciPy: binomtest(6, 8).proportion_ci(method="wilson") is 0.4093 to 0.9285; for 10 points on either side by the same
        // formula 70 images.
        assert_eq!(
            cautions[0].message,
            "REAL has 8 images in validation: its recall of 75 %, by the largest score, may be anything from 41 % to 93 %. For 10 points on either side \
             it takes about 70 images"
        );
    }
}
