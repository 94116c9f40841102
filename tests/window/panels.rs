//! Panel by panel: what a click asks of the engine, and what an event puts on the screen.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use counterweight::app::{Action, JudgeAction, LookAction, RunsAction, Settings};
use counterweight::experiment::{ClassWeights, Config};
use counterweight::protocol::{
    Command, DatasetCommand, DatasetEvent, DrawDemo, Event, Failure, FileContent, FitCommand, FitEvent, Job,
    JudgeCommand, JudgeEvent, Predicted, Prediction, RunsCommand, Scan, Thumbnail, Thumbnails, WatchRuns,
    WriteFile,
};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Bench, scripted};

#[test]
fn a_first_start_says_what_to_do() {
    let mut bench = Bench::first();
    let commands = bench.commands();
    assert!(
        matches!(&commands[0].1, Command::Runs(RunsCommand::WatchRuns(WatchRuns { runs_dir })) if runs_dir == Path::new("runs"))
    );
    assert!(
        bench.sees(
            "Open or drop a folder with one sub-folder per class, or a table (CSV) of images and labels"
        )
    );
    bench.click("Try the demo");
    let commands = bench.commands();
    let (job, Command::Dataset(DatasetCommand::DrawDemo(DrawDemo { dir }))) = &commands[0] else {
        panic!("{commands:?}")
    };
    assert_eq!(dir, Path::new("demo"));
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(
        matches!(&bench.commands()[..], [(_, Command::Dataset(DatasetCommand::Scan(Scan { source })))] if source.place() == Path::new("demo"))
    );
}

#[test]
fn the_last_folder_is_opened_at_the_next_start() {
    let settings = Settings {
        recent: vec!["/data/faces".into()],
        ..Settings::default()
    };
    let bench = Bench::with(settings, [1280.0, 800.0]);
    let commands = bench.commands();
    assert!(
        commands
            .iter()
            .any(|(_, c)| matches!(c, Command::Dataset(DatasetCommand::Scan(Scan { source })) if source.place() == Path::new("/data/faces")))
    );
}

#[test]
fn a_typed_path_is_read_on_enter() {
    let mut bench = Bench::first();
    bench.commands();
    let field = bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Image folder");
    field.focus();
    field.type_text("/data/faces");
    bench.frames();
    bench.key(Modifiers::NONE, Key::Enter);
    assert!(
        matches!(&bench.commands()[..], [(_, Command::Dataset(DatasetCommand::Scan(Scan { source })))] if source.place() == Path::new("/data/faces"))
    );
}

#[test]
fn a_path_that_was_not_entered_gives_way_to_the_open_folders() {
    let mut bench = Bench::open();
    let opened = bench.state().dataset.path_text.clone();
    let field = bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Image folder");
    field.focus();
    field.type_text("/nowhere");
    bench.frames();
    assert_ne!(bench.state().dataset.path_text, opened);
    bench.key(Modifiers::NONE, Key::Escape);
    assert_eq!(bench.state().dataset.path_text, "faces");
}

#[test]
fn a_scanned_folder_shows_its_classes_and_lets_train() {
    let mut bench = Bench::open();
    for label in [
        "Images of FAKE",
        "Images of REAL",
        "2 classes, imbalance 5.2 : 1",
        "2 issues",
    ] {
        assert!(
            bench.harness.query_all_by_label(label).next().is_some(),
            "{label}"
        );
    }
    let images = bench.harness.get_by_label("Images of FAKE");
    let said = images.accesskit_node().description().unwrap();
    assert!(said.contains("5,045 images, 83.9 % of all"), "{said}");
    bench.click("1 : 8");
    bench.click("Train");
    let commands = bench.commands();
    let (_, Command::Fit(FitCommand::Train(request))) = &commands[0] else {
        panic!("{commands:?}")
    };
    assert_eq!(request.config.class_weights, ClassWeights::Given(vec![1.0, 8.0]));
    assert_eq!(request.config.data, PathBuf::from("faces"));
    assert_eq!(request.runs_dir, PathBuf::from("runs"));
}

#[test]
fn one_action_lines_up_three_trainings() {
    let mut bench = Bench::open();
    bench.click("Train equal, 1 : 3, 1 : 8");
    let commands = bench.commands();
    assert_eq!(commands.len(), 3);
    assert!(bench.sees("Waiting · 2"));
    bench.click("Take 1 : 3 out of the queue");
    let cancelled = |commands: &[(Job, Command)]| {
        let cancelled = commands.iter().map(|(job, _)| job.cancel.is_cancelled());
        cancelled.collect::<Vec<bool>>()
    };
    assert_eq!(cancelled(&commands), [false, true, false]);
    assert!(bench.sees("Waiting · 1"));
    bench.click("Clear the queue");
    assert_eq!(cancelled(&commands), [false, true, true]);
    bench.click("Stop");
    assert!(commands[0].0.cancel.is_cancelled());
}

