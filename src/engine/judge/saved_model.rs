//! A finished run's model, read back from its folder and ready to judge images.

use std::path::{Path, PathBuf};

use tch::{Device, Kind};

use crate::disk::runs::folder::{BACKBONE_FILE, CONFIG_FILE, HEAD_FILE, MODEL_FILE};
use crate::disk::runs::saved::{SavedRun, read_run};
use crate::disk::runs::scores::{DECISION_FILE, read_decision};
use crate::disk::weights::{NamedTensor, StateDict, TensorData, read_state_dict};
use crate::engine::backbone::load::Loaded;
use crate::engine::backbone::{Network, Parameters};
use crate::engine::device;
use crate::engine::head::Head;
use crate::error::{Error, Result};
use crate::experiment::{Backbone, BatchNorm, Decision, Started, backbone};
use crate::metrics::Threshold;

/// What a run made of itself. Its network is read apart, since runs on one backbone can share that.
#[derive(Debug)]
pub struct SavedModel {
    pub run: SavedRun,
    pub started: Started,
    pub head: Head,
    /// The head as it stands in its file.
    head_state: StateDict,
    pub backbone: &'static Backbone,
    /// The file that holds the backbone's parameters.
    pub backbone_file: PathBuf,
    pub device: Device,
    /// In which numbers the backbone computed.
    pub kind: Kind,
}

impl SavedModel {
    /// Reads all but the backbone, for the device that the run's config asks for.
    ///
    /// # Errors
    /// The run's folder, head or weights cannot be read; it never started or kept no model; its config was changed or
    /// cannot be; its device is not there; a libtorch fault.
    pub fn read(run_dir: &Path) -> Result<Self> {
        let run = read_run(run_dir)?;
        let started =
            run.record.started.clone().ok_or_else(|| {
                Error::file(run_dir, "is a run that never started, so there is no model in it")
            })?;
        if let Some(doubt) = run.doubts.iter().find(|doubt| doubt.contains(CONFIG_FILE)) {
            return Err(Error::Input(format!(
                "{doubt}; put back the config that the run was trained with"
            )));
        }
        if let Some(problem) = run.config.problems().next() {
            return Err(Error::file(
                run_dir,
                format!("its config cannot be: {}", problem.message),
            ));
        }
        let backbone_file = backbone_file(run_dir)?;
        let backbone = backbone(&run.config.arch)
            .ok_or_else(|| Error::file(run_dir, format!("architecture {} is not known", run.config.arch)))?;
        let device = device::choose(run.config.device)?;
        let own_file = run_dir.join(HEAD_FILE);
        let head_file = if own_file.is_file() {
            &own_file
        } else {
            &backbone_file
        };
        let head_state = read_state_dict(head_file)?;
        Ok(SavedModel {
            head: read_head(head_file, backbone, &head_state, started.classes.len(), device)?,
            head_state: only_head(head_state, backbone),
            kind: match started.precision.as_str() {
                "bf16" => Kind::BFloat16,
                _ => Kind::Float,
            },
            run,
            started,
            backbone,
            backbone_file,
            device,
        })
    }

    /// The threshold that was chosen for the run, and the rule by which it then classifies images.
    ///
    /// # Errors
    /// The threshold's file is not one, or is of a class that the run does not have.
    pub fn decided(&self) -> Result<Option<(Decision, Threshold)>> {
        let dir = &self.run.dir;
        let Some(decision) = read_decision(dir)? else {
            return Ok(None);
        };
        let rule = decision.rule(&self.started.classes).ok_or_else(|| {
            let message = format!("is of class {}, which the run does not have", decision.class);
            Error::file(dir.join(DECISION_FILE), message)
        })?;
        Ok(Some((decision, rule)))
    }

    /// # Errors
    /// The file cannot be read, does not fit the backbone, or holds another head than the run's; a libtorch fault.
    pub fn load_backbone(&self) -> Result<Loaded> {
        let state = read_state_dict(&self.backbone_file)?;
        let file = &self.backbone_file;
        // The whole model holds the head as well: of two that differ one was changed, and none can be believed.
        if let Some(tensor) = (self.head_state.tensors.iter()).find(|tensor| is_another(tensor, &state)) {
            let message = format!(
                "its {} is not the one of the head.safetensors beside it: one of the two files was changed since the run; put \
                 back the one that was",
                tensor.name
            );
            return Err(Error::file(file, message));
        }
        let parameters = Parameters::from_state_dict(self.backbone, file, &state, self.device)?;
        Loaded::new(parameters, file.display().to_string())
    }

    /// The network as it judges, in the precision that the run was trained in.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn network(&self, loaded: &Loaded) -> Result<Network> {
        Network::new(self.backbone, &loaded.parameters, BatchNorm::Frozen, self.kind)
    }
}

fn only_head(mut state: StateDict, backbone: &Backbone) -> StateDict {
    let is_of_head = |name: &str| {
        name.rsplit_once('.')
            .is_some_and(|(layer, _)| layer == backbone.head)
    };
    state.tensors.retain(|tensor| is_of_head(&tensor.name));
    state
}

/// Whether the other file holds a tensor of that name with other numbers.
fn is_another(tensor: &NamedTensor, other: &StateDict) -> bool {
    let same_name = other.tensors.iter().find(|t| t.name == tensor.name);
    match (&tensor.data, same_name.map(|t| &t.data)) {
        (TensorData::F32(one), Some(TensorData::F32(two))) => !one
            .iter()
            .map(|x| x.to_bits())
            .eq(two.iter().map(|x| x.to_bits())),
        _ => false,
    }
}

/// The whole model, or the backbone that the runs of a sweep share.
fn backbone_file(run_dir: &Path) -> Result<PathBuf> {
    let files = [MODEL_FILE, BACKBONE_FILE].map(|file| run_dir.join(file));
    files.into_iter().find(|file| file.is_file()).ok_or_else(|| {
        let message =
            "has no model.safetensors: the run has not ended, failed, was stopped before its first step, or was passed on \
             without it";
        Error::file(run_dir, message)
    })
}

fn read_head(
    path: &Path,
    backbone: &Backbone,
    state: &StateDict,
    n_classes: usize,
    device: Device,
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
