//! Predicting single images with a finished run; each result is sent as soon as it is known.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tch::Tensor;

use super::cache::{ExtractorKey, MOST_VALUES, PredictionCache};
use super::saved_model::SavedModel;
use crate::disk::dataset::image_files::image_files;
use crate::disk::feature_store::FeatureStore;
use crate::disk::images::content::ContentHash;
use crate::disk::images::loader::{Batch, Loader, Plan};
use crate::engine::backbone::Mode;
use crate::engine::device::threads::n_decoders;
use crate::engine::features::contents::contents_of;
use crate::engine::features::pixels::{batch_features, images_at_once};
use crate::error::Result;
use crate::experiment::{Decision, Resize};
use crate::jobs::Tell;
use crate::jobs::progress::Reporter;
use crate::metrics::{Threshold, predicted_class, softmax};
use crate::protocol::{self, Cancel, FoundImage, JudgeEvent, Phase, Predict, Prediction};

/// Images judged at a time.
const BATCH: usize = 64;

/// Judges images and folders of images: first those that an earlier prediction has seen, then the others in their order.
/// What cannot be read is reported as such.
///
/// # Errors
/// The run or a folder cannot be read; stopped; a libtorch fault. An image that cannot be read is not an error.
pub fn predict(
    request: &Predict,
    cache: &mut PredictionCache,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<()> {
    progress.begin(Phase::Prepare, 0);
    let cancel = progress.cancel.clone();
    let files = image_files(&request.paths, &mut |_| cancel.check())?;
    let paths: Arc<[PathBuf]> = files.iter().map(|file| file.path.clone()).collect();
    let model = SavedModel::read(&request.run_dir)?;
    let predictor = Predictor {
        key: cache.key_of(&model)?,
        decided: model.decided()?,
        keeps_rows: files.len() * model.backbone.n_features <= MOST_VALUES
            && model.run.config.resize != Resize::None,
        model,
    };
    let rows = predictor.look_up(&paths, cache, progress)?;
    progress.begin(Phase::Predict, files.len());
    progress.plan_work(files.len());
    let is_fine = |i: &usize| files[*i].fault.is_none();
    let faults = files
        .iter()
        .enumerate()
        .filter_map(|(i, file)| Some((i, Err(file.fault.clone()?))));
    predictor.send(&files, faults.collect(), progress, tell);
    let (seen, new): (Vec<usize>, Vec<usize>) =
        (0..files.len()).filter(is_fine).partition(|&i| rows[i].is_some());
    for indices in seen.chunks(BATCH) {
        progress.cancel.check()?;
        let rows: Vec<&[f32]> = indices.iter().filter_map(|&i| rows[i]).collect();
        let predicted = predictor.predicted(indices, &Tensor::f_from_slice(&rows.concat())?)?;
        predictor.send(&files, predicted, progress, tell);
    }
    if new.is_empty() {
        return Ok(());
    }
    for batch in Loader::start(predictor.plan(paths, &new), progress.cancel.clone())? {
        let predicted = predictor.see(&batch?, cache, &progress.cancel)?;
        predictor.send(&files, predicted, progress, tell);
    }
    Ok(())
}

/// A file's index, and one probability per class or why there is none.
type Predicted = (usize, Result<Vec<f32>, String>);

struct Predictor {
    model: SavedModel,
    key: ExtractorKey,
    decided: Option<(Decision, Threshold)>,
    /// Whether earlier predictions and later ones share features with this one. Not where too many images would only
    /// push each other out, nor where all must have one size: cached images would skip that check.
    keeps_rows: bool,
}

impl Predictor {
    /// What earlier predictions left of each image.
    fn look_up<'a>(
        &self,
        paths: &[PathBuf],
        cache: &'a PredictionCache,
        progress: &mut Reporter,
    ) -> Result<Vec<Option<&'a [f32]>>> {
        let Some(rows) = cache.rows(&self.key).filter(|_| self.keeps_rows) else {
            return Ok(vec![None; paths.len()]);
        };
        let everything: Vec<usize> = (0..paths.len()).collect();
        let store = FeatureStore::in_memory();
        let contents = contents_of(paths, Path::new(""), &everything, &store, progress)?;
        let row = |content: Option<ContentHash>| rows.get(&content?).map(Vec::as_slice);
        Ok(contents.into_iter().map(row).collect())
    }

    fn plan(&self, paths: Arc<[PathBuf]>, wanted: &[usize]) -> Plan {
        let config = &self.model.run.config;
        Plan {
            root: PathBuf::new(),
            paths,
            batches: (wanted.chunks(images_at_once(config, BATCH)))
                .map(<[usize]>::to_vec)
                .collect(),
            resize: config.resize,
            image_size: config.image_size,
            n_threads: n_decoders(),
        }
    }

    /// Passes images through the network, and leaves their features to the next prediction.
    fn see(&self, batch: &Batch, cache: &mut PredictionCache, cancel: &Cancel) -> Result<Vec<Predicted>> {
        let failures = batch.failures.iter();
        let mut predicted: Vec<Predicted> = failures.map(|f| (f.image_idx, Err(f.message.clone()))).collect();
        if batch.indices.is_empty() {
            return Ok(predicted);
        }
        let network = cache.network(&self.key, &self.model)?;
        let normalize = self.model.run.config.normalize;
        let features = batch_features(network, Mode::Eval, batch, normalize, cancel)?;
        if self.keeps_rows {
            let rows: Vec<f32> = Vec::try_from(&features.f_to_device(tch::Device::Cpu)?.f_view([-1i64])?)?;
            let rows = rows.chunks(self.model.backbone.n_features);
            for (content, row) in batch.contents.iter().zip(rows) {
                cache.add_row(&self.key, *content, row);
            }
        }
        predicted.extend(self.predicted(&batch.indices, &features)?);
        predicted.sort_by_key(|(i, _)| *i);
        Ok(predicted)
    }

    /// `features` are those of the images, one row after the other.
    fn predicted(&self, indices: &[usize], features: &Tensor) -> Result<Vec<Predicted>> {
        let size = [indices.len() as i64, -1];
        let features = features.f_view(size)?.f_to_device(self.model.device)?;
        let logits = self.model.head.logit_rows(&features)?;
        let rows = logits.chunks(self.model.started.classes.len());
        let probabilities = rows.map(|row| Ok(softmax(row).collect()));
        Ok(indices.iter().copied().zip(probabilities).collect())
    }

    fn send(&self, files: &[FoundImage], known: Vec<Predicted>, progress: &mut Reporter, tell: Tell) {
        if known.is_empty() {
            return;
        }
        progress.work_done(known.len());
        progress.advance(known.len());
        let rule = self.decided.as_ref().map(|(_, rule)| *rule);
        let prediction = |(i, probabilities): Predicted| Prediction {
            path: files[i].path.clone(),
            predicted: probabilities.as_ref().ok().and_then(|p| predicted_class(p, rule)),
            probabilities,
        };
        let predicted = protocol::Predicted {
            run: self.model.run.name.clone(),
            classes: self.model.started.classes.clone(),
            class_weights: self.model.started.class_weights.clone(),
            n_train: self.model.started.n_train.clone(),
            decision: self.decided.as_ref().map(|(decision, _)| decision.clone()),
            images: known.into_iter().map(prediction).collect(),
        };
        tell(JudgeEvent::Predicted(predicted).into());
    }
}
