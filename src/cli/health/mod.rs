//! `counterweight health`: what may be wrong with an image folder.

mod json;
mod tables;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use self::json::to_json;
use self::tables::describe;
use super::args::HealthArgs;
use super::output::print::{print_json, print_line};
use super::output::progress::ProgressView;
use super::session::Session;
use crate::error::{Error, Result};
use crate::experiment::{Config, Dataset, Groups, LabelCounts, RunEvent, SplitMethod, split};
use crate::health::findings::{LabelFindings, Report, groups_table};
use crate::metrics::thousands;
use crate::protocol::{
    Event, ExamineImages, ExamineLabels, FileContent, FitEvent, ReadLabels, Scan, WriteFile,
};
use crate::visible::visible_path;

/// Everything that was found, and of what.
struct Found {
    dataset: Arc<Dataset>,
    /// What was decided about its labels so far.
    decided: LabelCounts,
    config: Config,
    report: Report,
    groups: Vec<String>,
    /// Why no split keeps the groups together, where none does.
    no_leak_free_split: Option<String>,
    /// What was not looked at, and why.
    left_out: Option<String>,
    warnings: Vec<String>,
}

/// # Errors
/// The folder cannot be read; the config is wrong; stopped; standard output or the groups cannot be written.
pub fn health(session: &Session, args: &HealthArgs) -> Result<()> {
    if let Some(path) = args.write_groups.as_ref().filter(|path| path.exists()) {
        return Err(Error::file(
            path,
            "is there already, and is left as it is; name another file",
        ));
    }
    let view = ProgressView::for_json(args.json);
    let found = examine(session, args, &view);
    view.clear();
    let found = found?;
    if let Some(path) = args.write_groups.clone() {
        let content = FileContent::Text(groups_table(&found.dataset, &found.groups));
        session.run(
            WriteFile {
                path: path.clone(),
                content,
            },
            |_| Ok(()),
        )?;
        let n_groups = found.groups.iter().collect::<BTreeSet<_>>().len();
        view.say(&format!(
            "{} images in {} groups written to {}",
            thousands(found.groups.len() as u64),
            thousands(n_groups as u64),
            visible_path(&path)
        ));
    }
    match args.json {
        true => print_json(&to_json(&found)),
        false => print_line(&describe(&found)),
    }
}

fn examine(session: &Session, args: &HealthArgs, view: &ProgressView) -> Result<Found> {
    let source = args.source.source();
    let dataset = session.ask(Scan { source }, |event| view.show_of(event))?;
    let dataset = Arc::<Dataset>::from(dataset);
    if dataset.images.is_empty() {
        return Err(Error::file(
            &dataset.root,
            "holds no image that could be looked at",
        ));
    }
    let request = ReadLabels {
        dataset: Arc::clone(&dataset),
        runs_dir: args.runs.dir()?,
    };
    let decided = session.ask(request, |_| {})?;
    let config = Config {
        labels_overlay: decided.overlay.clone(),
        ..config(args, &dataset)?
    };
    let request = ExamineImages {
        dataset: Arc::clone(&dataset),
        config: Box::new(config.clone()),
    };
    let images = session.ask(request, |event| view.show_of(event))?;
    let request = ExamineLabels {
        dataset: Arc::clone(&dataset),
        config: Box::new(config.clone()),
        copies: images.copies.clone(),
    };
    let warnings = RefCell::new(decided.notices.clone());
    let (labels, left_out) = examine_labels(session, args, request, &warnings, view)?;
    let report = Report::of(&dataset, &images, labels.as_deref(), &decided.images);
    let groups = report.groups(&dataset);
    let no_leak_free_split = split::split(
        &dataset,
        SplitMethod::Groups,
        config.train_share,
        config.test_share,
        config.seed,
        Some(&groups),
    );
    Ok(Found {
        no_leak_free_split: no_leak_free_split.err(),
        dataset,
        decided: decided.counts(),
        config,
        report,
        groups,
        left_out,
        warnings: warnings.into_inner(),
    })
}

/// What features say of the labels, or why nothing is said.
fn examine_labels(
    session: &Session,
    args: &HealthArgs,
    request: ExamineLabels,
    warnings: &RefCell<Vec<String>>,
    view: &ProgressView,
) -> Result<(Option<Box<LabelFindings>>, Option<String>)> {
    let see = |event: &Event| match event {
        Event::Fit(FitEvent::Run(RunEvent::Warning { message })) => {
            warnings.borrow_mut().push(message.clone());
        }
        event => view.show_of(event),
    };
    Ok(match (args.no_features, request.dataset.n_classes()) {
        (true, _) => (None, Some("no features were asked for".to_owned())),
        (false, 0 | 1) => (None, Some("one class has no labels to be wrong".to_owned())),
        (false, _) => match session.ask(request, see) {
            Ok(labels) => (Some(labels), None),
            // What needs no network is known all the same, if nobody asked for this one.
            Err(e) if !matches!(e, Error::Stopped) && !args.flags.name_a_backbone() => {
                (None, Some(e.to_string()))
            }
            Err(e) => return Err(e),
        },
    })
}

/// The flags', and where they name no split the one that the folder is laid out for.
fn config(args: &HealthArgs, dataset: &Dataset) -> Result<Config> {
    let mut config = Config::default().of(dataset.source());
    if !args.flags.name_a_split() {
        if dataset.is_divided() {
            config.split = SplitMethod::Folders;
        } else if let Some(table) = &dataset.groups_table {
            (config.split, config.groups) = (SplitMethod::Groups, Some(Groups::Csv(table.clone())));
        }
    }
    args.flags.override_config(&mut config)?;
    Ok(config)
}
