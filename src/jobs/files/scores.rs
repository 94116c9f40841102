//! What runs say of single images: read, counted, and searched for the threshold that serves a goal best.

use std::path::{Path, PathBuf};

use crate::disk::dataset::groups::in_groups;
use crate::disk::runs::scores::{SavedScores, read_image_scores, read_scores};
use crate::error::{Error, Result};
use crate::experiment::{
    Decision, FoundRule, Goal, HeldRun, Part, Predictions, RunPair, RunRates, each_pair,
};
use crate::metrics::{Aim, Contest, Optimism, Rates};
use crate::protocol::{
    BestWorth, Cancel, CompareRuns, ComparedPair, ComparedRuns, ImageAnswer, ImageAnswers, RateRuns,
    RatedRun, ReadImage, RunScores, SearchRuns, SearchedRun, SearchedRuns,
};

/// # Errors
/// The run's predictions cannot be read.
pub(super) fn scores(run_dir: &Path) -> Result<Box<RunScores>> {
    let SavedScores {
        parts, folds_damage, ..
    } = read(run_dir)?;
    Ok(Box::new(RunScores {
        run_dir: run_dir.to_path_buf(),
        parts,
        folds_damage,
    }))
}

/// With the groups of the images, where they are known.
///
/// # Errors
/// The run's predictions cannot be read.
pub(super) fn read(run_dir: &Path) -> Result<SavedScores> {
    let mut saved = read_scores(run_dir)?;
    let parts = std::mem::take(&mut saved.parts).into_iter();
    let grouped =
        parts.map(|(part, predictions)| (part, in_groups(&saved.config, &saved.config.data, predictions)));
    saved.parts = grouped.collect();
    Ok(saved)
}

/// # Errors
/// Stopped. What is wrong with a run stands beside it.
pub(super) fn rate(request: &RateRuns, cancel: &Cancel) -> Result<Vec<RatedRun>> {
    let rated = |(run_dir, decision): &(PathBuf, Option<Decision>)| {
        cancel.check()?;
        let read = read(run_dir).map_err(|e| e.to_string());
        let in_groups = read.as_ref().is_ok_and(|read| are_in_groups(&read.parts));
        let parts = read.map(|SavedScores { classes, parts, .. }| {
            let rule = decision.as_ref().and_then(|decision| decision.rule(&classes));
            let rates = |(part, predictions): &(Part, Predictions)| {
                let rates = Rates::of_scores(predictions.scores(), predictions.groups(), rule);
                (*part, rates)
            };
            parts.iter().map(rates).collect()
        });
        Ok(RatedRun {
            run_dir: run_dir.clone(),
            rates: RunRates {
                decision: decision.clone(),
                parts,
                in_groups,
            },
        })
    };
    request.runs.iter().map(rated).collect()
}

/// # Errors
/// Stopped. What is wrong with a run stands beside it.
pub(super) fn search(request: &SearchRuns, cancel: &Cancel) -> Result<SearchedRuns> {
    let mut contest = None;
    let mut runs = Vec::new();
    for run_dir in &request.runs {
        cancel.check()?;
        let found = search_one(run_dir, &request.goal, &mut contest).map_err(|e| e.to_string());
        let run_dir = run_dir.clone();
        runs.push(SearchedRun { run_dir, found });
    }
    cancel.check()?;
    let Goal { bounds, aim, .. } = &request.goal;
    // What mistakes cost has a scale of its own, in which nothing is told of chance.
    let contest = contest.filter(|_| !matches!(aim, Aim::LeastCost(_)));
    let worth = |(contest, seed): (Contest, u64)| {
        let optimism = contest.optimism(bounds, aim, seed, || cancel.check());
        let worth = |optimism: Optimism| BestWorth {
            n_models: contest.n_models(),
            at_thresholds: contest.tries_thresholds(),
            too_much: optimism.too_much,
            standard_error: optimism.standard_error,
        };
        optimism.map(|optimism| optimism.map(worth))
    };
    let worth = contest.map_or(Ok(None), worth)?;
    Ok(SearchedRuns { runs, worth })
}

