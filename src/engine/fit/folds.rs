//! Training images judged out of fold: each by a head that was trained on the other folds in the way that the run's own was
//! trained on all, so that no head is asked about what it learnt.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::setup::Setup;
use super::train_heads::train_heads;
use super::training::Training;
use crate::disk::dataset::groups::groups_of;
use crate::engine::head::evaluate::{Outputs, figures, in_parallel};
use crate::error::{Error, Result};
use crate::experiment::split::{Folds, shuffled_folds};
use crate::experiment::{Evaluation, Groups, Part, RunEvent, Split, When};
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
    let (groups, doubt) = groups(setup, &images);
    journal.warn(doubt)?;
    progress.begin(Phase::Folds, images.len() * n_repeats as usize);
    let mut failures = Failures::new();
    let result = (0..n_repeats).try_for_each(|repeat| {
        let seed = (setup.config.seed, repeat);
        let folds = shuffled_folds(&classes, setup.dataset.n_classes(), &groups, n_folds, seed);
        if repeat == 0 {
            journal.warn(doubts(setup, &folds, n_folds))?;
        }
        judge_repeat(
            setup,
            training,
            &images,
            (&folds, repeat),
            progress,
            &mut failures,
            journal,
        )
    });
    for (&head, (repeat, why)) in &failures {
        let message = match repeat {
            0 => format!("its training images were not judged out of fold: {why}"),
            _ => format!("repeat {} of its folds came to nothing: {why}", repeat + 1),
        };
        journal.facts(vec![(head, RunEvent::Warning { message })])?;
    }
    result
}

/// The repeat (from 0) in which a head failed first, and why, by head.
type Failures = BTreeMap<usize, (u32, String)>;

/// Judges all folds of a repeat (from 0), or none where no head is left.
fn judge_repeat(
    setup: &mut Setup,
    training: &mut Training,
    images: &[usize],
    (folds, repeat): (&Folds, u32),
    progress: &mut Reporter,
    failures: &mut Failures,
    journal: &mut Journal,
) -> Result<()> {
    let mut judged = Judged::default();
    for fold in 0..folds.n_folds {
        if !(0..training.members.len()).any(|head| is_told(training, failures, head)) {
            return Ok(());
        }
        let when = When::Fold {
            repeat: repeat + 1,
            fold: fold as u32 + 1,
        };
        let of_fold = judge_fold(setup, training, images, (folds, fold, repeat), progress, failures)?;
        tell(training, &of_fold, failures, when, progress, journal)?;
        progress.advance(folds.of_image.iter().filter(|of| **of == fold).count());
        judged.add(&of_fold);
    }
    if repeat == 0 {
        let mut all = judged.in_order();
        let told = tell(training, &all, failures, When::OutOfFold, progress, journal);
        // A later repeat that fails takes nothing back of what was recorded here.
        for (head, outputs) in all.iter_mut().enumerate() {
            if failures.contains_key(&head) {
                *outputs = Outputs::default();
            }
        }
        training.out_of_fold = all;
        told?;
    }
    Ok(())
}

/// What the heads say of one fold's images that were trained on the other folds. Heads that failed are noted, and why.
fn judge_fold(
    setup: &mut Setup,
    training: &mut Training,
    images: &[usize],
    (folds, fold, repeat): (&Folds, usize, u32),
    progress: &Reporter,
    failures: &mut Failures,
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
        match train_heads(setup, &mut of_fold, false, &mut quiet, &mut unheard) {
            // Heads that diverge in a fold are no reason to lose what they are by themselves.
            Err(Error::Job(_)) if of_fold.members.iter().all(|member| member.failure.is_some()) => {
                Ok((of_fold.members, vec![]))
            }
            result => result.map(|()| (of_fold.members, of_fold.val)),
        }
    });
    setup.split = whole;
    let (members, outputs) = trained?;
    for (head, member) in members.into_iter().enumerate() {
        if let (Some(why), None) = (member.failure, &training.members[head].failure) {
            failures
                .entry(head)
                .or_insert((repeat, format!("in fold {}, {why}", fold + 1)));
        }
    }
    Ok(outputs)
}

/// Records the figures of each head that has any.
fn tell(
    training: &Training,
    outputs: &[Outputs],
    failures: &Failures,
    when: When,
    progress: &Reporter,
    journal: &mut Journal,
) -> Result<()> {
    let members = &training.members;
    if !(0..members.len()).any(|head| is_told(training, failures, head)) {
        return Ok(());
    }
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
    let facts = evaluations.into_iter().enumerate();
    let facts = facts.filter(|(head, _)| is_told(training, failures, *head));
    journal.facts(
        facts
            .map(|(head, evaluation)| (head, RunEvent::Evaluated(evaluation)))
            .collect(),
    )
}

fn is_told(training: &Training, failures: &Failures, head: usize) -> bool {
    training.members[head].failure.is_none() && !failures.contains_key(&head)
}

