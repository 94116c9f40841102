//! The transforms of Winograd's minimal filtering F(4x4, 3x3), as in Lavin and Gray 2015 (arXiv:1509.09308, section 4.2):
//! tiles of 6 x 6 inputs, which overlap by two, and what they become; then tiles of 4 x 4 outputs out of that. Between
//! them stand matrix products. Pure arithmetic on slices of channels-last images, no tensors.
//!
//! All of it is inlined into a function that is compiled for wide registers. Loops are written out, since a closure that
//! the compiler leaves on its own (`for_each`) is compiled for narrow ones, which takes several times as long.

/// Channels that go through a transform together: a cache line of them.
pub const LANES: usize = 16;
/// Inputs of a tile, and numbers that it becomes.
pub const N_INPUTS: usize = 36;
/// Outputs along a tile's side.
pub const SIDE: usize = 4;

/// Numbers of a tile at one place, of some channels.
type Lanes = [f32; LANES];

/// Size of a map of one image, channels-last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Map {
    pub height: usize,
    pub width: usize,
    pub n_channels: usize,
}

impl Map {
    pub fn len(self) -> usize {
        self.height * self.width * self.n_channels
    }

    /// Tiles that cover a row of outputs; the last may stick out.
    pub fn tiles_across(self) -> usize {
        self.width.div_ceil(SIDE)
    }
}

/// Transformed tiles, `[36, n_tiles, n_channels]`, and the first of a row.
pub struct Planes<N> {
    pub numbers: N,
    pub n_tiles: usize,
    pub first: usize,
}

/// Transforms the inputs of one row of tiles. `image` is `[height, width, n_channels]`; around it are zeros.
#[inline(always)]
pub fn transform_inputs(image: &[f32], map: Map, row: usize, planes: Planes<&mut [f32]>) {
    let n = map.n_channels;
    for x in 0..map.tiles_across() {
        for channel in (0..n).step_by(LANES) {
            let mut tile = load(image, map, row, x, channel);
            for i in 0..6 {
                along(&mut tile, i, 6, input_transform);
            }
            for i in 0..6 {
                along(&mut tile, i * 6, 1, input_transform);
            }
            let numbers = planes.numbers.chunks_mut(planes.n_tiles * n);
            for (plane, lanes) in numbers.zip(&tile) {
                plane[(planes.first + x) * n + channel..][..LANES].copy_from_slice(lanes);
            }
        }
    }
}

/// Some channels of a tile's inputs.
#[inline(always)]
fn load(image: &[f32], map: Map, row: usize, x: usize, channel: usize) -> [Lanes; N_INPUTS] {
    let mut tile = [[0.0; LANES]; N_INPUTS];
    for i in 0..6 {
        // One row and one column before the tile's first output.
        let Some(y) = (row * SIDE + i).checked_sub(1).filter(|&y| y < map.height) else {
            continue;
        };
        for j in 0..6 {
            let Some(x) = (x * SIDE + j).checked_sub(1).filter(|&x| x < map.width) else {
                continue;
            };
            let at = (y * map.width + x) * map.n_channels + channel;
            tile[i * 6 + j].copy_from_slice(&image[at..at + LANES]);
        }
    }
    tile
}

/// What is done to an output before it is written.
#[derive(Debug, Clone, Copy)]
pub struct Finish<'a> {
    /// `[n_channels]`
    pub bias: &'a [f32],
    /// As the row of outputs; added where there is one.
    pub residual: Option<&'a [f32]>,
    pub relu: bool,
}

/// Transforms one row of tiles into outputs, `[at most 4, width, n_channels]`.
#[inline(always)]
pub fn transform_outputs(planes: Planes<&[f32]>, map: Map, finish: Finish, outputs: &mut [f32]) {
    let n = map.n_channels;
    for x in 0..map.tiles_across() {
        for channel in (0..n).step_by(LANES) {
            let mut tile = [[0.0; LANES]; N_INPUTS];
            let numbers = planes.numbers.chunks(planes.n_tiles * n);
            for (lanes, plane) in tile.iter_mut().zip(numbers) {
                lanes.copy_from_slice(&plane[(planes.first + x) * n + channel..][..LANES]);
            }
            for i in 0..6 {
                along(&mut tile, i, 6, output_transform);
            }
            for i in 0..SIDE {
                along(&mut tile, i * 6, 1, output_transform);
            }
            store(&tile, map, x, channel, finish, outputs);
        }
    }
}

