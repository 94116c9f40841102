//! Live weights: sliders are followed one trial at a time, thresholds are found and kept, sweeps become dots.

use std::path::PathBuf;

use counterweight::app::Settings;
use counterweight::experiment::{ClassWeights, Config, Part, RunEvent, When};
use counterweight::metrics::LEAST_FOR_THRESHOLD;
use counterweight::protocol::{
    CacheCommand, CacheEvent, CacheListing, CachedSet, ClearCache, Command, Decide, Event, FeaturesStatus,
    FitCommand, FitEvent, Job, LimitCache, ListCache, LiveCommand, LiveEvent, RunScores, RunsCommand,
    RunsEvent, Trial, TryWeights,
};
use egui_kittest::kittest::Queryable;

use super::{Bench, predictions, scripted};

/// Scores of REAL, class 1, for four images of FAKE and two of REAL.
const OF_REAL: [(usize, f32); 6] = [(0, 0.1), (0, 0.2), (0, 0.3), (0, 0.6), (1, 0.4), (1, 0.7)];

pub fn scores() -> (Vec<usize>, Vec<f32>) {
    let labels = OF_REAL.iter().map(|(label, _)| *label).collect();
    let rows = OF_REAL.iter().flat_map(|(_, p)| [1.0 - p, *p]).collect();
    (labels, rows)
}

/// The same among as many others as a threshold is chosen by.
pub fn scores_to_choose_by() -> (Vec<usize>, Vec<f32>) {
    let (mut labels, mut rows) = scores();
    labels.extend([0; LEAST_FOR_THRESHOLD]);
    rows.extend([[0.95, 0.05]; LEAST_FOR_THRESHOLD].concat());
    (labels, rows)
}

pub fn trial(config: &Config) -> Trial {
    let data = scripted::two_classes("faces".as_ref());
    let evaluation = scripted::training(config, &data, "r")
        .into_iter()
        .find_map(|event| match event {
            RunEvent::Evaluated(e) if e.part == Part::Val && matches!(e.when, When::Epoch(_)) => Some(e),
            _ => None,
        });
    let (labels, probabilities) = scores_to_choose_by();
    Trial {
        config: config.clone(),
        classes: data.classes.clone(),
        class_weights: config
            .class_weights
            .resolve(&data.classes, &data.counts())
            .unwrap(),
        n_train: data.counts(),
        losses: vec![0.5; 68],
        epoch_starts: vec![0, 34],
        evaluation: evaluation.unwrap(),
        predictions: predictions(labels, probabilities),
        seconds: 0.15,
    }
}

/// With a folder open of which so many of 6,011 images have features.
fn opened(n_ready: usize) -> Bench {
    let mut bench = Bench::first();
    bench.all_commands();
    bench.give(scripted::two_classes("faces".as_ref()));
    let asked = bench.all_commands();
    let (ask, _) = asked
        .iter()
        .find(|(_, c)| matches!(c, Command::Live(LiveCommand::AskFeatures(_))))
        .unwrap();
    let status = FeaturesStatus {
        n_images: 6011,
        n_ready,
        n_unreadable: 0,
    };
    bench.send(ask.id, LiveEvent::Features(status));
    bench.send(ask.id, Event::Done);
    bench.frames();
    bench
}

/// With all features there, and the first trial done that nobody asked for.
fn live() -> Bench {
    let mut bench = opened(6011);
    let (job, config) = tried(&bench).remove(0);
    answer(&mut bench, &job, &config);
    bench
}

fn tried(bench: &Bench) -> Vec<(Job, Config)> {
    let commands = bench.all_commands().into_iter();
    let of_try = |(job, command)| match command {
        Command::Live(LiveCommand::TryWeights(TryWeights { config })) => Some((job, *config)),
        _ => None,
    };
    commands.filter_map(of_try).collect()
}

fn answer(bench: &mut Bench, job: &Job, config: &Config) {
    bench.send(job.id, LiveEvent::Tried(Box::new(trial(config))));
    bench.send(job.id, Event::Done);
    bench.frames();
}

#[test]
fn weights_are_tried_one_at_a_time_and_the_latest_wins() {
    let mut bench = live();
    bench.click("1 : 3");
    let first = tried(&bench);
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].1.class_weights, ClassWeights::Given(vec![1.0, 3.0]));
    bench.click("balanced");
    bench.click("1 : 8");
    assert!(tried(&bench).is_empty(), "one is under way");
    answer(&mut bench, &first[0].0, &first[0].1);
    assert!(bench.sees("Confusion matrix · live 1 : 3"));
    let next = tried(&bench);
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].1.class_weights, ClassWeights::Given(vec![1.0, 8.0]));
    answer(&mut bench, &next[0].0, &next[0].1);
    assert!(bench.sees("Confusion matrix · live 1 : 8"));
    assert!(tried(&bench).is_empty());
    bench.click("Keep as a run");
    let commands = bench.commands();
    let (_, Command::Fit(FitCommand::Train(request))) = &commands[0] else {
        panic!("{commands:?}")
    };
    assert_eq!(request.config.class_weights, ClassWeights::Given(vec![1.0, 8.0]));
}

