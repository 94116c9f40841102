//! What is dropped goes where it belongs; a number that is out of range becomes no other number.

use std::path::PathBuf;

use counterweight::app::{Action, JudgeAction, RunState};
use counterweight::experiment::{ClassWeights, Config, Groups, LabelTable, SplitMethod, WeightsSource};
use counterweight::protocol::{
    Command, DatasetCommand, DatasetEvent, Event, Failure, FitEvent, FoundImage, FoundSettings, JudgeCommand,
    JudgeEvent, LabelEdit, LabelsCommand, ReadSettings, RunsCommand, RunsEvent, Scan, Thumbnail, WatchRuns,
    WeightsFacts,
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::{Bench, scripted};

fn drop_path(bench: &mut Bench, path: &str) {
    // As file managers put it on the clipboard: the way of a drop through the clipboard.
    bench.harness.event(egui::Event::Paste(format!("file://{path}")));
    bench.frames();
}

/// All at once, as file managers do it.
fn drop_paths(bench: &mut Bench, paths: &[&str]) {
    let urls: Vec<String> = paths.iter().map(|path| format!("file://{path}")).collect();
    bench.harness.event(egui::Event::Paste(urls.join("\n")));
    bench.frames();
}

/// The images that were asked for.
fn asked_for(bench: &Bench) -> Option<(u64, Vec<PathBuf>)> {
    let commands = bench.commands().into_iter();
    let asked = commands.filter_map(|(job, command)| match command {
        Command::Judge(JudgeCommand::FindImages(request)) => Some((job.id, request.paths)),
        _ => None,
    });
    asked.last()
}

fn found(path: &str, fault: Option<&str>) -> FoundImage {
    FoundImage {
        path: path.into(),
        fault: fault.map(str::to_owned),
        stamp: [1, 1],
    }
}

fn says(bench: &Bench, text: &str) -> bool {
    bench.harness.query_all_by_label_contains(text).next().is_some()
}

#[test]
fn weights_choose_the_architecture_that_they_are_of() {
    let mut bench = Bench::open();
    bench.commands();
    drop_path(&mut bench, "/my%20nets/squeeze.pth");
    let weights = WeightsSource::File("/my nets/squeeze.pth".into());
    assert_eq!(bench.state().settings.form.weights, weights);
    assert_eq!(bench.state().dataset.path_text, "faces");
    let facts = WeightsFacts {
        arch: "resnet18".into(),
        weights,
        facts: Err("these weights do not fit this network but squeezenet1_0".into()),
        fits: Some("squeezenet1_0".into()),
    };
    bench.send(0, FitEvent::WeightsDescribed(facts.clone()));
    bench.frames();
    assert_eq!(bench.state().settings.form.arch, "squeezenet1_0");
    assert!(says(&bench, "These are weights of SqueezeNet 1.0"));
    // Not where somebody typed them, and not another time.
    bench.send(
        0,
        FitEvent::WeightsDescribed(WeightsFacts {
            fits: Some("resnet50".into()),
            ..facts
        }),
    );
    bench.frames();
    assert_eq!(bench.state().settings.form.arch, "squeezenet1_0");
}

/// A picture without a word beside it would look like one that nothing can be said of.
#[test]
fn an_image_that_no_run_can_judge_is_not_left_without_a_word() {
    let mut bench = Bench::trained(&["1,1"]);
    drop_path(&mut bench, "/new/leaf.png");
    let path = PathBuf::from("/new/leaf.png");
    let picture = Ok(scripted::picture());
    bench.send(0, DatasetEvent::Thumbnail(Thumbnail { path, picture }));
    bench.frames();
    assert!(!says(&bench, "No run of these classes predicts it yet"));
    bench.give(scripted::many("leaves".as_ref(), 3));
    assert!(says(&bench, "No run of these classes predicts it yet"));
}

#[test]
fn a_table_becomes_the_groups_and_one_in_the_folder_is_offered() {
    let mut bench = Bench::first();
    drop_groups(&mut bench);
    assert!(says(&bench, "open their folder first"));
    let table = PathBuf::from("faces/groups.csv");
    let mut data = scripted::two_classes("faces".as_ref());
    data.groups_table = Some(table.clone());
    bench.give(data);
    bench.click("Split by the groups of groups.csv");
    assert_eq!(bench.state().settings.form.split, SplitMethod::Groups);
    assert_eq!(bench.state().settings.form.groups, Some(Groups::Csv(table)));
    assert!(!bench.sees("Split by the groups of groups.csv"));
    drop_groups(&mut bench);
    assert_eq!(
        bench.state().settings.form.groups,
        Some(Groups::Csv("/t/people.csv".into()))
    );
    assert_eq!(bench.state().dataset.path_text, "faces");
}

/// Whoever reads the table finds that it says nothing of classes.
fn drop_groups(bench: &mut Bench) {
    bench.commands();
    drop_path(bench, "/t/people.csv");
    let commands = bench.commands();
    let scan = commands.iter().find_map(|(job, command)| match command {
        Command::Dataset(DatasetCommand::Scan(scan)) => Some((job.id, scan.source.table.clone()?)),
        _ => None,
    });
    let (job, table) = scan.unwrap();
    bench.send(job, DatasetEvent::GroupsFound(table));
    let failed = Event::Failed {
        message: "says of no image what class it is of".into(),
        failure: Failure::Input,
    };
    bench.send(job, failed);
    bench.frames();
}

/// A table with labels is a dataset like a folder: its own settings, runs and decisions, and it is among those that were open.
#[test]
fn a_table_of_labels_becomes_the_dataset() {
    let mut bench = Bench::open();
    bench.commands();
    drop_path(&mut bench, "/t/labels.csv");
    let (job, Command::Dataset(DatasetCommand::Scan(Scan { source }))) = bench.commands().remove(0) else {
        panic!()
    };
    assert_eq!(source.folder, PathBuf::from("/t"));
    let table = |name: &str| {
        let mut data = scripted::two_classes("/t".as_ref());
        data.table = Some(LabelTable {
            path: PathBuf::from("/t").join(name),
            n_lost: vec![0, 0],
        });
        data.identity.place = data.place().to_path_buf();
        data
    };
    bench.send(job.id, DatasetEvent::Scanned(Box::new(table("labels.csv"))));
    bench.frames();
    let state = bench.state();
    assert_eq!(state.settings.form.label_table, Some("/t/labels.csv".into()));
    assert_eq!(state.settings.form.data, PathBuf::from("/t"));
    assert_eq!(state.dataset.path_text, "/t/labels.csv");
    assert_eq!(state.settings.recent[0], PathBuf::from("/t/labels.csv"));
    // A run of it is of this table, and of no other in the same folder.
    let config = Config {
        data: "/t".into(),
        label_table: Some("/t/labels.csv".into()),
        ..Config::default()
    };
    bench.list(
        "2026-01-02-030405-resnet18-x",
        &config,
        Some(&table("labels.csv")),
    );
    assert!(bench.state().is_of_folder(0));
    let mut others = table("others.csv");
    others.identity.fingerprint = "of other labels".into();
    bench.give(others);
    assert!(!bench.state().is_of_folder(0));
    assert_eq!(
        bench.state().settings.form.label_table,
        Some("/t/others.csv".into())
    );
}

/// What was dropped, as it is read as a table of images.
fn scan_of(bench: &mut Bench, path: &str) -> u64 {
    bench.commands();
    drop_path(bench, path);
    let (job, Command::Dataset(DatasetCommand::Scan(_))) = bench.commands().remove(0) else {
        panic!()
    };
    job.id
}

#[test]
fn a_table_of_decisions_is_offered_as_such() {
    let mut bench = Bench::first();
    let found = |bench: &mut Bench| {
        let job = scan_of(bench, "/t/decided.csv");
        bench.send(job, DatasetEvent::DecisionsFound("/t/decided.csv".into()));
        let failed = Event::Failed {
            message: "says of no image what class it is of".into(),
            failure: Failure::Input,
        };
        bench.send(job, failed);
        bench.frames();
    };
    found(&mut bench);
    assert!(says(
        &bench,
        "decided.csv holds decisions about labels; open the folder that they are about first"
    ));
    bench.give(scripted::two_classes("faces".as_ref()));
    found(&mut bench);
    assert!(says(
        &bench,
        "decided.csv holds decisions about labels. Take them in for faces?"
    ));
    assert!(!says(&bench, "says of no image"));
    assert_eq!(bench.state().dataset.path_text, "faces");
    bench.all_commands();
    bench.click("Take in the decisions about labels");
    let commands = bench.all_commands();
    let imported = commands.iter().find_map(|(_, command)| match command {
        Command::Labels(LabelsCommand::EditLabels(request)) => Some(request.edit.clone()),
        _ => None,
    });
    assert_eq!(imported, Some(LabelEdit::Import("/t/decided.csv".into())));
}

#[test]
fn a_refused_table_is_named_and_what_is_open_stays() {
    let mut bench = Bench::open();
    let job = scan_of(&mut bench, "/t/labels.csv");
    assert_eq!(bench.state().dataset.path_text, "/t/labels.csv");
    let failed = Event::Failed {
        message: "/t/labels.csv: lines 2 and 3 give 1.png the labels \"a\" and \"b\"".into(),
        failure: Failure::Input,
    };
    bench.send(job, failed);
    bench.frames();
    assert_eq!(bench.state().dataset.path_text, "faces");
    assert!(says(&bench, "/t/labels.csv: lines 2 and 3 give 1.png"));
}

#[test]
fn settings_are_offered_and_taken_when_asked() {
    let mut bench = Bench::open();
    bench.commands();
    drop_path(&mut bench, "/old/config.json");
    let (job, Command::Runs(RunsCommand::ReadSettings(ReadSettings { path }))) = bench.commands().remove(0)
    else {
        panic!()
    };
    assert_eq!(path, PathBuf::from("/old/config.json"));
    let config = Config {
        epochs: 7,
        class_weights: ClassWeights::Given(vec![8.0, 1.0]),
        ..Config::default()
    };
    // Its classes stand the other way round.
    let classes = vec!["REAL".into(), "FAKE".into()];
    bench.send(
        job.id,
        RunsEvent::SettingsRead(Box::new(FoundSettings {
            path,
            config,
            classes,
        })),
    );
    bench.send(job.id, Event::Done);
    bench.frames();
    assert_ne!(bench.state().settings.form.epochs, 7);
    bench.click("Use the settings of the file");
    let form = &bench.state().settings.form;
    assert_eq!(form.epochs, 7);
    assert_eq!(form.class_weights, ClassWeights::Given(vec![1.0, 8.0]));
    assert_eq!(form.data, PathBuf::from("faces"));
}

#[test]
fn a_folder_of_runs_is_listed_beside_ours() {
    let mut bench = Bench::open();
    bench.commands();
    drop_path(&mut bench, "/other/runs/2026-01-02-030405-resnet18-x");
    let (job, Command::Dataset(DatasetCommand::Scan(Scan { source }))) = bench.commands().remove(0) else {
        panic!()
    };
    let dir = source.folder;
    let runs_dir = PathBuf::from("/other/runs");
    bench.send(
        job.id,
        DatasetEvent::RunsFound {
            runs_dir: runs_dir.clone(),
            run: Some(dir.clone()),
        },
    );
    let failed = Event::Failed {
        message: "holds runs".into(),
        failure: Failure::Input,
    };
    bench.send(job.id, failed);
    bench.frames();
    let commands = bench.commands();
    assert!(
        matches!(&commands[0].1, Command::Runs(RunsCommand::WatchRuns(WatchRuns { runs_dir: dir })) if *dir == runs_dir)
    );
    assert!(!says(&bench, "holds runs"));
    assert_eq!(bench.state().dataset.path_text, "faces");
    bench.list("2026-01-02-030405-resnet18-x", &Config::default(), None);
    assert_eq!(bench.state().runs.all[0].state(), RunState::Finished);
}

#[test]
fn what_is_nothing_of_all_this_is_said_and_the_path_can_be_corrected() {
    let mut bench = Bench::open();
    bench.commands();
    drop_path(&mut bench, "/texts/letter.odt");
    let (job, Command::Dataset(DatasetCommand::Scan(Scan { source }))) = bench.commands().remove(0) else {
        panic!()
    };
    let dir = source.folder;
    let message = format!("{}: is a file, not a folder; give the folder", dir.display());
    let failed = |message: &str| Event::Failed {
        message: message.into(),
        failure: Failure::Input,
    };
    bench.send(job.id, failed(&message));
    bench.frames();
    assert!(says(&bench, "letter.odt is neither an image, weights"));
    // The path is in the field, and the keyboard is there.
    assert_eq!(bench.state().dataset.path_text, "/texts/letter.odt");
    assert!(bench.harness.get_by_label("Image folder").is_focused());
    bench.harness.event(egui::Event::Text("s".into()));
    bench.frames();
    assert_eq!(bench.state().dataset.path_text, "/texts/letter.odts");
    assert!(!says(&bench, "letter.odt is neither an image"));
}

#[test]
fn a_number_out_of_range_is_said_and_changes_nothing() {
    let mut bench = Bench::open();
    let type_into = |bench: &mut Bench, field: &str, text: &str| {
        bench.harness.get_by_label(field).click();
        bench.frames();
        bench.key(Modifiers::COMMAND, Key::A);
        bench.harness.event(egui::Event::Text(text.into()));
        bench.frames();
    };
    type_into(&mut bench, "Epochs", "20000");
    // Until Enter it is what is being typed.
    assert_eq!(bench.state().settings.form.epochs, 2);
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.state().settings.form.epochs, 2);
    assert!(bench.sees("20000 is out of range: the number of epochs goes from 1 to 10,000 and stays 2"));
    type_into(&mut bench, "Batch", "NaN");
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.state().settings.form.batch, 126);
    assert!(bench.sees("NaN is not a number; the batch stays 126"));
    type_into(&mut bench, "Batch", "64");
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.state().settings.form.batch, 64);
    assert!(!says(&bench, "stays 126"));
    type_into(&mut bench, "Weight of REAL, number", "-3");
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.state().settings.form.class_weights, ClassWeights::Equal);
    assert!(says(
        &bench,
        "-3 is out of range: a class weight goes from 0 to 1,000,000"
    ));
    type_into(&mut bench, "Image size", "128.5");
    bench.key(Modifiers::NONE, Key::Enter);
    assert!(bench.sees("128.5 is not a whole number; the image size stays 128"));
}

