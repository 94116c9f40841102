//! The map of a folder's features: asked for, looked at, walked, drawn around, and what is chosen on it listed.

use std::sync::Arc;

use counterweight::app::{
    Action, JudgeAction, LookAction, MapAction, MapColour, MapLayout, MapPoint, Showing, Shows, ThemeChoice,
};
use counterweight::experiment::Part;
use counterweight::map::{FeatureMap, Nearest};
use counterweight::protocol::{
    Command, DatasetCommand, Event, Failure, Job, MapCommand, MapEvent, MapFeatures, Phase, Progress,
};
use egui::{Key, Modifiers, PointerButton, Pos2, Rect, pos2};
use egui_kittest::kittest::Queryable;

use super::images::{answer_all, bench};
use super::pictures::looks_like;
use super::predictions::act;
use super::scripted_map::feature_map;
use super::{Bench, scripted};

fn request(bench: &mut Bench) -> (Job, MapFeatures) {
    let mut found = None;
    for (job, command) in bench.all_commands() {
        match command {
            Command::Map(MapCommand::MapFeatures(request)) => found = Some((job, request)),
            // What is not answered is asked again.
            _ => bench.send(job.id, Event::Done),
        }
    }
    found.expect("the map to be asked for")
}

/// As it is once it is laid out.
pub fn mapped(theme: ThemeChoice, n_classes: usize, size: [f32; 2]) -> Bench {
    let mut bench = bench(theme, n_classes, size);
    bench.click("Map of the images");
    bench.click("Lay out the map");
    let (job, request) = request(&mut bench);
    let map = feature_map(&request.dataset);
    bench.send(job.id, MapEvent::Mapped(Box::new(map)));
    bench.send(job.id, Event::Done);
    bench.frames();
    answer_all(&mut bench);
    bench
}

fn two() -> Bench {
    mapped(ThemeChoice::Dark, 2, [1280.0, 800.0])
}

fn canvas(bench: &Bench) -> Rect {
    bench.harness.get_by_label_contains("Map of ").rect()
}

fn choose(bench: &mut Bench, entry: &str) {
    bench
        .harness
        .get_by_label_contains(&format!("Choose {entry}: "))
        .click();
    bench.frames();
}

fn n_listed(bench: &Bench) -> usize {
    bench
        .state()
        .images_behind()
        .unwrap_or_else(|e| panic!("{e}"))
        .listed
        .places
        .len()
}

/// Presses, and moves through these places before it is let go.
pub fn draw(bench: &mut Bench, modifiers: Modifiers, line: &[Pos2]) {
    let button = |pos: Pos2, pressed: bool| egui::Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers,
    };
    let (first, last) = (line[0], *line.last().unwrap());
    bench.harness.event(egui::Event::ModifiersChanged(modifiers));
    bench.harness.event(egui::Event::PointerMoved(first));
    bench.harness.step();
    bench.harness.event(button(first, true));
    bench.harness.step();
    for at in &line[1..] {
        bench.harness.event(egui::Event::PointerMoved(*at));
        bench.harness.step();
    }
    bench.harness.event(button(last, false));
    bench.frames();
    bench
        .harness
        .event(egui::Event::ModifiersChanged(Modifiers::NONE));
    bench.harness.event(egui::Event::PointerGone);
    bench.frames();
}

fn around(rect: Rect) -> Vec<Pos2> {
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
    ];
    corners.to_vec()
}

