//! A finished run's model, read back from its folder and ready to judge images.

use std::path::Path;

use tch::Kind;

use super::backbone::{Network, Parameters};
use super::device;
use super::head::Head;
use crate::disk::run_folder::{MODEL_FILE, SavedRun, read_run};
use crate::disk::weights::{StateDict, TensorData, read_state_dict};
use crate::error::{Error, Result};
use crate::experiment::{Backbone, BatchNorm, Started, backbone};

#[derive(Debug)]
pub struct SavedModel {
    pub run: SavedRun,
    pub started: Started,
    pub network: Network,
    pub head: Head,
}

impl SavedModel {
    /// Reads the model onto the device that the run's config asks for, in the precision it was trained in.
    pub fn read(run_dir: &Path) -> Result<Self> {
        let run = read_run(run_dir)?;
        let started =
            run.record.started.clone().ok_or_else(|| {
                Error::file(run_dir, "is a run that never started, so there is no model in it")
            })?;
        let path = run_dir.join(MODEL_FILE);
        if !path.is_file() {
            return Err(Error::file(
                run_dir,
                "has no model.safetensors: the run has not ended, or it failed",
            ));
        }
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
        let head = read_head(&path, backbone, &state, started.classes.len(), device)?;
        Ok(SavedModel {
            run,
            started,
            network,
            head,
        })
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
