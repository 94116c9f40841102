//! The goal: set in its bar, held against every run, and the best weighting and threshold found for it.

use std::path::PathBuf;

use counterweight::app::{Settings, ThemeChoice};
use counterweight::experiment::{
    Config, Dataset, Decision, Evaluation, FoundRule, Goal, Part, Predictions, RunEvent, RunRates, RunRecord,
    Started, When,
};
use counterweight::metrics::{Met, Rates, Threshold};
use counterweight::protocol::{
    BestWorth, Command, Event, FitCommand, ListedRun, RatedRun, RunScores, RunsCommand, RunsEvent,
    SearchRuns, SearchedRun, SearchedRuns,
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::typed::{says, type_into};
use super::{Bench, scripted};

/// What a run with that weight on the rarest class says of `n` images of each class: a logit of its own for each class,
/// above which the true one stands, and the weighed one by the logarithm of its weight.
fn judged(n: &[usize], weighed: usize, weight: f64, seed: u32) -> Predictions {
    let mut noise = seed;
    let mut uniform = || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(noise >> 8) / f64::from(1u32 << 24)
    };
    let total: usize = n.iter().sum();
    let (mut truth, mut rows) = (Vec::new(), Vec::new());
    for (class_idx, &n_images) in n.iter().enumerate() {
        for _ in 0..n_images {
            let logits = (0..n.len()).map(|c| {
                let prior = (n[c] as f64 / total as f64).ln();
                let spread = 1.6 * (uniform() + uniform() + uniform() - 1.5);
                let right = if c == class_idx { 2.4 } else { 0.0 };
                let weighed = if c == weighed { weight.ln() } else { 0.0 };
                prior + spread + right + weighed
            });
            let powers: Vec<f64> = logits.map(f64::exp).collect();
            let sum: f64 = powers.iter().sum();
            rows.extend(powers.iter().map(|power| (power / sum) as f32));
            truth.push(class_idx);
        }
    }
    let images = (0..total).map(|i| PathBuf::from(format!("{i}.jpg"))).collect();
    Predictions::new(images, n.len(), truth, rows).unwrap()
}

/// Runs of one split, each with its predictions.
pub struct Sweep {
    data: Dataset,
    weighed: usize,
    runs: Vec<(PathBuf, Vec<(Part, Predictions)>)>,
    /// Whether all began in one second, as the runs of a sweep do.
    pub at_once: bool,
    /// The standard error of what is best, by whose hundredths each run is better than the one before.
    pub noise: f64,
}

impl Sweep {
    pub fn new(data: Dataset) -> Self {
        let counts = data.counts();
        let rarest = (0..counts.len()).rev().min_by_key(|&class_idx| counts[class_idx]);
        Sweep {
            weighed: rarest.unwrap(),
            data,
            runs: Vec::new(),
            at_once: false,
            noise: 0.0,
        }
    }

    /// Trains one in the folder that is open.
    pub fn train(&mut self, bench: &mut Bench, weight: f64, config: Config) {
        let counts = self.data.counts();
        let part = |share: usize| -> Vec<usize> { counts.iter().map(|n| (n / share).max(2)).collect() };
        let (n_val, n_test) = (part(6), part(8));
        let parts = vec![
            (Part::Val, judged(&n_val, self.weighed, weight, 7)),
            (Part::Test, judged(&n_test, self.weighed, weight, 99)),
        ];
        let mut weights = vec![1.0; counts.len()];
        weights[self.weighed] = weight;
        let config = Config {
            class_weights: counterweight::experiment::ClassWeights::Given(weights),
            data: self.data.root.clone(),
            ..config
        };
        let name = match (self.at_once, self.runs.len()) {
            (false, n) => format!("2026-11-22-12{n:02}00-resnet18"),
            (true, n) => format!("2026-11-22-120000-resnet18-{n}"),
        };
        let mut events = scripted::training(&config, &self.data, &name);
        events.retain(|event| !matches!(event, RunEvent::Evaluated(_)));
        for (part, predictions) in &parts {
            events.insert(events.len() - 1, evaluated(*part, predictions, &config));
        }
        if let RunEvent::Started(started) = &mut events[0] {
            let Started {
                n_val: val,
                n_test: test,
                ..
            } = started.as_mut();
            (*val, *test) = (n_val, n_test);
        }
        let dir = PathBuf::from("runs").join(&name);
        let listed = ListedRun {
            dir: dir.clone(),
            name,
            config,
            record: RunRecord::from_events(&events),
            n_events: events.len(),
            ..ListedRun::default()
        };
        bench.send(0, RunsEvent::Listed(Box::new(listed)));
        bench.frames();
        self.runs.push((dir, parts));
    }

