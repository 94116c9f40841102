//! What one prediction leaves to the next. Many runs judge the same images, and mostly on one backbone: each of them
//! again would read tens of megabytes and pass every image through the network again.

use std::collections::BTreeMap;

use super::saved_model::SavedModel;
use crate::disk::files::stamp::FileState;
use crate::disk::images::content::ContentHash;
use crate::engine::backbone::Network;
use crate::engine::features::precision::precision_name;
use crate::error::{Error, Result};
use crate::experiment::{Normalize, Resize};

/// Numbers that are kept in all rows: 128 MiB of them, some sixty thousand images of ResNet-18.
pub const MOST_VALUES: usize = 32 << 20;

/// All that decides an image's features but the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtractorKey {
    /// BLAKE3 of the backbone's parameters.
    parameters: [u8; 32],
    arch: String,
    precision: &'static str,
    device: tch::Device,
    resize: Resize,
    image_size: u32,
    normalize: Normalize,
}

#[derive(Debug, Default)]
pub struct PredictionCache {
    /// Which parameters were found in a file.
    files: Vec<(FileState, [u8; 32])>,
    network: Option<(ExtractorKey, Network)>,
    rows: Vec<(ExtractorKey, BTreeMap<ContentHash, Vec<f32>>)>,
}

impl PredictionCache {
    /// How that run sees images. Reads its backbone, unless the file is known.
    ///
    /// # Errors
    /// The run's file cannot be read, or is not a backbone of its kind.
    pub fn key_of(&mut self, model: &SavedModel) -> Result<ExtractorKey> {
        let config = &model.run.config;
        let key = |parameters| ExtractorKey {
            parameters,
            arch: config.arch.clone(),
            precision: precision_name(model.kind),
            device: model.device,
            resize: config.resize,
            image_size: config.image_size,
            normalize: config.normalize,
        };
        let state = FileState::of(&model.backbone_file);
        let known = self.files.iter().find(|(file, _)| Some(file) == state.as_ref());
        if let Some((_, parameters)) = known {
            return Ok(key(*parameters));
        }
        // Two networks at once would be twice the memory.
        self.network = None;
        let loaded = model.load_backbone()?;
        let key = key(loaded.content);
        // A file that is rewritten while it is read, or was a moment ago, may look the same and be another.
        let is_the_one = |state: &FileState| {
            state.is_at_rest() && FileState::of(&model.backbone_file).as_ref() == Some(state)
        };
        if let Some(state) = state.filter(is_the_one) {
            self.files.push((state, key.parameters));
        }
        // Where images were seen under that key already, these may be the same ones.
        if self.rows(&key).is_none() {
            self.network = Some((key.clone(), model.network(&loaded)?));
        }
        Ok(key)
    }

    /// The network of that key; one at a time is kept.
    ///
    /// # Errors
    /// The run's file cannot be read, or has become another since.
    pub fn network(&mut self, key: &ExtractorKey, model: &SavedModel) -> Result<&Network> {
        let kept = self.network.take().filter(|(of, _)| of == key);
        let network = match kept {
            Some((_, network)) => network,
            None => {
                let loaded = model.load_backbone()?;
                if loaded.content != key.parameters {
                    let message = "was rewritten while it was in use; judge the images again";
                    return Err(Error::file(&model.backbone_file, message));
                }
                model.network(&loaded)?
            }
        };
        Ok(&self.network.insert((key.clone(), network)).1)
    }

    /// Features by the images' content, where any were seen under that key.
    pub fn rows(&self, key: &ExtractorKey) -> Option<&BTreeMap<ContentHash, Vec<f32>>> {
        let (_, rows) = self.rows.iter().find(|(of, _)| of == key)?;
        Some(rows)
    }

    /// Keeps an image's features for the next prediction.
    pub fn add_row(&mut self, key: &ExtractorKey, image: ContentHash, row: &[f32]) {
        if self.rows(key).is_some_and(|rows| rows.contains_key(&image)) {
            return;
        }
        let n_values = |rows: &BTreeMap<_, Vec<f32>>| rows.len() * rows.values().next().map_or(0, Vec::len);
        let n_kept: usize = self.rows.iter().map(|(_, rows)| n_values(rows)).sum();
        if n_kept + row.len() > MOST_VALUES {
            self.rows.clear();
        }
        let place = self.rows.iter().position(|(of, _)| of == key);
        let place = place.unwrap_or_else(|| {
            self.rows.push((key.clone(), BTreeMap::new()));
            self.rows.len() - 1
        });
        self.rows[place].1.insert(image, row.to_vec());
    }

