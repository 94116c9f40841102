//! The confusion matrix as a heatmap: what is in it (`model`), where it goes (`layout`), how it is painted (`paint`).
//! True classes by rows, predicted by columns; blue is right, orange is wrong, stronger is more.

mod foot;
mod layout;
mod map;
mod model;
mod paint;
mod zoom;

use egui::{Id, Key, PointerButton, Popup, Rect, Response, Role, Sense, Ui, WidgetInfo};

use crate::app::{
    Action, AppState, Grouped, ImagesAction, LookAction, Normalise, RunView, Subject, WindowAction,
};
use crate::experiment::Part;
use crate::metrics::sentence;
use crate::ui::parts::heading::{Title, titled_row};
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{empty, focus_ring, quiet_menu, quiet_toggle};
use foot::{Shown, foot};
pub use layout::Room;
use layout::{Layout, View};
use model::Cell;
pub use model::Model;

/// Up to here every cell is a widget of its own; beyond it the matrix is one, and only a selected cell is named.
const CELL_WIDGETS: usize = 16;
/// Smaller cells have no room for a number, and are painted as one picture.
const NUMBERED: f32 = 9.0;
/// From so many classes on a matrix is a map that can be zoomed.
const ZOOMED: usize = 30;
/// Up to this many classes, a matrix says all by itself; under a larger one its wrong cells are listed.
const FEW: usize = 3;
/// The matrix of what is looked at, among those of compared runs.
const SALT: &str = "matrix";
/// Room for the sentence under the matrix; and for a list, its share of the height within these.
const FOOT: f32 = 40.0;
const LIST_SHARE: f32 = 0.2;
const LIST: std::ops::RangeInclusive<f32> = 64.0..=160.0;
/// One line of the sentence above a list.
const LINE: f32 = 17.0;

/// Of a run that was stopped or failed early.
pub const UNJUDGED: &str = "This run ended before its first epoch was evaluated";

/// The matrix of what is looked at, with its heading and the sentence under it.
pub fn matrix_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let subject = state.subject();
    let run = state.selected_run().filter(|_| state.watched_trial().is_none());
    heading(ui, state, subject.as_ref(), run, actions);
    let Some(subject) = subject else {
        return empty(ui, &why_none(state, run));
    };
    let (classes, confusion) = (&subject.classes[..], subject.confusion());
    let model = Model::new(classes, confusion, state.settings.normalise);
    let many = confusion.n_classes() > FEW;
    let mut area = ui.available_rect_before_wrap();
    let bottom = area.bottom();
    let n_lines = match area.width() {
        ..room::MATRIX_TWO_LINES => 3,
        room::MATRIX_TWO_LINES..room::MATRIX_ONE_LINE => 2,
        _ => 1,
    };
    area.max.y -= match many {
        true => list_height(area.height()) + LINE * n_lines as f32,
        false => FOOT.max(LINE * n_lines as f32 + 6.0),
    };
    // What is said of it stands under it, and not at the foot of a large screen.
    let most = area.top() + layout::most_height(confusion.n_classes());
    area.max.y = area.max.y.min(most);
    let cell = state.looking.cell;
    let grouped = state.grouped(&subject).filter(|_| many);
    let hovered = match &grouped {
        Some(grouped) => grouped_matrix(ui, state, grouped, area, actions),
        None => matrix_at(ui, SALT, &model, area.into(), cell, actions),
    };
    let place = Rect::from_min_max(
        egui::pos2(area.left(), area.bottom() + 6.0),
        egui::pos2(area.right(), bottom),
    );
    let mut below = ui.new_child(egui::UiBuilder::new().max_rect(place));
    let mistakes = state.mistakes(&subject);
    let spoken = hovered.or(cell).or_else(|| mistakes.largest.first().copied());
    if let Some((t, p)) = spoken {
        let said = sentence(classes, confusion, t, p);
        match many {
            true => in_lines(&mut below, &said, n_lines),
            false => below.add(egui::Label::new(said).wrap()),
        };
    }
    if many {
        let shown = Shown {
            salt: SALT,
            is_grouped: grouped.is_some(),
            is_map: confusion.n_classes() >= ZOOMED,
        };
        foot(&mut below, &model, (&mistakes.largest, cell), &shown, actions);
    }
}

/// Why there is no matrix, and what would bring one.
fn why_none(state: &AppState, run: Option<&RunView>) -> String {
    state.not_judged().unwrap_or_else(|| {
        let text = match run {
            None => "Train, or choose a run, to see which classes are taken for which",
            Some(run) if run.record.outcome.is_some() => UNJUDGED,
            Some(_) => "The matrix comes after the first epoch",
        };
        text.into()
    })
}

/// Of the list under a matrix: less where the matrix needs the height.
fn list_height(whole: f32) -> f32 {
    (whole * LIST_SHARE).clamp(*LIST.start(), *LIST.end())
}

