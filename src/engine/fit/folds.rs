//! Training images judged out of fold: each by a head that was trained on the other folds in the way that the run's own was
//! trained on all, so that no head is asked about what it learnt.

use std::collections::BTreeMap;

use super::setup::Setup;
use super::train_heads::train_heads;
use super::training::Training;
use crate::engine::head::evaluate::{Outputs, figures, in_parallel};
use crate::error::Result;
use crate::experiment::split::{Folds, shuffled_folds};
use crate::experiment::{Evaluation, Part, RunEvent, Split, When};
use crate::health::alike::Components;
use crate::jobs::journal::Journal;
use crate::jobs::progress::Reporter;
use crate::protocol::Phase;

/// Judges the training images fold by fold and repeat by repeat, where the config asks for folds. What the heads of the first
/// repeat say is kept as what the run says of them.
///
/// # Errors
/// Stopped; a libtorch fault; a run's folder cannot be written.
pub fn judge_out_of_fold(
    setup: &mut Setup,
    training: &mut Training,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    let (n_folds, n_repeats) = (setup.config.folds as usize, setup.config.repeats);
    if n_folds == 0 {
        return Ok(());
    }
    let images = training.features.table()?.readable(&setup.split.train);
    let classes = training.features.images().classes_of(&images);
    let groups = groups(setup, &images);
    progress.begin(Phase::Folds, images.len() * n_repeats as usize);
    let mut failures = BTreeMap::new();
    for repeat in 0..n_repeats {
        let folds = shuffled_folds(
            &classes,
            setup.dataset.n_classes(),
            &groups,
            n_folds,
            (setup.config.seed, repeat),
        );
        if repeat == 0 {
            journal.warn(doubts(setup, &folds, n_folds))?;
        }
        let mut judged = Judged::default();
        for fold in 0..folds.n_folds {
            let of_fold = judge_fold(setup, training, &images, (&folds, fold), progress, &mut failures)?;
            let when = When::Fold {
                repeat: repeat + 1,
                fold: fold as u32 + 1,
            };
            tell(training, &of_fold, &failures, when, progress, journal)?;
            progress.advance(of_fold.first().map_or(0, |outputs| outputs.indices.len()));
            judged.add(&of_fold);
        }
        if repeat == 0 {
            let all = judged.in_order();
            tell(training, &all, &failures, When::OutOfFold, progress, journal)?;
            training.out_of_fold = all;
        }
    }
    for (&head, why) in &failures {
        training.out_of_fold[head] = Outputs::default();
        let message = format!("its training images were not judged out of fold: {why}");
        journal.facts(vec![(head, RunEvent::Warning { message })])?;
    }
    Ok(())
}

/// What the heads say of one fold's images that were trained on the other folds. Heads that failed are noted, and why.
fn judge_fold(
    setup: &mut Setup,
    training: &mut Training,
    images: &[usize],
    (folds, fold): (&Folds, usize),
    progress: &Reporter,
    failures: &mut BTreeMap<usize, String>,
) -> Result<Vec<Outputs>> {
    let (asked, learnt): (Vec<_>, Vec<_>) =
        (images.iter().zip(&folds.of_image)).partition(|(_, of)| **of == fold);
    let only = |found: Vec<(&usize, &usize)>| found.into_iter().map(|(&image, _)| image).collect();
    let split = Split {
        train: only(learnt),
        val: only(asked),
        test: vec![],
    };
    let (mut quiet, mut unheard) = (Reporter::quiet(&progress.cancel), Journal::unheard());
    let whole = std::mem::replace(&mut setup.split, split);
    let members = training.members.clone();
    unheard.begin_sweep(members.len());
    let trained = Training::new(setup, training.features, members).and_then(|mut of_fold| {
        train_heads(setup, &mut of_fold, false, &mut quiet, &mut unheard)?;
        Ok((of_fold.members, of_fold.val))
    });
    setup.split = whole;
    let (members, outputs) = trained?;
    for (head, member) in members.into_iter().enumerate() {
        if let (Some(why), None) = (member.failure, &training.members[head].failure) {
            failures
                .entry(head)
                .or_insert(format!("in fold {}, {why}", fold + 1));
        }
    }
    Ok(outputs)
}

/// Records the figures of each head that has any.
fn tell(
    training: &Training,
    outputs: &[Outputs],
    failures: &BTreeMap<usize, String>,
    when: When,
    progress: &Reporter,
    journal: &mut Journal,
) -> Result<()> {
    let members = &training.members;
    let now = progress.elapsed_secs();
    let evaluations: Vec<Evaluation> = in_parallel(outputs, |head, outputs| {
        figures(
            outputs,
            &members[head].class_weights,
            None,
            when,
            Part::Train,
            now,
        )
    })?;
    let is_told = |head: &usize| members[*head].failure.is_none() && !failures.contains_key(head);
    let facts = evaluations.into_iter().enumerate();
    let facts = facts.filter(|(head, _)| is_told(head));
    journal.facts(
        facts
            .map(|(head, evaluation)| (head, RunEvent::Evaluated(evaluation)))
            .collect(),
    )
}

/// What may not be in two folds: copies, what the split keeps together, and what was decided to belong together.
fn groups(setup: &Setup, images: &[usize]) -> Vec<usize> {
    let mut components = Components::new(setup.dataset.images.len());
    setup
        .dataset
        .twins
        .iter()
        .for_each(|twins| components.join_all(twins));
    let mut first_of: BTreeMap<&str, usize> = BTreeMap::new();
    let decided = setup.labels.as_ref().map(|labels| &labels.decided.images);
    for &image in images {
        let by_split = setup.groups.as_ref().map(|groups| groups[image].as_str());
        let by_decision = decided.and_then(|decided| decided.get(&image)?.group.as_deref());
        for name in by_split.into_iter().chain(by_decision) {
            components.join(*first_of.entry(name).or_insert(image), image);
        }
    }
    images.iter().map(|&image| components.root(image)).collect()
}

