//! Figures of the selected run under their right names, each explained under the pointer; undefined is a dash.

use egui::{Align, Layout, Popup, Role, ScrollArea, Ui, WidgetInfo, vec2};

use crate::app::{Action, Against, AppState, KnownIntervals, LookAction, Subject};
use crate::experiment::Part;
use crate::metrics::{
    CLASS_FIGURES, ClassView, OVERALL_FIGURES, OverallFigure, Told, class_views, overall, percent, points,
    thousands,
};
use crate::short_name::{Shared, shortened};
use crate::ui::judge::cautions::cautions;
use crate::ui::judge::interval_bar::in_brackets;
use crate::ui::judge::matrix::{UNJUDGED, at, tried_again};
use crate::ui::judge::metrics_table::{
    ROW, cell, change_in_words, change_label, change_look, class_table, figure,
};
use crate::ui::parts::heading::{Title, titled_row, width_of};
use crate::ui::parts::names::name_label;
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{MENU_MARK, divider, empty, quiet_menu_of};
use crate::visible::visible;

/// Letters of a figure's name that its column has room for.
const LONGEST_NAME: usize = 20;
/// As much of a run's name as its heading has room for in any case.
const LEAST_NAME: &str = "1…2.5";
/// Letters of the other run's name, however much room there is.
const OTHER_NAME: usize = 16;
/// A class's column is never wider.
const MOST_COLUMN: f32 = 280.0;
/// So many classes may be columns, where they fit.
const AS_COLUMNS: usize = 4;
/// What sentences and figures of all classes have of the tile's height at most, above the rows of many; more where the
/// rows leave it.
const ABOVE_ROWS: f32 = 0.5;
/// Rows that are to be seen in any case, where they need not more than the other half.
const LEAST_ROWS: usize = 4;
/// A column as wide as this has room for a class's name and its images.
const COUNT_BESIDE_NAME: f32 = 92.0;
/// Names of figures of all classes need this much.
const OVERALL_NAME: f32 = 120.0;
const SUPPORT: &str = "Images of the class, its support";
/// Of the rows of classes, all that is no row: the line above them, their headings and their scroll bar.
const BELOW: f32 = 31.0;

pub fn metrics_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let subject = state.subject();
    let is_narrow = ui.available_width() < room::FIGURES;
    let title = Title {
        kinds: ["Metrics"; 2],
        name: subject.as_ref().map_or("", |s| s.label.as_str()),
        after: &format!(
            "{}{}",
            at(subject.as_ref().and_then(|s| s.threshold)),
            tried_again(state)
        ),
    };
    // Of the title, what must be seen.
    let least = format!("Metrics · {LEAST_NAME}{}", title.after);
    let room = ui.available_width() - width_of(ui, theme::quiet_caps(&least));
    titled_row(ui, title, |ui| {
        if subject.is_some() {
            against_menu(ui, state, room - MENU_MARK - theme::GAP, actions);
        }
    });
    let Some(subject) = subject else {
        return nothing(ui, state);
    };
    figures(ui, state, &subject, is_narrow, actions);
}

fn figures(ui: &mut Ui, state: &AppState, subject: &Subject, is_narrow: bool, actions: &mut Vec<Action>) {
    let against = state.against();
    let (name_width, gap) = if is_narrow { (80.0, 6.0) } else { (138.0, 12.0) };
    let least = if is_narrow { 56.0 } else { 92.0 };
    let n_classes = subject.classes.len();
    let fits = name_width + n_classes as f32 * (least + gap) <= ui.available_width();
    // Columns for all classes, where they fit, else a row for each.
    let as_columns = n_classes <= 2 || n_classes <= AS_COLUMNS && fits;
    let is_low = ui.available_height() < room::FIGURES_IN_ROWS;
    let of_all = of_all(state, subject, against.as_ref());
    let most = match as_columns {
        true => f32::INFINITY,
        false => above_rows(ui.available_height(), n_classes),
    };
    let area = ScrollArea::vertical()
        .id_salt("metrics")
        .auto_shrink([false, !as_columns])
        .max_height(most);
    // The line above the rows has room of its own.
    let between = std::mem::take(&mut ui.spacing_mut().item_spacing.y);
    ui.scope(|ui| {
        if as_columns {
            // Across a large screen nobody finds the figure to its name.
            let most = name_width + n_classes as f32 * (MOST_COLUMN + gap);
            ui.set_max_width(ui.available_width().min(most));
        }
        // With room of its own, where it is needed: it would otherwise stand on the last figures.
        ui.spacing_mut().scroll = match is_narrow {
            true => egui::style::ScrollStyle::thin(),
            false => egui::style::ScrollStyle::solid(),
        };
        area.show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(gap, 0.0);
            ui.spacing_mut().interact_size.y = ROW;
            sentences(ui, state);
            cautions(ui, state, actions);
            warnings(ui, state);
            if !as_columns || is_low {
                overall_in_a_row(ui, &of_all);
            }
            if as_columns {
                let known = state.known_intervals(subject);
                class_columns(ui, (subject, against.as_ref(), &known), name_width, least);
            }
            if as_columns && !is_low {
                divider(ui);
                overall_rows(ui, &of_all, name_width);
            }
            learnt(ui, state, most);
        });
    });
    if !as_columns {
        divider(ui);
        ui.spacing_mut().item_spacing.y = between;
        class_table(ui, state, subject, against.as_ref(), actions);
    }
}

