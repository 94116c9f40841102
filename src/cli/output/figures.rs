//! An evaluation's figures as JSON: a contract for scripts.

use serde_json::{Value, json};

use crate::experiment::{Evaluation, Sureness};
use crate::metrics::{CLASS_FIGURES, ClassView, Interval, OVERALL_FIGURES, Overall, class_views, overall};

/// Adds an evaluation's figures to a JSON object.
pub fn add_figures(object: &mut Value, classes: &[String], evaluation: &Evaluation) {
    let views = class_views(
        &evaluation.confusion,
        &evaluation.roc_auc,
        &evaluation.average_precision,
    );
    let of_class = |(class, view): (&String, &ClassView)| {
        let mut of_class = json!({"class": class, "support": view.metrics.support});
        for figure in &CLASS_FIGURES {
            of_class[figure.key] = json!((figure.value)(view));
        }
        of_class
    };
    let of_classes: Vec<Value> = classes.iter().zip(&views).map(of_class).collect();
    object["confusion"] = json!(evaluation.confusion);
    let all = overall(&evaluation.confusion);
    for figure in &OVERALL_FIGURES {
        object[figure.key] = json!((figure.value)(&all));
    }
    // Over which the means do not go.
    let without: Vec<&String> = (0..classes.len())
        .filter(|&i| evaluation.confusion.row_total(i) == 0)
        .map(|i| &classes[i])
        .collect();
    object["classes_without_images"] = json!(without);
    object["loss"] = json!(evaluation.loss);
    object["weighted_loss"] = json!(evaluation.weighted_loss);
    object["per_class"] = json!(of_classes);
}

/// The same, each figure with its 95 % interval beside it.
pub fn add_sure_figures(
    object: &mut Value,
    classes: &[String],
    evaluation: &Evaluation,
    sureness: &Sureness,
) {
    add_figures(object, classes, evaluation);
    let Evaluation {
        confusion,
        roc_auc,
        average_precision,
        ..
    } = evaluation;
    let views = class_views(confusion, roc_auc, average_precision);
    add_intervals(object, classes, (&overall(confusion), &views), sureness);
}

/// Adds figures as `{"value", "low", "high"}`, the ends of their 95 % intervals, under `intervals`; of classes, there as well.
pub fn add_intervals(
    object: &mut Value,
    classes: &[String],
    (all, views): (&Overall, &[ClassView]),
    sureness: &Sureness,
) {
    let known = &sureness.intervals;
    let mut intervals = json!({});
    for figure in &OVERALL_FIGURES {
        intervals[figure.key] = interval_to_json((figure.value)(all), known.overall(figure.key));
    }
    let of_class = |(class_idx, (class, view)): (usize, (&String, &ClassView))| {
        let mut of_class = json!({"class": class});
        for figure in &CLASS_FIGURES {
            let interval = known.of_class(class_idx, figure.key);
            of_class[figure.key] = interval_to_json((figure.value)(view), interval);
        }
        of_class
    };
    let of_classes = classes.iter().zip(views).enumerate().map(of_class);
    intervals["per_class"] = of_classes.collect();
    intervals["in_groups"] = json!(sureness.in_groups);
    intervals["groups_lost"] = json!(sureness.has_lost_groups);
    object["intervals"] = intervals;
}

pub(super) fn interval_to_json(value: Option<f64>, interval: Option<Interval>) -> Value {
    json!({
        "value": value,
        "low": interval.map(|interval| interval.low),
        "high": interval.map(|interval| interval.high),
    })
}
