//! The rows of the table: only those in sight are drawn. The table is one stop of the Tab key; within it arrows, Page Up and
//! Page Down, Home and End choose a row, and Enter shows it large.

use std::sync::Arc;

use egui::{
    Align2, EventFilter, Key, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2,
    scroll_area::ScrollBarVisibility, vec2,
};

use super::Predictions;
use super::columns::{Columns, HEADING, headings, is_undone, line_in};
use crate::app::{Action, Answer, AppState, JudgeAction, Listed, SortBy, Verdicts};
use crate::metrics::{Verdict, percent};
use crate::ui::judge::shown::noun;
use crate::ui::parts::names::elided;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::{bar_in, cross, end_of_path, focus_ring};
use crate::visible::{visible, visible_path};

const ROW: f32 = 40.0;
/// Side of a row's picture.
const SIDE: f32 = 34.0;
/// Room for the number before a bar.
const NUMBER: f32 = 46.0;

/// What all rows share.
struct Drawn<'a> {
    state: &'a AppState,
    columns: Columns,
    judges: Vec<usize>,
    verdicts: Vec<Verdicts>,
}

impl Predictions {
    pub(super) fn table(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        listed: &Arc<Listed>,
        actions: &mut Vec<Action>,
    ) {
        let judges = state.table_judges();
        let bar = ui.spacing().scroll.bar_width + 4.0;
        let others = judges.get(1..).unwrap_or_default();
        let drawn = Drawn {
            state,
            columns: Columns::new(ui, state, ui.available_width() - bar, others),
            verdicts: judges.iter().map(|&run| state.verdicts_of(run)).collect(),
            judges,
        };
        // Columns may lie beyond the edge, which nothing else would show.
        ui.spacing_mut().scroll.dormant_handle_opacity = 0.5;
        let place = ui.available_rect_before_wrap();
        let whole = whole_table(ui, place, state, listed, actions);
        let follows = state.judge.chosen != self.followed;
        self.followed = state.judge.chosen;
        ScrollArea::both()
            .id_salt("predictions")
            .auto_shrink(false)
            .scroll_bar_visibility(ScrollBarVisibility::VisibleWhenNeeded)
            .show_viewport(ui, |ui, viewport| {
                let height = HEADING + ROW * listed.rows.len() as f32;
                let size = vec2(drawn.columns.width, height.max(viewport.height()));
                let (content, _) = ui.allocate_exact_size(size, Sense::hover());
                let top_left = content.min + viewport.min.to_vec2();
                let width = size.x.max(viewport.width());
                let heading = Rect::from_min_size(pos2(content.left(), top_left.y), vec2(width, HEADING));
                if follows {
                    follow(ui, state, listed, top_left.x, top_left.y - viewport.top());
                }
                let first = (viewport.top() / ROW).floor().max(0.0) as usize;
                let n = (viewport.height() / ROW).ceil() as usize + 1;
                let clip = ui.clip_rect();
                ui.set_clip_rect(clip.intersect(Rect::everything_below(heading.bottom())));
                for i in first..(first + n).min(listed.rows.len()) {
                    // Beside the viewport's top, so that the last of a million rows is as sharp as the first.
                    let y = heading.bottom() + (i as f32 * ROW - viewport.top());
                    let rect = Rect::from_min_size(pos2(content.left(), y), vec2(width, ROW));
                    self.row(ui, &drawn, listed.rows[i], rect, &whole, actions);
                }
                ui.set_clip_rect(clip);
                headings(ui, state, &drawn.columns, heading, actions);
            });
        if listed.rows.is_empty() {
            let text = "No image is listed; choose another list, or show all";
            let theme = theme::of(ui);
            let font = theme::font(13.0);
            ui.painter()
                .text(place.center(), Align2::CENTER_CENTER, text, font, theme.muted);
        }
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        drawn: &Drawn,
        row: usize,
        rect: Rect,
        whole: &Response,
        actions: &mut Vec<Action>,
    ) {
        let state = drawn.state;
        let theme = theme::of(ui);
        let chosen = state.judge.chosen == Some(row);
        // Not a stop of the Tab key of its own.
        let response = ui.interact(rect, whole.id.with(row), Sense::CLICK);
        if chosen {
            ui.painter()
                .rect_filled(rect, 3, theme.accent.gamma_multiply(0.22));
            let mark = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
            ui.painter().rect_filled(mark, 0, theme.accent);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, 3, theme.raised);
        }
        self.picture(ui, state, row, rect);
        let name = state.judge.table.name(row);
        let label = format!("{name}: {}", cells(ui, drawn, row, &name, rect));
        response.widget_info(|| WidgetInfo::selected(Role::Row, true, chosen, &label));
        if chosen {
            let (table, row) = (whole.id, response.id);
            ui.ctx().accesskit_node_builder(table, |node| {
                node.set_active_descendant(row.accesskit_id());
            });
        }
        if response.clicked() {
            whole.request_focus();
            actions.push(Action::Judge(JudgeAction::Choose(Some(row))));
        }
        if response.double_clicked() {
            actions.push(Action::Judge(JudgeAction::Enlarge(true)));
        }
        let path = visible_path(&state.judge.table.rows()[row].path);
        let reason = drawn.judges.first().and_then(|&run| remark(state, run, row));
        response.on_hover_text(reason.map_or_else(|| path.clone(), |why| format!("{path}\n{why}")));
    }

    fn picture(&mut self, ui: &Ui, state: &AppState, row: usize, rect: Rect) {
        let theme = theme::of(ui);
        let centre = pos2(rect.left() + 5.0 + SIDE / 2.0, rect.center().y);
        let place = Rect::from_center_size(centre, vec2(SIDE, SIDE));
        let path = &state.judge.table.rows()[row].path;
        ui.painter().rect_filled(place, 3, theme.raised);
        match state.judge.pictures.get(path) {
            Some(Ok(picture)) => self.textures.square(ui, place, path, picture),
            Some(Err(_)) => cross(ui, place, theme.warning),
            None => {}
        }
        self.in_sight.push(path.clone());
    }
}