#[test]
fn components_come_first_and_a_stop_keeps_them() {
    let mut bench = bench(ThemeChoice::Dark, 2, [1280.0, 800.0]);
    bench.click("Map of the images");
    assert!(bench.sees_part("whose features are computed first"));
    bench.click("Lay out the map");
    let (job, asked) = request(&mut bench);
    assert_eq!(asked.config.arch, "resnet18");
    let progress = Progress {
        phase: Phase::Compare,
        done: 1500,
        total: 6011,
        per_sec: 0.0,
        left_secs: None,
    };
    bench.send(job.id, Event::Progress(progress));
    bench.frames();
    assert!(bench.sees_part("Comparing the images: 1,500 of 6,011"));
    let whole = feature_map(&asked.dataset);
    let begun = FeatureMap {
        umap: vec![],
        nearest: Nearest::default(),
        ..whole.clone()
    };
    bench.send(job.id, MapEvent::Begun(Box::new(begun)));
    bench.frames();
    assert!(bench.sees_part("Layout: PCA: 43 % of variance"));
    bench.click("Stop laying out the map");
    assert!(job.cancel.is_cancelled());
    // What it still says is not taken for an answer.
    bench.send(job.id, MapEvent::Mapped(Box::new(whole.clone())));
    let message = "stopped".to_owned();
    let failure = Failure::Stopped;
    bench.send(job.id, Event::Failed { message, failure });
    bench.frames();
    assert!(bench.sees_part("Only the principal components so far"));
    bench.click("Lay out the rest of the map");
    let (job, _) = request(&mut bench);
    bench.send(job.id, MapEvent::Mapped(Box::new(whole)));
    bench.send(job.id, Event::Done);
    bench.frames();
    assert!(bench.sees_part("Layout: UMAP"));
    bench.click("Close the map");
    assert_eq!(bench.state().windows.showing, Showing::OneRun);
}

#[test]
fn what_cannot_be_laid_out_says_why() {
    let mut bench = bench(ThemeChoice::Dark, 2, [1280.0, 800.0]);
    bench.click("Map of the images");
    bench.click("Lay out the map");
    let (job, _) = request(&mut bench);
    let message = "not one image can be read".to_owned();
    let failure = Failure::Input;
    bench.send(job.id, Event::Failed { message, failure });
    bench.frames();
    assert!(bench.sees_part("Not one image can be read"));
    assert!(bench.sees("Lay out the map"));
}

#[test]
fn an_entry_of_the_legend_chooses_its_images_and_lists_them() {
    let mut bench = two();
    choose(&mut bench, "REAL");
    assert_eq!(bench.state().map.chosen.len(), 966);
    assert!(bench.sees("Chosen · 966 images") && bench.sees("966 REAL"));
    let confusion = bench.state().subject().unwrap().confusion().clone();
    assert_eq!(n_listed(&bench) as u64, confusion.row_total(1));
    let figures = bench.state().chosen_figures();
    let chosen = figures.confusion.as_ref().unwrap();
    assert_eq!(
        [chosen.get(1, 0), chosen.get(1, 1)],
        [confusion.get(1, 0), confusion.get(1, 1)]
    );
    assert_eq!(chosen.row_total(0), 0);
    assert!(bench.sees_part(&format!(
        "{} validation images, judged by",
        confusion.row_total(1)
    )));
    // A cell of their matrix leaves its images alone.
    bench
        .harness
        .get_by_label_contains("true REAL predicted FAKE: ")
        .click();
    bench.frames();
    assert_eq!(n_listed(&bench) as u64, confusion.get(1, 0));
    bench.click("Choose no image on the map");
    assert!(bench.state().map.chosen.is_empty());
    assert_eq!(bench.state().images.shows, Shows::Mistakes);
    // By verdict the wrong ones are those of the matrix.
    act(&mut bench, Action::Map(MapAction::SetColour(MapColour::Verdict)));
    choose(&mut bench, "Wrong");
    let wrong = confusion.get(0, 1) + confusion.get(1, 0);
    assert_eq!(bench.state().map.chosen.len() as u64, wrong);
    assert_eq!(n_listed(&bench) as u64, wrong);
    // The same again lets them go.
    choose(&mut bench, "Wrong");
    assert!(bench.state().map.chosen.is_empty());
}

