//! The figures of many classes: a row each, since columns for all of them fit nowhere, and beside each figure what it was under
//! the run that it is held against. A click on a figure's name orders the classes by it.

use std::sync::Arc;

use egui::{Align, Color32, FontId, Layout, Ui, vec2};

use crate::app::{Action, Against, AppState, FigureOrder, KnownIntervals, Mistakes, Subject, WindowAction};
use crate::metrics::{
    CLASS_FIGURES, ClassFigure, ClassView, Interval, Told, class_views, percent, points, thousands,
};
use crate::short_name::Shared;
use crate::ui::judge::interval_bar::{interval_bar, with_interval};
use crate::ui::parts::names::{fitted, name_label};
use crate::ui::parts::room;
use crate::ui::parts::sheet::{Column, Part, Sheet};
use crate::ui::parts::theme::{self, Theme};

/// Height of a figure's line.
pub const ROW: f32 = 17.5;
/// Of a name: its share of the table, within these.
const NAME_SHARE: f32 = 0.25;
const NAME: std::ops::RangeInclusive<f32> = 84.0..=180.0;
/// A figure, and one with its interval as a bar.
const FIGURE: f32 = 72.0;
const WITH_BAR: f32 = 110.0;
const CHANGE: f32 = 50.0;
const OTHER_CLASS: f32 = 104.0;
/// Of a bar; and from where on the interval is written before it.
const LEAST_BAR: f32 = 28.0;
const MOST_BAR: f32 = 90.0;
const IN_FULL: f32 = 190.0;
const INTERVAL: f32 = 88.0;

/// What stands in a column.
#[derive(Clone, Copy)]
enum Figure {
    Of(&'static ClassFigure),
    /// Of one that is held against the reference.
    Change(&'static ClassFigure),
    TakenFor,
    PaidBy,
    Images,
}

impl Figure {
    /// As the settings keep it.
    fn key(self) -> String {
        match self {
            Figure::Of(figure) => figure.key.into(),
            Figure::Change(figure) => format!("{}-change", figure.key),
            Figure::TakenFor => "taken-for".into(),
            Figure::PaidBy => "paid-by".into(),
            Figure::Images => "images".into(),
        }
    }

    fn column(self, has_bars: bool) -> Column<'static> {
        let (name, explanation, spoken, width) = match self {
            Figure::Of(figure) => {
                let width = match has_bars && is_held_against(figure) {
                    true => WITH_BAR,
                    false => FIGURE,
                };
                (
                    figure.short,
                    figure.explanation,
                    figure.short.to_lowercase(),
                    width,
                )
            }
            Figure::Change(figure) => (
                "Change",
                "Difference from the other run in percentage points; grey where it may be chance",
                format!("change of {}", figure.short.to_lowercase()),
                CHANGE,
            ),
            Figure::TakenFor => (
                "Taken for",
                "The class that most of its images are wrongly taken for, and how many of them",
                "what they are taken for".into(),
                OTHER_CLASS,
            ),
            Figure::PaidBy => (
                "Paid by",
                "The class that loses the largest share of its images to this one, against the other run",
                "who pays for them".into(),
                OTHER_CLASS,
            ),
            Figure::Images => (
                "Images",
                "Images of the class, its support",
                "images".into(),
                FIGURE,
            ),
        };
        Column {
            name,
            explanation,
            spoken: format!("Order the classes by {spoken}"),
            width,
        }
    }
}

/// Whether differences of that figure are known, and it is seen as a bar: recall and precision.
fn is_held_against(figure: &ClassFigure) -> bool {
    matches!(figure.key, "recall" | "precision")
}

struct Table<'a> {
    subject: &'a Subject<'a>,
    against: Option<&'a Against<'a>>,
    mistakes: Arc<Mistakes>,
    now: Vec<ClassView>,
    before: Vec<ClassView>,
    figures: Vec<Figure>,
    shared: Shared,
    weighed: usize,
    known: KnownIntervals<'a>,
}

