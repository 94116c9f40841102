//! Dropped images, and what the chosen run and every shown one say of them, side by side.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use egui::{
    Align, Align2, Button, ColorImage, Label, Layout, Rect, Role, Sense, TextureHandle, TextureOptions, Ui,
    WidgetInfo, pos2, vec2,
};

use crate::app::{Action, AppState, ImageView, JudgeAction, Pick, RunView, Runs, Verdict};
use crate::metrics::{percent, predicted_class};
use crate::protocol::Picture;
use crate::ui::parts::icons;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::{bar, heading_row, quiet_button, run_mark};
use crate::visible::{visible, visible_path};

const PICTURE: f32 = 84.0;
/// Width of a run's mark.
const MARK: f32 = 12.0;

/// Pictures that are on the graphics card, by path.
#[derive(Default)]
pub struct PredictPanel {
    textures: BTreeMap<PathBuf, TextureHandle>,
}

impl PredictPanel {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        self.textures
            .retain(|path, _| state.judge.images.iter().any(|i| &i.path == path));
        heading_row(ui, "Predict", |ui| {
            if state.judge.images.is_empty() {
                return;
            }
            if quiet_button(ui, "Clear", "Clear the images").clicked() {
                actions.push(Action::Judge(JudgeAction::ClearImages));
            }
            if state.judge.images.len() > 1 {
                if quiet_button(ui, "Next", "Next image").clicked() {
                    actions.push(Action::Judge(JudgeAction::NextImage(1)));
                }
                let theme = theme::of(ui);
                let of = format!("{} of {}", state.judge.image_idx + 1, state.judge.images.len());
                ui.label(theme::heading(&of, theme));
            }
        });
        if let Some(image) = state.judge.images.get(state.judge.image_idx) {
            self.image_row(ui, state, image);
            verdicts(ui, state, image);
            ui.add_space(4.0);
        }
        drop_zone(ui, actions);
    }

    fn image_row(&mut self, ui: &mut Ui, state: &AppState, image: &ImageView) {
        let theme = theme::of(ui);
        ui.horizontal(|ui| {
            let (rect, response) = ui.allocate_exact_size(vec2(PICTURE, PICTURE), Sense::hover());
            ui.painter().rect_filled(rect, 4, theme.raised);
            let name = format!("Picture of {}", image.name());
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
            match &image.picture {
                Some(Ok(picture)) => self.paint(ui, rect, image, picture),
                Some(Err(_)) => note(ui, rect, "unreadable", theme),
                None => note(ui, rect, "…", theme),
            }
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 3.0;
                ui.add(egui::Label::new(theme::small(image.name()).color(theme.muted)).truncate())
                    .on_hover_text(visible_path(&image.path));
                if let Some(Err(message)) = &image.picture {
                    ui.label(theme::small(message).color(theme.warning));
                }
                summary(ui, state, image, theme);
            });
        });
    }

    fn paint(&mut self, ui: &Ui, rect: Rect, image: &ImageView, picture: &Picture) {
        let texture = self.textures.entry(image.path.clone()).or_insert_with(|| {
            let pixels = ColorImage::from_rgb(picture.size, &picture.rgb);
            ui.ctx()
                .load_texture(image.name(), pixels, TextureOptions::LINEAR)
        });
        let size = vec2(picture.size[0] as f32, picture.size[1] as f32);
        let scale = (rect.width() / size.x).min(rect.height() / size.y);
        let place = Rect::from_center_size(rect.center(), size * scale);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture.id(), place, whole, theme::untinted());
    }
}

/// Runs that are named one by one.
const MOST_NAMES: usize = 3;

