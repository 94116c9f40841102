//! Two to four shown runs side by side: matrices on one colour scale, and a table in which what differs is marked. The
//! first run is what the others are held against; a click on a metric's name orders them by it.

use egui::{Align, Layout, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::{Action, AppState, Comparison, Normalise, RunsAction, Showing, WindowAction};
use crate::ui::judge::matrix::{Model, Room, matrix_at};
use crate::ui::parts::room;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::{
    empty, fine_print, focus_ring, heading_row, quiet_button, quiet_toggle, run_mark, triangle,
};
use crate::ui::runs::compare_table::{Column, Row, RowKind, metric_rows, setting_rows, untold};
use crate::ui::runs::not_drawn::not_drawn;
use crate::visible::visible_names;

/// More would be too small to read.
const MOST: usize = 4;
const ROW: f32 = 20.0;
const NAME_WIDTH: f32 = 150.0;

pub fn compare_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let shown = state.drawn();
    let judged: Vec<Column> = shown
        .iter()
        .filter_map(|&r| Column::of(&state.runs.all[r], state.looking.part()))
        .collect();
    heading(ui, state.looking.on_test, judged.len(), actions);
    not_drawn(ui, state);
    let comparison = &state.settings.comparison;
    let weighed = state.weighed_class();
    let columns = ordered(judged, comparison, weighed);
    if let Some(reason) = not_compared(columns.len(), shown.len(), state.looking.on_test) {
        return empty(ui, reason);
    }
    let area = ui.available_rect_before_wrap();
    let metrics = metric_rows(&columns, weighed);
    let settings = setting_rows(&columns, comparison.all_settings);
    let n_rows = (metrics.len() + settings.len() + 1) as f32;
    let table_height = (ROW * n_rows + 6.0).min(area.height() * 0.5);
    let end = pos2(area.right(), area.bottom() - table_height - theme::GAP);
    matrices(ui, state, &columns, Rect::from_min_max(area.min, end), actions);
    let table = Rect::from_min_max(pos2(area.left(), area.bottom() - table_height), area.max);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(table));
    ScrollArea::vertical()
        .id_salt("compare")
        .auto_shrink(false)
        .show(&mut child, |ui| {
            ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
            ui.spacing_mut().interact_size.y = ROW;
            for row in &metrics {
                table_row(ui, row, comparison, actions);
            }
            if let Some(text) = untold(columns[0].run.classes().len()) {
                fine_print(ui, &text, theme::of(ui));
            }
            settings_heading(ui, &settings, comparison, actions);
            for row in &settings {
                table_row(ui, row, comparison, actions);
            }
        });
}

fn heading(ui: &mut Ui, on_test: bool, n_judged: usize, actions: &mut Vec<Action>) {
    let title = match on_test {
        true => "Compare on test images",
        false => "Compare",
    };
    heading_row(ui, title, |ui| {
        if quiet_button(ui, "Close", "Close the comparison").clicked() {
            actions.push(Action::Window(WindowAction::Show(Showing::OneRun)));
        }
        let theme = theme::of(ui);
        let (text, ink) = match n_judged {
            0 | 1 => (String::new(), theme.muted),
            ..=MOST => ("Differences to the first".into(), theme.muted),
            n => (
                format!("The newest {MOST} of {n} shown; hide some with their dots to choose"),
                theme.warning,
            ),
        };
        ui.label(theme::small(text).color(ink));
    });
}

/// Why there is nothing to compare.
fn not_compared(n_columns: usize, n_shown: usize, on_test: bool) -> Option<&'static str> {
    match (n_columns, n_shown, on_test) {
        (0, 1.., true) => Some("No shown run was judged on test images"),
        (0, _, _) => Some("Show runs with the dots on the right to compare them here"),
        (1, 2.., true) => Some("The other shown runs were not judged on test images"),
        (1, 2.., false) => Some("The other shown runs have not been validated yet"),
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

/// The newest few, oldest first or by the chosen row.
fn ordered<'a>(
    mut newest_first: Vec<Column<'a>>,
    comparison: &Comparison,
    weighed: usize,
) -> Vec<Column<'a>> {
    newest_first.truncate(MOST);
    newest_first.reverse();
    let Some(by) = &comparison.sorted_by else {
        return newest_first;
    };
    let rows = metric_rows(&newest_first, weighed);
    let Some(row) = rows.iter().find(|row| row.name == *by) else {
        return newest_first;
    };
    let values: Vec<f64> = row.cells.iter().map(|c| c.1.unwrap_or(f64::NAN)).collect();
    let mut order: Vec<usize> = (0..newest_first.len()).collect();
    order.sort_by(|&a, &b| {
        let upwards = values[a].total_cmp(&values[b]);
        if comparison.ascending {
            upwards
        } else {
            upwards.reverse()
        }
    });
    order.into_iter().map(|i| newest_first[i].clone()).collect()
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
    matrix_at(
        &mut child,
        "compared",
        &model,
        Room { area, label_width },
        state.looking.cell,
        actions,
    );
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
        ui.add(egui::Label::new(theme::strong(run.label())).truncate())
            .on_hover_text(&run.name);
    });
}

