//! Where a class is found less: the slices of a run, and the way to their images.

use std::path::Path;

use counterweight::app::{Action, ImagesAction, Showing, Shows, ThemeChoice, WindowAction};
use counterweight::experiment::slices::{Property, Slice};
use counterweight::experiment::{LabelTable, Part};
use counterweight::protocol::{Command, Event, Failure, HealthCommand, HealthEvent, ReadSlices, RunSlices};
use egui::{Rect, pos2};

use super::predictions::act;
use super::{Bench, judged, pictures, scripted};

/// The last question about slices, with its job.
fn asked(bench: &mut Bench) -> Option<(u64, ReadSlices)> {
    let commands = bench.commands();
    commands
        .into_iter()
        .rev()
        .find_map(|(job, command)| match command {
            Command::Health(HealthCommand::ReadSlices(read)) => Some((job.id, read)),
            _ => None,
        })
}

fn slice(name: &str, places: impl Iterator<Item = u32>) -> Slice {
    Slice {
        name: name.into(),
        places: places.collect(),
    }
}

/// Shows the slices, and answers with some: those of the camera have all images, those of the folder half of them.
fn sliced(bench: &mut Bench) -> u32 {
    bench.commands();
    act(bench, Action::Window(WindowAction::Show(Showing::Slices)));
    let (job, read) = asked(bench).unwrap();
    assert_eq!(read.part, Part::Val);
    let predictions = bench.state().predictions_on(Part::Val).unwrap();
    // The first images of the last class were found least.
    let wrong: Vec<u32> = (predictions.rows().enumerate())
        .filter(|(_, (_, truth, p))| p[*truth] < 0.5)
        .map(|(i, _)| i as u32)
        .collect();
    let n = predictions.images().len() as u32;
    let camera = Property {
        name: "camera".into(),
        slices: vec![
            slice("old", (0..n).filter(|i| wrong.contains(i) || i % 7 == 0)),
            slice("new", (0..n).filter(|i| !wrong.contains(i) && i % 7 != 0)),
        ],
        n_unknown: 0,
    };
    let folder = Property {
        name: "folder".into(),
        slices: vec![
            slice("a/deep", (0..n).filter(|i| i % 4 == 0)),
            slice("b", (0..n).filter(|i| i % 4 == 1)),
        ],
        n_unknown: n as usize / 2,
    };
    let slices = RunSlices {
        run_dir: read.run_dir,
        part: read.part,
        properties: vec![camera, folder],
        in_groups: false,
        left_out: vec!["id has 900 values for 900 images, too few images to each".into()],
    };
    bench.send(job, HealthEvent::SlicesRead(Box::new(slices)));
    bench.send(job, Event::Done);
    bench.frames();
    n
}

#[test]
fn a_slice_is_the_way_to_its_images() {
    let mut bench = judged::bench(ThemeChoice::Dark, 2, [1280.0, 800.0]);
    let n = sliced(&mut bench);
    let shown = bench.state().slices_shown().unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(shown.ranked.n_compared, 2);
    assert_eq!(
        (&*shown.ranked.rows[0].property, &*shown.ranked.rows[0].slice),
        ("camera", "old")
    );
    assert!(shown.ranked.rows[0].figures.against_rest.unwrap().is_sure());
    let name = "camera: old: ";
    use egui_kittest::kittest::Queryable;
    bench.harness.get_by_label_contains(name).click();
    bench.frames();
    let state = bench.state();
    assert_eq!(state.windows.showing, Showing::Images);
    let listed = state.images_behind().unwrap_or_else(|e| panic!("{e}")).listed;
    assert!(!listed.places.is_empty() && (listed.places.len() as u32) < n);
    assert!(bench.sees("Which images: camera: old"));
    bench.click("Close the images");
    assert_eq!(bench.state().windows.showing, Showing::Slices);
    // One property alone.
    act(
        &mut bench,
        Action::Images(ImagesAction::SliceBy(Some("folder".into()))),
    );
    assert!(bench.harness.query_by_label_contains(name).is_none());
    assert!(
        bench
            .harness
            .query_by_label_contains("folder: a/deep: ")
            .is_some()
    );
    bench.click("Close the slices");
    assert_eq!(bench.state().windows.showing, Showing::OneRun);
}

