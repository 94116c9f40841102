//! The first layers of every network here in one pass: a 7 x 7 convolution of stride 2 over three colours, ReLU, and
//! the maximum of 3 x 3.
//!
//! Library convolutions are made for many channels; with three, most of a register stays empty, and the map between
//! the layers, the largest of all, goes through memory three times. Here a row of it never leaves the cache. On a
//! processor this takes a third of the time, which is a fifth of a ResNet-18's.

#![allow(
    unsafe_code,
    reason = "wide registers, and parts of one tensor for several threads"
)]

use tch::{Device, Kind, Tensor};

pub use super::stem_rows::Pool;
use super::stem_rows::{KERNEL, N_COLORS, Scratch, Sizes, pass};
use super::tiles::LANES;
use crate::engine::device::simd;
use crate::engine::device::slices::{floats, floats_mut};
use crate::engine::device::threads::{n_threads, on_all_threads};
use crate::error::Result;

/// On the processor, in f32.
#[derive(Debug)]
pub struct Stem {
    /// `[n_out / 16, 7, 7 * 3, 16]`
    filters: Vec<f32>,
    bias: Vec<f32>,
    padding: usize,
    pool: Pool,
}

impl Stem {
    /// `weight` `[n_out, 3, 7, 7]`, `bias` `[n_out]`. `None` where this is not available: another device or
    /// precision, another filter, a number of channels that is not a multiple of 16, a processor without wide arithmetic.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn new(weight: &Tensor, bias: &Tensor, padding: usize, pool: Pool) -> Result<Option<Self>> {
        let size = weight.size();
        let side = KERNEL as i64;
        let fits = size[1..] == [N_COLORS as i64, side, side] && size[0] % LANES as i64 == 0;
        if !fits || !simd::is_there() || weight.device() != Device::Cpu || weight.kind() != Kind::Float {
            return Ok(None);
        }
        let by_panel = weight
            .f_reshape([size[0] / LANES as i64, LANES as i64, size[1], side, side])?
            .f_permute([0, 3, 4, 2, 1])?;
        Ok(Some(Stem {
            filters: Vec::try_from(by_panel.f_reshape([-1i64])?)?,
            bias: Vec::try_from(bias)?,
            padding,
            pool,
        }))
    }

    /// `[n, 3, height, width]` to `[n, n_out, pooled height, pooled width]`, channels-last; `None` where the images are
    /// too small.
    ///
    /// # Errors
    /// The images are not f32 on the processor; the system gives no thread; a libtorch fault.
    pub fn forward(&self, x: &Tensor) -> Result<Option<Tensor>> {
        let size = x.size();
        let image = [size[2] as usize, size[3] as usize];
        let Some(sizes) = Sizes::new(image, self.bias.len(), self.padding, self.pool) else {
            return Ok(None);
        };
        let map = sizes.pooled;
        let size = [
            size[0],
            map.height as i64,
            map.width as i64,
            map.n_channels as i64,
        ];
        let x = x.f_permute([0, 2, 3, 1])?.f_contiguous()?;
        let mut y = Tensor::f_empty(size, (Kind::Float, Device::Cpu))?;
        let images = floats(&x)?.chunks(sizes.image_len());
        let mut pairs: Vec<(&[f32], &mut [f32])> =
            images.zip(floats_mut(&mut y)?.chunks_mut(map.len())).collect();
        let n_each = pairs.len().div_ceil(n_threads().max(1) as usize).max(1);
        on_all_threads("cw-stem", pairs.chunks_mut(n_each).collect(), |pairs| {
            // SAFETY: `new` has seen that the processor has what is asked for.
            #[cfg_attr(not(target_arch = "x86_64"), expect(unused_unsafe))]
            unsafe {
                self.pass_all(&sizes, pairs);
            }
        })?;
        Ok(Some(y.f_permute([0, 3, 1, 2])?))
    }

    #[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
    fn pass_all(&self, sizes: &Sizes, pairs: &mut [(&[f32], &mut [f32])]) {
        let mut scratch = Scratch::new(sizes);
        for (image, pooled) in pairs {
            pass(image, &self.filters, &self.bias, sizes, &mut scratch, pooled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::device::random::{Purpose, normal, rng};

    fn random(size: &[i64]) -> Tensor {
        let n: i64 = size.iter().product();
        let numbers = normal(&mut rng(n as u64, Purpose::Backbone), n as usize, 1.0);
        Tensor::from_slice(&numbers).view(size)
    }

    /// Largest difference from libtorch's own in f64, as a share of the largest output; `None` where it refuses.
    fn error(image: [i64; 3], n_out: i64, padding: i64, pool: Pool) -> Option<f64> {
        let [n, height, width] = image;
        let x = random(&[n, height, width, 3]).permute([0, 3, 1, 2]);
        let weight = random(&[n_out, 3, 7, 7]) / 12.0;
        let bias = random(&[1, n_out]).view([n_out]);
        let stem = Stem::new(&weight, &bias, padding as usize, pool)
            .unwrap()
            .unwrap();
        let ours = stem.forward(&x).unwrap()?;
        let double = |t: &Tensor| t.to_kind(Kind::Double);
        let convolved = double(&x).conv2d(&double(&weight), Some(&double(&bias)), 2, padding, 1, 1);
        let pool_padding = pool.padding as i64;
        let plain = convolved
            .relu()
            .max_pool2d([3, 3], [2, 2], [pool_padding; 2], [1, 1], pool.ceil);
        assert_eq!(ours.size(), plain.size());
        Some(f64::try_from((ours - &plain).abs().max() / plain.abs().max()).unwrap())
    }

    #[test]
    fn it_is_libtorchs_convolution_relu_and_maximum() {
        let (resnet, squeezenet) = (
            Pool {
                padding: 1,
                ceil: false,
            },
            Pool {
                padding: 0,
                ceil: true,
            },
        );
        let table = [
            // Even and odd sides, wide and tall ones, whole blocks of outputs and ones that overlap.
            ([3, 32, 32], 64, 3, resnet),
            ([1, 31, 45], 16, 3, resnet),
            ([2, 46, 23], 32, 3, resnet),
            ([5, 33, 34], 96, 0, squeezenet),
            ([1, 35, 36], 16, 0, squeezenet),
            ([1, 37, 17], 16, 0, squeezenet),
        ];
        for (image, n_out, padding, pool) in table {
            let error = error(image, n_out, padding, pool).unwrap();
            assert!(error < 1e-6, "{image:?} {n_out}: {error}");
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let pool = Pool {
            padding: 1,
            ceil: false,
        };
        let bias = Tensor::from_slice(&[f32::NAN; 16]);
        let stem = Stem::new(&random(&[16, 3, 7, 7]), &bias, 3, pool)
            .unwrap()
            .unwrap();
        let y = stem.forward(&random(&[1, 3, 32, 32])).unwrap().unwrap();
        assert!(bool::try_from(y.isnan().all()).unwrap());
    }

    #[test]
    fn what_is_too_small_or_another_filter_goes_the_plain_way() {
        let pool = Pool {
            padding: 1,
            ceil: false,
        };
        assert!(error([1, 32, 10], 16, 3, pool).is_none());
        assert!(error([1, 4, 32], 16, 0, pool).is_none());
        let bias = Tensor::zeros([24], (Kind::Float, Device::Cpu));
        let is_there = |size: &[i64]| Stem::new(&random(size), &bias, 3, pool).unwrap().is_some();
        assert!(!is_there(&[24, 3, 7, 7]) && !is_there(&[16, 3, 3, 3]) && !is_there(&[16, 4, 7, 7]));
    }
}
