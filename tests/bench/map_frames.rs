//! How long a frame takes with a map of many images.

#[path = "../window/scripted_map.rs"]
mod scripted_map;

use counterweight::app::{Action, ImagesAction, JudgeAction, LookAction, MapAction, MapColour};
use counterweight::experiment::Dataset;
use counterweight::protocol::{Command, Event, MapEvent};
use egui::{pos2, vec2};

use super::{FEW_LOSSES, FEW_RUNS, N_IMAGES, Stage, moved, scripted, turned};

/// As many images on the map of their features: at rest, under the pointer, moved, drawn around, and as a threshold moves
/// what is right.
pub fn report(size: [f32; 2]) {
    let mut stage = Stage::new(size);
    let data = scripted::dataset(
        "faces".as_ref(),
        &[("FAKE", N_IMAGES / 2), ("REAL", N_IMAGES / 2)],
    );
    stage.give(data.clone());
    stage.list_runs_of(FEW_RUNS, &data, FEW_LOSSES);
    println!("\n{} x {}, a map of {N_IMAGES} images", size[0], size[1]);
    stage.window.act(Action::Look(LookAction::Run(0)));
    stage.answer_scores(&data);
    stage.window.act(Action::Map(MapAction::Open));
    stage.window.act(Action::Map(MapAction::Make));
    answer_map(&mut stage, &data);
    let middle = pos2(size[0] * 0.36, size[1] * 0.55);
    stage.report("nothing moves", |_, _| vec![]);
    stage.report("the pointer over the map", |stage, i| {
        stage.answer_pictures();
        vec![moved(middle + vec2((i * 3 % 80) as f32 - 40.0, 0.0))]
    });
    stage.report("the wheel zooms", |_, i| {
        let up = if i % 40 < 20 { 60.0 } else { -60.0 };
        vec![moved(middle), turned(up)]
    });
    stage.report("another image each frame", |stage, _| {
        stage.answer_pictures();
        stage.window.act(Action::Images(ImagesAction::Walk(1, false)));
        vec![]
    });
    stage.report("others are chosen each frame", |stage, i| {
        stage.answer_pictures();
        let first = (i % 50) as u32 * 1000;
        let places = (first..first + 30_000).collect();
        let choose = MapAction::Choose { places, adds: false };
        stage.window.act(Action::Map(choose));
        vec![]
    });
    stage.window.act(Action::Map(MapAction::LetGo));
    stage
        .window
        .act(Action::Map(MapAction::SetColour(MapColour::Verdict)));
    stage.report("a threshold moves the verdicts", |stage, i| {
        let threshold = 0.2 + 0.6 * (i % 500) as f32 / 500.0;
        stage
            .window
            .act(Action::Judge(JudgeAction::SetThreshold(Some(threshold))));
        vec![]
    });
}

/// Answers what is asked until the map is there.
fn answer_map(stage: &mut Stage, data: &Dataset) {
    while let Ok((job, command)) = stage.engine.commands.try_recv() {
        if matches!(command, Command::Map(_)) {
            let map = Box::new(scripted_map::feature_map(data));
            stage.engine.send(job.id, MapEvent::Mapped(map));
        }
        stage.engine.send(job.id, Event::Done);
    }
    stage.frame(vec![]);
    assert!(stage.window.state().map.made.is_some());
}
