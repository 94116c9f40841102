//! The images behind a cell of the matrix: which are listed, how they are walked and selected, and one of them large.

use std::collections::BTreeMap;

use counterweight::app::{Action, ClassPlot, ImagesAction, JudgeAction, Showing, Shows, ThemeChoice};
use counterweight::experiment::{Change, Decision, ImageFilter, ImageOrder, ImageSort};
use counterweight::metrics::Confusion;
use counterweight::protocol::{
    Command, DatasetCommand, DatasetEvent, Event, Failure, MapCommand, MapEvent, SimilarImages, Thumbnail,
};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::Bench;
pub use super::judged::{answer_all, bench};
use super::predictions::act;

fn two() -> Bench {
    bench(ThemeChoice::Dark, 2, [1280.0, 800.0])
}

fn confusion(bench: &Bench) -> Confusion {
    bench.state().subject().unwrap().confusion().clone()
}

fn n_listed(bench: &Bench) -> u64 {
    bench
        .state()
        .images_behind()
        .unwrap_or_else(|e| panic!("{e}"))
        .listed
        .places
        .len() as u64
}

pub fn click_cell(bench: &mut Bench, truth: &str, predicted: &str) {
    let name = format!("true {truth} predicted {predicted}: ");
    bench.harness.get_by_label_contains(&name).click();
    bench.frames();
}

#[test]
fn each_cell_shows_exactly_the_images_that_it_counts() {
    let mut bench = two();
    for (truth, predicted) in [(0, 1), (1, 0), (0, 0), (1, 1)] {
        let names = ["FAKE", "REAL"];
        click_cell(&mut bench, names[truth], names[predicted]);
        let state = bench.state();
        assert_eq!(state.windows.showing, Showing::Images);
        assert_eq!(state.looking.cell, Some((truth, predicted)));
        assert_eq!(n_listed(&bench), confusion(&bench).get(truth, predicted));
        let images = bench.state().images_behind().unwrap();
        for &place in &images.listed.places {
            let image = images.image(place).unwrap();
            assert_eq!((image.said.truth, image.said.predicted), (truth, Some(predicted)));
            assert!(image.path.starts_with("faces"));
        }
    }
    // The selected cell again: all mistakes.
    click_cell(&mut bench, "REAL", "REAL");
    assert_eq!(bench.state().looking.cell, None);
    let wrong = confusion(&bench);
    assert_eq!(n_listed(&bench), wrong.get(0, 1) + wrong.get(1, 0));
    bench.click("Close the images");
    assert_eq!(bench.state().windows.showing, Showing::OneRun);
}

#[test]
fn a_threshold_moves_images_from_cell_to_cell() {
    let mut bench = two();
    click_cell(&mut bench, "FAKE", "REAL");
    let before = n_listed(&bench);
    act(&mut bench, Action::Judge(JudgeAction::SetThreshold(Some(0.9))));
    assert_eq!(n_listed(&bench), confusion(&bench).get(0, 1));
    assert!(n_listed(&bench) < before);
    // A threshold that is kept with the run is what it judges by.
    let mut bench = two();
    let decision = Decision::new("REAL", 0.9, "by hand");
    act(
        &mut bench,
        Action::Judge(JudgeAction::SetThreshold(Some(decision.threshold))),
    );
    click_cell(&mut bench, "FAKE", "REAL");
    assert_eq!(n_listed(&bench), confusion(&bench).get(0, 1));
}