    fn parts(&self, dir: &PathBuf) -> &[(Part, Predictions)] {
        let run = self.runs.iter().find(|(known, _)| known == dir);
        &run.unwrap().1
    }

    /// Answers whatever was asked about runs, as the program itself does.
    pub fn answer(&self, bench: &mut Bench) {
        for (job, command) in bench.all_commands() {
            let Command::Runs(command) = command else { continue };
            let answer = match command {
                RunsCommand::ReadScores(request) => {
                    let parts = self.parts(&request.run_dir).to_vec();
                    let run_dir = request.run_dir;
                    RunsEvent::Scored(Box::new(RunScores {
                        folds_damage: None,
                        run_dir,
                        parts,
                    }))
                }
                RunsCommand::SearchRuns(request) => RunsEvent::Searched(self.search(&request)),
                RunsCommand::RateRuns(request) => {
                    let rated = |(run_dir, decision): &(PathBuf, Option<Decision>)| {
                        let rule = decision.as_ref().and_then(|d| d.rule(&self.data.classes));
                        let parts = self.parts(run_dir).iter();
                        let rates =
                            parts.map(|(part, p)| (*part, Rates::of_scores(p.scores(), p.groups(), rule)));
                        RatedRun {
                            run_dir: run_dir.clone(),
                            rates: RunRates {
                                decision: decision.clone(),
                                parts: Ok(rates.collect()),
                                in_groups: false,
                            },
                        }
                    };
                    RunsEvent::Rated(request.runs.iter().map(rated).collect())
                }
                _ => continue,
            };
            bench.send(job.id, answer);
            bench.send(job.id, Event::Done);
        }
        bench.frames();
    }

    fn search(&self, SearchRuns { runs, goal }: &SearchRuns) -> SearchedRuns {
        let class_idx = goal.class_idx(&self.data.classes).unwrap();
        let of_run = |dir: &PathBuf| {
            let parts = self.parts(dir);
            let (val, test) = (&parts[0].1, &parts[1].1);
            let scores = val.scores();
            let choice = scores.choose(class_idx, &goal.bounds, &goal.aim, val.groups());
            choice.map(|choice| FoundRule {
                on_test: Rates::of_class(test.scores(), test.groups(), choice.rule, class_idx)
                    .map(|rates| (test.scores().confusion(choice.rule), rates)),
                choice,
            })
        };
        let searched = |(place, dir): (usize, &PathBuf)| {
            let mut found = of_run(dir);
            if let Some(found) = &mut found {
                found.choice.merit += self.noise * 0.01 * place as f64;
            }
            SearchedRun {
                run_dir: dir.clone(),
                found: Ok(found),
            }
        };
        SearchedRuns {
            runs: runs.iter().enumerate().map(searched).collect(),
            worth: Some(BestWorth {
                n_models: runs.len(),
                at_thresholds: true,
                too_much: 0.012,
                standard_error: self.noise,
            }),
        }
    }
}

fn evaluated(part: Part, predictions: &Predictions, config: &Config) -> RunEvent {
    let n_classes = predictions.scores().n_classes();
    RunEvent::Evaluated(Evaluation {
        when: When::Epoch(config.epochs),
        part,
        confusion: predictions.scores().confusion(None),
        loss: 0.4,
        weighted_loss: 0.5,
        roc_auc: vec![Some(0.85); n_classes],
        average_precision: vec![Some(0.7); n_classes],
        elapsed_secs: 3.0,
    })
}

