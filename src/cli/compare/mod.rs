//! `counterweight compare`: runs on the same images, each held against those before it.

mod report;

use super::args::CompareArgs;
use super::images::found::Judged;
use super::output::print::{print_json, print_line};
use super::session::run_dir;
use crate::error::{Error, Result};
use crate::experiment::{FiguresAsked, HeldRun, Part, RunPair, Sureness, each_pair};

/// Runs, and what each does otherwise than another.
struct Compared {
    part: Part,
    runs: Vec<Judged>,
    sureness: Vec<Sureness>,
    pairs: Vec<RunPair>,
}

/// # Errors
/// A run is not found, cannot be read, has no predictions of that part, is given twice, or did not judge the same images as the
/// first; standard output cannot be written.
pub fn compare(args: &CompareArgs) -> Result<()> {
    let mut runs: Vec<Judged> = Vec::new();
    for run in &args.compared {
        let dir = run_dir(run, &args.runs)?;
        if runs.iter().any(|other| other.dir == dir) {
            return Err(Error::file(
                &dir,
                "is given twice; a run does not differ from itself",
            ));
        }
        let judged = Judged::read(dir, args.part, false)?;
        if let Some(first) = runs.first() {
            first.check_same_images(&judged)?;
        }
        runs.push(judged);
    }
    let sureness = |run: &Judged| {
        Sureness::of(&FiguresAsked {
            predictions: run.predictions.clone(),
            rule: run.rule(),
            seed: run.seed,
        })
    };
    let compared = Compared {
        part: args.part,
        sureness: runs.iter().map(sureness).collect(),
        pairs: pairs(&runs)?,
        runs,
    };
    match args.json {
        true => print_json(&compared.to_json()),
        false => print_line(&compared.to_text()),
    }
}

fn pairs(runs: &[Judged]) -> Result<Vec<RunPair>> {
    let held = runs.iter().map(|run| HeldRun {
        predictions: &run.predictions,
        rule: run.rule(),
        seed: run.seed,
    });
    each_pair(&held.collect::<Vec<_>>(), || Ok(()))
}