/// The same matrix in another order. What is selected and hovered are its classes, not their places.
fn grouped_matrix(
    ui: &mut Ui,
    state: &AppState,
    grouped: &Grouped,
    area: Rect,
    actions: &mut Vec<Action>,
) -> Option<Cell> {
    let model = Model::new(&grouped.classes, &grouped.confusion, state.settings.normalise);
    let selected = state.looking.cell;
    let selected = selected.and_then(|(t, p)| Some((grouped.place(t)?, grouped.place(p)?)));
    let class = |(t, p): Cell| (grouped.order[t], grouped.order[p]);
    let mut asked = Vec::new();
    let hovered = matrix_at(ui, SALT, &model, area.into(), selected, &mut asked);
    actions.extend(asked.into_iter().map(|action| match action {
        Action::Look(LookAction::Cell(cell)) => Action::Look(LookAction::Cell(cell.map(class))),
        Action::Images(ImagesAction::ShowCell(cell)) => Action::Images(ImagesAction::ShowCell(class(cell))),
        action => action,
    }));
    hovered.map(class)
}

/// Whose matrix it is, and what it can be changed to.
fn heading(
    ui: &mut Ui,
    state: &AppState,
    subject: Option<&Subject>,
    run: Option<&RunView>,
    actions: &mut Vec<Action>,
) {
    let is_baseline = state.looking.is_baseline();
    let (name, after) = match (subject, run) {
        (Some(subject), _) => {
            let baseline = if is_baseline { ", baseline" } else { "" };
            (
                subject.label.clone(),
                format!("{baseline}{}{}", at(subject.threshold), tried_again(state)),
            )
        }
        (None, Some(run)) => (run.label(), String::new()),
        (None, None) => Default::default(),
    };
    // A test that looks like a validation misleads.
    let kinds = match subject.map(|subject| subject.part) {
        Some(Part::Test) => ["Confusion matrix, test", "Matrix, test"],
        Some(Part::Train) => ["Confusion matrix, training out of fold", "Matrix, out of fold"],
        Some(Part::Val) | None => ["Confusion matrix", "Matrix"],
    };
    let has_baseline = run.is_some_and(|run| run.record.baseline().is_some());
    let narrow = match has_baseline {
        true => room::MATRIX_HEADING + room::BASELINE_TOGGLE,
        false => room::MATRIX_HEADING,
    };
    let width = ui.available_width();
    let title = Title {
        kinds,
        name: &name,
        after: &after,
    };
    titled_row(ui, title, |ui| {
        if has_baseline {
            let toggle = quiet_toggle(
                ui,
                "Baseline",
                "The pretrained baseline's matrix: before the head was trained",
                is_baseline,
            );
            if toggle.on_hover_text("The model before any training").clicked() {
                actions.push(Action::Look(LookAction::Baseline(!is_baseline)));
            }
        }
        normalise_choice(ui, state.settings.normalise, width < narrow, actions);
    });
}

/// A sentence in the lines that are kept for it; what long names leave no room for is in the tooltip.
fn in_lines(ui: &mut Ui, said: &str, n_lines: usize) -> Response {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let ink = theme::of(ui).text;
    let mut job = egui::text::LayoutJob::simple(said.to_owned(), font, ink, ui.available_width());
    job.wrap.max_rows = n_lines;
    ui.add(egui::Label::new(job)).on_hover_text(said)
}

/// After a title while what stands under it is still of the labels before the last decision.
pub fn tried_again(state: &AppState) -> &'static str {
    match state.is_being_tried_again() {
        true => ", being tried again…",
        false => "",
    }
}

/// After a title where a threshold is set.
pub fn at(threshold: Option<f32>) -> String {
    threshold.map_or_else(String::new, |t| format!(" at {t:.3}"))
}

/// Paints a matrix into its room and lets its cells be chosen; gives the cell under the pointer. Arrow keys choose a cell; a
/// click, or Enter, asks for its images.
pub fn matrix_at(
    ui: &mut Ui,
    salt: &str,
    model: &Model,
    room: Room,
    selected: Option<Cell>,
    actions: &mut Vec<Action>,
) -> Option<Cell> {
    let n = model.n_classes();
    let view = match n < ZOOMED {
        true => View::whole(n),
        false => zoom::view(ui, salt, n),
    };
    let layout = Layout::new(model, room, view);
    paint::margins(ui, model, &layout);
    let hovered = if model.n_classes() <= CELL_WIDGETS {
        cell_widgets(ui, salt, model, &layout, selected, actions)
    } else {
        one_widget(ui, salt, model, &layout, selected, actions)
    };
    if let Some(cell) = selected.filter(|&cell| layout.sees(cell)) {
        paint::outline(ui, layout.cell(cell), theme::of(ui).text, 2.0);
    }
    hovered
}

