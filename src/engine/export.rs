//! A trained model as PyTorch reads it: `model.safetensors` for `load_state_dict(strict=True)`, and the head alone.

use std::path::Path;

use super::backbone::{Parameters, named};
use super::head::Head;
use crate::disk::run_folder::{HEAD_FILE, MODEL_FILE};
use crate::disk::weights::write_safetensors;
use crate::error::Result;
use crate::experiment::Backbone;

/// Writes both files into the run folder, under torchvision's names. What goes where in torchvision's model is
/// `Backbone::head_in_python`.
pub fn write(dir: &Path, backbone: &Backbone, parameters: &Parameters, head: &Head) -> Result<()> {
    let head_tensors = [
        named(&format!("{}.weight", backbone.head), &head.weight)?,
        named(&format!("{}.bias", backbone.head), &head.bias)?,
    ];
    let mut model = parameters.to_state_dict()?;
    model.tensors.extend(head_tensors.iter().cloned());
    write_safetensors(&dir.join(MODEL_FILE), &model.tensors)?;
    write_safetensors(&dir.join(HEAD_FILE), &head_tensors)
}