/// A window with a sweep of so many weightings of these images.
pub fn swept(data: Dataset, n: usize, theme: ThemeChoice, size: [f32; 2]) -> (Bench, Sweep) {
    let settings = Settings {
        theme,
        ..Settings::default()
    };
    let mut bench = Bench::with(settings, size);
    bench.all_commands();
    bench.give(data.clone());
    let mut sweep = Sweep::new(data);
    for i in 0..n {
        let weight = 24f64.powf(i as f64 / (n - 1).max(1) as f64);
        let weight = (weight * 100.0).round() / 100.0;
        sweep.train(&mut bench, weight, Config::default());
    }
    sweep.answer(&mut bench);
    (bench, sweep)
}

pub fn of_faces(n: usize) -> (Bench, Sweep) {
    let data = scripted::two_classes("faces".as_ref());
    swept(data, n, ThemeChoice::Dark, [1280.0, 800.0])
}

fn goal(bench: &Bench) -> Option<Goal> {
    bench.state().goal().cloned()
}

#[test]
fn a_goal_is_set_changed_in_place_and_removed() {
    let (mut bench, _) = of_faces(3);
    assert!(goal(&bench).is_none() && !bench.sees("Find the best"));
    bench.click("Set a goal");
    let first = goal(&bench).unwrap();
    assert_eq!((first.class.as_str(), first.bounds.recall), ("REAL", Some(0.75)));
    type_into(&mut bench, "Least recall", "82.5");
    assert_eq!(goal(&bench).unwrap().bounds.recall, Some(0.825));
    // What is no share is said and changes nothing.
    type_into(&mut bench, "Least recall", "140");
    assert_eq!(goal(&bench).unwrap().bounds.recall, Some(0.825));
    assert!(says(
        &bench,
        "140 is out of range: the recall goes from 0 to 100 %"
    ));
    bench.click("Change the goal");
    bench.click("At most");
    assert_eq!(goal(&bench).unwrap().bounds.false_positives, Some(0.05));
    bench.click("Remove the goal");
    assert!(goal(&bench).is_none() && bench.sees("Set a goal"));
}

#[test]
fn every_run_carries_its_sign_and_what_is_looked_at_says_why() {
    let (mut bench, sweep) = of_faces(8);
    assert!(
        !says(&bench, "meets the goal"),
        "nothing is meant before there is one"
    );
    bench.click("Set a goal");
    sweep.answer(&mut bench);
    for (run, (_, parts)) in sweep.runs.iter().enumerate() {
        let matrix = parts[0].1.scores().confusion(None);
        let interval = counterweight::metrics::wilson(matrix.get(1, 1), matrix.row_total(1)).unwrap();
        let expected = match interval {
            interval if interval.low >= 0.75 => Met::Surely,
            interval if interval.high < 0.75 => Met::Not,
            _ => Met::Perhaps,
        };
        assert_eq!(bench.state().goal_of_run(run), Some(expected), "{interval:?}");
    }
    let rows = |sign: &str| bench.harness.query_all_by_label_contains(sign).count();
    assert!(rows("perhaps meets the goal") > 0 && rows("surely meets the goal") > 0);
    // The last one that was trained is looked at first; its validation and its test stand beside each other.
    assert!(says(&bench, "Validation perhaps: ") && says(&bench, "Test perhaps: "));
}

