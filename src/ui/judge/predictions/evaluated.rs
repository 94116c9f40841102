//! A run on a folder of known classes: matrix and figures, what was judged and what was left out.

use egui::{Align, Label, Layout, Rect, ScrollArea, Ui, pos2, vec2};

use crate::app::{Action, AppState, FolderEvaluation, JudgeAction, Normalise};
use crate::metrics::{Confusion, overall, percent, thousands, wilson};
use crate::protocol::Judged;
use crate::ui::judge::matrix::{Model, matrix_at};
use crate::ui::parts::theme::{self, GAP};
use crate::ui::parts::widgets::{bar, duration, empty, fine_print, heading_row, quiet_button};
use crate::visible::{visible, visible_name, visible_names, visible_path};

const LINE: f32 = 20.0;
/// Share of the width that the matrix has.
const MATRIX: f32 = 0.46;
/// Narrower tables have no room for intervals.
const WITH_INTERVALS: f32 = 360.0;
/// Warnings beyond which they scroll.
const WARNINGS: f32 = 54.0;

/// Of what is said of single images.
const RELIABILITY: &str = "Calibration error (ECE): in 15 bins of about equally many images, how far the largest probability is from \
                           the share that is right, on the mean. Brier score: mean squared error over all classes, from 0 to 2. As \
                           weighted, they are of the raw scores";

pub fn evaluated(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let Some(evaluation) = &state.judge.evaluation else {
        return;
    };
    let label = state
        .runs
        .all
        .get(evaluation.run)
        .map_or_else(String::new, |run| run.label());
    let title = format!("Evaluated · {label} on {}", visible_name(evaluation.data.place()));
    heading_row(ui, &title, |ui| {
        if quiet_button(ui, "Close", "Close the evaluation").clicked() {
            actions.push(Action::Judge(JudgeAction::CloseEvaluation));
        }
    });
    match &evaluation.outcome {
        None => under_way(ui, state, evaluation),
        Some(Err(reason)) => empty(ui, &format!("It could not be evaluated: {}", visible(reason))),
        Some(Ok(judged)) => figures(ui, state, evaluation, judged, actions),
    }
}

fn under_way(ui: &mut Ui, state: &AppState, evaluation: &FolderEvaluation) {
    let job = state.evaluating();
    let Some(progress) = job.and_then(|job| job.progress) else {
        return empty(
            ui,
            &format!("Evaluating {}…", visible_path(evaluation.data.place())),
        );
    };
    let theme = theme::of(ui);
    ui.add_space((ui.available_height() / 2.0 - 20.0).max(0.0));
    ui.vertical_centered(|ui| {
        let mut text = match progress.total {
            0 => progress.phase.name().to_owned(),
            total => format!(
                "{} {} of {}",
                progress.phase.name(),
                thousands(progress.done),
                thousands(total)
            ),
        };
        if let Some(left) = progress.left_secs {
            text += &format!(", {} left", duration(left));
        }
        ui.label(egui::RichText::new(text).color(theme.muted));
        if progress.total > 0 {
            bar(
                ui,
                200.0,
                progress.done as f32 / progress.total as f32,
                theme.accent,
            );
        }
    });
}

fn figures(
    ui: &mut Ui,
    state: &AppState,
    evaluation: &FolderEvaluation,
    judged: &Judged,
    actions: &mut Vec<Action>,
) {
    ui.spacing_mut().item_spacing.y = 3.0;
    let said = in_a_sentence(judged);
    ui.add(Label::new(&said).wrap())
        .on_hover_text("95 % intervals in brackets (Wilson 1927)");
    for text in judged.learnt.iter().cloned().chain(taken_at_its_word(judged)) {
        ui.add(Label::new(theme::small(text).color(theme::of(ui).muted)).wrap())
            .on_hover_text(RELIABILITY);
    }
    warnings(ui, &evaluation.warnings);
    let area = ui.available_rect_before_wrap();
    let middle = area.left() + area.width() * MATRIX;
    let left = Rect::from_min_max(area.min, pos2(middle - GAP, area.bottom()));
    let classes = visible_names(&judged.classes);
    let normalise = match state.settings.normalise {
        Normalise::Counts | Normalise::All => Normalise::Rows,
        shares => shares,
    };
    let confusion = &judged.evaluation.confusion;
    let model = Model::new(&classes, confusion, normalise);
    if left.width() > 120.0 && left.height() > 80.0 {
        matrix_at(ui, "evaluated", &model, left.into(), state.looking.cell, actions);
    }
    let right = Rect::from_min_max(pos2(middle + GAP, area.top()), area.max);
    let mut right = ui.new_child(egui::UiBuilder::new().max_rect(right));
    class_figures(&mut right, &classes, confusion);
}

