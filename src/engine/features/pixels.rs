//! From decoded bytes to what a network takes, and what it makes of them.

use std::ops::Range;

use tch::{Device, Kind, Tensor};

use crate::disk::images::loader::Batch;
use crate::engine::backbone::{Mode, Network};
use crate::engine::device::slices::floats_mut;
use crate::error::{Error, Result};
use crate::experiment::{Config, Normalize, Resize};
use crate::protocol::Cancel;

/// ImageNet's mean and standard deviation per channel, of pixels in [0, 1], as torchvision documents them.
const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];

/// Pixels that go through a network at once on a processor, at most: 128 images of 256 x 256. A ResNet holds some 300 bytes
/// of each at its widest, so that an image of 4,096 x 4,096 takes 5 GB.
const MOST_PIXELS: usize = 128 * 256 * 256;
/// The same with batch statistics, where a batch cannot be divided.
const MOST_PIXELS_OF_A_BATCH: usize = 4 * MOST_PIXELS;

/// How many images go through the network at a time where it does not matter: `most`, or fewer where they are large.
pub fn images_at_once(config: &Config, most: usize) -> usize {
    match config.resize {
        // Their size is seen when they are there.
        Resize::None => most,
        Resize::Square | Resize::Crop => most.min(fitting(MOST_PIXELS, config.image_size as usize)),
    }
}

fn fitting(n_pixels: usize, side: usize) -> usize {
    (n_pixels / (side * side).max(1)).max(1)
}

/// Whether a batch of such images can go through the network in one piece, as batch statistics need it.
///
/// # Errors
/// It is too large; the largest that fits is named.
pub fn batch_fits(config: &Config) -> Result<()> {
    let most = fitting(MOST_PIXELS_OF_A_BATCH, config.image_size as usize);
    if !config.uses_batch_statistics() || config.resize == Resize::None || config.batch <= most {
        return Ok(());
    }
    Err(Error::input(format!(
        "batches of {} images of {} px take too much memory with batch statistics, where they cannot be divided; at this \
         size at most {most} fit",
        config.batch, config.image_size
    )))
}

/// The features of a batch of decoded images, `[n, n_features]`, f32, on the network's device. In eval mode an image's
/// features do not depend on its batch, so where the device has no memory for all of them at once they go by halves.
///
/// # Errors
/// Stopped; no memory for one image or, with batch statistics, for the batch; a libtorch fault.
pub fn batch_features(
    network: &Network,
    mode: Mode,
    batch: &Batch,
    normalize: Normalize,
    cancel: &Cancel,
) -> Result<Tensor> {
    let (height, width) = (batch.height as usize, batch.width as usize);
    let n_bytes = height * width * 3;
    let mut features = |images: Range<usize>| {
        let size = [images.len(), height, width];
        let pixels = &batch.pixels[images.start * n_bytes..images.end * n_bytes];
        let input = to_input(pixels, size, normalize, network.device, network.kind)?;
        network.features(&input, mode, cancel)
    };
    let n_images = batch.indices.len();
    let at_once = match network.device {
        Device::Cpu => (MOST_PIXELS / (height * width).max(1)).max(1),
        _ => n_images.max(1),
    };
    match mode {
        Mode::Eval if n_images > at_once => {
            let starts = (0..n_images).step_by(at_once);
            let pieces = starts.map(|start| by_halves(start..(start + at_once).min(n_images), &mut features));
            Ok(Tensor::f_cat(&pieces.collect::<Result<Vec<Tensor>>>()?, 0)?)
        }
        Mode::Eval => by_halves(0..n_images, &mut features),
        Mode::Train => features(0..batch.indices.len()),
    }
}

/// What `rows` makes of that many images in one piece, or in as few halves of halves as there is memory for.
fn by_halves(images: Range<usize>, rows: &mut impl FnMut(Range<usize>) -> Result<Tensor>) -> Result<Tensor> {
    match rows(images.clone()) {
        Err(Error::OutOfMemory(_)) if images.len() > 1 => {
            let middle = images.start + images.len() / 2;
            let first = by_halves(images.start..middle, rows)?;
            let second = by_halves(middle..images.end, rows)?;
            Ok(Tensor::f_cat(&[first, second], 0)?)
        }
        made => made,
    }
}

/// RGB bytes `[n, height, width, 3]` to a network's input `[n, 3, height, width]`, channels-last in memory, in
/// `kind`. The arithmetic is f32, as torchvision does it.
///
/// # Errors
/// There are more or fewer bytes than that; a libtorch fault.
pub fn to_input(
    rgb: &[u8],
    [n, height, width]: [usize; 3],
    normalize: Normalize,
    device: Device,
    kind: Kind,
) -> Result<Tensor> {
    if rgb.len() != n * height * width * 3 {
        let message = format!("{} bytes are not {n} images of {width} x {height}", rgb.len());
        return Err(Error::Job(message));
    }
    let size = [n as i64, height as i64, width as i64, 3];
    let x = match device {
        Device::Cpu => looked_up(rgb, size, normalize)?,
        _ => on_device(rgb, size, normalize, device)?,
    };
    Ok(x.f_to_kind(kind)?.f_permute([0, 3, 1, 2])?)
}

