//! The bar over the tiles: the goal in words with its numbers, whether what is looked at meets it, and the search for the
//! best. While there is no goal, a button to set one.

use egui::{Button, Id, Label, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::editor::{bound_field, editor, first_goal, words};
use super::sign::{SIGN, ink, sign};
use crate::app::{Action, AppState, FitAction, GoalAction, Standing, figure_in_words, rate_in_words};
use crate::experiment::{Goal, Part, SplitMethod};
use crate::metrics::{Figure, Met, Rate, met, plain};
use crate::short_name::{Shared, shortened};
use crate::ui::parts::form_popup::FormPopup;
use crate::ui::parts::numbers::range_message;
use crate::ui::parts::room;
use crate::ui::parts::theme::{self, GAP};
use crate::ui::parts::two_ended::two_ended;
use crate::ui::parts::widgets::{named, small_width};
use crate::visible::visible;

const HEIGHT: f32 = 24.0;
/// What a number takes of the row, about.
const FIELD: f32 = 56.0;
/// What the button before the goal's words takes.
const BUTTON: f32 = 66.0;
/// Of the button that offers a sweep.
const OFFER: f32 = 132.0;
/// Lines of what was found, in a low window and in others; the rest is in the tooltip.
const MOST_LINES: [usize; 2] = [2, 3];

/// The bar, with the form that its button opens.
#[derive(Default)]
pub struct GoalBar {
    form: FormPopup,
}

impl GoalBar {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(goal) = state.goal() else { return };
        let width = ui.available_width();
        let mut changes = Vec::new();
        let words = |ui: &mut Ui| {
            ui.spacing_mut().interact_size.y = 22.0;
            self.in_words(ui, state, goal, &mut changes);
        };
        two_ended(ui, "goal", HEIGHT, words, |ui| {
            ui.spacing_mut().interact_size.y = 22.0;
            let padding = 2.0 * ui.spacing().button_padding.x + GAP;
            let find_width = small_width(ui, find_text(state)) + padding;
            verdicts(ui, state, goal, width - find_width);
            find(ui, state, actions);
        });
        actions.extend(changes);
        range_message(ui, super::editor::ROW);
        found(ui, state, actions);
        ui.add_space(2.0);
    }

    /// The goal, as much of it as there is room for, with its numbers to be changed where they stand.
    fn in_words(&mut self, ui: &mut Ui, state: &AppState, goal: &Goal, actions: &mut Vec<Action>) {
        let classes = state.dataset.classes();
        let whole = goal.in_words(classes);
        // Laid out from the left, unlike in a heading.
        let button = ui.add(Button::new(theme::small("Goal…")).min_size(vec2(0.0, 22.0)));
        named(&button, Role::Button, "Change the goal");
        let button = button.on_hover_text(format!("{whole}.\nClick to change it or to remove it"));
        editor(&mut self.form, &button, state, goal, actions);
        if goal.class_idx(classes).is_none() {
            let text = format!("about {}, which this folder does not have", visible(&goal.class));
            let text = theme::small(text).color(theme::of(ui).warning);
            ui.add(Label::new(text).truncate());
            return;
        }
        let mut edited = goal.clone();
        for (figure, bound) in goal.bounds.set_ones() {
            let [before, after] = words(figure, goal, classes);
            let has_room = |text: f32| ui.available_width() >= text + FIELD + 3.0 * GAP;
            let (before, after) = match has_room(small_width(ui, &before) + small_width(ui, &after)) {
                true => (before, after),
                false => {
                    let fits = |class: &str| has_room(small_width(ui, &short(figure, class)));
                    let class = shortened(&visible(&goal.class), Shared::default(), fits);
                    (short(figure, &class), String::new())
                }
            };
            let own = UiBuilder::new().scope_id(Id::unique(("goal in words", figure)));
            ui.scope_builder(own, |ui| {
                ui.label(theme::small(before));
                bound_field(ui, &mut edited, figure, bound);
                if !after.is_empty() {
                    ui.label(theme::small(after));
                }
            });
        }
        let aim = match goal.bounds.set_ones().next() {
            Some(_) => format!("with {}", goal.aim_in_words()),
            None => goal.aim_in_words(),
        };
        if ui.available_width() > small_width(ui, &aim) {
            let text = theme::small(aim).color(theme::of(ui).muted);
            ui.label(text).on_hover_text(whole);
        }
        if edited != *goal {
            actions.push(Action::Goal(GoalAction::Set(Some(edited))));
        }
    }
}

