//! A run in the list: colour, name, figure, state. The dot shows and hides it; its menu does the rest.

use egui::{Align2, Id, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::{Action, AppState, Measure, RowId, RunState, RunView, RunsAction, sentence_case};
use crate::experiment::{Caution, Stop, backbone};
use crate::metrics::{Met, percent};
use crate::short_name::Shared;
use crate::ui::goal::sign;
use crate::ui::parts::names::{elided, fitted};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{ring, run_mark, star, three_dots};
use crate::ui::runs::keys::clicked;
use crate::ui::runs::menu::run_menu;
use crate::visible::{visible, visible_lines};

/// Where the row's menu is.
pub const MENU: f32 = 18.0;
/// How far the runs of a sweep stand in.
const INSIDE: f32 = 14.0;
/// Classes whose weights are listed one by one in the tooltip.
const MOST_WEIGHTS: usize = 12;

/// Where a row is drawn, and whether the keyboard is there.
#[derive(Clone, Copy)]
pub struct Place {
    pub rect: Rect,
    pub is_cursor: bool,
}

/// What is drawn of a run beside what is known of it.
#[derive(Clone, Copy)]
pub struct RunRow {
    pub run: usize,
    pub figure: Option<f64>,
    pub is_inside: bool,
    pub is_of_folder: bool,
    /// The keys ask for its menu.
    pub opens_menu: bool,
}

pub fn run_row(ui: &Ui, state: &AppState, place: Place, row: RunRow, actions: &mut Vec<Action>) {
    let Place { rect, is_cursor } = place;
    let index = row.run;
    let run = &state.runs.all[index];
    let id = row_id(ui, &RowId::Run(index));
    let response = ui.interact(rect, id, Sense::CLICK);
    let chosen = &state.runs.chosen.runs;
    let is_looked_at = state.looking.run == Some(index);
    let is_chosen = chosen.contains(&index);
    background(ui, rect, &response, is_chosen, is_looked_at, is_cursor);
    let measure = state.settings.list.by.measure();
    let figure = measure.in_words(row.figure);
    let selected = is_chosen || chosen.is_empty() && is_looked_at;
    let met = state.goal_of_run_now(index);
    let now = state.threshold_not_kept(index);
    response.widget_info(|| {
        WidgetInfo::selected(
            Role::TreeItem,
            true,
            selected,
            spoken(run, &measure, &figure, met, now.as_deref()),
        )
    });
    tree_item(ui, id, if row.is_inside { 2 } else { 1 }, selected);
    let inner = match row.is_inside {
        true => rect.with_min_x(rect.left() + INSIDE),
        false => rect,
    };
    shown_mark(ui, inner, index, run, actions);
    texts(ui, state, inner, row, &measure, &figure);

    let place = Rect::from_min_max(pos2(rect.right() - MENU, rect.top()), rect.max);
    let more = ui.interact(place, id.with("more"), Sense::CLICK);
    three_dots(ui, &more, &format!("More about run {} {}", run.label(), run.name));
    if row.opens_menu {
        egui::Popup::open_id(ui.ctx(), egui::Popup::default_response_id(&more));
    }
    egui::Popup::menu(&more).show(|ui| run_menu(ui, state, index, row.opens_menu, actions));
    if response.clicked() {
        actions.push(Action::Runs(RunsAction::List(clicked(ui, RowId::Run(index)))));
    }
    response.context_menu(|ui| run_menu(ui, state, index, false, actions));
    response.on_hover_text(tooltip(run, &state.cautions_heard(run), &measure, now.as_deref()));
}

/// By which the row is found, by screen readers among others.
pub fn row_id(ui: &Ui, row: &RowId) -> Id {
    match row {
        RowId::Run(run) => ui.scope_id().with(("run", run)),
        RowId::Sweep(sweep) => ui.scope_id().with(("sweep", sweep)),
    }
}

/// The ground of a row: raised where one looks, with a bar where it is chosen, with a ring where the keyboard is.
pub fn background(
    ui: &Ui,
    rect: Rect,
    response: &Response,
    is_chosen: bool,
    is_looked_at: bool,
    is_cursor: bool,
) {
    let theme = theme::of(ui);
    let inside = rect.shrink2(vec2(0.0, 1.0));
    if is_looked_at {
        ui.painter().rect_filled(inside, 4, theme.raised);
    } else if response.hovered() || is_chosen {
        ui.painter()
            .rect_filled(inside, 4, theme.raised.gamma_multiply(0.5));
    }
    if is_chosen {
        let bar = Rect::from_min_size(inside.min, vec2(3.0, inside.height()));
        ui.painter().rect_filled(bar, 1, theme.accent);
    }
    if is_cursor {
        let stroke = egui::Stroke::new(1.5, theme.accent);
        ui.painter()
            .rect_stroke(inside.shrink(0.5), 4, stroke, egui::StrokeKind::Inside);
    }
}

/// Tells screen readers that it is a row of a list whose rows may open.
pub fn tree_item(ui: &Ui, id: Id, level: usize, selected: bool) {
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_level(level);
        node.set_selected(selected);
    });
}

