//! All runs: this folder's first, sweeps as one row, those of other folders under theirs. A click chooses; the line over
//! them finds and arranges; the bar under them does what can be done with several.

use egui::{Id, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::{
    Action, AppState, ListAction, ListRow, RowId, RunList, Runs, RunsAction, Showing, WindowAction, Windows,
};
use crate::ui::parts::names::elided;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{fine_print, heading_row, quiet_button, quiet_toggle};
use crate::ui::runs::places::places_menu;
use crate::ui::runs::row::{Place, RunRow, row_id, run_row};
use crate::ui::runs::sweep_row::sweep_row;
use crate::ui::runs::{chosen_bar, find, keys};

/// Heights of a row and of a heading between rows.
const ROW: f32 = 44.0;
const HEADING: f32 = 26.0;
/// Height of the line that says what is left out.
const FOOT: f32 = 20.0;

pub fn runs_panel(ui: &mut Ui, state: &AppState, mut height: f32, actions: &mut Vec<Action>) {
    heading_row(ui, "Runs", |ui| {
        heading_controls(ui, &state.runs, &state.windows, actions);
        places_menu(ui, state, actions);
    });
    let list = state.run_list();
    let id = ui.make_persistent_id("list of runs");
    if find::is_needed(state, list.n_all) {
        height -= find::LINE;
        if find::find_line(ui, state, actions) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
    }
    if list.rows.is_empty() {
        return nothing(ui, state, actions);
    }
    if chosen_bar::is_needed(state) {
        height -= chosen_bar::HEIGHT;
    }
    if state.runs.is_filtered() {
        height -= FOOT;
    }
    rows(ui, state, &list, (id, height), actions);
    chosen_bar::chosen_bar(ui, state, actions);
    foot(ui, state, &list, actions);
}

fn nothing(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let search = state.runs.search.trim();
    let text = match (search, state.runs.only_starred) {
        ("", false) => "Every training is kept here, in its own folder".to_owned(),
        ("", true) => "No run is starred; a run's menu (⋯) stars it".to_owned(),
        (words, false) => {
            format!("No run has “{words}” in its name, note, weights, network, folder, date or state")
        }
        (words, true) => format!("No starred run has “{words}”"),
    };
    ui.label(theme::small(text).color(theme.muted));
    if state.runs.is_filtered() && ui.button("Show all").clicked() {
        actions.push(Action::Runs(RunsAction::List(ListAction::ListAll)));
    }
}

/// Which figure stands beside the runs, and what is left out of the list.
fn foot(ui: &mut Ui, state: &AppState, list: &RunList, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    fine_print(
        ui,
        &format!("{} on validation", state.settings.list.by.measure().name()),
        theme,
    );
    if !state.runs.is_filtered() {
        return;
    }
    let looked_at = state.looking.run.filter(|run| !list.runs().contains(run));
    let apart = match looked_at {
        Some(_) => "; what you look at is not",
        None => "",
    };
    let text = format!("{} of {} listed{apart}", list.n_listed, list.n_all);
    ui.spacing_mut().interact_size.y = FOOT;
    let size = vec2(ui.available_width(), FOOT);
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        if quiet_button(ui, "All", "List all runs").clicked() {
            actions.push(Action::Runs(RunsAction::List(ListAction::ListAll)));
        }
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        ui.with_layout(layout, |ui| fine_print(ui, &text, theme).on_hover_text(&text));
    });
}

