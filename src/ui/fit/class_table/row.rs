//! One class: its name and its images, which a click shows, and its weight.

use egui::{Align2, CursorIcon, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::keyboard;
use super::slider::slider_and_field;
use crate::app::{Action, DatasetAction, FitAction};
use crate::metrics::{percent, thousands};
use crate::short_name::Shared;
use crate::ui::parts::names::fitted;
use crate::ui::parts::room;
use crate::ui::parts::theme;

const GAP: f32 = 8.0;
/// Room for a number such as 9.879.
const FIELD: f32 = 48.0;
/// Room for `100 %`.
const RECALL: f32 = 44.0;
/// What name and images have of the row's width.
const NAME_SHARE: f32 = 0.46;
/// The share of the largest class, under a class's name.
const BAR: f32 = 3.0;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    OneLine,
    TwoLines,
}

impl Look {
    pub fn height(self) -> f32 {
        match self {
            Look::OneLine => 22.0,
            Look::TwoLines => 46.0,
        }
    }
}

/// Where everything of a row in one line is, and what stands above it.
pub struct Columns {
    pub name: Rect,
    /// Where the panel was drawn so wide.
    pub recall: Option<Rect>,
    pub slider: Rect,
    pub field: Rect,
}

impl Columns {
    pub fn of(row: Rect) -> Self {
        let name = row.with_max_x(row.left() + row.width() * NAME_SHARE);
        let recall = name.right() + GAP + RECALL;
        let recall = (row.width() >= room::RECALL_BESIDE_WEIGHT)
            .then(|| row.with_min_x(name.right() + GAP).with_max_x(recall));
        let before = recall.map_or(name.right(), |recall| recall.right());
        let field = row.with_min_x(row.right() - FIELD);
        Columns {
            name,
            recall,
            slider: row.with_min_x(before + GAP).with_max_x(field.left() - GAP),
            field,
        }
    }
}

/// Who is at a row's weight.
pub struct Used {
    /// The keyboard, or the pointer is held down there.
    pub by_any: bool,
    pub by_keyboard: bool,
}

/// What rows are drawn from.
pub struct Row<'a> {
    pub look: Look,
    /// As they are shown.
    pub names: &'a [String],
    pub shared: Shared,
    pub counts: &'a [usize],
    pub weights: &'a [f64],
    /// Of what is looked at, where it has these classes.
    pub recalls: &'a [Option<f64>],
    pub weighed: usize,
}

