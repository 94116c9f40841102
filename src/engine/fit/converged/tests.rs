//! The minimum against one that SciPy found, and what a stop leaves of the way there.

use super::*;
use crate::engine::tests::World;

#[test]
fn a_stop_keeps_what_the_iterations_have_come_to() {
    let world = World::new();
    let (setup, features, _) = world.prepared(&[world.config()]);
    let table = features.table().unwrap();
    let order = table.readable(&setup.split.train);
    let n_features = setup.network.n_features;
    let chunks = Chunks::new(table, &order, Device::Cpu, n_features).unwrap();
    let problem = Problem::new(&chunks, &[1.0, 3.0]).unwrap();
    let minimum = |cancel: &Cancel, stop_at: usize| {
        let mut losses = Vec::new();
        let mut tell = |iteration: usize, loss: f64| {
            losses.push(loss);
            if iteration == stop_at {
                cancel.cancel();
            }
            Ok(())
        };
        (problem.minimum(cancel, &mut tell).unwrap().unwrap(), losses)
    };
    let (stopped, losses) = minimum(&Cancel::new(), 2);
    let (whole, all_losses) = minimum(&Cancel::new(), usize::MAX);
    assert_eq!((stopped.n_iterations, &losses[..]), (2, &all_losses[..2]));
    assert!(whole.n_iterations > 2 && stopped.gradient > GRADIENT_TOLERANCE);
    assert!(f64::try_from(stopped.head.weight.abs().max()).unwrap() > 0.0);
}

/// 24 images of three features, and classes that these do not separate.
fn drawn(n_classes: i64, scale: f64) -> (Tensor, Tensor) {
    let features = (0..24_i64).flat_map(|i| (0..3).map(move |j| (7 * i + 5 * j * j + 3 * i * j) % 11));
    let features: Vec<f64> = features.map(|n| scale * (n as f64 / 4.0 - 1.0)).collect();
    let labels: Vec<i64> = (0..24).map(|i| (i * i + i / 3) % n_classes).collect();
    let features = Tensor::f_from_slice(&features).unwrap().f_view([24, 3]).unwrap();
    (features, Tensor::f_from_slice(&labels).unwrap())
}

/// By `scipy.optimize.minimize` (BFGS, gradient below 1e-9, SciPy beside PyTorch 2.11) of the loss that the module's text
/// states. Rows of weights with the bias appended.
#[test]
fn the_minimum_is_scipys() {
    let world = World::new();
    let (_, features, _) = world.prepared(&[world.config()]);
    let two = [0.4802166, 0.1585574, 0.2490666, -0.3286479];
    let of_large = [6.6298783e-04, 2.3927474e-04, 3.8128447e-04, -3.8048382e-01];
    let three = [
        [-0.3359566, 0.8456663, -0.138134, -1.0063311],
        [-0.0710617, 0.1146283, -0.3339895, 0.2411656],
        [0.4070183, -0.9602947, 0.4721235, 0.7651654],
    ];
    let and_minus = |row: [f64; 4]| vec![row, row.map(|w| -w)];
    for (class_weights, scale, loss, rows) in [
        (&[1.0, 3.0][..], 1.0, 0.584_467_603_6, and_minus(two)),
        (&[1.0, 3.0], 1000.0, 0.578_186_337_2, and_minus(of_large)),
        (&[1.0, 2.0, 5.0], 1.0, 0.748_939_731_6, three.to_vec()),
    ] {
        let order = [0; 24];
        let chunks = Chunks {
            table: features.table().unwrap(),
            order: &order,
            device: Device::Cpu,
            kind: Kind::Double,
            n_features: 3,
            held: vec![drawn(class_weights.len() as i64, scale)],
        };
        let problem = Problem::new(&chunks, class_weights).unwrap();
        let mut last = f64::NAN;
        let mut tell = |_, loss| {
            last = loss;
            Ok(())
        };
        let minimum = problem.minimum(&Cancel::new(), &mut tell).unwrap().unwrap();
        assert!(minimum.gradient <= GRADIENT_TOLERANCE, "{minimum:?}");
        assert!((last - loss).abs() < 1e-5, "{last} where {loss} is least");
        let weight: Vec<f32> = Vec::try_from(minimum.head.weight.reshape(-1)).unwrap();
        let bias: Vec<f32> = Vec::try_from(&minimum.head.bias).unwrap();
        for (i, row) in rows.iter().enumerate() {
            for (found, expected) in weight[3 * i..]
                .iter()
                .chain([&bias[i]])
                .zip([row[0], row[1], row[2]])
            {
                let apart = (f64::from(*found) - expected).abs() * scale;
                assert!(
                    apart < 2e-4,
                    "{found} where SciPy has {expected}, of {class_weights:?}"
                );
            }
            // What all biases have in common changes no probability.
            let mean = bias.iter().sum::<f32>() / bias.len() as f32;
            assert!(
                (f64::from(bias[i] - mean) - row[3]).abs() < 2e-4,
                "{bias:?}, of {class_weights:?}"
            );
        }
    }
}