#[test]
fn drawing_around_images_chooses_them() {
    let mut bench = two();
    let all = canvas(&bench);
    draw(&mut bench, Modifiers::SHIFT, &around(all.shrink(2.0)));
    assert_eq!(bench.state().map.chosen.len(), 6011);
    // The right half holds FAKE, whose cloud lies there.
    bench.click("Choose no image on the map");
    bench.click("Lasso");
    let right = all.shrink(2.0).with_min_x(all.center().x + 10.0);
    draw(&mut bench, Modifiers::NONE, &around(right));
    let state = bench.state();
    let data = &state.dataset.view.as_ref().unwrap().dataset;
    let n_fake = state
        .map
        .chosen
        .iter()
        .filter(|&&place| data.images[place as usize].class_idx == 0);
    let (n_fake, n) = (n_fake.count(), state.map.chosen.len());
    assert!(
        n_fake > 4000 && n_fake as f64 > 0.95 * n as f64,
        "{n_fake} of {n}"
    );
    let n_val = state.chosen_figures().confusion.as_ref().unwrap().total();
    assert_eq!(n_listed(&bench) as u64, n_val);
    // Without the lasso a drag moves the map, and chooses nothing else.
    bench.click("Lasso");
    let before = Arc::clone(&bench.state().map.chosen);
    draw(
        &mut bench,
        Modifiers::NONE,
        &[all.center(), all.center() + egui::vec2(40.0, 0.0)],
    );
    assert_eq!(bench.state().map.chosen, before);
}

#[test]
fn keys_walk_choose_and_open() {
    let mut bench = two();
    bench.harness.get_by_label_contains("Map of ").focus();
    bench.frames();
    bench.key(Modifiers::NONE, Key::ArrowRight);
    let first = bench.state().images.at.clone().unwrap();
    bench.key(Modifiers::NONE, Key::ArrowRight);
    let second = bench.state().images.at.clone().unwrap();
    assert_ne!(first, second);
    assert!(bench.sees_part("; at "));
    bench.key(Modifiers::NONE, Key::N);
    assert_eq!(bench.state().map.chosen.len(), 15);
    bench.key(Modifiers::NONE, Key::Space);
    assert_eq!(bench.state().map.chosen.len(), 14);
    bench.key(Modifiers::NONE, Key::Escape);
    assert!(bench.state().map.chosen.is_empty());
    bench.key(Modifiers::NONE, Key::Escape);
    assert_eq!(bench.state().windows.showing, Showing::OneRun);
}

#[test]
fn a_large_image_has_its_nearest_and_its_copies() {
    let mut bench = bench(ThemeChoice::Dark, 2, [1280.0, 800.0]);
    let mut data = scripted::two_classes("faces".as_ref());
    data.twins = vec![vec![0, 3]];
    bench.give(data);
    act(&mut bench, Action::Map(MapAction::Open));
    bench.click("Lay out the map");
    let (job, request) = request(&mut bench);
    bench.send(job.id, MapEvent::Mapped(Box::new(feature_map(&request.dataset))));
    bench.send(job.id, Event::Done);
    bench.frames();
    answer_all(&mut bench);
    let path = "faces/FAKE/00000.jpg".into();
    act(&mut bench, Action::Map(MapAction::Enlarge(path)));
    answer_all(&mut bench);
    assert!(bench.state().images.is_large);
    assert!(bench.sees_part("Same bytes: FAKE/00003.jpg (FAKE)"));
    assert!(bench.sees_part("The nearest 14 of the whole folder: 14 are FAKE"));
    // The pictures of all of them were asked for.
    let near = bench.state().nearest_of("faces/FAKE/00000.jpg".as_ref()).unwrap();
    assert_eq!(near[0].name, "FAKE/00007.jpg");
    assert!((near[0].distance - 0.051).abs() < 1e-6);
    assert!(
        near.iter()
            .all(|near| bench.state().images.pictures.get(&near.path).is_some())
    );
    bench
        .harness
        .get_by_label_contains("Show FAKE/00007.jpg: FAKE, distance 0.051")
        .click_accesskit();
    bench.frames();
    assert_eq!(bench.state().images.at, Some("faces/FAKE/00007.jpg".into()));
    assert!(bench.state().images.is_large);
}

#[test]
fn the_pointer_shows_the_image_and_asks_for_its_picture() {
    let mut bench = two();
    let all = canvas(&bench);
    // Where the cloud of FAKE is densest, some image is near.
    let at = pos2(all.right() - all.width() * 0.25, all.center().y);
    bench.harness.event(egui::Event::PointerMoved(at));
    bench.harness.run_steps(40);
    let asked = bench.all_commands();
    let asks = |(_, command): &(Job, Command)| matches!(command, Command::Dataset(DatasetCommand::Thumbnails(request)) if request.paths.len() == 1);
    assert!(asked.iter().any(asks), "{asked:?}");
    assert!(bench.sees_part("is FAKE"));
}