    /// Lets go of what is large. What is small stays: which file holds what, and the images' features.
    pub fn rest(&mut self) {
        self.network = None;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use super::*;
    use crate::engine::judge::predict::predict;
    use crate::engine::tests::{World, draw, told};
    use crate::experiment::ClassWeights;
    use crate::jobs::progress::Reporter;
    use crate::protocol::{
        Cancel, Command, Event, FitCommand, FitEvent, HeadChoice, JudgeEvent, Predict, Prediction, Sweep,
        Train,
    };

    /// A sweep of two and a run alone, all on one backbone.
    fn runs(world: &World) -> Vec<PathBuf> {
        let runs_dir = world.home.path().join("runs");
        let heads = [1.0, 3.0].map(|weight| HeadChoice {
            class_weights: ClassWeights::Given(vec![1.0, weight]),
            lr: 1e-3,
        });
        let sweep = Sweep {
            config: world.config(),
            heads: heads.to_vec(),
            runs_dir: runs_dir.clone(),
        };
        let train = Train {
            config: world.config(),
            runs_dir,
        };
        let link = world.start();
        let commands = [
            Command::Fit(FitCommand::Sweep(Box::new(sweep))),
            Command::Fit(FitCommand::Train(Box::new(train))),
        ];
        let events = commands.map(|command| told(&link, &link.submit(command)));
        let created = events.into_iter().flatten().filter_map(|event| match event {
            Event::Fit(FitEvent::RunCreated { dir }) => Some(dir),
            _ => None,
        });
        created.collect()
    }

    /// Until its backbone's file is one to be remembered.
    fn wait_for_rest(run_dir: &Path) {
        let file = SavedModel::read(run_dir).unwrap().backbone_file;
        while !FileState::of(&file).unwrap().is_at_rest() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn predictions(run_dir: &Path, paths: &[PathBuf], cache: &mut PredictionCache) -> Vec<Prediction> {
        let request = Predict {
            run_dir: run_dir.to_path_buf(),
            paths: paths.to_vec(),
        };
        let found = RefCell::new(Vec::new());
        let keep = |event| {
            if let Event::Judge(JudgeEvent::Predicted(predicted)) = event {
                found.borrow_mut().extend(predicted.images);
            }
        };
        predict(&request, cache, &mut Reporter::quiet(&Cancel::new()), &keep).unwrap();
        let mut found = found.into_inner();
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    /// The same except for rounding, which depends on the batch.
    #[track_caller]
    fn assert_same(found: &[Prediction], expected: &[Prediction]) {
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(expected) {
            assert_eq!((&a.path, a.predicted), (&b.path, b.predicted));
            match (&a.probabilities, &b.probabilities) {
                (Ok(a), Ok(b)) => assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5), "{a:?} {b:?}"),
                (a, b) => assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn runs_on_one_backbone_pass_an_image_through_it_once_and_say_what_each_says_alone() {
        let world = World::new();
        let runs = runs(&world);
        let torn = world.home.path().join("torn.png");
        std::fs::write(&torn, "no picture").unwrap();
        let image = world.data().join("dark/00.png");
        let paths = [image.clone(), world.data().join("light/01.png"), torn];
        let alone = |run: &Path, paths: &[PathBuf]| predictions(run, paths, &mut PredictionCache::default());
        let mut cache = PredictionCache::default();
        runs.iter().for_each(|run| wait_for_rest(run));
        for (i, run) in runs.iter().enumerate() {
            let found = predictions(run, &paths[..2], &mut cache);
            assert_eq!(cache.network.is_some(), i == 0, "run {i}");
            cache.rest();
            assert_same(&found, &alone(run, &paths[..2]));
            assert_same(&predictions(run, &paths, &mut cache), &alone(run, &paths));
        }
        // One file for the sweep, and one for the run alone.
        assert_eq!(cache.files.len(), 2);
        let before = alone(&runs[1], &paths);
        draw(&image, 3, 70);
        let changed = predictions(&runs[1], &paths, &mut cache);
        assert_ne!(changed[0].probabilities, before[0].probabilities);
        assert_same(&changed, &alone(&runs[1], &paths));
    }

    #[test]
    #[cfg(unix)]
    fn an_image_is_predicted_whatever_the_bytes_of_its_name() {
        use std::os::unix::ffi::OsStringExt;
        let world = World::new();
        let run = &runs(&world)[2];
        let plain = world.data().join("dark/00.png");
        let odd = std::ffi::OsString::from_vec(b"caf\xe9.png".to_vec());
        let odd = world.home.path().join(odd);
        std::fs::copy(&plain, &odd).unwrap();
        let mut cache = PredictionCache::default();
        let found = predictions(run, &[odd.clone(), plain], &mut cache);
        assert!(found.iter().any(|prediction| prediction.path == odd));
        assert_eq!(found[0].probabilities, found[1].probabilities);
    }
}
