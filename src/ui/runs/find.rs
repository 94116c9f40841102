//! The line over a long list of runs: its search, and how it is arranged.

use egui::{Key, Popup, Role, ScrollArea, TextEdit, Ui};

use crate::app::{Action, AppState, Grouping, ListAction, ListOrder, RunSort, RunsAction};
use crate::metrics::{CLASS_FIGURES, OVERALL_FIGURES};
use crate::ui::parts::two_ended::two_ended;
use crate::ui::parts::widgets::{named, quiet_menu};
use crate::visible::visible;

/// Fewer runs are seen at once.
const LONG: usize = 8;
/// Height of the line, and of its field.
pub const LINE: f32 = 28.0;
const FIELD: f32 = 22.0;

pub fn is_needed(state: &AppState, n_runs: usize) -> bool {
    n_runs > LONG || state.runs.searching || state.runs.is_filtered()
}

/// Whether the keyboard leaves the search downwards, into the list.
pub fn find_line(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) -> bool {
    let (mut searched, mut goes_down) = (Vec::new(), false);
    let words = |ui: &mut Ui| goes_down = search(ui, state, &mut searched);
    two_ended(ui, "find", FIELD, words, |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        sorting(ui, state, actions);
        view(ui, state, actions);
    });
    actions.extend(searched);
    goes_down
}

fn search(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) -> bool {
    let mut text = state.runs.search.clone();
    let id = ui.make_persistent_id("search runs");
    let edit = TextEdit::singleline(&mut text)
        .id(id)
        .hint_text("Find a run")
        .margin(egui::Margin::symmetric(6, 3))
        .desired_width(ui.available_width().max(60.0));
    let edit = ui.add(edit);
    named(&edit, Role::TextInput, "Find a run");
    let asked = id.with("asked");
    let before: Option<usize> = ui.data(|data| data.get_temp(asked));
    if before.unwrap_or_default() != state.runs.n_searches {
        ui.data_mut(|data| data.insert_temp(asked, state.runs.n_searches));
        edit.request_focus();
    }
    let list = |action| Action::Runs(RunsAction::List(action));
    if edit.changed() {
        actions.push(list(ListAction::Search(text)));
    }
    let pressed = |key| ui.input(|i| i.key_pressed(key));
    if edit.lost_focus() && pressed(Key::Escape) {
        actions.push(list(ListAction::EndSearch));
    }
    let goes_down = edit.has_focus() && pressed(Key::ArrowDown) || edit.lost_focus() && pressed(Key::Enter);
    edit.on_hover_text(
        "Words of its name, note, weights, network, folder, date or state (Ctrl+F, Esc ends it)",
    );
    goes_down
}

fn sorting(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let now = &state.settings.list.by;
    let button = quiet_menu(ui, "Sort", &format!("Order of the runs: {}", now.name()));
    let button = button.on_hover_text(format!("What the runs are ordered by, now: {}", now.name()));
    Popup::menu(&button).show(|ui| {
        let chosen = orders(ui, state);
        let list = &state.settings.list;
        ui.separator();
        let text = match (&list.by, list.reversed) {
            (RunSort::Newest, false) => "Oldest first",
            (RunSort::Newest, true) => "Newest first",
            (RunSort::Name, _) => "The other way round",
            (_, false) => "Lowest first",
            (_, true) => "Highest first",
        };
        let reversed = ui.button(text).clicked().then(|| ListOrder {
            reversed: !list.reversed,
            ..list.clone()
        });
        let of_order = |by| ListOrder {
            by,
            reversed: false,
            ..list.clone()
        };
        if let Some(order) = chosen.map(of_order).or(reversed) {
            actions.push(Action::Runs(RunsAction::List(ListAction::SetOrder(order))));
            ui.close();
        }
    });
}

/// All that the list can go by: the figures of the metrics' list, those of a class in a menu of their own.
fn orders(ui: &mut Ui, state: &AppState) -> Option<RunSort> {
    let now = &state.settings.list.by;
    let mut chosen = None;
    let mut entry = |ui: &mut Ui, by: RunSort, text: &str| {
        if ui.selectable_label(by == *now, text).clicked() {
            chosen = Some(by);
        }
    };
    for by in [RunSort::Newest, RunSort::Name] {
        let text = by.name();
        entry(ui, by, &text);
    }
    let classes = state.looked_at_classes();
    let weighed = classes.get(state.weighed_class());
    if let Some(class) = weighed {
        entry(ui, RunSort::Weight, &format!("Weight of {}", visible(class)));
    }
    ui.separator();
    for figure in &OVERALL_FIGURES {
        entry(ui, RunSort::overall(figure), figure.name);
    }
    ui.separator();
    for figure in &CLASS_FIGURES {
        ui.menu_button(format!("{} of", figure.name), |ui| {
            ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                for class in classes {
                    entry(ui, RunSort::of_class(figure, class), &visible(class));
                }
            });
        });
    }
    chosen
}

fn view(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let list = &state.settings.list;
    let name = format!("View of the runs: {}", list.groups.name());
    let button = quiet_menu(ui, "View", &name).on_hover_text("What the list shows, and what stands together");
    Popup::menu(&button).show(|ui| {
        let mut act = |ui: &mut Ui, action| {
            actions.push(Action::Runs(action));
            ui.close();
        };
        for groups in Grouping::ALL {
            if ui
                .selectable_label(groups == list.groups, groups.name())
                .clicked()
            {
                let order = ListOrder {
                    groups,
                    ..list.clone()
                };
                act(ui, RunsAction::List(ListAction::SetOrder(order)));
            }
        }
        ui.separator();
        let only_starred = state.runs.only_starred;
        if ui.selectable_label(only_starred, "Only starred").clicked() {
            act(ui, RunsAction::List(ListAction::OnlyStarred(!only_starred)));
        }
        ui.separator();
        if ui.button("Show only those listed").clicked() {
            act(ui, RunsAction::ShowOnly(own_of_list(state)));
        }
        if ui.button("Hide all").clicked() {
            act(ui, RunsAction::ShowOnly(vec![]));
        }
    });
}

/// The listed runs of this folder.
pub fn own_of_list(state: &AppState) -> Vec<usize> {
    let mut runs = state.run_list().runs();
    runs.retain(|&run| state.is_of_folder(run));
    runs
}
