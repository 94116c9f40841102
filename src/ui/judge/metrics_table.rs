//! The figures of many classes: a row each, since columns for all of them fit nowhere. As many figures as there is room
//! for; a click on one's name orders the classes by it.

use egui::{Align, Align2, Layout, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::Subject;
use crate::metrics::{CLASS_FIGURES, ClassFigure, ClassView, percent, thousands};
use crate::short_name::Shared;
use crate::ui::parts::names::name_label;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{focus_ring, triangle};

/// Height of a figure's line.
pub const ROW: f32 = 18.5;
/// Of a name: its share of the table, within these.
const NAME_SHARE: f32 = 0.25;
const NAME: std::ops::RangeInclusive<f32> = 84.0..=180.0;
/// A figure, and one followed by how far it can be trusted.
const FIGURE: f32 = 58.0;
const WIDE: f32 = 104.0;
/// What classes are ordered by: the figure's place, and whether the largest come first. The table's own, not kept.
type Order = Option<(usize, bool)>;

struct Table<'a> {
    subject: &'a Subject<'a>,
    rows: Vec<ClassView>,
    n_figures: usize,
    name_width: f32,
    width: f32,
    shared: Shared,
}

/// `weighed` is the class that stands first, where no figure orders them.
pub fn class_table(ui: &mut Ui, subject: &Subject, weighed: usize) {
    // The scroll bar has room of its own.
    let name_width = (ui.available_width() * NAME_SHARE).clamp(*NAME.start(), *NAME.end());
    let room = ui.available_width() - name_width - 10.0;
    let width = if room >= WIDE * 3.0 { WIDE } else { FIGURE };
    // Without a figure beside the number of images, the table would say nothing of the model.
    let n_figures = ((room / width) as usize).clamp(2, CLASS_FIGURES.len() + 1);
    let table = Table {
        subject,
        rows: subject.class_views(),
        n_figures: n_figures - 1,
        name_width,
        width: room / n_figures as f32,
        shared: Shared::of(&subject.classes),
    };
    let id = ui.scope_id().with("order of classes");
    let mut order: Order = ui.data(|data| data.get_temp(id)).flatten();
    table.heading(ui, &mut order);
    ui.data_mut(|data| data.insert_temp(id, order));
    let classes = table.ordered(order, weighed);
    ScrollArea::vertical()
        .id_salt("classes of the metrics")
        .auto_shrink(false)
        .show_rows(ui, ROW, classes.len(), |ui, rows| {
            for &class_idx in &classes[rows] {
                table.row(ui, class_idx, class_idx == weighed);
            }
        });
}

impl Table<'_> {
    /// Images of the class come last, whatever there is room for.
    fn heading(&self, ui: &mut Ui, order: &mut Order) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.allocate_space(vec2(self.name_width, ROW));
            let names = CLASS_FIGURES[..self.n_figures]
                .iter()
                .map(|figure| (figure.short, figure.explanation));
            let images = ("Images", "Images of the class, its support");
            for (i, (name, explanation)) in names.chain([images]).enumerate() {
                let place = if i == self.n_figures {
                    CLASS_FIGURES.len()
                } else {
                    i
                };
                let response = self.name_of_figure(
                    ui,
                    name,
                    *order == Some((place, true)),
                    *order == Some((place, false)),
                );
                if response.on_hover_text(explanation).clicked() {
                    *order = match order {
                        Some((now, true)) if *now == place => None,
                        Some((now, false)) if *now == place => Some((place, true)),
                        // What is worst is looked for first.
                        _ => Some((place, false)),
                    };
                }
            }
        });
    }

    fn name_of_figure(&self, ui: &mut Ui, name: &str, falls: bool, rises: bool) -> egui::Response {
        let theme = theme::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(self.width, ROW), Sense::click());
        let is_lit = falls || rises || response.hovered() || response.has_focus();
        let ink = if is_lit { theme.text } else { theme.muted };
        let at = pos2(rect.right(), rect.center().y);
        let text = ui
            .painter()
            .text(at, Align2::RIGHT_CENTER, name, theme::font(11.5), ink);
        if falls || rises {
            triangle(ui, pos2(text.left() - 7.0, rect.center().y), rises, theme.accent);
        }
        focus_ring(ui, &response);
        let order = match (rises, falls) {
            (true, _) => ", ordered, lowest first",
            (_, true) => ", ordered, highest first",
            _ => "",
        };
        let spoken = format!("Order the classes by {}{order}", name.to_lowercase());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, falls || rises, &spoken));
        response
    }

    fn ordered(&self, order: Order, weighed: usize) -> Vec<usize> {
        let mut classes: Vec<usize> = (0..self.rows.len()).collect();
        let Some((place, falls)) = order else {
            classes.sort_by_key(|&class_idx| class_idx != weighed);
            return classes;
        };
        let value = |class_idx: usize| match CLASS_FIGURES.get(place) {
            Some(figure) => (figure.value)(&self.rows[class_idx]),
            None => Some(self.rows[class_idx].metrics.support as f64),
        };
        // What is undefined stands last either way.
        let key = |class_idx: usize| value(class_idx).map_or(f64::INFINITY, |v| if falls { -v } else { v });
        classes.sort_by(|&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
        classes
    }

    fn row(&self, ui: &mut Ui, class_idx: usize, is_weighed: bool) {
        let class = &self.rows[class_idx];
        let whole = ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let name = &self.subject.classes[class_idx];
            cell(ui, self.name_width, Layout::left_to_right(Align::Center), |ui| {
                name_label(ui, name, self.shared, is_weighed);
            });
            for figure in &CLASS_FIGURES[..self.n_figures] {
                figure_cell(ui, self.width, figure, class);
            }
            cell(ui, self.width, Layout::right_to_left(Align::Center), |ui| {
                ui.label(thousands(class.metrics.support));
            });
        });
        let rect = Rect::from_min_size(whole.response.rect.min, vec2(ui.available_width(), ROW));
        let row = ui.interact(rect, ui.scope_id().with(("class", class_idx)), Sense::hover());
        row.on_hover_ui(|ui| {
            ui.label(theme::strong(&self.subject.classes[class_idx]));
            for figure in &CLASS_FIGURES {
                let value = (figure.value)(class);
                let half = figure.interval(class).map(|interval| interval.half_width());
                let half = half.map_or_else(String::new, |half| format!(" ±{:.1}", half * 100.0));
                ui.label(format!("{} {}{half}", figure.name, percent(value, 1)));
            }
            ui.label(format!("{} images", thousands(class.metrics.support)));
        });
    }
}

/// A class's figure and, where it is a proportion of images and there is room, how far it can be trusted.
pub fn figure_cell(ui: &mut Ui, width: f32, figure: &ClassFigure, class: &ClassView) {
    cell(ui, width, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let value = (figure.value)(class);
        let half = figure.interval(class).map(|interval| interval.half_width());
        if let Some(half) = half.filter(|_| width > 84.0) {
            let muted = theme::of(ui).muted;
            ui.label(theme::small(format!("±{:.1}", half * 100.0)).color(muted));
        }
        ui.label(percent(value, 1));
    });
}

/// With fifty classes few are in sight; the others cost their place and nothing else.
pub fn cell(ui: &mut Ui, width: f32, layout: Layout, add: impl FnOnce(&mut Ui)) {
    let size = vec2(width, ROW);
    if !ui.is_rect_visible(Rect::from_min_size(ui.cursor().min, size)) {
        ui.allocate_space(size);
        return;
    }
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_width(width);
        add(ui);
    });
}
