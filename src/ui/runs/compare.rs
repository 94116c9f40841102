//! Two to four shown runs side by side: matrices on one colour scale, and a table in which what differs is marked. The
//! first run is what the others are held against; a click on a metric's name orders them by it.

use egui::{Align, Layout, Popup, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::{
    Action, AppState, ClassesBy, Comparison, ImagesAction, LookAction, MOST_COMPARED, Normalise, RunsAction,
    Showing, WindowAction,
};
use crate::experiment::{Change, Part};
use crate::metrics::{Told, points};
use crate::short_name::Shared;
use crate::ui::judge::matrix::{Model, Room, matrix_at};
use crate::ui::judge::metrics_table::{change_in_words, change_look};
use crate::ui::parts::heading::sorted::Order;
use crate::ui::parts::names::{fitted, name_in};
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{
    empty, focus_ring, heading_row, quiet_button, quiet_menu, quiet_toggle, run_mark, triangle,
};
use crate::ui::runs::changes_row;
use crate::ui::runs::compare_table::{
    Column, Figure, Line, chosen, lines, of_classes, overall_figures, setting,
};
use crate::visible::{visible, visible_names};

const ROW: f32 = 20.0;
const NAME_WIDTH: f32 = 150.0;

pub fn compare_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let shown = state.shown();
    let part = state.looking.part;
    let judged: Vec<Column> = shown
        .iter()
        .filter_map(|&r| Column::of(r, &state.runs.all[r], part))
        .collect();
    let in_sight: Vec<usize> = judged
        .iter()
        .take(MOST_COMPARED)
        .map(|column| column.index)
        .collect();
    let labels = state.labels_of_compared(&in_sight);
    let has_thresholds = in_sight.iter().any(|&run| state.runs.all[run].decision.is_some());
    heading(ui, part, judged.len(), (labels, has_thresholds), actions);
    let comparison = &state.settings.comparison;
    let columns = ordered(judged, comparison);
    if let Some(reason) = not_compared(columns.len(), shown.len(), part) {
        return empty(ui, reason);
    }
    let columns = held_against_first(state, columns);
    sentences(ui, state, &columns);
    let area = ui.available_rect_before_wrap();
    let names = visible_names(columns[0].run.classes());
    let lines = lines(&columns, comparison, part, state.weighed_class());
    let table_height = (ROW * lines.len() as f32 + 6.0).min(area.height() * 0.5);
    let end = pos2(area.right(), area.bottom() - table_height - theme::GAP);
    matrices(ui, state, &columns, Rect::from_min_max(area.min, end), actions);
    let place = Rect::from_min_max(pos2(area.left(), area.bottom() - table_height), area.max);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(place));
    let table = Table {
        state,
        columns: &columns,
        comparison,
        names: &names,
        shared: Shared::of(&names),
        weighed: state.weighed_class(),
        has_settings: lines.iter().any(|line| matches!(line, Line::Setting { .. })),
    };
    child.spacing_mut().item_spacing = vec2(0.0, 0.0);
    child.spacing_mut().interact_size.y = ROW;
    ScrollArea::vertical()
        .id_salt("compare")
        .auto_shrink(false)
        .show_rows(&mut child, ROW, lines.len(), |ui, rows| {
            for line in &lines[rows] {
                table.line(ui, line, actions);
            }
        });
}

/// Each against the first, by the images that both judged.
fn held_against_first<'a>(state: &'a AppState, mut columns: Vec<Column<'a>>) -> Vec<Column<'a>> {
    let first = columns[0].clone();
    for column in columns.iter_mut().skip(1) {
        if column.run.classes() == first.run.classes() {
            column.differences = state.differences_between(column.index, first.index);
            let told = state.told_between(column.index, first.index);
            column.said = told.and_then(|said| said.as_ref().ok());
        }
    }
    columns
}