/// The row's name, as read aloud.
fn spoken(run: &RunView, measure: &Measure, figure: &str, met: Option<Met>, now: Option<&str>) -> String {
    let star = if run.tag.starred { ", starred" } else { "" };
    let kept = run.decision.as_ref();
    let threshold = kept.map_or_else(String::new, |d| format!(", {}", d.in_words()));
    let (label, state) = (run.label(), run.state().name());
    let measured = measure.in_a_sentence();
    let goal = met.map_or_else(String::new, |met| format!(", {}", sign::spoken(met)));
    let now = now.map_or_else(String::new, |now| format!(", {now}"));
    let labels = run
        .labels_in_words()
        .map_or_else(String::new, |labels| format!(", {labels}"));
    format!("Run {label}, {state}, {measured} {figure}{star}{threshold}{now}{goal}{labels}")
}

fn shown_mark(ui: &Ui, rect: Rect, index: usize, run: &RunView, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let size = vec2(24.0, rect.height() - 8.0);
    let mark = Rect::from_center_size(pos2(rect.left() + 13.0, rect.center().y), size);
    let shown = ui.interact(mark, ui.scope_id().with(("shown", index)), Sense::CLICK);
    match run.shown {
        true => run_mark(ui, mark.center(), run),
        false => ring(ui, mark.center(), theme.muted),
    }
    let verb = if run.shown { "Hide" } else { "Show" };
    let name = format!("{verb} run {} {}", run.label(), run.name);
    shown.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, run.shown, &name));
    if shown
        .on_hover_text(format!("{verb} in plot, comparison and prediction"))
        .clicked()
    {
        actions.push(Action::Runs(RunsAction::Show {
            runs: vec![index],
            shown: !run.shown,
        }));
    }
}

fn texts(ui: &Ui, state: &AppState, rect: Rect, row: RunRow, measure: &Measure, figure: &str) {
    let (run, today) = (&state.runs.all[row.run], state.runs.today);
    let theme = theme::of(ui);
    let painter = ui.painter();
    let top = rect.top() + 14.0;
    let left = rect.left() + 26.0;
    let right = rect.right() - MENU;
    let is_seen = run.shown && row.is_of_folder;
    let ink = if is_seen { theme.text } else { theme.muted };
    let figure = painter.text(
        pos2(right, top),
        Align2::RIGHT_CENTER,
        figure,
        theme::font(13.0),
        ink,
    );
    let mut label_right = figure.left();
    if let Some(met) = state.goal_of_run_now(row.run) {
        label_right -= sign::SIGN + 6.0;
        sign::sign(painter, pos2(label_right + 4.0, top), met, sign::ink(met, theme));
    }
    let mut label_left = left;
    if run.tag.starred {
        star(ui, pos2(left + 5.0, top - 0.5), ink);
        label_left += 16.0;
    }
    // What tells weightings apart stands at the end.
    let width = label_right - label_left - 8.0;
    let label = fitted(
        ui,
        &run.label(),
        Shared::default(),
        theme::strong_font(13.0),
        width,
        ink,
    );
    painter.galley(pos2(label_left, top - label.size().y / 2.0), label, ink);

    let now = state.threshold_not_kept(row.run);
    state_and_summary(ui, rect, run, (measure, now.as_deref()), today);
}

/// The lower line: what was trained, and how far it came or when.
fn state_and_summary(
    ui: &Ui,
    rect: Rect,
    run: &RunView,
    (measure, now): (&Measure, Option<&str>),
    today: jiff::civil::Date,
) {
    let theme = theme::of(ui);
    let painter = ui.painter();
    let (left, right) = (rect.left() + 26.0, rect.right() - MENU);
    let bottom = rect.bottom() - 13.0;
    let state = run.state();
    let (word, colour) = match state {
        RunState::Finished => (run.began(today), theme.muted),
        RunState::Training => (state.name().to_owned(), theme.accent),
        RunState::Failed => (state.name().to_owned(), theme.error),
        RunState::Stopped | RunState::Unfinished => (state.name().to_owned(), theme.muted),
    };
    let word = painter.text(
        pos2(right, bottom),
        Align2::RIGHT_CENTER,
        word,
        theme::font(11.5),
        colour,
    );
    let line = elided(
        ui,
        &second_line(run, measure, now),
        theme::font(11.5),
        word.left() - left - 6.0,
        theme.muted,
    );
    painter.galley(pos2(left, bottom - line.size().y / 2.0), line, theme.muted);
}