/// A run that can be searched takes part in the contest, with the first one's seed.
fn search_one(
    run_dir: &Path,
    goal: &Goal,
    contest: &mut Option<(Contest, u64)>,
) -> Result<Option<FoundRule>> {
    let SavedScores {
        config,
        classes,
        parts,
        ..
    } = read(run_dir)?;
    let Some(class_idx) = goal.class_idx(&classes) else {
        return Err(Error::file(run_dir, format!("has no class {}", goal.class)));
    };
    let of_part = |part| {
        let mut parts = parts.iter();
        parts
            .find(|(of, _)| *of == part)
            .map(|(_, predictions)| predictions)
    };
    let Some(val) = of_part(Part::Val) else {
        return Ok(None);
    };
    if contest.is_none() {
        let among = Contest::among(val.scores(), val.groups(), class_idx);
        *contest = among.map(|contest| (contest, config.seed));
    }
    if let Some((contest, _)) = contest {
        contest.add(val.scores());
    }
    let choice = val
        .scores()
        .choose(class_idx, &goal.bounds, &goal.aim, val.groups());
    Ok(choice.map(|choice| FoundRule {
        on_test: of_part(Part::Test).and_then(|test| {
            let rates = Rates::of_scores(test.scores(), test.groups(), choice.rule);
            Some((test.scores().confusion(choice.rule), *rates.get(class_idx)?))
        }),
        choice,
    }))
}

/// # Errors
/// Stopped. What is wrong with a run stands beside it.
pub(super) fn image(request: &ReadImage, cancel: &Cancel) -> Result<Box<ImageAnswers>> {
    let said = |run_dir: &PathBuf| {
        cancel.check()?;
        let said = read_image_scores(run_dir, &request.image).map_err(|e| e.to_string());
        let said = said.map(|said| said.map(|(part, probabilities)| ImageAnswer { part, probabilities }));
        Ok((run_dir.clone(), said))
    };
    Ok(Box::new(ImageAnswers {
        image: request.image.clone(),
        runs: request.runs.iter().map(said).collect::<Result<_>>()?,
    }))
}

/// # Errors
/// Stopped. Why a run cannot be held against another stands in its place.
pub(super) fn compare(request: &CompareRuns, cancel: &Cancel) -> Result<ComparedRuns> {
    let mut read_all: Vec<ReadPart> = Vec::new();
    for run_dir in &request.runs {
        cancel.check()?;
        let of_part = read(run_dir).and_then(|SavedScores { config, parts, .. }| {
            let mut parts = parts.into_iter();
            let found = parts.find(|(part, _)| *part == request.part);
            let none = || {
                Error::file(
                    run_dir,
                    format!("has no predictions of {} images", request.part.name()),
                )
            };
            Ok((config.seed, found.ok_or_else(none)?.1))
        });
        read_all.push(of_part.map_err(|e| e.to_string()));
    }
    let mut places = Vec::new();
    let mut held = Vec::new();
    for (place, read) in read_all.iter().enumerate() {
        let Ok((seed, predictions)) = read else { continue };
        places.push(place);
        // By the largest score, as all that the comparison shows.
        held.push(HeldRun {
            predictions,
            rule: None,
            seed: *seed,
        });
    }
    let found = each_pair(&held, || cancel.check())?;
    let said = |run: usize, against: usize| {
        for place in [against, run] {
            read_all[place].as_ref().map_err(String::clone)?;
        }
        let is_this = |pair: &RunPair| (places[pair.b], places[pair.a]) == (run, against);
        let mut pairs = found.iter().flat_map(|pair| [pair.clone(), pair.turned()]);
        let pair = pairs.find(is_this);
        pair.and_then(|pair| pair.said())
            .ok_or_else(|| NOT_THE_SAME.to_owned())
    };
    let each = 0..read_all.len();
    let both_ways = each
        .clone()
        .flat_map(|run| each.clone().map(move |against| (run, against)));
    let pairs = both_ways.filter(|(run, against)| run != against);
    let pairs = pairs.map(|(run, against)| ComparedPair {
        run: request.runs[run].clone(),
        against: request.runs[against].clone(),
        said: said(run, against),
    });
    Ok(ComparedRuns {
        asked: request.clone(),
        pairs: pairs.collect(),
    })
}

