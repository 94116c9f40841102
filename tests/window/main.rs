//! The window by its labels, over an engine that a script plays: actions lead to commands, events to the picture.

mod cautions;
mod classes;
mod closing;
mod controls;
mod cost;
mod dropped;
mod goal;
mod goal_in_list;
mod health;
mod held_against;
mod images;
mod inputs;
mod judged;
mod keyboard;
mod labels;
mod live;
mod many;
mod map;
mod names;
mod palette;
mod panels;
mod parts;
mod pictures;
mod places;
mod predictions;
mod raster;
mod run_list;
mod runs;
mod scripted;
mod scripted_map;
mod settings;
mod slices;
mod start;
mod sure;
mod typed;
mod undone;
mod why;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use counterweight::app::{AppState, Folders, GALLERY_SIDE, Pick, Place, Settings};
use counterweight::experiment::{Config, Dataset, Outcome, Part, Predictions, RunRecord, When};
use counterweight::protocol::{
    Command, DatasetCommand, DatasetEvent, EngineEnd, Event, FitEvent, Job, LabelsCommand, Link, ListedRun,
    LiveCommand, RunsCommand, RunsEvent, Thumbnails, Train, link,
};
use counterweight::ui::{Desktop, Window, theme};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

/// The window in a harness, and the engine's end in the test's hands.
pub struct Bench {
    pub harness: Harness<'static, Slot>,
    pub engine: EngineEnd,
}

/// The window needs the harness's context, which is there only in its first frame.
pub struct Slot {
    front: Option<Link>,
    settings: Settings,
    window: Option<Window>,
}

/// Nobody sits at a test's desktop.
const DESKTOP: Desktop = Desktop {
    dialog: |_: &Pick| vec!["/picked".into()],
    reveal: |_: &Place| Err("there is none".into()),
};

fn folders() -> Folders {
    Folders {
        runs_dir: "runs".into(),
        demo_dir: "demo".into(),
        pasted_dir: "pasted".into(),
        ..Folders::default()
    }
}

impl Bench {
    /// As at the very first start.
    pub fn first() -> Self {
        Bench::with(Settings::default(), [1280.0, 800.0])
    }

    pub fn with(settings: Settings, size: [f32; 2]) -> Self {
        let (front, engine) = link(Arc::new(|_| {}));
        let slot = Slot {
            front: Some(front),
            settings,
            window: None,
        };
        let draw = |ui: &mut egui::Ui, slot: &mut Slot| {
            if let Some(front) = slot.front.take() {
                slot.window = Some(Window::new(
                    ui.ctx(),
                    front,
                    DESKTOP,
                    folders(),
                    slot.settings.clone(),
                    None,
                ));
            }
            let window = slot.window.as_mut().unwrap();
            window.drain();
            window.draw(ui);
        };
        let harness = Harness::builder()
            .with_size(size)
            .with_theme(egui::Theme::Dark)
            .renderer(raster::Raster::default())
            .with_context_setup(theme::install)
            .build_ui_state(draw, slot);
        let mut bench = Bench { harness, engine };
        bench.frames();
        bench
    }

    /// With a folder of two classes open.
    pub fn open() -> Self {
        let mut bench = Bench::first();
        bench.commands();
        bench.give(scripted::two_classes("faces".as_ref()));
        bench
    }

    /// With a trained run for each weighting, the last one selected.
    pub fn trained(weightings: &[&str]) -> Self {
        let mut bench = Bench::open();
        for (i, weights) in weightings.iter().enumerate() {
            let config = Config {
                class_weights: weights.parse().unwrap(),
                baseline: true,
                ..Config::default()
            };
            bench.list(&format!("2026-11-22-12{i:02}00-resnet18-{i}"), &config, None);
        }
        bench
    }

    pub fn frames(&mut self) {
        self.harness.run_steps(4);
    }

    pub fn state(&self) -> &AppState {
        self.harness.state().window.as_ref().unwrap().state()
    }

    /// What was asked for since the last call, but for the pictures under the classes.
    pub fn commands(&self) -> Vec<(Job, Command)> {
        // What is looked up after every change is answered in the tests that are about it.
        let looked_up = |command: &Command| match command {
            Command::Live(LiveCommand::AskFeatures(_))
            | Command::Labels(LabelsCommand::ReadLabels(_))
            | Command::Runs(RunsCommand::ReadScores(_) | RunsCommand::Measure(_)) => true,
            Command::Dataset(DatasetCommand::Thumbnails(Thumbnails { side, .. })) => *side == GALLERY_SIDE,
            _ => false,
        };
        let commands = self.engine.commands.try_iter();
        commands.filter(|(_, command)| !looked_up(command)).collect()
    }

