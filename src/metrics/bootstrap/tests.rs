//! Intervals and paired differences against NumPy, scikit-learn, SciPy and statsmodels, on sixty images of which more are of class 1 the
//! higher they score: i = np.arange(60), s = i * 37 % 101 / 128, y = i * 53 % 97 < i * 37 % 101 * 0.7. The second model's scores
//! are i * 41 % 101 / 128 * 0.4 + s * 0.6. Both call an image class 1 from 0.5 on.

mod coverage;

use super::{FigureIntervals, Judgement, PairFigure, PairedDifferences, paired_differences};
use crate::metrics::{Confusion, Difference, Interval, McNemar, Scores, Threshold};

const RULE: Option<Threshold> = Some(Threshold {
    class_idx: 1,
    at: 0.5,
});

fn sixty(score: impl Fn(usize) -> f32) -> Scores {
    let truth = (0..60).map(|i| usize::from(((i * 53 % 97) as f64) < (i * 37 % 101) as f64 * 0.7));
    let probabilities = (0..60).flat_map(|i| [1.0 - score(i), score(i)]);
    Scores::new(2, truth.collect(), probabilities.collect()).unwrap()
}

fn first() -> Scores {
    sixty(|i| (i * 37 % 101) as f32 / 128.0)
}

fn second() -> Scores {
    sixty(|i| (i * 41 % 101) as f32 / 128.0 * 0.4 + (i * 37 % 101) as f32 / 128.0 * 0.6)
}

fn near(interval: Option<Interval>, low: f64, high: f64, by: f64) {
    let Interval { low: l, high: h } = interval.unwrap();
    assert!(
        (l - low).abs() < by && (h - high).abs() < by,
        "{l} {h} for {low} {high}"
    );
}

/// 5,000 draws by NumPy's Generator.choice within each class, figures by scikit-learn 1.9 (f1_score, matthews_corrcoef, roc_auc_score,
/// average_precision_score), their variance v = np.var(draws, ddof=1) * 25 / 24, of the area (25 * v + 20 * h) / 45 with
/// Hanley and McNeil's h, then Wilson's formula for the figure of x * (1 - x) / v images; MCC as (x + 1) / 2.
#[test]
fn the_same_as_drawn_by_numpy() {
    let of = FigureIntervals::of_scores(&first(), None, RULE, 7);
    near(of.of_class(1, "f1"), 0.4408, 0.7543, 0.008);
    near(of.overall("macro_f1"), 0.5503, 0.7910, 0.008);
    near(of.overall("mcc"), 0.1094, 0.5862, 0.012);
    near(of.of_class(1, "roc_auc"), 0.5346, 0.8106, 0.008);
    near(of.of_class(1, "average_precision"), 0.4655, 0.7643, 0.008);
    assert_eq!(
        of,
        FigureIntervals::of_scores(&first(), None, RULE, 7),
        "of one seed the same"
    );
    // By another rule the same as drawn anew.
    let lower = RULE.map(|rule| Threshold { at: 0.3, ..rule });
    let lower = FigureIntervals::of_scores(&first(), None, lower, 7);
    assert_ne!(lower, of);
    assert_eq!(lower.by_rule(&first(), None, RULE, 7), of);
    // Of two classes one area, seen from both sides.
    let [one, two] = [0, 1].map(|class_idx| of.of_class(class_idx, "roc_auc").unwrap());
    assert!((one.low - two.low).abs() < 1e-6 && (one.high - two.high).abs() < 1e-6);
    let of_matrix = FigureIntervals::of_matrix(&first().confusion(RULE), 7);
    for key in ["recall", "precision", "f1", "npv"] {
        assert_eq!(of.of_class(1, key), of_matrix.of_class(1, key), "{key}");
    }
    assert_eq!(of_matrix.of_class(1, "roc_auc"), None);
    assert_eq!(of_matrix.overall("mcc"), of.overall("mcc"));
}

#[test]
fn groups_are_worth_what_they_differ() {
    let scores = first();
    let of = |groups: &[u32]| FigureIntervals::of_scores(&scores, Some(groups), RULE, 7);
    let (each, fours): (Vec<u32>, Vec<u32>) = (0..60).map(|i| (i, i * 37 % 101 / 21)).unzip();
    let alone = FigureIntervals::of_scores(&scores, None, RULE, 7);
    let (each, few) = (of(&each), of(&fours));
    let width = |of: &FigureIntervals, key: &str| {
        let interval: Interval = of.of_class(1, key).or(of.overall(key)).unwrap();
        interval.half_width()
    };
    for key in [
        "recall",
        "precision",
        "specificity",
        "npv",
        "f1",
        "roc_auc",
        "average_precision",
        "macro_f1",
        "mcc",
    ] {
        let same = width(&each, key) / width(&alone, key);
        assert!((0.95..1.15).contains(&same), "{key}: {same}");
        assert!(width(&few, key) >= width(&alone, key), "{key}");
    }
    let one = of(&[0; 60]);
    for key in ["recall", "f1", "roc_auc"] {
        assert_eq!(one.of_class(1, key), None);
    }
}