#[test]
fn keys_walk_select_and_open() {
    let mut bench = two();
    click_cell(&mut bench, "REAL", "FAKE");
    answer_all(&mut bench);
    let pane = "images; arrow keys walk, Space selects, Enter shows one large";
    bench.harness.get_by_label_contains(pane).focus();
    bench.frames();
    bench.key(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(bench.state().place_in_list(), Some(0));
    bench.key(Modifiers::NONE, Key::ArrowRight);
    bench.key(Modifiers::NONE, Key::Space);
    assert_eq!(
        (bench.state().place_in_list(), bench.state().images.selected.len()),
        (Some(1), 1)
    );
    // Further and back again: what a shorter stretch leaves out is let go.
    bench.key(Modifiers::SHIFT, Key::ArrowRight);
    bench.key(Modifiers::SHIFT, Key::ArrowRight);
    assert_eq!(bench.state().images.selected.len(), 3);
    bench.key(Modifiers::SHIFT, Key::ArrowLeft);
    assert_eq!(bench.state().images.selected.len(), 2);
    bench.key(Modifiers::NONE, Key::End);
    assert_eq!(bench.state().place_in_list(), Some(n_listed(&bench) as usize - 1));
    bench.key(Modifiers::NONE, Key::Home);
    assert_eq!(bench.state().place_in_list(), Some(0));
    bench.key(Modifiers::COMMAND, Key::A);
    assert_eq!(bench.state().images.selected.len() as u64, n_listed(&bench));
    // They stay selected whatever is listed.
    click_cell(&mut bench, "FAKE", "REAL");
    assert!(bench.sees_part("of them in other lists"));
    bench.click("Select no image any more");
    assert!(bench.state().images.selected.is_empty());

    bench.harness.get_by_label_contains(pane).focus();
    bench.frames();
    bench.key(Modifiers::NONE, Key::ArrowRight);
    bench.key(Modifiers::NONE, Key::Enter);
    answer_all(&mut bench);
    assert!(bench.state().images.is_large);
    let first = bench.state().images.at.clone();
    bench.key(Modifiers::NONE, Key::ArrowRight);
    assert_ne!(bench.state().images.at, first);
    bench.key(Modifiers::NONE, Key::Escape);
    assert!(!bench.state().images.is_large);
    bench.key(Modifiers::NONE, Key::Escape);
    assert_eq!(bench.state().windows.showing, Showing::OneRun);
}

#[test]
fn the_mouse_selects_one_many_and_all_between() {
    let mut bench = two();
    click_cell(&mut bench, "REAL", "FAKE");
    answer_all(&mut bench);
    let tile = |bench: &Bench, at: usize| {
        let images = bench.state().images_behind().unwrap();
        let image = images.image(images.listed.places[at]).unwrap();
        image.name.display().to_string()
    };
    let [first, fourth] = [0, 3].map(|at| tile(&bench, at));
    bench.harness.get_by_label_contains(&first).click();
    bench.frames();
    assert_eq!(bench.state().place_in_list(), Some(0));
    assert!(
        bench.state().images.selected.is_empty(),
        "a click goes there, and selects nothing"
    );
    bench
        .harness
        .get_by_label_contains(&fourth)
        .click_modifiers(Modifiers::SHIFT);
    bench.frames();
    assert_eq!(bench.state().images.selected.len(), 4);
    bench
        .harness
        .get_by_label_contains(&first)
        .click_modifiers(Modifiers::COMMAND);
    bench.frames();
    assert_eq!(bench.state().images.selected.len(), 3);
}

#[test]
fn images_are_ordered_by_how_like_the_chosen_one_they_are() {
    let mut bench = two();
    act(&mut bench, Action::Images(ImagesAction::Show(Shows::All)));
    act(&mut bench, Action::Images(ImagesAction::GoTo(3, false)));
    let chosen = bench.state().images.at.clone().unwrap();
    bench.all_commands();
    let by = |reversed| {
        let by = ImageSort::Similarity;
        Action::Images(ImagesAction::SetOrder(ImageOrder { by, reversed }))
    };
    act(&mut bench, by(false));
    let commands = bench.all_commands();
    let asked = commands.iter().find_map(|(job, command)| match command {
        Command::Map(MapCommand::FindSimilar(request)) => Some((job.id, request)),
        _ => None,
    });
    let (job, request) = asked.expect("the features of the run to be asked");
    let of = &request.dataset.images[request.image];
    assert!(chosen.ends_with(&of.path));
    let likeness = |i: usize| {
        if i == request.image {
            1.0
        } else {
            -(i as f32) / 1e4
        }
    };
    let cosines = (0..request.dataset.images.len())
        .map(|i| Some(likeness(i)))
        .collect();
    let image = request.image;
    bench.send(job, MapEvent::Similar(Box::new(SimilarImages { image, cosines })));
    bench.send(job, Event::Done);
    bench.frames();
    let at = |bench: &Bench, place: usize| {
        let images = bench.state().images_behind().unwrap();
        let places = &images.listed.places;
        images
            .path(places[if place == 0 { 0 } else { places.len() - 1 }])
            .unwrap()
    };
    assert_eq!(at(&bench, 0), chosen);
    let name = chosen.file_name().unwrap().to_str().unwrap();
    let order = bench.state().images.order;
    assert_eq!(
        bench.state().order_in_words(order),
        format!("most like {name} first")
    );
    act(&mut bench, by(true));
    assert_eq!(at(&bench, 1), chosen);
    // By another one, it is asked for again.
    act(&mut bench, Action::Images(ImagesAction::GoTo(0, false)));
    bench.all_commands();
    act(&mut bench, by(true));
    let commands = bench.all_commands();
    assert!(
        commands
            .iter()
            .any(|(_, command)| matches!(command, Command::Map(MapCommand::FindSimilar(_))))
    );
}

#[test]
fn lists_are_ordered_searched_and_limited() {
    let mut bench = two();
    act(&mut bench, Action::Images(ImagesAction::Show(Shows::All)));
    assert_eq!(n_listed(&bench), confusion(&bench).total());
    let order = ImageOrder {
        by: ImageSort::Name,
        reversed: true,
    };
    act(&mut bench, Action::Images(ImagesAction::SetOrder(order)));
    assert!(bench.sees_part("REAL/"));
    let search = bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Search the listed images");
    search.focus();
    bench.frames();
    let search = bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Search the listed images");
    search.type_text("real/00000");
    bench.frames();
    assert_eq!(n_listed(&bench), 1);
    assert!(bench.sees_part("1 of "));
    bench.click("List every image again, whatever its name and probability");
    assert_eq!(bench.state().images.filter, ImageFilter::default());
    for shows in [
        Shows::Truth("REAL".into()),
        Shows::Predicted("REAL".into()),
        Shows::Mistakes,
    ] {
        act(&mut bench, Action::Images(ImagesAction::Show(shows)));
        let counted = bench.state().images_behind().unwrap().n_counted;
        assert_eq!(counted, Some(n_listed(&bench)));
    }
    // Tenths of the score divide all images.
    let of_tenth = |bench: &mut Bench, tenth| {
        act(
            bench,
            Action::Images(ImagesAction::Show(Shows::Tenth("REAL".into(), tenth))),
        );
        n_listed(bench)
    };
    let all: u64 = (0..10).map(|tenth| of_tenth(&mut bench, tenth)).sum();
    assert_eq!(all, confusion(&bench).total());
}

#[test]
fn only_pictures_in_sight_are_asked_for_and_those_scrolled_away_no_longer() {
    let mut bench = two();
    act(&mut bench, Action::Images(ImagesAction::Show(Shows::All)));
    let thumbnails = |bench: &Bench| {
        let asked = bench.all_commands().into_iter();
        let asked = asked.filter_map(|(job, command)| match command {
            Command::Dataset(DatasetCommand::Thumbnails(request)) if request.side == 128 => {
                Some((job, request.paths))
            }
            _ => None,
        });
        asked.collect::<Vec<_>>()
    };
    let first = thumbnails(&bench);
    let n: usize = first.iter().map(|(_, paths)| paths.len()).sum();
    assert!(first.len() <= 3 && n <= 24, "{n} at once");
    let pane = bench.harness.get_by_label_contains("images; arrow keys walk");
    pane.focus();
    bench.frames();
    bench.key(Modifiers::NONE, Key::End);
    bench.frames();
    assert!(first.iter().all(|(job, _)| job.cancel.is_cancelled()));
    let next = thumbnails(&bench);
    assert!(!next.is_empty());
    assert!(
        next.iter()
            .all(|(_, paths)| paths.iter().all(|path| !first[0].1.contains(path)))
    );
    // One that cannot be read says so in its place, and costs no other.
    let (job, paths) = next.last().unwrap();
    let thumbnail = Thumbnail {
        path: paths[0].clone(),
        picture: Err("the file is cut off".into()),
    };
    bench.send(job.id, DatasetEvent::Thumbnail(thumbnail));
    for (job, _) in &next {
        bench.send(job.id, Event::Done);
    }
    bench.frames();
    answer_all(&mut bench);
    assert!(bench.state().images.pictures.get(&paths[0]).unwrap().is_err());
}

#[test]
fn one_image_large_says_what_is_known_of_it() {
    let mut bench = two();
    click_cell(&mut bench, "REAL", "FAKE");
    act(&mut bench, Action::Images(ImagesAction::Enlarge(true)));
    answer_all(&mut bench);
    let images = bench.state().images_behind().unwrap();
    let image = images.image(images.listed.places[0]).unwrap();
    let score = image.scores[1];
    let factor = f64::from(image.scores[0]) / f64::from(score);
    assert!(bench.sees_part("JPEG · 480 × 640 pixels · 49 kB"));
    assert!(bench.sees_part("Meant to be turned by an EXIF tag"));
    assert!(bench.sees_part(&format!(
        "Threshold on REAL: predicted REAL up to a score of {score:.3}"
    )));
    let weight = (factor * 8.0).round();
    assert!(bench.sees_part(&format!(
        "Weight of REAL: predicted REAL from about ×{weight} instead of ×8"
    )));
    assert!(
        bench.sees_part("FAKE: 0.700, predicted"),
        "the other shown run's answer"
    );
    // The trained head's scores move with the threshold; just below its own score the image is no longer in the cell.
    act(
        &mut bench,
        Action::Judge(JudgeAction::SetThreshold(Some(score - 1e-4))),
    );
    assert!(bench.sees("Not in the list any more"));
    bench.click("Copy the path of this image");
    bench.click("Back to all images");
    assert!(!bench.state().images.is_large);
}

#[test]
fn a_file_that_is_gone_says_so_in_its_place() {
    let mut bench = two();
    click_cell(&mut bench, "REAL", "FAKE");
    answer_all(&mut bench);
    act(&mut bench, Action::Images(ImagesAction::Enlarge(true)));
    for (job, command) in bench.all_commands() {
        if matches!(command, Command::Dataset(DatasetCommand::DescribeImage(_))) {
            let message = "faces/REAL/00001.jpg: there is no such file".to_owned();
            let failure = Failure::Input;
            bench.send(job.id, Event::Failed { message, failure });
        }
    }
    bench.frames();
    assert!(bench.sees_part("there is no such file"));
    assert!(bench.state().notices.toasts.is_empty());
}

#[test]
fn what_became_of_images_between_two_runs_is_counted_and_listed() {
    let mut bench = two();
    bench.click("Compare the shown runs");
    answer_all(&mut bench);
    let counts: BTreeMap<&str, usize> = {
        let changes = bench.state().changes_between(0, 1);
        let changes = changes.as_ref().as_ref().unwrap();
        Change::ALL
            .iter()
            .map(|&change| (change.key(), changes.count(change)))
            .collect()
    };
    assert!(counts["fixed"] > 0 && counts["both-wrong"] > 0);
    let of_runs: Vec<Confusion> = (0..2)
        .map(|run| {
            bench.state().runs.all[run]
                .evaluation(false)
                .unwrap()
                .confusion
                .clone()
        })
        .collect();
    let wrong = |confusion: &Confusion| (confusion.get(0, 1) + confusion.get(1, 0)) as usize;
    assert_eq!(counts["fixed"] + counts["both-wrong"], wrong(&of_runs[0]));
    assert_eq!(counts["broken"] + counts["both-wrong"], wrong(&of_runs[1]));
    bench.harness.get_by_label_contains("Fixed: ").click();
    bench.frames();
    answer_all(&mut bench);
    assert_eq!(bench.state().windows.showing, Showing::Images);
    assert_eq!(n_listed(&bench) as usize, counts["fixed"]);
    assert!(bench.sees_part("was "));
    bench.click("Close the images");
    assert_eq!(bench.state().windows.showing, Showing::Compare);
}

#[test]
fn where_no_image_is_known_a_cell_is_only_selected() {
    let mut bench = Bench::trained(&["1,8"]);
    bench.click("The pretrained baseline's matrix: before the head was trained");
    click_cell(&mut bench, "FAKE", "FAKE");
    assert_eq!(bench.state().windows.showing, Showing::OneRun);
    assert_eq!(bench.state().looking.cell, Some((0, 0)));
    // Of a run whose table is still read, it is said.
    bench.click("The pretrained baseline's matrix: before the head was trained");
    click_cell(&mut bench, "REAL", "FAKE");
    assert!(bench.sees_part("Reading what the run says of single images"));
}

/// Clicks about there, until something comes of it.
fn click_near(bench: &mut Bench, at: egui::Pos2, has_come: impl Fn(&Bench) -> bool) {
    for step in (0..=6).flat_map(|n| [n, -n]) {
        for (dx, dy) in [(8.0, 0.0), (0.0, 8.0), (8.0, 8.0), (8.0, -8.0)] {
            let at = at + egui::vec2(dx, dy) * step as f32;
            bench.harness.hover_at(at);
            bench.frames();
            for pressed in [true, false] {
                bench.harness.event(egui::Event::PointerButton {
                    pos: at,
                    button: egui::PointerButton::Primary,
                    pressed,
                    modifiers: Modifiers::NONE,
                });
            }
            bench.frames();
            if has_come(bench) {
                return;
            }
        }
    }
    panic!("nothing comes of a click");
}

fn plot_of(bench: &Bench, kind: &str) -> egui::Rect {
    bench.harness.get_by_label_contains(&format!("{kind} of ")).rect()
}

#[test]
fn a_point_of_a_curve_shows_its_images() {
    let mut bench = two();
    act(
        &mut bench,
        Action::Judge(JudgeAction::SetPlot(ClassPlot::Calibration)),
    );
    let state = bench.state();
    let class = state.weighed_class();
    let bin = *state.calibration().last().unwrap();
    let rect = plot_of(&bench, "Calibration");
    let at = rect.lerp_inside(egui::vec2(bin.mean_score as f32, 1.0 - bin.share as f32));
    click_near(&mut bench, at, |bench| {
        matches!(bench.state().images.shows, Shows::Tenth(..))
    });
    let Shows::Tenth(name, tenth) = bench.state().images.shows.clone() else {
        return;
    };
    assert_eq!(name, bench.state().looked_at_classes()[class]);
    let clicked = bench
        .state()
        .calibration()
        .iter()
        .find(|bin| bin.tenth == tenth)
        .copied();
    assert_eq!(n_listed(&bench), clicked.unwrap().n_images);
    // The same by keyboard, from the list of what can be listed.
    let text = format!(
        "Probability for {name} from {:.1} to {:.1}",
        f64::from(tenth) / 10.0,
        f64::from(tenth + 1) / 10.0
    );
    assert!(bench.sees(&format!("Which images: {text}")));

    act(
        &mut bench,
        Action::Judge(JudgeAction::SetPlot(ClassPlot::TradeOff)),
    );
    assert_eq!(bench.state().looking.threshold, None);
    bench.click("Choose the curve");
    bench.click("Axes from 0 to 100 %");
    bench.key(Modifiers::NONE, Key::Escape);
    let curve = bench.state().curve();
    let middle = curve[curve.len() / 2];
    let rect = plot_of(&bench, "Trade-off");
    let at = rect.lerp_inside(egui::vec2(middle.rest_recall as f32, 1.0 - middle.recall as f32));
    click_near(&mut bench, at, |bench| bench.state().looking.threshold.is_some());
    assert_eq!(bench.state().images.shows, Shows::Mistakes);
    let wrong = confusion(&bench);
    assert_eq!(n_listed(&bench), wrong.get(0, 1) + wrong.get(1, 0));
}