/// Also over what an evaluation left on the screen: what was dropped is looked for, that is said, and each path comes to
/// something.
#[test]
fn of_several_paths_each_comes_to_something() {
    let mut bench = Bench::trained(&["1,1"]);
    for paths in [
        &["/new/a", "/new/b", "/new/gone"][..],
        &["/new/a", "/new/gone"],
        &["/new/one.png", "/new/a"],
    ] {
        bench.commands();
        let evaluate = JudgeAction::EvaluateFolder {
            run: 0,
            data: PathBuf::from("/new/known").into(),
        };
        let window = bench.harness.state_mut().window.as_mut().unwrap();
        window.act(Action::Judge(evaluate));
        bench.frames();
        assert!(bench.state().judge.evaluation.is_some());
        drop_paths(&mut bench, paths);
        let (job_id, asked) = asked_for(&bench).unwrap();
        let mut expected: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        expected.sort();
        assert_eq!(
            asked.iter().collect::<std::collections::BTreeSet<_>>().len(),
            paths.len()
        );
        assert!(asked.iter().all(|path| expected.contains(path)));
        assert!(bench.state().judge.evaluation.is_none());
        assert!(says(&bench, "Looking for "), "{paths:?}");
        let images = paths.iter().map(|path| match *path {
            "/new/gone" => found(path, Some("no such file or folder")),
            "/new/one.png" => found(path, None),
            folder => found(&format!("{folder}/x.png"), None),
        });
        bench.send(job_id, JudgeEvent::Found(images.collect()));
        bench.send(job_id, Event::Done);
        bench.frames();
        let title = format!("Predictions · {} files and folders", paths.len());
        assert!(says(&bench, &title), "{title}");
        assert_eq!(bench.state().judge.table.rows().len(), paths.len());
        if paths.contains(&"/new/gone") {
            assert!(says(&bench, "1 could not be read"));
        }
    }
}

