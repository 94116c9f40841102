//! Copies that only features propose, such as crops: whoever is among an image's nearest is looked at, and what is seen
//! decides (`health::alike`).

use std::num::NonZero;
use std::thread;

use crate::disk::files::on_all_cores::{Hands, on_all_cores};
use crate::engine::features::neighbours::Neighbours;
use crate::error::Result;
use crate::health::alike::{CROP_LIKENESS, Components, crop_likeness};
use crate::health::picture::Properties;
use crate::jobs::progress::Reporter;
use crate::protocol::Phase;

/// Neighbours that are looked at.
const LOOKED_AT: usize = 3;
/// Features of crops are near those of the whole.
const LEAST_COSINE: f64 = 0.8;
/// Pairs a thread takes at a time.
const CHUNK: usize = 8;

/// Joins them. `judged` are the images of the neighbours' rows; `properties` are each image's.
pub fn join_copies(
    neighbours: &Neighbours,
    judged: &[usize],
    properties: &[Option<Properties>],
    components: &mut Components,
    progress: &mut Reporter,
) -> Result<()> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (row, nearest) in neighbours.of_row.iter().enumerate() {
        let others = nearest
            .iter()
            .take(LOOKED_AT)
            .filter(|(_, cosine)| *cosine >= LEAST_COSINE);
        let pair = |&(other, _): &(usize, f64)| (judged[row.min(other)], judged[row.max(other)]);
        pairs.extend(others.map(pair).filter(|&(a, b)| !components.are_joined(a, b)));
    }
    pairs.sort_unstable();
    pairs.dedup();
    let sketch = |i: usize| {
        let known = properties[i]
            .as_ref()
            .filter(|known| !known.measures.show_nothing());
        known.map(|known| &known.sketch)
    };
    progress.begin(Phase::Compare, pairs.len());
    let hands = Hands {
        n_threads: thread::available_parallelism().map_or(1, NonZero::get),
        chunk: CHUNK,
    };
    let cancel = progress.cancel.clone();
    let n_pairs = pairs.len() as u64;
    let mut reach = |done: u64| progress.reach(done, n_pairs);
    let seen = on_all_cores(hands, pairs.len(), &cancel, &mut reach, |at| {
        let (a, b) = pairs[at];
        let both = sketch(a).zip(sketch(b));
        both.is_some_and(|(a, b)| crop_likeness(a, b) >= CROP_LIKENESS)
    })?;
    cancel.check()?;
    for (at, is_copy) in seen {
        if is_copy {
            components.join(pairs[at].0, pairs[at].1);
        }
    }
    Ok(())
}
