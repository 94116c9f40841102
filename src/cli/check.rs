//! `scan --check`: every image decoded, with how fast it goes and how long it will take.

use std::time::Instant;

use super::progress::ProgressView;
use crate::disk::dataset::check_images::check_images;
use crate::error::Result;
use crate::experiment::{Checked, Dataset};
use crate::protocol::{Cancel, Phase, Progress};

pub fn check(dataset: &Dataset, cancel: &Cancel, view: &ProgressView) -> Result<Checked> {
    let (began, total) = (Instant::now(), dataset.images.len() as u64);
    check_images(dataset, cancel, &mut |done| {
        let per_sec = done as f64 / began.elapsed().as_secs_f64().max(1e-9);
        view.show(&Progress {
            phase: Phase::Check,
            done,
            total,
            per_sec,
            left_secs: (done > 0).then(|| (total - done) as f64 / per_sec),
        });
    })
}
