//! Pillow's `Image.resize(size, BILINEAR, box)`, bit for bit: antialiased, along the rows and along the columns, each pass
//! rounded to whole levels (`src/libImaging/Resample.c`). Another order, or other rounding, moves one level in every five
//! to twenty values, and a converged head's probability by hundredths. The order is that of Pillow 13; up to Pillow 12 the
//! pass along the rows always came first, so tall images come out a level apart there.

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
    let from = pixels.width as usize;
    let rgb = match (columns, rows) {
        (None, None) => pixels.rgb.clone(),
        (Some(columns), None) => along_rows(&pixels.rgb, from, pixels.height as usize, &columns),
        (None, Some(rows)) => along_columns(&pixels.rgb, from * CHANNELS, &rows),
        (Some(columns), Some(rows)) if columns_come_first(pixels, (width, height)) => {
            let low = along_columns(&pixels.rgb, from * CHANNELS, &rows);
            along_rows(&low, from, height as usize, &columns)
        }
        (Some(columns), Some(rows)) => {
            // Rows that no output row needs are left alone.
            let needed = rows.iter().map(|tap| tap.first + tap.weights.len());
            let narrow = along_rows(&pixels.rgb, from, needed.max().unwrap_or(0), &columns);
            along_columns(&narrow, width as usize * CHANNELS, &rows)
        }
    };
    Pixels { width, height, rgb }
}

/// Where the image becomes lower by more than twice as many pixels as it becomes narrower (Pillow 13).
fn columns_come_first(from: &Pixels, (width, height): (u32, u32)) -> bool {
    let lost = |before: u32, after: u32| i64::from(before) - i64::from(after);
    let (narrower, lower) = (lost(from.width, width), lost(from.height, height));
    lower > 0 && lower > 2 * narrower
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Pillow 13.0, the red levels:
    /// ```python
    /// x, y, c = np.meshgrid(np.arange(w), np.arange(h), np.arange(3), indexing="xy")
    /// image = Image.fromarray(((x * 37 + y * 59 + c * 83 + x * y * 11) % 256).astype(np.uint8))
    /// np.array(image.resize(size, Image.BILINEAR))[:, :, 0].ravel()
    /// ```
    /// Of the second and third one row decides which pass comes first; in the other order 12 and 13 of the 24 differ.
    #[test]
    fn the_passes_come_in_pillows_order() {
        type Size = (u32, u32);
        let table: [(Size, Size, &[u8]); 5] = [
            (
                (5, 26),
                (4, 5),
                &[
                    118, 140, 135, 149, 124, 122, 133, 138, 148, 127, 107, 105, 132, 133, 145, 117, 126, 146,
                    134, 121,
                ],
            ),
            (
                (9, 20),
                (3, 8),
                &[
                    107, 149, 110, 153, 129, 120, 126, 157, 120, 122, 133, 133, 119, 97, 134, 143, 123, 138,
                    130, 115, 137, 121, 132, 97,
                ],
            ),
            (
                (9, 21),
                (3, 8),
                &[
                    111, 148, 111, 151, 130, 119, 126, 157, 121, 120, 123, 136, 123, 99, 131, 139, 125, 142,
                    136, 122, 126, 120, 127, 102,
                ],
            ),
            ((5, 27), (2, 3), &[127, 138, 133, 119, 136, 129]),
            (
                (7, 5),
                (4, 9),
                &[
                    19, 77, 145, 203, 41, 104, 162, 161, 77, 150, 190, 92, 113, 163, 150, 126, 149, 169, 93,
                    185, 178, 141, 121, 116, 196, 121, 141, 73, 172, 138, 123, 132, 157, 148, 113, 168,
                ],
            ),
        ];
        for ((width, height), size, expected) in table {
            let sample = |i: u32| {
                let (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
                ((x * 37 + y * 59 + c * 83 + x * y * 11) % 256) as u8
            };
            let pixels = Pixels {
                width,
                height,
                rgb: (0..width * height * 3).map(sample).collect(),
            };
            let got = bilinear(&pixels, (width.into(), height.into()), size);
            let red: Vec<u8> = got.rgb.iter().step_by(3).copied().collect();
            assert_eq!(red, expected, "{width} x {height} to {size:?}");
        }
    }
}