/// A run's seed and predictions, or why they cannot be read.
type ReadPart = std::result::Result<(u64, Predictions), String>;

const NOT_THE_SAME: &str = "did not judge the same images with the same labels";

fn are_in_groups(parts: &[(Part, Predictions)]) -> bool {
    parts
        .iter()
        .all(|(_, predictions)| predictions.groups().is_some())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::disk::runs::folder::{PREDICTIONS_FILE, RunFolder};
    use crate::experiment::{Config, Evaluation, Groups, RunEvent, SplitMethod, Started};
    use crate::metrics::{Bounds, Figure, LEAST_FOR_THRESHOLD, Met};

    /// Eight images of two persons, the score of REAL first right and then not.
    const CSV: &str = "path,part,true_class,FAKE,REAL\n\
        a/ann1.png,val,FAKE,0.9,0.1\na/bob1.png,val,FAKE,0.8,0.2\na/ann2.png,val,FAKE,0.7,0.3\na/bob2.png,val,FAKE,0.4,0.6\n\
        b/ann3.png,val,REAL,0.1,0.9\nb/bob3.png,val,REAL,0.2,0.8\nb/ann4.png,val,REAL,0.55,0.45\nb/bob4.png,val,REAL,0.6,0.4\n\
        b/cat1.png,test,REAL,0.3,0.7\nb/dan1.png,test,REAL,0.7,0.3\n";

    fn run(home: &Path, groups: Option<Groups>) -> PathBuf {
        run_among(home, groups, 0)
    }

    /// The same with so many more of FAKE to validate on, which nobody would take for REAL.
    fn run_among(home: &Path, groups: Option<Groups>, n_more: usize) -> PathBuf {
        let split = match groups {
            Some(_) => SplitMethod::Groups,
            None => SplitMethod::Stratified,
        };
        let config = Config {
            split,
            groups,
            ..Config::default()
        };
        let mut folder = RunFolder::create(home, &config, &[]).unwrap();
        let started = Started {
            n_val: vec![4 + n_more, 4],
            n_test: vec![0, 2],
            ..Started::of_two_classes(config)
        };
        folder.append(&RunEvent::Started(Box::new(started))).unwrap();
        let of_val = [[3 + n_more as u64, 1], [2, 2]];
        for (part, rows) in [(Part::Val, of_val), (Part::Test, [[0, 0], [1, 1]])] {
            let evaluation = Evaluation::of_counts(part, rows);
            folder.append(&RunEvent::Evaluated(evaluation)).unwrap();
        }
        let more: String = (0..n_more)
            .map(|i| format!("a/eve{i}.png,val,FAKE,0.95,0.05\n"))
            .collect();
        fs::write(folder.dir.join(PREDICTIONS_FILE), format!("{CSV}{more}")).unwrap();
        folder.dir.clone()
    }

    #[test]
    fn runs_are_counted_by_their_rule_and_in_their_groups() {
        let home = tempfile::tempdir().unwrap();
        let alone = run(home.path(), None);
        let grouped = run(home.path(), Some(Groups::Pattern("^[a-z]+".into())));
        let lost = run(home.path(), Some(Groups::Csv(home.path().join("taken away.csv"))));
        let none = home.path().join("none");
        let at = |at| Some(Decision::new("REAL", at, "by hand"));
        let runs = [(alone, None), (grouped, at(0.42)), (lost, None), (none, None)];
        let rated = rate(&RateRuns { runs: runs.to_vec() }, &Cancel::new()).unwrap();
        let recall = |i: usize| {
            let parts = rated[i].rates.parts.as_ref().unwrap();
            *parts[0].1[1].get(Figure::Recall)
        };
        let in_groups: Vec<bool> = rated.iter().map(|rated| rated.rates.in_groups).collect();
        assert_eq!(in_groups, [false, true, false, false]);
        assert_eq!((recall(0).part, recall(1).part, recall(2).part), (2, 3, 2));
        let width = |i: usize| recall(i).interval.unwrap().half_width();
        assert!(width(1) > width(0), "two persons are less than four images");
        assert!(rated[3].rates.parts.is_err());
        let cancel = Cancel::new();
        cancel.cancel();
        assert!(matches!(
            rate(&RateRuns { runs: runs.to_vec() }, &cancel),
            Err(Error::Stopped)
        ));
    }

    #[test]
    fn runs_are_held_against_each_other_once_and_told_from_both_sides() {
        let home = tempfile::tempdir().unwrap();
        let [one, two] = [(); 2].map(|()| run(home.path(), None));
        let lost = run(home.path(), Some(Groups::Csv(home.path().join("taken away.csv"))));
        let better = CSV.replace("REAL,0.6,0.4", "REAL,0.1,0.9");
        fs::write(two.join(PREDICTIONS_FILE), better).unwrap();
        let asked = |runs: &[&PathBuf]| CompareRuns {
            runs: runs.iter().map(|&run| run.clone()).collect(),
            part: Part::Val,
        };
        let none = home.path().join("none");
        let compared = compare(&asked(&[&one, &none, &two]), &Cancel::new()).unwrap();
        assert_eq!(compared.pairs.len(), 6);
        let of = |compared: &ComparedRuns, run: &PathBuf, against: &PathBuf| {
            let mut pairs = compared.pairs.iter();
            let is_this = |pair: &&ComparedPair| (&pair.run, &pair.against) == (run, against);
            pairs.find(is_this).unwrap().said.clone()
        };
        let (there, back) = (
            of(&compared, &two, &one).unwrap(),
            of(&compared, &one, &two).unwrap(),
        );
        assert!(
            there.sentence.contains("1 image fixed, 0 broken"),
            "{}",
            there.sentence
        );
        assert!(
            back.sentence.contains("0 images fixed, 1 broken"),
            "{}",
            back.sentence
        );
        for (one, two) in there.figures.iter().zip(&back.figures) {
            assert_eq!(one.told.difference, two.told.difference.turned());
            assert_eq!(one.told.is_sure, two.told.is_sure);
        }
        assert!(of(&compared, &none, &one).is_err() && of(&compared, &one, &none).is_err());
        let compared = compare(&asked(&[&lost, &lost]), &Cancel::new()).unwrap();
        let said = of(&compared, &lost, &lost).unwrap().sentence;
        assert!(said.contains("not known any more"), "{said}");
    }

    #[test]
    fn a_rule_is_chosen_on_validation_and_told_on_test_images() {
        let home = tempfile::tempdir().unwrap();
        let goal = |class: &str| Goal {
            class: class.into(),
            bounds: Bounds {
                recall: Some(0.7),
                ..Bounds::default()
            },
            aim: Aim::FewestFalsePositives,
        };
        let runs = vec![run_among(home.path(), None, LEAST_FOR_THRESHOLD)];
        let request = |class| SearchRuns {
            runs: runs.clone(),
            goal: goal(class),
        };
        let searched = search(&request("REAL"), &Cancel::new()).unwrap();
        assert!(searched.worth.is_some_and(|worth| worth.standard_error > 0.0));
        let found = searched.runs[0].clone();
        let found = found.found.unwrap().unwrap();
        // At 0.45 three of four are found, and at 0.4 all, each with the one false positive.
        assert_eq!(found.choice.rule.unwrap().at, 0.45);
        assert_eq!(found.choice.met, Met::Perhaps);
        let (on_test, rates) = found.on_test.unwrap();
        assert_eq!((on_test.get(1, 1), rates.get(Figure::Recall).whole), (1, 2));
        // A bound is judged by groups, which a contest does not know of.
        let grouped = SearchRuns {
            runs: vec![run_among(
                home.path(),
                Some(Groups::Pattern("^[a-z]+".into())),
                LEAST_FOR_THRESHOLD,
            )],
            goal: goal("REAL"),
        };
        let searched = search(&grouped, &Cancel::new()).unwrap();
        assert!(searched.runs[0].found.as_ref().is_ok_and(|found| found.is_some()));
        assert_eq!(searched.worth, None);
        let other = search(&request("DOG"), &Cancel::new()).unwrap();
        assert_eq!(other.worth, None);
        let other = other.runs[0].clone();
        assert!(other.found.unwrap_err().contains("has no class DOG"));
    }
}
