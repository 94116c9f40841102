//! What a miss costs, in false alarms, and where such costs lie along the axis of cost lines.

use super::cost_lines::miss_share;
use crate::metrics::plain;

/// Costs of a miss that are named along, the most telling first.
const NAMED: [f64; 13] = [
    1.0,
    10.0,
    0.1,
    100.0,
    0.01,
    3.0,
    1.0 / 3.0,
    30.0,
    1.0 / 30.0,
    2.0,
    0.5,
    5.0,
    0.2,
];

/// What a miss costs where misses have that share of all that can be lost: [`miss_share`] the other way round.
pub fn miss_ratio(share: f64, prevalence: f64) -> f64 {
    let share = share.clamp(1e-6, 1.0 - 1e-6);
    share * (1.0 - prevalence) / ((1.0 - share) * prevalence)
}

/// Where along the axis to name what a miss costs there, and how much that is: the most telling costs first, each where no other stands
/// nearer than `apart`, and within the ends by as much as `ends`; all of them shares of the axis. Rising.
pub fn telling_ratios(prevalence: f64, apart: f64, ends: [f64; 2]) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for ratio in NAMED {
        let at = miss_share(prevalence, ratio);
        let is_near = |(other, _): &(f64, f64)| (other - at).abs() < apart;
        let is_inside = at > ends[0] && 1.0 - at > ends[1];
        if is_inside && !kept.iter().any(is_near) {
            kept.push((at, ratio));
        }
    }
    kept.sort_by(|a, b| a.0.total_cmp(&b.0));
    kept
}

/// "10", "1/3".
pub fn ratio_in_words(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 0.95 => format!("1/{:.0}", 1.0 / ratio),
        ratio => format!("{ratio:.0}"),
    }
}

/// "a false alarm", "10 false alarms".
pub fn in_alarms(ratio: f64) -> String {
    match ratio == 1.0 {
        true => "a false alarm".into(),
        false => format!("{} false alarms", plain(ratio)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_misses_is_a_cost_of_a_miss() {
        for (prevalence, ratio) in [(0.16, 10.0), (0.005, 0.2), (0.5, 1.0)] {
            let back = miss_ratio(miss_share(prevalence, ratio), prevalence);
            assert!((back - ratio).abs() < 1e-9, "{back}");
        }
    }

    #[test]
    fn numbers_along_are_never_closer_than_there_is_room() {
        for (prevalence, apart) in [(0.16, 0.11), (0.001, 0.07), (0.9, 0.38)] {
            let marks = telling_ratios(prevalence, apart, [0.05; 2]);
            let are_apart = |pair: &[(f64, f64)]| pair[1].0 - pair[0].0 >= apart;
            assert!(!marks.is_empty() && marks.windows(2).all(are_apart), "{marks:?}");
        }
        assert_eq!(
            [1.0 / 3.0, 0.1, 1.0, 30.0].map(ratio_in_words),
            ["1/3", "1/10", "1", "30"]
        );
        assert_eq!([1.0, 2.5].map(in_alarms), ["a false alarm", "2.5 false alarms"]);
    }
}
