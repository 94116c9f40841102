//! The row that stands for all runs of a sweep.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::{
    Action, AppState, Choice, ListAction, Measure, RowId, RunState, RunView, RunsAction, SweepRow,
    sentence_case,
};
use crate::metrics::Met;
use crate::short_name::Shared;
use crate::ui::goal::sign;
use crate::ui::parts::names::{elided, fitted};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{named, three_dots};
use crate::ui::runs::keys::clicked;
use crate::ui::runs::menu::sweep_menu;
use crate::ui::runs::row::{MENU, Place, background, tree_item};

pub fn sweep_row(ui: &Ui, state: &AppState, place: Place, row: &SweepRow, actions: &mut Vec<Action>) {
    let Place { rect, is_cursor } = place;
    let id = ui.scope_id().with(("sweep", &row.sweep));
    let response = ui.interact(rect, id, Sense::CLICK);
    let chosen = &state.runs.chosen.runs;
    let is_chosen = !chosen.is_empty() && row.runs.iter().all(|run| chosen.contains(run));
    background(ui, rect, &response, is_chosen, false, is_cursor);
    let measure = state.settings.list.by.measure();
    let figure = measure.in_words(row.figure);
    let best = measure.in_a_sentence();
    let mets: Vec<Met> = (row.runs.iter())
        .filter_map(|&run| state.goal_of_run_now(run))
        .collect();
    let goal = goal_in_words(&mets);
    let said = goal.as_ref().map_or_else(String::new, |goal| format!(", {goal}"));
    let spoken = format!(
        "{}, {}, best {best} {figure}{said}",
        sentence_case(&row.name()),
        row.extent()
    );
    response.widget_info(|| WidgetInfo::selected(Role::TreeItem, true, is_chosen, &spoken));
    tree_item(ui, id, 1, is_chosen);
    ui.ctx()
        .accesskit_node_builder(id, |node| node.set_expanded(row.is_open));
    let open = || {
        let (sweep, open) = (row.sweep.clone(), !row.is_open);
        Action::Runs(RunsAction::List(ListAction::Open { sweep, open }))
    };
    if triangle(ui, rect, row) {
        actions.push(open());
    }
    texts(ui, state, rect, row, (&figure, mets.into_iter().max()));
    let place = Rect::from_min_max(pos2(rect.right() - MENU, rect.top()), rect.max);
    let more = ui.interact(place, id.with("more"), Sense::CLICK);
    three_dots(ui, &more, &format!("More about {}, {}", row.name(), row.extent()));
    let menu = |ui: &mut Ui, actions: &mut Vec<Action>| sweep_menu(ui, &state.runs, &row.runs, actions);
    egui::Popup::menu(&more).show(|ui| menu(ui, actions));
    if response.clicked() {
        let action = clicked(ui, RowId::Sweep(row.sweep.clone()));
        let opens = matches!(
            action,
            ListAction::Choose {
                how: Choice::Only,
                ..
            }
        );
        actions.push(Action::Runs(RunsAction::List(action)));
        actions.extend(opens.then(open));
    }
    response.context_menu(|ui| menu(ui, actions));
    response.on_hover_text(tooltip(state, row, &measure, goal));
}

/// Whether it was clicked, which opens the sweep and chooses nothing.
fn triangle(ui: &Ui, rect: Rect, row: &SweepRow) -> bool {
    let theme = theme::of(ui);
    let place = Rect::from_center_size(
        pos2(rect.left() + 13.0, rect.center().y),
        vec2(24.0, rect.height() - 8.0),
    );
    let id = ui.scope_id().with(("triangle", &row.sweep));
    let response = ui.interact(place, id, Sense::CLICK);
    let verb = if row.is_open { "Close" } else { "Open" };
    named(
        &response,
        Role::DisclosureTriangle,
        &format!("{verb} {}", row.name()),
    );
    let ink = if response.hovered() {
        theme.text
    } else {
        theme.muted
    };
    let centre = place.center();
    let points = match row.is_open {
        true => vec![vec2(-4.5, -3.0), vec2(4.5, -3.0), vec2(0.0, 3.5)],
        false => vec![vec2(-3.0, -4.5), vec2(3.5, 0.0), vec2(-3.0, 4.5)],
    };
    let points = points.into_iter().map(|corner| centre + corner).collect();
    ui.painter()
        .add(egui::Shape::convex_polygon(points, ink, egui::Stroke::NONE));
    response.clicked()
}

