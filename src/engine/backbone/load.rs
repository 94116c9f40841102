//! The backbone's parameters, from wherever the config says.

use tch::Device;

use super::Parameters;
use crate::disk::weights::{Places, imagenet_weights, read_state_dict};
use crate::error::Result;
use crate::experiment::{Backbone, Config, WeightsSource};
use crate::jobs::progress::Reporter;
use crate::protocol::Phase;

/// A backbone's parameters and where they came from.
#[derive(Debug)]
pub struct Loaded {
    pub parameters: Parameters,
    pub from: String,
    /// BLAKE3 of them ([`Parameters::content`]), which takes a look at every number.
    pub content: [u8; 32],
}

impl Loaded {
    /// # Errors
    /// A libtorch fault.
    pub fn new(parameters: Parameters, from: String) -> Result<Self> {
        let content = parameters.content()?;
        Ok(Loaded {
            parameters,
            from,
            content,
        })
    }
}

/// Finds, fetches where needed, and reads the weights.
///
/// # Errors
/// They are not here and cannot be fetched, or do not fit the backbone; stopped; a libtorch fault.
pub fn load(config: &Config, backbone: &Backbone, device: Device, progress: &mut Reporter) -> Result<Loaded> {
    load_from(&Places::from_env(), config, backbone, device, progress)
}

/// As [`load`], but downloads nothing: an error where the weights are not on this machine.
///
/// # Errors
/// As [`load`].
pub fn load_without_download(
    config: &Config,
    backbone: &Backbone,
    device: Device,
    progress: &mut Reporter,
) -> Result<Loaded> {
    let places = Places {
        offline: true,
        ..Places::from_env()
    };
    load_from(&places, config, backbone, device, progress)
}

fn load_from(
    places: &Places,
    config: &Config,
    backbone: &Backbone,
    device: Device,
    progress: &mut Reporter,
) -> Result<Loaded> {
    let path = match &config.weights {
        WeightsSource::Random => {
            let drawn = Parameters::random(backbone, config.seed, device)?;
            return Loaded::new(drawn, config.weights.to_string());
        }
        WeightsSource::File(path) => path.clone(),
        WeightsSource::Imagenet => {
            let cancel = progress.cancel.clone();
            progress.begin(Phase::Download, 0);
            imagenet_weights(backbone, places, &cancel, &mut |done, total| {
                progress.reach(done, total)
            })?
        }
    };
    let state = read_state_dict(&path)?;
    let parameters = Parameters::from_state_dict(backbone, &path, &state, device)?;
    Loaded::new(parameters, path.display().to_string())
}
