//! What takes a while: each run's figures with their intervals, and the differences between runs. It is computed once for all of the
//! page, step by step, so that whoever waits can be told and can stop.

use super::judged::Judged;
use super::material::{Material, ReportRun};
use super::peers::{Peers, peers};
use crate::experiment::Part;
use crate::metrics::{Judgement, PairedDifferences, corrected, paired_differences};

/// In the order in which they are shown.
pub const PARTS: [Part; 3] = [Part::Val, Part::Test, Part::Train];

pub struct Measured<'a> {
    pub(super) sets: Vec<Peers>,
    /// Of each run, part by part.
    pub(super) judged: Vec<Vec<Judged<'a>>>,
    held: Vec<Held>,
}

/// The first run of a set held against another.
pub struct Held {
    part: Part,
    /// The other's place.
    other: usize,
    pub differences: PairedDifferences,
    /// Of each figure, as it counts among those of all that the first is held against on these images.
    pub ps_of_all: Vec<f64>,
}

impl<'a> Measured<'a> {
    /// `step` is called before each of [`steps`], and ends it all with its error.
    ///
    /// # Errors
    /// Those of `step`.
    pub fn of<E>(material: &'a Material, mut step: impl FnMut() -> Result<(), E>) -> Result<Self, E> {
        let mut judged = Vec::new();
        for run in &material.runs {
            judged.push(of_run(run, &mut step)?);
        }
        let sets = peers(&material.runs);
        let mut held = Vec::new();
        for set in &sets {
            for part in PARTS {
                held.extend(on_part(material, &judged, (set, part), &mut step)?);
            }
        }
        Ok(Measured { sets, judged, held })
    }

    /// `None` where the two did not say of the same images what they are.
    pub(super) fn held_against(&self, other: usize, part: Part) -> Option<&Held> {
        self.held
            .iter()
            .find(|held| (held.other, held.part) == (other, part))
    }
}

/// How many there are at most.
pub fn steps(material: &Material) -> usize {
    2 * PARTS.len() * material.runs.len()
}

fn of_run<'a, E>(run: &'a ReportRun, step: &mut impl FnMut() -> Result<(), E>) -> Result<Vec<Judged<'a>>, E> {
    let mut judged = Vec::new();
    for part in PARTS {
        step()?;
        judged.extend(Judged::of(run, part));
    }
    Ok(judged)
}

fn on_part<E>(
    material: &Material,
    judged: &[Vec<Judged>],
    (set, part): (&Peers, Part),
    step: &mut impl FnMut() -> Result<(), E>,
) -> Result<Vec<Held>, E> {
    let find = |run: usize| judged[run].iter().find(|judged| judged.part == part);
    let Some(first) = find(set.runs[0]) else {
        return Ok(vec![]);
    };
    let (mut others, mut found) = (Vec::new(), Vec::new());
    for &other in &set.runs[1..] {
        step()?;
        let seed = material.runs[other].config.seed;
        if let Some(differences) = find(other).and_then(|held| differences(held, first, seed)) {
            others.push(other);
            found.push(differences);
        }
    }
    let ps = corrected(&found);
    let held = |((other, differences), ps_of_all)| Held {
        part,
        other,
        differences,
        ps_of_all,
    };
    Ok(others.into_iter().zip(found).zip(ps).map(held).collect())
}

/// Of the second against the first, as `counterweight compare` has them.
fn differences(first: &Judged, second: &Judged, seed: u64) -> Option<PairedDifferences> {
    // The same images in the same order.
    let is_same = second.calls()?.are_of_images_of(&first.calls()?);
    let (one, two) = (first.predictions.filter(|_| is_same)?, second.predictions?);
    let groups = one.groups().or(two.groups());
    let [one, two] = [(one, first.rule), (two, second.rule)].map(|(predictions, rule)| Judgement {
        scores: predictions.scores(),
        rule,
    });
    paired_differences(one, two, groups, seed)
}
