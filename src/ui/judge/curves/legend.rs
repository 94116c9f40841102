//! What each mark in the plots means.

use egui::{Popup, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::marks::{FAINT, FOLD};
use crate::app::{AppState, ClassPlot};
use crate::metrics::Met;
use crate::ui::goal::sign::{SIGN, sign};
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::quiet_menu;

const SAMPLE: egui::Vec2 = vec2(26.0, 18.0);

#[derive(Debug, Clone, Copy)]
enum Mark {
    Dot,
    Fold,
    Signs,
    Front,
    Chosen,
    Now,
    Joined,
    Thresholds,
    Goal,
    Diagonal,
    Tenths,
    Run,
    Least,
    Baseline,
    AtStake,
    OtherTenths,
    Counts,
}

/// In a heading.
pub const NAME: &str = "Legend";

/// Opens the list.
pub fn legend_menu(ui: &mut Ui, state: &AppState) {
    let button = quiet_menu(ui, NAME, "Legend of the plot");
    Popup::menu(&button).show(|ui| legend(ui, state));
}

/// A row for each mark.
pub fn legend(ui: &mut Ui, state: &AppState) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let goal = state.goal();
    let has_goal = goal.is_some_and(|goal| goal.bounds.set_ones().next().is_some());
    let has_folds = !state.fold_dots(&state.dots()).is_empty();
    let of_calibration = (state.judge.plot == ClassPlot::Calibration).then(|| of_calibration(state));
    let all = of_calibration.unwrap_or_else(|| marks(state.judge.plot, has_goal, has_folds));
    for (mark, text) in all {
        ui.horizontal(|ui| {
            let (place, _) = ui.allocate_exact_size(SAMPLE, Sense::hover());
            paint(ui, place, mark, theme::of(ui));
            ui.label(theme::small(text));
        });
    }
}

fn of_calibration(state: &AppState) -> Vec<(Mark, &'static str)> {
    let is_undone = state.undo_looked_at().changes();
    let tenths = match is_undone {
        true => "images of one tenth of the probability, and how many of them are of the class",
        false => "images of one tenth of the score, and how many of them are of the class",
    };
    let mut marks = vec![(Mark::Tenths, tenths)];
    if state.has_weights() {
        let other = match is_undone {
            true => "the same of the raw scores, as the class weights left them",
            false => "the same with the class weights undone",
        };
        marks.push((Mark::OtherTenths, other));
    }
    marks.extend([
        (Mark::Counts, "how many images each tenth has"),
        (Mark::Diagonal, "where it would be as it is said"),
    ]);
    marks
}

fn marks(kind: ClassPlot, has_goal: bool, has_folds: bool) -> Vec<(Mark, &'static str)> {
    if kind == ClassPlot::Cost {
        return vec![
            (Mark::Run, "a weighting by its largest score, in its run's colour"),
            (
                Mark::Least,
                "what the best weighting, or threshold of what is looked at, costs",
            ),
            (Mark::Baseline, "never, or always, to predict the class"),
            (Mark::AtStake, "what is at stake: drag it"),
            (
                Mark::Now,
                "what is looked at, as its weights and its threshold stand",
            ),
        ];
    }
    let dot = match has_goal {
        true => (
            Mark::Signs,
            "a weighting that surely, perhaps or not meets the goal; grey where it is hidden",
        ),
        false => (
            Mark::Dot,
            "a weighting in its run's colour; grey where it is hidden",
        ),
    };
    let mut marks = vec![
        dot,
        (
            Mark::Front,
            "no other weighting is better in one and as good in the other",
        ),
        (Mark::Chosen, "the chosen run"),
        (
            Mark::Now,
            "what is looked at, as its weights and its threshold stand",
        ),
        (
            Mark::Joined,
            "weightings that differ in nothing but their weights",
        ),
        (Mark::Thresholds, "all thresholds of what is looked at"),
    ];
    if has_folds {
        let text = "one fold of a run: training images, each judged by a head that did not learn it";
        marks.push((Mark::Fold, text));
    }
    if has_goal {
        marks.push((Mark::Goal, "the goal"));
    }
    if kind == ClassPlot::Roc {
        marks.push((Mark::Diagonal, "chance"));
    }
    marks
}

