//! A finished run's model, read back from its folder and ready to judge images.

use std::path::{Path, PathBuf};

use tch::Kind;

use super::backbone::{Network, Parameters};
use super::device;
use super::head::Head;
use super::prepare::arithmetic;
use super::weights::Loaded;
use crate::disk::feature_store::Arithmetic;
use crate::disk::run_folder::{BACKBONE_FILE, HEAD_FILE, MODEL_FILE, SavedRun, read_run};
use crate::disk::run_scores::{DECISION_FILE, read_decision};
use crate::disk::weights::{StateDict, TensorData, read_state_dict};
use crate::error::{Error, Result};
use crate::experiment::{Backbone, BatchNorm, Started, backbone};
use crate::metrics::Threshold;

#[derive(Debug)]
pub struct SavedModel {
    pub run: SavedRun,
    pub started: Started,
    pub network: Network,
    pub head: Head,
    /// What its features depend on.
    pub arithmetic: Arithmetic,
}

impl SavedModel {
    /// The rule by which the run calls images, where a threshold was chosen for it.
    ///
    /// # Errors
    /// The threshold's file is not one, or is of a class that the run does not have.
    pub fn rule(&self) -> Result<Option<Threshold>> {
        let dir = &self.run.dir;
        let Some(decision) = read_decision(dir)? else {
            return Ok(None);
        };
        let rule = decision.rule(&self.started.classes).ok_or_else(|| {
            let message = format!("is of class {}, which the run does not have", decision.class);
            Error::file(dir.join(DECISION_FILE), message)
        })?;
        Ok(Some(rule))
    }

    /// Reads the model onto the device that the run's config asks for, in the precision it was trained in.
    pub fn read(run_dir: &Path) -> Result<Self> {
        let run = read_run(run_dir)?;
        let started =
            run.record.started.clone().ok_or_else(|| {
                Error::file(run_dir, "is a run that never started, so there is no model in it")
            })?;
        let (path, head_path) = model_files(run_dir)?;
        let backbone = backbone(&run.config.arch)
            .ok_or_else(|| Error::file(run_dir, format!("architecture {} is not known", run.config.arch)))?;
        let state = read_state_dict(&path)?;
        let device = device::choose(run.config.device)?;
        let parameters = Parameters::from_state_dict(backbone, &path, &state, device)?;
        let kind = if started.precision == "bf16" {
            Kind::BFloat16
        } else {
            Kind::Float
        };
        let network = Network::new(backbone, &parameters, BatchNorm::Frozen, kind)?;
        let head_state = read_state_dict(&head_path)?;
        let head = read_head(&head_path, backbone, &head_state, started.classes.len(), device)?;
        let loaded = Loaded {
            parameters,
            from: path.display().to_string(),
        };
        Ok(SavedModel {
            arithmetic: arithmetic(&loaded, &network)?,
            run,
            started,
            network,
            head,
        })
    }
}

/// Where the backbone and the head are: in one file, or beside each other in a sweep's run.
fn model_files(run_dir: &Path) -> Result<(PathBuf, PathBuf)> {
    let [model, backbone, head] = [MODEL_FILE, BACKBONE_FILE, HEAD_FILE].map(|file| run_dir.join(file));
    if backbone.is_file() && head.is_file() {
        Ok((backbone, head))
    } else if model.is_file() {
        Ok((model.clone(), model))
    } else {
        let message = "has no model.safetensors: the run has not ended, or it failed";
        Err(Error::file(run_dir, message))
    }
}

fn read_head(
    path: &Path,
    backbone: &Backbone,
    state: &StateDict,
    n_classes: usize,
    device: tch::Device,
) -> Result<Head> {
    let values = |part: &str, shape: &[usize]| {
        let name = format!("{}.{part}", backbone.head);
        let found = state.tensors.iter().find(|t| t.name == name && t.shape == shape);
        match found.map(|t| &t.data) {
            Some(TensorData::F32(values)) => Ok(values),
            _ => Err(Error::file(path, format!("holds no {name} of shape {shape:?}"))),
        }
    };
    let weight = values("weight", &[n_classes, backbone.n_features])?;
    Head::from_values(weight, values("bias", &[n_classes])?, device)
}
