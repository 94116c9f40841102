//! Figures of merit, as pure functions of counts and scores. Undefined (0/0) is `None`, never a number.

mod amounts;
mod bootstrap;
mod certainty;
mod chance;
mod compared;
mod confusion;
mod curves;
mod flip;
mod goal;
mod loss;
mod overall;
mod per_class;
mod probability;
mod registry;
mod slices;
mod stakes;
mod table;
#[cfg(test)]
mod tests;
mod threshold;
mod verdict;

pub use amounts::{ago, bytes, named, percent, plain, points, rounded, thousands};
pub use bootstrap::{
    FigureIntervals, Judgement, PairFigure, PairedDifferences, corrected, p_in_words, paired_differences,
};
pub use certainty::{Interval, OverallIntervals, Spread, images_needed, spread, wilson};
pub use chance::{Chance, Chances};
pub use compared::{
    Difference, Differences, McNemar, Pairs, Told, confused_together, differences, largest_mistakes,
    mistakes_by_number, payers, taken_for,
};
pub use confusion::Confusion;
pub use curves::{PrPoint, RocPoint, areas, average_precision, precision_recall_curve, roc_auc, roc_curve};
pub use flip::flip_factor;
pub use goal::{
    Aim, Bounds, Choice, Contest, Figure, LEAST_FOR_THRESHOLD, Met, Optimism, Rate, Rates, cost_of_thousand,
    met,
};
pub use loss::{LossSum, cross_entropy, softmax};
pub use overall::{Overall, overall};
pub use per_class::{ClassMetrics, of_class, per_class};
pub use probability::{BINS, Brier, ClassReliability, Mix, Reliability, Undo};
pub use registry::{
    CLASS_FIGURES, ClassFigure, ClassView, OVERALL_FIGURES, OverallFigure, class_view, class_views,
};
pub use slices::{AgainstRest, ClassCalls, SliceFigures, n_compared, slice_figures};
pub use stakes::{
    CostLine, Count, Elsewhere, Estimate, cheapest, corners, cost_of_thousand_at, elsewhere, in_alarms,
    miss_ratio, miss_share, mix_with, ratio_in_words, telling_ratios, unknown_share,
};
pub use table::{notebook_table, sentence};
pub use threshold::{CalibrationBin, OperatingPoint, Scores, Threshold, predicted_class};
pub use verdict::{Verdict, verdict};

/// `part / whole`, undefined where both are nothing.
pub fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
