//! Run folders that earlier versions wrote are read for ever, and mean what they meant. `fixtures/compat/format-N` is a run
//! as the program wrote it while N was the newest format, without its large model file.

use std::path::{Path, PathBuf};

use counterweight::disk::runs::saved::{read_environment, read_run, read_split};
use counterweight::disk::runs::scores::{read_decision, read_scores};
use counterweight::experiment::{
    CONFIG_FORMAT, ClassWeights, EVENT_FORMAT, OLDEST_CONFIG_FORMAT, OLDEST_EVENT_FORMAT, Outcome, Part, When,
};

fn fixture(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/compat");
    fixtures.join(name)
}

/// Who raises a format leaves a run of the one before here.
#[test]
fn every_format_that_is_read_has_a_run() {
    for format in OLDEST_EVENT_FORMAT.min(OLDEST_CONFIG_FORMAT)..=EVENT_FORMAT.max(CONFIG_FORMAT) {
        let dir = fixture(&format!("format-{format}"));
        let run = read_run(&dir).unwrap_or_else(|e| panic!("{e}"));
        assert!(run.doubts.is_empty(), "{:?}", run.doubts);
    }
}

#[test]
fn a_run_of_the_first_format_means_what_it_meant() {
    let dir = fixture("format-1");
    let run = read_run(&dir).unwrap();
    assert_eq!(run.config.class_weights, ClassWeights::Given(vec![1.0, 8.0]));
    assert_eq!((run.config.epochs, run.config.seed), (3, 5));
    assert_eq!((&*run.tag.name, run.tag.starred), ("eight to one", true));
    assert_eq!(run.record.outcome, Some(Outcome::Finished));
    assert_eq!(run.record.losses.len(), 9);
    let started = run.record.started.as_ref().unwrap();
    assert_eq!(
        (&started.n_train[..], &started.n_test[..]),
        (&[14, 5][..], &[5, 1][..])
    );
    let val = run.record.latest(Part::Val).unwrap();
    assert_eq!(val.when, When::Epoch(3));
    assert_eq!(val.loss, 0.8071011041112649);
    let counts: Vec<&[u64]> = val.confusion.rows().collect();
    assert_eq!(counts, [[0, 5], [0, 2]]);
    assert_eq!(read_environment(&dir).unwrap().device, "cpu");
    let split = read_split(&dir, started).unwrap();
    assert_eq!((split.len(), split[0].content.len()), (32, 64));
    let decision = read_decision(&dir).unwrap().unwrap();
    assert_eq!((&*decision.class, decision.threshold), ("REAL", 0.65));
    let scores = read_scores(&dir).unwrap();
    let parts: Vec<(Part, usize)> = scores.iter().map(|(part, s)| (*part, s.images().len())).collect();
    assert_eq!(parts, [(Part::Val, 7), (Part::Test, 6)]);
    let kept = scores[0].1.scores().confusion(decision.rule(&started.classes));
    let counts: Vec<&[u64]> = kept.rows().collect();
    assert_eq!(counts, [[5, 0], [0, 2]]);
}
