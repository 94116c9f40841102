//! 3 x 3 convolutions with a quarter of the multiplications, by Winograd's minimal filtering F(4x4, 3x3).
//!
//! The plain way takes 144 multiplications for 4 x 4 outputs of one channel from one channel, this one 36: inputs and
//! filters are transformed, multiplied place by place, and transformed back (`tiles`). Summed over channels, the
//! middle part is 36 matrix products. All three are done for a few rows of tiles at a time, so that what lies between
//! them stays in the processor's cache. On a processor whose arithmetic is the limit this makes a ResNet-18 nearly
//! twice as fast. Its rounding error is near 1e-5 of the largest output, ten times that of the plain way.

#![allow(
    unsafe_code,
    reason = "wide registers, and parts of one tensor for several threads"
)]

use tch::{Device, Kind, Tensor};

use super::tiles::{
    Finish, LANES, Map, N_INPUTS, Planes, SIDE, multiply, transform_inputs, transform_outputs,
};
use crate::engine::device::simd;
use crate::engine::device::slices::{floats, floats_mut};
use crate::engine::device::threads::{n_threads, on_all_threads};
use crate::error::Result;

/// Numbers of the transformed inputs that a thread has at a time.
const BLOCK: usize = 36 * 48 * 64;
/// The fewest tiles that it has, so that filters are not fetched for a few.
const LEAST_TILES: usize = 24;
/// Below this many tiles the filters, 36 numbers where there were 9, cost more than is saved.
const WORTH_IT: usize = 24;

/// G of the paper: what it does to a filter's rows and columns.
const FILTER_TRANSFORM: [f64; 18] = [
    1.0 / 4.0,
    0.0,
    0.0,
    -1.0 / 6.0,
    -1.0 / 6.0,
    -1.0 / 6.0,
    -1.0 / 6.0,
    1.0 / 6.0,
    -1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 12.0,
    1.0 / 6.0,
    1.0 / 24.0,
    -1.0 / 12.0,
    1.0 / 6.0,
    0.0,
    0.0,
    1.0,
];

/// A convolution of stride 1 with zeros around, on the processor, in f32.
#[derive(Debug)]
pub struct Winograd {
    /// Transformed: `[36, n_out / 16, n_in, 16]`.
    filters: Vec<f32>,
    bias: Vec<f32>,
    n_in: usize,
    n_out: usize,
}

