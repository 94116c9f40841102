//! The backbone's parameters, from wherever the config says.

use tch::Device;

use super::backbone::Parameters;
use super::report::Report;
use crate::disk::weights::{Places, imagenet_weights, read_state_dict};
use crate::error::Result;
use crate::experiment::{Backbone, Config, WeightsSource};
use crate::protocol::Phase;

/// Finds, fetches where needed, and reads the weights; also says where they came from.
pub fn load(
    config: &Config,
    backbone: &Backbone,
    device: Device,
    report: &mut Report,
) -> Result<(Parameters, String)> {
    let path = match &config.weights {
        WeightsSource::Random => {
            return Ok((
                Parameters::random(backbone, config.seed, device)?,
                config.weights.to_string(),
            ));
        }
        WeightsSource::File(path) => path.clone(),
        WeightsSource::Imagenet => {
            let cancel = report.cancel.clone();
            report.begin(Phase::Download, 0);
            imagenet_weights(backbone, &Places::from_env(), &cancel, &mut |done, total| {
                report.reach(done, total)
            })?
        }
    };
    let state = read_state_dict(&path)?;
    let parameters = Parameters::from_state_dict(backbone, &path, &state, device)?;
    Ok((parameters, path.display().to_string()))
}
