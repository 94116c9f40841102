//! How bright, how sharp and how full of detail an image is.

use super::shrink::Shrunk;

/// Bits of grey, and levels of 255, below which an image shows nothing.
const LEAST_ENTROPY: f32 = 1.0;
const LEAST_CONTRAST: f32 = 4.0;

/// Taken of an image that fits [`super::MEASURED_SIDE`]; brightness from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    pub brightness: f32,
    /// Below it lie 5 of 100 pixels: high where all is bright.
    pub darkest: f32,
    /// Below it lie 99 of 100 pixels: low where all is dark.
    pub brightest: f32,
    /// Standard deviation of grey, in levels of 255.
    pub contrast: f32,
    /// Shannon entropy of the grey levels in bits, 0 to 8.
    pub entropy: f32,
    /// Variance of the Laplacian of grey: low where an image is blurred (Pech-Pacheco et al. 2000).
    pub sharpness: f32,
    /// Mean distance of the strongest from the weakest colour: 0 for grey.
    pub colour: f32,
}

impl Measures {
    pub fn of(image: &Shrunk) -> Self {
        let grey = image.grey();
        let mut brightness: Vec<f32> = image.rgb.iter().map(perceived).collect();
        let mean_brightness = mean(brightness.iter().copied());
        brightness.sort_unstable_by(f32::total_cmp);
        let below = |share: f64| {
            let at = (share * brightness.len().saturating_sub(1) as f64).round() as usize;
            brightness.get(at).copied().unwrap_or_default()
        };
        Measures {
            brightness: mean_brightness,
            darkest: below(0.05),
            brightest: below(0.99),
            contrast: variance(&grey).sqrt(),
            entropy: entropy(&grey),
            sharpness: variance(&laplacian(&grey, image.width, image.height)),
            colour: mean(
                image
                    .rgb
                    .iter()
                    .map(|[r, g, b]| (r.max(*g).max(*b) - r.min(*g).min(*b)) / 255.0),
            ),
        }
    }

    /// Whether there is nothing in it by which it could be known again.
    pub fn show_nothing(&self) -> bool {
        self.entropy < LEAST_ENTROPY || self.contrast < LEAST_CONTRAST
    }
}

/// As an eye weighs the colours (Finley 2006), which CleanVision goes by.
fn perceived([r, g, b]: &[f32; 3]) -> f32 {
    (0.241 * r * r + 0.691 * g * g + 0.068 * b * b).sqrt() / 255.0
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, n) = values.fold((0.0f64, 0u32), |(sum, n), value| (sum + f64::from(value), n + 1));
    if n == 0 { 0.0 } else { (sum / f64::from(n)) as f32 }
}

fn variance(values: &[f32]) -> f32 {
    let mean = mean(values.iter().copied());
    self::mean(values.iter().map(|value| (value - mean) * (value - mean)))
}

fn entropy(grey: &[f32]) -> f32 {
    let mut counts = [0u32; 256];
    for level in grey {
        counts[level.round().clamp(0.0, 255.0) as usize] += 1;
    }
    let share = |n: &u32| f64::from(*n) / grey.len() as f64;
    let bits = counts
        .iter()
        .filter(|n| **n > 0)
        .map(share)
        .map(|p| -p * p.log2());
    bits.sum::<f64>() as f32
}

/// Four neighbours less four times the pixel; the border has none.
fn laplacian(grey: &[f32], width: usize, height: usize) -> Vec<f32> {
    let mut edges = Vec::with_capacity(grey.len());
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let at = y * width + x;
            edges.push(grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width] - 4.0 * grey[at]);
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(width: usize, height: usize, level: impl Fn(usize, usize) -> u8) -> Measures {
        let rgb: Vec<u8> = (0..width * height)
            .flat_map(|i| [level(i % width, i / width); 3])
            .collect();
        Measures::of(&Shrunk::to_fit(256, width, height, &rgb))
    }

    #[test]
    fn numbers_are_those_of_a_hand() {
        let chess = measured(8, 8, |x, y| if (x + y) % 2 == 0 { 0 } else { 200 });
        assert!((chess.contrast - 100.0).abs() < 1e-3);
        assert!((chess.entropy - 1.0).abs() < 1e-6, "two levels of a half each");
        // Each pixel inside has four neighbours of the other level: ±800, whose mean is 0.
        assert!((chess.sharpness - 640_000.0).abs() < 1.0, "{}", chess.sharpness);
        assert!((chess.brightness - 100.0 / 255.0).abs() < 1e-4);
        assert_eq!((chess.darkest, chess.colour), (0.0, 0.0));
        let blank = measured(40, 30, |_, _| 255);
        assert_eq!((blank.entropy, blank.contrast, blank.sharpness), (0.0, 0.0, 0.0));
        assert!((blank.darkest - 1.0).abs() < 1e-6);
        let pixel = measured(1, 1, |_, _| 9);
        assert_eq!((pixel.sharpness, pixel.entropy), (0.0, 0.0));
    }
}
