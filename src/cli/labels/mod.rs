//! `counterweight labels`: what was decided about single images, and more decisions.

mod args;
mod named_images;
mod own;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

pub use args::{LabelsAction, LabelsArgs};
pub use own::own_labels;

use self::named_images::indices;
use super::output::print::{print_json, print_line};
use super::output::progress::ProgressView;
use super::output::text;
use super::session::Session;
use crate::error::{Error, Result};
use crate::experiment::{Dataset, LABELS_HEADER, LabelChange, rows_of};
use crate::metrics::thousands;
use crate::protocol::{
    CleanedFolder, CopyCleaned, EditLabels, ExportLabels, ExportedLabels, FolderLabels, LabelEdit,
    ReadLabels, Scan,
};
use crate::short_name::Shared;
use crate::visible::visible_path;

/// # Errors
/// The folder cannot be read; a path or class is not in it; there is nothing to take back; the decisions cannot be read
/// or written; standard output cannot be written; stopped.
pub fn labels(session: &Session, args: &LabelsArgs) -> Result<()> {
    let view = ProgressView::for_json(args.json);
    let source = args.dir.clone().into();
    let dataset = session.ask(Scan { source }, |event| view.show_of(event));
    view.clear();
    let dataset = Arc::<Dataset>::from(dataset?);
    let runs_dir = args.runs.dir()?;
    let of_folder = Arc::clone(&dataset);
    match args.action.as_ref().unwrap_or(&LabelsAction::List) {
        LabelsAction::List => {
            let request = ReadLabels {
                dataset: of_folder,
                runs_dir,
            };
            let labels = session.ask(request, |_| {})?;
            show(args.json, &view, &dataset, &labels, true)
        }
        LabelsAction::Export { file } => {
            let request = ExportLabels {
                dataset: of_folder,
                runs_dir,
                to: file.clone(),
                may_replace: false,
            };
            show_export(args.json, &session.ask(request, |_| {})?)
        }
        LabelsAction::Copy { to } => {
            let request = CopyCleaned {
                dataset: of_folder,
                runs_dir,
                to: to.clone(),
            };
            let made = session.ask(request, |event| view.show_of(event));
            view.clear();
            show_copy(args.json, &made?)
        }
        action => {
            let request = EditLabels {
                dataset: of_folder,
                runs_dir,
                edit: edit(action, &dataset)?,
            };
            let labels = session.ask(request, |_| {})?;
            show(args.json, &view, &dataset, &labels, false)
        }
    }
}

/// What an action decides; those that decide nothing are done by then.
fn edit(action: &LabelsAction, dataset: &Dataset) -> Result<LabelEdit> {
    let change = |paths: &[PathBuf], change| Ok(LabelEdit::Change(indices(dataset, paths)?, change));
    match action {
        LabelsAction::Set { paths, class } => change(paths, LabelChange::Label(Some(class.clone()))),
        LabelsAction::Exclude { paths } => change(paths, LabelChange::Exclude(true)),
        LabelsAction::Note { paths, text } => change(paths, LabelChange::Note(text.trim().to_owned())),
        LabelsAction::Clear { paths } => change(paths, LabelChange::Clear),
        LabelsAction::Together { paths } => Ok(LabelEdit::Together(vec![indices(dataset, paths)?])),
        LabelsAction::Undo => Ok(LabelEdit::Undo),
        LabelsAction::Redo => Ok(LabelEdit::Redo),
        LabelsAction::Import { file } => Ok(LabelEdit::Import(file.clone())),
        LabelsAction::List | LabelsAction::Export { .. } | LabelsAction::Copy { .. } => {
            Err(Error::Job("this decides nothing".into()))
        }
    }
}

fn show_export(as_json: bool, exported: &ExportedLabels) -> Result<()> {
    let ExportedLabels { file, n_rows } = exported;
    match as_json {
        true => print_json(&json!({"file": file, "rows": n_rows})),
        false => {
            let n_rows = thousands(*n_rows as u64);
            print_line(&format!("{n_rows} rows written to {}", visible_path(file)))
        }
    }
}