/// The table as one control: where the keyboard is, and what its keys do.
fn whole_table(
    ui: &mut Ui,
    place: Rect,
    state: &AppState,
    listed: &Listed,
    actions: &mut Vec<Action>,
) -> Response {
    let response = ui.interact(place, ui.scope_id().with("rows"), Sense::FOCUSABLE);
    let name = format!("Predictions, {} images", listed.rows.len());
    response.widget_info(|| WidgetInfo::labeled(Role::Table, true, &name));
    focus_ring(ui, &response);
    if !response.has_focus() {
        return response;
    }
    let filter = EventFilter {
        vertical_arrows: true,
        horizontal_arrows: state.judge.is_enlarged,
        escape: state.judge.is_enlarged,
        ..EventFilter::default()
    };
    ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
    let page = ((place.height() - HEADING) / ROW).floor().max(1.0) as isize;
    let far = listed.rows.len() as isize;
    let step = ui.input(|i| {
        let steps = [
            (Key::ArrowDown, 1),
            (Key::ArrowUp, -1),
            (Key::PageDown, page),
            (Key::PageUp, -page),
            (Key::End, far),
            (Key::Home, -far),
        ];
        let plain = i.modifiers.is_none();
        steps.into_iter().find(|(key, _)| plain && i.key_pressed(*key))
    });
    if let Some((_, step)) = step {
        actions.push(Action::Judge(JudgeAction::NextImage(step)));
    }
    if state.judge.chosen.is_some() && ui.input(|i| i.modifiers.is_none() && i.key_pressed(Key::Enter)) {
        actions.push(Action::Judge(JudgeAction::Enlarge(!state.judge.is_enlarged)));
    }
    response
}

/// Brings the chosen row into sight, below the headings.
fn follow(ui: &Ui, state: &AppState, listed: &Listed, left: f32, top: f32) {
    let place = listed
        .rows
        .iter()
        .position(|&row| Some(row) == state.judge.chosen);
    if let Some(place) = place {
        let above = pos2(left, top + place as f32 * ROW);
        ui.scroll_to_rect(Rect::from_min_size(above, vec2(1.0, HEADING + ROW)), None);
    }
}

/// Why the run says nothing of the image.
fn failure(state: &AppState, run: usize, row: usize) -> Option<String> {
    match state.judge.table.answer(run, row) {
        Answer::Failed(reason) => Some(visible(reason).into_owned()),
        Answer::Waiting | Answer::Probabilities(_) => None,
    }
}

/// What there is to say of what the run says of the image: why it is nothing, or why it is that.
fn remark(state: &AppState, run: usize, row: usize) -> Option<String> {
    match state.judge.table.answer(run, row) {
        Answer::Probabilities(scores) => state.why_predicted(run, scores),
        Answer::Failed(_) | Answer::Waiting => failure(state, run, row),
    }
}

