//! The arithmetic of the first layers (`stem`), image by image, on slices of channels-last images, no tensors: one row of
//! the convolution at a time, and the maximum over three of them.
//!
//! Channels innermost, what one row of the filter sees is 21 numbers in a row, and the next output's begin six further.
//! All of it is compiled for wide registers (`simd`).

use super::tiles::{LANES, Map};
use crate::engine::device::simd::Sums;

/// Side of the filter.
pub const KERNEL: usize = 7;
const STRIDE: usize = 2;
pub const N_COLORS: usize = 3;
/// Numbers of an image's row that one row of the filter sees.
const SEEN: usize = KERNEL * N_COLORS;
/// Numbers from what one output sees to what the next one sees.
const STEP: usize = STRIDE * N_COLORS;
/// Outputs that are summed up together: as many as there are registers for.
const OUTPUTS: usize = 6;
/// Numbers of a row that they see together.
const SEEN_BY_ALL: usize = (OUTPUTS - 1) * STEP + SEEN;
/// Side and stride of the maximum.
const POOL: usize = 3;
const POOL_STRIDE: usize = 2;

/// Sizes from the image to the pooled map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// The image.
    pub height: usize,
    pub width: usize,
    /// Zeros around it.
    pub padding: usize,
    /// Rows and columns before the first of the convolution that the first maximum reaches.
    pub pool_padding: usize,
    /// The convolution's outputs.
    pub convolved: Map,
    /// Their maxima.
    pub pooled: Map,
}

impl Sizes {
    /// As PyTorch counts them; `None` where the image is smaller than the filter, or its outputs fewer than are summed
    /// up together.
    pub fn new([height, width]: [usize; 2], n_out: usize, padding: usize, pool: Pool) -> Option<Self> {
        let outputs = |side: usize| Some((side + 2 * padding).checked_sub(KERNEL)? / STRIDE + 1);
        let convolved = Map {
            height: outputs(height)?,
            width: outputs(width)?,
            n_channels: n_out,
        };
        let pooled = Map {
            height: pool.outputs(convolved.height)?,
            width: pool.outputs(convolved.width)?,
            n_channels: n_out,
        };
        (convolved.width >= OUTPUTS).then_some(Sizes {
            height,
            width,
            padding,
            pool_padding: pool.padding,
            convolved,
            pooled,
        })
    }

    fn padded_width(&self) -> usize {
        (self.width + 2 * self.padding) * N_COLORS
    }

    pub fn image_len(&self) -> usize {
        self.height * self.width * N_COLORS
    }
}

/// The maximum of 3 x 3, stride 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    pub padding: usize,
    /// Whether the last may stick out.
    pub ceil: bool,
}

impl Pool {
    fn outputs(self, n_in: usize) -> Option<usize> {
        let room = (n_in + 2 * self.padding).checked_sub(POOL)?;
        let n = if self.ceil {
            room.div_ceil(POOL_STRIDE)
        } else {
            room / POOL_STRIDE
        } + 1;
        // The last begins within the map or the padding before it.
        let sticks_out = (n - 1) * POOL_STRIDE >= n_in + self.padding;
        Some(n - usize::from(sticks_out))
    }
}

/// What a thread needs to work on one image after the other.
pub struct Scratch {
    /// The image with zeros around it.
    padded: Vec<f32>,
    /// As many rows of the convolution as a maximum reaches, each in the place of its number modulo that.
    rows: Vec<f32>,
}

impl Scratch {
    pub fn new(sizes: &Sizes) -> Self {
        Scratch {
            padded: vec![0.0; (sizes.height + 2 * sizes.padding) * sizes.padded_width()],
            rows: vec![0.0; POOL * sizes.convolved.width * sizes.convolved.n_channels],
        }
    }
}

