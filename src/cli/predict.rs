//! `counterweight predict`: a finished run predicts the class of images.

use std::borrow::Cow;

use serde_json::json;

use super::args::PredictArgs;
use super::output::print::print_json_text;
use super::output::progress::ProgressView;
use super::session::{Session, run_dir};
use super::table_file::TableFile;
use crate::disk::runs::class_columns::class_columns;
use crate::error::{Error, Result};
use crate::protocol::{Event, JudgeEvent, Predict, Prediction};
use crate::visible::{cell, path_cell, visible, visible_path};

/// # Errors
/// The run is not found or cannot be read; the table or standard output cannot be written; stopped. Also where an
/// image could not be read, once all have their rows.
pub fn predict(session: &Session, args: &PredictArgs) -> Result<()> {
    let request = Predict {
        run_dir: run_dir(&args.run, &args.runs)?,
        paths: args.paths.clone(),
    };
    let view = ProgressView::for_json(args.json);
    let begin = |path| TableFile::begin(path, &args.paths);
    let mut csv = args.csv.as_deref().map(begin).transpose()?;
    let mut n_unreadable = 0;
    let mut first = true;
    let result = session.run(request, |event| {
        match event {
            Event::Progress(progress) => view.show(&progress),
            Event::Judge(JudgeEvent::Predicted(prediction)) => {
                n_unreadable += usize::from(prediction.probabilities.is_err());
                if let Some(csv) = &mut csv {
                    write_row(csv, &prediction, first)?;
                }
                if args.json {
                    print_json_text(&to_json(&prediction).to_string())?;
                } else if csv.is_none() {
                    view.print(&in_words(&prediction))?;
                }
                first = false;
            }
            _ => {}
        }
        Ok(())
    });
    view.clear();
    result?;
    if let Some(csv) = csv {
        csv.finish()?;
    }
    match n_unreadable {
        0 => Ok(()),
        1 => Err(Error::Job("1 image could not be read; its row says why".into())),
        n => Err(Error::Job(format!(
            "{n} images could not be read; their rows say why"
        ))),
    }
}

/// Classes whose probabilities stand in a line; with more, the most probable.
const NAMED: usize = 4;

fn predicted_name(prediction: &Prediction) -> &str {
    let class = prediction.predicted.and_then(|c| prediction.classes.get(c));
    class.map_or("", String::as_str)
}

fn to_json(prediction: &Prediction) -> serde_json::Value {
    // JSON is text, and a file's name need not be.
    let path = prediction.path.to_string_lossy();
    match &prediction.probabilities {
        Err(message) => json!({"path": path, "error": message}),
        Ok(p) => {
            let named: serde_json::Map<_, _> = prediction
                .classes
                .iter()
                .cloned()
                .zip(p.iter().map(|p| json!(p)))
                .collect();
            json!({"path": path, "class": predicted_name(prediction), "probabilities": named})
        }
    }
}

/// Such as `face.jpg  REAL 71.2 %  (FAKE 28.8 %)`.
fn in_words(prediction: &Prediction) -> String {
    let path = visible_path(&prediction.path);
    match &prediction.probabilities {
        Err(message) => format!("{path}  unreadable: {}", visible(message)),
        Ok(p) => {
            let best = visible(predicted_name(prediction));
            let mut each: Vec<(&String, &f32)> = prediction.classes.iter().zip(p).collect();
            let more = each.len().saturating_sub(NAMED);
            if more > 1 {
                each.sort_by(|a, b| b.1.total_cmp(a.1));
                each.truncate(NAMED);
            }
            let named = each
                .iter()
                .map(|(class, p)| format!("{} {:.1} %", visible(class), **p * 100.0));
            let named = named.collect::<Vec<_>>().join(", ");
            let rest = if more > 1 {
                format!(", {more} more")
            } else {
                String::new()
            };
            format!("{path}  {best}  ({named}{rest})")
        }
    }
}

/// `path, class, one probability per class, error`.
fn write_row(table: &mut TableFile, prediction: &Prediction, with_header: bool) -> Result<()> {
    let classes = &prediction.classes;
    if with_header {
        let columns = class_columns(classes, &["path", "class", "error"]);
        let columns: Vec<Cow<str>> = columns.iter().map(|name| cell(name)).collect();
        let columns = columns.iter().map(|name| &**name);
        table.row(["path", "class"].into_iter().chain(columns).chain(["error"]))?;
    }
    let path = prediction.path.to_string_lossy();
    let mut row = vec![path_cell(&path).into_owned()];
    match &prediction.probabilities {
        Ok(p) => {
            row.push(cell(predicted_name(prediction)).into_owned());
            row.extend(p.iter().map(f32::to_string));
            row.push(String::new());
        }
        Err(message) => {
            row.extend(vec![String::new(); classes.len() + 1]);
            row.push(message.clone());
        }
    }
    table.row(row.iter().map(String::as_str))
}
