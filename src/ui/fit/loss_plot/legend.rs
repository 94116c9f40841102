//! Which line is whose, and its latest value; a click hides the run, another shows it again. It stands above the plot,
//! where it covers no point.

use egui::{ScrollArea, Ui, pos2, vec2};

use crate::app::{Action, RunView, Runs, RunsAction};
use crate::short_name::Shared;
use crate::ui::parts::names::{elided, fitted};
use crate::ui::parts::room;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::{focus_ring, run_mark};

const ROW: f32 = 20.0;
/// Rows in sight, where the plot is low and where it is not; more are scrolled to.
const ROWS: [f32; 2] = [2.0, 3.0];
/// Runs with longer names are cut.
const MOST_NAME: f32 = 110.0;

/// Remembers what was hidden here, so that it can be shown again here.
#[derive(Default)]
pub struct Legend {
    hidden: Vec<usize>,
}

impl Legend {
    pub fn show(&mut self, ui: &mut Ui, runs: &Runs, shown: &[usize], actions: &mut Vec<Action>) {
        self.hidden
            .retain(|&run| runs.all.get(run).is_some_and(|r| !r.shown));
        if ui.available_height() < room::LOSS_LEGEND {
            return;
        }
        let has_losses = |run: &&usize| !runs.all[**run].record.losses.is_empty();
        let entries: Vec<usize> = shown
            .iter()
            .chain(&self.hidden)
            .filter(has_losses)
            .copied()
            .collect();
        let is_high = ui.available_height() >= room::LOSS_HIGH;
        ui.scope(|ui| {
            // That there is more to scroll to is seen.
            ui.spacing_mut().scroll = egui::style::ScrollStyle::solid();
            // The height of the first row, which is not this one's own spacing.
            ui.spacing_mut().interact_size.y = ROW;
            let rows = ScrollArea::vertical()
                .id_salt("legend")
                .max_height(ROW * ROWS[usize::from(is_high)])
                .auto_shrink([false, true]);
            rows.show(ui, |ui| self.entries(ui, runs, &entries, actions));
        });
    }

    fn entries(&mut self, ui: &mut Ui, runs: &Runs, entries: &[usize], actions: &mut Vec<Action>) {
        let theme = theme::of(ui);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(12.0, 0.0);
            for &run in entries {
                let view = &runs.all[run];
                if entry(ui, view, theme) {
                    actions.push(Action::Runs(RunsAction::Show {
                        runs: vec![run],
                        shown: !view.shown,
                    }));
                    self.hidden.retain(|&r| r != run);
                    self.hidden.extend(view.shown.then_some(run));
                }
            }
        });
    }
}

/// The line's colour, the run's label, the mean of its latest losses.
fn entry(ui: &mut Ui, run: &RunView, theme: &Theme) -> bool {
    let ink = |share: f32| theme.text.gamma_multiply(if run.shown { share } else { 0.5 });
    let tail = &run.record.losses[run.record.losses.len().saturating_sub(20)..];
    let mean = tail.iter().map(|&l| f64::from(l)).sum::<f64>() / tail.len().max(1) as f64;
    let font = theme::font(12.0);
    let label = fitted(ui, &run.label(), Shared::default(), font, MOST_NAME, theme.text);
    let value = elided(
        ui,
        &format!("{mean:.3}"),
        theme::font(12.0),
        MOST_NAME,
        theme.muted,
    );
    let width = 20.0 + label.size().x + 8.0 + value.size().x;
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), egui::Sense::click());
    let colour = if run.shown {
        theme.run(run.colour)
    } else {
        theme.line
    };
    let y = rect.center().y;
    match run.shown && theme::round(run.colour) > 0 {
        true => run_mark(ui, pos2(rect.left() + 7.0, y), run),
        false => {
            let line = [pos2(rect.left(), y), pos2(rect.left() + 14.0, y)];
            ui.painter().line_segment(line, egui::Stroke::new(2.5, colour));
        }
    }
    let top = y - label.size().y / 2.0;
    let value_at = pos2(rect.right() - value.size().x, top);
    let of_label = ink(if response.hovered() { 1.0 } else { 0.85 });
    ui.painter()
        .galley(pos2(rect.left() + 20.0, top), label, of_label);
    ui.painter().galley(value_at, value, theme.muted);
    focus_ring(ui, &response);
    let verb = if run.shown { "Hide" } else { "Show" };
    let name = format!("{verb} {} in the plot", run.label());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    let tip = format!(
        "Mean of the last 20 losses; click to {} the run",
        verb.to_lowercase()
    );
    response.on_hover_text(tip).clicked()
}