impl Row<'_> {
    /// Tells who is at its weight. `neighbours` are the classes above and below.
    pub fn show(
        &self,
        ui: &mut Ui,
        class_idx: usize,
        neighbours: [Option<usize>; 2],
        actions: &mut Vec<Action>,
    ) -> Used {
        let size = vec2(ui.available_width(), self.look.height());
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        ui.push_id(class_idx, |ui| {
            let weight = match self.look {
                Look::OneLine => self.one_line(ui, rect, class_idx, actions),
                Look::TwoLines => self.two_lines(ui, rect, class_idx, actions),
            };
            let weighed = slider_and_field(ui, &self.names[class_idx], self.weights[class_idx], weight);
            if let Some(weight) = weighed.weight {
                actions.push(Action::Fit(FitAction::SetWeight { class_idx, weight }));
            }
            if keyboard::follow(ui, class_idx, neighbours, &weighed) {
                actions.push(Action::Dataset(DatasetAction::OpenGallery(Some(class_idx))));
            }
            Used {
                by_any: weighed.is_used,
                by_keyboard: weighed.has_focus(),
            }
        })
        .inner
    }

    /// Where slider and field go.
    fn one_line(&self, ui: &mut Ui, rect: Rect, class_idx: usize, actions: &mut Vec<Action>) -> [Rect; 2] {
        let theme = theme::of(ui);
        let columns = Columns::of(rect);
        let line = columns.name.with_max_y(columns.name.bottom() - BAR - 2.0);
        let under = columns.name.shrink2(vec2(0.0, 2.0));
        let under = under.with_min_y(under.bottom() - BAR);
        self.name_and_count(ui, line, class_idx);
        self.bar(ui, under, class_idx);
        self.images(ui, columns.name, class_idx, actions);
        if let Some(recall) = columns.recall {
            let text = percent(self.recalls.get(class_idx).copied().flatten(), 0);
            let at = recall.right_center();
            ui.painter().text(
                at,
                Align2::RIGHT_CENTER,
                text,
                theme::font(theme::SMALL),
                theme.text,
            );
        }
        [columns.slider, columns.field.shrink2(vec2(0.0, 1.0))]
    }

    fn two_lines(&self, ui: &mut Ui, rect: Rect, class_idx: usize, actions: &mut Vec<Action>) -> [Rect; 2] {
        let line = rect.with_max_y(rect.top() + 20.0);
        let count = 58.0;
        let name = line.with_max_x(line.left() + room::CLASS_NAME);
        let bar = line
            .with_min_x(name.right() + GAP)
            .with_max_x(line.right() - count);
        let bar = Rect::from_center_size(bar.center(), vec2(bar.width(), 8.0));
        self.name_and_count(ui, line, class_idx);
        self.bar(ui, bar, class_idx);
        self.images(ui, line, class_idx, actions);
        let weight = rect.with_min_y(line.bottom()).with_max_y(rect.bottom() - 2.0);
        let field = weight.with_min_x(weight.right() - FIELD - 12.0);
        [weight.with_max_x(field.left() - GAP), field]
    }

    fn name_and_count(&self, ui: &Ui, line: Rect, class_idx: usize) {
        let theme = theme::of(ui);
        let count = thousands(self.counts[class_idx] as u64);
        let at = line.right_center();
        let count = ui.painter().text(
            at,
            Align2::RIGHT_CENTER,
            count,
            theme::font(theme::SMALL),
            theme.text,
        );
        let font = match class_idx == self.weighed {
            true => theme::strong_font(13.0),
            false => theme::font(13.0),
        };
        let room = match self.look {
            Look::OneLine => count.left() - line.left() - 6.0,
            Look::TwoLines => room::CLASS_NAME,
        };
        let name = fitted(ui, &self.names[class_idx], self.shared, font, room, theme.text);
        let at = Align2::LEFT_CENTER.anchor_size(line.left_center(), name.size());
        ui.painter().galley(at.min, name, theme.text);
    }

    /// How many images it has, held against the largest class.
    fn bar(&self, ui: &Ui, track: Rect, class_idx: usize) {
        let theme = theme::of(ui);
        let largest = self.counts.iter().max().copied().unwrap_or(0).max(1);
        let count = self.counts[class_idx];
        ui.painter().rect_filled(track, 2, theme.line.gamma_multiply(0.6));
        if count > 0 {
            // An only image is seen, too.
            let width = (track.width() * count as f32 / largest as f32).max(2.0);
            let filled = Rect::from_min_size(track.min, vec2(width, track.height()));
            ui.painter().rect_filled(filled, 2, theme.muted);
        }
    }

    /// A click shows the class's images.
    fn images(&self, ui: &Ui, rect: Rect, class_idx: usize, actions: &mut Vec<Action>) {
        let class = &self.names[class_idx];
        // The keyboard does that from the slider: the list is one stop for Tab.
        let button = ui.interact(rect, ui.scope_id().with("images"), Sense::CLICK);
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Images of {class}")));
        let n_images: usize = self.counts.iter().sum();
        let share = self.counts[class_idx] as f64 / n_images.max(1) as f64;
        let tip = format!(
            "{class}: {} images, {} of all; a click shows them",
            thousands(self.counts[class_idx] as u64),
            percent(Some(share), 1)
        );
        let button = button
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(tip);
        if button.clicked() {
            actions.push(Action::Dataset(DatasetAction::OpenGallery(Some(class_idx))));
        }
    }
}