#[test]
fn another_run_and_another_folder_change_what_the_map_says() {
    let mut bench = two();
    let wrong = |bench: &Bench| {
        let points = bench.state().map_points();
        let is_wrong = |point: &&MapPoint| point.said.is_some_and(|said| !said.is_right());
        points.iter().filter(is_wrong).count() as u64
    };
    let of_matrix = |bench: &Bench| {
        let confusion = bench.state().subject().unwrap().confusion().clone();
        confusion.get(0, 1) + confusion.get(1, 0)
    };
    assert_eq!(wrong(&bench), of_matrix(&bench));
    act(&mut bench, Action::Look(LookAction::Run(0)));
    answer_all(&mut bench);
    assert_eq!(wrong(&bench), of_matrix(&bench));
    act(&mut bench, Action::Judge(JudgeAction::SetThreshold(Some(0.8))));
    assert_eq!(wrong(&bench), of_matrix(&bench));
    let parts = bench
        .state()
        .map_points()
        .iter()
        .filter(|point| point.part == Some(Part::Val))
        .count();
    assert_eq!(parts as u64, bench.state().subject().unwrap().confusion().total());
    bench.give(scripted::two_classes("others".as_ref()));
    assert!(bench.state().map.made.is_none() && bench.state().map.chosen.is_empty());
}

#[test]
fn a_large_image_and_its_nearest_look_as_they_did() {
    let mut bench = mapped(ThemeChoice::Dark, 2, [1280.0, 800.0]);
    choose(&mut bench, "REAL");
    let path = "faces/REAL/00005.jpg".into();
    act(&mut bench, Action::Map(MapAction::Enlarge(path)));
    answer_all(&mut bench);
    let tile = bench
        .harness
        .get_by_label_contains("REAL/00103.jpg: REAL, distance");
    tile.scroll_to_me();
    bench.harness.event(egui::Event::PointerGone);
    answer_all(&mut bench);
    bench.frames();
    let pane = Rect::from_min_max(pos2(262.0, 40.0), pos2(1280.0 - 228.0, 770.0));
    looks_like(&mut bench, pane, "map-large-image-dark");
}

/// With a lasso's choice, by class and by verdict; small and large windows, few and many classes.
#[test]
fn maps_look_as_they_did() {
    // All between the side panels.
    let centre =
        |[width, height]: [f32; 2]| Rect::from_min_max(pos2(262.0, 40.0), pos2(width - 228.0, height - 30.0));
    let views = [
        (
            ThemeChoice::Dark,
            2,
            [1280.0, 800.0],
            MapColour::Class,
            "map-2-dark",
        ),
        (
            ThemeChoice::Light,
            2,
            [1024.0, 700.0],
            MapColour::Verdict,
            "map-2-small-light",
        ),
        (
            ThemeChoice::Light,
            10,
            [1920.0, 1080.0],
            MapColour::Class,
            "map-10-large-light",
        ),
        (
            ThemeChoice::Dark,
            10,
            [1024.0, 700.0],
            MapColour::Confidence,
            "map-10-small-dark",
        ),
        (
            ThemeChoice::Dark,
            300,
            [1280.0, 800.0],
            MapColour::Class,
            "map-300-dark",
        ),
    ];
    for (theme, n_classes, size, colour, name) in views {
        let mut bench = mapped(theme, n_classes, size);
        act(&mut bench, Action::Map(MapAction::SetColour(colour)));
        let all = canvas(&bench);
        if n_classes != 10 {
            let part = Rect::from_center_size(
                all.center() - egui::vec2(all.width() * 0.1, 0.0),
                all.size() * egui::vec2(0.3, 0.5),
            );
            draw(&mut bench, Modifiers::SHIFT, &around(part));
        }
        bench.harness.event(egui::Event::PointerGone);
        answer_all(&mut bench);
        bench.frames();
        looks_like(&mut bench, centre(size), name);
    }
}

#[test]
fn the_layout_can_be_told() {
    let mut bench = two();
    act(&mut bench, Action::Map(MapAction::SetLayout(MapLayout::Pca)));
    assert!(bench.sees_part("Layout: PCA: 43 % of variance"));
}