#[test]
fn the_best_weighting_and_threshold_are_found_together_and_chosen_in_sight() {
    let (mut bench, sweep) = of_faces(8);
    bench.click("Set a goal");
    bench.click("Change the goal");
    bench.click("At most");
    bench.key(Modifiers::NONE, Key::Escape);
    bench.click("Find the best");
    sweep.answer(&mut bench);
    sweep.answer(&mut bench);
    // By hand: of every weighting at every score of its own, those that surely hold both shares, and of them the one with the
    // fewest false positives.
    let mut best: Option<(f64, usize, f32)> = None;
    for (run, (_, parts)) in sweep.runs.iter().enumerate() {
        let scores = parts[0].1.scores();
        for at in scores.of_class(1).0 {
            let rule = counterweight::metrics::Threshold { class_idx: 1, at };
            let matrix = scores.confusion(Some(rule));
            let rate = |k, n| counterweight::metrics::wilson(k, n).unwrap();
            let found = rate(matrix.get(1, 1), matrix.row_total(1));
            let called = rate(matrix.get(0, 1), matrix.row_total(0));
            let alarms = matrix.get(0, 1) as f64 / matrix.row_total(0) as f64;
            let holds = found.low >= 0.75 && called.high <= 0.05;
            if holds && best.is_none_or(|(fewest, ..)| alarms < fewest) {
                best = Some((alarms, run, at));
            }
        }
    }
    let (alarms, ..) = best.unwrap();
    let looking = &bench.state().looking;
    let chosen = &sweep.runs[looking.run.unwrap()].1;
    let rule = looking.threshold.map(|at| Threshold { class_idx: 1, at });
    let matrix = chosen[0].1.scores().confusion(rule);
    assert_eq!(matrix.get(0, 1) as f64 / matrix.row_total(0) as f64, alarms);
    assert!(says(&bench, "surely meets the goal: "), "{:?}", looking.found);
    assert!(says(&bench, "reads about 1.2 points too low; what has to hold "));
    assert_eq!(bench.state().standing(Part::Val).unwrap().met, Some(Met::Surely));
}

#[test]
fn where_none_surely_meets_it_a_sweep_beyond_is_offered() {
    let (mut bench, sweep) = of_faces(4);
    bench.click("Set a goal");
    type_into(&mut bench, "Least recall", "96");
    bench.click("Change the goal");
    bench.click("At most");
    bench.key(Modifiers::NONE, Key::Escape);
    type_into(&mut bench, "Most false positives", "0.1");
    bench.click("Find the best");
    sweep.answer(&mut bench);
    assert!(says(
        &bench,
        "No threshold of 4 weightings can find at least 96 % of REAL"
    ));
    bench.commands();
    bench.click("Sweep 24 to 96");
    let commands = bench.commands();
    let sweeps = |(_, command): &(_, Command)| match command {
        Command::Fit(FitCommand::Sweep(request)) => Some(request.heads.len()),
        _ => None,
    };
    assert_eq!(commands.iter().find_map(sweeps), Some(24));
    // Nothing was chosen, and what was looked at is what is looked at.
    assert_eq!(bench.state().looking.threshold, None);
}

#[test]
fn too_few_images_are_named_where_no_weight_helps() {
    let data = scripted::dataset("few".as_ref(), &[("common", 3000), ("rare", 42)]);
    let (mut bench, sweep) = swept(data, 3, ThemeChoice::Dark, [1280.0, 800.0]);
    bench.click("Set a goal");
    bench.click("Find the best");
    sweep.answer(&mut bench);
    assert!(says(&bench, "None of 3 weightings surely meets the goal"));
    assert!(says(
        &bench,
        "7 validation images of rare are too few to be sure of it"
    ));
    assert!(!says(&bench, "Sweep 24"));
}

