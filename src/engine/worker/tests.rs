//! What the engine's commands promise: only the latest of quick requests counts, and a sweep is reported run by run.

use crate::engine::tests::{Trained, World, draw, told};
use crate::experiment::{ClassWeights, Config, Part, RunRecord};
use crate::protocol::{
    AskFeatures, Command, ComputeFeatures, DatasetEvent, Event, Failure, FitEvent, HeadChoice, Job,
    JudgeCommand, JudgeEvent, LiveCommand, LiveEvent, Sweep, Train, TryWeights,
};

fn n_ready(events: &[Event]) -> usize {
    let status = |event: &Event| match event {
        Event::Live(LiveEvent::Features(status)) => Some((status.n_images, status.n_ready)),
        _ => None,
    };
    let (n_images, n_ready) = events.iter().find_map(status).unwrap();
    assert_eq!(n_images, 120);
    n_ready
}

#[test]
fn weights_are_tried_on_features_that_are_there_and_the_latest_wins() {
    let world = World::new();
    let link = world.start();
    let ask = |command: &LiveCommand| told(&link, &link.submit(command.clone()));
    let config = Box::new(world.config());
    let asking = LiveCommand::AskFeatures(AskFeatures {
        config: config.clone(),
    });
    let computing = LiveCommand::ComputeFeatures(ComputeFeatures {
        config: config.clone(),
    });
    assert_eq!(n_ready(&ask(&asking)), 0);
    let refused = ask(&LiveCommand::TryWeights(TryWeights { config }));
    let Some(Event::Failed {
        message,
        failure: Failure::Input,
        ..
    }) = refused.last()
    else {
        panic!("{refused:?}");
    };
    assert!(message.contains("120 of 120"), "{message}");
    assert_eq!(n_ready(&ask(&computing)), 120);
    assert_eq!(n_ready(&ask(&asking)), 120);

    let weights: Vec<Config> = (1..20)
        .map(|w| Config {
            class_weights: ClassWeights::Given(vec![1.0, f64::from(w)]),
            ..world.config()
        })
        .collect();
    let jobs: Vec<Job> = weights
        .iter()
        .map(|config| {
            link.submit(TryWeights {
                config: Box::new(config.clone()),
            })
        })
        .collect();
    let events = told(&link, jobs.last().unwrap());
    let [Event::Live(LiveEvent::Tried(trial)), Event::Done] = &events[events.len() - 2..] else {
        panic!("{events:?}");
    };
    assert!(jobs[..18].iter().all(|job| job.cancel.is_cancelled()) && !jobs[18].cancel.is_cancelled());
    let Trained {
        setup,
        records: alone,
        ..
    } = world.trained(&[weights.last().unwrap().clone()]);
    assert_eq!(trial.losses, alone[0].losses);
    let evaluation = alone[0].latest(Part::Val).unwrap();
    assert_eq!(trial.evaluation.confusion, evaluation.confusion);
    assert_eq!(trial.predictions.images().len(), setup.split.val.len());
    assert_eq!(trial.predictions.scores().confusion(None), evaluation.confusion);
    assert!(!events.iter().any(|e| matches!(
        e,
        Event::Dataset(DatasetEvent::Scanned(_))
            | Event::Fit(FitEvent::Run(_))
            | Event::Fit(FitEvent::RunCreated { .. })
    )));
    assert_eq!(
        std::fs::read_dir(world.home.path()).unwrap().count(),
        2,
        "no run folder"
    );
}

#[test]
fn images_that_cannot_be_decoded_do_not_keep_weights_from_being_tried() {
    let world = World::new();
    for i in 0..70 {
        // Whole from outside; each another, so that each is tried.
        let file = world.data().join(format!("dark/broken-{i}.png"));
        draw(&file, i, 90);
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8].fill(i as u8);
        std::fs::write(&file, bytes).unwrap();
    }
    let link = world.start();
    let config = Box::new(world.config());
    let computed = told(
        &link,
        &link.submit(ComputeFeatures {
            config: config.clone(),
        }),
    );
    let asked = told(
        &link,
        &link.submit(AskFeatures {
            config: config.clone(),
        }),
    );
    for events in [&computed, &asked] {
        let status = |event: &Event| match event {
            Event::Live(LiveEvent::Features(status)) => Some(*status),
            _ => None,
        };
        let status = events.iter().find_map(status).unwrap();
        assert_eq!(
            (status.n_images, status.n_ready, status.n_unreadable),
            (190, 120, 70)
        );
    }
    let tried = told(&link, &link.submit(TryWeights { config }));
    assert!(
        matches!(
            &tried[tried.len() - 2..],
            [Event::Live(LiveEvent::Tried(_)), Event::Done]
        ),
        "{tried:?}"
    );
}

#[test]
fn a_sweep_is_told_run_by_run_and_its_models_judge() {
    let world = World::new();
    let link = world.start();
    let runs_dir = world.home.path().join("runs");
    let heads = [1.0, 1e30].map(|weight| HeadChoice {
        class_weights: ClassWeights::Given(vec![1.0, weight]),
        lr: if weight > 1.0 { 100.0 } else { 1e-3 },
    });
    let request = Sweep {
        config: world.config(),
        heads: heads.to_vec(),
        runs_dir: runs_dir.clone(),
    };
    let events = told(&link, &link.submit(request));
    assert!(matches!(events.last(), Some(Event::Done)), "{events:?}");
    let dirs: Vec<_> = events
        .iter()
        .filter_map(|e| match e {
            Event::Fit(FitEvent::RunCreated { dir }) => Some(dir.clone()),
            _ => None,
        })
        .collect();
    let mut records = vec![RunRecord::default(); 2];
    for event in &events {
        if let Event::Fit(FitEvent::Runs(facts)) = event {
            facts.iter().for_each(|(i, fact)| records[*i].apply(fact));
        }
    }
    for (dir, record) in dirs.iter().zip(&records) {
        let saved = crate::disk::runs::saved::read_run(dir).unwrap();
        assert_eq!(saved.record, *record);
    }
    let judge = Command::Judge(JudgeCommand::Evaluate(crate::protocol::Evaluate {
        run_dir: dirs[0].clone(),
        data: world.data().into(),
        part: None,
    }));
    let judged = told(&link, &link.submit(judge));
    let found = judged.iter().find_map(|e| match e {
        Event::Judge(JudgeEvent::Evaluated(judged)) => Some(judged.evaluation.confusion.clone()),
        _ => None,
    });
    assert_eq!(
        found,
        records[0].latest(Part::Val).map(|e| e.confusion.clone()),
        "{judged:?}"
    );
    let train = Train {
        config: world.config(),
        runs_dir,
    };
    let events = told(&link, &link.submit(train));
    assert!(matches!(events.last(), Some(Event::Done)), "{events:?}");
}
