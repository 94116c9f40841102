//! Cost lines: what a rule costs over every ratio of the costs, and which rule costs least where. Drummond and Holte 2006, "Cost
//! curves: an improved method for visualizing classifier performance".
//!
//! Along stands `miss_share`, the share that misses would have of all that can be lost (their PC(+)), up the expected cost as a
//! share of all that can be lost (their normalised expected cost). A rule is a straight line, from its false positive rate
//! at 0 to its share of missed images at 1. To call nothing the class is the diagonal up, to call everything it the one down:
//! what lies above either is worth nothing there.

/// A rule by its errors, of one class against the rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostLine {
    pub false_positive_rate: f64,
    /// 1 − recall.
    pub missed: f64,
}

impl CostLine {
    /// Nothing is predicted to be the class.
    pub const NOTHING: CostLine = CostLine {
        false_positive_rate: 0.0,
        missed: 1.0,
    };
    /// Everything is.
    pub const EVERYTHING: CostLine = CostLine {
        false_positive_rate: 1.0,
        missed: 0.0,
    };

    /// Of a class's recall, and of how many of the others are not predicted to be it.
    pub fn of_recalls(recall: f64, rest_recall: f64) -> Self {
        CostLine {
            false_positive_rate: 1.0 - rest_recall,
            missed: 1.0 - recall,
        }
    }

    /// Expected cost as a share of all that can be lost, where misses have that share of it.
    pub fn at(self, miss_share: f64) -> f64 {
        self.missed * miss_share + self.false_positive_rate * (1.0 - miss_share)
    }
}

/// The share that misses have of all that can be lost, where so large a share of images is of the class and a miss costs as
/// much as `ratio` false alarms; their PC(+).
pub fn miss_share(prevalence: f64, ratio: f64) -> f64 {
    let (misses, alarms) = (prevalence * ratio, 1.0 - prevalence);
    misses / (misses + alarms)
}

/// Expected cost of 1,000 images, in false alarms.
pub fn cost_of_thousand_at(line: CostLine, prevalence: f64, ratio: f64) -> f64 {
    1000.0 * (prevalence * ratio * line.missed + (1.0 - prevalence) * line.false_positive_rate)
}

/// Which of the rules costs least where: each with the share of misses from which on it does, from 0 on and rising. Of rules
/// that cost the same the first. Rules that are undefined are passed over; empty without a rule.
pub fn cheapest(rules: &[CostLine]) -> Vec<(f64, usize)> {
    let is_known = |rule: &CostLine| rule.false_positive_rate.is_finite() && rule.missed.is_finite();
    let slope = |i: usize| rules[i].missed - rules[i].false_positive_rate;
    // From the steepest to the flattest; of equal slopes the lowest first, which hides the others.
    let mut order: Vec<usize> = (0..rules.len()).filter(|&i| is_known(&rules[i])).collect();
    order.sort_by(|&i, &j| {
        let by_slope = slope(j).total_cmp(&slope(i));
        by_slope.then(
            rules[i]
                .false_positive_rate
                .total_cmp(&rules[j].false_positive_rate),
        )
    });
    order.dedup_by(|next, kept| slope(*next) == slope(*kept));
    let mut found: Vec<(f64, usize)> = Vec::new();
    for i in order {
        let mut from = 0.0;
        // The next is flatter: it wins from where it crosses the last on; where that is before the last began, the last never wins.
        while let Some(&(began, last)) = found.last() {
            from =
                (rules[i].false_positive_rate - rules[last].false_positive_rate) / (slope(last) - slope(i));
            if from > began {
                break;
            }
            found.pop();
            from = 0.0;
        }
        if from < 1.0 || found.is_empty() {
            found.push((from.max(0.0), i));
        }
    }
    found
}

/// What the cheapest rules cost along the axis: each corner as the share of misses and the cost there, up to the end. `line` is the
/// rule at a place.
pub fn corners(cheapest: &[(f64, usize)], line: impl Fn(usize) -> CostLine) -> Vec<[f64; 2]> {
    let corner = |&(from, place): &(f64, usize)| [from, line(place).at(from)];
    let end = cheapest.last().map(|&(_, place)| [1.0, line(place).at(1.0)]);
    cheapest.iter().map(corner).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(false_positive_rate: f64, missed: f64) -> CostLine {
        CostLine {
            false_positive_rate,
            missed,
        }
    }

    /// By hand: 16 % rare, a miss as dear as 10 alarms: misses 1.6, alarms 0.84.
    #[test]
    fn stakes_are_prevalence_times_cost() {
        assert!((miss_share(0.16, 10.0) - 1.6 / 2.44).abs() < 1e-12);
        assert_eq!(miss_share(0.5, 1.0), 0.5);
        assert_eq!((miss_share(0.0, 10.0), miss_share(1.0, 10.0)), (0.0, 1.0));
        let cost = cost_of_thousand_at(rule(0.1, 0.25), 0.16, 10.0);
        assert!((cost - 1000.0 * (1.6 * 0.25 + 0.84 * 0.1)).abs() < 1e-9);
        // As a share of all that can be lost it is the line's height there.
        let share = cost / 1000.0 / 2.44;
        assert!((rule(0.1, 0.25).at(miss_share(0.16, 10.0)) - share).abs() < 1e-12);
    }

    #[test]
    fn the_cheapest_is_the_least_at_every_share() {
        let mut rules = vec![CostLine::NOTHING, CostLine::EVERYTHING];
        // A curve of thresholds with a dent, one that is never the cheapest, and equals.
        for i in 0..=20 {
            let alarms = f64::from(i) / 20.0;
            let dent = if i % 3 == 0 { 0.07 } else { 0.0 };
            rules.push(rule(alarms, ((1.0 - alarms).powi(3) + dent).min(1.0)));
        }
        rules.extend([rule(0.9, 0.9), rule(f64::NAN, 0.1), CostLine::NOTHING]);
        let found = cheapest(&rules);
        assert!(found.windows(2).all(|pair| pair[0].0 < pair[1].0), "{found:?}");
        for step in 0..=1000 {
            let share = f64::from(step) / 1000.0;
            let (_, best) = found.iter().rev().find(|(from, _)| *from <= share).unwrap();
            let known = rules
                .iter()
                .map(|rule| rule.at(share))
                .filter(|cost| cost.is_finite());
            let least = known.fold(f64::INFINITY, f64::min);
            assert!(
                (rules[*best].at(share) - least).abs() < 1e-12,
                "{share}: {best} of {found:?}"
            );
        }
        assert_eq!(cheapest(&[]), []);
        assert_eq!(cheapest(&[rule(0.2, 0.2)]), [(0.0, 0)]);
        let ends = [CostLine::NOTHING, CostLine::EVERYTHING];
        let found = cheapest(&ends);
        assert_eq!(found, [(0.0, 0), (0.5, 1)]);
        let along = corners(&found, |place| ends[place]);
        assert_eq!(along, [[0.0, 0.0], [0.5, 0.5], [1.0, 0.0]]);
        assert_eq!(CostLine::of_recalls(0.75, 0.5), rule(0.5, 0.25));
    }
}
