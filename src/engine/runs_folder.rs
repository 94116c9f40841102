//! What the window asks of the runs folder: watch it, name, delete, bring back and export runs. No tensors.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use crate::disk::runs::export::{Tables, export};
use crate::disk::runs::follow::{Follower, listed};
use crate::disk::runs::saved::{read_run, write_tag};
use crate::disk::runs::scores::read_scores;
use crate::disk::runs::trash::{move_to_trash, restore as bring_back};
use crate::engine::report::Report;
use crate::error::{Error, Result};
use crate::experiment::{Evaluation, RunRecord, When};
use crate::metrics::{CLASS_FIGURES, OVERALL_FIGURES, class_views, overall};
use crate::protocol::{Cancel, ExportRun, ListedRun, RunScores, TagRun};

/// The folder is looked at twice a second, and a request to stop is noticed sooner.
const POLL: Duration = Duration::from_millis(500);
const CANCEL_POLL: Duration = Duration::from_millis(50);
/// A folder on a network may be away for a while: a minute.
const MOST_FAILURES: usize = 120;

/// Until it is cancelled.
///
/// # Errors
/// Stopped; the folder cannot be listed for a while.
pub fn watch(runs_dir: &Path, report: &mut Report) -> Result<()> {
    let mut follower = Follower::new(runs_dir);
    let mut n_failures = 0;
    loop {
        let cancel = report.cancel.clone();
        let polled = follower.poll(&mut |event| {
            cancel.check()?;
            report.send(event);
            Ok(())
        });
        n_failures = if polled.is_ok() { 0 } else { n_failures + 1 };
        match polled {
            Err(e) if n_failures == MOST_FAILURES || matches!(e, Error::Stopped) => return Err(e),
            _ => wait(&cancel)?,
        }
    }
}

fn wait(cancel: &Cancel) -> Result<()> {
    for _ in 0..POLL.as_millis() / CANCEL_POLL.as_millis() {
        cancel.check()?;
        sleep(CANCEL_POLL);
    }
    cancel.check()
}

/// # Errors
/// The tag cannot be written.
pub fn tag(request: &TagRun) -> Result<TagRun> {
    write_tag(&request.dir, &request.tag)?;
    Ok(request.clone())
}

/// # Errors
/// The desktop has no trash, or does not take it.
pub fn to_trash(dir: &Path) -> Result<PathBuf> {
    move_to_trash(dir)?;
    Ok(dir.to_path_buf())
}

/// # Errors
/// It is not in the trash, or cannot be read once it is back.
pub fn restore(dir: &Path) -> Result<Box<ListedRun>> {
    bring_back(dir)?;
    Ok(Box::new(listed(read_run(dir)?, false)))
}

/// # Errors
/// The run has no predictions that fit it.
pub fn scores(run_dir: &Path) -> Result<Box<RunScores>> {
    let parts = read_scores(run_dir)?;
    let run_dir = run_dir.to_path_buf();
    Ok(Box::new(RunScores { run_dir, parts }))
}

/// Gives the folder that was made.
///
/// # Errors
/// The run cannot be read, or the folder not be written.
pub fn export_run(request: &ExportRun) -> Result<PathBuf> {
    let ExportRun { dir, to } = request;
    let run = read_run(dir)?;
    let classes = run.record.started.as_ref().map_or(&[][..], |s| &s.classes);
    let tables = Tables {
        evaluations: evaluation_table(&run.record),
        classes: class_table(classes, &run.record),
        losses: loss_table(&run.record),
    };
    export(&run, &tables, to)
}

type Table = Vec<Vec<String>>;

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |v| v.to_string())
}

fn when(evaluation: &Evaluation) -> [String; 2] {
    let when = match evaluation.when {
        When::Raw => "raw".to_owned(),
        When::Epoch(epoch) => epoch.to_string(),
    };
    [when, evaluation.part.name().to_owned()]
}

/// One line an evaluation.
fn evaluation_table(record: &RunRecord) -> Table {
    let mut head = vec!["epoch", "part", "images"];
    head.extend(OVERALL_FIGURES.iter().map(|figure| figure.key));
    head.extend(["loss", "weighted_loss"]);
    let mut table = vec![head.into_iter().map(str::to_owned).collect()];
    for evaluation in &record.evaluations {
        let all = overall(&evaluation.confusion);
        let mut row = when(evaluation).to_vec();
        row.push(evaluation.confusion.total().to_string());
        row.extend(OVERALL_FIGURES.iter().map(|figure| number((figure.value)(&all))));
        row.extend([evaluation.loss, evaluation.weighted_loss].map(|loss| loss.to_string()));
        table.push(row);
    }
    table
}

