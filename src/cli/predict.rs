//! `counterweight predict`: a finished run predicts the class of images.

use serde_json::json;

use super::args::PredictArgs;
use super::output::print::print_json_text;
use super::output::probabilities::{add_probabilities, asked, decides};
use super::output::progress::ProgressView;
use super::output::text;
use super::session::{Session, run_dir};
use crate::disk::runs::prediction_table::PredictionWriter;
use crate::error::{Error, Result};
use crate::experiment::Stakes;
use crate::metrics::{Undo, predicted_class};
use crate::protocol::{Event, JudgeEvent, Predict, Predicted, Prediction};
use crate::short_name::Shared;
use crate::visible::{visible, visible_path};

/// # Errors
/// The run is not found or cannot be read; the table or standard output cannot be written; stopped. Also where an
/// image could not be read, once all have their rows.
pub fn predict(session: &Session, args: &PredictArgs) -> Result<()> {
    let request = Predict {
        run_dir: run_dir(&args.run, &args.runs)?,
        paths: args.paths.clone(),
    };
    let view = ProgressView::for_json(args.json);
    let stakes = stakes(args);
    let begin = |path| PredictionWriter::begin(path, &args.paths, args.raw_scores, &stakes);
    let mut csv = args.csv.as_deref().map(begin).transpose()?;
    let (mut n_unreadable, mut decided) = (0, None);
    let result = session.run(request, |event| {
        match event {
            Event::Progress(progress) => view.show(&progress),
            Event::Judge(JudgeEvent::Predicted(predicted)) => {
                let unreadable = predicted
                    .images
                    .iter()
                    .filter(|image| image.probabilities.is_err());
                n_unreadable += unreadable.count();
                if let Some(csv) = &mut csv {
                    csv.add(&predicted)?;
                }
                let undo = undo_of(&predicted, &stakes, args.raw_scores);
                let is_silent = csv.is_some() && !args.json;
                for image in predicted.images.iter().filter(|_| !is_silent) {
                    match args.json {
                        true => {
                            let object = to_json(image, &predicted.classes, &undo, args.raw_scores);
                            print_json_text(&object.to_string())?;
                        }
                        false => view.print(&in_words(image, &predicted.classes, &undo, text::width()))?,
                    }
                }
                let rule = predicted.decision.as_ref();
                let rule = rule.and_then(|decision| decision.rule(&predicted.classes));
                decided = decides(&predicted.classes, rule, &undo).filter(|_| !is_silent);
            }
            _ => {}
        }
        Ok(())
    });
    view.clear();
    result?;
    if let Some(decided) = decided {
        view.note(&format!(
            "the run {decided}, since it was trained with class weights; --raw-scores gives its scores without undoing them"
        ));
    }
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

/// How common a class is among such images, where that is said.
fn stakes(args: &PredictArgs) -> Stakes {
    let common = args.prevalence.clone();
    Stakes {
        common: common.map(|common| (common.class, common.share)),
        ..Stakes::default()
    }
}

fn undo_of(predicted: &Predicted, stakes: &Stakes, raw_scores: bool) -> Undo {
    let undo = stakes.undo(&predicted.classes, &predicted.class_weights, &predicted.n_train);
    asked(undo, raw_scores)
}

/// Classes whose probabilities stand in a line; with more, the most probable.
const NAMED: usize = 4;
/// Columns of a class's name where the line is wider than the terminal.
const SHORT: usize = 12;

fn to_json(prediction: &Prediction, classes: &[String], undo: &Undo, raw_scores: bool) -> serde_json::Value {
    // JSON is text, and a file's name need not be.
    let path = prediction.path.to_string_lossy();
    match &prediction.probabilities {
        Err(message) => json!({"path": path, "error": message}),
        Ok(p) => {
            let mut object = json!({"path": path, "class": prediction.class(classes)});
            add_probabilities(&mut object, classes, p, undo, raw_scores);
            object
        }
    }
}

/// Such as `face.jpg  REAL  (REAL 71.2 %, FAKE 28.8 %)`, in a terminal of that many columns with shorter names and fewer of them.
fn in_words(prediction: &Prediction, classes: &[String], undo: &Undo, width: Option<usize>) -> String {
    let whole = line(prediction, classes, undo, (NAMED, usize::MAX));
    let Some(width) = width.filter(|&width| text::measure(&whole) > width) else {
        return whole;
    };
    let shorter = [NAMED, 3, 2, 1].map(|named| line(prediction, classes, undo, (named, SHORT)));
    let [.., least] = &shorter;
    let fitting = shorter.iter().find(|line| text::measure(line) <= width);
    fitting.unwrap_or(least).clone()
}

/// With so many classes, each in so many columns.
fn line(
    prediction: &Prediction,
    classes: &[String],
    undo: &Undo,
    (most_named, most): (usize, usize),
) -> String {
    let path = visible_path(&prediction.path);
    let shared = Shared::of(classes);
    let name = |class: &str| text::shortened_of(class, shared, most);
    match &prediction.probabilities {
        Err(message) => format!("{path}  unreadable: {}", visible(message)),
        Ok(p) => {
            let best = name(prediction.class(classes));
            let p = undo.row(p);
            let mut each: Vec<(&String, &f32)> = classes.iter().zip(p.iter()).collect();
            let more = each.len().saturating_sub(most_named);
            if more > 1 {
                each.sort_by(|a, b| b.1.total_cmp(a.1));
                each.truncate(most_named);
            }
            let named = each
                .iter()
                .map(|(class, p)| format!("{} {:.1} %", name(class), **p * 100.0));
            let named = named.collect::<Vec<_>>().join(", ");
            let rest = if more > 1 {
                format!(", {more} more")
            } else {
                String::new()
            };
            // Of two classes it is said once, below all images.
            let is_likeliest = predicted_class(&p, None) == prediction.predicted;
            let by_score = match undo.changes() && classes.len() > 2 && !is_likeliest {
                true => format!("; {best} by the scores as weighted"),
                false => String::new(),
            };
            format!("{path}  {best}  ({named}{rest}{by_score})")
        }
    }
}