#[inline(always)]
fn store(tile: &[Lanes; N_INPUTS], map: Map, x: usize, channel: usize, finish: Finish, outputs: &mut [f32]) {
    let n = map.n_channels;
    let bias = &finish.bias[channel..channel + LANES];
    for i in 0..outputs.len() / (map.width * n) {
        for j in 0..SIDE.min(map.width - x * SIDE) {
            let at = (i * map.width + x * SIDE + j) * n + channel;
            let mut lanes = tile[i * 6 + j];
            for (y, b) in lanes.iter_mut().zip(bias) {
                *y += b;
            }
            if let Some(residual) = finish.residual {
                let residual = &residual[at..at + LANES];
                for (y, r) in lanes.iter_mut().zip(residual) {
                    *y += r;
                }
            }
            if finish.relu {
                for y in &mut lanes {
                    // NaN stays NaN, which `max` would make zero.
                    *y = if *y < 0.0 { 0.0 } else { *y };
                }
            }
            outputs[at..at + LANES].copy_from_slice(&lanes);
        }
    }
}

/// Applies a transform to six numbers of the tile, lane by lane.
#[inline(always)]
#[expect(clippy::needless_range_loop, reason = "six places of the tile have that lane")]
fn along(tile: &mut [Lanes; N_INPUTS], first: usize, step: usize, transform: impl Fn([f32; 6]) -> [f32; 6]) {
    for lane in 0..LANES {
        let transformed = transform(std::array::from_fn(|i| tile[first + i * step][lane]));
        for (i, value) in transformed.into_iter().enumerate() {
            tile[first + i * step][lane] = value;
        }
    }
}

/// Bᵀd
#[inline(always)]
fn input_transform(d: [f32; 6]) -> [f32; 6] {
    [
        4.0 * d[0] - 5.0 * d[2] + d[4],
        d[3] + d[4] - 4.0 * (d[1] + d[2]),
        4.0 * (d[1] - d[2]) + d[4] - d[3],
        2.0 * (d[3] - d[1]) + d[4] - d[2],
        2.0 * (d[1] - d[3]) + d[4] - d[2],
        4.0 * d[1] - 5.0 * d[3] + d[5],
    ]
}

/// Aᵀm; the last two are not used.
#[inline(always)]
fn output_transform(m: [f32; 6]) -> [f32; 6] {
    let (sum, difference) = (m[1] + m[2], m[1] - m[2]);
    let (far_sum, far_difference) = (m[3] + m[4], m[3] - m[4]);
    [
        m[0] + sum + far_sum,
        difference + 2.0 * far_difference,
        sum + 4.0 * far_sum,
        difference + 8.0 * far_difference + m[5],
        0.0,
        0.0,
    ]
}

/// Rows of a product that are summed up together: as many as there are registers for.
const ROWS: usize = 6;

/// `tiles` `[n, n_in]` times `filters`, `[n_out / 16, n_in, 16]`, into the first rows of `products`, `[.., n_out]`.
#[inline(always)]
pub fn multiply(tiles: &[f32], filters: &[f32], n_in: usize, products: &mut [f32]) {
    let n_out = filters.len() / n_in;
    for (i, panel) in filters.chunks(n_in * LANES).enumerate() {
        for (rows, sums) in tiles.chunks(ROWS * n_in).zip(products.chunks_mut(ROWS * n_out)) {
            let sums = &mut sums[i * LANES..];
            if rows.len() == ROWS * n_in {
                multiply_rows::<ROWS>(rows, panel, n_in, sums, n_out);
                continue;
            }
            for (row, sums) in rows.chunks(n_in).zip(sums.chunks_mut(n_out)) {
                multiply_rows::<1>(row, panel, n_in, sums, n_out);
            }
        }
    }
}

/// The sums stay in registers from the first to the last input.
#[inline(always)]
fn multiply_rows<const N: usize>(rows: &[f32], panel: &[f32], n_in: usize, sums: &mut [f32], n_out: usize) {
    let mut acc = [[0.0f32; LANES]; N];
    let rows: [&[f32]; N] = std::array::from_fn(|r| &rows[r * n_in..][..n_in]);
    for (i, factors) in panel.chunks_exact(LANES).enumerate().take(n_in) {
        for (acc, row) in acc.iter_mut().zip(rows) {
            for (sum, factor) in acc.iter_mut().zip(factors) {
                *sum = row[i].mul_add(*factor, *sum);
            }
        }
    }
    for (r, acc) in acc.iter().enumerate() {
        sums[r * n_out..][..LANES].copy_from_slice(acc);
    }
}