/// One image, `[height, width, 3]`, to its pooled map, `[pooled height, pooled width, n_out]`. `filters` are
/// `[n_out / 16, 7, 7 * 3, 16]`.
#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
pub fn pass(
    image: &[f32],
    filters: &[f32],
    bias: &[f32],
    sizes: &Sizes,
    scratch: &mut Scratch,
    pooled: &mut [f32],
) {
    let Scratch { padded, rows } = scratch;
    let (from_width, to_width) = (sizes.width * N_COLORS, sizes.padded_width());
    for (y, row) in image.chunks(from_width).enumerate() {
        let at = (y + sizes.padding) * to_width + sizes.padding * N_COLORS;
        padded[at..at + from_width].copy_from_slice(row);
    }
    let row_len = sizes.convolved.width * sizes.convolved.n_channels;
    let mut n_convolved = 0;
    for (y, maxima) in pooled
        .chunks_mut(sizes.pooled.width * sizes.pooled.n_channels)
        .enumerate()
    {
        let reached = reached(y, sizes.pool_padding, sizes.convolved.height);
        while n_convolved < reached.end {
            let place = n_convolved % POOL * row_len;
            let seen = &padded[n_convolved * STRIDE * to_width..][..KERNEL * to_width];
            convolve_row(seen, to_width, filters, bias, &mut rows[place..place + row_len]);
            n_convolved += 1;
        }
        maxima_of(rows, row_len, reached, sizes, maxima);
    }
}

/// What the maximum of that number reaches of `n` rows or columns.
#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
fn reached(i: usize, padding: usize, n: usize) -> std::ops::Range<usize> {
    let end = (i * POOL_STRIDE + POOL - padding).min(n);
    (i * POOL_STRIDE).saturating_sub(padding)..end
}

/// A row of outputs, `[width, n_out]`, of seven rows of `width` numbers each.
#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
fn convolve_row(seen: &[f32], width: usize, filters: &[f32], bias: &[f32], outputs: &mut [f32]) {
    let n_out = bias.len();
    let n_outputs = outputs.len() / n_out;
    let (filters, bias) = (filters.as_chunks::<LANES>().0, bias.as_chunks::<LANES>().0);
    for (i, (panel, bias)) in filters.chunks_exact(KERNEL * SEEN).zip(bias).enumerate() {
        let mut x = 0;
        while x < n_outputs {
            // The last ones are summed up with some that were already.
            let first = x.min(n_outputs - OUTPUTS);
            let sums = convolve_some(&seen[first * STEP..], width, panel, bias);
            for (r, sums) in sums.into_iter().enumerate() {
                let at = (first + r) * n_out + i * LANES;
                if let Some(outputs) = outputs[at..].first_chunk_mut() {
                    sums.store(outputs);
                }
            }
            x = first + OUTPUTS;
        }
    }
}

/// Sixteen channels of six outputs.
#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
fn convolve_some(seen: &[f32], width: usize, panel: &[[f32; LANES]], bias: &[f32; LANES]) -> [Sums; OUTPUTS] {
    let mut sums = [Sums::new(bias); OUTPUTS];
    for (y, factors) in panel.chunks_exact(SEEN).enumerate() {
        let row = &seen[y * width..][..SEEN_BY_ALL];
        for (x, factors) in factors.iter().enumerate() {
            for (r, sums) in sums.iter_mut().enumerate() {
                sums.add(row[r * STEP + x], factors);
            }
        }
    }
    sums
}

/// The maxima of one row: of what is above zero, so that they come after a ReLU and padding changes nothing.
#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
fn maxima_of(
    rows: &[f32],
    row_len: usize,
    reached_rows: std::ops::Range<usize>,
    sizes: &Sizes,
    maxima: &mut [f32],
) {
    let n_out = sizes.pooled.n_channels;
    for (x, maxima) in maxima.chunks_exact_mut(n_out).enumerate() {
        let columns = reached(x, sizes.pool_padding, sizes.convolved.width);
        for channel in (0..n_out).step_by(LANES) {
            let mut most = [0.0f32; LANES];
            for y in reached_rows.clone() {
                for x in columns.clone() {
                    let numbers = &rows[y % POOL * row_len + x * n_out + channel..][..LANES];
                    for (most, number) in most.iter_mut().zip(numbers) {
                        // NaN stays NaN, as in libtorch, so that it is reported and not trained on.
                        if *number > *most || number.is_nan() {
                            *most = *number;
                        }
                    }
                }
            }
            maxima[channel..channel + LANES].copy_from_slice(&most);
        }
    }
}