fn rows(ui: &mut Ui, state: &AppState, list: &RunList, (id, height): (Id, f32), actions: &mut Vec<Action>) {
    // With room of its own: a bar that widens over the rows would cover their menus.
    ui.spacing_mut().scroll = egui::style::ScrollStyle::solid();
    let opens_menu = keys::keys(ui, id, state, list, actions);
    focus_again(ui, id, opens_menu);
    let cursor = state.list_cursor();
    let into_sight = newly_at(ui, state, cursor.as_ref()).and_then(|row| list.position(&row));
    let tops = tops(list);
    let spacing = std::mem::take(&mut ui.spacing_mut().item_spacing.y);
    let n_actions = actions.len();
    let area = ScrollArea::vertical()
        .id_salt("runs")
        .max_height(height.max(2.0 * ROW))
        .auto_shrink([false, true])
        .show_viewport(ui, |ui, viewport| {
            let whole = tops[list.rows.len()];
            ui.set_height(whole);
            let (left, top) = (ui.max_rect().left(), ui.max_rect().top());
            let width = ui.available_width();
            let place = |row: usize| {
                let size = vec2(width, tops[row + 1] - tops[row]);
                Rect::from_min_size(pos2(left, top + tops[row]), size)
            };
            if let Some(row) = into_sight {
                ui.scroll_to_rect(place(row), None);
            }
            let has_focus = ui.memory(|memory| memory.has_focus(id));
            let first = tops
                .partition_point(|&top| top <= viewport.min.y)
                .saturating_sub(1);
            let in_sight = list.rows.iter().enumerate().skip(first);
            for (i, row) in in_sight.take_while(|(i, _)| tops[*i] <= viewport.max.y) {
                let is_cursor = cursor.as_ref().is_some_and(|at| row.is(at));
                let place = Place {
                    rect: place(i),
                    is_cursor: is_cursor && has_focus,
                };
                one_row(ui, state, place, row, is_cursor && opens_menu, actions);
            }
            cursor.as_ref().map(|row| row_id(ui, row))
        });
    ui.spacing_mut().item_spacing.y = spacing;
    ui.add_space(spacing);
    one_stop(ui, id, area.inner_rect, area.inner, list.n_listed);
    // Arrows go on from where one has clicked, which takes the focus away from what lies under it.
    if actions[n_actions..].iter().any(is_choice) {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
}

fn is_choice(action: &Action) -> bool {
    matches!(action, Action::Runs(RunsAction::List(ListAction::Choose { .. })))
}

/// Once a menu that was opened by a key has closed, the keyboard is back in the list.
fn focus_again(ui: &Ui, list: Id, opens_menu: bool) {
    let id = list.with("menu by key");
    let was_open: bool = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let is_open = opens_menu || was_open && egui::Popup::is_any_open(ui.ctx());
    ui.data_mut(|data| data.insert_temp(id, is_open));
    if was_open && !is_open {
        ui.memory_mut(|memory| memory.request_focus(list));
    }
}

/// The list is one thing for the keyboard. A screen reader hears of the row that the keys are at.
fn one_stop(ui: &Ui, id: Id, rect: Rect, at: Option<Id>, n_listed: usize) {
    let response = ui.interact(rect, id, Sense::FOCUSABLE);
    let runs = if n_listed == 1 { "run" } else { "runs" };
    let name = format!("List of {n_listed} {runs}, arrow keys choose one");
    response.widget_info(|| WidgetInfo::labeled(Role::Tree, true, &name));
    if let Some(at) = at {
        ui.ctx()
            .accesskit_node_builder(id, |node| node.set_active_descendant(at.accesskit_id()));
    }
}

/// Where each row begins, and where the last one ends.
fn tops(list: &RunList) -> Vec<f32> {
    let mut tops = Vec::with_capacity(list.rows.len() + 1);
    let mut top = 0.0;
    for row in &list.rows {
        tops.push(top);
        top += match row {
            ListRow::Heading { .. } => HEADING,
            ListRow::Sweep(_) | ListRow::Run { .. } => ROW,
        };
    }
    tops.push(top);
    tops
}

/// The row that the keyboard is at, where it or what is looked at was another before: it may have been by a key, by a dot or
/// by a training, and far out of sight.
fn newly_at(ui: &Ui, state: &AppState, cursor: Option<&RowId>) -> Option<RowId> {
    let id = ui.scope_id().with("chosen run");
    let now = (state.looking.run, cursor.cloned());
    let before: Option<(Option<usize>, Option<RowId>)> = ui.data(|data| data.get_temp(id));
    if before.as_ref() == Some(&now) {
        return None;
    }
    let row = now.1.clone();
    ui.data_mut(|data| data.insert_temp(id, now));
    row
}

fn one_row(
    ui: &Ui,
    state: &AppState,
    place: Place,
    row: &ListRow,
    opens_menu: bool,
    actions: &mut Vec<Action>,
) {
    match row {
        ListRow::Heading { text, whole, n_runs } => heading(ui, place.rect, text, whole, *n_runs),
        ListRow::Sweep(row) => sweep_row(ui, state, place, row, actions),
        &ListRow::Run {
            run,
            figure,
            is_inside,
            is_of_folder,
        } => {
            let row = RunRow {
                run,
                figure,
                is_inside,
                is_of_folder,
                opens_menu,
            };
            run_row(ui, state, place, row, actions);
        }
    }
}

fn heading(ui: &Ui, rect: Rect, text: &str, whole: &str, n_runs: usize) {
    let theme = theme::of(ui);
    let response = ui.interact(rect, ui.scope_id().with(("heading", whole)), Sense::hover());
    let n_runs = if n_runs == 1 {
        "1 run".to_owned()
    } else {
        format!("{n_runs} runs")
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{text}, {n_runs}")));
    let y = rect.bottom() - 9.0;
    let place = pos2(rect.right() - 4.0, y);
    let count = ui.painter().text(
        place,
        egui::Align2::RIGHT_CENTER,
        n_runs,
        theme::font(11.5),
        theme.muted,
    );
    let text = elided(
        ui,
        text,
        theme::strong_font(11.5),
        count.left() - rect.left() - 8.0,
        theme.muted,
    );
    let at = pos2(rect.left() + 2.0, y - text.size().y / 2.0);
    ui.painter().galley(at, text, theme.muted);
    response.on_hover_text(whole);
}

fn heading_controls(ui: &mut Ui, runs: &Runs, windows: &Windows, actions: &mut Vec<Action>) {
    if runs.all.iter().all(|run| run.deleted) {
        return;
    }
    let comparing = windows.showing == Showing::Compare;
    let toggle = quiet_toggle(ui, "Compare", "Compare the shown runs", comparing);
    if toggle
        .on_hover_text("The shown runs side by side (Ctrl+D)")
        .clicked()
    {
        let next = if comparing {
            Showing::OneRun
        } else {
            Showing::Compare
        };
        actions.push(Action::Window(WindowAction::Show(next)));
    }
}
