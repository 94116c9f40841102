//! An engine that computes nothing: it tells what a real one would tell, from a script. For tests and for looking at
//! the window.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use counterweight::experiment::{
    Config, Dataset, EVENT_FORMAT, Evaluation, ImageEntry, Issue, IssueKind, Outcome, Part, RunEvent,
    Started, Steps, Timing, When,
};
use counterweight::metrics::Confusion;
use counterweight::protocol::{
    Command, DatasetCommand, DatasetEvent, EngineEnd, Event, Failure, FitCommand, FitEvent, Job,
    JudgeCommand, JudgeEvent, Link, Phase, Picture, Predicted, Prediction, Progress, Scan, Thumbnail,
    Thumbnails, Wake, link,
};

pub const ITERATIONS: usize = 34;

/// A folder of `counts.len()` classes.
pub fn dataset(root: &Path, classes: &[(&str, usize)]) -> Dataset {
    let mut images = Vec::new();
    for (class_idx, (class, n)) in classes.iter().enumerate() {
        images.extend((0..*n).map(|i| ImageEntry {
            path: format!("{class}/{i:05}.jpg"),
            class_idx,
            folder: None,
        }));
    }
    let issue = |path: &str| Issue {
        path: path.into(),
        kind: IssueKind::Unreadable,
        message: "the file is cut off; replace it or remove it".into(),
    };
    Dataset {
        root: root.into(),
        classes: classes.iter().map(|c| c.0.to_owned()).collect(),
        images,
        issues: vec![issue("REAL/00017.jpg"), issue("FAKE/02311.jpg")],
        groups_table: None,
        table: None,
        twins: vec![],
        remarks: vec![],
        identity: Default::default(),
    }
}

pub fn two_classes(root: &Path) -> Dataset {
    dataset(root, &[("FAKE", 5045), ("REAL", 966)])
}

/// A whole training, from its start to its end. More weight on a class moves calls to it.
pub fn training(config: &Config, data: &Dataset, run: &str) -> Vec<RunEvent> {
    let counts = data.counts();
    let n_train: Vec<usize> = counts.iter().map(|n| n * 7 / 10).collect();
    let n_val: Vec<usize> = counts.iter().zip(&n_train).map(|(n, t)| n - t).collect();
    let weights = config.class_weights.resolve(&data.classes, &n_train).unwrap();
    let mut events = vec![RunEvent::Started(Box::new(Started {
        format: EVENT_FORMAT,
        run: run.into(),
        config: config.clone(),
        classes: data.classes.clone(),
        class_weights: weights.clone(),
        n_train: n_train.clone(),
        n_val: n_val.clone(),
        n_test: vec![0; counts.len()],
        iterations_per_epoch: ITERATIONS,
        device: "cpu".into(),
        precision: "bf16".into(),
        sweep: None,
        labels: None,
    }))];
    if config.baseline {
        events.push(evaluated(
            When::Baseline,
            &n_val,
            &vec![1.0; counts.len()],
            0.2,
            0.5,
        ));
    }
    let heaviest =
        weights.iter().copied().fold(0.0, f64::max) / weights.iter().copied().fold(f64::MAX, f64::min);
    let floor = 0.2 + 0.1 * heaviest.ln();
    let mut noise = 0x9e37_79b9_u32.wrapping_add(heaviest.to_bits() as u32 >> 7);
    let mut elapsed_secs = 0.5;
    for epoch in 1..=config.epochs {
        for start in (0..ITERATIONS).step_by(4) {
            let losses = (start..(start + 4).min(ITERATIONS)).map(|i| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let t = (i + ITERATIONS * (epoch as usize - 1)) as f64 / 20.0;
                let jitter = f64::from(noise >> 16) / 65536.0 - 0.5;
                (floor + 0.45 * (-t).exp() + 0.14 * jitter) as f32
            });
            elapsed_secs += 0.1;
            events.push(RunEvent::Steps(Steps {
                epoch,
                first: start + 1,
                losses: losses.collect(),
                elapsed_secs,
            }));
        }
        let skill = 0.55 + 0.2 * f64::from(epoch) / f64::from(config.epochs.max(1));
        events.push(evaluated(
            When::Epoch(epoch),
            &n_val,
            &weights,
            skill,
            elapsed_secs,
        ));
    }
    events.push(RunEvent::Ended {
        outcome: Outcome::Finished,
        timing: Timing {
            seconds: BTreeMap::from([("total".into(), elapsed_secs)]),
            images_per_sec: 262.0,
            ..Timing::default()
        },
    });
    events
}

fn evaluated(when: When, n_val: &[usize], weights: &[f64], skill: f64, elapsed_secs: f64) -> RunEvent {
    let n = n_val.len();
    let mut confusion = Confusion::new(n);
    let priors: Vec<f64> = n_val
        .iter()
        .zip(weights)
        .map(|(&images, w)| images as f64 * w)
        .collect();
    let all: f64 = priors.iter().sum();
    for (true_idx, &images) in n_val.iter().enumerate() {
        let mut left = images;
        for (p, prior) in priors.iter().enumerate() {
            let share = skill * f64::from(u8::from(p == true_idx)) + (1.0 - skill) * prior / all;
            let k = ((images as f64 * share) as usize).min(left);
            (0..k).for_each(|_| confusion.add(true_idx, p));
            left -= k;
        }
        (0..left).for_each(|_| confusion.add(true_idx, true_idx));
    }
    RunEvent::Evaluated(Evaluation {
        when,
        part: Part::Val,
        confusion,
        loss: 0.5 - 0.2 * skill,
        weighted_loss: 0.6 - 0.2 * skill,
        roc_auc: vec![Some(0.853); n],
        average_precision: vec![Some(0.91); n],
        elapsed_secs,
    })
}