/// Fills the room that there is.
pub fn class_table(
    ui: &mut Ui,
    state: &AppState,
    subject: &Subject,
    against: Option<&Against>,
    actions: &mut Vec<Action>,
) {
    let before = against.map(|against| class_views(&against.evaluation.confusion, &[], &[]));
    let table = Table {
        subject,
        against,
        mistakes: state.mistakes(subject),
        now: subject.class_views(),
        before: before.unwrap_or_default(),
        figures: figures(against.is_some()),
        shared: Shared::of(&subject.classes),
        weighed: state.weighed_class(),
        known: state.known_intervals(subject),
    };
    let has_bars = ui.available_width() >= room::FIGURES_WITH_BARS;
    let columns: Vec<Column> = table
        .figures
        .iter()
        .map(|figure| figure.column(has_bars))
        .collect();
    let name_width = (ui.available_width() * NAME_SHARE).clamp(*NAME.start(), *NAME.end());
    let order = table.order(state.settings.figure_order.as_ref());
    let sheet = Sheet {
        salt: "figures of the classes",
        name_width,
        columns: &columns,
        row_height: ROW,
        order,
    };
    let classes = table.ordered(order);
    let clicked = sheet.show(ui, classes.len(), |ui, part| match part {
        Part::Name(row) => table.name(ui, classes[row]),
        Part::Cell(row, column) => table.cell(ui, classes[row], table.figures[column]),
    });
    if let Some(column) = clicked {
        let key = table.figures[column].key();
        // What is worst is looked for first.
        let descending = match order {
            Some((by, false)) if by == column => Some(true),
            Some((by, true)) if by == column => None,
            _ => Some(false),
        };
        let order = descending.map(|descending| FigureOrder { key, descending });
        actions.push(Action::Window(WindowAction::OrderFigures(order)));
    }
}

/// The first are those that are seen where there is not room for all.
fn figures(is_held: bool) -> Vec<Figure> {
    let [recall, precision, others @ ..] = &CLASS_FIGURES;
    let held = |figure: Figure| is_held.then_some(figure);
    let first = [
        Some(Figure::Of(recall)),
        held(Figure::Change(recall)),
        Some(Figure::TakenFor),
        Some(Figure::Of(precision)),
        held(Figure::Change(precision)),
        held(Figure::PaidBy),
        Some(Figure::Images),
    ];
    first
        .into_iter()
        .flatten()
        .chain(others.iter().map(Figure::Of))
        .collect()
}

impl Table<'_> {
    fn order(&self, kept: Option<&FigureOrder>) -> Option<(usize, bool)> {
        let kept = kept?;
        let column = self.figures.iter().position(|figure| figure.key() == kept.key)?;
        Some((column, kept.descending))
    }

    fn change(&self, figure: &ClassFigure, class_idx: usize) -> Option<Told> {
        let against = self.against?;
        match figure.key {
            "recall" => against.recall(class_idx),
            _ => against.precision(class_idx),
        }
    }

    /// What classes are ordered by.
    fn value(&self, figure: Figure, class_idx: usize) -> Option<f64> {
        match figure {
            Figure::Of(figure) => (figure.value)(&self.now[class_idx]),
            Figure::Change(figure) => self
                .change(figure, class_idx)
                .map(|change| change.difference.value),
            Figure::TakenFor => self.taken_for(class_idx).map(|(_, share)| share),
            Figure::PaidBy => self.paid_by(class_idx).map(|(_, share)| share),
            Figure::Images => Some(self.now[class_idx].metrics.support as f64),
        }
    }

    fn taken_for(&self, class_idx: usize) -> Option<(usize, f64)> {
        let (other, n) = (*self.mistakes.taken_for.get(class_idx)?)?;
        let support = self.now[class_idx].metrics.support.max(1);
        Some((other, n as f64 / support as f64))
    }

    fn paid_by(&self, class_idx: usize) -> Option<(usize, f64)> {
        *self.against?.payers.get(class_idx)?
    }

    /// By itself: the weighed class, then what changed for sure and most; where nothing is held against it the rarest.
    fn ordered(&self, order: Option<(usize, bool)>) -> Vec<usize> {
        let mut classes: Vec<usize> = (0..self.now.len()).collect();
        let key = |class_idx: usize| match (order, self.against) {
            (Some((column, falls)), _) => {
                // What is undefined stands last either way.
                let value = self.value(self.figures[column], class_idx);
                value.map_or(f64::INFINITY, |v| if falls { -v } else { v })
            }
            _ if class_idx == self.weighed => f64::NEG_INFINITY,
            (None, None) => self.now[class_idx].metrics.support as f64,
            (None, Some(against)) => against.recall(class_idx).map_or(2.0, |change| {
                let sure = if change.is_sure { 1.0 } else { 0.0 };
                -sure - change.difference.value.abs()
            }),
        };
        classes.sort_by(|&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
        classes
    }

    fn name(&self, ui: &mut Ui, class_idx: usize) {
        let name = &self.subject.classes[class_idx];
        let label = name_label(ui, name, self.shared, class_idx == self.weighed);
        label.on_hover_ui(|ui| self.all_of(ui, class_idx));
    }

    /// Everything that is known of a class.
    fn all_of(&self, ui: &mut Ui, class_idx: usize) {
        let class = &self.now[class_idx];
        ui.label(theme::strong(&self.subject.classes[class_idx]));
        for figure in &CLASS_FIGURES {
            let value = (figure.value)(class);
            let shown = value.zip(self.known.of_class(class_idx, figure, class));
            let shown = shown.map_or_else(|| percent(value, 1), |(v, interval)| with_interval(v, interval));
            ui.label(format!("{} {shown}", figure.name));
        }
        ui.label(format!("{} images", thousands(class.metrics.support)));
    }

    fn cell(&self, ui: &mut Ui, class_idx: usize, figure: Figure) {
        let other = |ui: &mut Ui, other: Option<(usize, f64)>| match other {
            Some((other, share)) => {
                let theme = theme::of(ui);
                ui.label(theme::small(percent(Some(share), 0)));
                ui.add_space(5.0);
                let name = &self.subject.classes[other];
                let font = theme::font(theme::SMALL);
                let width = ui.available_width();
                let name = fitted(ui, name, self.shared, font, width, theme.muted);
                ui.add(egui::Label::new(name))
                    .on_hover_text(&self.subject.classes[other]);
            }
            None => _ = ui.label("–"),
        };
        match figure {
            Figure::Of(figure) => {
                let before = self.before.get(class_idx).filter(|_| is_held_against(figure));
                let class = &self.now[class_idx];
                let interval = self.known.of_class(class_idx, figure, class);
                self::figure(ui, figure, (class, interval), before);
            }
            Figure::Change(figure) => change_label(ui, self.change(figure, class_idx)),
            Figure::TakenFor => other(ui, self.taken_for(class_idx)),
            Figure::PaidBy => other(ui, self.paid_by(class_idx)),
            Figure::Images => _ = ui.label(thousands(self.now[class_idx].metrics.support)),
        }
    }
}

