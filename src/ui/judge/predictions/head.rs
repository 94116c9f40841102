//! What stands over the table of predictions: whose they are, how many of what, how far they are, and which are listed.

use egui::{Align, Button, ComboBox, Layout, Role, TextEdit, Ui, vec2};

use crate::app::{Action, AppState, Counts, GoalAction, JudgeAction, Listing, Only, Showing, WindowAction};
use crate::metrics::{percent, thousands};
use crate::ui::judge::shown::switch;
use crate::ui::parts::keyboard::drop_down::drop_down;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::{bar, duration, fine_print, heading_row, named, quiet_button, quiet_toggle};
use crate::visible::{visible, visible_name, visible_path};

/// Classes that are counted by name over the table.
const NAMED: usize = 3;
/// A share whose interval is wider is not worth naming.
const WIDEST: f64 = 0.3;
const SEARCH_WIDTH: f32 = 130.0;
const FILTER_WIDTH: f32 = 170.0;

pub fn heading(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let sources = &state.judge.table.sources;
    let title = match sources.as_slice() {
        [] => "Predictions".to_owned(),
        [one] => format!("Predictions · {}", visible_name(one)),
        many => format!("Predictions · {} files and folders", thousands(many.len() as u64)),
    };
    heading_row(ui, &title, |ui| {
        if !state.judge.table.is_empty() {
            let first = state.table_judges().first().copied();
            if first.is_some_and(|run| state.run_has_weights(run)) {
                switch(ui, state, actions);
            }
            of_table(ui, state, actions);
        }
        if quiet_button(ui, "Close", "Close the predictions").clicked() {
            actions.push(Action::Window(WindowAction::Show(Showing::OneRun)));
        }
    });
}

/// What can be done with the images that are listed.
fn of_table(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let watches = state.is_watching_images();
    let text = if watches { "Watching" } else { "Watch" };
    let watch = quiet_toggle(ui, text, "Watch this folder", watches);
    let sources = &state.judge.table.sources;
    let paths: Vec<String> = sources.iter().take(8).map(|path| visible_path(path)).collect();
    let tip = format!(
        "New and changed images in here are predicted as they come:\n{}",
        paths.join("\n")
    );
    if watch.on_hover_text(tip).clicked() {
        actions.push(Action::Judge(JudgeAction::Watch(!watches)));
    }
    if state.table_judges().is_empty() {
        return;
    }
    let save = quiet_button(ui, "Save as CSV…", "Save the predictions as CSV…");
    let tip = "All rows, listed or not: path, class, each class's probability as it is shown, why an image could not be read, by which run and \
               threshold, and each class's raw score";
    if save.on_hover_text(tip).clicked() {
        actions.push(Action::Judge(JudgeAction::SavePredictions));
    }
}

/// The lines between the heading and the table.
pub fn lines(ui: &mut Ui, state: &AppState, counts: &Counts, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 4.0;
    let theme = theme::of(ui);
    let said = in_a_sentence(state, counts);
    ui.add(egui::Label::new(&said).truncate()).on_hover_text(&said);
    if let Some(reason) = whose(state) {
        ui.add(egui::Label::new(theme::small(reason).color(theme.warning)).wrap());
    }
    how_common(ui, state, counts, actions);
    let mix = state
        .table_judges()
        .first()
        .and_then(|&run| state.new_mix_in_words(run));
    if let Some(mix) = mix {
        ui.label(theme::small(mix).color(theme.muted));
    }
    left_out(ui, state, theme, actions);
    looking_for_others(ui, state, theme);
    offer_to_evaluate(ui, state, actions);
    progress(ui, state, theme, actions);
    ui.horizontal(|ui| filters(ui, state, counts, actions));
}

/// Such as `REAL 37 of 400, FAKE 361, 2 could not be read`.
fn in_a_sentence(state: &AppState, counts: &Counts) -> String {
    let classes = state
        .table_judges()
        .first()
        .map_or(&[][..], |&run| state.runs.all[run].classes());
    let mut order: Vec<usize> = (0..classes.len()).filter(|&c| counts.classes[c] > 0).collect();
    // Of two classes the one that is looked for, else the most frequent first.
    match classes.len() {
        2 => order.sort_by_key(|&c| c != state.weighed_class()),
        _ => order.sort_by_key(|&c| std::cmp::Reverse(counts.classes[c])),
    }
    let mut parts: Vec<String> = order
        .iter()
        .take(NAMED)
        .map(|&c| format!("{} {}", visible(&classes[c]), thousands(counts.classes[c] as u64)))
        .collect();
    match parts.first_mut() {
        Some(first) => *first += &format!(" of {}", thousands(counts.n as u64)),
        None => parts.push(format!("{} images", thousands(counts.n as u64))),
    }
    let rest = order.get(NAMED..).unwrap_or_default();
    if !rest.is_empty() {
        let n: usize = rest.iter().map(|&c| counts.classes[c]).sum();
        let others = if rest.len() == 1 {
            "1 other class".to_owned()
        } else {
            format!("{} other classes", rest.len())
        };
        parts.push(format!("{others} {}", thousands(n as u64)));
    }
    for (n, what) in [
        (counts.unreadable, "could not be read"),
        (counts.waiting, "not predicted yet"),
    ] {
        if n > 0 {
            parts.push(format!("{} {what}", thousands(n as u64)));
        }
    }
    format!("{}{}", parts.join(", "), by_whom(state))
}