/// What may not be in two folds: copies, what the split keeps together, and what was decided to belong together. Where the
/// split goes by something else, what the folder's own table of groups says; or why it cannot be told.
fn groups(setup: &Setup, images: &[usize]) -> (Vec<usize>, Option<String>) {
    let mut components = Components::new(setup.dataset.images.len());
    setup
        .dataset
        .twins
        .iter()
        .for_each(|twins| components.join_all(twins));
    let (of_table, doubt) = match groups_of_table(setup, images) {
        None => (None, None),
        Some(Ok(groups)) => (Some(groups), None),
        Some(Err(e)) => (None, Some(format!("folds do not go by the folder's groups: {e}"))),
    };
    // Two who name groups may use one name for two.
    let mut first_of: BTreeMap<(u8, &str), usize> = BTreeMap::new();
    let decided = setup.labels.as_ref().map(|labels| &labels.decided.images);
    for (i, &image) in images.iter().enumerate() {
        let by_split = setup.groups.as_ref().map(|groups| groups[image].as_str());
        let by_table = of_table.as_ref().map(|groups| groups[i].as_str());
        let by_decision = decided.and_then(|decided| decided.get(&image)?.group.as_deref());
        let names = (0..).zip([by_split, by_table, by_decision]);
        for name in names.filter_map(|(by, name)| Some((by, name?))) {
            components.join(*first_of.entry(name).or_insert(image), image);
        }
    }
    let roots = images.iter().map(|&image| components.root(image)).collect();
    (roots, doubt)
}

/// The group of each of these images, where the folder has a table of them and the split is not by groups.
fn groups_of_table(setup: &Setup, images: &[usize]) -> Option<Result<Vec<String>>> {
    let table = setup.dataset.groups_table.as_ref();
    let table = table.filter(|_| setup.groups.is_none())?;
    let paths = images
        .iter()
        .map(|&image| setup.dataset.images[image].path.as_str().into());
    let paths: Vec<PathBuf> = paths.collect();
    Some(groups_of(
        &Groups::Csv(table.clone()),
        &setup.dataset.root,
        &paths,
    ))
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
        self.n_heads = self.n_heads.max(of_fold.len());
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
    use crate::disk::runs::scores::read_scores;
    use crate::engine::features::Features;
    use crate::engine::fit::converged::minimum_on;
    use crate::engine::fit::run::run;
    use crate::engine::tests::World;
    use crate::experiment::{ClassWeights, Config, Stop};
    use crate::metrics::Confusion;
    use crate::protocol::{Cancel, Event, Train};

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
        assert_eq!(groups(&setup, &images).0, images);
        setup.dataset.twins = vec![vec![images[1], images[4]]];
        let of = |i: usize| format!("clip {}", if i == images[7] { images[4] } else { i });
        setup.groups = Some((0..setup.dataset.images.len()).map(of).collect());
        let (found, _) = groups(&setup, &images);
        assert_eq!((found[4], found[7]), (images[1], images[1]));
        assert_eq!(found.iter().filter(|&&group| group == images[1]).count(), 3);

        // Of a split by something else, the folder's own table.
        (setup.groups, setup.dataset.twins) = (None, vec![]);
        let table = world.home.path().join("groups.csv");
        let row = |i: usize| {
            let group = if i == 7 { 4 } else { i };
            format!("{},{group}\n", setup.dataset.images[images[i]].path)
        };
        let rows: String = (0..images.len()).map(row).collect();
        std::fs::write(&table, format!("path,group\n{rows}")).unwrap();
        setup.dataset.groups_table = Some(table.clone());
        let (found, doubt) = groups(&setup, &images);
        assert_eq!((found[7], doubt), (images[4], None));
        std::fs::write(&table, "path,group\n").unwrap();
        let (found, doubt) = groups(&setup, &images);
        assert!(found == images && doubt.is_some_and(|doubt| doubt.contains("groups.csv")));
    }

    #[test]
    fn a_head_that_diverges_in_a_fold_keeps_what_it_is_by_itself() {
        let world = World::new();
        let config = Config {
            stop: Stop::Converged,
            folds: 3,
            repeats: 2,
            ..world.config()
        };
        let (mut quiet, mut journal) = (Reporter::quiet(&Cancel::new()), Journal::unheard());
        journal.begin_sweep(1);
        let (mut setup, mut features, mut members) = world.prepared(&[config]);
        members[0].class_weights[1] = f64::INFINITY;
        let whole = setup.split.clone();
        let mut training = Training::new(&setup, &mut features, members).unwrap();
        judge_out_of_fold(&mut setup, &mut training, &mut quiet, &mut journal).unwrap();
        assert_eq!(setup.split, whole);
        assert!(training.members[0].failure.is_none());
        assert!(!training.out_of_fold.iter().any(Outputs::is_known));
        let record = &journal.runs[0].record;
        assert!(record.latest(Part::Train).is_none());
        let said = record.warnings.last().unwrap();
        assert!(
            said.contains("not judged out of fold: in fold 1, the loss"),
            "{said}"
        );
    }

    #[test]
    fn a_stop_in_a_later_repeat_keeps_what_was_said_in_the_first() {
        let world = World::new();
        let request = Train {
            config: Config {
                stop: Stop::Converged,
                folds: 3,
                repeats: 2,
                ..world.config()
            },
            runs_dir: world.home.path().join("runs"),
        };
        let cancel = Cancel::new();
        let tell = |event: Event| {
            let text = format!("{event:?}");
            if text.contains("OutOfFold") {
                cancel.cancel();
            }
        };
        let stopped = run(&request, &world.store, &mut Reporter::quiet(&cancel), &tell);
        assert!(matches!(stopped, Err(Error::Stopped)), "{stopped:?}");
        let dir = std::fs::read_dir(&request.runs_dir).unwrap().next().unwrap();
        let scores = read_scores(&dir.unwrap().path()).unwrap();
        let parts: Vec<Part> = scores.parts.iter().map(|(part, _)| *part).collect();
        assert_eq!(parts, [Part::Train, Part::Val]);
    }
}