/// How many of its runs meet the goal, as far as the surest of them does: `3 of 24 surely meet the goal`.
fn goal_in_words(mets: &[Met]) -> Option<String> {
    let best = mets.iter().max()?;
    let (n, of) = (mets.iter().filter(|met| *met == best).count(), mets.len());
    let meet = if n == 1 { "meets" } else { "meet" };
    Some(match best {
        Met::Not => "none meets the goal".into(),
        Met::Surely | Met::Perhaps => format!("{n} of {of} {} {meet} the goal", best.name()),
    })
}

fn texts(ui: &Ui, state: &AppState, rect: Rect, row: &SweepRow, (figure, met): (&str, Option<Met>)) {
    let theme = theme::of(ui);
    let painter = ui.painter();
    let (top, bottom) = (rect.top() + 14.0, rect.bottom() - 13.0);
    let (left, right) = (rect.left() + 26.0, rect.right() - MENU);
    let ink = if row.is_of_folder { theme.text } else { theme.muted };
    let align = Align2::RIGHT_CENTER;
    let figure = painter.text(pos2(right, top), align, figure, theme::font(13.0), ink);
    let mut figure_left = figure.left();
    if let Some(met) = met {
        figure_left -= sign::SIGN + 6.0;
        let place = pos2(figure_left + 4.0, top);
        sign::sign(painter, place, met, sign::ink(met, theme));
    }
    let width = figure_left - left - 8.0;
    let font = theme::strong_font(13.0);
    let name = fitted(
        ui,
        &sentence_case(&row.name()),
        Shared::default(),
        font,
        width,
        ink,
    );
    // That it is the best of them, where there is room to say so.
    let best = elided(ui, "best", theme::font(11.5), width, theme.muted);
    if name.size().x + best.size().x + 4.0 <= width {
        let place = pos2(figure_left - best.size().x - 4.0, top - best.size().y / 2.0);
        painter.galley(place, best, theme.muted);
    }
    painter.galley(pos2(left, top - name.size().y / 2.0), name, ink);
    let views: Vec<&RunView> = row.runs.iter().map(|&run| &state.runs.all[run]).collect();
    let n_of = |wanted: RunState| views.iter().filter(|run| run.state() == wanted).count();
    let began = || {
        views
            .first()
            .map_or_else(String::new, |run| run.began(state.runs.today))
    };
    let (word, colour) = match (
        n_of(RunState::Training),
        n_of(RunState::Failed),
        n_of(RunState::Stopped),
    ) {
        (1.., _, _) => ("training".to_owned(), theme.accent),
        (0, n @ 1.., _) => (format!("{n} failed"), theme.error),
        (0, 0, 1..) => ("stopped".to_owned(), theme.muted),
        (0, 0, 0) => (began(), theme.muted),
    };
    let word = painter.text(pos2(right, bottom), align, word, theme::font(11.5), colour);
    let width = word.left() - left - 6.0;
    let line = elided(ui, &row.extent(), theme::font(11.5), width, theme.muted);
    painter.galley(pos2(left, bottom - line.size().y / 2.0), line, theme.muted);
}

fn tooltip(state: &AppState, row: &SweepRow, measure: &Measure, goal: Option<String>) -> String {
    let n_shown = row.runs.iter().filter(|&&run| state.runs.all[run].shown).count();
    let mut lines = vec![format!("{}, {}", sentence_case(&row.name()), row.extent())];
    if let Some(best) = row.best {
        let run = state.runs.all[best].label();
        lines.push(format!("Best {} on validation: {run}", measure.in_a_sentence()));
    }
    lines.extend(goal.map(|goal| sentence_case(&goal)));
    lines.push(format!("{n_shown} of {} are shown in the plots", row.runs.len()));
    lines.join("\n")
}
