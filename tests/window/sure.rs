//! How sure figures are that no closed formula tells, and whether runs that are compared differ by more than chance.

use counterweight::app::{Action, RunsAction, ThemeChoice};
use counterweight::experiment::{FigureSaid, FiguresAsked, PairSaid, Part, Sureness};
use counterweight::metrics::{Difference, Interval, Told};
use counterweight::protocol::{
    Command, CompareRuns, ComparedPair, ComparedRuns, Event, Job, RunsCommand, RunsEvent,
};

use super::goal::{of_faces, swept};
use super::predictions::act;
use super::{Bench, scripted};

/// What was asked about how sure figures are.
fn measures(bench: &Bench) -> Vec<(Job, FiguresAsked)> {
    let commands = bench.all_commands().into_iter();
    let measures = commands.filter_map(|(job, command)| match command {
        Command::Runs(RunsCommand::Measure(request)) => Some((job, request.asked)),
        _ => None,
    });
    measures.collect()
}

#[test]
fn figures_that_are_no_shares_get_their_intervals_once_they_are_known() {
    let data = scripted::two_classes("faces".as_ref());
    // With room for all figures below each other.
    let (mut bench, _) = swept(data, 3, ThemeChoice::Dark, [1920.0, 1400.0]);
    let (job, asked) = measures(&bench).pop().expect("asked with the scores");
    let sureness = Sureness::of(&asked);
    let interval = sureness.intervals.overall("mcc").unwrap();
    let shown = format!("({:.3} to {:.3})", interval.low, interval.high);
    assert!(!bench.sees(&shown));
    bench.send(job.id, RunsEvent::Measured(Box::new(sureness.clone())));
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(bench.sees(&shown), "{shown}");
    let f1 = sureness.intervals.of_class(1, "f1").unwrap();
    let state = bench.state();
    let subject = state.subject().unwrap();
    let known = state.known_intervals(&subject);
    let mut figures = counterweight::metrics::CLASS_FIGURES.iter();
    let figure = figures.find(|figure| figure.key == "f1").unwrap();
    let shown = known.of_class(1, figure, &subject.class_views()[1]);
    assert_eq!(shown, Some(f1));
    assert!(
        measures(&bench).is_empty(),
        "what is known is not asked for again"
    );
    // Other images are others.
    bench.click("Judge by test images");
    let (_, asked) = measures(&bench).pop().expect("asked for the test images");
    let test = bench.state().predictions_on(Part::Test).unwrap();
    assert_eq!(asked.predictions.images(), test.images());
}

/// A difference of a point, sure by itself and chance among the others that are compared.
fn may_be_chance(sentence: &str) -> PairSaid {
    let difference = Difference {
        value: 0.01,
        interval: Interval {
            low: 0.002,
            high: 0.018,
        },
    };
    let figure = |key: &str, class_idx| FigureSaid {
        key: key.into(),
        class_idx,
        told: Told {
            difference,
            is_sure: false,
        },
    };
    PairSaid {
        sentence: sentence.into(),
        figures: vec![figure("balanced_accuracy", None), figure("recall", Some(1))],
        in_groups: false,
    }
}

#[test]
fn compared_runs_are_told_apart_in_a_sentence() {
    let (mut bench, _) = of_faces(3);
    bench.all_commands();
    bench.click("Compare the shown runs");
    let (job, asked) = comparisons(&bench).pop().expect("asked with the comparison");
    assert_eq!((asked.runs.len(), asked.part), (3, Part::Val));
    let sentence = "balanced accuracy +1.0, which may be chance";
    let mut pairs = Vec::new();
    for run in &asked.runs {
        for against in asked.runs.iter().filter(|against| *against != run) {
            pairs.push(ComparedPair {
                run: run.clone(),
                against: against.clone(),
                said: Ok(may_be_chance(sentence)),
            });
        }
    }
    bench.send(job.id, RunsEvent::Compared(ComparedRuns { asked, pairs }));
    bench.send(job.id, Event::Done);
    bench.frames();
    let label = |run: usize| bench.state().runs.all[run].label();
    for other in [1, 2] {
        let whole = format!("{} against {}: {sentence}", label(other), label(0));
        assert!(bench.sees(&whole), "{whole}");
    }
    assert!(comparisons(&bench).is_empty());
    let show = |shown| Action::Runs(RunsAction::Show { runs: vec![2], shown });
    // Among two it may be worth more than among three: what was said of three is said no more.
    act(&mut bench, show(false));
    let (job, asked) = comparisons(&bench).pop().expect("asked anew");
    assert_eq!(asked.runs.len(), 2);
    assert!(!bench.sees_part("which may be chance"));
    // What is asked for meanwhile does not wait for it.
    act(&mut bench, show(true));
    assert_eq!(comparisons(&bench).len(), 1);
    assert!(job.cancel.is_cancelled());
}

fn comparisons(bench: &Bench) -> Vec<(Job, CompareRuns)> {
    let commands = bench.all_commands().into_iter();
    let asked = commands.filter_map(|(job, command)| match command {
        Command::Runs(RunsCommand::CompareRuns(request)) => Some((job, request)),
        _ => None,
    });
    asked.collect()
}

#[test]
fn what_is_as_good_within_the_noise_and_gentler_is_offered() {
    let (mut bench, mut sweep) = of_faces(8);
    sweep.noise = 0.1;
    bench.click("Set a goal");
    bench.click("Find the best");
    sweep.answer(&mut bench);
    sweep.answer(&mut bench);
    let best = bench.state().looking.run.unwrap();
    let label = bench
        .state()
        .gentlest()
        .expect("the heaviest is the best by a hair");
    assert!(bench.sees_part(&format!(". Within the noise, the gentlest weighting is {label} ")));
    bench.click("Take the gentlest");
    let state = bench.state();
    let taken = state.looking.run.unwrap();
    assert!(taken != best && state.runs.all[taken].label() == label);
    assert!(state.gentlest().is_none());
    assert!(bench.sees_part(&format!("Within the noise, the gentlest weighting is {label} ")));
    assert!(!bench.sees("Take the gentlest"));
}
