//! PyTorch's numbers at small scale, without Python: a dump that `tests/reference/notebook.py` made (see
//! `tests/parity/parity.rs --golden`), and our engine on the same images, split, batches, weights and head.
#![cfg(feature = "torch")]

#[path = "parity/against.rs"]
mod against;
#[path = "parity/tiny.rs"]
mod tiny;

use std::path::Path;

use against::Dump;
use counterweight::experiment::BatchNorm;

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