/// What a reader of the figures should know.
fn doubts(setup: &Setup, folds: &Folds, wanted: usize) -> Vec<String> {
    let mut doubts = Vec::new();
    if folds.n_folds < wanted {
        doubts.push(format!(
            "there are {} groups to train on, so the training images are divided into {} folds and not {wanted}",
            folds.n_folds, folds.n_folds
        ));
    }
    let classes = &setup.dataset.classes;
    doubts.extend(folds.unjudged.iter().map(|&class_idx| {
        format!(
            "all training images of class {} are in one fold: out of fold they are judged by a head that does not know the \
             class",
            classes[class_idx]
        )
    }));
    doubts
}

/// What was said of one image: its class, and each head's logits.
type Row = (usize, Vec<Vec<f32>>);

/// What was said fold by fold, by image.
#[derive(Debug, Default)]
struct Judged {
    rows: BTreeMap<usize, Row>,
    n_heads: usize,
    n_classes: usize,
}

impl Judged {
    fn add(&mut self, of_fold: &[Outputs]) {
        self.n_heads = of_fold.len();
        for outputs in of_fold {
            self.n_classes = outputs.n_classes;
            for (image, label, logits) in outputs.rows() {
                let (_, of_heads) = self.rows.entry(image).or_insert((label, vec![]));
                of_heads.push(logits.to_vec());
            }
        }
    }

    /// Of each head, images ascending.
    fn in_order(&self) -> Vec<Outputs> {
        let of_head = |head: usize| Outputs {
            indices: self.rows.keys().copied().collect(),
            labels: self.rows.values().map(|(label, _)| *label).collect(),
            logits: (self.rows.values())
                .flat_map(|(_, of_heads)| of_heads[head].iter().copied())
                .collect(),
            n_classes: self.n_classes,
        };
        (0..self.n_heads).map(of_head).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::features::Features;
    use crate::engine::fit::converged::minimum_on;
    use crate::engine::tests::World;
    use crate::experiment::{ClassWeights, Config, Stop};
    use crate::metrics::Confusion;
    use crate::protocol::Cancel;

    #[test]
    fn each_training_image_is_judged_by_the_head_of_the_other_folds() {
        let world = World::new();
        let config = |weight: f64| Config {
            class_weights: ClassWeights::Given(vec![1.0, weight]),
            stop: Stop::Converged,
            folds: 4,
            repeats: 2,
            ..world.config()
        };
        let configs = [config(1.0), config(5.0)];
        let (mut quiet, mut journal) = (Reporter::quiet(&Cancel::new()), Journal::unheard());
        journal.begin_sweep(2);
        let (mut setup, mut features, members) = world.prepared(&configs);
        let whole = setup.split.clone();
        let mut training = Training::new(&setup, &mut features, members).unwrap();
        judge_out_of_fold(&mut setup, &mut training, &mut quiet, &mut journal).unwrap();
        assert_eq!(setup.split, whole);
        let said = std::mem::take(&mut training.out_of_fold);
        assert_eq!(&*said[1].indices, whole.train);

        // By hand: the second head of the third fold.
        let Features::Table(table) = &features else {
            panic!("no table")
        };
        let classes = table.images.classes_of(&whole.train);
        let alone: Vec<usize> = (0..whole.train.len()).collect();
        let folds = shuffled_folds(&classes, 2, &alone, 4, (setup.config.seed, 0));
        let of_fold = |is_asked: bool| -> Vec<usize> {
            let images = whole.train.iter().zip(&folds.of_image);
            images
                .filter(|(_, fold)| (**fold == 2) == is_asked)
                .map(|(&image, _)| image)
                .collect()
        };
        let head = minimum_on(
            table,
            &of_fold(false),
            &setup.network,
            &[1.0, 5.0],
            &Cancel::new(),
        );
        let asked = of_fold(true);
        let features = table.gather(&asked, setup.network.device).unwrap();
        let logits = head.unwrap().unwrap().logit_rows(&features).unwrap();
        for (image, expected) in asked.iter().zip(logits.chunks(2)) {
            let (_, _, found) = said[1].rows().find(|(i, ..)| i == image).unwrap();
            assert!(
                found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4),
                "{found:?} {expected:?}"
            );
        }

        let record = &journal.runs[1].record;
        assert_eq!(record.folds().count(), 8);
        let whole = &record.latest(Part::Train).unwrap();
        assert_eq!(whole.when, When::OutOfFold);
        let mut sum = Confusion::new(2);
        for fold in record.folds().take(4) {
            let counts = fold.confusion.rows().flatten().zip(0..);
            counts.for_each(|(&n, cell)| (0..n).for_each(|_| sum.add(cell / 2, cell % 2)));
        }
        assert_eq!(whole.confusion, sum);
    }

    #[test]
    fn copies_and_groups_are_in_one_fold() {
        let world = World::new();
        let (mut setup, _, _) = world.prepared(&[world.config()]);
        let images = setup.split.train.clone();
        assert_eq!(groups(&setup, &images), images);
        setup.dataset.twins = vec![vec![images[1], images[4]]];
        let of = |i: usize| format!("clip {}", if i == images[7] { images[4] } else { i });
        setup.groups = Some((0..setup.dataset.images.len()).map(of).collect());
        let found = groups(&setup, &images);
        assert_eq!((found[4], found[7]), (images[1], images[1]));
        assert_eq!(found.iter().filter(|&&group| group == images[1]).count(), 3);
    }
}