/// What the selected run says, and which shown runs say otherwise.
fn summary(ui: &mut Ui, state: &AppState, image: &ImageView, theme: &Theme) {
    let judges = state.judges();
    if judges.is_empty() && matches!(image.picture, Some(Ok(_))) {
        let text = "No run of these classes judges it yet: train one, or open the folder of another run";
        ui.add(Label::new(theme::small(text).color(theme.muted)).wrap());
    }
    let judged: Vec<(&RunView, Cow<str>)> = judges
        .into_iter()
        .filter_map(|r| {
            Some((
                &state.runs.all[r],
                top_class(&state.runs.all[r], image.verdicts.get(&r)?)?.0,
            ))
        })
        .collect();
    let Some((first, predicted)) = judged.first() else {
        return;
    };
    let names = |same: bool| {
        let runs: Vec<String> = judged
            .iter()
            .filter(|(_, c)| (c == predicted) == same)
            .map(|(r, _)| r.label())
            .collect();
        match runs.len() {
            0..=MOST_NAMES => runs.join(" and "),
            n => format!("{n} of {} runs", judged.len()),
        }
    };
    let others = names(false);
    if others.is_empty() && judged.len() > 1 {
        ui.label(theme::strong(format!("{predicted} under all")));
        return;
    }
    ui.label(theme::strong(format!(
        "{predicted} under {}",
        if others.is_empty() {
            first.label()
        } else {
            names(true)
        }
    )));
    if let Some((_, otherwise)) = judged.iter().find(|(_, c)| c != predicted) {
        ui.label(theme::small(format!("{otherwise} under {others}")).color(theme.muted));
    }
}

fn top_class<'a>(run: &'a RunView, verdict: &Verdict) -> Option<(Cow<'a, str>, f32)> {
    let Verdict::Probabilities(shares) = verdict else {
        return None;
    };
    let rule = run.decision.as_ref().and_then(|d| d.rule(run.classes()));
    let class_idx = predicted_class(shares, rule)?;
    Some((visible(run.classes().get(class_idx)?), shares[class_idx]))
}

/// What the chosen run and every shown one say, one below the other.
fn verdicts(ui: &mut Ui, state: &AppState, image: &ImageView) {
    let shown = state.judges();
    if let Some(message) = common_failure(image, &shown) {
        // Beside the picture that could not be drawn, it stands already.
        if image.picture.as_ref().and_then(|p| p.as_ref().err()) != Some(message) {
            ui.label(theme::small(message).color(theme::of(ui).warning));
        }
        return;
    }
    let subject = common_class(&state.runs, image, &shown);
    for run in shown {
        if let Some(verdict) = image.verdicts.get(&run) {
            ui.scope(|ui| verdict_rows(ui, &state.runs.all[run], verdict, subject));
        }
    }
}

/// Why no run could judge the image, where all of them say the same.
fn common_failure<'a>(image: &'a ImageView, shown: &[usize]) -> Option<&'a String> {
    let mut verdicts = shown.iter().filter_map(|run| image.verdicts.get(run));
    let Verdict::Failed(first) = verdicts.next()? else {
        return None;
    };
    let is_same = |verdict: &Verdict| matches!(verdict, Verdict::Failed(message) if message == first);
    verdicts.all(is_same).then_some(first)
}

/// The run's colour and name with its share of the class that is asked about, and that share as a bar below.
fn verdict_rows(ui: &mut Ui, run: &RunView, verdict: &Verdict, subject: Option<usize>) {
    let theme = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 1.0;
    ui.spacing_mut().interact_size.y = 16.0;
    let said = match verdict {
        Verdict::Probabilities(shares) => Some(Said::of(run, shares, subject)),
        Verdict::Asked | Verdict::Failed(_) => None,
    };
    ui.horizontal(|ui| {
        let (mark, _) = ui.allocate_exact_size(vec2(MARK, 16.0), Sense::hover());
        run_mark(ui, mark.center(), run);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(said) = &said {
                ui.label(&said.text).on_hover_text(&said.details);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(theme::small(run.label()).color(theme.muted)).truncate());
            });
        });
    });
    ui.horizontal(|ui| {
        ui.add_space(MARK + ui.spacing().item_spacing.x);
        match (&said, verdict) {
            (Some(said), _) => {
                let response = bar(ui, ui.available_width(), said.share, theme.run(run.colour));
                let name = format!("{} says {}", run.label(), said.text);
                response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, &name));
                response.on_hover_text(&said.details);
            }
            (None, Verdict::Failed(message)) => {
                let label = Label::new(theme::small(message).color(theme.warning)).truncate();
                ui.add(label).on_hover_text(message);
            }
            (None, _) => {
                ui.label(theme::small("judging…").color(theme.muted));
            }
        }
    });
}

