//! The health of a folder: asked for, listed, looked at, and copies kept together.

use std::collections::BTreeMap;
use std::sync::Arc;

use counterweight::app::{Action, GALLERY_SIDE, HealthAction, Settings, ThemeChoice};
use counterweight::experiment::{ImageLabel, LabelChange, LabelsOverlay, Part, SplitMethod};
use counterweight::health::findings::{FolderParts, ImageFindings, LabelFindings};
use counterweight::health::folder::{Quality, Shortcut};
use counterweight::health::labels::{LabelIssue, Outlier};
use counterweight::protocol::{
    Command, DatasetCommand, DatasetEvent, Event, Failure, FolderLabels, HealthCommand, HealthEvent, Job,
    LabelEdit, LabelsCommand, LabelsEvent, Picture, Thumbnail,
};
use egui::{Key, Modifiers, Rect, pos2};

use super::pictures::looks_like;
use super::predictions::act;
use super::{Bench, scripted};

/// Copies of several kinds, among them one whose labels differ.
fn images(n_images: usize) -> ImageFindings {
    let shortcut = |property: &str, balanced_accuracy: f64| Shortcut {
        property: property.into(),
        balanced_accuracy,
        tells: balanced_accuracy > 0.8,
    };
    let part = |i: usize| {
        Some(if i.is_multiple_of(4) {
            Part::Val
        } else {
            Part::Train
        })
    };
    ImageFindings {
        copies: vec![
            vec![0, 1],
            vec![4, 5, 5100],
            vec![7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
            vec![21, 22],
        ],
        quality: vec![
            (3, Quality::LowInformation),
            (30, Quality::Blurred),
            (31, Quality::Blurred),
            (5200, Quality::Dark),
        ],
        shortcuts: vec![
            shortcut("file type", 0.991),
            shortcut("size", 0.612),
            shortcut("brightness", 0.521),
        ],
        unreadable: vec![],
        parts: Ok((0..n_images).map(part).collect()),
        groups: None,
    }
}

fn labels() -> LabelFindings {
    LabelFindings {
        copies: images(0).copies,
        label_issues: (0..40)
            .map(|i| LabelIssue {
                image: 5045 + 7 * i,
                suggested: 0,
                score: 0.004 + 0.01 * i as f64,
            })
            .collect(),
        outliers: vec![
            Outlier {
                image: 90,
                score: 0.02,
            },
            Outlier {
                image: 91,
                score: 0.05,
            },
        ],
        balanced_accuracy: Some(0.874),
        unjudged: vec![],
        n_judged: 6011,
    }
}

fn bench(theme: ThemeChoice, size: [f32; 2]) -> Bench {
    let settings = Settings {
        theme,
        ..Settings::default()
    };
    let mut bench = Bench::with(settings, size);
    let mut data = scripted::two_classes("faces".as_ref());
    data.twins = vec![vec![0, 1]];
    bench.give(data);
    bench.commands();
    bench
}

fn health_command(bench: &mut Bench) -> (Job, HealthCommand) {
    let health = others(bench)
        .into_iter()
        .find_map(|(job, command)| match command {
            Command::Health(command) => Some((job, command)),
            _ => None,
        });
    health.expect("the health of the folder to be asked for")
}

/// As it is once all is answered, with pictures.
fn examined(bench: &mut Bench) {
    bench.click("Health…");
    bench.click("Examine the folder");
    let (job, command) = health_command(bench);
    let HealthCommand::ExamineImages(request) = command else {
        panic!("{command:?}")
    };
    let found = images(request.dataset.images.len());
    bench.send(job.id, HealthEvent::ImagesExamined(Box::new(found)));
    bench.send(job.id, Event::Done);
    bench.frames();
    let (job, command) = health_command(bench);
    let HealthCommand::ExamineLabels(request) = command else {
        panic!("{command:?}")
    };
    assert_eq!(request.copies.len(), 4);
    bench.send(job.id, HealthEvent::LabelsExamined(Box::new(labels())));
    bench.send(job.id, Event::Done);
    bench.frames();
    show_pictures(bench);
}

/// Answers what is asked for until all that is in sight has a picture.
fn show_pictures(bench: &mut Bench) {
    while !others(bench).is_empty() {}
}

/// What was asked for beside pictures, each of which is answered, with another for each path.
fn others(bench: &mut Bench) -> Vec<(Job, Command)> {
    let mut others = Vec::new();
    loop {
        let asked = bench.all_commands();
        if asked.is_empty() {
            return others;
        }
        for (job, command) in asked {
            match command {
                Command::Dataset(DatasetCommand::Thumbnails(request)) => {
                    assert_eq!(request.side, GALLERY_SIDE);
                    for path in request.paths {
                        let picture = Ok(picture_of(&path.to_string_lossy()));
                        bench.send(job.id, DatasetEvent::Thumbnail(Thumbnail { path, picture }));
                    }
                    bench.send(job.id, Event::Done);
                }
                command => others.push((job, command)),
            }
        }
        bench.frames();
    }
}

fn picture_of(name: &str) -> Picture {
    let seed: usize = name.bytes().map(usize::from).sum();
    let pixel = |i: usize| {
        let (x, y) = (i % 64, i / 64);
        [
            (x * 3 + seed) as u8,
            (y * 3 + seed * 7) as u8,
            ((x + y) * 2) as u8,
        ]
    };
    Picture {
        size: [64, 64],
        rgb: (0..64 * 64).flat_map(pixel).collect(),
    }
}

#[test]
fn findings_are_listed_with_counts_and_each_shows_its_images() {
    let mut bench = bench(ThemeChoice::Dark, [1280.0, 800.0]);
    examined(&mut bench);
    // The worst first: what is judged was trained on.
    for label in [
        "Copies across the split: 3 groups",
        "Exact duplicates: 1 group",
        "Near duplicates: 3 groups",
        "Suspect labels: 40",
        "Outliers: 2",
        "Blank: 1",
        "Blurred: 2",
        "Very dark: 1",
        "file type: 99.1 %, tells the classes",
        "head, to compare: 87.4 %",
    ] {
        assert!(bench.sees(label), "{label}");
    }
    assert!(bench.sees_part("3 images: 1 train, 2 val; labels differ: FAKE, REAL"));
    bench.click("Suspect labels: 40");
    assert!(bench.sees_part("REAL, probably FAKE: its label has 0.4 %"));
    assert!(bench.sees("Select REAL/00000.jpg"));
    // What is found can be decided about on the spot.
    bench.click("Select REAL/00000.jpg");
    bench.click("Exclude");
    let edits = bench
        .commands()
        .into_iter()
        .filter(|(_, command)| matches!(command, Command::Labels(LabelsCommand::EditLabels(_))));
    assert_eq!(edits.count(), 1);
    bench.key(Modifiers::NONE, Key::Escape);
    assert!(!bench.sees("Suspect labels: 40"));
    bench.click("Health…");
    assert!(bench.sees("Suspect labels: 40"), "nothing is forgotten");
}

/// The decision that was asked for last, answered with what stands then.
fn decided(bench: &mut Bench, images: impl Fn(&LabelEdit) -> BTreeMap<usize, ImageLabel>) -> LabelEdit {
    let asked = others(bench)
        .into_iter()
        .find_map(|(job, command)| match command {
            Command::Labels(LabelsCommand::EditLabels(request)) => Some((job, request)),
            _ => None,
        });
    let (job, request) = asked.expect("a decision");
    let overlay = LabelsOverlay {
        file: "labels.jsonl".into(),
        version: "v1".into(),
    };
    let labels = FolderLabels {
        root: request.dataset.root.clone(),
        overlay: Some(overlay),
        images: images(&request.edit),
        done: Some("decided".into()),
        ..FolderLabels::default()
    };
    bench.send(job.id, LabelsEvent::Read(Box::new(labels)));
    bench.send(job.id, Event::Done);
    bench.frames();
    request.edit
}

#[test]
fn copies_are_kept_together_by_a_decision_and_the_split_stays() {
    let mut bench = bench(ThemeChoice::Dark, [1280.0, 800.0]);
    examined(&mut bench);
    bench.click("Keep them together");
    let edit = decided(&mut bench, |_| BTreeMap::new());
    let LabelEdit::Together(groups) = edit else {
        panic!("{edit:?}")
    };
    assert_eq!(groups.len(), 3);
    assert!(groups.contains(&vec![0, 1]));
    assert_eq!(bench.state().settings.form.split, SplitMethod::Stratified);
    // What leaks now is looked at again, and nothing that took features is forgotten.
    let (job, command) = health_command(&mut bench);
    let HealthCommand::ExamineSplit(request) = command else {
        panic!("{command:?}")
    };
    assert!(request.config.labels_overlay.is_some());
    let parts = FolderParts {
        parts: Ok(vec![Some(Part::Train); 6011]),
        groups: None,
    };
    bench.send(job.id, HealthEvent::SplitExamined(Box::new(parts)));
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(bench.sees("Copies across the split: 0 groups"));
    assert!(bench.sees("Suspect labels: 40"));
}

#[test]
fn all_exact_copies_but_one_are_left_out_and_are_no_finding_then() {
    let mut bench = bench(ThemeChoice::Dark, [1280.0, 800.0]);
    examined(&mut bench);
    bench.click("Exact duplicates: 1 group");
    bench.click("Leave out all but one");
    let edit = decided(&mut bench, |edit| {
        let LabelEdit::Change(images, LabelChange::Exclude(true)) = edit else {
            panic!("{edit:?}")
        };
        let excluded = ImageLabel {
            is_excluded: true,
            ..ImageLabel::default()
        };
        images.iter().map(|&i| (i, excluded.clone())).collect()
    });
    // The one that validates stays.
    assert_eq!(edit, LabelEdit::Change(vec![1], LabelChange::Exclude(true)));
    assert!(bench.sees("Exact duplicates: 0 groups"));
    assert!(bench.sees_part("settled by label decisions"));
}

#[test]
fn what_fails_is_said_in_its_place_and_a_stop_is_no_failure() {
    let mut bench = bench(ThemeChoice::Dark, [1280.0, 800.0]);
    bench.click("Health…");
    bench.click("Examine the folder");
    let (job, _) = health_command(&mut bench);
    assert!(bench.sees("Stop examining the folder"));
    bench.click("Stop examining the folder");
    assert!(job.cancel.is_cancelled());
    bench.send(job.id, Event::failed(&counterweight::error::Error::Stopped));
    bench.frames();
    assert!(!bench.sees_part("stopped"));
    bench.click("Examine the folder");
    let (job, _) = health_command(&mut bench);
    bench.send(job.id, HealthEvent::ImagesExamined(Box::new(images(6011))));
    bench.send(job.id, Event::Done);
    bench.frames();
    let (job, _) = health_command(&mut bench);
    let message = "there are no weights".to_owned();
    bench.send(
        job.id,
        Event::Failed {
            message,
            failure: Failure::Input,
        },
    );
    bench.frames();
    assert!(bench.sees_part("Labels, outliers and crops were not examined: There are no weights"));
    assert!(bench.sees("Suspect labels: not known"));
    // Another folder has other faults.
    bench.give(scripted::many("many".as_ref(), 5));
    assert!(bench.sees_part("Nothing is examined yet"));
    assert!(bench.state().health.examined.is_none());
}

/// A folder that is scanned again as it was keeps what is known of it; a changed split is said.
#[test]
fn what_is_known_outlives_a_scan_and_an_old_split_is_named() {
    let mut bench = bench(ThemeChoice::Dark, [1280.0, 800.0]);
    examined(&mut bench);
    let dataset = Arc::clone(&bench.state().health.examined.as_ref().unwrap().dataset);
    bench.give((*dataset).clone());
    assert!(bench.sees("Suspect labels: 40"));
    assert!(!bench.sees_part("The split is another one since"));
    let mut form = bench.state().settings.form.clone();
    form.seed += 1;
    act(
        &mut bench,
        Action::Fit(counterweight::app::FitAction::SetForm(Box::new(form))),
    );
    assert!(bench.sees_part("The split is another one since"));
}

#[test]
fn findings_look_as_they_did() {
    let whole = |size: [f32; 2]| Rect::from_min_max(pos2(0.0, 0.0), pos2(size[0], size[1]));
    for (theme, size, name) in [
        (ThemeChoice::Dark, [1280.0, 800.0], "health-copies-dark"),
        (ThemeChoice::Light, [1024.0, 700.0], "health-copies-light-small"),
    ] {
        let mut bench = bench(theme, size);
        examined(&mut bench);
        looks_like(&mut bench, whole(size), name);
    }
    let size = [1280.0, 800.0];
    let mut bench = bench(ThemeChoice::Light, size);
    examined(&mut bench);
    bench.click("Suspect labels: 40");
    show_pictures(&mut bench);
    looks_like(&mut bench, whole(size), "health-labels-light");
    act(&mut bench, Action::Health(HealthAction::Open(false)));
}

#[test]
fn before_anything_is_examined_it_looks_as_it_did() {
    let mut bench = bench(ThemeChoice::Dark, [1280.0, 800.0]);
    bench.click("Health…");
    looks_like(
        &mut bench,
        Rect::from_min_max(pos2(0.0, 0.0), pos2(1280.0, 800.0)),
        "health-start-dark",
    );
}