fn show(
    as_json: bool,
    view: &ProgressView,
    dataset: &Dataset,
    labels: &FolderLabels,
    is_list: bool,
) -> Result<()> {
    labels.notices.iter().for_each(|notice| view.warn(notice));
    match (as_json, is_list) {
        (true, _) => print_json(&to_json(dataset, labels)),
        (false, true) => print_line(&list(dataset, labels)),
        (false, false) => print_line(&done(labels)),
    }
}

/// A contract for scripts.
fn to_json(dataset: &Dataset, labels: &FolderLabels) -> Value {
    let counts = labels.counts();
    let images = labels.images.iter().map(|(&i, image)| {
        let entry = &dataset.images[i];
        let class = &dataset.classes[entry.class_idx];
        json!({
            "path": entry.path,
            "class": class,
            "label": image.label.as_ref().unwrap_or(class),
            "excluded": image.is_excluded,
            "group": image.group,
            "note": image.note,
        })
    });
    json!({
        "file": labels.file,
        "version": labels.overlay.as_ref().map(|overlay| &overlay.version),
        "relabelled": counts.relabelled,
        "excluded": counts.excluded,
        "kept_together": counts.kept_together,
        "noted": counts.noted,
        "absent": labels.n_absent,
        "images": images.collect::<Vec<_>>(),
        "undo": labels.undo,
        "redo": labels.redo,
        "done": labels.done,
        "notices": labels.notices,
    })
}

fn list(dataset: &Dataset, labels: &FolderLabels) -> String {
    let mut lines = vec![format!("{}: {}", visible_path(dataset.place()), labels.counts())];
    if !labels.images.is_empty() {
        let mut rows = vec![LABELS_HEADER.map(String::from).to_vec()];
        for (&i, image) in &labels.images {
            let entry = &dataset.images[i];
            let own = &dataset.classes[entry.class_idx];
            let of_image = rows_of(&entry.path, own, image).into_iter();
            rows.extend(of_image.map(|row| vec![row.path, row.label, row.action, row.note]));
        }
        let shared = Shared::of(&[]);
        lines.push(format!(
            "\n{}",
            text::table_within(text::width(), rows, &[0, 3], shared)
        ));
    }
    lines.push(String::new());
    lines.extend(absent(labels));
    lines.extend(
        labels
            .undo
            .iter()
            .map(|step| format!("An undo takes back: {step}")),
    );
    lines.extend(
        labels
            .redo
            .iter()
            .map(|step| format!("A redo brings back: {step}")),
    );
    lines.push(format!("Kept in {}", visible_path(&labels.file)));
    lines.join("\n")
}

fn absent(labels: &FolderLabels) -> Option<String> {
    let n = thousands(labels.n_absent as u64);
    match labels.n_absent {
        0 => None,
        1 => Some("1 decision is about an image that is not in the folder now".into()),
        _ => Some(format!(
            "{n} decisions are about images that are not in the folder now"
        )),
    }
}

fn done(labels: &FolderLabels) -> String {
    let done = labels.done.as_deref().unwrap_or("Nothing had to change");
    let mut letters = done.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let done = format!("{}{}", first.unwrap_or_default(), letters.as_str());
    format!("{done}. Now: {}", labels.counts())
}

fn show_copy(as_json: bool, made: &CleanedFolder) -> Result<()> {
    if as_json {
        return print_json(&json!({
            "dir": made.dir,
            "images": made.n_images,
            "relabelled": made.n_relabelled,
            "excluded": made.n_excluded,
            "copies": made.are_copies,
        }));
    }
    let [n_images, n_relabelled, n_excluded] =
        [made.n_images, made.n_relabelled, made.n_excluded].map(|n| thousands(n as u64));
    let how = match made.are_copies {
        true => "copies",
        false => "links to the same files, so do not edit them in place",
    };
    print_line(&format!(
        "{}: {n_images} images ({how}), {n_relabelled} of them under another class; {n_excluded} left out",
        visible_path(&made.dir)
    ))
}