/// None of them can be opened: the images that are listed stay, and why is said.
#[test]
fn what_cannot_be_opened_is_said_and_the_images_that_are_listed_stay() {
    let mut bench = Bench::trained(&["1,1"]);
    bench.commands();
    drop_paths(&mut bench, &["/new/one.png", "/new/two.png"]);
    let (job_id, _) = asked_for(&bench).unwrap();
    let images = vec![found("/new/one.png", None), found("/new/two.png", None)];
    bench.send(job_id, JudgeEvent::Found(images));
    bench.send(job_id, Event::Done);
    bench.frames();
    drop_paths(&mut bench, &["/gone/a", "/gone/b"]);
    assert!(says(&bench, "Looking for other images…"));
    let (job_id, _) = asked_for(&bench).unwrap();
    let failure = Failure::Input;
    let message = "/gone/a: no such file or folder".into();
    bench.send(job_id, Event::Failed { message, failure });
    bench.frames();
    assert!(!says(&bench, "Looking for other images…"));
    assert!(bench.sees("/gone/a: no such file or folder"));
    assert_eq!(bench.state().judge.table.rows().len(), 2);
}

/// Each goes its own way.
#[test]
fn weights_and_a_folder_at_once_are_both_taken() {
    let mut bench = Bench::first();
    bench.commands();
    drop_paths(&mut bench, &["/nets/squeeze.pth", "/data/faces"]);
    let weights = WeightsSource::File("/nets/squeeze.pth".into());
    assert_eq!(bench.state().settings.form.weights, weights);
    assert!(says(&bench, "The network's weights are those of squeeze.pth"));
    let scans = bench.commands().into_iter().filter(|(_, command)| {
        matches!(command, Command::Dataset(DatasetCommand::Scan(Scan { source })) if source.place().as_os_str() == "/data/faces")
    });
    assert_eq!(scans.count(), 1);
}

/// A file may be named after the clip it is of: splitting by these is offered with how many there are, and which.
#[test]
fn groups_that_file_names_tell_of_are_offered_with_examples() {
    let mut bench = Bench::first();
    let mut data = scripted::two_classes("faces".as_ref());
    for (i, image) in data.images.iter_mut().enumerate() {
        image.path = format!("{}/clip{:02}_{i:04}.jpg", image.class_idx, i / 5);
    }
    let n_groups = counterweight::metrics::thousands(data.images.len().div_ceil(5) as u64);
    bench.give(data);
    assert!(says(&bench, "clip00 (5 images), clip01 (5), clip02 (5) and"));
    bench.click(&format!("Split by {n_groups} groups of file names"));
    let form = &bench.state().settings.form;
    assert_eq!(form.split, SplitMethod::Groups);
    let Some(Groups::Pattern(pattern)) = &form.groups else {
        panic!("{:?}", form.groups)
    };
    assert!(pattern.starts_with("^(.+?)"), "{pattern}");
    assert!(!says(&bench, "groups of file names") && says(&bench, "clip00 (5 images)"));
}
