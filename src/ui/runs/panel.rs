//! All runs, newest first: colour, name, key figure, state. A click selects; the dot shows and hides; the row's menu
//! does the rest.

use egui::{Align2, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::{
    Action, AppState, LookAction, Looking, RunState, RunView, Runs, RunsAction, Showing, WindowAction,
    Windows,
};
use crate::experiment::{Stop, backbone};
use crate::metrics::{Met, percent};
use crate::ui::goal::sign as goal_sign;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{
    fine_print, focus_ring, heading_row, quiet_toggle, ring, run_mark, star, three_dots,
};
use crate::ui::runs::menu::run_menu;
use crate::ui::runs::places::places_menu;
use crate::visible::{visible, visible_lines, visible_name};

const ROW: f32 = 44.0;
/// Where the row's menu is.
const MENU: f32 = 18.0;
/// Classes whose weights are listed one by one in the tooltip.
const MOST_WEIGHTS: usize = 12;

pub fn runs_panel(ui: &mut Ui, state: &AppState, height: f32, actions: &mut Vec<Action>) {
    heading_row(ui, "Runs", |ui| {
        places_menu(ui, state, actions);
        heading_controls(ui, &state.runs, &state.windows, actions)
    });
    let order = state.runs.listed();
    if order.is_empty() {
        let text = match state.runs.only_starred {
            true => "No run has a star; its menu gives it one",
            false => "Every training is kept here, in its own folder",
        };
        let theme = theme::of(ui);
        ui.label(theme::small(text).color(theme.muted));
        return;
    }
    // With room of its own: a bar that widens over the rows would cover their menus.
    ui.spacing_mut().scroll = egui::style::ScrollStyle::solid();
    let into_sight = newly_chosen(ui, &state.looking, &order);
    // Of the list itself as well: it counts with a row and the space under it.
    let spacing = std::mem::take(&mut ui.spacing_mut().item_spacing.y);
    ScrollArea::vertical()
        .id_salt("runs")
        .max_height(height)
        .auto_shrink([false, true])
        .show_rows(ui, ROW, order.len(), |ui, rows| {
            if let Some(row) = into_sight {
                let down = (row as f32 - rows.start as f32) * ROW;
                let place = ui.cursor().min + vec2(0.0, down);
                ui.scroll_to_rect(egui::Rect::from_min_size(place, vec2(1.0, ROW)), None);
            }
            for &run in &order[rows] {
                run_row(ui, state, run, actions);
            }
        });
    ui.spacing_mut().item_spacing.y = spacing;
    ui.add_space(spacing);
    fine_print(ui, "Balanced accuracy on validation", theme::of(ui));
}

/// The row of the chosen run, where another was chosen before: it may have been by a key, by a dot or by a drop, and far
/// out of sight.
fn newly_chosen(ui: &Ui, looking: &Looking, order: &[usize]) -> Option<usize> {
    let id = ui.scope_id().with("chosen run");
    let before: Option<usize> = ui.data(|data| data.get_temp(id)).flatten();
    if before == looking.run {
        return None;
    }
    ui.data_mut(|data| data.insert_temp(id, looking.run));
    order.iter().position(|&run| Some(run) == looking.run)
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
    let any_starred = runs.all.iter().any(|r| r.tag.starred && !r.deleted);
    if any_starred || runs.only_starred {
        let toggle = quiet_toggle(ui, "Starred", "Only starred runs", runs.only_starred);
        if toggle.on_hover_text("List only the starred runs").clicked() {
            actions.push(Action::Runs(RunsAction::ShowOnlyStarred(!runs.only_starred)));
        }
    }
}

fn run_row(ui: &mut Ui, state: &AppState, index: usize, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let run = &state.runs.all[index];
    let selected = state.looking.run == Some(index);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let inside = rect.shrink2(vec2(0.0, 1.0));
    if selected {
        ui.painter().rect_filled(inside, 4, theme.raised);
    } else if response.hovered() {
        ui.painter()
            .rect_filled(inside, 4, theme.raised.gamma_multiply(0.5));
    }
    focus_ring(ui, &response);
    let figure = percent(run.figure(), 1);
    let met = state.goal_of_run(index);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, spoken(run, &figure, met)));
    shown_mark(ui, rect, index, run, actions);
    let folder = (!state.is_of_folder(index)).then(|| visible_name(&run.config.data));
    texts(ui, rect, run, &figure, state.runs.today, folder.as_deref(), met);

    let place = egui::Rect::from_min_max(pos2(rect.right() - MENU, rect.top()), rect.max);
    let more = ui.interact(place, ui.scope_id().with(("more", index)), Sense::click());
    three_dots(ui, &more, &format!("More about run {} {}", run.label(), run.name));
    egui::Popup::menu(&more).show(|ui| run_menu(ui, &state.runs, index, actions));
    if response.clicked() {
        actions.push(Action::Look(LookAction::Run(index)));
    }
    response.context_menu(|ui| run_menu(ui, &state.runs, index, actions));
    response.on_hover_text(tooltip(run));
}

/// The row's name, as read aloud.
fn spoken(run: &RunView, figure: &str, met: Option<Met>) -> String {
    let star = if run.tag.starred { ", starred" } else { "" };
    let kept = run.decision.as_ref();
    let threshold = kept.map_or_else(String::new, |d| format!(", {}", d.in_words()));
    let goal = met.map_or_else(String::new, |met| format!(", {}", goal_sign::spoken(met)));
    format!(
        "Run {}, {}, balanced accuracy {figure}{star}{threshold}{goal}",
        run.label(),
        run.state().name()
    )
}

