//! Pillow's `Image.resize(size, BILINEAR, box)`, bit for bit: antialiased, first along the rows, then along the columns,
//! each pass rounded to whole levels (`src/libImaging/Resample.c`, Pillow 12). Another order, or other rounding, moves
//! one level in every ten to twenty values, and a converged head's probability by hundredths.

use super::decode::Pixels;

const CHANNELS: usize = 3;
/// 8 bits of a level, 2 to spare for sums.
const PRECISION_BITS: u32 = 32 - 8 - 2;
const HALF: i32 = 1 << (PRECISION_BITS - 1);

/// What one output pixel is made of along one side.
struct Taps {
    first: usize,
    /// One for each pixel from `first` on, in units of 2^-22; together about one.
    weights: Vec<i32>,
}

/// The part of the image from its upper left corner to `covered` (in its own pixels, at least one), as `width` x `height`.
pub fn bilinear(pixels: &Pixels, covered: (f64, f64), (width, height): (u32, u32)) -> Pixels {
    let is_whole = |covered: f64, length: u32| covered == f64::from(length);
    let columns = (width != pixels.width || !is_whole(covered.0, pixels.width))
        .then(|| taps(pixels.width, covered.0, width));
    let rows = (height != pixels.height || !is_whole(covered.1, pixels.height))
        .then(|| taps(pixels.height, covered.1, height));
    let mut rgb = match columns {
        Some(columns) => {
            // Rows that no output row needs are left alone.
            let n_rows = rows.as_ref().map_or(pixels.height as usize, |rows| {
                rows.iter()
                    .map(|tap| tap.first + tap.weights.len())
                    .max()
                    .unwrap_or(0)
            });
            along_rows(&pixels.rgb, pixels.width as usize, n_rows, &columns)
        }
        None => pixels.rgb.clone(),
    };
    if let Some(rows) = rows {
        rgb = along_columns(&rgb, width as usize * CHANNELS, &rows);
    }
    Pixels { width, height, rgb }
}

/// `precompute_coeffs` and `normalize_coeffs_8bpc`.
fn taps(length: u32, covered: f64, wanted: u32) -> Vec<Taps> {
    let scale = covered / f64::from(wanted);
    let support = scale.max(1.0);
    let tap = |i: u32| {
        let centre = (f64::from(i) + 0.5) * scale;
        // Truncated towards zero, as C does it.
        let first = ((centre - support + 0.5) as i64).max(0);
        let end = ((centre + support + 0.5) as i64).min(i64::from(length));
        let weight = |at: i64| {
            let distance = ((at as f64 - centre + 0.5) / support).abs();
            if distance < 1.0 { 1.0 - distance } else { 0.0 }
        };
        let weights: Vec<f64> = (first..end).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        let sum = if sum == 0.0 { 1.0 } else { sum };
        let whole = |weight: &f64| (0.5 + weight / sum * f64::from(1 << PRECISION_BITS)) as i32;
        Taps {
            first: first as usize,
            weights: weights.iter().map(whole).collect(),
        }
    };
    (0..wanted).map(tap).collect()
}

fn level(sum: i32) -> u8 {
    (sum >> PRECISION_BITS).clamp(0, 255) as u8
}

fn along_rows(rgb: &[u8], width: usize, n_rows: usize, taps: &[Taps]) -> Vec<u8> {
    let mut out = Vec::with_capacity(n_rows * taps.len() * CHANNELS);
    for row in rgb.chunks_exact(width * CHANNELS).take(n_rows) {
        for Taps { first, weights } in taps {
            let mut sums = [HALF; CHANNELS];
            let pixels = row[first * CHANNELS..].chunks_exact(CHANNELS);
            for (pixel, &weight) in pixels.zip(weights) {
                for (sum, &sample) in sums.iter_mut().zip(pixel) {
                    *sum += i32::from(sample) * weight;
                }
            }
            out.extend(sums.map(level));
        }
    }
    out
}

/// `stride` samples a row.
fn along_columns(rgb: &[u8], stride: usize, taps: &[Taps]) -> Vec<u8> {
    let mut out = Vec::with_capacity(taps.len() * stride);
    let mut sums = vec![HALF; stride];
    for Taps { first, weights } in taps {
        sums.fill(HALF);
        let rows = rgb[first * stride..].chunks_exact(stride);
        for (row, &weight) in rows.zip(weights) {
            for (sum, &sample) in sums.iter_mut().zip(row) {
                *sum += i32::from(sample) * weight;
            }
        }
        out.extend(sums.iter().map(|&sum| level(sum)));
    }
    out
}