/// How many of them there probably are, which is not how many are predicted; and to take that for how common they are.
fn how_common(ui: &mut Ui, state: &AppState, counts: &Counts, actions: &mut Vec<Action>) {
    let Some((class, estimate)) = state.share_among_new(counts) else {
        return;
    };
    let [share, low, high] =
        [estimate.share, estimate.interval.low, estimate.interval.high].map(|share| percent(Some(share), 1));
    let name = visible(&class);
    let is_known = estimate.interval.high - estimate.interval.low <= WIDEST;
    let said = match is_known {
        true => format!(
            "Among them are probably {share} {name} ({low} to {high}), counting how often it is predicted wrongly"
        ),
        false => {
            format!("How many of them are {name} cannot be told from these: anything from {low} to {high}")
        }
    };
    ui.horizontal_wrapped(|ui| {
        let label = ui.add(egui::Label::new(theme::small(&said)).wrap());
        label.on_hover_text(format!(
            "From how many are predicted {name}, how many of the validation images of it are found, and how many others are \
             predicted it there. It takes for granted that these images look like those"
        ));
        let is_share = is_known && estimate.share > 0.0 && estimate.share < 1.0;
        let text = "Take it for how common it is";
        if is_share && quiet_button(ui, text, text).clicked() {
            let mut stakes = state.stakes().clone();
            stakes.common = Some((class.clone(), estimate.share));
            actions.push(Action::Goal(GoalAction::SetStakes(stakes)));
        }
    });
}

/// Such as `, by 1 : 8 (REAL from 0.300 on)`.
fn by_whom(state: &AppState) -> String {
    let Some(&run) = state.table_judges().first() else {
        return String::new();
    };
    let view = &state.runs.all[run];
    let (rule, shown) = (state.rule_of(run), state.shown_rule_of(run));
    let rule = rule.or(shown).and_then(|decides| {
        let class = visible(view.classes().get(decides.class_idx)?);
        Some(match (rule, shown) {
            (Some(rule), None) => format!(" ({class} from a score of {:.3})", rule.at),
            (_, shown) => format!(" ({class} from a probability of {:.3})", shown?.at),
        })
    });
    format!(", by {}{}", view.label(), rule.unwrap_or_default())
}

/// Why the predictions are not the chosen run's, or not of all that are shown.
fn whose(state: &AppState) -> Option<String> {
    let chosen = state.chosen_cannot_predict();
    let judges = state.table_judges();
    let Some(&first) = judges.first() else {
        return Some(match chosen {
            Some(reason) => format!("{reason}, so that nothing is predicted; choose a run that has ended"),
            None => "There is no run to predict with: train one, or choose one".into(),
        });
    };
    let view = &state.runs.all[first];
    if let Some(problem) = state.judge.table.problem(first) {
        return Some(format!(
            "{} could not be asked: {}",
            view.label(),
            visible(problem)
        ));
    }
    chosen.map(|reason| format!("{reason}; {} predicts in its place", view.label()))
}

/// With many images, not every shown run is asked at once.
fn left_out(ui: &mut Ui, state: &AppState, theme: &Theme, actions: &mut Vec<Action>) {
    let (n, n_judges) = (state.n_judges_left_out(), state.table_judges().len());
    if n == 0 || n_judges == 0 {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let text = format!(
            "Of the other shown runs the newest {} are asked, as there are many images",
            n_judges - 1
        );
        ui.label(theme::small(text).color(theme.warning));
        let others = match n {
            1 => "Ask the other one, too".to_owned(),
            n => format!("Ask the other {}, too", thousands(n as u64)),
        };
        if ui
            .button(others)
            .on_hover_text("One run after the other; the chosen one goes first")
            .clicked()
        {
            actions.push(Action::Judge(JudgeAction::AskAllRuns));
        }
    });
}

/// What is listed stays until what was opened is found.
fn looking_for_others(ui: &mut Ui, state: &AppState, theme: &Theme) {
    if let Some(job) = state.looking_for_images() {
        let n_found = job.progress.map_or(0, |progress| progress.done);
        let text = format!("Looking for other images… {} found", thousands(n_found));
        ui.label(theme::small(text).color(theme.accent));
    }
}