pub fn picture() -> Picture {
    let side = 64;
    let rgb = (0..side * side).flat_map(|i| {
        let (x, y) = ((i % side) as f32 - 32.0, (i / side) as f32 - 32.0);
        let inside = (x * x / 400.0 + y * y / 780.0) < 1.0;
        if inside {
            [70, 150 - (x.abs() as u8), 80]
        } else {
            [226, 222, 210]
        }
    });
    Picture {
        size: [side, side],
        rgb: rgb.collect(),
    }
}

/// Runs the script in a thread. `pace` is the time between two batches of steps.
pub fn start(wake: Wake, pace: Duration) -> (Link, JoinHandle<()>) {
    let (front, end) = link(wake);
    let handle = std::thread::Builder::new()
        .name("scripted engine".into())
        .spawn(move || {
            let mut engine = Scripted {
                end: end.clone(),
                pace,
                n_runs: 0,
                weights: BTreeMap::new(),
            };
            for (job, command) in &end.commands {
                engine.perform(&job, command);
            }
        });
    (front, handle.unwrap())
}

struct Scripted {
    end: EngineEnd,
    pace: Duration,
    n_runs: usize,
    /// How heavy the second class was in each run.
    weights: BTreeMap<PathBuf, f64>,
}

impl Scripted {
    fn perform(&mut self, job: &Job, command: Command) {
        match command {
            Command::Dataset(DatasetCommand::Scan(Scan { source }))
                if source.place().to_string_lossy().contains("missing") =>
            {
                let message = format!("{}: no such folder", source.place().display());
                return self.end.send(
                    job.id,
                    Event::Failed {
                        message,
                        failure: Failure::Input,
                    },
                );
            }
            Command::Dataset(DatasetCommand::Scan(Scan { source })) => {
                let data = of_name(source.place());
                self.end.send(job.id, DatasetEvent::Scanned(Box::new(data)));
            }
            Command::Dataset(DatasetCommand::DrawDemo(_)) => std::thread::sleep(self.pace * 4),
            Command::Fit(FitCommand::Train(request)) => {
                let stopped = self.train(job, &request.config, &request.runs_dir);
                if stopped {
                    let message = "stopped".into();
                    return self.end.send(
                        job.id,
                        Event::Failed {
                            message,
                            failure: match stopped {
                                true => Failure::Stopped,
                                false => Failure::Fault,
                            },
                        },
                    );
                }
            }
            Command::Judge(JudgeCommand::Predict(request)) => {
                let weight = self.weights.get(&request.run_dir).copied().unwrap_or(1.0);
                let real = (weight / (weight + 4.0)) as f32;
                let image = |path| Prediction {
                    path,
                    probabilities: Ok(vec![1.0 - real, real]),
                    predicted: Some(usize::from(real >= 0.5)),
                };
                let predicted = Predicted {
                    classes: vec!["FAKE".into(), "REAL".into()],
                    images: request.paths.into_iter().map(image).collect(),
                    ..Predicted::default()
                };
                self.end.send(job.id, JudgeEvent::Predicted(predicted));
            }
            Command::Dataset(DatasetCommand::Thumbnails(Thumbnails { paths, .. })) => {
                for path in paths {
                    let picture = Ok(picture());
                    self.end
                        .send(job.id, DatasetEvent::Thumbnail(Thumbnail { path, picture }));
                }
            }
            _ => {}
        }
        self.end.send(job.id, Event::Done);
    }

    fn train(&mut self, job: &Job, config: &Config, runs_dir: &Path) -> bool {
        self.n_runs += 1;
        let name = format!("2026-11-22-12{:02}00-resnet18-{:04}", self.n_runs, self.n_runs);
        let dir = runs_dir.join(&name);
        let data = of_name(&config.data);
        let weights = config
            .class_weights
            .resolve(&data.classes, &data.counts())
            .unwrap();
        self.weights.insert(dir.clone(), weights[1] / weights[0]);
        self.end.send(job.id, FitEvent::RunCreated { dir });
        let mut done = 0;
        let total = (config.epochs as usize * ITERATIONS * config.batch) as u64;
        for event in training(config, &data, &name) {
            if job.cancel.is_cancelled() {
                let outcome = Outcome::Stopped;
                let timing = Timing::default();
                self.end
                    .send(job.id, FitEvent::Run(RunEvent::Ended { outcome, timing }));
                return true;
            }
            if let RunEvent::Steps(steps) = &event {
                done += (steps.losses.len() * config.batch) as u64;
                self.end.send(
                    job.id,
                    Event::Progress(Progress {
                        phase: Phase::Train,
                        done,
                        total,
                        per_sec: 262.0,
                        left_secs: Some((total - done) as f64 / 262.0),
                    }),
                );
                std::thread::sleep(self.pace);
            }
            self.end.send(job.id, FitEvent::Run(event));
        }
        false
    }
}

/// `many-300` has 300 classes, `many` a dozen, every other folder two.
fn of_name(root: &Path) -> Dataset {
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    match name.strip_prefix("many") {
        Some(n) => many(root, n.trim_start_matches('-').parse().unwrap_or(12)),
        None => two_classes(root),
    }
}

pub fn many(root: &Path, n: usize) -> Dataset {
    let names: Vec<String> = (0..n).map(|i| format!("species {i:02}")).collect();
    let classes: Vec<(&str, usize)> = names
        .iter()
        .enumerate()
        .map(|(i, name)| (name.as_str(), 40 + 900 / (i + 1)))
        .collect();
    dataset(root, &classes)
}