#[test]
fn what_is_always_right_is_not_surely_so() {
    let of = FigureIntervals::of_matrix(&Confusion::from_rows([[90, 0], [0, 10]]), 0);
    // Wilson's of ten of ten.
    near(of.of_class(1, "f1"), 0.7225, 1.0, 1e-4);
    near(of.overall("mcc"), 2.0 * 0.7225 - 1.0, 1.0, 2e-4);
    let nothing = FigureIntervals::of_matrix(&Confusion::new(2), 0);
    assert_eq!((nothing.of_class(1, "f1"), nothing.overall("mcc")), (None, None));
    let unranked = Scores::new(2, vec![0, 1], vec![f32::NAN, 0.1, 0.3, f32::NAN]).unwrap();
    let of = FigureIntervals::of_scores(&unranked, None, None, 0);
    assert_eq!(of.of_class(1, "roc_auc"), None);
}

fn pair(groups: Option<&[u32]>) -> PairedDifferences {
    let (one, two) = (first(), second());
    let [one, two] = [&one, &two].map(|scores| Judgement { scores, rule: RULE });
    paired_differences(one, two, groups, 3).unwrap()
}

fn of(pair: &PairedDifferences, key: &str, class_idx: Option<usize>) -> PairFigure {
    let mut figures = pair.figures.iter();
    *figures
        .find(|figure| (figure.key, figure.class_idx) == (key, class_idx))
        .unwrap()
}

/// p of recalls and of all images: statsmodels 0.15, mcnemar(table, exact=True); of balanced accuracy that of its interval, SciPy's
/// 2 * norm.sf(0.08 / ((0.08 + 0.03811268910485982) / 1.959963984540054)) (Wald's, with the observed variances, would be 0.1415);
/// of the area 0.6144 by
/// DeLong's covariances, (0.689143, 0.664), written out with scipy.stats.rankdata.
#[test]
fn differences_are_those_of_statsmodels_and_of_delong() {
    let pair = pair(None);
    assert_eq!(pair.mcnemar, McNemar::of(3, 7));
    assert!((pair.mcnemar.p - 0.34375).abs() < 1e-12);
    assert!((of(&pair, "recall", Some(1)).p - 0.21875).abs() < 1e-12);
    assert_eq!(of(&pair, "recall", Some(0)).p, 1.0);
    let balanced = of(&pair, "balanced_accuracy", None);
    assert!((balanced.difference.value + 0.08).abs() < 1e-12);
    assert!((balanced.p - 0.18433628551511105).abs() < 1e-6, "{balanced:?}");
    assert_eq!(balanced.n_needed, Some(268));
    assert!(!balanced.difference.is_sure());
    let area = of(&pair, "roc_auc", Some(1));
    assert!((area.difference.value + 0.025142857142857133).abs() < 1e-6);
    assert!((area.p - 0.6144).abs() < 0.03, "{area:?}");
    assert_eq!(pair.figures.len(), 4);
}

/// Images that one model found of one class and the other of the other: where recalls trade places, p and interval say the same.
#[test]
fn balanced_accuracy_is_as_sure_as_its_interval_says() {
    // Of 300 and 60: 20 of class 0 are lost, 25 of class 1 are won.
    let truth: Vec<usize> = (0..360).map(|i| usize::from(i >= 300)).collect();
    let said = |called_one: &dyn Fn(usize) -> bool| {
        let rows = (0..360).flat_map(|i| if called_one(i) { [0.2, 0.8] } else { [0.8, 0.2] });
        Scores::new(2, truth.clone(), rows.collect()).unwrap()
    };
    let (one, two) = (said(&|i| i >= 340), said(&|i| !(20..315).contains(&i)));
    let [one, two] = [&one, &two].map(|scores| Judgement { scores, rule: None });
    let pair = paired_differences(one, two, None, 3).unwrap();
    let balanced = of(&pair, "balanced_accuracy", None);
    assert!((balanced.difference.value - (25.0 / 60.0 - 20.0 / 300.0) / 2.0).abs() < 1e-12);
    // By hand, with the observed variances: 0.175 over a standard error of 0.0326.
    assert!(balanced.p < 1e-4 && balanced.difference.is_sure(), "{balanced:?}");
}

