//! What the log hears of jobs: what was asked, and what came of it. Losses and progress are in the run folder and on the
//! screen; they would hide the rest.

use std::fmt;

use tracing::{debug, error, info, warn};

use crate::experiment::{Config, RunEvent, weighting_name};
use crate::protocol::{
    Command, DatasetCommand, Event, Failure, FitCommand, FitEvent, HealthCommand, JudgeCommand, LiveCommand,
    MapCommand,
};
use crate::visible::visible_path;

/// Where a line of the log comes from.
const JOBS: &str = "counterweight";

/// A job was asked for.
pub fn asked(job: u64, command: &Command) {
    match command {
        Command::Dataset(DatasetCommand::Scan(scan)) => {
            info!(target: JOBS, "job {job}: scan {}", visible_path(scan.source.place()))
        }
        Command::Fit(FitCommand::Train(train)) => {
            info!(target: JOBS, "job {job}: train {}", summary(&train.config))
        }
        Command::Fit(FitCommand::Sweep(sweep)) => {
            info!(target: JOBS,
                 "job {job}: sweep of {} heads on {}",
                sweep.heads.len(),
                visible_path(sweep.config.place())
            );
        }
        Command::Live(LiveCommand::ComputeFeatures(compute)) => {
            info!(target: JOBS, "job {job}: compute features, {}", summary(&compute.config));
        }
        Command::Judge(JudgeCommand::Evaluate(evaluate)) => {
            info!(target: JOBS,
                 "job {job}: evaluate {} with {}",
                visible_path(evaluate.data.place()),
                visible_path(&evaluate.run_dir)
            );
        }
        Command::Judge(JudgeCommand::Predict(predict)) => {
            info!(target: JOBS,
                 "job {job}: predict {} paths with {}",
                predict.paths.len(),
                visible_path(&predict.run_dir)
            );
        }
        Command::Judge(JudgeCommand::FindImages(find)) => {
            info!(target: JOBS, "job {job}: find the images of {} paths", find.paths.len());
        }
        Command::Health(HealthCommand::ExamineImages(examine)) => {
            info!(target: JOBS, "job {job}: examine the images of {}", visible_path(examine.dataset.place()));
        }
        Command::Health(HealthCommand::ExamineLabels(examine)) => {
            info!(target: JOBS, "job {job}: examine the labels of {}", visible_path(examine.dataset.place()));
        }
        Command::Health(HealthCommand::ReadSlices(read)) => {
            info!(target: JOBS, "job {job}: slice the images of {}", visible_path(&read.run_dir));
        }
        Command::Health(HealthCommand::ExamineSplit(_)) => debug!(target: JOBS, "job {job}: examine a split"),
        Command::Map(MapCommand::MapFeatures(map)) => {
            info!(target: JOBS, "job {job}: map the features of {}", visible_path(&map.dataset.root));
        }
        Command::Map(MapCommand::FindSimilar(_)) => debug!(target: JOBS, "job {job}: find images like one"),
        Command::Judge(JudgeCommand::Explain(_)) => debug!(target: JOBS, "job {job}: explain an image"),
        // Small questions, dozens at a start.
        Command::Dataset(_) => debug!(target: JOBS, "job {job}: about the dataset"),
        Command::Runs(_) => debug!(target: JOBS, "job {job}: about runs"),
        Command::Fit(_) => debug!(target: JOBS, "job {job}: about weights"),
        Command::Live(_) => debug!(target: JOBS, "job {job}: about features"),
        Command::Labels(_) => debug!(target: JOBS, "job {job}: about labels"),
        Command::Cache(_) => debug!(target: JOBS, "job {job}: about the cache"),
        Command::Machine(_) => debug!(target: JOBS, "job {job}: about the machine"),
    }
}

fn summary(config: &Config) -> String {
    format!(
        "{} at {} px on {}, weights {}, seed {}",
        config.arch,
        config.image_size,
        visible_path(config.place()),
        config.class_weights.label(),
        config.seed
    )
}

/// A job said something.
pub fn told(job: u64, event: &Event) {
    match event {
        Event::Fit(FitEvent::RunCreated { dir }) => {
            info!(target: JOBS, "job {job}: run folder {}", visible_path(dir))
        }
        Event::Fit(FitEvent::Run(fact)) => fact_told(job, format_args!(""), fact),
        Event::Fit(FitEvent::Runs(facts)) => {
            for (place, fact) in facts {
                fact_told(job, format_args!("run {} of the sweep: ", place + 1), fact);
            }
        }
        Event::Done => debug!(target: JOBS, "job {job}: done"),
        Event::Failed { message, failure } => match failure {
            Failure::Stopped => info!(target: JOBS, "job {job}: stopped"),
            Failure::Input => warn!(target: JOBS, "job {job}: refused: {message}"),
            Failure::Fault => error!(target: JOBS, "job {job}: failed: {message}"),
        },
        _ => {}
    }
}

/// Most facts are losses, thirty times a second of each run; `which` is put into words for the others alone.
fn fact_told(job: u64, which: fmt::Arguments, fact: &RunEvent) {
    match fact {
        RunEvent::Started(started) => {
            info!(target: JOBS,
                 "job {job}: {which}{} began on {}, {}, weights {}",
                started.run, started.device, started.precision, weighting_name(&started.config.class_weights, &started.classes)
            );
        }
        RunEvent::Warning { message } => warn!(target: JOBS, "job {job}: {which}{message}"),
        RunEvent::Caution(caution) => warn!(target: JOBS, "job {job}: {which}{}", caution.in_words()),
        RunEvent::Ended { outcome, .. } => info!(target: JOBS, "job {job}: {which}ended: {outcome:?}"),
        RunEvent::Steps(_) | RunEvent::Evaluated(_) => {}
    }
}