fn offer_to_evaluate(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let Some((dir, n_folders)) = state.class_folders().filter(|_| state.judge.evaluation.is_none()) else {
        return;
    };
    let data = dir.into();
    let Some(&run) = state.table_judges().first() else {
        return;
    };
    ui.horizontal(|ui| {
        let button = ui.button("Evaluate them");
        let tip = "How often the run is right about them; what it was trained on is left out";
        if button.on_hover_text(tip).clicked() {
            actions.push(Action::Judge(JudgeAction::EvaluateFolder { run, data }));
        }
        let text = format!("These {n_folders} folders are named like the classes");
        ui.add(egui::Label::new(text).truncate());
    });
}

/// How far the predictions are, while they are under way or were stopped.
fn progress(ui: &mut Ui, state: &AppState, theme: &Theme, actions: &mut Vec<Action>) {
    let job = state.predicting();
    let table = &state.judge.table;
    let judges = state.table_judges();
    let unfinished = judges.iter().find(|&&run| {
        let (n_done, n) = table.n_done(run);
        n_done < n
    });
    let Some(&run) = unfinished else { return };
    let (n_done, n) = table.n_done(run);
    let far = format!("{} of {}", thousands(n_done as u64), thousands(n as u64));
    ui.horizontal(|ui| {
        if job.is_none() {
            if ui
                .button("Go on")
                .on_hover_text("Predict the others, too")
                .clicked()
            {
                actions.push(Action::Judge(JudgeAction::GoOn));
            }
            fine_print(
                ui,
                &format!("{far} predicted by {}", state.runs.all[run].label()),
                theme,
            );
            return;
        }
        if ui
            .button("Stop")
            .on_hover_text("What is predicted stays")
            .clicked()
        {
            actions.push(Action::Judge(JudgeAction::StopPredicting));
        }
        let share = n_done as f32 / n.max(1) as f32;
        let drawn = bar(ui, 120.0, share, theme.accent);
        let name = format!("Predicted {}", percent(Some(f64::from(share)), 0));
        drawn.widget_info(|| egui::WidgetInfo::labeled(Role::ProgressIndicator, true, &name));
        let per_sec = job.and_then(|job| job.progress).map_or(0.0, |p| p.per_sec);
        let mut text = format!("predicting {far} by {}", state.runs.all[run].label());
        if per_sec > 0.0 {
            let left = (n - n_done) as f64 / per_sec;
            text += &format!(
                ", {} images/s, {} left",
                thousands(per_sec.round() as u64),
                duration(left)
            );
        }
        fine_print(ui, &text, theme);
    });
}

fn filters(ui: &mut Ui, state: &AppState, counts: &Counts, actions: &mut Vec<Action>) {
    let mut listing = state.judge.listing.clone();
    let edit = TextEdit::singleline(&mut listing.search).hint_text("Search file names");
    let search = ui.add_sized(
        [SEARCH_WIDTH, theme::FIELD_HEIGHT],
        edit.desired_width(f32::INFINITY),
    );
    named(&search, Role::TextInput, "Search file names");
    let choices = choices(state, counts);
    let shown = choices.iter().find(|(only, _)| *only == listing.only);
    let combo = ComboBox::from_id_salt("listed images")
        .width(FILTER_WIDTH)
        .truncate()
        .selected_text(shown.map_or("", |(_, text)| text));
    let combo = drop_down(ui, combo, |ui| {
        for (only, text) in &choices {
            ui.selectable_value(&mut listing.only, *only, text);
        }
    });
    named(&combo, Role::ComboBox, "Listed images");
    let n_listed = state.listed_images().rows.len();
    if n_listed < counts.n {
        let layout = Layout::left_to_right(Align::Center);
        ui.allocate_ui_with_layout(vec2(ui.available_width(), theme::FIELD_HEIGHT), layout, |ui| {
            let all = ui.add(Button::new("Show all"));
            if all.on_hover_text("List every image again").clicked() {
                listing = Listing {
                    only: Only::All,
                    search: String::new(),
                    ..listing.clone()
                };
            }
            let text = format!("{} listed", thousands(n_listed as u64));
            fine_print(ui, &text, theme::of(ui));
        });
    }
    if listing != state.judge.listing {
        actions.push(Action::Judge(JudgeAction::SetListing(listing)));
    }
}

/// What can be listed, each with how many there are.
fn choices(state: &AppState, counts: &Counts) -> Vec<(Only, String)> {
    let with = |what: &str, n: usize| format!("{what}: {}", thousands(n as u64));
    let judges = state.table_judges();
    let mut choices = vec![(Only::All, with("All images", counts.n))];
    if judges.len() > 1 {
        choices.push((Only::Disagree, with("Runs disagree", counts.disagree)));
    }
    choices.push((Only::Unreadable, with("Could not be read", counts.unreadable)));
    if counts.waiting > 0 || state.judge.listing.only == Only::Waiting {
        choices.push((Only::Waiting, with("Not predicted yet", counts.waiting)));
    }
    let classes = judges
        .first()
        .map_or(&[][..], |&run| state.runs.all[run].classes());
    for (class_idx, (class, &n)) in classes.iter().zip(&counts.classes).enumerate() {
        choices.push((Only::Class(class_idx), with(&visible(class), n)));
    }
    choices
}