/// The second model's scores are i * 41 % 101 / 128 * 0.4 + s * 0.3 + y * 0.3: areas of 0.689 and 0.986. DeLong's covariances by
/// scipy.stats.rankdata and np.cov, (5.778e-3, 1.161e-4, 3.920e-4), in place of those of draws; each area's variance put
/// together with Hanley and McNeil's, its Wilson interval, and from these Zou and Donner's, written out in NumPy. With the
/// variances of the two areas for each other's it would be -0.154 to 0.389.
#[test]
fn of_unlike_areas_each_has_its_own_variance() {
    let truth = first();
    let of = |i: usize| (i * 41 % 101) as f32 / 128.0 * 0.4 + (i * 37 % 101) as f32 / 128.0 * 0.3;
    let better = sixty(|i| of(i) + truth.truth()[i] as f32 * 0.3);
    let [one, two] = [&truth, &better].map(|scores| Judgement { scores, rule: RULE });
    for (one, two, sign) in [(one, two, 1.0), (two, one, -1.0)] {
        let pair = paired_differences(one, two, None, 3).unwrap();
        let Difference { value, interval } = self::of(&pair, "roc_auc", Some(1)).difference;
        assert!((value - sign * 0.29714285714285726).abs() < 1e-6, "{value}");
        let mut ends = [0.1905, 0.4467].map(|end| sign * end);
        ends.sort_by(f64::total_cmp);
        near(Some(interval), ends[0], ends[1], 0.008);
    }
}

/// Every group is found whole by the one and not at all by the other: nothing varies between draws, and the p is that of the interval.
#[test]
fn a_difference_that_is_the_same_in_every_draw_is_no_chance() {
    let truth: Vec<usize> = (0..60).map(|i| usize::from(i < 30)).collect();
    let of = |rare: f32| {
        let score = |class: &usize| if *class == 1 { rare } else { 0.1 };
        let rows = truth.iter().flat_map(|class| [1.0 - score(class), score(class)]);
        Scores::new(2, truth.clone(), rows.collect()).unwrap()
    };
    let (collapsed, whole) = (of(0.2), of(0.9));
    let [one, two] = [&collapsed, &whole].map(|scores| Judgement { scores, rule: RULE });
    let groups: Vec<u32> = (0..60).map(|i| i / 3).collect();
    let pair = paired_differences(one, two, Some(&groups), 3).unwrap();
    for (key, class_idx) in [("recall", Some(1)), ("balanced_accuracy", None)] {
        let figure = self::of(&pair, key, class_idx);
        assert!(figure.difference.is_sure() && figure.p < 0.05, "{figure:?}");
        assert!(figure.is_sure(figure.p));
    }
    let same = self::of(&pair, "recall", Some(0));
    assert_eq!((same.difference.value, same.p), (0.0, 1.0));
}

#[test]
fn groups_of_one_image_are_images_and_others_are_less_sure() {
    let each: Vec<u32> = (0..60).collect();
    let twelves: Vec<u32> = (0..60).map(|i| i / 12).collect();
    let [alone, each, few] = [None, Some(&each[..]), Some(&twelves)].map(pair);
    assert!(few.in_groups && each.in_groups && !alone.in_groups);
    for (key, class_idx) in [
        ("balanced_accuracy", None),
        ("recall", Some(1)),
        ("roc_auc", Some(1)),
    ] {
        let [alone, each, few] = [&alone, &each, &few].map(|pair| of(pair, key, class_idx));
        assert!((each.difference.value - alone.difference.value).abs() < 1e-12);
        let width = |figure: PairFigure| figure.difference.interval.half_width();
        let same = width(each) / width(alone);
        assert!((0.8..1.25).contains(&same), "{key}: {same}");
        assert!(few.p > 0.0 && few.p <= 1.0);
    }
}

#[test]
fn a_model_does_not_differ_from_itself_nor_from_one_of_other_images() {
    let scores = first();
    let judgement = Judgement {
        scores: &scores,
        rule: RULE,
    };
    let none = paired_differences(judgement, judgement, None, 1).unwrap();
    assert!(
        none.figures
            .iter()
            .all(|figure| figure.p == 1.0 && figure.n_needed.is_none())
    );
    assert_eq!(
        (none.mcnemar.fixed, none.mcnemar.broken, none.mcnemar.p),
        (0, 0, 1.0)
    );
    let other = Scores::new(2, vec![0, 1], vec![0.5; 4]).unwrap();
    let other = Judgement {
        scores: &other,
        rule: None,
    };
    assert_eq!(paired_differences(judgement, other, None, 1), None);
}