impl Winograd {
    /// `weight` `[n_out, n_in, 3, 3]`, `bias` `[n_out]`. `None` where this is not available: another device or
    /// precision, numbers of channels that are not multiples of 16, a processor without wide arithmetic.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn new(weight: &Tensor, bias: &Tensor) -> Result<Option<Self>> {
        let size = weight.size();
        let (n_out, n_in) = (size[0] as usize, size[1] as usize);
        let fits = n_in.is_multiple_of(LANES) && n_out.is_multiple_of(LANES);
        if !fits || !simd::is_there() || weight.device() != Device::Cpu || weight.kind() != Kind::Float {
            return Ok(None);
        }
        let transform = Tensor::f_from_slice(&FILTER_TRANSFORM)?.f_view([6, 3])?;
        // Rows and columns at once: [36, 9], by the filter's nine places.
        let by_place = weight.f_permute([2, 3, 0, 1])?.f_reshape([9, -1])?;
        let filters = transform
            .f_kron(&transform)?
            .f_matmul(&by_place.f_to_kind(Kind::Double)?)?
            .f_to_kind(Kind::Float)?
            .f_view([N_INPUTS as i64, size[0] / LANES as i64, LANES as i64, size[1]])?
            .f_transpose(2, 3)?;
        Ok(Some(Winograd {
            filters: Vec::try_from(filters.f_reshape([-1i64])?)?,
            bias: Vec::try_from(bias)?,
            n_in,
            n_out,
        }))
    }

    /// `[n, n_in, height, width]` to `[n, n_out, height, width]`, channels-last; `residual`, of the output's size, is
    /// added, and what is below zero is cut off where `relu` says so.
    ///
    /// # Errors
    /// A tensor is not f32 on the processor; the system gives no thread; a libtorch fault.
    pub fn forward(&self, x: &Tensor, residual: Option<&Tensor>, relu: bool) -> Result<Tensor> {
        let size = x.size();
        let map = Map {
            height: size[2] as usize,
            width: size[3] as usize,
            n_channels: self.n_in,
        };
        let x = channels_innermost(x)?;
        let residual = residual.map(channels_innermost).transpose()?;
        let size = [size[0], size[2], size[3], self.n_out as i64];
        let mut y = Tensor::f_empty(size, (Kind::Float, Device::Cpu))?;
        let images = floats(&x)?;
        let residual = residual.as_ref().map(floats).transpose()?;
        let output_map = Map {
            n_channels: self.n_out,
            ..map
        };
        let mut rows = rows_of(output_map, residual, floats_mut(&mut y)?);
        let n_each = rows.len().div_ceil(n_threads().max(1) as usize).max(1);
        on_all_threads("cw-winograd", rows.chunks_mut(n_each).collect(), |rows| {
            self.convolve(images, map, relu, rows);
        })?;
        Ok(y.f_permute([0, 3, 1, 2])?)
    }

    /// Some rows of tiles, a few at a time.
    fn convolve(&self, images: &[f32], map: Map, relu: bool, rows: &mut [Row]) {
        let (across, widest) = (map.tiles_across(), self.n_in.max(self.n_out));
        let n_rows = ((BLOCK / N_INPUTS / widest).max(LEAST_TILES) / across).clamp(1, rows.len().max(1));
        let n_tiles = n_rows * across;
        let mut inputs = vec![0.0; N_INPUTS * n_tiles * self.n_in];
        let mut products = vec![0.0; N_INPUTS * n_tiles * self.n_out];
        for rows in rows.chunks_mut(n_rows) {
            let block = Block {
                images,
                map,
                relu,
                n_tiles,
                inputs: &mut inputs,
                products: &mut products,
            };
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `new` has seen that the processor has what is asked for.
            unsafe {
                self.convolve_wide(block, rows);
            }
            #[cfg(not(target_arch = "x86_64"))]
            self.convolve_block(block, rows);
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn convolve_wide(&self, block: Block, rows: &mut [Row]) {
        self.convolve_block(block, rows);
    }

    #[inline(always)]
    fn convolve_block(&self, block: Block, rows: &mut [Row]) {
        let Block { map, n_tiles, .. } = block;
        let across = map.tiles_across();
        for (i, row) in rows.iter().enumerate() {
            let image = &block.images[row.image * map.len()..][..map.len()];
            let (inputs, first) = (&mut *block.inputs, i * across);
            transform_inputs(
                image,
                map,
                row.row,
                Planes {
                    numbers: inputs,
                    n_tiles,
                    first,
                },
            );
        }
        let n_used = rows.len() * across;
        let planes = block.inputs.chunks(n_tiles * self.n_in);
        let filters = self.filters.chunks(self.n_in * self.n_out);
        let products = block.products.chunks_mut(n_tiles * self.n_out);
        for ((inputs, filters), products) in planes.zip(filters).zip(products) {
            multiply(&inputs[..n_used * self.n_in], filters, self.n_in, products);
        }
        let map = Map {
            n_channels: self.n_out,
            ..map
        };
        for (i, row) in rows.iter_mut().enumerate() {
            let finish = Finish {
                bias: &self.bias,
                residual: row.residual,
                relu: block.relu,
            };
            let planes = Planes {
                numbers: &*block.products,
                n_tiles,
                first: i * across,
            };
            transform_outputs(planes, map, finish, row.outputs);
        }
    }
}

/// Whether it is quicker than the plain way for `[n, n_in, height, width]`.
pub fn pays(size: &[i64]) -> bool {
    let [n, _, height, width] = [size[0], size[1], size[2], size[3]].map(|n| n as usize);
    let n_tiles = n * height.div_ceil(SIDE) * width.div_ceil(SIDE);
    simd::pays() && n_tiles >= WORTH_IT && 2 * n_tiles * N_INPUTS <= 9 * n * height * width
}

/// What a thread works on at a time.
struct Block<'a> {
    /// All images, channels-last.
    images: &'a [f32],
    map: Map,
    relu: bool,
    /// Tiles that there is room for.
    n_tiles: usize,
    /// `[36, n_tiles, n_in]`
    inputs: &'a mut [f32],
    /// `[36, n_tiles, n_out]`
    products: &'a mut [f32],
}

