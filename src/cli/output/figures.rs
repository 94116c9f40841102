//! An evaluation's figures as JSON: a contract for scripts.

use serde_json::{Value, json};

use crate::experiment::Evaluation;
use crate::metrics::{CLASS_FIGURES, ClassView, OVERALL_FIGURES, class_views, overall};

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