/// What each differs from the first in, and whether that is more than chance.
fn sentences(ui: &mut Ui, state: &AppState, columns: &[Column]) {
    let (first, others) = (&columns[0], &columns[1..]);
    for column in others {
        let (text, ink) = match state.told_between(column.index, first.index) {
            None => continue,
            Some(Ok(said)) => (&said.sentence, theme::of(ui).text),
            Some(Err(reason)) => (reason, theme::of(ui).muted),
        };
        let text = format!(
            "{} against {}: {}",
            column.run.label(),
            first.run.label(),
            visible(text)
        );
        // No line begins with the sign of the number before it.
        let kept = text.replace(" %", "\u{a0}%");
        let label = ui.add(egui::Label::new(theme::small(kept).color(ink)).wrap());
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    }
}

fn heading(
    ui: &mut Ui,
    part: Part,
    n_judged: usize,
    (labels, has_thresholds): (Option<&str>, bool),
    actions: &mut Vec<Action>,
) {
    let title = match part {
        Part::Test => "Compare on test images",
        Part::Val => "Compare",
        Part::Train => "Compare on training images, out of fold",
    };
    heading_row(ui, title, |ui| {
        let theme = theme::of(ui);
        let (text, ink) = match (n_judged, labels) {
            (0 | 1, _) => (String::new(), theme.muted),
            (..=MOST_COMPARED, Some(labels)) => (labels.to_owned(), theme.warning),
            (..=MOST_COMPARED, None) if has_thresholds => (
                "By the largest score, whatever thresholds are kept; grey differences may be chance".into(),
                theme.muted,
            ),
            (..=MOST_COMPARED, None) => (
                "Differences to the first, grey where they may be chance".into(),
                theme.muted,
            ),
            (n, _) => (
                format!("The newest {MOST_COMPARED} of {n} shown; hide some with their dots to choose"),
                theme.warning,
            ),
        };
        ui.label(theme::small(text).color(ink));
        if quiet_button(ui, "Close", "Close the comparison").clicked() {
            actions.push(Action::Window(WindowAction::Show(Showing::OneRun)));
        }
    });
}

/// Why there is nothing to compare.
fn not_compared(n_columns: usize, n_shown: usize, part: Part) -> Option<&'static str> {
    match (n_columns, n_shown, part) {
        (0, 1.., Part::Test) => Some("No shown run was evaluated on test images"),
        (0, 1.., Part::Train) => Some("The training images of no shown run were judged out of fold"),
        (0, _, _) => Some("Show runs with the dots on the right to compare them here"),
        (1, 2.., Part::Test) => Some("The other shown runs were not evaluated on test images"),
        (1, 2.., Part::Train) => {
            Some("The training images of the other shown runs were not judged out of fold")
        }
        (1, 2.., Part::Val) => Some("The other shown runs have not been validated yet"),
        _ => None,
    }
}

/// Each over its own column of the table.
fn matrices(ui: &mut Ui, state: &AppState, columns: &[Column], area: Rect, actions: &mut Vec<Action>) {
    let width = column_width(area.width(), columns.len());
    for (i, column) in columns.iter().enumerate() {
        let left = area.left() + NAME_WIDTH + width * i as f32;
        let place = Rect::from_min_size(pos2(left, area.top()), vec2(width - theme::GAP, area.height()));
        one(ui, state, column, columns, place, actions);
    }
}

/// The newest few, oldest first or by the chosen figure.
fn ordered<'a>(mut newest_first: Vec<Column<'a>>, comparison: &Comparison) -> Vec<Column<'a>> {
    newest_first.truncate(MOST_COMPARED);
    newest_first.reverse();
    let (Some(by), Some(first)) = (&comparison.sorted_by, newest_first.first()) else {
        return newest_first;
    };
    let names = visible_names(first.run.classes());
    let of_class = |class_idx| of_classes().map(move |figure| Figure::Class(figure, class_idx));
    let mut figures = overall_figures(first.evaluation.part).chain((0..names.len()).flat_map(of_class));
    let Some(figure) = figures.find(|figure| figure.name(&names) == *by) else {
        return newest_first;
    };
    let value = |column: &Column| figure.value(column.evaluation).unwrap_or(f64::NAN);
    newest_first.sort_by(|a, b| {
        let upwards = value(a).total_cmp(&value(b));
        if comparison.ascending {
            upwards
        } else {
            upwards.reverse()
        }
    });
    newest_first
}