/// One row of tiles of one image, and where its outputs go.
struct Row<'a> {
    image: usize,
    row: usize,
    residual: Option<&'a [f32]>,
    outputs: &'a mut [f32],
}

/// Cuts the outputs of `n` images into rows of tiles.
fn rows_of<'a>(map: Map, residual: Option<&'a [f32]>, outputs: &'a mut [f32]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for (image, outputs) in outputs.chunks_mut(map.len()).enumerate() {
        let of_row = SIDE * map.width * map.n_channels;
        for (row, outputs) in outputs.chunks_mut(of_row).enumerate() {
            let from = image * map.len() + row * of_row;
            rows.push(Row {
                image,
                row,
                residual: residual.map(|all| &all[from..from + outputs.len()]),
                outputs,
            });
        }
    }
    rows
}

/// `[n, channels, height, width]` as `[n, height, width, channels]`, in that order in memory.
fn channels_innermost(x: &Tensor) -> Result<Tensor> {
    Ok(x.f_permute([0, 2, 3, 1])?.f_contiguous()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::device::random::{Purpose, normal, rng};

    /// Normal numbers, the same each time.
    fn random(size: [i64; 4]) -> Tensor {
        let n: i64 = size.iter().product();
        let numbers = normal(&mut rng(n as u64, Purpose::Backbone), n as usize, 1.0);
        Tensor::from_slice(&numbers).view(size)
    }

    /// Largest difference from libtorch's own in f64, as a share of the largest output.
    fn error(size: [i64; 4], n_out: i64, with_residual: bool, relu: bool) -> f64 {
        let x = channels_innermost(&random(size)).unwrap().permute([0, 3, 1, 2]);
        let weight = random([n_out, size[1], 3, 3]) / (3.0 * (size[1] as f64).sqrt());
        let bias = random([1, 1, 1, n_out]).view([n_out]);
        let residual = with_residual.then(|| random([size[0], n_out, size[2], size[3]]));
        let conv = Winograd::new(&weight, &bias).unwrap().unwrap();
        let ours = conv.forward(&x, residual.as_ref(), relu).unwrap();
        let double = |t: &Tensor| t.to_kind(Kind::Double);
        let mut plain = double(&x).conv2d(&double(&weight), Some(&double(&bias)), 1, 1, 1, 1);
        if let Some(residual) = residual {
            plain += residual;
        }
        if relu {
            plain = plain.relu();
        }
        assert_eq!(ours.size(), plain.size());
        f64::try_from((ours - &plain).abs().max() / plain.abs().max()).unwrap()
    }

    #[test]
    fn it_is_libtorchs_convolution() {
        let table = [
            // Whole tiles; tiles that stick out; more rows than a chunk has; a single pixel.
            (([2, 16, 8, 8], 32), false, false),
            (([3, 32, 7, 9], 16), true, false),
            (([1, 16, 5, 2], 16), true, true),
            (([5, 512, 12, 12], 16), false, true),
            (([2, 16, 1, 1], 16), false, false),
        ];
        for ((size, n_out), with_residual, relu) in table {
            let error = error(size, n_out, with_residual, relu);
            assert!(error < 3e-5, "{size:?} {n_out}: {error}");
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let bias = Tensor::from_slice(&[f32::NAN; 16]);
        let conv = Winograd::new(&random([16, 16, 3, 3]), &bias).unwrap().unwrap();
        let y = conv.forward(&random([1, 16, 4, 4]), None, true).unwrap();
        assert!(bool::try_from(y.isnan().all()).unwrap());
    }

    #[test]
    fn odd_channels_go_the_plain_way() {
        let bias = Tensor::zeros([24], (Kind::Float, Device::Cpu));
        assert!(Winograd::new(&random([24, 16, 3, 3]), &bias).unwrap().is_none());
        assert!(Winograd::new(&random([16, 3, 3, 3]), &bias).unwrap().is_none());
    }
}
