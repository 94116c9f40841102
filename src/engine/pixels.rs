//! From decoded bytes to what a network takes, and what it makes of them.

use tch::{Device, Kind, Tensor};

use super::backbone::{Mode, Network};
use crate::disk::loader::Batch;
use crate::error::Result;
use crate::experiment::Normalize;
use crate::protocol::Cancel;

/// ImageNet's mean and standard deviation per channel, of pixels in [0, 1], as torchvision documents them.
const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];

/// The features of a batch of decoded images, `[n, n_features]`, f32, on the network's device.
///
/// # Errors
/// Stopped; a libtorch fault.
pub fn batch_features(
    network: &Network,
    mode: Mode,
    batch: &Batch,
    normalize: Normalize,
    cancel: &Cancel,
) -> Result<Tensor> {
    let size = [batch.indices.len(), batch.height as usize, batch.width as usize];
    let input = to_input(&batch.pixels, size, normalize, network.device, network.kind)?;
    network.features(&input, mode, cancel)
}

/// RGB bytes `[n, height, width, 3]` to a network's input `[n, 3, height, width]`, channels-last in memory, in
/// `kind`. Bytes cross to the device; the arithmetic happens there, in f32, as torchvision does it.
pub fn to_input(
    rgb: &[u8],
    [n, height, width]: [usize; 3],
    normalize: Normalize,
    device: Device,
    kind: Kind,
) -> Result<Tensor> {
    let size = [n as i64, height as i64, width as i64, 3];
    let bytes = Tensor::f_from_data_size(rgb, &size, Kind::Uint8)?.f_to_device(device)?;
    let mut x = bytes.f_to_kind(Kind::Float)?.f_div_scalar_(255.0)?;
    if normalize == Normalize::Imagenet {
        let mean = Tensor::f_from_slice(&IMAGENET_MEAN)?.f_to_device(device)?;
        let std = Tensor::f_from_slice(&IMAGENET_STD)?.f_to_device(device)?;
        x = x.f_sub_(&mean)?.f_div_(&std)?;
    }
    Ok(x.f_to_kind(kind)?.f_permute([0, 3, 1, 2])?)
}