/// Why there are no figures.
fn nothing(ui: &mut Ui, state: &AppState) {
    if let Some(reason) = state.not_judged() {
        return empty(ui, &reason);
    }
    let has_ended = state
        .selected_run()
        .is_some_and(|run| run.record.outcome.is_some());
    let text = match has_ended {
        true => UNJUDGED,
        false => "Recall, precision and the rest come after the first epoch",
    };
    empty(ui, text)
}

/// Of a tile so high, what may stand above the rows of the classes.
fn above_rows(height: f32, n_classes: usize) -> f32 {
    (height * ABOVE_ROWS).max(height - BELOW - n_classes.min(LEAST_ROWS) as f32 * ROW)
}

/// What is looked at, and what became of it against the reference.
fn sentences(ui: &mut Ui, state: &AppState) {
    for said in [state.in_a_sentence(), state.against_in_a_sentence()]
        .into_iter()
        .flatten()
    {
        let label = sentence(ui, &said);
        if let Some(learnt) = state.learnt_in_words() {
            label.on_hover_text(learnt);
        }
    }
    if let Some(there) = state.elsewhere_in_words() {
        sentence(ui, &there);
    }
}

/// What the weights make of the folder's mix, below the figures: these are to be seen first, and where they leave no room in that
/// height, it is under the pointer.
fn learnt(ui: &mut Ui, state: &AppState, most: f32) {
    const ABOVE: f32 = 6.0;
    let Some(said) = state.learnt_in_words() else {
        return;
    };
    let text = egui::WidgetText::from(theme::small(&said));
    let wrap = Some(egui::TextWrapMode::Wrap);
    let galley = text.into_galley(ui, wrap, ui.available_width(), egui::TextStyle::Small);
    if ui.min_rect().height() + ABOVE + galley.size().y <= most {
        ui.add_space(ABOVE);
        sentence(ui, &said);
    }
}

fn sentence(ui: &mut Ui, said: &str) -> egui::Response {
    // No line begins with the sign of the number before it.
    let kept = said.replace(" %", "\u{a0}%");
    let label = ui.add(egui::Label::new(theme::small(kept)).wrap());
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, said));
    ui.add_space(2.0);
    label
}

/// The run that all is held against.
fn against_menu(ui: &mut Ui, state: &AppState, room: f32, actions: &mut Vec<Action>) {
    let references = state.references();
    if references.is_empty() {
        return;
    }
    let reference = state.reference();
    let label = |run: usize| state.runs.all[run].label();
    let name = reference.map_or_else(|| "no other run".into(), label);
    let in_full = shortened(&name, Shared::default(), |text| {
        text.chars().count() <= OTHER_NAME
    });
    let in_full = theme::quiet_caps(&format!("Against · {in_full}"));
    let text = match width_of(ui, in_full.clone()) <= room {
        true => in_full,
        false => {
            let name = if reference.is_some() { &name } else { "none" };
            let vs = |name: &str| theme::quiet_name(format!("vs {name}"));
            let fits = |name: &str| width_of(ui, vs(name)) <= room;
            let short = shortened(name, Shared::default(), fits);
            // Two letters name nothing; who it is stands under the pointer.
            let says_something = short.chars().count() > 3 || short == *name;
            vs(if says_something { &short } else { "…" })
        }
    };
    let button = quiet_menu_of(ui, text, "Compare with another run");
    let button = button.on_hover_text(format!(
        "Against {name}: changes and rings show what differs from that run, over the same images wherever both are known; \
         grey where it may be chance"
    ));
    Popup::menu(&button).show(|ui| {
        let mut choose = |ui: &mut Ui, run: Option<usize>, text: String| {
            let is_on = state.looking.against == run;
            if ui.selectable_label(is_on, text).clicked() {
                actions.push(Action::Look(LookAction::Against(run)));
                ui.close();
            }
        };
        choose(ui, None, "Newest of equal weights".into());
        ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
            for &run in &references {
                choose(
                    ui,
                    Some(run),
                    format!("{}   {}", label(run), state.runs.all[run].began(state.runs.today)),
                );
            }
        });
    });
}