/// What a run says of an image.
struct Said {
    /// Of the class that is asked about.
    share: f32,
    /// Such as `65 % REAL`.
    text: String,
    /// The run, and its most probable classes line by line.
    details: String,
}

impl Said {
    fn of(run: &RunView, shares: &[f32], subject: Option<usize>) -> Self {
        let of_class = |class_idx: usize, decimals: usize| {
            let class = run.classes().get(class_idx).map_or("", String::as_str);
            let class = visible(class);
            let share = shares.get(class_idx).copied().map(f64::from);
            format!("{} {class}", percent(share, decimals))
        };
        let class_idx = subject.filter(|&c| c < shares.len()).unwrap_or(0);
        let lines: Vec<String> = ranked(shares).into_iter().map(|c| of_class(c, 1)).collect();
        Said {
            share: shares.get(class_idx).copied().unwrap_or(0.0),
            text: of_class(class_idx, 0),
            details: format!("{}\n{}", run.label(), lines.join("\n")),
        }
    }
}

/// All runs are asked about the same class: the one that the newest judging run predicts.
fn common_class(runs: &Runs, image: &ImageView, shown: &[usize]) -> Option<usize> {
    shown.iter().find_map(|run| match image.verdicts.get(run)? {
        Verdict::Probabilities(shares) if !runs.all[*run].classes().is_empty() => {
            ranked(shares).first().copied()
        }
        _ => None,
    })
}

fn ranked(shares: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|&a, &b| shares[b].total_cmp(&shares[a]));
    order.truncate(10);
    order
}

fn note(ui: &Ui, rect: Rect, text: &str, theme: &Theme) {
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        text,
        theme::font(11.0),
        theme.muted,
    );
}

fn drop_zone(ui: &mut Ui, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 64.0), Sense::hover());
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    ui.painter().extend(egui::Shape::dashed_line(
        &corners,
        egui::Stroke::new(1.0, theme.line),
        4.0,
        4.0,
    ));
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect.shrink(8.0)), |ui| {
        ui.vertical_centered(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(theme::small("Drop or paste images anywhere, or").color(theme.muted));
            let icon = theme::icon(icons::IMAGE, 14.0);
            let open = ui.add(Button::new((icon, theme::small("Open images…"))));
            crate::ui::parts::widgets::named(&open, Role::Button, "Open images…");
            if open.on_hover_text("Choose images to judge (Ctrl+I)").clicked() {
                actions.push(Action::Pick(Pick::Images));
            }
        });
    });
}

/// While files hover over the window: what dropping them would do.
pub fn drop_overlay(ui: &Ui, state: &AppState) {
    let n_files = ui.ctx().input(|i| i.raw.hovered_files.len());
    if n_files == 0 {
        return;
    }
    let theme = theme::of(ui);
    let judges: Vec<String> = state
        .judges()
        .into_iter()
        .map(|r| state.runs.all[r].label())
        .collect();
    let text = match judges.len() {
        0 => "Drop a folder to open it; images need a trained run to judge them".to_owned(),
        _ => format!(
            "Drop images to have them judged under {}, or a folder to open it",
            judges.join(", ")
        ),
    };
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop overlay"));
    let painter = ui.ctx().layer_painter(layer);
    let screen = ui.ctx().content_rect();
    painter.rect_filled(screen, 0, theme.background.gamma_multiply(0.85));
    let inner = screen.shrink(24.0);
    painter.rect_stroke(
        inner,
        8,
        egui::Stroke::new(2.0, theme.accent),
        egui::StrokeKind::Inside,
    );
    painter.text(
        inner.center(),
        Align2::CENTER_CENTER,
        text,
        theme::strong_font(18.0),
        theme.text,
    );
}