#[test]
fn the_rows_are_one_stop_of_tab_and_the_arrows_walk_them() {
    let mut bench = judged::bench(ThemeChoice::Dark, 2, [1280.0, 800.0]);
    sliced(&mut bench);
    let focused = |bench: &Bench, name: &str| {
        use egui_kittest::kittest::{NodeT, Queryable};
        bench
            .harness
            .get_by_label_contains(name)
            .accesskit_node()
            .is_focused()
    };
    let rows = [
        "camera: old: ",
        "camera: new: ",
        "folder: a/deep: ",
        "folder: b: ",
    ];
    let is_at = |bench: &Bench| rows.iter().position(|row| focused(bench, row));
    for _ in 0..120 {
        bench.key(egui::Modifiers::NONE, egui::Key::Tab);
        if is_at(&bench).is_some() {
            break;
        }
    }
    assert_eq!(is_at(&bench), Some(0));
    bench.key(egui::Modifiers::NONE, egui::Key::ArrowDown);
    let shown = bench.state().slices_shown().unwrap_or_else(|e| panic!("{e}"));
    let second = &shown.ranked.rows[1];
    let second = format!("{}: {}: ", second.property, second.slice);
    assert!(focused(&bench, &second), "{second}");
    bench.key(egui::Modifiers::NONE, egui::Key::Tab);
    assert_eq!(is_at(&bench), None);
}

#[test]
fn what_cannot_be_sliced_says_why() {
    let mut bench = judged::bench(ThemeChoice::Dark, 2, [1280.0, 800.0]);
    bench.commands();
    act(&mut bench, Action::Window(WindowAction::Show(Showing::Slices)));
    let (job, _) = asked(&mut bench).unwrap();
    let failed = Event::Failed {
        message: "the predictions are gone".into(),
        failure: Failure::Input,
    };
    bench.send(job, failed);
    bench.frames();
    assert!(bench.sees("The predictions are gone"));
    assert_eq!(
        asked(&mut bench).map(|(_, read)| read),
        None,
        "it is not asked again and again"
    );
    // A slice that this run has not.
    let shows = Shows::Slice {
        property: "camera".into(),
        slice: "old".into(),
    };
    act(&mut bench, Action::Images(ImagesAction::Show(shows)));
    assert!(bench.sees("Which images: All mistakes"));
}

#[test]
fn slices_are_read_again_where_the_images_were_moved_to() {
    let mut bench = judged::bench(ThemeChoice::Dark, 2, [1280.0, 800.0]);
    for folder in ["faces", "moved"] {
        let mut data = scripted::two_classes(folder.as_ref());
        data.table = Some(LabelTable {
            path: "faces.csv".into(),
            n_lost: vec![0, 0],
        });
        data.identity.place = "faces".into();
        bench.commands();
        bench.give(data);
        act(&mut bench, Action::Window(WindowAction::Show(Showing::Slices)));
        let (_, read) = asked(&mut bench).expect(folder);
        assert_eq!(read.source.unwrap().folder, Path::new(folder));
    }
}

#[test]
fn slices_look_as_they_did() {
    for (name, theme, n_classes, size) in [
        ("slices-2-dark", ThemeChoice::Dark, 2, [1280.0, 800.0]),
        ("slices-10-light-small", ThemeChoice::Light, 10, [1024.0, 700.0]),
    ] {
        let mut bench = judged::bench(theme, n_classes, size);
        sliced(&mut bench);
        let centre = Rect::from_min_max(pos2(276.0, 48.0), pos2(size[0] - 254.0, size[1] - 38.0));
        pictures::looks_like(&mut bench, centre, name);
    }
}
