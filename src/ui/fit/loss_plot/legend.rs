//! Which line is whose, and its latest value; a click hides the run, another shows it again. It stands above the plot,
//! where it covers no point.

use std::sync::Arc;

use egui::{Galley, ScrollArea, Ui, pos2, vec2};

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
/// Of a run's line or mark, before its name; and between two runs.
const MARK: f32 = 20.0;
const GAP: f32 = 12.0;
/// Where they need more, names stand without their losses if that saves one.
const LINES: usize = 2;

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
        let entries: Vec<Entry> = entries
            .iter()
            .map(|&run| Entry::new(ui, run, &runs.all[run]))
            .collect();
        let room = ui.available_width();
        let n_lines = |with_losses| lines(entries.iter().map(|entry| entry.width(with_losses)), room);
        // The losses stand in the plot as well, which would be left with little room.
        let with_losses = n_lines(true) <= LINES || n_lines(false) == n_lines(true);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(GAP, 0.0);
            for entry in &entries {
                let run = entry.run;
                let view = &runs.all[run];
                if entry.show(ui, view, with_losses, theme) {
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
struct Entry {
    run: usize,
    label: Arc<Galley>,
    loss: String,
    value: Arc<Galley>,
}

impl Entry {
    fn new(ui: &Ui, run: usize, view: &RunView) -> Self {
        let theme = theme::of(ui);
        let tail = &view.record.losses[view.record.losses.len().saturating_sub(20)..];
        let mean = tail.iter().map(|&l| f64::from(l)).sum::<f64>() / tail.len().max(1) as f64;
        let loss = format!("{mean:.3}");
        let font = || theme::font(12.0);
        Entry {
            run,
            label: fitted(
                ui,
                &view.label(),
                Shared::default(),
                font(),
                MOST_NAME,
                theme.text,
            ),
            value: elided(ui, &loss, font(), MOST_NAME, theme.muted),
            loss,
        }
    }

    fn width(&self, with_loss: bool) -> f32 {
        let loss = if with_loss { 8.0 + self.value.size().x } else { 0.0 };
        MARK + self.label.size().x + loss
    }

    /// Whether it was clicked.
    fn show(&self, ui: &mut Ui, run: &RunView, with_loss: bool, theme: &Theme) -> bool {
        let ink = |share: f32| theme.text.gamma_multiply(if run.shown { share } else { 0.5 });
        let size = vec2(self.width(with_loss), ROW);
        let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
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
        let top = y - self.label.size().y / 2.0;
        let of_label = ink(if response.hovered() { 1.0 } else { 0.85 });
        let at = pos2(rect.left() + MARK, top);
        ui.painter().galley(at, Arc::clone(&self.label), of_label);
        if with_loss {
            let at = pos2(rect.right() - self.value.size().x, top);
            ui.painter().galley(at, Arc::clone(&self.value), theme.muted);
        }
        focus_ring(ui, &response);
        let verb = if run.shown { "Hide" } else { "Show" };
        let name = format!("{verb} {} in the plot", run.label());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        let tip = format!(
            "{}: {}, the mean of the last 20 losses; click to {} the run",
            run.label(),
            self.loss,
            verb.to_lowercase()
        );
        response.on_hover_text(tip).clicked()
    }
}

/// How many lines things of these widths take.
fn lines(widths: impl Iterator<Item = f32>, room: f32) -> usize {
    let (mut n, mut x) = (1, 0.0);
    for width in widths {
        if x > 0.0 && x + width > room {
            n += 1;
            x = 0.0;
        }
        x += width + GAP;
    }
    n
}