/// The matrix of what is looked at keeps the keyboard where its pane moves to another place of the window.
fn id(ui: &Ui, salt: &str) -> Id {
    match salt {
        SALT => Id::unique(SALT),
        salt => ui.scope_id().with(salt),
    }
}

fn cell_widgets(
    ui: &mut Ui,
    salt: &str,
    model: &Model,
    layout: &Layout,
    selected: Option<Cell>,
    actions: &mut Vec<Action>,
) -> Option<Cell> {
    let (mut hovered, id) = (None, id(ui, salt));
    for cell in model.cells() {
        let rect = layout.cell(cell);
        let response = ui.interact(rect, id.with(cell), Sense::click());
        paint::cell(ui, model, layout, cell);
        let name = model.name(cell);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected == Some(cell), &name));
        focus_ring(ui, &response);
        if response.clicked() {
            actions.push(Action::Images(ImagesAction::ShowCell(cell)));
            response.request_focus();
        }
        if let Some(next) = arrow(ui, &response, model, cell) {
            actions.push(Action::Look(LookAction::Cell(Some(next))));
            ui.memory_mut(|m| m.request_focus(id.with(next)));
        }
        if response.hovered() {
            hovered = Some(cell);
            paint::outline(ui, rect, theme::of(ui).muted, 1.5);
        }
        response.on_hover_text_at_pointer(model.sentence(cell));
    }
    hovered
}

fn one_widget(
    ui: &mut Ui,
    salt: &str,
    model: &Model,
    layout: &Layout,
    selected: Option<Cell>,
    actions: &mut Vec<Action>,
) -> Option<Cell> {
    let n = model.n_classes();
    let sense = if n < ZOOMED {
        Sense::click()
    } else {
        Sense::click_and_drag()
    };
    let response = ui.interact(layout.grid, id(ui, salt), sense);
    if n >= ZOOMED {
        zoom::follow(ui, salt, n, &response, layout);
    }
    if n_pixels(ui, layout) < NUMBERED {
        map::map(ui, salt, model, layout);
    } else {
        paint::cells(ui, model, layout);
    }
    // Read aloud again at every move, as its name has the selected cell in it.
    let name = match selected.filter(|c| c.0 < n && c.1 < n) {
        Some(cell) => format!("Confusion matrix, {}", model.name(cell)),
        None => format!("Confusion matrix of {n} classes, arrow keys choose a cell"),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    focus_ring(ui, &response);
    let hovered = response.hover_pos().and_then(|at| layout.cell_at(at));
    if response.clicked() {
        // A key presses it where no pointer is.
        let cell = if response.clicked_by(PointerButton::Primary) {
            hovered
        } else {
            selected
        };
        actions.extend(cell.map(|cell| Action::Images(ImagesAction::ShowCell(cell))));
        response.request_focus();
    }
    if let Some(next) = arrow(ui, &response, model, selected.unwrap_or((0, 0))) {
        actions.push(Action::Look(LookAction::Cell(Some(next))));
        zoom::show_cell(ui, salt, n, next);
    }
    if let Some(cell) = hovered {
        paint::outline(ui, layout.cell(cell), theme::of(ui).muted, 1.5);
        response.on_hover_text_at_pointer(model.sentence(cell));
    }
    hovered
}

/// The shorter side of a cell.
fn n_pixels(ui: &Ui, layout: &Layout) -> f32 {
    let cell = layout.cell(layout.corner()).size();
    cell.min_elem() * ui.pixels_per_point()
}

/// Where an arrow key leads from here. The keys are kept from moving the focus elsewhere.
fn arrow(ui: &Ui, response: &Response, model: &Model, (t, p): Cell) -> Option<Cell> {
    if !response.has_focus() {
        return None;
    }
    let filter = egui::EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..egui::EventFilter::default()
    };
    ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
    let last = model.n_classes() - 1;
    ui.input(|i| {
        if i.key_pressed(Key::ArrowUp) {
            Some((t.saturating_sub(1), p))
        } else if i.key_pressed(Key::ArrowDown) {
            Some(((t + 1).min(last), p))
        } else if i.key_pressed(Key::ArrowLeft) {
            Some((t, p.saturating_sub(1)))
        } else if i.key_pressed(Key::ArrowRight) {
            Some((t, (p + 1).min(last)))
        } else {
            None
        }
    })
    .filter(|&next| next != (t, p))
}

fn normalise_choice(ui: &mut Ui, now: Normalise, is_narrow: bool, actions: &mut Vec<Action>) {
    let mut next = now;
    let name = if is_narrow { now.short_name() } else { now.name() };
    let button = quiet_menu(ui, name, "Normalise the matrix");
    Popup::menu(&button).show(|ui| {
        for option in Normalise::ALL {
            ui.selectable_value(&mut next, option, option.name());
        }
    });
    if next != now {
        actions.push(Action::Window(WindowAction::SetNormalise(next)));
    }
}