fn paint(ui: &Ui, place: Rect, mark: Mark, theme: &Theme) {
    let (painter, centre) = (ui.painter(), place.center());
    let across = |stroke: Stroke| {
        painter.line_segment(
            [pos2(place.left(), centre.y), pos2(place.right(), centre.y)],
            stroke,
        );
    };
    let dashed = |ink| {
        let ends = [pos2(place.left(), centre.y), pos2(place.right(), centre.y)];
        painter.extend(egui::Shape::dashed_line(&ends, Stroke::new(1.2, ink), 5.0, 3.0));
    };
    match mark {
        Mark::Dot => _ = painter.circle_filled(centre, 4.5, theme.run(0)),
        Mark::Fold => _ = painter.circle_filled(centre, FOLD, theme.run(0).gamma_multiply(FAINT)),
        Mark::Signs => {
            for (met, step) in Met::ALL.into_iter().zip([-1.0, 0.0, 1.0]) {
                sign(painter, centre + vec2(step * SIGN, 0.0), met, theme.text);
            }
        }
        Mark::Front => {
            painter.circle_filled(centre, 4.0, theme.run(0));
            painter.circle_stroke(centre, 6.0, Stroke::new(1.5, theme.muted));
        }
        Mark::Chosen => {
            painter.circle_filled(centre, 4.0, theme.run(0));
            painter.circle_stroke(centre, 7.5, Stroke::new(1.5, theme.text));
        }
        Mark::Now => {
            let corners = [vec2(0.0, -7.0), vec2(7.0, 0.0), vec2(0.0, 7.0), vec2(-7.0, 0.0)];
            let corners = corners.map(|corner| centre + corner).to_vec();
            painter.add(egui::Shape::convex_polygon(corners, theme.accent, Stroke::NONE));
        }
        Mark::Joined => across(Stroke::new(1.0, theme.muted.gamma_multiply(0.5))),
        Mark::Thresholds => across(Stroke::new(2.0, theme.muted.gamma_multiply(0.7))),
        Mark::Goal => dashed(theme.accent),
        Mark::Diagonal => dashed(theme.muted),
        Mark::Run => across(Stroke::new(1.5, theme.run(0))),
        Mark::Least => across(Stroke::new(2.5, theme.text)),
        Mark::Baseline => dashed(theme.muted),
        Mark::AtStake => {
            let ends = [
                pos2(centre.x, place.top() + 2.0),
                pos2(centre.x, place.bottom() - 2.0),
            ];
            painter.line_segment(ends, Stroke::new(1.5, theme.accent));
        }
        Mark::Tenths => _ = painter.circle_filled(centre, 4.0, theme.accent),
        Mark::OtherTenths => {
            dashed(theme.muted);
            let square = Rect::from_center_size(centre, vec2(7.0, 7.0));
            let stroke = Stroke::new(1.2, theme.muted);
            painter.rect_stroke(square, 0, stroke, egui::StrokeKind::Middle);
        }
        Mark::Counts => paint_counts(ui, place, theme),
    }
}

/// Three bars.
fn paint_counts(ui: &Ui, place: Rect, theme: &Theme) {
    for (step, height) in [(-7.0, 5.0), (0.0, 11.0), (7.0, 8.0)] {
        let foot = pos2(place.center().x + step, place.bottom() - 3.0);
        let bar = Rect::from_min_max(foot - vec2(2.5, height), foot + vec2(2.5, 0.0));
        ui.painter().rect_filled(bar, 0, theme.muted.gamma_multiply(0.35));
    }
}