    /// The same with what is looked up.
    pub fn all_commands(&self) -> Vec<(Job, Command)> {
        self.engine.commands.try_iter().collect()
    }

    pub fn send(&mut self, job_id: u64, event: impl Into<Event>) {
        self.engine.send(job_id, event);
    }

    /// Answers a scan.
    pub fn give(&mut self, dataset: Dataset) {
        self.send(0, DatasetEvent::Scanned(Box::new(dataset)));
        self.frames();
    }

    pub fn list(&mut self, name: &str, config: &Config, data: Option<&Dataset>) {
        let listed = listed_run("runs".as_ref(), name, config, data);
        self.send(0, RunsEvent::Listed(Box::new(listed)));
        self.frames();
    }

    /// The same in another folder of runs.
    pub fn list_in(&mut self, runs_dir: &Path, name: &str, config: &Config, data: &Dataset) {
        let listed = listed_run(runs_dir, name, config, Some(data));
        self.send(0, RunsEvent::Listed(Box::new(listed)));
        self.frames();
    }

    /// Dialogs and the file manager answer from threads of their own, on a busy machine late. Gives what `seen` gives
    /// once it gives something.
    pub fn wait_for<T>(&mut self, seen: impl Fn(&Bench) -> Option<T>) -> Option<T> {
        for _ in 0..400 {
            self.frames();
            if let Some(seen) = seen(self) {
                return Some(seen);
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        None
    }

    /// The next thing asked of the engine, which a dialog may have to answer first.
    pub fn next_command(&mut self) -> (Job, Command) {
        let next = self.wait_for(|bench| bench.commands().into_iter().next());
        next.expect("something to be asked of the engine")
    }

    pub fn waits_to_see(&mut self, label: &str) -> bool {
        self.wait_for(|bench| bench.sees(label).then_some(())).is_some()
    }

    pub fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.frames();
    }

    pub fn sees_part(&self, label: &str) -> bool {
        self.harness.query_all_by_label_contains(label).next().is_some()
    }

    pub fn sees(&self, label: &str) -> bool {
        self.harness.query_by_label(label).is_some()
    }

    pub fn key(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.frames();
    }
}

/// The engine of the example also plays its part to the end.
#[test]
fn the_scripted_engine_trains_by_itself() {
    let (front, handle) = scripted::start(Arc::new(|_| {}), Duration::ZERO);
    let config = Config {
        data: "faces".into(),
        ..Config::default()
    };
    front.submit(Train {
        config,
        runs_dir: "runs".into(),
    });
    let mut record = RunRecord::default();
    loop {
        match front.events.recv().unwrap().1 {
            Event::Fit(FitEvent::Run(fact)) => record.apply(&fact),
            event if event.is_last() => {
                assert!(matches!(event, Event::Done), "{event:?}");
                break;
            }
            _ => {}
        }
    }
    assert_eq!(record.outcome, Some(Outcome::Finished));
    let epochs = record.epoch_starts.len() as u32;
    assert_eq!(epochs, Config::default().epochs);
    assert_eq!(record.latest(Part::Val).unwrap().when, When::Epoch(epochs));
    drop(front);
    handle.join().unwrap();
}

/// A finished run on those images, else on two classes.
fn listed_run(runs_dir: &Path, name: &str, config: &Config, data: Option<&Dataset>) -> ListedRun {
    let two = scripted::two_classes("faces".as_ref());
    let data = data.unwrap_or(&two);
    let config = &of_folder(config, data);
    let events = scripted::training(config, data, name);
    ListedRun {
        dir: runs_dir.join(name),
        name: name.into(),
        config: config.clone(),
        record: RunRecord::from_events(&events),
        n_events: events.len(),
        ..ListedRun::default()
    }
}

/// A config that says nothing of its folder is of this one.
fn of_folder(config: &Config, data: &Dataset) -> Config {
    let mut config = config.clone();
    if config.data.as_os_str().is_empty() {
        config.data.clone_from(&data.root);
    }
    config
}

/// Of two classes; `rows` is `[labels.len(), 2]`.
fn predictions(labels: Vec<usize>, rows: Vec<f32>) -> Predictions {
    predictions_of(2, labels, rows)
}

/// `rows` is `[labels.len(), n_classes]`.
fn predictions_of(n_classes: usize, labels: Vec<usize>, rows: Vec<f32>) -> Predictions {
    let images = (0..labels.len()).map(|i| format!("{i}.jpg").into()).collect();
    Predictions::new(images, n_classes, labels, rows).unwrap()
}
