//! Judging single images with a finished run, each told as soon as it is known.

use std::path::PathBuf;
use std::sync::Arc;

use super::backbone::Mode;
use super::features::n_decoders;
use super::pixels::batch_features;
use super::report::Report;
use super::saved::SavedModel;
use crate::disk::image_files::image_files;
use crate::disk::loader::{Batch, Loader, Plan};
use crate::error::Result;
use crate::experiment::called;
use crate::metrics::softmax;
use crate::protocol::{Event, Phase, PredictRequest, Prediction};

/// Images judged at a time.
const BATCH: usize = 64;

/// Judges images and folders of images, telling each verdict in order. What cannot be read is told as such.
pub fn predict(request: &PredictRequest, report: &mut Report) -> Result<()> {
    report.begin(Phase::Prepare, 0);
    let files = image_files(&request.paths)?;
    let model = SavedModel::read(&request.run_dir)?;
    let rule = model.rule()?;
    report.begin(Phase::Predict, files.len());
    report.plan_work(files.len());
    for batch in Loader::start(plan(&files, &model), report.cancel.clone())? {
        let mut verdicts = judge(&model, batch?, report)?;
        verdicts.sort_by_key(|(i, _)| *i);
        report.work_done(verdicts.len());
        report.advance(verdicts.len());
        for (i, probabilities) in verdicts {
            let classes = model.started.classes.clone();
            let called = probabilities.as_ref().ok().and_then(|p| called(p, rule));
            report.send(Event::Predicted(Prediction {
                path: files[i].clone(),
                classes,
                called,
                probabilities,
            }));
        }
    }
    Ok(())
}

fn plan(files: &[PathBuf], model: &SavedModel) -> Plan {
    let indices: Vec<usize> = (0..files.len()).collect();
    Plan {
        root: PathBuf::new(),
        paths: files
            .iter()
            .map(|file| file.display().to_string())
            .collect::<Arc<[String]>>(),
        batches: indices.chunks(BATCH).map(<[usize]>::to_vec).collect(),
        resize: model.run.config.resize,
        image_size: model.run.config.image_size,
        n_threads: n_decoders(),
    }
}

/// A file's index, and one probability per class or why there is none.
type Verdict = (usize, Result<Vec<f32>, String>);

fn judge(model: &SavedModel, batch: Batch, report: &Report) -> Result<Vec<Verdict>> {
    let failures = batch.failures.iter();
    let mut verdicts: Vec<Verdict> = failures.map(|(i, why)| (*i, Err(why.clone()))).collect();
    if batch.indices.is_empty() {
        return Ok(verdicts);
    }
    let normalize = model.run.config.normalize;
    let features = batch_features(&model.network, Mode::Eval, &batch, normalize, &report.cancel)?;
    let logits = model.head.logit_rows(&features)?;
    let probabilities = logits
        .chunks(model.started.classes.len())
        .map(|row| Ok(softmax(row).collect()));
    verdicts.extend(batch.indices.into_iter().zip(probabilities));
    Ok(verdicts)
}