/// What the run warned of, since its figures may mean less for it.
fn warnings(ui: &mut Ui, state: &AppState) {
    let run = state.selected_run().filter(|_| state.watched_trial().is_none());
    let Some((first, others)) = run.and_then(|run| run.record.warnings.split_first()) else {
        return;
    };
    let more = match others.len() {
        0 => String::new(),
        n => format!(" ({n} more under the pointer)"),
    };
    let text = format!("Warning: {}{more}", visible(first));
    let label = egui::Label::new(theme::small(text).color(theme::of(ui).warning)).wrap();
    let all: Vec<_> = others.iter().map(|other| visible(other)).collect();
    let label = ui.add(label);
    if !all.is_empty() {
        label.on_hover_text(all.join("\n"));
    }
    ui.add_space(2.0);
}

/// A column for each class, no narrower than `least`.
fn class_columns(
    ui: &mut Ui,
    (subject, against, known): (&Subject, Option<&Against>, &KnownIntervals),
    name_width: f32,
    least: f32,
) {
    let theme = theme::of(ui);
    let gap = ui.spacing().item_spacing.x;
    let classes = &subject.classes;
    let n = classes.len().max(1) as f32;
    let width = ((ui.available_width() - name_width - gap * n) / n).max(least);
    let views = subject.class_views();
    let before = against.map(|against| class_views(&against.evaluation.confusion, &[], &[]));
    let before = before.unwrap_or_default();
    let shared = Shared::of(classes);
    // Beside the number of images, nothing would be left of a name.
    let counts_below = width < COUNT_BESIDE_NAME;
    line(ui, |ui| {
        left(
            ui,
            name_width,
            theme::small("Per class").color(theme.muted),
            "Each class against the rest",
        );
        for (class, view) in classes.iter().zip(&views) {
            cell(ui, width, Layout::right_to_left(Align::Center), |ui| {
                if !counts_below {
                    n_images(ui, view);
                }
                name_label(ui, class, shared, false);
            });
        }
    });
    if counts_below {
        line(ui, |ui| {
            left(ui, name_width, "Images".into(), SUPPORT);
            for view in &views {
                let layout = Layout::right_to_left(Align::Center);
                cell(ui, width, layout, |ui| n_images(ui, view));
            }
        });
    }
    for of_class in &CLASS_FIGURES {
        line(ui, |ui| {
            // A longer name would be cut, and its explanation is under the pointer.
            let fits = match of_class.name.len() {
                0..=LONGEST_NAME => width_of(ui, of_class.name.into()) <= name_width,
                _ => false,
            };
            let name = if fits { of_class.name } else { of_class.short };
            left(ui, name_width, name.into(), of_class.explanation);
            for (i, class) in views.iter().enumerate() {
                cell(ui, width, Layout::right_to_left(Align::Center), |ui| {
                    let interval = known.of_class(i, of_class, class);
                    figure(ui, of_class, (class, interval), before.get(i));
                });
            }
        });
    }
}

fn n_images(ui: &mut Ui, view: &ClassView) {
    let text = theme::small(thousands(view.metrics.support)).color(theme::of(ui).muted);
    ui.label(text).on_hover_text(SUPPORT);
}

/// A figure of all classes.
struct OfAll {
    name: &'static str,
    explanation: &'static str,
    value: String,
    /// How far it can be trusted, where that is known: `(72.1 to 79.9)`.
    interval: Option<String>,
    change: Option<Told>,
    is_first: bool,
}

