//! A trained model as PyTorch reads it: `model.safetensors` for `load_state_dict(strict=True)`, and the head alone. The
//! runs of a sweep have `backbone.safetensors` instead of the first, one file under many names: with the head's
//! tensors it is the same dictionary.

use std::path::{Path, PathBuf};

use crate::disk::runs::folder::{BACKBONE_FILE, HEAD_FILE, MODEL_FILE, share_file};
use crate::disk::weights::{NamedTensor, StateDict, write_safetensors};
use crate::engine::backbone::named;
use crate::engine::head::Head;
use crate::error::Result;
use crate::experiment::Backbone;

/// Writes the whole model into the run folder, under torchvision's names; `model` is its backbone's part. What goes
/// where in torchvision's model is `Backbone::head_in_python`.
///
/// # Errors
/// A libtorch fault; the file cannot be written.
pub fn write_model(dir: &Path, backbone: &Backbone, mut model: StateDict, head: &Head) -> Result<()> {
    model.tensors.extend(head_tensors(backbone, head)?);
    write_safetensors(&dir.join(MODEL_FILE), &model.tensors)
}

/// # Errors
/// A libtorch fault; the file cannot be written.
pub fn write_head(dir: &Path, backbone: &Backbone, head: &Head) -> Result<()> {
    write_safetensors(&dir.join(HEAD_FILE), &head_tensors(backbone, head)?)
}

/// Writes the backbone into the first run folder, and lets the others have the same file; `first` is where it is.
///
/// # Errors
/// A libtorch fault; the file cannot be written or shared.
pub fn share_backbone(
    dir: &Path,
    state: impl FnOnce() -> Result<StateDict>,
    first: &mut Option<PathBuf>,
) -> Result<()> {
    let path = dir.join(BACKBONE_FILE);
    match first {
        Some(first) => share_file(first, &path),
        None => {
            write_safetensors(&path, &state()?.tensors)?;
            *first = Some(path);
            Ok(())
        }
    }
}

fn head_tensors(backbone: &Backbone, head: &Head) -> Result<[NamedTensor; 2]> {
    Ok([
        named(&format!("{}.weight", backbone.head), &head.weight)?,
        named(&format!("{}.bias", backbone.head), &head.bias)?,
    ])
}
