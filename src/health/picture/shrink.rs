//! An image made smaller by averaging areas, each pixel by the share of it that is covered. Nothing is ever enlarged.

/// Pixels as numbers, `[height, width]` of red, green and blue, 0 to 255.
#[derive(Debug, Clone, PartialEq)]
pub struct Shrunk {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<[f32; 3]>,
}

impl Shrunk {
    /// Shrunk until the longer side is at most `side`, its ratio kept.
    pub fn to_fit(side: usize, width: usize, height: usize, rgb: &[u8]) -> Self {
        let longer = width.max(height).max(1);
        let fitted = |length: usize| match longer > side {
            true => (length * side).div_ceil(longer).max(1),
            false => length,
        };
        let (to_width, to_height) = (fitted(width), fitted(height));
        let pixels: Vec<[f32; 3]> = rgb
            .as_chunks::<3>()
            .0
            .iter()
            .map(|pixel| pixel.map(f32::from))
            .collect();
        if (to_width, to_height) == (width, height) {
            return Shrunk {
                width,
                height,
                rgb: pixels,
            };
        }
        let columns = spans(width, to_width);
        let mut narrow = Vec::with_capacity(to_width * height);
        for row in pixels.chunks_exact(width.max(1)) {
            narrow.extend(columns.iter().map(|span| span.mean(|x| row[x])));
        }
        let rows = spans(height, to_height);
        let mut small = Vec::with_capacity(to_width * to_height);
        for span in &rows {
            small.extend((0..to_width).map(|x| span.mean(|y| narrow[y * to_width + x])));
        }
        Shrunk {
            width: to_width,
            height: to_height,
            rgb: small,
        }
    }

    /// Luma by ITU-R BT.601, as Pillow's `convert("L")` weighs it.
    pub fn grey(&self) -> Vec<f32> {
        let luma = |&[r, g, b]: &[f32; 3]| 0.299 * r + 0.587 * g + 0.114 * b;
        self.rgb.iter().map(luma).collect()
    }
}

/// The pixels that one pixel of a smaller (or larger) image covers along one axis.
pub struct Span {
    first: usize,
    /// How much of each is covered; sums to one.
    shares: Vec<f32>,
}

impl Span {
    pub fn mean<const N: usize>(&self, value: impl Fn(usize) -> [f32; N]) -> [f32; N] {
        let mut sum = [0.0; N];
        for (i, share) in self.shares.iter().enumerate() {
            let value = value(self.first + i);
            for (sum, value) in sum.iter_mut().zip(value) {
                *sum += share * value;
            }
        }
        sum
    }
}

/// `to` spans that divide `from` pixels evenly.
pub fn spans(from: usize, to: usize) -> Vec<Span> {
    let step = from as f64 / to.max(1) as f64;
    let span = |i: usize| {
        let (start, end) = (i as f64 * step, (i + 1) as f64 * step);
        let first = (start.floor() as usize).min(from.saturating_sub(1));
        let last = (end.ceil() as usize).clamp(first + 1, from.max(first + 1));
        let covered = |pixel: usize| (end.min(pixel as f64 + 1.0) - start.max(pixel as f64)).max(0.0);
        let shares = (first..last)
            .map(|pixel| (covered(pixel) / step) as f32)
            .collect();
        Span { first, shares }
    };
    (0..to).map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_averaged_by_what_they_cover() {
        // Three pixels to two: the middle one belongs to both by halves.
        let rgb: Vec<u8> = [0, 90, 240].into_iter().flat_map(|level| [level; 3]).collect();
        let small = Shrunk::to_fit(2, 3, 1, &rgb);
        assert_eq!((small.width, small.height), (2, 1));
        let first: Vec<f32> = small.rgb.iter().map(|pixel| pixel[0]).collect();
        assert!(
            (first[0] - 30.0).abs() < 1e-3 && (first[1] - 190.0).abs() < 1e-3,
            "{first:?}"
        );
        let kept = Shrunk::to_fit(8, 3, 1, &rgb);
        assert_eq!(kept.rgb, [[0.0; 3], [90.0; 3], [240.0; 3]], "never enlarged");
    }
}
