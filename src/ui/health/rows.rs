//! The images of a finding: a group or an image a row, with what is said of it. Only what is in sight is drawn and asked for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use egui::{Button, Label, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use crate::app::{
    Action, AppState, Examined, Finding, FindingRow, Health, HealthAction, LabelsAction, Place, WindowAction,
};
use crate::experiment::SplitMethod;
use crate::metrics::thousands;
use crate::ui::labels::bar::LabelBar;
use crate::ui::labels::{keys, mark};
use crate::ui::parts::textures::Textures;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{cross, fine_print, focus_ring, heading_row, quiet_button};
use crate::visible::visible;

const SIDE: f32 = 72.0;
const GAP: f32 = 6.0;
/// Room for two lines beside the pictures, at least.
const WORDS: f32 = 190.0;

#[derive(Default)]
pub struct Rows {
    textures: Textures,
    /// What can be decided about the selected images.
    label_bar: LabelBar,
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
            if quiet_button(ui, "Select all", "Select all images of this finding").clicked() {
                let images = rows.iter().flat_map(|row| &row.images);
                let images: BTreeSet<PathBuf> = images.map(|&image| path_of(examined, image)).collect();
                actions.push(Action::Labels(LabelsAction::Select(images)));
            }
            ui.label(theme::small(counted).color(theme.muted));
        });
        ui.add(Label::new(theme::small(finding.explanation()).color(theme.muted)).wrap());
        if finding.counts_groups() {
            about_copies(ui, state, finding, actions);
        }
        actions.extend(keys::pressed(ui.ctx(), state));
        self.label_bar.show(ui, state, false, actions);
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.y = GAP;
        ScrollArea::vertical()
            .id_salt(("health", finding.name()))
            .auto_shrink(false)
            .show_rows(ui, SIDE, rows.len(), |ui, shown| {
                for row in &rows[shown] {
                    ui.push_id(row.images.first(), |ui| {
                        self.row(ui, state, examined, row, actions)
                    });
                }
            });
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
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
                    self.picture(ui, state, examined, image, actions);
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
        state: &AppState,
        examined: &Examined,
        image: usize,
        actions: &mut Vec<Action>,
    ) {
        let theme = theme::of(ui);
        let relative = &examined.dataset.images[image].path;
        let path = path_of(examined, image);
        let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::click());
        ui.painter().rect_filled(rect, 3, theme.raised);
        let known = state.health.pictures.get(&path);
        match known {
            Some(Ok(picture)) => _ = self.textures.fitted(ui, rect, &path, picture),
            Some(Err(_)) => cross(ui, rect, theme.warning),
            None => {}
        }
        let label = state.labels.of_path(Path::new(relative));
        if let Some(label) = label {
            mark::mark(ui, rect, label);
        }
        let is_selected = state.images.selected.contains(&path);
        mark::selection(ui, rect, is_selected, response.hovered() || response.has_focus());
        focus_ring(ui, &response);
        let shown = visible(relative);
        let decided = label.map_or_else(String::new, |label| format!(", {}", mark::in_words(label)));
        let name = format!("Select {shown}{decided}");
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &name));
        if response.clicked() {
            let mut selected = BTreeSet::clone(&state.images.selected);
            if !selected.remove(&path) {
                selected.insert(path.clone());
            }
            actions.push(Action::Labels(LabelsAction::Select(selected)));
        }
        response.context_menu(|ui| {
            if ui.button("Show the file in its folder").clicked() {
                actions.push(Action::Window(WindowAction::Reveal(Place::File(path.clone()))));
                ui.close();
            }
        });
        let reason = known.and_then(|known| known.as_ref().err());
        response.on_hover_text(match reason {
            Some(why) => format!("{shown}\n{}", visible(why)),
            None => format!("{shown}{decided}\nA click selects it, a right click can show its file"),
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

fn path_of(examined: &Examined, image: usize) -> PathBuf {
    examined.dataset.root.join(&examined.dataset.images[image].path)
}

/// What can be done about all copies in sight at once; each is a decision about labels, and undone as such.
fn about_copies(ui: &mut Ui, state: &AppState, finding: Finding, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        let is_free = state.labels.is_settled();
        let tip = match state.settings.form.split {
            SplitMethod::Folders => {
                "Decides that the images of each group belong together. Those to train on are left out where others of their \
                 group are judged by; the folder's own val and test stay as they are (undone with Ctrl+Z)"
            }
            _ => {
                "Decides that the images of each group belong together: whatever the split, they are in one part of it \
                 (undone with Ctrl+Z)"
            }
        };
        let button = ui.add_enabled(is_free, Button::new("Keep them together"));
        if button.on_hover_text(tip).clicked() {
            actions.push(Action::Health(HealthAction::KeepTogether));
        }
        if finding != Finding::Duplicates {
            return;
        }
        let n = state.health.all_but_one().len();
        let button = ui.add_enabled(is_free && n > 0, Button::new("Leave out all but one"));
        let tip = format!(
            "Excludes {} images, so that one of each group stays: one that is judged by, if there is any. Groups whose labels \
             differ are for you to decide about (undone with Ctrl+Z)",
            thousands(n as u64)
        );
        if button.on_hover_text(tip).clicked() {
            actions.push(Action::Health(HealthAction::KeepOne));
        }
    });
}
