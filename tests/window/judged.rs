//! Runs that say something of each of their validation images, and the answers to what is asked of these.

use std::path::{Path, PathBuf};

use counterweight::app::{Action, LookAction, Settings, ThemeChoice};
use counterweight::experiment::{Config, Part, Predictions};
use counterweight::metrics::Confusion;
use counterweight::protocol::{
    Command, DatasetCommand, DatasetEvent, Event, ImageAnswer, ImageAnswers, ImageFacts, Picture, RunScores,
    RunsCommand, RunsEvent, Thumbnail,
};

use super::predictions::act;
use super::{Bench, scripted};

/// What a run said of each image, so that its matrix comes out. An image has the same name under each run, and is among the
/// last of its class where it is wrong.
fn scores(classes: &[String], confusion: &Confusion) -> Predictions {
    let n = classes.len();
    let (mut images, mut truth, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for (class_idx, row) in confusion.rows().enumerate() {
        // Right first, then the others in turn.
        let called = std::iter::once(class_idx).chain((0..n).filter(|&c| c != class_idx));
        let called = called.flat_map(|called| std::iter::repeat_n(called, row[called] as usize));
        for (i, called) in called.enumerate() {
            images.push(PathBuf::from(format!("{}/{i:05}.jpg", classes[class_idx])));
            truth.push(class_idx);
            let share = 0.52 + 0.47 * ((i * 37) % 101) as f32 / 101.0;
            let rest = (1.0 - share) / (n - 1) as f32;
            rows.extend((0..n).map(|c| if c == called { share } else { rest }));
        }
    }
    Predictions::new(images.into(), n, truth, rows).unwrap()
}

/// Two runs, the later one looked at, and what both say of single images.
pub fn bench(theme: ThemeChoice, n_classes: usize, size: [f32; 2]) -> Bench {
    let settings = Settings {
        theme,
        ..Settings::default()
    };
    let mut bench = Bench::with(settings, size);
    let data = match n_classes {
        2 => scripted::two_classes("faces".as_ref()),
        n => scripted::many("many".as_ref(), n),
    };
    bench.give(data.clone());
    for (i, weights) in ["none", "1,8"].into_iter().enumerate() {
        let config = Config {
            class_weights: match n_classes {
                2 => weights.parse().unwrap(),
                _ => Config::default().class_weights,
            },
            epochs: 2 + 4 * i as u32,
            ..Config::default()
        };
        bench.list(
            &format!("2026-11-22-12{i:02}00-resnet18-{i}"),
            &config,
            Some(&data),
        );
    }
    act(&mut bench, Action::Look(LookAction::Run(1)));
    answer_all(&mut bench);
    bench
}

/// What the run in that folder said of single images.
fn scores_of(bench: &Bench, dir: &Path) -> RunScores {
    let view = bench.state().runs.all.iter().find(|run| run.dir == dir).unwrap();
    let confusion = &view.evaluation(false).unwrap().confusion;
    RunScores {
        folds_damage: None,
        run_dir: dir.to_path_buf(),
        parts: vec![(Part::Val, scores(view.classes(), confusion))],
    }
}

/// A face or a leaf, in another colour for each image.
fn picture(path: &Path) -> Picture {
    let seed = path
        .to_string_lossy()
        .bytes()
        .fold(7u32, |n, b| n.wrapping_mul(31).wrapping_add(u32::from(b)));
    let (width, height) = if seed.is_multiple_of(3) {
        (128, 96)
    } else {
        (96, 128)
    };
    let tone = |shift: u32| 70 + (seed >> shift) as u8 % 120;
    let rgb = (0..width * height).flat_map(|i| {
        let (x, y) = (
            (i % width) as f32 - width as f32 / 2.0,
            (i / width) as f32 - height as f32 / 2.0,
        );
        let inside = (x * x / 900.0 + y * y / 1800.0) < 1.0;
        let sky = 200 - (i / width) as u8;
        if inside {
            [tone(3), tone(7), tone(11)]
        } else {
            [sky, sky, sky - 30]
        }
    });
    Picture {
        size: [width, height],
        rgb: rgb.collect(),
    }
}

/// Answers what is asked for the pictures and for the large image, until nothing more is.
pub fn answer_all(bench: &mut Bench) {
    loop {
        let asked = bench.all_commands();
        if asked.is_empty() {
            return;
        }
        for (job, command) in asked {
            match command {
                Command::Dataset(DatasetCommand::Thumbnails(request)) => {
                    for path in request.paths {
                        let picture = Ok(picture(&path));
                        bench.send(job.id, DatasetEvent::Thumbnail(Thumbnail { path, picture }));
                    }
                }
                Command::Dataset(DatasetCommand::DescribeImage(request)) => {
                    let facts = ImageFacts {
                        path: request.path,
                        n_bytes: 48_213,
                        format: "JPEG".into(),
                        size: [480, 640],
                        unseen: vec!["meant to be turned by an EXIF tag, which is not obeyed".into()],
                    };
                    bench.send(job.id, DatasetEvent::Described(Box::new(facts)));
                }
                Command::Runs(RunsCommand::ReadImage(request)) => {
                    let n = bench.state().looked_at_classes().len();
                    let rest = 0.3 / (n - 1) as f32;
                    let probabilities: Vec<f32> = (0..n).map(|c| if c == 0 { 0.7 } else { rest }).collect();
                    let answer = ImageAnswer {
                        part: Part::Val,
                        probabilities,
                    };
                    let runs = request
                        .runs
                        .into_iter()
                        .map(|run| (run, Ok(Some(answer.clone()))));
                    let answers = ImageAnswers {
                        runs: runs.collect(),
                        image: request.image,
                    };
                    bench.send(job.id, RunsEvent::ImageRead(Box::new(answers)));
                }
                Command::Runs(RunsCommand::ReadScores(request)) => {
                    let scores = scores_of(bench, &request.run_dir);
                    bench.send(job.id, RunsEvent::Scored(Box::new(scores)));
                }
                _ => {}
            }
            bench.send(job.id, Event::Done);
        }
        bench.frames();
    }
}
