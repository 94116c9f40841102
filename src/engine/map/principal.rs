//! The two directions in which features differ most, and where the images lie along them.

use tch::{Device, Kind, Tensor};

use crate::error::Result;

/// Rows of the matrix that are brought to double precision at a time.
const BLOCK: i64 = 4096;

/// Of `[n, n_features]`: the first two principal components of each row, and their share of the variance. As scikit-learn has
/// it, the largest entry of a direction is positive.
///
/// # Errors
/// A libtorch fault.
pub fn principal(rows: &Tensor) -> Result<(Vec<[f32; 2]>, [f64; 2])> {
    let (n, n_features) = rows.size2()?;
    let mean = rows.f_mean_dim(0i64, true, Kind::Double)?;
    let mut scatter = Tensor::f_zeros([n_features, n_features], (Kind::Double, rows.device()))?;
    for start in (0..n).step_by(BLOCK as usize) {
        let block = rows.f_narrow(0, start, BLOCK.min(n - start))?;
        let centred = block.f_to_kind(Kind::Double)?.f_sub(&mean)?;
        let _ = scatter.f_add_(&centred.f_transpose(0, 1)?.f_mm(&centred)?)?;
    }
    // The smallest comes first.
    let (values, directions) = scatter.f_to_device(Device::Cpu)?.f_linalg_eigh("L")?;
    let total = values
        .f_clamp_min(0.0)?
        .f_sum(Kind::Double)?
        .f_double_value(&[])?;
    let n_directions = n_features.min(2);
    let mut places = vec![[0.0; 2]; n as usize];
    let mut variance = [0.0; 2];
    for axis in 0..n_directions {
        let at = n_features - 1 - axis;
        if total > 0.0 {
            variance[axis as usize] = values.f_double_value(&[at])?.max(0.0) / total;
        }
        let direction = signed(&directions.f_narrow(1, at, 1)?)?;
        let along: Vec<f32> = along(rows, &mean, &direction.f_to_device(rows.device())?)?;
        for (place, along) in places.iter_mut().zip(along) {
            place[axis as usize] = along;
        }
    }
    Ok((places, variance))
}

/// A direction is as good as its opposite: the one whose largest entry is positive.
fn signed(direction: &Tensor) -> Result<Tensor> {
    let largest = direction
        .f_abs()?
        .f_argmax(None::<i64>, false)?
        .f_int64_value(&[])?;
    let is_negative = direction.f_double_value(&[largest, 0])? < 0.0;
    Ok(direction.f_mul_scalar(if is_negative { -1.0 } else { 1.0 })?)
}

fn along(rows: &Tensor, mean: &Tensor, direction: &Tensor) -> Result<Vec<f32>> {
    let (n, _) = rows.size2()?;
    let mut along = Vec::with_capacity(n as usize);
    for start in (0..n).step_by(BLOCK as usize) {
        let block = rows.f_narrow(0, start, BLOCK.min(n - start))?;
        let centred = block.f_to_kind(Kind::Double)?.f_sub(mean)?;
        let found = centred
            .f_mm(direction)?
            .f_to_kind(Kind::Float)?
            .f_to_device(Device::Cpu)?;
        along.extend(Vec::<f32>::try_from(&found.f_reshape([-1i64])?)?);
    }
    Ok(along)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// sklearn.decomposition.PCA(2).fit(x): fit_transform and explained_variance_ratio_, with
    /// x = [[2, 0, 1], [0, 1, 3], [4, 1, 0], [1, 5, 2], [3, 3, 3]].
    #[test]
    fn it_is_scikit_learns() {
        let rows = [
            2.0f32, 0.0, 1.0, 0.0, 1.0, 3.0, 4.0, 1.0, 0.0, 1.0, 5.0, 2.0, 3.0, 3.0, 3.0,
        ];
        let rows = Tensor::from_slice(&rows).view([5, 3]);
        let (places, variance) = principal(&rows).unwrap();
        let expected = [
            [-1.953_318_5, -0.849_159_39],
            [0.527_322_58, -2.479_835_09],
            [-2.395_169_96, 1.559_518_89],
            [2.912_728_6, 0.886_522_58],
            [0.908_437_28, 0.882_953],
        ];
        for (place, expected) in places.iter().flatten().zip(expected.iter().flatten()) {
            assert!((f64::from(*place) - expected).abs() < 1e-5, "{places:?}");
        }
        let expected = [0.583_524_621_577_977_7, 0.331_350_037_016_839_7];
        let off = [0, 1].map(|axis| (variance[axis] - expected[axis]).abs());
        assert!(off.iter().all(|off| *off < 1e-9), "{variance:?}");
    }

    #[test]
    fn equal_rows_and_one_row_lie_in_one_place() {
        for n in [1, 3] {
            let rows = Tensor::ones([n, 4], (Kind::Float, Device::Cpu));
            let (places, variance) = principal(&rows).unwrap();
            assert!(places.iter().flatten().all(|x| x.abs() < 1e-6));
            assert_eq!(variance, [0.0; 2]);
        }
        let thin = Tensor::from_slice(&[1.0f32, 2.0, 4.0]).view([3, 1]);
        assert_eq!(principal(&thin).unwrap().1[1], 0.0);
    }
}