#[test]
fn a_wrong_value_is_marked_and_train_says_why() {
    let mut bench = Bench::open();
    let form = Config {
        epochs: 0,
        ..Config::default()
    };
    bench.list("2026-11-22-120000-x", &form, None);
    bench.harness.get_by_label_contains("Run equal").click_secondary();
    bench.frames();
    bench.click("Use these settings");
    assert!(
        bench
            .harness
            .query_all_by_label("Epochs must be at least 1")
            .count()
            >= 1
    );
    bench.harness.get_by_role_and_label(Role::Button, "Train").click();
    bench.frames();
    assert!(bench.commands().is_empty());
}

#[test]
fn a_training_is_watched_from_its_first_step_to_its_end() {
    let mut bench = Bench::open();
    bench.click("1 : 3");
    bench.click("Train");
    let (job, Command::Fit(FitCommand::Train(request))) = bench.commands().remove(0) else {
        panic!()
    };
    let data = scripted::two_classes("faces".as_ref());
    let dir = PathBuf::from("runs/2026-11-22-120300-resnet18-1x3");
    bench.send(job.id, FitEvent::RunCreated { dir });
    let mut seen_first_matrix = false;
    for event in scripted::training(&request.config, &data, "r") {
        bench.send(job.id, FitEvent::Run(event));
        bench.frames();
        let state = bench.state();
        let judged = state.runs.all[0].evaluation(false).is_some();
        if judged && !seen_first_matrix {
            seen_first_matrix = true;
            assert!(bench.sees("Confusion matrix · 1 : 3"));
        }
    }
    bench.send(job.id, Event::Done);
    bench.frames();
    let confusion = &bench.state().runs.all[0].evaluation(false).unwrap().confusion;
    let cell = format!("true REAL predicted FAKE: {} images", confusion.get(1, 0));
    assert!(bench.sees(&cell), "{cell}");
    assert!(
        bench
            .harness
            .query_by_label_contains("1 : 3 finished, balanced accuracy")
            .is_some()
    );
    assert!(
        bench
            .harness
            .query_by_label_contains("Run 1 : 3, finished")
            .is_some()
    );
    assert!(bench.sees("Hide 1 : 3 in the plot"));
}