/// A byte has 256 values, so that all of the arithmetic is done beforehand, and the pixels pass through memory once.
fn looked_up(rgb: &[u8], size: [i64; 4], normalize: Normalize) -> Result<Tensor> {
    let tables: [[f32; 256]; 3] = std::array::from_fn(|channel| {
        std::array::from_fn(|byte| {
            let x = byte as f32 / 255.0;
            match normalize {
                Normalize::Imagenet => (x - IMAGENET_MEAN[channel]) / IMAGENET_STD[channel],
                Normalize::None => x,
            }
        })
    });
    let mut x = Tensor::f_empty(size, (Kind::Float, Device::Cpu))?;
    let (pixels, _) = floats_mut(&mut x)?.as_chunks_mut::<3>();
    for (to, from) in pixels.iter_mut().zip(rgb.as_chunks::<3>().0) {
        for channel in 0..3 {
            to[channel] = tables[channel][usize::from(from[channel])];
        }
    }
    Ok(x)
}

/// Bytes cross to the device, a quarter of what the numbers would be; the arithmetic happens there.
fn on_device(rgb: &[u8], size: [i64; 4], normalize: Normalize, device: Device) -> Result<Tensor> {
    let bytes = Tensor::f_from_data_size(rgb, &size, Kind::Uint8)?;
    // From pages that stay in place the card fetches by itself; where the system grants none, all goes as before.
    let bytes = match device {
        Device::Cuda(_) => bytes.f_pin_memory(device).unwrap_or(bytes),
        _ => bytes,
    };
    let bytes = bytes.f_to_device_(device, Kind::Uint8, true, false)?;
    let mut x = bytes.f_to_kind(Kind::Float)?.f_div_scalar_(255.0)?;
    if normalize == Normalize::Imagenet {
        let mean = Tensor::f_from_slice(&IMAGENET_MEAN)?.f_to_device(device)?;
        let std = Tensor::f_from_slice(&IMAGENET_STD)?.f_to_device(device)?;
        x = x.f_sub_(&mean)?.f_div_(&std)?;
    }
    Ok(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::BatchNorm;

    #[test]
    fn what_does_not_fit_goes_by_halves_and_comes_out_in_order() {
        let mut pieces = Vec::new();
        let mut device_of_three = |images: Range<usize>| {
            if images.len() > 3 {
                return Err(Error::OutOfMemory("no room".into()));
            }
            pieces.push(images.len());
            let rows: Vec<i64> = images.map(|i| i as i64).collect();
            Ok(Tensor::f_from_slice(&rows)?)
        };
        let all = by_halves(0..11, &mut device_of_three).unwrap();
        assert_eq!(Vec::<i64>::try_from(&all).unwrap(), (0..11).collect::<Vec<_>>());
        assert_eq!(pieces, [2, 3, 3, 3]);
        let error = by_halves(0..4, &mut |_| Err(Error::OutOfMemory("no room at all".into()))).unwrap_err();
        assert!(
            error.to_string().contains("smaller batch (no room at all)"),
            "{error}"
        );
    }

    #[test]
    fn large_images_go_through_a_few_at_a_time_or_are_refused_with_the_most_that_fit() {
        let config = |image_size: u32, batch: usize| Config {
            image_size,
            batch,
            batch_norm: BatchNorm::Batch,
            ..Config::default()
        };
        // At any size the pixels of a piece are as many as those of 128 images of 256 px.
        for (side, at_once) in [(64, 126), (256, 126), (512, 32), (1024, 8), (2048, 2), (4096, 1)] {
            assert_eq!(images_at_once(&config(side, 1), 126), at_once, "{side}");
        }
        let unresized = Config {
            resize: Resize::None,
            ..config(4096, 126)
        };
        assert_eq!(images_at_once(&unresized, 126), 126);
        for fits in [config(512, 128), config(1024, 32), config(4096, 2), unresized] {
            batch_fits(&fits).unwrap();
        }
        let frozen = Config {
            batch_norm: BatchNorm::Frozen,
            ..config(4096, 126)
        };
        batch_fits(&frozen).unwrap();
        for (config, most) in [(config(1024, 33), 32), (config(4096, 126), 2)] {
            let message = batch_fits(&config).unwrap_err().to_string();
            assert!(
                message.contains(&format!("at this size at most {most} fit")),
                "{message}"
            );
        }
    }

    #[test]
    fn looking_up_is_the_arithmetic_to_the_bit() {
        let rgb: Vec<u8> = (0..=255)
            .flat_map(|byte| [byte, 255 - byte, byte ^ 0x5a])
            .collect();
        for normalize in [Normalize::Imagenet, Normalize::None] {
            let size = [1, 16, 16, 3];
            let quick = looked_up(&rgb, size, normalize).unwrap();
            let slow = on_device(&rgb, size, normalize, Device::Cpu).unwrap();
            assert_eq!(quick.size(), slow.size());
            assert!(quick == slow, "{normalize}");
        }
    }
}
