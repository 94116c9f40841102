//! A folder of new images as a table of predictions.

use std::path::{Path, PathBuf};

use counterweight::app::{Action, JudgeAction, LookAction, Settings, Showing, ThemeChoice, WindowAction};
use counterweight::experiment::{Config, Dataset, Evaluation, Part, RunEvent, Sureness, When};
use counterweight::metrics::Confusion;
use counterweight::protocol::{
    Command, DatasetCommand, DatasetEvent, Event, Failure, FileContent, FitEvent, FoundImage, Job,
    JudgeCommand, JudgeEvent, Judged, Phase, Predict, Predicted, Prediction, Progress, RunsCommand,
    Thumbnail, WriteFile,
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Bench, scripted};

pub fn act(bench: &mut Bench, action: Action) {
    bench.harness.state_mut().window.as_mut().unwrap().act(action);
    bench.frames();
}

/// Drops a folder of images, which are found.
pub fn open_images(bench: &mut Bench, names: &[String]) {
    act(bench, Action::Judge(JudgeAction::OpenImages(vec!["/new".into()])));
    let is_search = |command: &Command| matches!(command, Command::Judge(JudgeCommand::FindImages(_)));
    let mut commands = bench.commands().into_iter();
    let (job, _) = commands.find(|(_, command)| is_search(command)).unwrap();
    let file = |name: &String| FoundImage {
        path: Path::new("/new").join(name),
        fault: None,
        stamp: [1, 1],
    };
    let mut found: Vec<FoundImage> = names.iter().map(file).collect();
    if let Some(last) = found.last_mut() {
        last.fault = Some("this link leads to nothing; remove it or bring its target back".into());
    }
    bench.send(job.id, JudgeEvent::Found(found));
    bench.send(job.id, Event::Done);
    bench.frames();
}

/// The next request for predictions.
fn asked(bench: &mut Bench) -> (Job, Predict) {
    let mut commands = bench.commands().into_iter();
    let found = commands.find_map(|(job, command)| match command {
        Command::Judge(JudgeCommand::Predict(request)) => Some((job, request)),
        _ => None,
    });
    found.expect("a run to be asked")
}

fn answer(
    bench: &mut Bench,
    job: &Job,
    classes: &[String],
    answers: Vec<(PathBuf, Result<Vec<f32>, String>)>,
) {
    let images = answers.into_iter().map(|(path, probabilities)| Prediction {
        path,
        probabilities,
        predicted: None,
    });
    let predicted = Predicted {
        classes: classes.to_vec(),
        images: images.collect(),
        ..Predicted::default()
    };
    bench.send(job.id, JudgeEvent::Predicted(predicted));
}

/// Answers all that is asked; every seventh image cannot be read.
pub fn answer_all(bench: &mut Bench, n_classes: usize) {
    for salt in 0.. {
        bench.frames();
        let requests = bench.all_commands();
        if requests.is_empty() {
            return;
        }
        for (job, command) in requests {
            match command {
                Command::Judge(JudgeCommand::Predict(Predict { paths, .. })) => {
                    let answers = paths.into_iter().enumerate().map(|(i, path)| {
                        let said = match i % 7 {
                            6 => Err("is cut short; copy it again".to_owned()),
                            _ => Ok(shares(i, salt, n_classes)),
                        };
                        (path, said)
                    });
                    answer(bench, &job, &[], answers.collect());
                }
                Command::Dataset(DatasetCommand::Thumbnails(request)) => {
                    for path in request.paths {
                        let picture = Ok(scripted::picture());
                        bench.send(job.id, DatasetEvent::Thumbnail(Thumbnail { path, picture }));
                    }
                }
                _ => {}
            }
            bench.send(job.id, Event::Done);
        }
    }
}

/// Something of one, which sums to one.
fn shares(i: usize, salt: usize, n_classes: usize) -> Vec<f32> {
    let raw = (0..n_classes).map(|c| 0.02 + ((i * 31 + c * 17 + salt * (i % 5)) % 23) as f32);
    let raw: Vec<f32> = raw.map(|x| x * x).collect();
    let sum: f32 = raw.iter().sum();
    raw.into_iter().map(|x| x / sum).collect()
}

fn row_names(bench: &Bench) -> Vec<String> {
    let rows = bench.harness.root().children_recursive();
    let rows = rows.filter(|node| node.accesskit_node().role() == egui::Role::Row);
    rows.filter_map(|node| node.accesskit_node().label()).collect()
}

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

