//! What rules cost at stake: all weightings by their largest score, and all thresholds of what is looked at.

use crate::app::runs::dots::Dot;
use crate::metrics::{CostLine, OperatingPoint, cheapest, corners};

/// A way to predict the class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// Nothing is predicted to be it.
    Nothing,
    /// Everything is.
    Everything,
    /// A run, by its largest score.
    Run(usize),
    /// What is looked at, from that score on.
    Threshold(f32),
}

/// All rules with what they cost, and which costs least where.
#[derive(Debug, Default)]
pub struct CostRules {
    pub rules: Vec<(Rule, CostLine)>,
    /// The share of all that can be lost that misses have, from which on a rule, by its place, costs least; rising.
    pub cheapest: Vec<(f64, usize)>,
}

impl CostRules {
    /// Runs that were tried again with other labels are no rules: to show one would show the run with other figures.
    pub fn of(dots: &[Dot], curve: &[OperatingPoint]) -> Self {
        let line = CostLine::of_recalls;
        let mut rules = vec![
            (Rule::Nothing, CostLine::NOTHING),
            (Rule::Everything, CostLine::EVERYTHING),
        ];
        rules.extend(
            dots.iter()
                .filter(|dot| !dot.again)
                .map(|dot| (Rule::Run(dot.run), line(dot.recall, dot.rest_recall))),
        );
        let thresholds = curve
            .iter()
            .map(|at| (Rule::Threshold(at.threshold), line(at.recall, at.rest_recall)));
        rules.extend(thresholds);
        let lines: Vec<CostLine> = rules.iter().map(|(_, line)| *line).collect();
        CostRules {
            cheapest: cheapest(&lines),
            rules,
        }
    }

    /// What the cheapest cost along the axis.
    pub fn corners(&self) -> Vec<[f64; 2]> {
        corners(&self.cheapest, |place| self.rules[place].1)
    }

    /// The rule that costs least where misses have that share.
    pub fn cheapest_at(&self, miss_share: f64) -> Option<(Rule, CostLine)> {
        let (_, place) = self.cheapest.iter().rev().find(|(from, _)| *from <= miss_share)?;
        self.rules.get(*place).copied()
    }
}