/// What was found was found among the scores of other weights.
#[test]
fn what_was_found_is_not_said_of_the_weights_that_are_tried_next() {
    let mut bench = live();
    let try_weights = |bench: &mut Bench, preset: &str| {
        bench.click(preset);
        let (job, config) = tried(bench).remove(0);
        answer(bench, &job, &config);
    };
    try_weights(&mut bench, "1 : 3");
    bench.click("Set a goal");
    bench.click("Find the threshold for the goal");
    let chosen = "None of its thresholds surely meets the goal";
    let says_so = |bench: &Bench| bench.harness.query_by_label_contains(chosen).is_some();
    assert!(says_so(&bench));
    try_weights(&mut bench, "1 : 8");
    assert!(!says_so(&bench), "of the weights before");
    assert_eq!(bench.state().looking.threshold, Some(0.4));
    // By hand: 0.4 / 8 to 0.6.
    assert!(bench.sees("REAL from a score of 0.400 on, shown as 0.077"));
    // No run was trained, so that only the threshold can be chosen.
    bench.click("Find the best");
    assert!(says_so(&bench));
}

#[test]
fn without_features_they_are_offered() {
    let mut bench = opened(11);
    assert!(bench.sees("6,000 to compute"));
    bench.click("Compute features");
    assert!(matches!(
        &bench.commands()[0].1,
        Command::Live(LiveCommand::ComputeFeatures(_))
    ));
}

#[test]
fn a_threshold_is_found_shown_and_kept() {
    let mut bench = Bench::trained(&["1,8"]);
    let dir = PathBuf::from("runs/2026-11-22-120000-resnet18-0");
    let (labels, probabilities) = scores_to_choose_by();
    let of_val = predictions(labels, probabilities);
    let parts = vec![(Part::Val, of_val.clone()), (Part::Test, of_val)];
    bench.send(
        0,
        RunsEvent::Scored(Box::new(RunScores {
            folds_damage: None,
            run_dir: dir.clone(),
            parts,
        })),
    );
    bench.frames();
    bench.commands();
    bench.click("Set a goal");
    bench.click("Find the threshold for the goal");
    // Both of REAL score at least 0.4, and so does one of FAKE.
    assert_eq!(bench.state().looking.threshold, Some(0.4));
    assert!(bench.sees("true FAKE predicted REAL: 1 image"));
    let found = bench.state().looking.found.clone().unwrap();
    assert!(
        found.contains("perhaps does")
            && found.contains("On the 56 test images 100 % (34 to 100) of REAL found"),
        "{found}"
    );
    bench.click("Keep the threshold");
    let commands = bench.commands();
    let (_, Command::Runs(RunsCommand::Decide(Decide { run_dir, decision }))) = &commands[0] else {
        panic!("{commands:?}")
    };
    let decision = decision.as_ref().unwrap();
    assert_eq!(
        (run_dir, decision.class.as_str(), decision.threshold),
        (&dir, "REAL", 0.4)
    );
    let row = bench
        .harness
        .query_by_label_contains("%, predicts REAL from a score of 0.400");
    assert!(row.is_some());
    bench.click("Clear the threshold");
    assert_eq!(bench.state().looking.threshold, None);
}

#[test]
fn the_button_of_a_sweep_is_no_wider_than_what_it_asks() {
    let mut bench = live();
    bench.click("Sweep weights");
    let button = bench.harness.get_by_label("Train 24 weightings").rect();
    let count = bench.harness.get_by_label("Weights to try").rect();
    assert!(count.right() <= button.right() + 1.0, "{count} beside {button}");
    assert!(button.width() < 300.0, "{button}");
    bench.harness.get_by_label("Class to weigh");
}

