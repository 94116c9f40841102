//! What is known of an image: from its file, and from the shown runs.

use egui::{Align2, Label, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::tile::sign;
use crate::app::{AppState, ImageBehind, ImagesBehind, RunView, sentence_case, why_predicted};
use crate::experiment::OneImage;
use crate::metrics::{Threshold, Undo, bytes, thousands};
use crate::protocol::ImageFacts;
use crate::short_name::Shared;
use crate::ui::parts::names::fitted;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::{bar_in, fine_print, run_mark};
use crate::visible::visible;

const LINE: f32 = 18.0;
/// Classes whose probability is shown of each run; the true and the predicted one are always among them.
const CLASSES: usize = 4;

pub fn of_file(ui: &mut Ui, facts: &ImageFacts) {
    let theme = theme::of(ui);
    let [width, height] = facts.size;
    let size = match facts.n_bytes {
        n @ 0..1_000_000 => format!("{} kB", thousands(n.div_ceil(1000))),
        n => bytes(n),
    };
    let text = format!("{} · {width} × {height} pixels · {size}", facts.format);
    ui.add(Label::new(theme::small(text).color(theme.muted)).wrap());
    for unseen in &facts.unseen {
        let text = crate::app::sentence_case(unseen);
        ui.add(Label::new(theme::small(text).color(theme.warning)).wrap());
    }
}

/// What the run that is looked at says, and whether that is so.
pub fn verdict(ui: &mut Ui, images: &ImagesBehind, image: &ImageBehind) {
    let theme = theme::of(ui);
    let said = image.said;
    let predicted = said
        .predicted
        .map_or("no class", |class_idx| images.class(class_idx));
    let truth = images.class(said.truth);
    let text = match said.is_right() {
        true => format!(
            "Predicted {predicted} with {:.3}, which is right",
            said.confidence
        ),
        false => format!("Predicted {predicted} with {:.3}; it is {truth}", said.confidence),
    };
    ui.horizontal_top(|ui| {
        let (mark, _) = ui.allocate_exact_size(vec2(14.0, LINE), Sense::hover());
        sign(ui, mark.center(), said.is_right(), theme);
        ui.add(Label::new(text).wrap());
    });
    let numbers = format!("Loss {:.3} · margin {:.3}", said.loss, said.margin);
    let tip = "The loss is the negative logarithm of the true class's score. The margin is how far the verdict was from another, \
               from 0 to 1. Both are of the scores as the head says them";
    fine_print(ui, &numbers, theme).on_hover_text(tip);
}

/// What the run that is looked at gives each class.
pub fn looked_at(ui: &mut Ui, state: &AppState, images: &ImagesBehind, image: &ImageBehind) {
    let theme = theme::of(ui);
    let looked_at = state.selected_run().filter(|_| state.watched_trial().is_none());
    let label = state.subject().map_or_else(String::new, |subject| subject.label);
    run_line(ui, looked_at, &label, images, (images.rule, &images.undo), theme);
    probabilities(ui, images, image.said, &image.probabilities);
    why(ui, images, (image.scores, &images.undo), images.rule);
}

/// What the other shown runs give each class.
pub fn others(ui: &mut Ui, state: &AppState, images: &ImagesBehind, image: &ImageBehind) {
    let theme = theme::of(ui);
    for run in state.beside_image() {
        let view = &state.runs.all[run];
        let rule = view
            .decision
            .as_ref()
            .and_then(|decision| decision.rule(view.classes()));
        let undo = state.undo_of(run);
        run_line(ui, Some(view), &view.label(), images, (rule, &undo), theme);
        match state.images.large.answer(&image.path, &view.dir) {
            None => _ = fine_print(ui, "…", theme),
            Some(Err(reason)) => {
                ui.add(Label::new(theme::small(visible(reason)).color(theme.warning)).wrap());
            }
            Some(Ok(None)) => {
                let text = "Was not evaluated on this image: it trained on it, or was split otherwise";
                ui.add(Label::new(theme::small(text).color(theme.muted)).wrap());
            }
            Some(Ok(Some(answer))) => {
                let scores = &answer.probabilities;
                let said = OneImage::new(image.said.truth, scores, rule);
                probabilities(ui, images, said, &undo.row(scores));
                why(ui, images, (scores, &undo), rule);
            }
        }
    }
}

/// A run's name over its numbers, with the threshold by which it predicts.
fn run_line(
    ui: &mut Ui,
    run: Option<&RunView>,
    label: &str,
    images: &ImagesBehind,
    (rule, undo): (Option<Threshold>, &Undo),
    theme: &Theme,
) {
    ui.add_space(4.0);
    // Of more than two classes a threshold has no place among the probabilities that are shown.
    let score = if undo.changes() { "a score of " } else { "" };
    let rule = match (undo.rule(rule), rule) {
        (Some(shown), _) => format!(" · {} from {:.3} on", images.class(shown.class_idx), shown.at),
        (None, Some(rule)) => format!(
            " · {} from {score}{:.3} on",
            images.class(rule.class_idx),
            rule.at
        ),
        (None, None) => String::new(),
    };
    ui.horizontal(|ui| {
        if let Some(run) = run {
            let (mark, _) = ui.allocate_exact_size(vec2(12.0, LINE), Sense::hover());
            run_mark(ui, mark.center(), run);
        }
        fine_print(ui, &format!("{label}{rule}"), theme);
    });
}

/// Why another class is predicted than the likeliest one of several; of two, the line above says from where on.
fn why(ui: &mut Ui, images: &ImagesBehind, (scores, undo): (&[f32], &Undo), rule: Option<Threshold>) {
    let why = why_predicted(&images.classes, scores, undo, rule).filter(|_| images.classes.len() > 2);
    if let Some(why) = why {
        let text = theme::small(sentence_case(&why)).color(theme::of(ui).muted);
        ui.add(Label::new(text).wrap());
    }
}

/// Of the most probable classes, and of the true one.
fn probabilities(ui: &mut Ui, images: &ImagesBehind, said: OneImage, probabilities: &[f32]) {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
    let is_certain = |class_idx: &usize| *class_idx == said.truth || Some(*class_idx) == said.predicted;
    let (first, rest) = order.split_at(order.len().min(CLASSES));
    let shown: Vec<usize> = first
        .iter()
        .copied()
        .chain(rest.iter().copied().filter(is_certain))
        .collect();
    let shared = Shared::of(&images.classes);
    for &class_idx in &shown {
        one(ui, images, shared, said, (class_idx, probabilities[class_idx]));
    }
    let n_more = order.len() - shown.len();
    if n_more > 0 {
        fine_print(ui, &format!("and {n_more} less probable classes"), theme::of(ui));
    }
}

fn one(ui: &mut Ui, images: &ImagesBehind, shared: Shared, said: OneImage, (class_idx, p): (usize, f32)) {
    let theme = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    let (is_predicted, is_truth) = (said.predicted == Some(class_idx), said.truth == class_idx);
    let (font, ink) = match is_predicted {
        true => (theme::strong_font(12.5), theme.text),
        false => (theme::font(12.5), theme.muted),
    };
    let class = images.class(class_idx);
    let marked = if is_truth {
        format!("{class} (true)")
    } else {
        class.to_owned()
    };
    let galley = fitted(ui, &marked, shared, font, rect.width() * 0.42, ink);
    ui.painter().galley(
        pos2(rect.left(), rect.center().y - galley.size().y / 2.0),
        galley,
        ink,
    );
    let bar = Rect::from_min_max(
        pos2(rect.left() + rect.width() * 0.46, rect.center().y - 4.0),
        pos2(rect.right() - 44.0, rect.center().y + 4.0),
    );
    bar_in(ui, bar, p, theme.accent);
    let number = format!("{p:.3}");
    ui.painter().text(
        rect.right_center(),
        Align2::RIGHT_CENTER,
        number,
        theme::font(12.0),
        theme.text,
    );
    let predicted = if is_predicted { ", predicted" } else { "" };
    let truth = if is_truth { ", the true class" } else { "" };
    let name = format!("{class}: {p:.3}{predicted}{truth}");
    response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, &name));
    response.on_hover_text(name);
}