fn one(
    ui: &mut Ui,
    state: &AppState,
    column: &Column,
    columns: &[Column],
    place: Rect,
    actions: &mut Vec<Action>,
) {
    let (run, first) = (column.run, &columns[0]);
    let is_first = std::ptr::eq(run, first.run);
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt(&run.name).max_rect(place));
    title(&mut child, column);
    let mut area = child.available_rect_before_wrap();
    // Runs of the same classes have their names once, over the names of the table's rows.
    let same_classes = columns.iter().all(|c| c.run.classes() == first.run.classes());
    let label_width = same_classes.then_some(if is_first { NAME_WIDTH } else { 0.0 });
    area.min.x -= label_width.unwrap_or(0.0);
    // One scale for all: shares, whatever the single view shows, as runs may have judged different images.
    let normalise = match state.settings.normalise {
        Normalise::Counts | Normalise::All => Normalise::Rows,
        shares => shares,
    };
    let held_against = !is_first && run.classes() == first.run.classes();
    let baseline = held_against.then_some(&first.evaluation.confusion);
    let classes = visible_names(run.classes());
    let model = Model::new(&classes, &column.evaluation.confusion, normalise).against(baseline);
    let selected = state.looking.cell;
    let mut asked = Vec::new();
    matrix_at(
        &mut child,
        "compared",
        &model,
        Room { area, label_width },
        selected,
        &mut asked,
    );
    // Of which run the images would be, a click does not say: it selects the cell in all of them.
    actions.extend(asked.into_iter().map(|action| match action {
        Action::Images(ImagesAction::ShowCell(cell)) => {
            Action::Look(LookAction::Cell((selected != Some(cell)).then_some(cell)))
        }
        action => action,
    }));
}

/// Of one of `n` runs, beside the names.
fn column_width(whole: f32, n: usize) -> f32 {
    (whole - NAME_WIDTH) / n as f32
}

fn title(ui: &mut Ui, column: &Column) {
    let run = column.run;
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = ROW;
        let (mark, _) = ui.allocate_exact_size(vec2(12.0, 16.0), Sense::hover());
        run_mark(ui, mark.center(), run);
        // Runs of a sweep have the same beginning.
        name_in(
            ui,
            &run.label(),
            Shared::default(),
            theme::strong_font(theme::BODY),
        )
        .on_hover_text(&run.name);
    });
}

/// What the lines are drawn from.
struct Table<'a> {
    state: &'a AppState,
    columns: &'a [Column<'a>],
    comparison: &'a Comparison,
    names: &'a [String],
    shared: Shared,
    weighed: usize,
    has_settings: bool,
}

