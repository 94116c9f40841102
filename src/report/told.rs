//! What is told: the material with all that follows from it and that more than one section needs.

use super::judged::Judged;
use super::material::{Material, Pictures, ReportRun};
use super::measured::{Held, Measured, PARTS};
use super::peers::Peers;
use crate::experiment::{Goal, Part};

pub struct Told<'a> {
    pub material: &'a Material,
    pub pictures: &'a Pictures,
    /// As each run is called on this page, no two the same.
    pub names: Vec<String>,
    pub sets: &'a [Peers],
    measured: &'a Measured<'a>,
}

impl<'a> Told<'a> {
    pub fn new(material: &'a Material, measured: &'a Measured<'a>, pictures: &'a Pictures) -> Self {
        Told {
            names: names(&material.runs),
            sets: &measured.sets,
            measured,
            material,
            pictures,
        }
    }

    pub fn run(&self, place: usize) -> &'a ReportRun {
        &self.material.runs[place]
    }

    pub fn judged(&self, run: usize, part: Part) -> Option<&Judged<'a>> {
        self.measured
            .judged
            .get(run)?
            .iter()
            .find(|judged| judged.part == part)
    }

    /// The first run of its set against that one.
    pub fn held_against(&self, other: usize, part: Part) -> Option<&Held> {
        self.measured.held_against(other, part)
    }

    /// The part that speaks for a run: its test images where it has any, of which nothing was chosen.
    pub fn leading(&self, run: usize) -> Option<&Judged<'a>> {
        [Part::Test, Part::Val]
            .iter()
            .find_map(|&part| self.judged(run, part))
    }

    /// On which parts any of these was judged.
    pub fn parts_of(&self, set: &Peers) -> Vec<Part> {
        let any = |part: &Part| set.runs.iter().any(|&run| self.judged(run, *part).is_some());
        PARTS.into_iter().filter(any).collect()
    }

    /// Those of a set that were judged on that part, with their places.
    pub fn judged_of(&self, set: &Peers, part: Part) -> Vec<(usize, &Judged<'a>)> {
        let judged = |&run: &usize| Some((run, self.judged(run, part)?));
        set.runs.iter().filter_map(judged).collect()
    }

    pub fn goal(&self, classes: &[String]) -> Option<(&Goal, usize)> {
        let goal = self.material.goal.as_ref()?;
        Some((goal, goal.class_idx(classes)?))
    }

    /// The class that it is all about: that of the goal, of what is at stake, of a threshold, or the rarest.
    pub fn class_of(&self, set: &Peers) -> usize {
        let first = self.run(set.runs[0]);
        let classes = first.classes();
        if let Some((_, class_idx)) = self.goal(classes) {
            return class_idx;
        }
        if let Some(class_idx) = self.material.stakes.class_idx(classes) {
            return class_idx;
        }
        let decided = set
            .runs
            .iter()
            .find_map(|&run| self.run(run).decision.as_ref()?.rule(classes));
        if let Some(rule) = decided {
            return rule.class_idx;
        }
        let counts = class_counts(first).into_iter().enumerate();
        let with_images = counts
            .map(|(i, parts)| (i, parts.iter().sum::<usize>()))
            .filter(|(_, n)| *n > 0);
        with_images
            .min_by_key(|(_, n)| *n)
            .map_or(0, |(class_idx, _)| class_idx)
    }
}

/// Of each class, its images in train, validation and test.
pub fn class_counts(run: &ReportRun) -> Vec<[usize; 3]> {
    let Some(started) = &run.record.started else {
        return vec![];
    };
    let of = |counts: &[usize], class_idx: usize| counts.get(class_idx).copied().unwrap_or(0);
    let each = |i| {
        [
            of(&started.n_train, i),
            of(&started.n_val, i),
            of(&started.n_test, i),
        ]
    };
    (0..started.classes.len()).map(each).collect()
}

/// By its label, with its number where another has the same.
fn names(runs: &[ReportRun]) -> Vec<String> {
    let labels: Vec<String> = runs.iter().map(ReportRun::label).collect();
    let name = |(place, label): (usize, &String)| {
        let is_alone = labels.iter().filter(|other| *other == label).count() == 1;
        match is_alone {
            true => label.clone(),
            false => format!("{label}, run {}", place + 1),
        }
    };
    labels.iter().enumerate().map(name).collect()
}
