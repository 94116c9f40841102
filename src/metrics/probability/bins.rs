//! Images in bins of about as many each, by what is said of them: what a calibration error is computed over.

/// Bins of about equally many images.
pub const BINS: usize = 15;

/// Images that were said something similar.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bin<'a> {
    /// What was said of each, rising, and whether it came true.
    pub images: &'a [(f64, bool)],
    pub mean_said: f64,
    /// The share that came true.
    pub share: f64,
}

/// The bins of images that are sorted by what was said of them; empty bins are left out.
///
/// Their edges are quantiles, interpolated as `numpy.percentile` does, and what lies on an edge belongs to the bin below it, as in
/// scikit-learn's `calibration_curve(strategy="quantile")`. So images of which the same is said are always in one bin, and where
/// many are, there are fewer bins, and not equally many in each.
pub(super) fn bins(sorted: &[(f64, bool)]) -> Vec<Bin<'_>> {
    let edges: Vec<f64> = (1..BINS).filter_map(|i| quantile(sorted, i)).collect();
    let n_below = |said: f64| edges.iter().filter(|&&edge| edge < said).count();
    let same = |a: &(f64, bool), b: &(f64, bool)| n_below(a.0) == n_below(b.0);
    sorted.chunk_by(same).map(Bin::of).collect()
}

impl<'a> Bin<'a> {
    fn of(images: &'a [(f64, bool)]) -> Self {
        let n = images.len() as f64;
        Bin {
            images,
            mean_said: images.iter().map(|(said, _)| said).sum::<f64>() / n,
            share: images.iter().filter(|(_, is_so)| *is_so).count() as f64 / n,
        }
    }

    pub fn n(&self) -> f64 {
        self.images.len() as f64
    }
}

/// The `i`th of the edges between bins.
fn quantile(sorted: &[(f64, bool)], i: usize) -> Option<f64> {
    let place = i as f64 * (1.0 / BINS as f64) * (sorted.len().checked_sub(1)? as f64);
    let (low, part) = (sorted.get(place as usize)?.0, place.fract());
    let high = sorted.get(place as usize + 1).map_or(low, |next| next.0);
    Some(match part < 0.5 {
        true => low + (high - low) * part,
        false => high - (high - low) * (1.0 - part),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_which_the_same_is_said_are_in_one_bin() {
        let sizes = |said: &[f64]| -> Vec<usize> {
            let sorted: Vec<(f64, bool)> = said.iter().map(|&said| (said, false)).collect();
            bins(&sorted).iter().map(|bin| bin.images.len()).collect()
        };
        let apart: Vec<f64> = (0..30).map(f64::from).collect();
        assert_eq!(sizes(&apart), [2; 15].map(|n| n));
        assert_eq!(sizes(&[0.5; 100]), [100]);
        let mut half = vec![0.0; 50];
        half.extend((1..=50).map(f64::from));
        let of_half = sizes(&half);
        assert_eq!((of_half[0], of_half.iter().sum::<usize>()), (50, 100));
        assert_eq!(sizes(&[]), [0; 0]);
        assert_eq!(sizes(&[0.3]), [1]);
    }
}
