//! Where in an image a run sees a class: Grad-CAM.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use tch::Tensor;

use super::cache::PredictionCache;
use super::saved_model::SavedModel;
use crate::disk::images::header::inspect;
use crate::disk::images::loader::{Batch, Loader, Plan};
use crate::disk::images::resize::shown_part;
use crate::engine::backbone::pooled;
use crate::engine::features::pixels::to_input;
use crate::engine::head::Head;
use crate::error::{Error, Result};
use crate::experiment::Config;
use crate::metrics::{predicted_class, softmax};
use crate::protocol::{Cancel, Explain, Explained};

/// What in an image speaks for a class under a run.
///
/// # Errors
/// The run or the image cannot be read; the run has no such class; stopped; a libtorch fault.
pub fn explain(request: &Explain, cache: &mut PredictionCache, cancel: &Cancel) -> Result<Box<Explained>> {
    let model = SavedModel::read(&request.run_dir)?;
    let config = &model.run.config;
    let image = decoded(&request.path, config, cancel)?;
    let key = cache.key_of(&model)?;
    let network = cache.network(&key, &model)?;
    let size = [1, image.height as usize, image.width as usize];
    let pixels = to_input(
        &image.pixels,
        size,
        config.normalize,
        network.device,
        network.kind,
    )?;
    let map = network.last_map(&pixels, cancel)?;
    let logits = model.head.logit_rows(&pooled(&map)?)?;
    let probabilities: Vec<f32> = softmax(&logits).collect();
    let rule = model.decided()?.map(|(_, rule)| rule);
    let class_idx = (request
        .class_idx
        .or_else(|| predicted_class(&probabilities, rule)))
    .filter(|&class_idx| class_idx < probabilities.len())
    .ok_or_else(|| Error::file(&request.run_dir, "has no such class"))?;
    let size = map.size();
    Ok(Box::new(Explained {
        class_idx,
        probabilities,
        map: class_map(&map, &model.head, class_idx)?,
        width: size[3] as usize,
        height: size[2] as usize,
        shown: shown(&request.path, config)?,
    }))
}

/// Grad-CAM of one image and one class (Selvaraju et al. 2017, equations 1 and 2), `[1, n_features, h, w]` to `h * w` rows of
/// numbers: ReLU(sum over k of a_k A_k), where a_k is the mean over all places of the gradient of the class's logit by the map
/// A_k. What follows the last map here is its mean and one linear layer, so that gradient is the layer's weight divided by
/// the number of places, the same in each: no backward pass is needed.
///
/// # Errors
/// A libtorch fault.
pub fn class_map(map: &Tensor, head: &Head, class_idx: usize) -> Result<Vec<f32>> {
    let size = map.size();
    let n_places = (size[2] * size[3]).max(1);
    let weights = head.weight.f_get(class_idx as i64)?.f_view([1, -1, 1, 1])?;
    let shares = map
        .f_mul(&weights)?
        .f_sum_dim_intlist([1i64].as_slice(), false, tch::Kind::Float)?
        .f_div_scalar(n_places as f64)?;
    let shares = shares.f_relu()?.f_to_device(tch::Device::Cpu)?.f_contiguous()?;
    Ok(Vec::try_from(&shares.f_view([-1i64])?)?)
}

/// The image as the network takes it.
fn decoded(path: &Path, config: &Config, cancel: &Cancel) -> Result<Batch> {
    let plan = Plan {
        root: "".into(),
        paths: [path.to_path_buf()].into(),
        batches: vec![vec![0]],
        resize: config.resize,
        image_size: config.image_size,
        n_threads: 1,
    };
    let batch = Loader::start(plan, cancel.clone())?
        .next()
        .transpose()?
        .unwrap_or_default();
    match batch.failures.first() {
        Some(failure) => Err(Error::file(path, failure.message.clone())),
        None => Ok(batch),
    }
}

fn shown(path: &Path, config: &Config) -> Result<[f32; 4]> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let header = inspect(&mut BufReader::new(file)).map_err(|fault| Error::file(path, fault.message))?;
    Ok(shown_part(
        config.resize,
        config.image_size,
        header.width,
        header.height,
    ))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::engine::tests::{World, told};
    use crate::protocol::{Event, FitEvent, JudgeEvent, Train};

    #[test]
    fn a_class_is_seen_where_its_logit_comes_from_and_an_unreadable_image_says_so() {
        let world = World::new();
        let link = world.start();
        let train = Train {
            // Four places by four.
            config: crate::experiment::Config {
                image_size: 96,
                ..world.config()
            },
            runs_dir: world.home.path().join("runs"),
        };
        let events = told(&link, &link.submit(train));
        let run_dir: PathBuf = (events.into_iter())
            .find_map(|event| match event {
                Event::Fit(FitEvent::RunCreated { dir }) => Some(dir),
                _ => None,
            })
            .unwrap();
        let ask = |path: PathBuf, class_idx| Explain {
            run_dir: run_dir.clone(),
            path,
            class_idx,
        };
        let image = world.data().join("light/01.png");
        let mut cache = PredictionCache::default();
        let cancel = Cancel::new();
        let by_itself = explain(&ask(image.clone(), None), &mut cache, &cancel).unwrap();
        let predicted = by_itself.probabilities.iter().copied().fold(0.0, f32::max);
        assert_eq!(by_itself.probabilities[by_itself.class_idx], predicted);
        assert_eq!(by_itself.map.len(), by_itself.width * by_itself.height);
        assert!(
            by_itself
                .map
                .iter()
                .all(|share| share.is_finite() && *share >= 0.0)
        );
        assert_eq!(by_itself.shown, [0.0, 0.0, 1.0, 1.0]);
        // Through the engine it is the same.
        let job = link.submit(ask(image.clone(), Some(by_itself.class_idx)));
        let events = told(&link, &job);
        assert!(events.iter().any(|event| {
            matches!(event, Event::Judge(JudgeEvent::Explained(explained)) if explained.map == by_itself.map)
        }));
        let torn = world.home.path().join("torn.png");
        std::fs::write(&torn, "no picture").unwrap();
        let error = explain(&ask(torn, None), &mut cache, &cancel)
            .unwrap_err()
            .to_string();
        assert!(error.contains("torn.png"), "{error}");
        assert!(explain(&ask(image, Some(9)), &mut cache, &cancel).is_err());
    }
}
