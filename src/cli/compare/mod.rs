//! `counterweight compare`: runs on the same images, each held against those before it.

mod report;

use super::args::CompareArgs;
use super::images::found::Judged;
use super::output::print::{print_json, print_line};
use super::session::run_dir;
use crate::error::{Error, Result};
use crate::experiment::{FiguresAsked, Part, Sureness};
use crate::metrics::{Judgement, PairedDifferences, corrected, paired_differences};

/// Runs, and what each does otherwise than another.
struct Compared {
    part: Part,
    runs: Vec<Judged>,
    sureness: Vec<Sureness>,
    pairs: Vec<Pair>,
}

/// Two of the runs by their places, the second held against the first.
struct Pair {
    a: usize,
    b: usize,
    differences: PairedDifferences,
    /// Of each figure, as it counts among all of all pairs.
    ps_of_all: Vec<f64>,
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
        pairs: pairs(&runs),
        runs,
    };
    match args.json {
        true => print_json(&compared.to_json()),
        false => print_line(&compared.to_text()),
    }
}

fn pairs(runs: &[Judged]) -> Vec<Pair> {
    let mut places = Vec::new();
    let mut found = Vec::new();
    for b in 1..runs.len() {
        for a in 0..b {
            let [one, two] = [&runs[a], &runs[b]].map(|run| Judgement {
                scores: run.predictions.scores(),
                rule: run.rule(),
            });
            // Both know the same groups, or the one that knows them says so for both.
            let groups = runs[a].predictions.groups().or(runs[b].predictions.groups());
            if let Some(differences) = paired_differences(one, two, groups, runs[a].seed) {
                places.push((a, b));
                found.push(differences);
            }
        }
    }
    let ps = corrected(&found);
    let pair = |(((a, b), differences), ps_of_all)| Pair {
        a,
        b,
        differences,
        ps_of_all,
    };
    places.into_iter().zip(found).zip(ps).map(pair).collect()
}
