//! What is listed, and in which order, in words.

use crate::app::{AppState, Shows, sentence_case};
use crate::experiment::{Change, ImageOrder, ImageSort};
use crate::metrics::{Confusion, thousands};
use crate::ui::judge::shown::noun;
use crate::visible::visible;

/// Such as `REAL predicted as FAKE`, or `FAKE, found`.
pub fn of_cell(state: &AppState, (truth, predicted): (usize, usize)) -> Option<String> {
    let classes = state.looked_at_classes();
    let name = |class_idx: usize| Some(visible(classes.get(class_idx)?));
    let truth_name = name(truth)?;
    Some(match truth == predicted {
        true => format!("{truth_name} predicted as such"),
        false => format!("{truth_name} predicted as {}", name(predicted)?),
    })
}

/// What is listed now.
pub fn shown(state: &AppState) -> String {
    let has = |name: &String| state.looked_at_classes().contains(name);
    let all_mistakes = || "All mistakes".to_owned();
    match &state.images.shows {
        Shows::Cell => state
            .looking
            .cell
            .and_then(|cell| of_cell(state, cell))
            .unwrap_or_else(all_mistakes),
        Shows::All => "All images".into(),
        Shows::Chosen => "Chosen on the map".into(),
        Shows::Truth(class) if has(class) => format!("All {}", visible(class)),
        Shows::Predicted(class) if has(class) => format!("All predicted as {}", visible(class)),
        Shows::Tenth(class, tenth) if has(class) => of_tenth(state, class, *tenth),
        Shows::Change(change) => against(state, *change),
        Shows::Slice { property, slice } if state.has_slice(property, slice) => {
            format!("{}: {}", visible(property), visible(slice))
        }
        Shows::Mistakes | Shows::Truth(_) | Shows::Predicted(_) | Shows::Tenth(..) | Shows::Slice { .. } => {
            all_mistakes()
        }
    }
}

fn of_tenth(state: &AppState, class: &str, tenth: u8) -> String {
    let [from, to] = [tenth, tenth + 1].map(|tenth| f64::from(tenth) / 10.0);
    let noun = sentence_case(noun(state.undo_looked_at().changes()));
    format!("{noun} for {} from {from:.1} to {to:.1}", visible(class))
}

/// Such as `Fixed against 1 : 1`.
fn against(state: &AppState, change: Change) -> String {
    match state.changes() {
        Some((run, _)) => format!("{} against {}", change.name(), run.label()),
        None => format!("{}: no run to hold against", change.name()),
    }
}

/// What can be listed, each with how many there are.
pub fn choices(state: &AppState, confusion: &Confusion) -> Vec<(Shows, String)> {
    let with = |what: &str, n: u64| format!("{what}: {}", thousands(n));
    let classes = state.looked_at_classes();
    let n = classes.len().min(confusion.n_classes());
    let right: u64 = (0..n).map(|class_idx| confusion.get(class_idx, class_idx)).sum();
    let mut choices = Vec::new();
    let cell = state
        .looking
        .cell
        .filter(|(truth, predicted)| *truth < n && *predicted < n);
    if let Some((truth, predicted)) = cell
        && let Some(words) = of_cell(state, (truth, predicted))
    {
        choices.push((Shows::Cell, with(&words, confusion.get(truth, predicted))));
    }
    choices.push((Shows::Mistakes, with("All mistakes", confusion.total() - right)));
    choices.push((Shows::All, with("All images", confusion.total())));
    if !state.map.chosen.is_empty() {
        choices.push((
            Shows::Chosen,
            with("Chosen on the map", state.n_chosen_behind() as u64),
        ));
    }
    if let Some((_, changes)) = state.changes()
        && let Some(changes) = changes.as_ref()
    {
        choices.extend(Change::ALL.map(|change| {
            (
                Shows::Change(change),
                with(&against(state, change), changes.count(change) as u64),
            )
        }));
    }
    for (class_idx, class) in classes.iter().take(n).enumerate() {
        let words = format!("All {}", visible(class));
        choices.push((
            Shows::Truth(class.clone()),
            with(&words, confusion.row_total(class_idx)),
        ));
    }
    for (class_idx, class) in classes.iter().take(n).enumerate() {
        let predicted = (0..n).map(|truth| confusion.get(truth, class_idx)).sum();
        let words = format!("All predicted as {}", visible(class));
        choices.push((Shows::Predicted(class.clone()), with(&words, predicted)));
    }
    if let Some(class) = classes.get(state.weighed_class()) {
        choices.extend(state.calibration().iter().map(|bin| {
            let words = of_tenth(state, class, bin.tenth);
            (Shows::Tenth(class.clone(), bin.tenth), with(&words, bin.n_images))
        }));
    }
    choices
}

/// Every order that can be had, in words.
pub fn orders(state: &AppState) -> impl Iterator<Item = (ImageOrder, String)> {
    let both = |by: ImageSort| [false, true].map(|reversed| ImageOrder { by, reversed });
    let similar = state.can_order_by_likeness().then_some(ImageSort::Similarity);
    ImageSort::ALL
        .into_iter()
        .chain(similar)
        .flat_map(both)
        .map(|order| (order, in_order(state, order)))
}

/// Such as `Largest loss first`.
pub fn in_order(state: &AppState, order: ImageOrder) -> String {
    crate::app::sentence_case(&state.order_in_words(order))
}