/// A difference in percentage points: strong and in colour where it is more than chance, else grey.
pub fn change_label(ui: &mut Ui, change: Option<Told>) {
    let theme = theme::of(ui);
    let Some(change) = change else {
        ui.label(theme::small("–").color(theme.muted));
        return;
    };
    let (font, ink) = change_look(theme, &change);
    let text = egui::RichText::new(points(change.difference.value))
        .font(font)
        .color(ink);
    ui.label(text).on_hover_text(change_in_words(&change));
}

pub fn change_look(theme: &Theme, change: &Told) -> (FontId, Color32) {
    match (change.is_sure, change.difference.value > 0.0) {
        (false, _) => (theme::font(theme::SMALL), theme.muted),
        (true, true) => (theme::strong_font(theme::SMALL), theme.ok),
        (true, false) => (theme::strong_font(theme::SMALL), theme.warning),
    }
}

pub fn change_in_words(change: &Told) -> String {
    let chance = match (change.is_sure, change.difference.is_sure()) {
        (true, _) => "",
        (false, false) => "; it may be chance",
        (false, true) => "; as so much is compared, or images come in groups, it may yet be chance",
    };
    let words = change.difference.in_words();
    format!("{words} percentage points, 95 % interval{chance}")
}

/// A class's figure and, where that is known and there is room, how far it can be trusted. From the right.
pub fn figure(
    ui: &mut Ui,
    figure: &ClassFigure,
    (class, interval): (&ClassView, Option<Interval>),
    before: Option<&ClassView>,
) {
    ui.spacing_mut().item_spacing.x = 4.0;
    let value = (figure.value)(class);
    let interval = value.zip(interval);
    let whole = interval.map(|(value, interval)| with_interval(value, interval));
    if ui.available_width() >= IN_FULL {
        let in_full = whole.as_ref().and_then(|whole| whole.split_once(" % "));
        let muted = theme::of(ui).muted;
        // Also where there is none, so that figures stand under each other.
        cell(ui, INTERVAL, Layout::left_to_right(Align::Center), |ui| {
            ui.label(theme::small(in_full.map_or("", |(_, interval)| interval)).color(muted));
        });
    }
    let label = ui.label(percent(value, 1));
    let Some((value, interval)) = interval else { return };
    label.on_hover_text(format!("{}, 95 % interval", whole.unwrap_or_default()));
    let room = ui.available_width();
    if room >= LEAST_BAR {
        let (place, _) = ui.allocate_exact_size(vec2(room.min(MOST_BAR), ROW), egui::Sense::hover());
        let before = before.and_then(|before| (figure.value)(before));
        interval_bar(ui, place, value, interval, before);
    }
}

/// A part of a line.
pub fn cell(ui: &mut Ui, width: f32, layout: Layout, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, ROW), layout, |ui| {
        ui.set_width(width);
        add(ui);
    });
}