#[test]
fn a_sweep_becomes_runs_and_dots() {
    let mut bench = Bench::open();
    bench.commands();
    bench.click("Sweep weights");
    bench.click("Train 24 weightings");
    let (job, Command::Fit(FitCommand::Sweep(request))) = bench.commands().remove(0) else {
        panic!()
    };
    assert_eq!(request.heads.len(), 24);
    assert_eq!(
        request.heads[0].class_weights,
        ClassWeights::Given(vec![1.0, 1.0])
    );
    assert_eq!(
        request.heads[23].class_weights,
        ClassWeights::Given(vec![1.0, 16.0])
    );
    let data = scripted::two_classes("faces".as_ref());
    for (i, head) in request.heads.iter().enumerate() {
        let name = format!("2026-11-22-13{i:02}00-resnet18");
        bench.send(
            job.id,
            FitEvent::RunCreated {
                dir: PathBuf::from("runs").join(&name),
            },
        );
        let config = Config {
            class_weights: head.class_weights.clone(),
            ..request.config.clone()
        };
        let facts = scripted::training(&config, &data, &name);
        bench.send(
            job.id,
            FitEvent::Runs(facts.into_iter().map(|fact| (i, fact)).collect()),
        );
    }
    bench.send(job.id, Event::Done);
    bench.frames();
    let dots = bench.state().dots();
    assert_eq!(dots.len(), 24);
    assert!(
        dots.windows(2)
            .all(|w| w[0].weight < w[1].weight && w[0].line == w[1].line)
    );
    assert!(dots.iter().any(|d| d.on_front));
    // Two dozen lines over each other would hide what is looked at: the best is followed, and the only one shown.
    let figure = |run: usize| bench.state().runs.all[run].figure();
    let best = bench.state().looking.run.unwrap();
    assert!((0..24).all(|run| figure(run) <= figure(best)));
    assert_eq!(bench.state().shown(), [best]);
    assert!(
        bench
            .harness
            .query_all_by_label_contains("24 weightings trained at once")
            .count()
            > 0
    );
}

#[test]
fn the_feature_cache_is_looked_at_limited_and_cleared() {
    let mut bench = live();
    bench.commands();
    bench.click("Feature cache");
    let (job, command) = bench.next_command();
    assert!(matches!(
        command,
        Command::Cache(CacheCommand::ListCache(ListCache))
    ));
    let set = CachedSet {
        id: "0123456789abcdef".into(),
        about: "resnet18 at 128 px".into(),
        n_images: 6011,
        n_bytes: 12_300_000,
        unused_secs: 7200,
    };
    let mut listing = CacheListing {
        dir: Some("/cache".into()),
        limit_bytes: 5_000_000_000,
        sets: vec![set],
        thumbnail_bytes: 0,
        map_bytes: 0,
    };
    bench.send(job.id, CacheEvent::Listed(listing.clone()));
    bench.frames();
    assert!(bench.sees("12.3 MB of at most"));
    assert!(bench.sees("6,011 images, 12.3 MB, used 2 hours ago"));
    bench
        .harness
        .get_by_label("Most that is kept, in gigabytes")
        .click();
    bench.frames();
    bench.key(egui::Modifiers::COMMAND, egui::Key::A);
    bench.harness.event(egui::Event::Text("2.5".into()));
    bench.key(egui::Modifiers::NONE, egui::Key::Enter);
    let (_, command) = bench.next_command();
    assert!(matches!(
        command,
        Command::Cache(CacheCommand::LimitCache(LimitCache {
            n_bytes: 2_500_000_000
        }))
    ));
    bench.click("Remove resnet18 at 128 px");
    let (job, command) = bench.next_command();
    assert!(
        matches!(&command, Command::Cache(CacheCommand::ClearCache(ClearCache { set: Some(id) })) if id == "0123456789abcdef")
    );
    // What the form needs is gone as well, so it is asked for again.
    bench.all_commands();
    listing.sets.clear();
    bench.send(job.id, CacheEvent::Listed(listing));
    bench.frames();
    assert!(bench.sees("Nothing is kept yet; train, or go live, and it will be"));
    let asked = bench.all_commands();
    assert!(
        asked
            .iter()
            .any(|(_, c)| matches!(c, Command::Live(LiveCommand::AskFeatures(_))))
    );
}

/// What was found has long words; the plot above them stays one that can be read.
#[test]
fn what_was_found_leaves_room_for_the_plot_in_a_small_window() {
    let mut bench = Bench::with(Settings::default(), [1024.0, 700.0]);
    bench.give(scripted::two_classes("faces".as_ref()));
    let name = "2026-11-22-120000-x";
    bench.list(name, &Config::default(), None);
    let (labels, probabilities) = scores_to_choose_by();
    let of_val = predictions(labels, probabilities);
    let scores = RunScores {
        folds_damage: None,
        run_dir: PathBuf::from("runs").join(name),
        parts: vec![(Part::Val, of_val)],
    };
    bench.send(0, RunsEvent::Scored(Box::new(scores)));
    bench.frames();
    bench.click("Set a goal");
    bench.click("Find the threshold for the goal");
    let rect = |label: &str| bench.harness.get_by_label_contains(label).rect();
    let (plot, found) = (rect("Trade-off of"), rect("None of its thresholds"));
    assert!(plot.height() > 80.0, "{plot}");
    assert!(found.bottom() <= plot.top(), "{found} runs into {plot}");
    let said = rect("REAL from a score of");
    assert!(plot.bottom() <= said.top(), "{plot} runs into {said}");
    let matrix = rect("Confusion matrix · equal");
    assert!(said.bottom() <= matrix.top(), "{said} runs into {matrix}");
}