fn settings_heading(ui: &mut Ui, rows: &[Row], comparison: &Comparison, actions: &mut Vec<Action>) {
    ui.add_space(4.0);
    let title = match (comparison.all_settings, rows.is_empty()) {
        (true, _) => "Settings",
        (false, true) => "Settings: none differs",
        (false, false) => "Settings that differ",
    };
    heading_row(ui, title, |ui| {
        let all = quiet_toggle(ui, "Show all", "Show all settings", comparison.all_settings);
        if all.on_hover_text("The settings that are the same, too").clicked() {
            actions.push(Action::Runs(RunsAction::SetComparison(Comparison {
                all_settings: !comparison.all_settings,
                ..comparison.clone()
            })));
        }
    });
}

fn table_row(ui: &mut Ui, row: &Row, comparison: &Comparison, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let width = column_width(ui.available_width(), row.cells.len());
    let is_narrow = width < room::COMPARED_COLUMN;
    ui.horizontal(|ui| {
        match row.kind {
            RowKind::Setting { differs } => cell(ui, NAME_WIDTH, |ui| {
                let mark = if differs { "≠ " } else { "" };
                let name = egui::RichText::new(format!("{mark}{}", row.name)).color(theme.muted);
                ui.add(egui::Label::new(name).truncate());
            }),
            RowKind::Share | RowKind::Loss => {
                let in_percent = is_narrow && row.kind == RowKind::Share;
                row_name(ui, row, in_percent, comparison, actions);
            }
        }
        let best = row.best();
        for (i, (text, value)) in row.cells.iter().enumerate() {
            cell(ui, width, |ui| {
                let is_best = best.is_some() && *value == best && row.cells.len() > 1;
                let strong = is_best || row.kind == RowKind::Setting { differs: true };
                // In a narrow column the sign would stand where the difference does; the row's name has it.
                let text = if is_narrow {
                    text.trim_end_matches(" %")
                } else {
                    text
                };
                let text = if strong { theme::strong(text) } else { text.into() };
                ui.add(egui::Label::new(text).truncate());
                let first = row.cells[0].1;
                if let (1.., Some(value), Some(first)) = (i, value, first) {
                    ui.add_space(if is_narrow { 4.0 } else { 6.0 });
                    difference(ui, theme, row.kind, is_narrow, value - first);
                }
            });
        }
    });
}

/// A metric's name: a click orders the runs by it, the best first, then the other way round, then by age again.
fn row_name(ui: &mut Ui, row: &Row, in_percent: bool, comparison: &Comparison, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(NAME_WIDTH, ROW), Sense::click());
    let sorted = comparison.sorted_by.as_ref() == Some(&row.name);
    let best_first = row.kind == RowKind::Loss;
    let order = match (sorted, comparison.ascending) {
        (false, _) => "",
        (true, true) => ", ordered, lowest first",
        (true, false) => ", ordered, highest first",
    };
    let ink = if sorted || response.hovered() || response.has_focus() {
        theme.text
    } else {
        theme.muted
    };
    let shown = match in_percent {
        true => format!("{}, %", row.name),
        false => row.name.clone(),
    };
    let mut job = egui::text::LayoutJob::simple_singleline(shown, theme::font(13.0), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(NAME_WIDTH - if sorted { 20.0 } else { 4.0 });
    let galley = ui.painter().layout_job(job);
    if sorted {
        let at = pos2(rect.left() + galley.size().x + 9.0, rect.center().y);
        triangle(ui, at, comparison.ascending, theme.accent);
    }
    let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, ink);
    focus_ring(ui, &response);
    let name = format!("Order the runs by {}{order}", row.name);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, sorted, &name));
    if response
        .on_hover_text("Order the runs by this; the first is what the others are held against")
        .clicked()
    {
        let (sorted_by, ascending) = match (sorted, comparison.ascending) {
            (false, _) => (Some(row.name.clone()), best_first),
            (true, ascending) if ascending == best_first => (Some(row.name.clone()), !best_first),
            (true, _) => (None, false),
        };
        actions.push(Action::Runs(RunsAction::SetComparison(Comparison {
            sorted_by,
            ascending,
            ..comparison.clone()
        })));
    }
}

fn cell(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, ROW), Layout::left_to_right(Align::Center), |ui| {
        ui.set_width(width);
        add(ui);
    });
}

/// In percentage points, or as it is for a loss, with its sign; better is green.
fn difference(ui: &mut Ui, theme: &Theme, kind: RowKind, is_narrow: bool, difference: f64) {
    let (text, gain) = match kind {
        RowKind::Loss if is_narrow => (format!("{difference:+.2}"), -difference),
        RowKind::Loss => (format!("{difference:+.3}"), -difference),
        _ => (format!("{:+.1}", difference * 100.0), difference),
    };
    let colour = match gain {
        g if g > 0.0005 => theme.ok,
        g if g < -0.0005 => theme.warning,
        _ => theme.muted,
    };
    ui.label(theme::small(text).color(colour));
}
