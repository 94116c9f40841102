//! The goal and what was found for it, in sentences.

use crate::experiment::{Goal, others};
use crate::metrics::{
    Aim, Confusion, Figure, Interval, Rate, Rates, Threshold, cost_of_thousand, of_class, overall, percent,
    thousands,
};
use crate::visible::visible;

/// Such as `78 % (69 to 85)`.
pub fn rate_in_words(rate: &Rate) -> String {
    match rate.interval {
        Some(Interval { low, high }) => {
            format!(
                "{} ({:.0} to {:.0})",
                percent(rate.share(), 0),
                low * 100.0,
                high * 100.0
            )
        }
        None => percent(rate.share(), 0),
    }
}

/// Such as `78 % (69 to 85) of REAL found`.
pub fn figure_in_words(figure: Figure, rate: &Rate, class: &str, classes: &[String]) -> String {
    let share = rate_in_words(rate);
    let shown = visible(class);
    match figure {
        Figure::Recall => format!("{share} of {shown} found"),
        Figure::FalsePositives => {
            let others = others(class, classes);
            format!("{share} of {others} predicted {shown}")
        }
        Figure::Precision => format!("{share} of what is predicted {shown} is"),
    }
}

/// Such as `at REAL ≥ 0.413`.
pub(super) fn rule_in_words(goal: &Goal, rule: Option<Threshold>) -> String {
    rule.map_or_else(
        || "by the largest score".to_owned(),
        |rule| format!("at {} ≥ {:.3}", visible(&goal.class), rule.at),
    )
}

/// The figures that the goal is about: those that must hold, and at least how much is found.
pub(super) fn figures_in_words(goal: &Goal, rates: &Rates, classes: &[String]) -> String {
    let must_hold = |figure| goal.bounds.get(figure).is_some() || figure == Figure::Recall;
    let figures = Figure::ALL.into_iter().filter(|&figure| must_hold(figure));
    let told = figures.map(|figure| figure_in_words(figure, rates.get(figure), &goal.class, classes));
    told.collect::<Vec<_>>().join(", ")
}

/// What the aim comes to: `6.2 % false positives`. Empty where the figures say it.
pub fn aim_in_words(aim: &Aim, class_idx: usize, confusion: &Confusion) -> String {
    let class = of_class(confusion, class_idx);
    match aim {
        Aim::FewestFalsePositives => {
            let rate = class.and_then(|class| class.false_positive_rate);
            format!("{} false positives", percent(rate, 1))
        }
        Aim::HighestRecall => String::new(),
        Aim::BalancedAccuracy => format!(
            "balanced accuracy {}",
            percent(overall(confusion).balanced_accuracy, 1)
        ),
        Aim::F1 => format!("F1 {}", percent(class.and_then(|class| class.f1), 1)),
        Aim::Mcc => overall(confusion)
            .mcc
            .map_or_else(String::new, |mcc| format!("MCC {mcc:.3}")),
        Aim::LeastCost(costs) => cost_of_thousand(confusion, costs).map_or_else(String::new, |cost| {
            format!("a cost of {} per 1,000 images", amount(cost))
        }),
    }
}

/// What makes it the one among its like: `the least`.
pub(super) fn superlative(aim: &Aim) -> &'static str {
    match aim {
        Aim::FewestFalsePositives => "the fewest",
        Aim::LeastCost(_) => "the least",
        Aim::HighestRecall => "the highest recall",
        Aim::BalancedAccuracy | Aim::F1 | Aim::Mcc => "the best",
    }
}

/// To three digits or whole.
pub fn amount(cost: f64) -> String {
    match cost {
        100.0.. => thousands(cost.round() as u64),
        10.0.. => format!("{cost:.1}"),
        _ => format!("{cost:.2}"),
    }
}
