//! `counterweight evaluate` and `counterweight predict`: a finished run judges images.

use std::fs::File;
use std::path::Path;

use serde_json::json;

use super::args::{EvaluateArgs, PredictArgs};
use super::progress::ProgressView;
use super::session::{Session, run_dir};
use super::show::{print_json, print_line};
use super::text;
use super::train::add_figures;
use crate::error::{Error, Result};
use crate::experiment::RunEvent;
use crate::protocol::{Command, EvaluateRequest, Event, Judged, PredictRequest, Prediction};

pub fn evaluate(session: &Session, args: &EvaluateArgs) -> Result<()> {
    let request = EvaluateRequest {
        run_dir: run_dir(&args.run, &args.runs)?,
        data: args.data.clone(),
        part: args.part,
    };
    let view = ProgressView::for_json(args.json);
    let mut judged: Option<Box<Judged>> = None;
    let result = session.run(Command::Evaluate(request), |event| {
        match event {
            Event::Progress(progress) => view.show(&progress),
            Event::Run(fact) => {
                view.fact(&fact);
                if let RunEvent::Warning { message } = &fact {
                    view.warn(message);
                }
            }
            Event::Evaluated(figures) => judged = Some(figures),
            _ => {}
        }
        Ok(())
    });
    view.clear();
    result?;
    let Some(judged) = judged else {
        return Err(Error::Job("the engine told no figures".into()));
    };
    if args.json {
        let mut object = json!({
            "run": args.run,
            "data": args.data,
            "images": judged.images,
            "threshold": judged.decision,
            "classes": judged.classes,
            "images_per_second": judged.images_per_sec,
            "seconds": {"total": judged.seconds},
        });
        add_figures(&mut object, &judged.classes, &judged.evaluation);
        return print_json(&object);
    }
    let rule = judged.decision.as_ref().map_or_else(String::new, |d| {
        format!("\nCalled {} from {} on: {}", d.class, d.threshold, d.chosen_for)
    });
    print_line(&format!(
        "Judged on {}{rule}\n\n{}",
        judged.images,
        text::report(&judged.classes, &judged.evaluation)
    ))
}

pub fn predict(session: &Session, args: &PredictArgs) -> Result<()> {
    let request = PredictRequest {
        run_dir: run_dir(&args.run, &args.runs)?,
        paths: args.paths.clone(),
    };
    let view = ProgressView::for_json(args.json);
    let mut csv = args.csv.as_deref().map(CsvFile::create).transpose()?;
    let mut n_unreadable = 0;
    let mut first = true;
    let result = session.run(Command::Predict(request), |event| {
        match event {
            Event::Progress(progress) => view.show(&progress),
            Event::Predicted(prediction) => {
                n_unreadable += usize::from(prediction.probabilities.is_err());
                if let Some(csv) = &mut csv {
                    csv.write(&prediction, first)?;
                }
                if args.json {
                    print_line(&to_json(&prediction).to_string())?;
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

fn called(prediction: &Prediction) -> &str {
    let class = prediction.called.and_then(|c| prediction.classes.get(c));
    class.map_or("", String::as_str)
}

fn to_json(prediction: &Prediction) -> serde_json::Value {
    match &prediction.probabilities {
        Err(message) => json!({"path": prediction.path, "error": message}),
        Ok(p) => {
            let named: serde_json::Map<_, _> = prediction
                .classes
                .iter()
                .cloned()
                .zip(p.iter().map(|p| json!(p)))
                .collect();
            json!({"path": prediction.path, "class": called(prediction), "probabilities": named})
        }
    }
}

/// Such as `face.jpg  REAL 71.2 %  (FAKE 28.8 %)`.
fn in_words(prediction: &Prediction) -> String {
    let path = prediction.path.display();
    match &prediction.probabilities {
        Err(message) => format!("{path}  unreadable: {message}"),
        Ok(p) => {
            let best = called(prediction);
            let each = prediction
                .classes
                .iter()
                .zip(p)
                .map(|(class, p)| format!("{class} {:.1} %", p * 100.0));
            format!("{path}  {best}  ({})", each.collect::<Vec<_>>().join(", "))
        }
    }
}

struct CsvFile<'a> {
    path: &'a Path,
    csv: csv::Writer<File>,
}

impl<'a> CsvFile<'a> {
    fn create(path: &'a Path) -> Result<Self> {
        let file = File::create(path).map_err(Error::io("write", path))?;
        Ok(CsvFile {
            path,
            csv: csv::Writer::from_writer(file),
        })
    }

    /// `path, class, one probability per class, error`.
    fn write(&mut self, prediction: &Prediction, with_header: bool) -> Result<()> {
        let classes = &prediction.classes;
        let mut rows = Vec::new();
        if with_header {
            let mut header = vec!["path".into(), "class".into()];
            header.extend(classes.iter().cloned());
            header.push("error".into());
            rows.push(header);
        }
        let mut row = vec![prediction.path.display().to_string()];
        match &prediction.probabilities {
            Ok(p) => {
                row.push(called(prediction).into());
                row.extend(p.iter().map(f32::to_string));
                row.push(String::new());
            }
            Err(message) => {
                row.extend(vec![String::new(); classes.len() + 1]);
                row.push(message.clone());
            }
        }
        rows.push(row);
        rows.iter()
            .try_for_each(|row| self.csv.write_record(row))
            .map_err(|e| self.broken(&e.to_string()))
    }

    fn finish(mut self) -> Result<()> {
        self.csv.flush().map_err(|e| self.broken(&e.to_string()))
    }

    fn broken(&self, message: &str) -> Error {
        Error::file(self.path, format!("cannot be written: {message}"))
    }
}
