//! PyTorch's numbers at small scale, without Python: a dump that `tests/reference/notebook.py` made (see
//! `tests/parity/parity.rs --golden`), and our engine on the same images, split, batches, weights and head.
#![cfg(feature = "torch")]

#[path = "parity/against.rs"]
mod against;
#[path = "parity/tiny.rs"]
mod tiny;

use std::path::Path;

use against::Dump;
use counterweight::disk::{Loader, Plan};
use counterweight::engine::backbone::{Network, Parameters};
use counterweight::engine::features::pixels::to_input;
use counterweight::engine::head::Head;
use counterweight::engine::judge::grad_cam::class_map;
use counterweight::experiment::{BatchNorm, Normalize, Resize, backbone};
use counterweight::protocol::Cancel;
use serde::Deserialize;
use tch::{Device, Kind};

#[test]
fn losses_logits_and_matrix_are_pytorchs_in_both_batch_norm_modes() {
    let home = tempfile::tempdir().unwrap();
    let images = tiny::draw(home.path());
    for batch_norm in [BatchNorm::Batch, BatchNorm::Frozen] {
        let dump = Dump::read(&Path::new("tests/golden").join(batch_norm.name()), 0);
        let difference = dump.compare(&tiny::told(&images, batch_norm));
        assert_eq!(
            difference.n_losses, 8,
            "{batch_norm}: two epochs of 28 images in batches of 8"
        );
        assert!(difference.loss <= 1e-4, "{batch_norm}: {difference:?}");
        assert!(difference.logit <= 1e-3, "{batch_norm}: {difference:?}");
        assert_eq!(difference.ours, difference.reference, "{batch_norm}");
    }
}

/// What `tests/reference/grad_cam.py` wrote.
#[derive(Deserialize)]
struct GradCam {
    side: u32,
    maps: Vec<GradCamMap>,
}

#[derive(Deserialize)]
struct GradCamMap {
    image: String,
    class_idx: usize,
    map: Vec<f32>,
}

#[test]
fn what_speaks_for_a_class_is_what_pytorchs_gradients_say() {
    let home = tempfile::tempdir().unwrap();
    let images = tiny::draw(home.path());
    let text = std::fs::read_to_string("tests/golden/grad-cam.json").unwrap();
    let reference: GradCam = serde_json::from_str(&text).unwrap();
    let resnet18 = backbone("resnet18").unwrap();
    let parameters = Parameters::random(resnet18, 0, Device::Cpu).unwrap();
    let network = Network::new(resnet18, &parameters, BatchNorm::Frozen, Kind::Float).unwrap();
    let dump = Dump::read(Path::new("tests/golden/frozen"), 0);
    let head = Head::from_values(
        dump.floats("head0.weight"),
        dump.floats("head0.bias"),
        Device::Cpu,
    )
    .unwrap();
    let side = reference.side as usize;
    for theirs in &reference.maps {
        let plan = Plan {
            root: images.clone(),
            paths: [theirs.image.clone().into()].into(),
            batches: vec![vec![0]],
            resize: Resize::Square,
            image_size: reference.side,
            n_threads: 1,
        };
        let batch = Loader::start(plan, Cancel::new())
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        let size = [1, side, side];
        let pixels = to_input(
            &batch.pixels,
            size,
            Normalize::Imagenet,
            network.device,
            network.kind,
        )
        .unwrap();
        let map = network.last_map(&pixels, &Cancel::new()).unwrap();
        let ours = class_map(&map, &head, theirs.class_idx).unwrap();
        let largest = theirs.map.iter().copied().fold(0.0, f32::max);
        let apart = ours.iter().zip(&theirs.map).map(|(a, b)| (a - b).abs());
        assert_eq!(ours.len(), theirs.map.len());
        let apart = apart.fold(0.0, f32::max);
        assert!(
            apart <= 1e-4 * largest.max(1e-3),
            "{}: {apart} of {largest}",
            theirs.image
        );
    }
    // Neither all for one class nor none at all: a map of zeros would be equal to anything.
    let speaks = |class_idx: usize| {
        (reference.maps.iter()).any(|m| m.class_idx == class_idx && m.map.iter().any(|v| *v > 0.0))
    };
    assert!(speaks(0) && speaks(1));
}