fn shown_mark(ui: &mut Ui, rect: egui::Rect, index: usize, run: &RunView, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let mark = egui::Rect::from_center_size(pos2(rect.left() + 13.0, rect.center().y), vec2(24.0, ROW - 8.0));
    let shown = ui.interact(mark, ui.scope_id().with(("shown", index)), Sense::click());
    match run.shown {
        true => run_mark(ui, mark.center(), run),
        false => ring(ui, mark.center(), theme.muted),
    }
    focus_ring(ui, &shown);
    let verb = if run.shown { "Hide" } else { "Show" };
    let name = format!("{verb} run {} {}", run.label(), run.name);
    shown.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, run.shown, &name));
    if shown
        .on_hover_text(format!("{verb} in plot, comparison and prediction"))
        .clicked()
    {
        actions.push(Action::Runs(RunsAction::Show {
            run: index,
            shown: !run.shown,
        }));
    }
}

/// `folder` is where a run of other classes was trained.
fn texts(
    ui: &Ui,
    rect: egui::Rect,
    run: &RunView,
    figure: &str,
    today: jiff::civil::Date,
    folder: Option<&str>,
    met: Option<Met>,
) {
    let theme = theme::of(ui);
    let painter = ui.painter();
    let (top, bottom) = (rect.top() + 14.0, rect.bottom() - 13.0);
    let left = rect.left() + 26.0;
    let right = rect.right() - MENU;
    let is_seen = run.shown && folder.is_none();
    let ink = if is_seen { theme.text } else { theme.muted };
    let figure = painter.text(
        pos2(right, top),
        Align2::RIGHT_CENTER,
        figure,
        theme::font(13.0),
        ink,
    );
    let mut label_right = figure.left();
    if let Some(met) = met {
        label_right -= goal_sign::SIGN + 6.0;
        let ink = goal_sign::ink(met, theme);
        goal_sign::sign(painter, pos2(label_right + 4.0, top), met, ink);
    }
    let mut label_left = left;
    if run.tag.starred {
        star(ui, pos2(left + 5.0, top - 0.5), ink);
        label_left += 16.0;
    }
    let label = fitted(
        ui,
        &run.label(),
        theme::strong_font(13.0),
        label_right - label_left - 8.0,
        ink,
    );
    painter.galley(pos2(label_left, top - label.size().y / 2.0), label, ink);

    let state = run.state();
    let (word, colour) = match state {
        RunState::Finished => (run.began(today), theme.muted),
        RunState::Training => (state.name().to_owned(), theme.accent),
        RunState::Failed => (state.name().to_owned(), theme.warning),
        RunState::Stopped | RunState::Unfinished => (state.name().to_owned(), theme.muted),
    };
    let word = painter.text(
        pos2(right, bottom),
        Align2::RIGHT_CENTER,
        word,
        theme::font(11.5),
        colour,
    );
    let line = fitted(
        ui,
        &second_line(run, folder),
        theme::font(11.5),
        word.left() - left - 6.0,
        theme.muted,
    );
    painter.galley(pos2(left, bottom - line.size().y / 2.0), line, theme.muted);
}

fn fitted(
    ui: &Ui,
    text: &str,
    font: egui::FontId,
    width: f32,
    ink: egui::Color32,
) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(10.0));
    ui.painter().layout_job(job)
}

/// The note where there is one, else what was trained; before it another folder's name, the warnings that the run carries,
/// the weights that a name stands for, and the threshold that was kept.
fn second_line(run: &RunView, folder: Option<&str>) -> String {
    let note = run.tag.note.lines().next().unwrap_or_default().trim();
    let rest = match note {
        "" => summary(run),
        note => visible(note).into_owned(),
    };
    let kept = run.decision.as_ref();
    let without = if run.figure_of_threshold().is_none() {
        ", its figure without that"
    } else {
        ""
    };
    let threshold = kept.map(|d| format!("{} ≥ {:.3}{without}", visible(&d.class), d.threshold));
    let weights = (!run.tag.name.trim().is_empty()).then(|| run.weights());
    let folder = folder.map(|name| format!("of {name}"));
    let warnings = match run.record.warnings.len() {
        0 => None,
        1 => Some("1 warning".to_owned()),
        n => Some(format!("{n} warnings")),
    };
    let parts = [folder, warnings, weights, threshold, Some(rest)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
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

fn tooltip(run: &RunView) -> String {
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
    if let Some(d) = &run.decision {
        let (rule, why) = (d.in_words(), &d.chosen_for);
        let figure = match run.figure_of_threshold() {
            Some(_) => format!(
                "; the figure beside its name is with that, without it {}",
                percent(run.balanced_accuracy(), 1)
            ),
            None => "; the figure beside its name is without that".into(),
        };
        lines.push(format!("It {rule} ({}){figure}", visible(why)));
    }
    if let Some(crate::experiment::Outcome::Failed(reason)) = &run.record.outcome {
        lines.push(format!("Failed: {}", visible_lines(reason)));
    }
    lines.extend(
        run.record
            .warnings
            .iter()
            .map(|line| visible_lines(line).into_owned()),
    );
    lines.join("\n")
}
