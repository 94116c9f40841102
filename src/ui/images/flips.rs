//! Where the verdict on an image would be another: at which threshold, and at about which weight.

use egui::{Label, Ui};

use crate::app::{AppState, ImageBehind, ImagesBehind};
use crate::metrics::{flip_factor, plain};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::heading_row;

/// A factor beyond it is no weight that anybody would give.
const LARGEST: f64 = 1e6;

pub fn what_flips(ui: &mut Ui, state: &AppState, images: &ImagesBehind, image: &ImageBehind) {
    ui.add_space(6.0);
    heading_row(ui, "Where the verdict flips", |_| ());
    for line in [threshold(state, images, image), weight(state, images, image)] {
        ui.add(Label::new(line).wrap());
    }
    let caution = "The weight is an estimate: as if it moved the bias of the class alone (King and Zeng 2001). A head that is \
                   trained with it moves its other weights, too; try it live, or sweep";
    ui.add(Label::new(theme::small(caution).color(theme::of(ui).muted)).wrap());
}

/// On the score of the class that is weighed against the rest; of several classes on that of the image's own, which is the one
/// that it would have to be predicted as.
fn threshold(state: &AppState, images: &ImagesBehind, image: &ImageBehind) -> String {
    let class_idx = match image.scores.len() {
        2 => state.weighed_class(),
        _ => image.said.truth,
    };
    let class = images.class(class_idx);
    let Some(&score) = image.scores.get(class_idx) else {
        return format!("No score for {class}");
    };
    let otherwise = image
        .probabilities
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != class_idx);
    let otherwise = otherwise
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map_or("another class", |(other, _)| images.class(other));
    let of_score = if images.undo.changes() { "a score of " } else { "" };
    format!("Threshold on {class}: predicted {class} up to {of_score}{score:.3}, and {otherwise} above it")
}

/// With three digits, which is more than the estimate is worth.
fn times(factor: f64) -> String {
    let unit = 10f64.powi(2 - factor.abs().max(1e-9).log10().floor() as i32);
    plain((factor * unit).round() / unit)
}

/// Of the image's own class.
fn weight(state: &AppState, images: &ImagesBehind, image: &ImageBehind) -> String {
    let truth = image.said.truth;
    let class = images.class(truth);
    let factor = flip_factor(image.scores, truth, images.rule);
    let Some(factor) = factor.filter(|factor| *factor <= LARGEST) else {
        return format!("Weight of {class}: no weight would make it {class}");
    };
    let run = state.selected_run().filter(|_| state.watched_trial().is_none());
    let now = run.and_then(|run| run.weight_of(truth));
    let of_now = match now {
        Some(now) => format!("×{} instead of ×{}", times(now * factor), times(now)),
        None => format!("{} times what it is", times(factor)),
    };
    match image.said.is_right() {
        false => format!("Weight of {class}: predicted {class} from about {of_now}"),
        true => format!("Weight of {class}: predicted {class} down to about {of_now}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_have_three_digits() {
        for (factor, shown) in [
            (105.483, "105"),
            (8.0, "8"),
            (0.012_345, "0.0123"),
            (1234.5, "1230"),
            (2.499, "2.5"),
        ] {
            assert_eq!(times(factor), shown);
        }
    }
}
