//! Images as a table for people, and as JSON.

use serde_json::{Value, json};

use super::found::{Found, images_of};
use crate::cli::output::probabilities::{add_probabilities, decides};
use crate::cli::output::text;
use crate::experiment::{Change, Which};
use crate::metrics::thousands;
use crate::short_name::Shared;
use crate::visible::{visible, visible_path};

/// A path is asked for by its whole name; those of classes can be cut.
const NARROW: text::Narrow = text::Narrow {
    cut: &["true class", "predicted", "by the other"],
    expendable: &["margin", "loss"],
    last: "image",
};

/// Of what stands beside probabilities that have the class weights undone.
const OF_SCORES: &str = " (verdict, loss and margin are of the scores as weighted)";

pub fn to_json(found: &Found) -> Value {
    let classes = &found.judged.classes;
    let name = |class_idx: Option<usize>| class_idx.and_then(|class_idx| classes.get(class_idx));
    let images = found.images().map(|image| {
        let mut object = json!({
            // JSON is text, and a file's name need not be.
            "path": image.path.to_string_lossy(),
            "part": found.part.name(),
            "true": name(Some(image.said.truth)),
            "predicted": name(image.said.predicted),
            // An infinite one is no number of JSON, and becomes null.
            "loss": image.said.loss,
            "margin": image.said.margin,
        });
        if found.likeness.is_some() {
            object["similarity"] = json!(image.likeness);
        }
        add_probabilities(
            &mut object,
            classes,
            image.scores,
            &found.judged.undo,
            found.raw_scores,
        );
        if found.against.is_some() {
            object["predicted_by_other"] = json!(image.before);
        }
        object
    });
    json!({
        "run": found.judged.dir,
        "against": found.against.map(|against| &against.dir),
        "threshold": found.judged.decision,
        "n": found.n,
        "images": images.collect::<Vec<_>>(),
    })
}

pub fn to_text(found: &Found) -> String {
    let classes = &found.judged.classes;
    let name = |class_idx: Option<usize>| class_idx.and_then(|class_idx| classes.get(class_idx)).cloned();
    let mut heading = vec![
        "image",
        "true class",
        "predicted",
        "probability",
        "loss",
        "margin",
    ];
    if found.against.is_some() {
        heading.insert(3, "by the other");
    }
    if found.likeness.is_some() {
        heading.insert(1, "similarity");
    }
    let mut rows = vec![heading.into_iter().map(String::from).collect::<Vec<_>>()];
    rows.extend(found.images().map(|image| {
        let mut row = vec![
            visible_path(image.path),
            name(Some(image.said.truth)).unwrap_or_default(),
            name(image.said.predicted).unwrap_or_default(),
            format!("{:.4}", image.said.confidence),
            format!("{:.4}", image.said.loss),
            format!("{:.4}", image.said.margin),
        ];
        if found.against.is_some() {
            row.insert(3, image.before.unwrap_or_default().to_owned());
        }
        if found.likeness.is_some() {
            row.insert(
                1,
                image
                    .likeness
                    .map_or_else(|| "–".into(), |cosine| format!("{cosine:.4}")),
            );
        }
        row
    }));
    let said = in_words(found);
    match found.places.is_empty() {
        true => said,
        false => format!(
            "{said}\n\n{}",
            text::table_without(text::width(), rows, &NARROW, Shared::of(classes))
        ),
    }
}

/// Such as `12 of 1,804 validation images are REAL and predicted as FAKE, largest loss first`.
fn in_words(found: &Found) -> String {
    let class = |class_idx: usize| visible(found.judged.classes.get(class_idx).map_or("", String::as_str));
    let are = match found.which {
        Which::All => String::new(),
        Which::Mistakes => " are predicted as another class than their own".into(),
        Which::Cell { truth, predicted } if truth == predicted => {
            format!(" are {} and predicted so", class(truth))
        }
        Which::Cell { truth, predicted } => {
            format!(" are {} and predicted as {}", class(truth), class(predicted))
        }
        Which::Truth(class_idx) => format!(" are {}", class(class_idx)),
        Which::Predicted(class_idx) => format!(" are predicted as {}", class(class_idx)),
        Which::Score { class_idx, .. } => format!(" have such a score for {}", class(class_idx)),
        Which::Change(change) => between(change).into(),
    };
    let rule = found.judged.decision.as_ref();
    let rule = rule.map_or_else(String::new, |decision| {
        format!("; the run {}", decision.in_words())
    });
    let shown = match found.places.len() {
        shown if shown == found.n => String::new(),
        shown => format!("; the first {} of them", thousands(shown as u64)),
    };
    let undone = match decides(&found.judged.classes, found.judged.rule(), &found.judged.undo) {
        Some(decided) => format!("; undone, it {decided}{OF_SCORES}"),
        None if found.judged.undo.changes() => format!("; probabilities are undone{OF_SCORES}"),
        None => String::new(),
    };
    format!(
        "{} of {} {}{are}, {}{shown}{rule}{undone}",
        thousands(found.n as u64),
        thousands(found.judged.predictions.images().len() as u64),
        images_of(found.part),
        found.order.by.in_words(found.order.reversed),
    )
}

fn between(change: Change) -> &'static str {
    match change {
        Change::Fixed => " are wrong under the other run and right under this",
        Change::Broken => " are right under the other run and wrong under this",
        Change::BothWrong => " are wrong under both runs",
        Change::LessSure => {
            " are right under both runs, their class at least 0.1 less probable under this, class weights undone"
        }
    }
}