#[test]
fn the_least_cost_says_what_it_costs_and_what_it_did() {
    let (mut bench, sweep) = of_faces(5);
    bench.click("Set a goal");
    bench.click("Change the goal");
    bench.click("Find at least");
    bench.click("What is best then");
    bench.click("the least cost");
    type_into(&mut bench, "Cost of REAL as FAKE", "10");
    bench.key(Modifiers::NONE, Key::Escape);
    bench.key(Modifiers::NONE, Key::Escape);
    let before = bench.state().subject().unwrap().confusion().clone();
    bench.click("Find the best");
    sweep.answer(&mut bench);
    sweep.answer(&mut bench);
    let of_thousand = |matrix: &counterweight::metrics::Confusion| {
        let cost = matrix.get(0, 1) as f64 + 10.0 * matrix.get(1, 0) as f64;
        cost * 1000.0 / matrix.total() as f64
    };
    let after = bench.state().subject().unwrap().confusion().clone();
    assert!(of_thousand(&after) < of_thousand(&before));
    let told = |cost: f64| match cost {
        100.0.. => format!("{cost:.0}"),
        10.0.. => format!("{cost:.1}"),
        _ => format!("{cost:.2}"),
    };
    let text = format!(
        "costs {} instead of {} per 1,000 images at this mix, the least of 5 weightings",
        told(of_thousand(&after)),
        told(of_thousand(&before))
    );
    assert!(says(&bench, &text), "{text}: {:?}", bench.state().looking.found);
}

#[test]
fn a_goal_stays_with_its_folder() {
    let mut bench = Bench::first();
    bench.commands();
    let open = |bench: &mut Bench, data: Dataset| {
        bench
            .harness
            .event(egui::Event::Paste(format!("/{}", data.root.display())));
        bench.frames();
        let (job, _) = bench.commands().remove(0);
        let root = PathBuf::from("/").join(&data.root);
        let data = Dataset { root, ..data };
        bench.send(
            job.id,
            counterweight::protocol::DatasetEvent::Scanned(Box::new(data)),
        );
        bench.send(job.id, Event::Done);
        bench.frames();
    };
    open(&mut bench, scripted::two_classes("faces".as_ref()));
    bench.click("Set a goal");
    let set = goal(&bench);
    assert!(set.is_some());
    open(&mut bench, scripted::many("clothes".as_ref(), 10));
    assert!(goal(&bench).is_none() && bench.sees("Set a goal"));
    open(&mut bench, scripted::two_classes("faces".as_ref()));
    assert_eq!(goal(&bench), set);
    let text = serde_json::to_string(&bench.state().settings).unwrap();
    let read: Settings = serde_json::from_str(&text).unwrap();
    assert_eq!(read.folders.iter().find_map(|kept| kept.goal.clone()), set);
}

#[test]
fn the_wheel_looks_closer_and_the_axes_go_back() {
    let (mut bench, _) = of_faces(8);
    let place = bench.harness.get_by_label_contains("Trade-off of").rect();
    let hover = |bench: &mut Bench, at: egui::Pos2| {
        bench.harness.hover_at(at);
        bench.frames();
    };
    let picture = |bench: &mut Bench| {
        hover(bench, egui::pos2(600.0, 4.0));
        bench.frames();
        bench.harness.render().unwrap()
    };
    let before = picture(&mut bench);
    hover(&mut bench, place.center());
    bench.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 120.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    bench.frames();
    bench.frames();
    assert!(picture(&mut bench) != before, "nothing is nearer");
    // Whole axes, and back to those that fit: as a double click does.
    for _ in 0..2 {
        bench.click("Choose the curve");
        bench.click("Axes from 0 to 100 %");
        bench.key(Modifiers::NONE, Key::Escape);
    }
    assert!(picture(&mut bench) == before, "it is not as it was");
}

#[test]
fn each_mark_is_in_the_legend_and_who_pays_is_said() {
    let data = scripted::many("clothes".as_ref(), 10);
    let (mut bench, sweep) = swept(data, 6, ThemeChoice::Dark, [1280.0, 800.0]);
    bench.key(Modifiers::COMMAND, Key::ArrowUp);
    bench.key(Modifiers::COMMAND, Key::ArrowUp);
    sweep.answer(&mut bench);
    assert!(says(&bench, "recall in points: ") && says(&bench, "; paid for by "));
    bench.click("Legend of the plot");
    for text in [
        "no other weighting",
        "the chosen run",
        "all thresholds",
        "differ in nothing but",
    ] {
        assert!(says(&bench, text), "{text}");
    }
}