impl OfAll {
    fn explained(&self) -> String {
        let interval = self.interval.as_ref();
        let interval = interval.map_or_else(String::new, |interval| {
            format!("\n{} {interval}, 95 % interval", self.value)
        });
        let change = self
            .change
            .map_or_else(String::new, |change| format!("\n{}", change_in_words(&change)));
        format!("{}{interval}{change}", self.explanation)
    }
}

fn of_all(state: &AppState, subject: &Subject, against: Option<&Against>) -> Vec<OfAll> {
    let o = overall(subject.confusion());
    let intervals = state.known_intervals(subject);
    let plain = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"));
    let shown = |figure: &OverallFigure| match (figure.value)(&o) {
        value if figure.is_percent => percent(value, 1),
        value => plain(value),
    };
    let figures = OVERALL_FIGURES.iter().enumerate().map(|(i, figure)| OfAll {
        name: figure.name,
        explanation: figure.explanation,
        value: shown(figure),
        interval: intervals
            .overall(figure.key)
            .map(|interval| match figure.is_percent {
                true => in_brackets(interval),
                false => format!("({:.3} to {:.3})", interval.low, interval.high),
            }),
        change: against.and_then(|against| against.overall(figure.key)),
        is_first: i == 0,
    });
    let loss = OfAll {
        name: match subject.part {
            Part::Test => "Test loss",
            Part::Val => "Validation loss",
            Part::Train => "Loss out of fold",
        },
        explanation: "Mean cross-entropy without class weights, comparable between weightings",
        value: plain(Some(subject.evaluation.loss)),
        interval: None,
        change: None,
        is_first: false,
    };
    figures.chain([loss]).collect()
}

fn overall_rows(ui: &mut Ui, figures: &[OfAll], name_width: f32) {
    let theme = theme::of(ui);
    for figure in figures {
        line(ui, |ui| {
            left(
                ui,
                name_width.max(OVERALL_NAME),
                figure.name.into(),
                figure.explanation,
            );
            let width = ui.available_width();
            cell(ui, width, Layout::right_to_left(Align::Center), |ui| {
                let text = match figure.is_first {
                    true => theme::strong(&figure.value),
                    false => egui::RichText::new(&figure.value),
                };
                ui.label(text.color(theme.text)).on_hover_text(figure.explained());
                if let Some(interval) = &figure.interval {
                    ui.label(theme::small(interval).color(theme.muted));
                }
                if figure.change.is_some() {
                    change_label(ui, figure.change);
                }
            });
        });
    }
}

/// The same one after the other, since the rows are needed for the classes.
fn overall_in_a_row(ui: &mut Ui, figures: &[OfAll]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(14.0, 0.0);
        for figure in figures {
            // Where it is wider than the tile, the interval is under the pointer alone.
            let [whole, short] = [true, false].map(|in_full| in_a_line(ui, figure, in_full));
            let width = ui.painter().layout_job(whole.clone()).size().x;
            let line = if width <= ui.max_rect().width() {
                whole
            } else {
                short
            };
            let label = ui.add(egui::Label::new(line).extend());
            let said = format!("{} {}", figure.name, figure.value);
            label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
            label.on_hover_text(figure.explained());
        }
    });
}

/// Name, value, interval where that is to be seen, and change, which are never taken apart.
fn in_a_line(ui: &Ui, figure: &OfAll, in_full: bool) -> egui::text::LayoutJob {
    let theme = theme::of(ui);
    let mut job = egui::text::LayoutJob::default();
    let mut append = |text: &str, space: f32, font, ink| {
        job.append(text, space, egui::TextFormat::simple(font, ink));
    };
    append(figure.name, 0.0, theme::font(theme::SMALL), theme.muted);
    let font = match figure.is_first {
        true => theme::strong_font(13.0),
        false => theme::font(13.0),
    };
    append(&figure.value, 5.0, font, theme.text);
    if let Some(interval) = figure.interval.as_ref().filter(|_| in_full && figure.is_first) {
        append(interval, 5.0, theme::font(theme::SMALL), theme.muted);
    }
    if let Some(change) = &figure.change {
        let (font, ink) = change_look(theme, change);
        append(&points(change.difference.value), 5.0, font, ink);
    }
    job
}

fn line(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(add);
}

fn left(ui: &mut Ui, width: f32, text: egui::RichText, explanation: &str) {
    cell(ui, width, Layout::left_to_right(Align::Center), |ui| {
        let label = egui::Label::new(text).truncate().sense(egui::Sense::hover());
        ui.add(label).on_hover_text(explanation);
    });
}