fn two(real: f32) -> Result<Vec<f32>, String> {
    Ok(vec![1.0 - real, real])
}

#[test]
fn a_folder_becomes_a_table_sorted_by_doubt_which_follows_the_threshold() {
    let mut bench = Bench::trained(&["none", "1,8"]);
    act(&mut bench, Action::Look(LookAction::Run(1)));
    bench.commands();
    open_images(
        &mut bench,
        &names(&["a.png", "b.png", "deep/c.png", "d.png", "gone.png"]),
    );
    assert_eq!(bench.state().windows.showing, Showing::Predictions);
    let (job, request) = asked(&mut bench);
    assert!(request.run_dir.ends_with("2026-11-22-120100-resnet18-1"));
    assert_eq!(request.paths.len(), 4, "what cannot be read is not asked about");
    let answers = [
        ("a.png", two(0.9)),
        ("b.png", two(0.45)),
        ("deep/c.png", two(0.1)),
        ("d.png", Err("is cut".into())),
    ];
    let answers = answers.map(|(name, said)| (Path::new("/new").join(name), said));
    answer(&mut bench, &job, &[], answers.into());
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(
        bench.sees("REAL 1 of 5, FAKE 2, 2 could not be read, by 1 : 8 (REAL from a probability of 0.111)")
    );
    // The other shown run is asked next, and differs about one.
    let (job, _) = asked(&mut bench);
    let answers =
        ["a.png", "b.png", "deep/c.png", "d.png"].map(|name| (Path::new("/new").join(name), two(0.2)));
    answer(&mut bench, &job, &[], answers.into());
    bench.send(job.id, Event::Done);
    bench.frames();
    assert_eq!(
        row_names(&bench),
        [
            "b.png: FAKE, probability 0.907, doubt 90 %; equal says FAKE",
            "a.png: REAL, probability 0.529, doubt 20 %; equal says otherwise, FAKE",
            "deep/c.png: FAKE, probability 0.986, doubt 20 %; equal says FAKE",
            "d.png: could not be read: is cut; equal says FAKE",
            "gone.png: could not be read: this link leads to nothing; remove it or bring its target back",
        ]
    );
    // By hand: (0.45 - 0.3) / 0.7 of the way, so that doubt is 79 %.
    act(&mut bench, Action::Look(LookAction::Class(1)));
    act(&mut bench, Action::Judge(JudgeAction::SetThreshold(Some(0.3))));
    assert!(
        bench.sees("REAL 2 of 5, FAKE 1, 2 could not be read, by 1 : 8 (REAL from a probability of 0.051)")
    );
    assert!(bench.sees("b.png: REAL, probability 0.093, doubt 79 %; equal says otherwise, FAKE"));
    assert!(bench.commands().is_empty(), "the engine is not asked again");
    // By any column.
    bench.click("Sort the images by file");
    assert!(row_names(&bench)[0].starts_with("a.png"));
    bench.click("Sort the images by file, lowest first");
    assert!(row_names(&bench)[0].starts_with("gone.png"));
    bench.click("Sort the images by probability");
    assert!(row_names(&bench)[0].starts_with("a.png") || row_names(&bench)[0].starts_with("deep/c.png"));
    // Only some of them.
    bench.click("Listed images");
    bench.click("Runs disagree: 2");
    assert_eq!(row_names(&bench).len(), 2);
    bench.click("Show all");
    bench.harness.get_by_label("Search file names").click();
    bench.harness.event(egui::Event::Text("DEEP".into()));
    bench.frames();
    assert_eq!(row_names(&bench).len(), 1);
    assert!(bench.sees("1 listed"));
}