/// Such as `All images of the folder (400): balanced accuracy 71.2 %, …`.
fn in_a_sentence(judged: &Judged) -> String {
    let confusion = &judged.evaluation.confusion;
    let all = overall(confusion);
    let right: u64 = (0..confusion.n_classes()).map(|c| confusion.get(c, c)).sum();
    let accuracy = with_interval(right, confusion.total(), 1);
    let rule = judged.decision.as_ref().map_or_else(String::new, |decision| {
        format!(
            ", {} predicted from a score of {:.3}",
            visible(&decision.class),
            decision.threshold
        )
    });
    format!(
        "On {} ({} images{rule}): balanced accuracy {}, accuracy {accuracy}",
        judged.images,
        thousands(confusion.total()),
        percent(all.balanced_accuracy, 1),
    )
}

/// Such as `Calibration error 3.4 %, 18.2 % as weighted; Brier score 0.081, 0.142 as weighted`.
fn taken_at_its_word(judged: &Judged) -> Option<String> {
    let both = judged.reliabilities.as_ref()?;
    let ece = [&both.probabilities, &both.scores].map(|of| percent(Some(of.ece), 1));
    let brier = [&both.probabilities, &both.scores].map(|of| format!("{:.3}", of.brier.score));
    Some(match both.probabilities == both.scores {
        true => format!("Calibration error {}; Brier score {}", ece[0], brier[0]),
        false => format!(
            "Calibration error {}, {} as weighted; Brier score {}, {} as weighted",
            ece[0], ece[1], brier[0], brier[1]
        ),
    })
}

fn warnings(ui: &mut Ui, warnings: &[String]) {
    if warnings.is_empty() {
        return;
    }
    let theme = theme::of(ui);
    ScrollArea::vertical()
        .id_salt("evaluation warnings")
        .max_height(WARNINGS)
        .show(ui, |ui| {
            for warning in warnings {
                ui.add(Label::new(theme::small(visible(warning)).color(theme.warning)).wrap());
            }
        });
}

/// A class a line: how many images, how many of them were found, how many predicted so are right. Where there is little room the
/// intervals are under the pointer.
fn class_figures(ui: &mut Ui, classes: &[String], confusion: &Confusion) {
    let theme = theme::of(ui);
    let width = ui.available_width() - 12.0;
    let is_narrow = width < WITH_INTERVALS;
    let shares = match is_narrow {
        true => [0.34, 0.2, 0.2, 0.26],
        false => [0.22, 0.12, 0.33, 0.33],
    };
    let columns = shares.map(|share| share * width);
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    ui.spacing_mut().interact_size.y = LINE;
    let names = ["Class", "Images", "Recall", "Precision"];
    ui.horizontal(|ui| {
        for (text, width) in names.into_iter().zip(columns) {
            cell(ui, width, |ui| _ = fine_print(ui, text, theme));
        }
    });
    ScrollArea::vertical()
        .id_salt("evaluated classes")
        .auto_shrink(false)
        .show_rows(ui, LINE, classes.len(), |ui, lines| {
            for class_idx in lines {
                let found = confusion.get(class_idx, class_idx);
                let called: u64 = (0..classes.len())
                    .map(|truth| confusion.get(truth, class_idx))
                    .sum();
                let n: u64 = (0..classes.len())
                    .map(|other| confusion.get(class_idx, other))
                    .sum();
                let whole = [
                    classes[class_idx].clone(),
                    thousands(n),
                    with_interval(found, n, 0),
                    with_interval(found, called, 0),
                ];
                ui.horizontal(|ui| {
                    for ((text, width), name) in whole.into_iter().zip(columns).zip(names) {
                        let shown = text.split(" (").next().filter(|_| is_narrow && name != names[0]);
                        let shown = shown.unwrap_or(&text).to_owned();
                        cell(ui, width, |ui| {
                            let tip = format!("{name} {text}");
                            ui.add(Label::new(shown).truncate()).on_hover_text(tip);
                        });
                    }
                });
            }
        });
}

fn cell(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, LINE), Layout::left_to_right(Align::Center), |ui| {
        ui.set_width(width);
        add(ui);
    });
}

/// Such as `74 % (61 to 84)`, the 95 % interval.
fn with_interval(k: u64, n: u64, decimals: usize) -> String {
    let Some(interval) = wilson(k, n) else {
        return percent(None, decimals);
    };
    format!(
        "{} ({:.0} to {:.0})",
        percent(Some(k as f64 / n as f64), decimals),
        interval.low * 100.0,
        interval.high * 100.0
    )
}