/// One line a class of each evaluation: its metrics, and how many of its images were called what.
fn class_table(classes: &[String], record: &RunRecord) -> Table {
    let mut head: Vec<String> = ["epoch", "part", "class", "images"].map(str::to_owned).to_vec();
    head.extend(CLASS_FIGURES.iter().map(|figure| figure.key.to_owned()));
    head.extend(classes.iter().map(|class| format!("called {class}")));
    let mut table = vec![head];
    for evaluation in &record.evaluations {
        let confusion = &evaluation.confusion;
        let views = class_views(confusion, &evaluation.roc_auc, &evaluation.average_precision);
        for (class_idx, (class, view)) in classes.iter().zip(&views).enumerate() {
            let mut row = when(evaluation).to_vec();
            row.extend([class.clone(), view.metrics.support.to_string()]);
            row.extend(CLASS_FIGURES.iter().map(|figure| number((figure.value)(view))));
            row.extend((0..classes.len()).map(|called| confusion.get(class_idx, called).to_string()));
            table.push(row);
        }
    }
    table
}

fn loss_table(record: &RunRecord) -> Table {
    let mut table = vec![["epoch", "iteration", "loss"].map(str::to_owned).to_vec()];
    for (epoch, losses) in record.epochs().enumerate() {
        let rows = losses.iter().enumerate();
        table.extend(
            rows.map(|(i, loss)| vec![(epoch + 1).to_string(), (i + 1).to_string(), loss.to_string()]),
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::disk::runs::folder::RunFolder;
    use crate::engine::worker;
    use crate::experiment::{
        Config, Dataset, Groups, ImageEntry, Outcome, RunEvent, RunTag, SplitMethod, Timing,
    };
    use crate::protocol::{
        Command, CountSplit, DatasetEvent, Event, Link, ListDevices, MachineEvent, RunsEvent, WatchRuns,
    };

    /// The job's events up to its end; the end itself is not among them.
    fn done(link: &Link, command: impl Into<Command>) -> Vec<Event> {
        let job = link.submit(command);
        let of_job = link.events.iter().filter(|(id, _)| *id == job.id);
        let mut events = Vec::new();
        for (_, event) in of_job {
            match event {
                Event::Done => return events,
                Event::Failed { message, .. } => panic!("{message}"),
                event => events.push(event),
            }
        }
        panic!("the engine is gone")
    }

    #[test]
    fn the_window_s_small_commands_are_answered() {
        let home = tempfile::tempdir().unwrap();
        let mut folder = RunFolder::create(home.path(), &Config::default()).unwrap();
        let dir = folder.dir.clone();
        let outcome = Outcome::Finished;
        let timing = Timing::default();
        folder.append(&RunEvent::Ended { outcome, timing }).unwrap();
        drop(folder);
        let (link, engine) = worker::start(Arc::new(|_| {})).unwrap();
        link.submit(WatchRuns {
            runs_dir: home.path().into(),
        });
        let (_, listed) = link.events.recv().unwrap();
        assert!(
            matches!(&listed, Event::Runs(RunsEvent::Listed(run)) if run.dir == dir),
            "{listed:?}"
        );

        let tag = RunTag {
            starred: true,
            ..RunTag::default()
        };
        let tagged = done(
            &link,
            TagRun {
                dir: dir.clone(),
                tag: tag.clone(),
            },
        );
        assert!(matches!(&tagged[..], [Event::Runs(RunsEvent::Tagged(_))]));
        assert_eq!(read_run(&dir).unwrap().tag, tag);

        let to = tempfile::tempdir().unwrap();
        let exported = done(
            &link,
            ExportRun {
                dir,
                to: to.path().into(),
            },
        );
        let [Event::Runs(RunsEvent::Exported(folder))] = &exported[..] else {
            panic!("{exported:?}")
        };
        assert!(folder.join("classes.csv").is_file());

        let listed = done(&link, ListDevices);
        let [Event::Machine(MachineEvent::DevicesListed(devices))] = &listed[..] else {
            panic!("{listed:?}")
        };
        assert_eq!(devices.n_cuda == 0, devices.no_cuda.is_some());
        // A watch does not keep the engine from ending.
        drop(link);
        engine.join().unwrap();
    }

    #[test]
    fn a_split_is_counted_with_its_groups() {
        let images = (0..40).map(|i| ImageEntry {
            path: format!("{}/{:02}-{i}.png", i % 2, i / 4),
            class_idx: i % 2,
            folder: None,
        });
        let mut images: Vec<ImageEntry> = images.collect();
        images.sort_by_key(|image| image.class_idx);
        let dataset = Arc::new(Dataset {
            classes: vec!["a".into(), "b".into()],
            images,
            ..Dataset::default()
        });
        let (link, engine) = worker::start(Arc::new(|_| {})).unwrap();
        let config = Config {
            split: SplitMethod::Groups,
            groups: Some(Groups::Pattern("^[0-9]+".into())),
            ..Config::default()
        };
        let events = done(
            &link,
            CountSplit {
                dataset: Arc::clone(&dataset),
                config: Box::new(config),
            },
        );
        let [Event::Dataset(DatasetEvent::SplitCounted(counts))] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!(counts.n_groups, Some([7, 3, 0]));
        assert_eq!(counts.parts, Ok([vec![14, 14], vec![6, 6], vec![0, 0]]));
        drop(link);
        engine.join().unwrap();
    }
}