#[test]
fn rows_are_chosen_by_keys_and_shown_large() {
    let mut bench = Bench::trained(&["1,8"]);
    let files: Vec<String> = (0..200).map(|i| format!("{i:03}.png")).collect();
    open_images(&mut bench, &files);
    answer_all(&mut bench, 2);
    bench.click("Sort the images by file");
    let in_sight = row_names(&bench).len();
    assert!((8..30).contains(&in_sight), "{in_sight} of 200 are drawn");
    let first = row_names(&bench)[0].clone();
    bench.harness.get_by_label(&first).click();
    bench.frames();
    assert_eq!(bench.state().judge.chosen, Some(0));
    for (key, row) in [
        (Key::ArrowDown, 1),
        (Key::ArrowDown, 2),
        (Key::ArrowUp, 1),
        (Key::End, 199),
        (Key::Home, 0),
    ] {
        bench.key(Modifiers::NONE, key);
        assert_eq!(bench.state().judge.chosen, Some(row), "{key:?}");
        let chosen = bench.state().judge.table.name(row);
        assert!(
            row_names(&bench).iter().any(|name| name.starts_with(&chosen)),
            "{chosen} is in sight"
        );
    }
    bench.key(Modifiers::NONE, Key::PageDown);
    let page = bench.state().judge.chosen.unwrap();
    assert!((4..30).contains(&page), "{page}");
    bench.key(Modifiers::NONE, Key::Enter);
    answer_all(&mut bench, 2);
    assert!(bench.sees(&format!("Large picture of /new/{page:03}.png")));
    assert!(
        bench
            .harness
            .query_all_by_label_contains("FAKE: probability ")
            .count()
            == 1
    );
    bench.key(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(bench.state().judge.chosen, Some(page + 1));
    bench.key(Modifiers::NONE, Key::Escape);
    assert!(!bench.state().judge.is_enlarged);
}

#[test]
fn progress_has_speed_and_time_left_and_a_stop_keeps_what_there_is() {
    let mut bench = Bench::trained(&["1,8"]);
    bench.commands();
    let files: Vec<String> = (0..5).map(|i| format!("{i}.png")).collect();
    open_images(&mut bench, &files);
    let (job, _) = asked(&mut bench);
    answer(&mut bench, &job, &[], vec![("/new/0.png".into(), two(0.6))]);
    bench.send(
        job.id,
        Event::Progress(Progress {
            phase: Phase::Predict,
            done: 1,
            total: 4,
            per_sec: 0.5,
            left_secs: None,
        }),
    );
    bench.frames();
    assert!(
        bench
            .harness
            .query_all_by_label_contains("predicting 1 of 4 by 1 : 8, 1 images/s, 6.0 s left")
            .count()
            == 1
            || bench
                .harness
                .query_all_by_label_contains("predicting 1 of 4 by 1 : 8")
                .count()
                == 1
    );
    let stop = bench.harness.get_all_by_label("Stop").last().unwrap();
    stop.click();
    bench.frames();
    assert!(job.cancel.is_cancelled());
    bench.send(
        job.id,
        Event::Failed {
            message: "stopped".into(),
            failure: Failure::Stopped,
        },
    );
    bench.frames();
    assert!(bench.sees("1 of 4 predicted by 1 : 8"));
    assert!(bench.sees(
        "REAL 1 of 5, 1 could not be read, 3 not predicted yet, by 1 : 8 (REAL from a probability of 0.111)"
    ));
    bench.click("Go on");
    let (_, request) = asked(&mut bench);
    assert_eq!(request.paths.len(), 3);
}

#[test]
fn the_table_is_saved_where_the_user_says_and_watched_where_asked() {
    let mut bench = Bench::trained(&["1,8"]);
    open_images(&mut bench, &names(&["a.png", "b.png", "gone.png"]));
    answer_all(&mut bench, 2);
    bench.click("Save the predictions as CSV…");
    let (job, Command::Runs(RunsCommand::WriteFile(WriteFile { path, content }))) = bench.next_command()
    else {
        panic!()
    };
    assert_eq!(path, Path::new("/picked"));
    assert!(matches!(content, FileContent::Predictions(table) if table.predicted.images.len() == 3));
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(
        bench
            .harness
            .query_all_by_label_contains("Written to /picked")
            .next()
            .is_some()
    );
    bench.click("Watch this folder");
    let (_, Command::Judge(JudgeCommand::FindImages(request))) = bench.commands().remove(0) else {
        panic!()
    };
    assert!(request.watch && request.paths == [PathBuf::from("/new")]);
    bench.click("Close the predictions");
    bench.key(Modifiers::COMMAND, Key::J);
    assert!(bench.sees("Predictions · new"), "it is there again");
}

pub fn evaluation(n_classes: usize) -> Judged {
    let mut confusion = Confusion::new(n_classes);
    for truth in 0..n_classes {
        for predicted in 0..n_classes {
            let n = if truth == predicted {
                40 - truth as u64 % 30
            } else {
                (truth + 2 * predicted) as u64 % 4
            };
            (0..n).for_each(|_| confusion.add(truth, predicted));
        }
    }
    Judged {
        sureness: Sureness::default(),
        classes: match n_classes {
            2 => vec!["FAKE".into(), "REAL".into()],
            n => (0..n).map(|i| format!("species {i:02}")).collect(),
        },
        evaluation: Evaluation {
            when: When::Epoch(2),
            part: Part::Val,
            confusion,
            loss: 0.4,
            weighted_loss: 0.5,
            roc_auc: vec![None; n_classes],
            average_precision: vec![None; n_classes],
            elapsed_secs: 1.0,
        },
        learnt: None,
        reliabilities: None,
        decision: None,
        images: "the images of the folder that the run was not trained on".into(),
        images_per_sec: 50.0,
        seconds: 3.0,
    }
}

#[test]
fn folders_that_are_named_like_the_classes_are_evaluated() {
    let mut bench = Bench::trained(&["1,8"]);
    open_images(&mut bench, &names(&["FAKE/a.png", "FAKE/b.png", "REAL/a.png"]));
    answer_all(&mut bench, 2);
    assert!(bench.sees("These 2 folders are named like the classes"));
    bench.click("Evaluate them");
    let (job, Command::Judge(JudgeCommand::Evaluate(request))) = bench.next_command() else {
        panic!()
    };
    assert_eq!(request.data.place(), Path::new("/new"));
    let message = "3 images that the run was trained on left out".to_owned();
    bench.send(job.id, FitEvent::Run(RunEvent::Warning { message }));
    bench.send(job.id, JudgeEvent::Evaluated(Box::new(evaluation(2))));
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(bench.sees("3 images that the run was trained on left out"));
    let said = bench.harness.query_all_by_label_contains(
        "On the images of the folder that the run was not trained on (82 images)",
    );
    assert_eq!(said.count(), 1);
    // 40 of 40 + 2 called so, by hand, and Wilson's interval of it by SciPy.
    assert!(bench.harness.query_all_by_label("95 % (84 to 99)").count() > 0);
    bench.click("Close the evaluation");
    assert!(bench.state().judge.evaluation.is_none());
}

/// With so many classes, in that theme and size, 120 images predicted; and evaluated where asked.
pub fn painted(theme: ThemeChoice, size: [f32; 2], n_classes: usize, evaluated: bool) -> Bench {
    let settings = Settings {
        theme,
        ..Settings::default()
    };
    let mut bench = Bench::with(settings, size);
    let data: Dataset = match n_classes {
        2 => scripted::two_classes("faces".as_ref()),
        n => scripted::many("many".as_ref(), n),
    };
    bench.give(data.clone());
    for (i, weights) in ["none", "1,3", "1,8"].into_iter().enumerate() {
        let config = Config {
            class_weights: if n_classes == 2 {
                weights.parse().unwrap()
            } else {
                Config::default().class_weights
            },
            ..Config::default()
        };
        bench.list(
            &format!("2026-11-22-12{i:02}00-resnet18-{i}"),
            &config,
            Some(&data),
        );
    }
    let files: Vec<String> = (0..120)
        .map(|i| format!("camera {}/IMG_2026{i:04}.jpg", i / 40))
        .collect();
    open_images(&mut bench, &files);
    answer_all(&mut bench, n_classes);
    if evaluated {
        act(
            &mut bench,
            Action::Judge(JudgeAction::EvaluateFolder {
                run: 0,
                data: PathBuf::from("/new").into(),
            }),
        );
        let (job, _) = bench.commands().into_iter().next_back().unwrap();
        let message = "12 images that the run was trained on left out".to_owned();
        bench.send(job.id, FitEvent::Run(RunEvent::Warning { message }));
        bench.send(job.id, JudgeEvent::Evaluated(Box::new(evaluation(n_classes))));
        bench.send(job.id, Event::Done);
        bench.frames();
    }
    act(&mut bench, Action::Judge(JudgeAction::NextImage(1)));
    act(&mut bench, Action::Judge(JudgeAction::NextImage(1)));
    answer_all(&mut bench, n_classes);
    bench
}

#[test]
fn an_empty_table_says_what_to_do() {
    let mut bench = Bench::trained(&["1,8"]);
    act(
        &mut bench,
        Action::Window(WindowAction::Show(Showing::Predictions)),
    );
    bench.click("Choose a folder…");
    let (_, command) = bench.next_command();
    assert!(matches!(command, Command::Judge(JudgeCommand::FindImages(_))));
}
