//! The images of a finding: a group or an image a row, with what is said of it. Only what is in sight is drawn and asked for.

use std::path::PathBuf;

use egui::{Button, Label, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use crate::app::{
    Action, AppState, Examined, Finding, FindingRow, Health, HealthAction, Place, WindowAction,
};
use crate::metrics::thousands;
use crate::ui::parts::textures::Textures;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{cross, fine_print, focus_ring, heading_row};
use crate::visible::visible;

const SIDE: f32 = 72.0;
const GAP: f32 = 6.0;
/// Room for two lines beside the pictures, at least.
const WORDS: f32 = 190.0;

#[derive(Default)]
pub struct Rows {
    textures: Textures,
    in_sight: Vec<PathBuf>,
}

impl Rows {
    pub fn show(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        examined: &Examined,
        (finding, rows): (Finding, &[FindingRow]),
        actions: &mut Vec<Action>,
    ) {
        let theme = theme::of(ui);
        let n = thousands(rows.len() as u64);
        let counted = match (finding.counts_groups(), rows.len()) {
            (true, 1) => "1 group".into(),
            (true, _) => format!("{n} groups"),
            (false, 1) => "1 image".into(),
            (false, _) => format!("{n} images"),
        };
        heading_row(ui, finding.name(), |ui| {
            ui.label(theme::small(counted).color(theme.muted));
        });
        ui.add(Label::new(theme::small(finding.explanation()).color(theme.muted)).wrap());
        if finding.counts_groups() {
            keep_together(ui, state, actions);
        }
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.y = GAP;
        ScrollArea::vertical()
            .id_salt(("health", finding.name()))
            .auto_shrink(false)
            .show_rows(ui, SIDE, rows.len(), |ui, shown| {
                for row in &rows[shown] {
                    ui.push_id(row.images.first(), |ui| {
                        self.row(ui, &state.health, examined, row, actions)
                    });
                }
            });
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        health: &Health,
        examined: &Examined,
        row: &FindingRow,
        actions: &mut Vec<Action>,
    ) {
        let theme = theme::of(ui);
        let room = (ui.available_width() - WORDS).max(SIDE);
        let n_fitting = ((room + GAP) / (SIDE + GAP)).floor().max(1.0) as usize;
        ui.allocate_ui(vec2(ui.available_width(), SIDE), |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                for &image in row.images.iter().take(n_fitting) {
                    self.picture(ui, health, examined, image, actions);
                }
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 1.0;
                    ui.add(Label::new(theme::small(visible(&row.says)).color(theme.text)).truncate())
                        .on_hover_text(visible(&row.says));
                    const NAMED: usize = 3;
                    for &image in row.images.iter().take(NAMED) {
                        let path = visible(&examined.dataset.images[image].path);
                        fine_print(ui, &path, theme).on_hover_text(&*path);
                    }
                    let n_more = row.images.len().saturating_sub(NAMED.min(n_fitting));
                    if row.images.len() > n_fitting.max(NAMED) {
                        fine_print(ui, &format!("and {} more", thousands(n_more as u64)), theme);
                    }
                });
            });
        });
    }

    fn picture(
        &mut self,
        ui: &mut Ui,
        health: &Health,
        examined: &Examined,
        image: usize,
        actions: &mut Vec<Action>,
    ) {
        let theme = theme::of(ui);
        let relative = &examined.dataset.images[image].path;
        let path = examined.dataset.root.join(relative);
        let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::click());
        ui.painter().rect_filled(rect, 3, theme.raised);
        let known = health.pictures.get(&path);
        match known {
            Some(Ok(picture)) => _ = self.textures.fitted(ui, rect, &path, picture),
            Some(Err(_)) => cross(ui, rect, theme.warning),
            None => {}
        }
        if response.hovered() {
            let stroke = egui::Stroke::new(1.5, theme.accent);
            ui.painter()
                .rect_stroke(rect, 3, stroke, egui::StrokeKind::Inside);
        }
        focus_ring(ui, &response);
        let shown = visible(relative);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Show the file {shown}")));
        if response.clicked() {
            actions.push(Action::Window(WindowAction::Reveal(Place::File(path.clone()))));
        }
        let reason = known.and_then(|known| known.as_ref().err());
        response.on_hover_text(match reason {
            Some(why) => format!("{shown}\n{}", visible(why)),
            None => format!("{shown}\nA click shows the file in its folder"),
        });
        self.in_sight.push(path);
    }

    pub fn end_frame(&mut self, health: &Health, actions: &mut Vec<Action>) {
        let in_sight = std::mem::take(&mut self.in_sight);
        self.textures.forget_dropped();
        let missing = in_sight.iter().any(|path| health.pictures.get(path).is_none());
        if missing && in_sight != health.pictures.wanted() {
            actions.push(Action::Health(HealthAction::WantPictures(in_sight)));
        }
    }
}

/// The one thing to do about copies: a split in which none straddles.
fn keep_together(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        let can = state.jobs.examining().is_none();
        let button = ui.add_enabled(can, Button::new("Keep them together"));
        let tip = "Splits by groups, so that no copy of a training image is judged. Which images belong together is \
                   written to a table beside the runs; the image folder is not touched";
        if button.on_hover_text(tip).clicked() {
            actions.push(Action::Health(HealthAction::KeepTogether));
        }
    });
}