impl Table<'_> {
    fn line(&self, ui: &mut Ui, line: &Line, actions: &mut Vec<Action>) {
        match line {
            Line::Figure(figure) => self.figure(ui, *figure, actions),
            Line::Changes(changes) => self.changes(ui, *changes, actions),
            Line::Classes => self.classes_heading(ui, actions),
            Line::Settings => self.settings_heading(ui, actions),
            Line::Setting { field, differs } => self.setting(ui, field, *differs),
        }
    }

    fn changes(&self, ui: &mut Ui, changes: [Change; 2], actions: &mut Vec<Action>) {
        let width = column_width(ui.available_width(), self.columns.len());
        ui.horizontal(|ui| {
            cell(ui, NAME_WIDTH, |ui| changes_row::name(ui, changes));
            for column in self.columns {
                cell(ui, width, |ui| {
                    changes_row::counts(ui, self.state, (&self.columns[0], column), changes, actions);
                });
            }
        });
    }

    fn change(&self, actions: &mut Vec<Action>, change: impl FnOnce(&mut Comparison)) {
        let mut comparison = self.comparison.clone();
        change(&mut comparison);
        actions.push(Action::Runs(RunsAction::SetComparison(comparison)));
    }

    /// Which figure of the classes is below, and in which order.
    fn classes_heading(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let now = chosen(self.comparison);
        let title = format!("{} of {} classes", now.name, self.names.len());
        heading_row(ui, &title, |ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            for figure in of_classes() {
                let name = format!("Compare {} of the classes", figure.name.to_lowercase());
                let toggle = quiet_toggle(ui, figure.name, &name, figure.key == now.key);
                if toggle.on_hover_text(figure.explanation).clicked() {
                    self.change(actions, |comparison| comparison.figure = figure.key.into());
                }
            }
            let order = quiet_menu(ui, self.comparison.classes_by.name(), "Order of the classes");
            Popup::menu(&order).show(|ui| {
                for by in ClassesBy::ALL {
                    let is_on = by == self.comparison.classes_by;
                    if ui.selectable_label(is_on, by.name()).clicked() {
                        self.change(actions, |comparison| comparison.classes_by = by);
                    }
                }
            });
        });
    }

    fn settings_heading(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let all = self.comparison.all_settings;
        let title = match (all, self.has_settings) {
            (true, _) => "Settings",
            (false, true) => "Settings that differ",
            (false, false) => "Settings: none differs",
        };
        heading_row(ui, title, |ui| {
            let toggle = quiet_toggle(ui, "Show all", "Show all settings", all);
            if toggle
                .on_hover_text("The settings that are the same, too")
                .clicked()
            {
                self.change(actions, |comparison| comparison.all_settings = !all);
            }
        });
    }

    fn setting(&self, ui: &mut Ui, field: &crate::experiment::Field, differs: bool) {
        let theme = theme::of(ui);
        let width = column_width(ui.available_width(), self.columns.len());
        ui.horizontal(|ui| {
            cell(ui, NAME_WIDTH, |ui| {
                let mark = if differs { "≠ " } else { "" };
                let name = egui::RichText::new(format!("{mark}{}", field.name())).color(theme.muted);
                ui.add(egui::Label::new(name).truncate());
            });
            for column in self.columns {
                cell(ui, width, |ui| {
                    let text = setting(field, column.run);
                    let font = match differs {
                        true => theme::strong_font(theme::BODY),
                        false => theme::font(theme::BODY),
                    };
                    name_in(ui, &text, Shared::default(), font);
                });
            }
        });
    }

    fn figure(&self, ui: &mut Ui, figure: Figure, actions: &mut Vec<Action>) {
        let width = column_width(ui.available_width(), self.columns.len());
        let is_narrow = width < room::COMPARED_COLUMN;
        let values: Vec<Option<f64>> = self.columns.iter().map(|c| figure.value(c.evaluation)).collect();
        let best = self.surely_best(figure, &values);
        ui.horizontal(|ui| {
            self.figure_name(ui, figure, is_narrow && !figure.is_loss(), actions);
            for (i, column) in self.columns.iter().enumerate() {
                cell(ui, width, |ui| {
                    let shown = figure.shown(values[i]);
                    // In a narrow column the sign would stand where the difference does; the line's name has it.
                    let text = if is_narrow {
                        shown.trim_end_matches(" %")
                    } else {
                        shown.as_str()
                    };
                    let text = if best == Some(i) {
                        theme::strong(text)
                    } else {
                        text.into()
                    };
                    ui.add(egui::Label::new(text).truncate());
                    let (Some(value), Some(first)) = (values[i], values[0]) else {
                        return;
                    };
                    if i > 0 {
                        ui.add_space(if is_narrow { 4.0 } else { 6.0 });
                        difference(ui, figure, value - first, column.told(figure));
                    }
                });
            }
        });
    }

    /// The best column, where it is known not to be by chance: it differs for sure from the first, or all differ from it.
    fn surely_best(&self, figure: Figure, values: &[Option<f64>]) -> Option<usize> {
        let better = |value: f64| if figure.is_loss() { -value } else { value };
        let known = values
            .iter()
            .enumerate()
            .filter_map(|(i, value)| Some((i, better((*value)?))));
        let (best, _) = known.rev().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let is_sure = |column: &Column| column.told(figure).is_some_and(|told| told.is_sure);
        let sure = match best {
            0 => self.columns.len() > 1 && self.columns.iter().skip(1).all(is_sure),
            best => is_sure(&self.columns[best]),
        };
        sure.then_some(best)
    }

    /// A click orders the runs by the figure, the best first, then the other way round, then by age again.
    fn figure_name(&self, ui: &mut Ui, figure: Figure, in_percent: bool, actions: &mut Vec<Action>) {
        let theme = theme::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(NAME_WIDTH, ROW), Sense::click());
        let name = figure.name(self.names);
        let sorted = self.comparison.sorted_by.as_ref() == Some(&name);
        let ascending = self.comparison.ascending;
        let order = match sorted {
            true => Order::of(!ascending),
            false => Order::Not,
        };
        let order = order.in_words();
        let is_lit = sorted || response.hovered() || response.has_focus();
        let ink = if is_lit { theme.text } else { theme.muted };
        let (shown, font) = match figure {
            // Under a heading that says of what.
            Figure::Class(_, class_idx) if self.names.len() > crate::ui::runs::compare_table::FEW => {
                let font = match class_idx == self.weighed {
                    true => theme::strong_font(13.0),
                    false => theme::font(13.0),
                };
                (self.names[class_idx].clone(), font)
            }
            _ => (name.clone(), theme::font(13.0)),
        };
        let shown = if in_percent { format!("{shown}, %") } else { shown };
        let width = NAME_WIDTH - if sorted { 20.0 } else { 4.0 };
        let galley = fitted(ui, &shown, self.shared, font, width, ink);
        if sorted {
            let at = pos2(rect.left() + galley.size().x + 9.0, rect.center().y);
            triangle(ui, at, ascending, theme.accent);
        }
        let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, ink);
        focus_ring(ui, &response);
        let spoken = format!("Order the runs by {name}{order}");
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, sorted, &spoken));
        let tip = format!("{name}. A click orders the runs by it; the others are compared with the first");
        if response.on_hover_text(tip).clicked() {
            let best_first = figure.is_loss();
            self.change(actions, |comparison| {
                (comparison.sorted_by, comparison.ascending) = match (sorted, ascending) {
                    (false, _) => (Some(name), best_first),
                    (true, ascending) if ascending == best_first => (Some(name), !best_first),
                    (true, _) => (None, false),
                };
            });
        }
    }
}

fn cell(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, ROW), Layout::left_to_right(Align::Center), |ui| {
        ui.set_width(width);
        add(ui);
    });
}

/// In percentage points, or as it is for a loss, with its sign. What is not known to be more than chance is grey.
fn difference(ui: &mut Ui, figure: Figure, difference: f64, known: Option<Told>) {
    let theme = theme::of(ui);
    let text = match figure.is_loss() {
        true if difference.abs() < 0.0005 => "0.000".into(),
        true => format!("{difference:+.3}").replace('-', "−"),
        false => points(difference),
    };
    let (font, ink) = match &known {
        Some(known) => change_look(theme, known),
        None => (theme::font(theme::SMALL), theme.muted),
    };
    let label = ui.label(egui::RichText::new(text).font(font).color(ink));
    let unknown = || "Whether this is more than chance is not known".into();
    label.on_hover_text(known.as_ref().map_or_else(unknown, change_in_words));
}
