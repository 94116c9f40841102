//! Which line is whose, and its latest value; a click hides the run, another shows it again.

use egui::{Align, Color32, Layout, Rect, Ui, pos2, vec2};

use crate::app::{Action, AppState, RunView};
use crate::ui::theme::{self, Theme};
use crate::ui::widgets::focus_ring;

const ROWS: usize = 8;
const ROW: f32 = 20.0;
const WIDTH: f32 = 148.0;

/// Remembers what was hidden here, so that it can be shown again here.
#[derive(Default)]
pub struct Legend {
    hidden: Vec<usize>,
}

impl Legend {
    pub fn show(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        shown: &[usize],
        area: Rect,
        actions: &mut Vec<Action>,
    ) {
        self.hidden
            .retain(|&run| state.runs.get(run).is_some_and(|r| !r.shown));
        let has_losses = |run: &usize| !state.runs[*run].record.losses.is_empty();
        let runs: Vec<usize> = shown
            .iter()
            .chain(&self.hidden)
            .copied()
            .filter(has_losses)
            .take(ROWS)
            .collect();
        let height = 12.0 + ROW * runs.len() as f32;
        if area.width() < 320.0 || area.height() < height + 30.0 {
            return;
        }
        let corner = pos2(area.right() - WIDTH - 8.0, area.top() + 4.0);
        let place = Rect::from_min_size(corner, vec2(WIDTH, height));
        let layout = Layout::top_down(Align::Min);
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(place).layout(layout));
        let theme = theme::of(ui);
        let frame = theme.card().fill(theme.raised.gamma_multiply(0.92));
        frame.show(&mut child, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for run in runs {
                let view = &state.runs[run];
                if legend_row(ui, view, theme, WIDTH - 20.0) {
                    actions.push(Action::ShowRun {
                        run,
                        shown: !view.shown,
                    });
                    self.hidden.retain(|&r| r != run);
                    self.hidden.extend(view.shown.then_some(run));
                }
            }
        });
    }
}

fn legend_row(ui: &mut Ui, run: &RunView, theme: &Theme, width: f32) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 20.0), egui::Sense::click());
    let colour = if run.shown {
        theme.run(run.colour)
    } else {
        theme.line
    };
    let y = rect.center().y;
    ui.painter().line_segment(
        [pos2(rect.left(), y), pos2(rect.left() + 14.0, y)],
        egui::Stroke::new(2.5, colour),
    );
    let ink = if response.hovered() {
        theme.text
    } else {
        theme.text.gamma_multiply(if run.shown { 0.85 } else { 0.5 })
    };
    let label = elided(ui, &run.label(), width - 70.0, ink);
    ui.painter()
        .galley(pos2(rect.left() + 22.0, y - label.size().y / 2.0), label, ink);
    let tail = &run.record.losses[run.record.losses.len().saturating_sub(20)..];
    let mean = tail.iter().map(|&l| f64::from(l)).sum::<f64>() / tail.len().max(1) as f64;
    let text = format!("{mean:.3}");
    ui.painter().text(
        rect.right_center(),
        egui::Align2::RIGHT_CENTER,
        text,
        theme::font(11.5),
        theme.muted,
    );
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

fn elided(ui: &Ui, text: &str, width: f32, ink: Color32) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), theme::font(12.0), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}
