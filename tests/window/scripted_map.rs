//! A map of features that nobody computed.

use counterweight::experiment::Dataset;
use counterweight::map::{FeatureMap, Nearest};

/// A number from 0 to 1, another for each.
fn chance(i: usize, salt: usize) -> f32 {
    let mixed = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ (salt as u64).wrapping_mul(0x2545_f491_4f6c_dd1d);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (mixed >> 40) as f32 / (1u64 << 24) as f32
}

/// Each class a cloud of its own, which reaches into the next; the nearest of an image are those after it.
pub fn feature_map(data: &Dataset) -> FeatureMap {
    let n = data.images.len();
    let n_classes = data.n_classes() as f32;
    let place = |i: usize, spread: f32| {
        let class = data.images[i].class_idx as f32;
        let angle = class / n_classes * std::f32::consts::TAU;
        let far = if n_classes > 2.0 { 8.0 } else { 4.0 };
        // The sum of three is nearly normal.
        let near = |salt: usize| (0..3).map(|j| chance(i, salt + j) - 0.5).sum::<f32>() * spread;
        [far * angle.cos() + near(1), far * angle.sin() + near(7)]
    };
    let k = 14;
    FeatureMap {
        images: (0..n as u32).collect(),
        pca: (0..n).map(|i| place(i, 14.0)).collect(),
        variance: [0.31, 0.12],
        umap: (0..n).map(|i| place(i, 7.0)).collect(),
        nearest: Nearest {
            k,
            places: (0..n)
                .flat_map(|i| (1..=k).map(move |step| ((i + step * 7) % n) as u32))
                .collect(),
            cosines: (0..n)
                .flat_map(|_| (1..=k).map(|step| 0.96 - 0.011 * step as f32))
                .collect(),
        },
    }
}