/// Where there is no goal yet: a button in the window's own bar, so that it takes nothing from the tiles.
pub fn offer(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    if state.dataset.view.is_none() || state.goal().is_some() {
        return;
    }
    ui.add_space(GAP);
    let button = ui.add(Button::new("Set a goal…").min_size(vec2(0.0, HEIGHT)));
    named(&button, Role::Button, "Set a goal");
    let tip = "Say what the classifier is wanted for, such as to find at least 75 % of a class: every run then shows whether \
               it surely, perhaps or not meets it, and the best weighting and threshold are found for you";
    if button.on_hover_text(tip).clicked()
        && let Some(goal) = first_goal(state)
    {
        actions.push(Action::Goal(GoalAction::Set(Some(goal))));
    }
}

/// Before its number, where there is little room.
fn short(figure: Figure, class: &str) -> String {
    match figure {
        Figure::Recall => format!("{class} found ≥"),
        Figure::FalsePositives => "false positives ≤".into(),
        Figure::Precision => "precision ≥".into(),
    }
}

fn find_text(state: &AppState) -> &'static str {
    match state.is_searching() {
        true => "Searching…",
        false => "Find the best",
    }
}

fn find(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let button = Button::new(theme::small(find_text(state))).min_size(vec2(0.0, 22.0));
    let button = ui.add_enabled(!state.is_searching(), button);
    named(&button, Role::Button, "Find the best");
    let tip = "Search weight and threshold together over all runs on these images, and choose what serves the goal best. \
               Chosen on validation images alone; what it comes to on test images is shown beside it";
    if button.on_hover_text(tip).clicked() {
        actions.push(Action::Goal(GoalAction::Find));
    }
}

/// What is said of one part's images.
struct Said {
    part: Part,
    verdict: Verdict,
    /// Before it, where there is another.
    name: &'static str,
}

impl Said {
    /// With the share, without it, or what the sign does not say.
    fn text(&self, length: usize) -> String {
        let (name, met) = (self.name, self.verdict.met.name());
        match length {
            0 => format!("{name}{met} {}", rate_in_words(&self.verdict.rate)),
            1 => format!("{name}{met}"),
            _ => name.trim_end().to_owned(),
        }
    }
}

/// Validation and test beside each other, in a bar of that width.
fn verdicts(ui: &mut Ui, state: &AppState, goal: &Goal, width: f32) {
    let on = |part| Some((part, Verdict::of(goal, &state.standing(part)?)?));
    let shown: Vec<(Part, Verdict)> = [Part::Val, Part::Test].into_iter().filter_map(on).collect();
    let has_both = shown.len() > 1;
    let said = shown.into_iter().map(|(part, verdict)| Said {
        part,
        verdict,
        name: match part {
            Part::Test => "test ",
            Part::Val | Part::Train if has_both => "validation ",
            Part::Val | Part::Train => "",
        },
    });
    let said: Vec<Said> = said.collect();
    let room = width - said.len() as f32 * (SIGN + 2.0 * GAP) - room_of_words(ui, goal);
    let needed = |length: usize| -> f32 { said.iter().map(|said| small_width(ui, &said.text(length))).sum() };
    let length = (0..2).find(|&length| needed(length) <= room).unwrap_or(2);
    for said in &said {
        let Said { part, verdict, name } = said;
        let ink = ink(verdict.met, theme::of(ui));
        let text = theme::small(said.text(length)).color(ink);
        let (place, of_sign) = ui.allocate_exact_size(vec2(SIGN, HEIGHT), Sense::hover());
        sign(ui.painter(), place.center(), verdict.met, ink);
        let response = ui.add(Label::new(text).sense(Sense::hover()));
        let classes = state.looked_at_classes();
        let figure = figure_in_words(verdict.figure, &verdict.rate, &goal.class, classes);
        let read_aloud = format!("{name}{}: {figure}", verdict.met.name());
        let read_aloud = crate::app::sentence_case(&read_aloud);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &read_aloud));
        if let Some(standing) = state.standing(*part) {
            let why = explained(state, goal, &standing, *part);
            response.union(of_sign).on_hover_text(why);
        }
    }
}

/// What the goal itself needs at least, so that it is seen what the verdicts are about.
fn room_of_words(ui: &Ui, goal: &Goal) -> f32 {
    let class = visible(&goal.class);
    let bounds = goal.bounds.set_ones();
    let words = bounds.map(|(figure, _)| small_width(ui, &short(figure, &class)) + FIELD + 3.0 * GAP);
    words.sum::<f32>() + BUTTON
}

/// The share that decides whether the goal is met: the least sure.
#[derive(Debug, Clone, Copy)]
struct Verdict {
    met: Met,
    figure: Figure,
    rate: Rate,
}

