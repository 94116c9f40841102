//! Each image's nearest neighbours by the cosine of their features: one large product of matrices, a block of rows at a time.

use tch::{Device, Kind, Tensor};

use crate::error::Result;
use crate::jobs::progress::Reporter;

/// Rows of the product at a time: of 100,000 images they take 100 MB.
const BLOCK: usize = 256;
/// So that features that are all zero have a direction.
const LEAST_LENGTH: f64 = 1e-12;

#[derive(Debug)]
pub struct Neighbours {
    /// Of each row: the nearest first, with the cosine.
    pub of_row: Vec<Vec<(usize, f64)>>,
}

impl Neighbours {
    /// Cosine distance to them, on average.
    pub fn mean_distances(&self) -> Vec<f64> {
        let mean = |nearest: &Vec<(usize, f64)>| {
            let distances = nearest.iter().map(|(_, cosine)| (1.0 - cosine).max(0.0));
            distances.sum::<f64>() / nearest.len().max(1) as f64
        };
        self.of_row.iter().map(mean).collect()
    }
}

/// Of each row of `[n, n_features]` the `k` nearest others, or as many as there are.
///
/// # Errors
/// Stopped; a libtorch fault.
pub fn nearest(features: &Tensor, k: usize, progress: &mut Reporter) -> Result<Neighbours> {
    let n = features.size()[0] as usize;
    let k = k.min(n.saturating_sub(1));
    let lengths = features
        .f_square()?
        .f_sum_dim_intlist(1i64, true, Kind::Float)?
        .f_sqrt()?;
    let directions = features.f_div(&lengths.f_clamp_min(LEAST_LENGTH)?)?;
    let others = directions.f_transpose(0, 1)?;
    let mut of_row = Vec::with_capacity(n);
    for start in (0..n).step_by(BLOCK) {
        progress.cancel.check()?;
        let len = BLOCK.min(n - start) as i64;
        let cosines = directions.f_narrow(0, start as i64, len)?.f_mm(&others)?;
        // Nobody is its own neighbour.
        let mut own = cosines.f_narrow(1, start as i64, len)?;
        let _ = own.f_fill_diagonal_(-2.0, false)?;
        let (values, places) = cosines.f_topk(k as i64, 1, true, true)?;
        let values: Vec<f32> = Vec::try_from(&values.f_to_device(Device::Cpu)?.f_reshape([-1i64])?)?;
        let places: Vec<i64> = Vec::try_from(&places.f_to_device(Device::Cpu)?.f_reshape([-1i64])?)?;
        for row in 0..len as usize {
            let nearest = (row * k..(row + 1) * k).map(|at| (places[at] as usize, f64::from(values[at])));
            of_row.push(nearest.collect());
        }
        progress.advance(len as usize);
    }
    Ok(Neighbours { of_row })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Cancel;

    #[test]
    fn they_are_the_nearest_by_angle_and_never_oneself() {
        let rows: Vec<f32> = (0..600)
            .flat_map(|i| {
                let angle = i as f32 * 0.001;
                [angle.cos() * (1.0 + i as f32), angle.sin() * (1.0 + i as f32)]
            })
            .collect();
        let features = Tensor::from_slice(&rows).view([600, 2]);
        let found = nearest(&features, 2, &mut Reporter::quiet(&Cancel::new())).unwrap();
        for i in [1usize, 255, 256, 300, 598] {
            let mut places: Vec<usize> = found.of_row[i].iter().map(|(place, _)| *place).collect();
            places.sort_unstable();
            assert_eq!(places, [i - 1, i + 1], "row {i}");
        }
        let distances = found.mean_distances();
        assert!(distances.iter().all(|d| *d < 1e-4));
        let one = nearest(
            &features.narrow(0, 0, 1),
            10,
            &mut Reporter::quiet(&Cancel::new()),
        )
        .unwrap();
        assert_eq!(one.mean_distances(), [0.0]);
    }
}