#[test]
fn a_cell_is_chosen_by_click_and_by_arrows() {
    let mut bench = Bench::trained(&["1,8"]);
    let cell = bench.harness.get_by_label_contains("true FAKE predicted FAKE");
    cell.click();
    bench.frames();
    assert_eq!(bench.state().looking.cell, Some((0, 0)));
    bench.key(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(bench.state().looking.cell, Some((1, 0)));
    bench.key(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(bench.state().looking.cell, Some((1, 1)));
}

/// Drops an image; runs whose name ends with an odd digit are rather sure that it is REAL. Gives what was asked for.
pub fn drop_an_image(bench: &mut Bench) -> usize {
    #[derive(Debug)]
    struct Dropped(PathBuf);
    impl egui::DroppedFile for Dropped {
        fn path(&self) -> &Path {
            &self.0
        }
        fn bytes(&self) -> Result<Vec<u8>, String> {
            Err("a test has no file".into())
        }
    }
    bench.commands();
    let path = PathBuf::from("/tmp/leaf.png");
    bench
        .harness
        .input_mut()
        .dropped_files
        .push(Arc::new(Dropped(path.clone())));
    bench.frames();
    let mut n_commands = 0;
    // One run is asked after the other.
    loop {
        let commands = bench.commands();
        if commands.is_empty() {
            return n_commands;
        }
        n_commands += commands.len();
        for (job, command) in commands {
            let event = answer_of(&path, command);
            bench.send(job.id, event);
            bench.send(job.id, Event::Done);
        }
        bench.frames();
    }
}

fn answer_of(path: &Path, command: Command) -> Event {
    match command {
        Command::Dataset(DatasetCommand::Thumbnails(_)) => {
            Event::Dataset(DatasetEvent::Thumbnail(Thumbnail {
                path: path.to_path_buf(),
                picture: Ok(scripted::picture()),
            }))
        }
        Command::Judge(JudgeCommand::Predict(request)) => {
            let name = request.run_dir.to_string_lossy().into_owned();
            let real = if name.ends_with(['1', '3', '5']) {
                0.75
            } else {
                0.25
            };
            predicted(path, Ok(vec![1.0 - real, real]))
        }
        other => panic!("{other:?}"),
    }
}

fn predicted(path: &Path, probabilities: Result<Vec<f32>, String>) -> Event {
    let image = Prediction {
        path: path.to_path_buf(),
        probabilities,
        predicted: Some(0),
    };
    let predicted = Predicted {
        classes: vec![],
        images: vec![image],
        ..Predicted::default()
    };
    Event::Judge(JudgeEvent::Predicted(predicted))
}

#[test]
fn a_dropped_image_is_judged_side_by_side() {
    let mut bench = Bench::trained(&["none", "1,8"]);
    assert_eq!(drop_an_image(&mut bench), 3, "one thumbnail, two runs");
    assert!(bench.sees("Picture of leaf.png"));
    // The chosen run says it first, and all are asked about the class that it predicts.
    assert!(bench.sees("equal says FAKE 0.75"));
    assert!(bench.sees("1 : 8 says FAKE 0.73"));
    assert!(bench.sees("REAL under 1 : 8") && bench.sees("FAKE under equal"));
    // By a threshold that is the other class, whose share of the scores is the smaller one.
    let window = bench.harness.state_mut().window.as_mut().unwrap();
    window.act(Action::Look(LookAction::Class(1)));
    window.act(Action::Judge(JudgeAction::SetThreshold(Some(0.2))));
    bench.frames();
    assert!(bench.sees("REAL under all"));
    assert!(bench.sees("equal says REAL 0.25"));
    assert!(bench.sees("1 : 8 says REAL 0.27"));
}

#[test]
fn many_judges_are_counted_and_not_named() {
    let mut bench = Bench::trained(&["none", "1,2", "1,3", "1,4", "1,5", "1,6", "1,7"]);
    for run in 0..bench.state().runs.all.len() {
        let window = bench.harness.state_mut().window.as_mut().unwrap();
        window.act(Action::Runs(RunsAction::Show {
            runs: vec![run],
            shown: true,
        }));
    }
    drop_an_image(&mut bench);
    // The newest run's class first, and who is of another opinion.
    assert!(bench.sees("FAKE under 4 of 7 runs"));
    assert!(
        bench.sees("REAL under 1 : 2 and 1 : 4 and 1 : 6")
            || bench.sees("REAL under 1 : 6 and 1 : 4 and 1 : 2")
    );
}

#[test]
fn a_pasted_path_is_judged_and_an_unreadable_image_says_so_once() {
    let mut bench = Bench::trained(&["1,3", "1,8"]);
    bench.commands();
    bench
        .harness
        .event(egui::Event::Paste("file:///tmp/broken.png\n".into()));
    bench.frames();
    let path = PathBuf::from("/tmp/broken.png");
    let reason = "is not a PNG file".to_owned();
    for _ in 0..2 {
        for (job, command) in bench.commands() {
            let event = match command {
                Command::Dataset(DatasetCommand::Thumbnails(_)) => {
                    Event::Dataset(DatasetEvent::Thumbnail(Thumbnail {
                        path: path.clone(),
                        picture: Err(reason.clone()),
                    }))
                }
                _ => predicted(&path, Err(reason.clone())),
            };
            bench.send(job.id, event);
            bench.send(job.id, Event::Done);
        }
        bench.frames();
    }
    assert_eq!(bench.harness.query_all_by_label("is not a PNG file").count(), 1);
}

#[test]
fn shown_runs_are_compared_side_by_side() {
    let mut bench = Bench::trained(&["none", "1,3", "1,8"]);
    bench.click("Compare the shown runs");
    let cells = bench
        .harness
        .query_all_by_label_contains("true REAL predicted REAL")
        .count();
    assert_eq!(cells, 3);
    bench.click("Close the comparison");
    assert_eq!(
        bench
            .harness
            .query_all_by_label_contains("true REAL predicted REAL")
            .count(),
        1
    );
}

#[test]
fn a_metric_orders_the_compared_runs() {
    let mut bench = Bench::trained(&["none", "1,3", "1,8"]);
    bench.click("Compare the shown runs");
    let recall = "Order the runs by Recall REAL";
    let first_cell = |bench: &Bench| {
        let cells = bench
            .harness
            .query_all_by_label_contains("true REAL predicted REAL");
        let named: Vec<String> = cells.map(|n| n.accesskit_node().label().unwrap()).collect();
        named
            .into_iter()
            .find(|name| !name.contains("points to the first"))
            .unwrap()
    };
    // By age, then highest first, lowest first, and by age again.
    let by_age = first_cell(&bench);
    bench.click(recall);
    let highest = first_cell(&bench);
    bench.click(&format!("{recall}, highest first"));
    let lowest = first_cell(&bench);
    bench.click(&format!("{recall}, lowest first"));
    assert_eq!(first_cell(&bench), by_age);
    assert_ne!(highest, lowest);
    assert!(!bench.sees("Seed"));
    bench.click("Show all settings");
    assert!(bench.sees("≠ Class weights"));
    assert!(bench.state().settings.comparison.all_settings && bench.sees("Settings"));
}

#[test]
fn the_losses_are_exported_where_the_user_says() {
    let mut bench = Bench::trained(&["1,8"]);
    bench.commands();
    for (item, starts) in [("CSV, every loss…", "run,weights,kind"), ("SVG…", "<svg ")] {
        bench.click("Export the plot");
        bench.click(item);
        let (job, Command::Runs(RunsCommand::WriteFile(WriteFile { path, content }))) = bench.next_command()
        else {
            panic!("{item}")
        };
        assert_eq!(path, Path::new("/picked"));
        let FileContent::Text(text) = content else {
            panic!()
        };
        assert!(text.starts_with(starts), "{text}");
        // Two epochs of losses and their validations under the heading, or drawn.
        let n_rows = 1 + 2 * scripted::ITERATIONS + 2;
        assert!(
            starts.starts_with("<svg") || text.lines().count() == n_rows,
            "{text}"
        );
        bench.send(job.id, Event::Done);
        bench.frames();
        let told = bench.harness.query_all_by_label_contains("Written to /picked");
        assert!(told.count() > 0, "{item}");
    }
}

#[test]
fn a_pasted_picture_is_written_and_judged() {
    let mut bench = Bench::trained(&["1,8"]);
    bench.commands();
    let image = egui::ColorImage::filled([3, 2], egui::Color32::from_rgb(9, 8, 7));
    bench.harness.event(egui::Event::PasteImage(Arc::new(image)));
    bench.frames();
    let (job, Command::Runs(RunsCommand::WriteFile(WriteFile { path, content }))) =
        bench.commands().remove(0)
    else {
        panic!()
    };
    assert_eq!(path, Path::new("pasted/pasted-1.png"));
    let FileContent::Picture(picture) = content else {
        panic!()
    };
    assert_eq!((picture.size, &picture.rgb[..3]), ([3, 2], &[9, 8, 7][..]));
    bench.send(job.id, Event::Done);
    bench.frames();
    let commands = bench.commands();
    assert!(
        matches!(&commands[0].1, Command::Dataset(DatasetCommand::Thumbnails(Thumbnails { paths, .. })) if paths == std::slice::from_ref(&path))
    );
    assert!(
        matches!(&commands[1].1, Command::Judge(JudgeCommand::Predict(request)) if request.paths == [path])
    );
}

#[test]
fn a_notice_opens_its_details() {
    let mut bench = Bench::open();
    bench.click("Train");
    let (job, _) = bench.commands().remove(0);
    let message = "out of memory".into();
    bench.send(
        job.id,
        Event::Failed {
            message,
            failure: Failure::Fault,
        },
    );
    bench.frames();
    bench.click("Details of the notice");
    assert!(bench.sees("While training on faces"));
    bench.click("Copy the message");
    assert!(!bench.sees("Details of the notice"));
}

#[test]
fn a_run_hidden_in_the_legend_is_shown_there_again() {
    let mut bench = Bench::trained(&["1,3", "1,8"]);
    bench.click("Hide 1 : 8 in the plot");
    assert!(!bench.state().runs.all[1].shown);
    bench.click("Show 1 : 8 in the plot");
    assert!(bench.state().runs.all[1].shown);
}

#[test]
fn the_log_stands_beside_the_messages() {
    let mut bench = Bench::open();
    bench.click("Messages");
    counterweight::log::take("INFO the engine began\u{1b}");
    bench.click("Log");
    assert!(bench.sees("INFO the engine began\\x1b"));
    // It grows while it is looked at, and what was shown is not shown twice.
    counterweight::log::take("INFO and went on");
    bench.frames();
    assert!(bench.sees("INFO the engine began\\x1b") && bench.sees("INFO and went on"));
}