impl Verdict {
    fn of(goal: &Goal, standing: &Standing) -> Option<Self> {
        let verdict = |(figure, bound)| {
            let rate = *standing.rates.get(figure);
            let met = met(figure, bound, &rate);
            Verdict { met, figure, rate }
        };
        goal.bounds
            .set_ones()
            .map(verdict)
            .min_by_key(|verdict| verdict.met)
    }
}

/// Every share that must hold, and what its interval is.
fn explained(state: &AppState, goal: &Goal, standing: &Standing, part: Part) -> String {
    let classes = state.looked_at_classes();
    let of_whom = state.subject().map_or_else(String::new, |subject| subject.label);
    let images = match part {
        Part::Test => "test images",
        Part::Val | Part::Train => "validation images",
    };
    let mut lines = vec![format!("{of_whom} on its {images}")];
    for (figure, bound) in goal.bounds.set_ones() {
        let rate = standing.rates.get(figure);
        let sign = if figure.is_gain() { "at least" } else { "at most" };
        let bound_text = plain((bound * 1e4).round() / 1e2);
        lines.push(format!(
            "{}, {} of {}; wanted {sign} {bound_text} %: {}",
            figure_in_words(figure, rate, &goal.class, classes),
            rate.part,
            rate.whole,
            met(figure, bound, rate).name()
        ));
    }
    lines.push(
        "In brackets the two-sided 95 % interval. Surely: all of it meets the goal. Not: none of it does. Perhaps: only \
         more images could tell"
            .into(),
    );
    lines.push(match (standing.in_groups, is_by_groups(state)) {
        (true, _) => "Images of one group resemble each other, so the interval counts groups".into(),
        (false, true) => {
            "The groups of these images are no longer known: images of one group are counted as if they were \
                          independent"
                .into()
        }
        (false, false) => "Images of one person or one scene are counted as if they were independent".into(),
    });
    lines.join("\n")
}

fn is_by_groups(state: &AppState) -> bool {
    let tried = state.watched_trial().map(|view| &view.trial.config);
    let config = tried.or_else(|| state.selected_run().map(|run| &run.config));
    config.is_some_and(|config| config.split == SplitMethod::Groups)
}

/// What the last search came to, as long as it is about what is looked at.
fn found(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let Some(text) = &state.looking.found else { return };
    let text = &match state.n_since_search() {
        0 => text.clone(),
        1 => format!("{text}. One weighting has come since: find the best again"),
        n => format!("{text}. {n} weightings have come since: find the best again"),
    };
    let next = next_step(state);
    let offered = if next.is_some() { OFFER + GAP } else { 0.0 };
    let font = egui::TextStyle::Small.resolve(ui.style());
    let width = (ui.available_width() - offered).max(120.0);
    let mut job = egui::text::LayoutJob::simple(text.clone(), font, theme::of(ui).text, width);
    let is_low = room::window_height(ui) < room::SPACED_INPUTS;
    job.wrap.max_rows = MOST_LINES[usize::from(!is_low)];
    let galley = ui.painter().layout_job(job);
    let height = galley.size().y.max(if next.is_some() { HEIGHT } else { 0.0 });
    let size = vec2(ui.available_width(), height);
    let (place, _) = ui.allocate_exact_size(size, Sense::hover());
    let line = ui.interact(
        place.with_max_x(place.left() + width),
        ui.scope_id().with("found"),
        Sense::hover(),
    );
    line.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    ui.painter().galley(place.min, galley, theme::of(ui).text);
    line.on_hover_text(text);
    if let Some(NextStep { name, tip, action }) = next {
        let button = place
            .with_min_x(place.right() - OFFER)
            .with_max_y(place.top() + HEIGHT - 2.0);
        let button = ui.put(button, Button::new(theme::small(&name)));
        named(&button, Role::Button, &name);
        if button.on_hover_text(tip).clicked() {
            actions.push(action);
        }
    }
}

/// What can be done with what was found.
struct NextStep {
    name: String,
    tip: String,
    action: Action,
}

/// Weights that may serve the goal better, or else such as are as good and gentler.
fn next_step(state: &AppState) -> Option<NextStep> {
    if let Some(choice) = state.untried() {
        return Some(NextStep {
            name: format!("Sweep {} to {}", plain(choice.from), plain(choice.to)),
            tip: format!("Train {} weightings beyond those that were tried", choice.count),
            action: Action::Fit(FitAction::Sweep(choice)),
        });
    }
    state.gentlest().map(|label| NextStep {
        name: "Take the gentlest".into(),
        tip: format!(
            "{label} is as good as the best within one standard error, and nearest to equal weights"
        ),
        action: Action::Goal(GoalAction::TakeGentlest),
    })
}