/// The note where there is one, else what was trained; before it the warnings that the run carries, the weights that a name
/// stands for, the threshold (the one that it is looked at by, to which its sign belongs, else the one that was kept), and what
/// was decided about its labels.
fn second_line(run: &RunView, measure: &Measure, now: Option<&str>) -> String {
    let note = run.tag.note.lines().next().unwrap_or_default().trim();
    let rest = match note {
        "" => summary(run),
        note => visible(note).into_owned(),
    };
    let kept = run.decision.as_ref();
    let without = if is_without_threshold(run, measure) {
        ", its figure without that"
    } else {
        ""
    };
    let threshold = kept.map(|d| format!("{} ≥ {:.3}{without}", visible(&d.class), d.threshold));
    let weights = (!run.tag.name.trim().is_empty()).then(|| run.weights());
    let warnings = match run.record.warnings.len() {
        0 => None,
        1 => Some("1 warning".to_owned()),
        n => Some(format!("{n} warnings")),
    };
    let threshold = now.map(str::to_owned).or(threshold);
    let parts = [
        warnings,
        weights,
        run.config.folds_in_words(),
        threshold,
        run.labels_in_words(),
        Some(rest),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Whether the figure beside a run that has a threshold of its own is the one without it.
fn is_without_threshold(run: &RunView, measure: &Measure) -> bool {
    !measure.is_leading() || run.figure_of_threshold().is_none()
}

/// Such as `ResNet-18, 2 epochs`.
fn summary(run: &RunView) -> String {
    let title = backbone(&run.config.arch).map_or(run.config.arch.as_str(), |b| b.title);
    let plural = if run.config.epochs == 1 { "epoch" } else { "epochs" };
    let trained = run.epochs_in_words();
    match run.config.stop {
        Stop::Converged => format!("{title}, {trained}"),
        Stop::Epochs => format!("{title}, {trained} {plural}"),
    }
}

/// Each class with its weight. Of many classes the heaviest and the lightest: all of them would fill the screen.
fn weights_in_words(classes: &[String], weights: &[f64]) -> String {
    let mut of_class: Vec<(&String, f64)> = classes.iter().zip(weights.iter().copied()).collect();
    let told = |of_class: &[(&String, f64)]| {
        let of_class = of_class
            .iter()
            .map(|(class, weight)| format!("{} {weight:.3}", visible(class)));
        of_class.collect::<Vec<_>>().join(", ")
    };
    if of_class.len() <= MOST_WEIGHTS {
        return told(&of_class);
    }
    of_class.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (heaviest, lightest) = (of_class[0].1, of_class[of_class.len() - 1].1);
    let n = of_class.len();
    if heaviest <= lightest {
        return format!("{n} classes, each {heaviest:.3}");
    }
    let ends = MOST_WEIGHTS / 3;
    format!(
        "{}, …, {} ({n} classes)",
        told(&of_class[..ends]),
        told(&of_class[n - ends..])
    )
}

fn tooltip(run: &RunView, cautions: &[&Caution], measure: &Measure, now: Option<&str>) -> String {
    let config = &run.config;
    let mut lines = vec![
        run.name.clone(),
        format!(
            "{}, {} px, {}, lr {}, batch {}",
            config.arch, config.image_size, config.optimizer, config.lr, config.batch
        ),
    ];
    if !run.tag.note.trim().is_empty() {
        lines.insert(0, visible_lines(run.tag.note.trim()).into_owned());
    }
    if let Some(started) = &run.record.started {
        lines.push(weights_in_words(&started.classes, &started.class_weights));
        lines.push(format!("{}, {}", started.device, started.precision));
    }
    lines.extend(run.labels_in_words().map(|labels| sentence_case(&labels)));
    let folds = run.config.folds_in_words();
    lines.extend(
        folds.map(|folds| format!("{folds}: each training image is judged by a head that did not learn it")),
    );
    if let Some(d) = &run.decision {
        let (rule, why) = (d.in_words(), &d.chosen_for);
        let figure = match is_without_threshold(run, measure) {
            false => format!(
                "; the figure beside its name is with that, without it {}",
                percent(run.balanced_accuracy(), 1)
            ),
            true => "; the figure beside its name is without that".into(),
        };
        lines.push(format!("It {rule} ({}){figure}", visible(why)));
    }
    if let Some(now) = now {
        lines.push(format!(
            "{}: what is said of the goal is with that threshold, the figure beside its name without it",
            sentence_case(now)
        ));
    }
    if let Some(crate::experiment::Outcome::Failed(reason)) = &run.record.outcome {
        lines.push(format!("Failed: {}", visible_lines(reason)));
    }
    lines.extend(cautions.iter().map(|c| visible_lines(&c.in_words()).into_owned()));
    lines.extend(
        run.record
            .warnings
            .iter()
            .map(|line| visible_lines(line).into_owned()),
    );
    lines.join("\n")
}
