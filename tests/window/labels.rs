//! Decisions about single images: selected in the gallery, made by key and button, shown, undone, and tried at once.

use std::collections::BTreeMap;
use std::path::Path;

use counterweight::app::{Action, DatasetAction, ImagesAction, LabelsAction, ThemeChoice};
use counterweight::experiment::{ClassWeights, Config, ImageLabel, LabelChange, LabelsOverlay};
use counterweight::protocol::{
    CleanedFolder, Command, Event, Failure, FeaturesStatus, FolderLabels, Job, LabelEdit, LabelsCommand,
    LabelsEvent, LiveCommand, LiveEvent, RunsCommand,
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::live::trial;
use super::pictures::looks_like;
use super::predictions::act;
use super::{Bench, judged, scripted};

/// Images of FAKE by index, FAKE being the first class.
fn labels(images: &[(usize, ImageLabel)], version: &str) -> FolderLabels {
    FolderLabels {
        root: "faces".into(),
        file: "runs/labels/faces-1.jsonl".into(),
        overlay: (!version.is_empty()).then(|| LabelsOverlay {
            file: "runs/labels/faces-1.jsonl".into(),
            version: version.into(),
        }),
        images: images.iter().cloned().collect::<BTreeMap<_, _>>(),
        undo: (!images.is_empty()).then(|| format!("{} images labelled REAL", images.len())),
        ..FolderLabels::default()
    }
}

fn as_real() -> ImageLabel {
    ImageLabel {
        label: Some("REAL".into()),
        ..ImageLabel::default()
    }
}

/// With a folder open about which nothing was decided, and the images of FAKE in sight.
pub fn opened(bench: &mut Bench) {
    answer_read(bench, labels(&[], ""));
    bench.click("Images of FAKE");
    bench.frames();
}

fn answer_read(bench: &mut Bench, labels: FolderLabels) {
    let is_read =
        |(_, command): &&(Job, Command)| matches!(command, Command::Labels(LabelsCommand::ReadLabels(_)));
    let asked = bench.all_commands();
    let (job, _) = asked
        .iter()
        .rfind(is_read)
        .expect("the folder's decisions to be asked for");
    bench.send(job.id, LabelsEvent::Read(Box::new(labels)));
    bench.send(job.id, Event::Done);
    bench.frames();
}

/// What is asked to be decided now.
fn asked(bench: &mut Bench) -> Vec<(Job, LabelEdit)> {
    let edit = |(job, command)| match command {
        Command::Labels(LabelsCommand::EditLabels(request)) => Some((job, request.edit)),
        _ => None,
    };
    bench.all_commands().into_iter().filter_map(edit).collect()
}

fn answer(bench: &mut Bench, job: &Job, labels: FolderLabels) {
    let done = Some("decided".to_owned());
    bench.send(
        job.id,
        LabelsEvent::Read(Box::new(FolderLabels { done, ..labels })),
    );
    bench.send(job.id, Event::Done);
    bench.frames();
}

fn picture(bench: &mut Bench, name: &str, modifiers: Modifiers) {
    let label = format!("Predict FAKE/{name}.jpg");
    bench
        .harness
        .query_all_by_label(&label)
        .next()
        .unwrap()
        .click_modifiers(modifiers);
    bench.frames();
}

fn select_two(bench: &mut Bench) {
    picture(bench, "00001", Modifiers::COMMAND);
    picture(bench, "00002", Modifiers::COMMAND);
    assert!(bench.sees("2 selected"));
}

#[test]
fn a_key_says_what_the_selected_images_are() {
    let mut bench = Bench::open();
    opened(&mut bench);
    select_two(&mut bench);
    bench.key(Modifiers::NONE, Key::Num2);
    let [(job, edit)] = &asked(&mut bench)[..] else {
        panic!()
    };
    assert_eq!(
        *edit,
        LabelEdit::Change(vec![1, 2], LabelChange::Label(Some("REAL".into())))
    );
    answer(&mut bench, job, labels(&[(1, as_real()), (2, as_real())], "a1"));
    assert!(bench.sees("Labels: 2 relabelled"));
    // They are among those of their class from now on, and no longer selected.
    assert!(bench.state().images.selected.is_empty());
    let of = |bench: &Bench, class_idx: usize| {
        let view = bench.state().dataset.view.as_ref().unwrap();
        view.images_of(class_idx)[..2].to_vec()
    };
    assert_eq!((of(&bench, 0), of(&bench, 1)), (vec![0, 3], vec![1, 2]));
    act(&mut bench, Action::Dataset(DatasetAction::OpenGallery(Some(1))));
    bench.frames();
    let label = "Predict FAKE/00001.jpg, labelled REAL";
    assert!(bench.harness.query_all_by_label(label).next().is_some());
    // The form trains with them, whatever it is taken from.
    assert_eq!(
        bench
            .state()
            .settings
            .form
            .labels_overlay
            .as_ref()
            .unwrap()
            .version,
        "a1"
    );
    bench.key(Modifiers::COMMAND, Key::Z);
    let [(job, LabelEdit::Undo)] = &asked(&mut bench)[..] else {
        panic!()
    };
    let undone = FolderLabels {
        redo: Some("2 images labelled REAL".into()),
        ..labels(&[], "")
    };
    answer(&mut bench, job, undone);
    assert!(bench.sees("Labels: nothing decided"));
    assert_eq!(bench.state().settings.form.labels_overlay, None);
    bench.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(matches!(asked(&mut bench)[..], [(_, LabelEdit::Redo)]));
}

#[test]
fn what_another_program_decides_is_heard_of() {
    let mut bench = Bench::first();
    let watching = |(job, command): (Job, Command)| match command {
        Command::Runs(RunsCommand::WatchRuns(_)) => Some(job.id),
        _ => None,
    };
    let watch = bench.all_commands().into_iter().find_map(watching);
    bench.give(scripted::two_classes("faces".as_ref()));
    answer_read(&mut bench, labels(&[], ""));
    bench.send(watch.expect("the runs to be watched"), LabelsEvent::Changed);
    bench.frames();
    answer_read(&mut bench, labels(&[(1, as_real()), (2, as_real())], "a1"));
    assert!(bench.sees_part("Labels were decided about elsewhere; now 2 relabelled"));
    assert!(bench.sees("Labels: 2 relabelled"));
    // The classes are counted as decided.
    assert_eq!(bench.state().dataset.view.as_ref().unwrap().counts, [5043, 968]);
}

#[test]
fn every_decision_has_a_key_and_a_button() {
    let exclude = LabelEdit::Change(vec![1, 2], LabelChange::Exclude(true));
    let together = LabelEdit::Together(vec![vec![1, 2]]);
    let real = LabelEdit::Change(vec![1, 2], LabelChange::Label(Some("REAL".into())));
    for (key, button, expected) in [
        (Key::X, "Exclude", &exclude),
        (Key::Delete, "Exclude", &exclude),
        (Key::G, "Keep together", &together),
        (Key::Num2, "Label as REAL", &real),
    ] {
        for by_key in [true, false] {
            let mut bench = Bench::open();
            opened(&mut bench);
            select_two(&mut bench);
            match by_key {
                true => bench.key(Modifiers::NONE, key),
                false => bench.click(button),
            }
            let asked = asked(&mut bench);
            assert!(
                matches!(&asked[..], [(_, edit)] if edit == expected),
                "{button}: {asked:?}"
            );
        }
    }
}

#[test]
fn a_note_is_written_and_keys_are_letters_meanwhile() {
    let mut bench = Bench::open();
    opened(&mut bench);
    select_two(&mut bench);
    bench.key(Modifiers::NONE, Key::N);
    bench
        .harness
        .get_by_label("Note on the selected images")
        .type_text("x: 2 faces");
    bench.frames();
    assert!(asked(&mut bench).is_empty());
    bench.key(Modifiers::NONE, Key::Enter);
    let asked = asked(&mut bench);
    let expected = LabelEdit::Change(vec![1, 2], LabelChange::Note("x: 2 faces".into()));
    assert!(
        matches!(&asked[..], [(_, edit)] if *edit == expected),
        "{asked:?}"
    );
}

#[test]
fn shift_selects_a_range_and_escape_lets_go_before_it_closes() {
    let mut bench = Bench::open();
    opened(&mut bench);
    picture(&mut bench, "00001", Modifiers::COMMAND);
    picture(&mut bench, "00004", Modifiers::SHIFT);
    assert!(bench.sees("4 selected"));
    picture(&mut bench, "00002", Modifiers::COMMAND);
    assert!(bench.sees("3 selected"));
    bench.key(Modifiers::NONE, Key::Escape);
    assert!(!bench.sees_part("selected") && bench.state().dataset.gallery.class.is_some());
    bench.key(Modifiers::NONE, Key::Escape);
    assert_eq!(bench.state().dataset.gallery.class, None);
}

#[test]
fn decisions_are_written_in_the_order_in_which_they_are_made() {
    let mut bench = Bench::open();
    opened(&mut bench);
    select_two(&mut bench);
    bench.key(Modifiers::NONE, Key::Num2);
    bench.key(Modifiers::NONE, Key::X);
    let first = asked(&mut bench);
    assert_eq!(first.len(), 1, "{first:?}");
    answer(&mut bench, &first[0].0, labels(&[(1, as_real())], "a1"));
    assert!(matches!(
        &asked(&mut bench)[..],
        [(_, LabelEdit::Change(_, LabelChange::Exclude(true)))]
    ));
}

#[test]
fn what_could_not_be_written_is_said_and_not_shown_as_done() {
    let mut bench = Bench::open();
    opened(&mut bench);
    select_two(&mut bench);
    bench.key(Modifiers::NONE, Key::X);
    let [(job, _)] = &asked(&mut bench)[..] else {
        panic!()
    };
    let (message, failure) = ("runs/labels/faces-1.jsonl: no space left".into(), Failure::Fault);
    bench.send(job.id, Event::Failed { message, failure });
    bench.frames();
    assert!(bench.sees_part("no space left"));
    assert!(!bench.sees_part("Labels:"));
    assert!(bench.sees("2 selected"), "to try again");
}

/// The matrix before and after: the run that is looked at is trained again with what was decided.
#[test]
fn the_run_that_is_looked_at_is_trained_again_at_once() {
    let mut bench = Bench::first();
    bench.all_commands();
    bench.give(scripted::two_classes("faces".as_ref()));
    let asked_for = bench.all_commands();
    let job_of = |is_such: fn(&Command) -> bool| asked_for.iter().find(|(_, c)| is_such(c)).unwrap().0.id;
    let read = job_of(|c| matches!(c, Command::Labels(LabelsCommand::ReadLabels(_))));
    let features = job_of(|c| matches!(c, Command::Live(LiveCommand::AskFeatures(_))));
    bench.send(read, LabelsEvent::Read(Box::new(labels(&[], ""))));
    bench.send(read, Event::Done);
    let config = Config {
        class_weights: ClassWeights::Given(vec![1.0, 8.0]),
        ..Config::default()
    };
    let equal = Config::default();
    bench.list("2026-11-22-120000-resnet18-1", &config, None);
    bench.list("2026-11-22-110000-resnet18-2", &equal, None);
    let status = FeaturesStatus {
        n_images: 6011,
        n_ready: 6011,
        n_unreadable: 0,
    };
    bench.send(features, LiveEvent::Features(status));
    bench.send(features, Event::Done);
    bench.frames();
    answer_trials(&mut bench);
    bench.click("Images of FAKE");
    select_two(&mut bench);
    bench.key(Modifiers::NONE, Key::Num2);
    let [(job, _)] = &asked(&mut bench)[..] else {
        panic!()
    };
    answer(&mut bench, job, labels(&[(1, as_real()), (2, as_real())], "a1"));
    assert!(
        bench.sees_part("1 : 8, being tried again…"),
        "what is seen is of the labels before"
    );
    let tried = answer_trials(&mut bench);
    let weights = |config: &Config| config.class_weights.clone();
    assert_eq!(
        tried.iter().map(weights).collect::<Vec<_>>(),
        [ClassWeights::Given(vec![1.0, 8.0]), ClassWeights::Equal],
        "the run that is looked at, with its own weights, and then the other shown one"
    );
    assert!(
        tried
            .iter()
            .all(|tried| tried.labels_overlay.as_ref().unwrap().version == "a1")
    );
    assert!(!bench.sees_part("being tried again"));
    assert!(bench.state().watched_trial().is_some());
    // Beside what is tried the other run stands as it would be with these labels.
    let dots = bench.state().dots();
    let again: Vec<usize> = dots.iter().filter(|dot| dot.again).map(|dot| dot.run).collect();
    assert_eq!(again.len(), 1, "{dots:?}");
    assert_eq!(
        bench.state().runs.all[again[0]].name,
        "2026-11-22-110000-resnet18-2"
    );
    let against = bench.state().against().unwrap();
    assert_eq!(against.run.config.labels_overlay, None);
    let said = bench.state().against_in_a_sentence().unwrap();
    assert!(said.contains("with its own labels"), "{said}");
}

fn answer_trials(bench: &mut Bench) -> Vec<Config> {
    let mut tried = Vec::new();
    for _ in 0..4 {
        for (job, command) in bench.all_commands() {
            if let Command::Live(LiveCommand::TryWeights(request)) = command {
                bench.send(job.id, LiveEvent::Tried(Box::new(trial(&request.config))));
                bench.send(job.id, Event::Done);
                tried.push(*request.config);
            }
        }
        bench.frames();
    }
    tried
}

#[test]
fn decisions_go_out_and_come_in_as_files() {
    let mut bench = Bench::open();
    opened(&mut bench);
    bench.key(Modifiers::NONE, Key::Escape);
    bench.send(0, Event::Done);
    select_after(&mut bench);
    bench.click("More about label decisions");
    bench.click("Write the decisions as CSV…");
    let (_, command) = bench.next_command();
    let Command::Labels(LabelsCommand::ExportLabels(request)) = command else {
        panic!("{command:?}")
    };
    assert_eq!(request.to, Path::new("/picked"));
    bench.click("More about label decisions");
    bench.click("Copy the cleaned folder…");
    let (job, command) = bench.next_command();
    assert!(
        matches!(command, Command::Labels(LabelsCommand::CopyCleaned(_))),
        "{command:?}"
    );
    let made = CleanedFolder {
        dir: "/picked".into(),
        n_images: 6009,
        n_relabelled: 2,
        n_excluded: 2,
        are_copies: false,
    };
    bench.send(job.id, LabelsEvent::Cleaned(made));
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(bench.sees_part("6,009 images linked to /picked: 2 under another class, 2 left out"));
}

/// With two images relabelled, and the gallery closed.
fn select_after(bench: &mut Bench) {
    bench.click("Images of FAKE");
    select_two(bench);
    bench.key(Modifiers::NONE, Key::Num2);
    let asked = asked(bench);
    answer(
        bench,
        &asked[0].0,
        labels(&[(1, as_real()), (2, as_real())], "a1"),
    );
    bench.key(Modifiers::NONE, Key::Escape);
    bench.key(Modifiers::NONE, Key::Escape);
    bench.commands();
}

/// Three images of the cell are selected, and something was decided about each of the first four.
fn decided_behind_a_cell(theme: ThemeChoice, n_classes: usize, size: [f32; 2]) -> Bench {
    let mut bench = judged::bench(theme, n_classes, size);
    act(
        &mut bench,
        Action::Images(ImagesAction::Show(counterweight::app::Shows::All)),
    );
    act(&mut bench, Action::Images(ImagesAction::Select(vec![0, 1, 2])));
    judged::answer_all(&mut bench);
    bench.key(Modifiers::NONE, Key::X);
    let asked = asked(&mut bench);
    let [(job, LabelEdit::Change(selected, LabelChange::Exclude(true)))] = &asked[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(selected.len(), 3);
    let class = bench.state().dataset.classes()[1].clone();
    let decided = [
        ImageLabel {
            label: Some(class),
            ..ImageLabel::default()
        },
        ImageLabel {
            is_excluded: true,
            ..ImageLabel::default()
        },
        ImageLabel {
            group: Some("a1".into()),
            ..ImageLabel::default()
        },
    ];
    let decided: Vec<(usize, ImageLabel)> = selected.iter().copied().zip(decided).collect();
    answer(&mut bench, job, labels(&decided, "a1"));
    judged::answer_all(&mut bench);
    bench
}

#[test]
fn images_behind_a_cell_are_decided_about_where_they_are_listed() {
    let mut bench = decided_behind_a_cell(ThemeChoice::Dark, 2, [1280.0, 800.0]);
    assert!(bench.sees_part(", excluded") && bench.sees_part(", kept together"));
    // What was decided about is let go: it may leave the list, and would have part in the next decision unseen.
    assert!(bench.state().images.selected.is_empty());
    assert!(!bench.sees("Exclude"));
    // Without a selection, letters are nobody's.
    bench.key(Modifiers::NONE, Key::X);
    assert!(asked(&mut bench).is_empty());
}

#[test]
fn label_decisions_look_as_they_did() {
    for (name, theme, n_classes, size) in [
        ("labels-cell-2-dark", ThemeChoice::Dark, 2, [1280.0, 800.0]),
        (
            "labels-cell-10-light-small",
            ThemeChoice::Light,
            10,
            [1024.0, 700.0],
        ),
    ] {
        let mut bench = decided_behind_a_cell(theme, n_classes, size);
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, size.into());
        looks_like(&mut bench, whole, name);
        if n_classes == 2 {
            act(&mut bench, Action::Images(ImagesAction::Close));
            bench.click("Images of FAKE");
            act(&mut bench, Action::Labels(LabelsAction::WriteNote(true)));
            judged::answer_all(&mut bench);
            looks_like(&mut bench, whole, "labels-gallery-2-dark");
        }
    }
}

#[test]
fn an_image_that_is_seen_large_is_decided_about_whatever_else_is_selected() {
    let mut bench = judged::bench(ThemeChoice::Dark, 2, [1280.0, 800.0]);
    act(
        &mut bench,
        Action::Images(ImagesAction::Show(counterweight::app::Shows::All)),
    );
    act(&mut bench, Action::Images(ImagesAction::Select(vec![1, 2])));
    act(&mut bench, Action::Images(ImagesAction::GoTo(0, false)));
    act(&mut bench, Action::Images(ImagesAction::Enlarge(true)));
    judged::answer_all(&mut bench);
    assert!(bench.sees_part("1 to 9 its class"));
    let shown = bench.state().images.at.clone().unwrap();
    bench.key(Modifiers::NONE, Key::Num2);
    let asked = asked(&mut bench);
    let [(job, LabelEdit::Change(images, LabelChange::Label(Some(class))))] = &asked[..] else {
        panic!("{asked:?}")
    };
    let dataset = &bench.state().dataset.view.as_ref().unwrap().dataset;
    assert_eq!(
        (dataset.root.join(&dataset.images[images[0]].path), images.len()),
        (shown, 1)
    );
    assert_eq!(class, "REAL");
    let (job, image) = (job.clone(), images[0]);
    answer(&mut bench, &job, labels(&[(image, as_real())], "a1"));
    assert!(bench.sees("Decided: labelled REAL"));
}