/// What stands in the row; gives it in words.
fn cells(ui: &Ui, drawn: &Drawn, row: usize, name: &str, rect: Rect) -> String {
    let theme = theme::of(ui);
    if let Some(column) = drawn.columns.column(SortBy::File) {
        file(ui, column.in_row(rect), name, theme);
    }
    let first = drawn.verdicts.first().and_then(|of_run| of_run[row]);
    let mut words = match (first, drawn.judges.first()) {
        (Some(verdict), Some(&run)) => said(ui, drawn, run, verdict, rect, theme),
        (None, run) => unsaid(ui, drawn, run.copied(), row, rect, theme),
        (Some(_), None) => String::new(),
    };
    for (&run, of_run) in drawn.judges.iter().zip(&drawn.verdicts).skip(1) {
        let view = &drawn.state.runs.all[run];
        let (Some(column), Some(verdict)) = (drawn.columns.column(SortBy::Run(run)), of_run[row]) else {
            continue;
        };
        let class = view.classes().get(verdict.class_idx).map_or("", String::as_str);
        let class = visible(class);
        let differs = first.is_some_and(|first| first.class_idx != verdict.class_idx);
        let (shown, ink) = match differs {
            true => (format!("≠ {class}"), theme.text),
            false => (class.to_string(), theme.muted),
        };
        text(ui, column.in_row(rect), &shown, ink, differs);
        let otherwise = if differs { "otherwise, " } else { "" };
        words += &format!("; {} says {otherwise}{class}", view.label());
    }
    words
}

/// The file's name, with its folder below.
fn file(ui: &Ui, cell: Rect, name: &str, theme: &Theme) {
    let Some((folder, file)) = name.rsplit_once('/') else {
        return text(ui, cell, name, theme.text, false);
    };
    text(
        ui,
        line_in(cell, 16.0).translate(vec2(0.0, -7.0)),
        file,
        theme.text,
        false,
    );
    let below = line_in(cell, 14.0).translate(vec2(0.0, 9.0));
    let folder = end_of_path(ui, folder, cell.width());
    let font = theme::font(11.0);
    let galley = ui.painter().layout_no_wrap(folder, font, theme.muted);
    let at = pos2(below.left(), below.center().y - galley.size().y / 2.0);
    ui.painter()
        .with_clip_rect(cell.intersect(ui.clip_rect()))
        .galley(at, galley, theme.muted);
}

/// The class, its score, and how doubtful it is.
fn said(ui: &Ui, drawn: &Drawn, run: usize, verdict: Verdict, rect: Rect, theme: &Theme) -> String {
    let classes = drawn.state.runs.all[run].classes();
    let class = visible(classes.get(verdict.class_idx).map_or("", String::as_str));
    let score = format!("{:.3}", verdict.score);
    let doubt = percent(Some(f64::from(verdict.doubt)), 0);
    let cell = |of| drawn.columns.column(of).map(|column| column.in_row(rect));
    if let Some(cell) = cell(SortBy::Class) {
        text(ui, cell, &class, theme.text, true);
    }
    if let Some(cell) = cell(SortBy::Score) {
        text(ui, cell, &score, theme.text, false);
    }
    if let Some(cell) = cell(SortBy::Doubt) {
        text(ui, cell, &doubt, theme.text, false);
        let left = cell.left() + NUMBER;
        if cell.right() - left > NUMBER / 2.0 {
            let bar = line_in(Rect::from_min_max(pos2(left, cell.top()), cell.max), 6.0);
            bar_in(ui, bar, verdict.doubt, theme.muted);
        }
    }
    let noun = noun(is_undone(drawn.state));
    format!("{class}, {noun} {score}, doubt {doubt}")
}

fn unsaid(ui: &Ui, drawn: &Drawn, run: Option<usize>, row: usize, rect: Rect, theme: &Theme) -> String {
    let fault = drawn.state.judge.table.rows()[row].fault.as_deref();
    let of_run = run.and_then(|run| failure(drawn.state, run, row));
    let reason = of_run.or(fault.map(|fault| visible(fault).into_owned()));
    let (words, ink) = match reason {
        Some(reason) => (format!("could not be read: {reason}"), theme.warning),
        None if drawn.state.predicting().is_some() => ("waiting…".to_owned(), theme.muted),
        None => ("not predicted".to_owned(), theme.muted),
    };
    if let Some(cell) = drawn.columns.span(SortBy::Class, SortBy::Doubt, rect) {
        text(ui, cell, &words, ink, false);
    }
    words
}

/// One line, cut where there is no more room.
fn text(ui: &Ui, cell: Rect, text: &str, ink: egui::Color32, strong: bool) {
    let font = if strong {
        theme::strong_font(13.0)
    } else {
        theme::font(13.0)
    };
    let galley = elided(ui, text, font, cell.width(), ink);
    let at = pos2(cell.left(), cell.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, ink);
}
