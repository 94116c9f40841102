//! The image folder: how to open one, what is in it, what is wrong with it, and how it is divided.

use egui::{Align, Button, Label, Layout, Role, Ui, WidgetInfo, vec2};

use crate::app::{
    Action, AppState, DatasetAction, DatasetState, DatasetView, FitAction, HealthAction, Pick, Purpose,
    Settings, sentence_case,
};
use crate::experiment::config::fields::{GROUPS, SPLIT, TEST_SHARE, TRAIN_SHARE};
use crate::experiment::split::NameGroups;
use crate::experiment::{Config, Field, Groups, Issue, IssueKind, SplitMethod};
use crate::metrics::thousands;
use crate::ui::dataset::issues::issues_button;
use crate::ui::labels::row::labels_row;
use crate::ui::parts::fields::{choice, config_field, field, wide};
use crate::ui::parts::numbers::{Limits, number};
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::two_ended::two_ended;
use crate::ui::parts::widgets::{
    fine_print, heading_row, named, path_edit, quiet_button, quiet_menu, small_width,
};
use crate::visible::{visible, visible_name, visible_path};

const OPEN_WIDTH: f32 = 66.0;
/// Lines that the parts of the split may take; in more, they are summed up.
const MOST_SPLIT_LINES: f32 = 2.0;
const BETWEEN_PARTS: &str = "   ";
const PART_NAMES: [&str; 3] = ["Train", "Val", "Test"];

pub fn dataset_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let n_images = state.dataset.view.as_ref().map(|d| d.dataset.images.len());
    heading_row(ui, "Dataset", |ui| {
        if let Some(n) = n_images {
            recent_menu(ui, &state.settings, actions);
            let theme = theme::of(ui);
            ui.label(theme::heading(&format!("{} images", thousands(n as u64)), theme));
        }
    });
    path_row(ui, state, actions);
    if let Some(problem) = &state.dataset.path_problem {
        let problem = theme::small(problem).color(theme::of(ui).warning);
        ui.add(egui::Label::new(problem).wrap());
    }
    if let Some(scan) = state.jobs.scanning() {
        let progress = scan.progress.map(|p| p.done).unwrap_or(0);
        let what = match scan.purpose {
            Purpose::Demo { .. } => "Drawing the demo's images",
            _ => "Reading the folder",
        };
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if quiet_button(ui, "Stop", "Stop reading the folder").clicked() {
                    actions.push(Action::StopJob(scan.job.id));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(egui::Spinner::new().size(14.0));
                    fine_print(ui, &format!("{what}: {}", thousands(progress)), theme::of(ui));
                });
            });
        });
    }
    match &state.dataset.view {
        Some(view) => {
            imbalance_row(ui, state, view, actions);
            if view.counts.len() == 1 {
                one_class(ui, view, actions);
            }
            labels_row(ui, state, actions);
            split_rows(ui, state, view, actions);
        }
        None if state.jobs.scanning().is_none() => first_start(ui, &state.settings, actions),
        None => {}
    }
}

/// Other folders that were open before.
fn recent_menu(ui: &mut Ui, settings: &Settings, actions: &mut Vec<Action>) {
    let others: Vec<_> = settings.recent.iter().skip(1).collect();
    if others.is_empty() {
        return;
    }
    let button = quiet_menu(ui, "Recent", "Recent folders");
    egui::Popup::menu(&button).show(|ui| {
        for dir in others {
            if ui.button(visible_path(dir)).clicked() {
                actions.push(Action::Dataset(DatasetAction::Open(dir.clone())));
            }
        }
    });
}

fn path_row(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        let mut text = state.dataset.path_text.clone();
        let width = ui.available_width() - OPEN_WIDTH - theme::GAP;
        let response = path_edit(ui, "path", "Folder, or paste a path", &mut text, width);
        named(&response, Role::TextInput, "Image folder");
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        if response.changed() {
            actions.push(Action::Dataset(DatasetAction::EditPath(text)));
        }
        correct(ui, &state.dataset, &response);
        if entered {
            actions.push(Action::Dataset(DatasetAction::OpenTyped));
        } else if response.lost_focus()
            // Enter was pressed, and what was found wrong is to be corrected.
            && !ui.input(|i| i.key_pressed(egui::Key::Enter))
            && let Some(view) = &state.dataset.view
        {
            // What was not entered names no folder, and one is open.
            actions.push(Action::Dataset(DatasetAction::EditPath(
                view.dataset.place().display().to_string(),
            )));
        }
        let open = ui.add_sized([OPEN_WIDTH, theme::FIELD_HEIGHT], Button::new("Open…"));
        let open = open.on_hover_text("Open a folder with one sub-folder per class (Ctrl+O)");
        if open.clicked() {
            actions.push(Action::Pick(Pick::Folder));
        }
    });
}

/// A path that could not be opened gets the keyboard once, to be corrected.
fn correct(ui: &Ui, dataset: &DatasetState, field: &egui::Response) {
    let id = egui::Id::unique("path problem");
    let told: Option<String> = ui.data(|data| data.get_temp(id)).flatten();
    if told == dataset.path_problem {
        return;
    }
    if dataset.path_problem.is_some() {
        field.request_focus();
    }
    ui.data_mut(|data| data.insert_temp(id, dataset.path_problem.clone()));
}

/// What to do where nothing is open yet.
fn first_start(ui: &mut Ui, settings: &Settings, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    ui.add_space(4.0);
    ui.label(
        egui::RichText::new(
            "Open or drop a folder with one sub-folder per class, or a table (CSV) of images and labels",
        )
        .color(theme.muted),
    );
    if !settings.recent.is_empty() {
        ui.add_space(4.0);
        ui.label(theme::heading("Recent", theme));
    }
    for dir in &settings.recent {
        let link = ui.add(Button::new(visible_name(dir)).frame(false).truncate());
        if link.on_hover_text(visible_path(dir)).clicked() {
            actions.push(Action::Dataset(DatasetAction::Open(dir.clone())));
        }
    }
}

fn imbalance_row(ui: &mut Ui, state: &AppState, view: &DatasetView, actions: &mut Vec<Action>) {
    ui.spacing_mut().interact_size.y = 18.0;
    let buttons = |ui: &mut Ui| {
        health_button(ui, state, actions);
        issues_button(ui, state, view, actions);
    };
    two_ended(ui, "imbalance", 18.0, |ui| imbalance(ui, view), buttons);
}

/// In as many words as there is room for.
fn imbalance(ui: &mut Ui, view: &DatasetView) {
    let Some(ratio) = view.dataset.imbalance_ratio() else {
        return;
    };
    let n_classes = thousands(view.counts.len() as u64);
    let words = [
        format!("{n_classes} classes, imbalance {ratio:.1} : 1"),
        format!("{n_classes} classes, {ratio:.1} : 1"),
        format!("{n_classes} classes"),
    ];
    let room = ui.available_width();
    let [whole, .., least] = &words;
    let text = words.iter().find(|text| small_width(ui, text) <= room);
    let text = theme::small(text.unwrap_or(least)).color(theme::of(ui).muted);
    let label = ui.add(egui::Label::new(text).truncate());
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, whole));
    label.on_hover_text(format!(
        "{n_classes} classes, imbalance {ratio:.1} : 1: images of the largest class to each image of the smallest"
    ));
}

/// Where the one folder holds folders itself, those are most likely the classes.
fn one_class(ui: &mut Ui, view: &DatasetView, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let text = "This folder has one class, and one class alone cannot be weighed against another";
    ui.add(egui::Label::new(theme::small(text).color(theme.warning)).wrap());
    let only = &view.dataset.classes[..];
    let holds_folders = |class: &&String| {
        let is_about = |issue: &&Issue| issue.kind == IssueKind::Layout && issue.path == **class;
        view.dataset.issues.iter().any(|issue| is_about(&issue))
    };
    let Some(inner) = only.first().filter(holds_folders) else {
        return;
    };
    let name = format!("Open {} instead", visible(inner));
    let button = ui.add(Button::new(theme::small(&name).color(theme.accent)).frame(false));
    let tip = "It holds folders itself, which may be the classes";
    if button.on_hover_text(tip).clicked() {
        let inner = view.dataset.root.join(inner);
        actions.push(Action::Dataset(DatasetAction::Open(inner)));
    }
}

/// Opens the findings; once something was found, it says that there is something to look at.
fn health_button(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let examined = state.health.examined.as_ref();
    let has_findings = examined.is_some_and(|examined| !examined.report.is_clean());
    let colour = if has_findings { theme.warning } else { theme.muted };
    let button = ui.add(Button::new(theme::small("Health…").color(colour)).frame(false));
    let tip = match has_findings {
        true => "Something was found in the images; look at it",
        false => "Look for copies, wrong labels, useless images and shortcuts",
    };
    if button.on_hover_text(tip).clicked() {
        actions.push(Action::Health(HealthAction::Open(!state.health.open)));
    }
}

fn split_rows(ui: &mut Ui, state: &AppState, view: &DatasetView, actions: &mut Vec<Action>) {
    let mut form = state.settings.form.clone();
    field(ui, SPLIT.label, SPLIT.explanation, None, |ui| {
        let width = ui.available_width();
        choice(ui, "split", &mut form.split, SplitMethod::ALL, width, |m| {
            method_name(m).into()
        })
    });
    if form.split != SplitMethod::Folders {
        shares_row(ui, &mut form);
    }
    if form.split == SplitMethod::Groups {
        groups_row(ui, &mut form);
        let of_names = |names: &NameGroups| Some(Groups::Pattern(names.pattern.clone())) == form.groups;
        if view.name_groups.as_ref().is_some_and(of_names) {
            named_groups(ui, view);
        }
    }
    if form != state.settings.form {
        actions.push(Action::Fit(FitAction::SetForm(Box::new(form))));
    }
    offer_groups(ui, &state.settings, view, actions);
    // Where the groups are missing, their field says so.
    if GROUPS.problem(&state.settings.form).is_none() {
        split_outcome(ui, view, &state.settings.form);
    }
}

/// The shares to train on and to keep for a test; validation gets the rest.
fn shares_row(ui: &mut Ui, form: &mut Config) {
    let problem = TRAIN_SHARE.problem(form).or_else(|| TEST_SHARE.problem(form));
    field(
        ui,
        "Train on",
        TRAIN_SHARE.explanation,
        problem.as_deref(),
        |ui| {
            let train = share(
                ui,
                &TRAIN_SHARE,
                &mut form.train_share,
                vec2(46.0, theme::FIELD_HEIGHT),
            );
            ui.label(egui::RichText::new("Test").color(theme::of(ui).muted));
            let size = wide(ui);
            share(ui, &TEST_SHARE, &mut form.test_share, size).on_hover_text(TEST_SHARE.explanation);
            train
        },
    );
}

fn share(ui: &mut Ui, of: &Field, share: &mut f64, size: egui::Vec2) -> egui::Response {
    let mut percent = *share * 100.0;
    ui.spacing_mut().button_padding.x = 4.0;
    let limits = Limits::of(of, "Train on");
    let response = number(ui, &mut percent, limits, |drag| {
        // A share of less than a percent is one, too.
        drag.max_decimals(2).min_size(size)
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, of.label));
    if response.changed() {
        *share = (percent / 100.0 * 1e4).round() / 1e4;
    }
    response
}

/// Groups that the folder tells of, by a table or by the names of its files, and that the split passes over.
fn offer_groups(ui: &mut Ui, settings: &Settings, view: &DatasetView, actions: &mut Vec<Action>) {
    let passes_over = matches!(settings.form.split, SplitMethod::Random | SplitMethod::Stratified);
    let (table, names) = (&view.dataset.groups_table, &view.name_groups);
    let (text, groups) = match (table, names) {
        _ if !passes_over => return,
        (Some(table), _) => (
            format!("Split by the groups of {}", visible_name(table)),
            Groups::Csv(table.clone()),
        ),
        (None, Some(names)) => (
            format!(
                "Split by {} groups of file names",
                thousands(names.n_groups as u64)
            ),
            Groups::Pattern(names.pattern.clone()),
        ),
        (None, None) => return,
    };
    let button = ui.add(Button::new(theme::small(&text).color(theme::of(ui).accent)).frame(false));
    let tip = "Images of one group belong together, such as those of one person. By group, none of them is both \
               trained and validated on";
    if button.on_hover_text(tip).clicked() {
        actions.push(Action::Fit(FitAction::SetForm(Box::new(Config {
            split: SplitMethod::Groups,
            groups: Some(groups),
            ..settings.form.clone()
        }))));
    }
    if table.is_none() {
        named_groups(ui, view);
    }
}

/// Which groups the file names tell of. What looks like a group need not be one.
fn named_groups(ui: &mut Ui, view: &DatasetView) {
    if let Some(names) = &view.name_groups {
        let words = visible(&names.in_words()).into_owned();
        let line = Label::new(theme::small(&words).color(theme::of(ui).muted)).truncate();
        ui.add(line).on_hover_text(format!(
            "Each group is what stands before the counter in a file's name: {words}"
        ));
    }
}

fn groups_row(ui: &mut Ui, form: &mut Config) {
    let mut text = match &form.groups {
        Some(Groups::Csv(path)) => path.display().to_string(),
        Some(Groups::Pattern(pattern)) => pattern.clone(),
        None => String::new(),
    };
    config_field(ui, &GROUPS, form, |ui, form| {
        let width = ui.available_width();
        let response = path_edit(ui, "groups", "groups.csv, or a pattern", &mut text, width);
        if response.changed() {
            form.groups = match text.trim() {
                "" => None,
                csv if csv.to_ascii_lowercase().ends_with(".csv") => Some(Groups::Csv(csv.into())),
                pattern => Some(Groups::Pattern(pattern.into())),
            };
        }
        response
    });
}

/// Images of each class in each part: in one line for few classes, and all of it at a click.
fn split_outcome(ui: &mut Ui, view: &DatasetView, form: &Config) {
    let theme = theme::of(ui);
    let parts = match &view.split {
        Ok(Some(parts)) => parts,
        Ok(None) => {
            fine_print(ui, &counting(form), theme);
            return;
        }
        Err(message) => {
            ui.label(theme::small(message).color(theme.warning));
            return;
        }
    };
    let used: Vec<usize> = (0..3).filter(|&p| parts[p].iter().sum::<usize>() > 0).collect();
    let words = |counts: fn(&[usize]) -> String| -> Vec<String> {
        used.iter()
            .map(|&p| format!("{} {}", PART_NAMES[p], counts(&parts[p])))
            .collect()
    };
    let by_class = words(per_class);
    let room = ui.available_width() - 2.0 * ui.spacing().button_padding.x;
    let n_lines = (small_width(ui, &by_class.join(BETWEEN_PARTS)) / room).ceil();
    // A part that is cut off would be a part that nobody knows of.
    let words = match n_lines <= MOST_SPLIT_LINES {
        true => by_class,
        false => words(in_all),
    };
    let name = format!("Images of each class in each part: {}", words.join(BETWEEN_PARTS));
    // A part is never taken apart.
    let kept: Vec<String> = words.iter().map(|word| word.replace(' ', "\u{a0}")).collect();
    let text = kept.join(BETWEEN_PARTS);
    let text = theme::small(text).color(theme.muted);
    let button = ui
        .scope(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.add(Button::new(text).frame(false).wrap())
        })
        .inner;
    named(&button, Role::Button, &name);
    egui::Popup::menu(&button)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| split_table(ui, view, parts, &used));
    button.on_hover_text("Images of each class in each part");
    let has_room = room::window_height(ui) >= room::WHOLE_INPUTS;
    if let Some(n_groups) = view.n_groups.filter(|_| has_room) {
        let words: Vec<String> = used
            .iter()
            .map(|&p| format!("{} {}", PART_NAMES[p], thousands(n_groups[p] as u64)))
            .collect();
        fine_print(ui, &format!("Groups: {}", words.join(", ")), theme);
    }
    for note in &view.split_notes {
        let note = sentence_case(note);
        ui.add(Label::new(theme::small(visible(&note)).color(theme.muted)).wrap());
    }
}

/// What the parts follow from, while that is being looked up.
fn counting(form: &Config) -> String {
    match (form.split, &form.groups) {
        (SplitMethod::Groups, Some(Groups::Csv(table))) => {
            format!("Counting by the groups of {}…", visible_name(table))
        }
        (SplitMethod::Groups, _) => "Counting by the groups in the file names…".into(),
        (SplitMethod::Random | SplitMethod::Stratified | SplitMethod::Folders, _) => {
            "Counting what falls to each part…".into()
        }
    }
}

fn split_table(ui: &mut Ui, view: &DatasetView, parts: &[Vec<usize>; 3], used: &[usize]) {
    let theme = theme::of(ui);
    egui::ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
        egui::Grid::new("split counts")
            .spacing([24.0, 2.0])
            .show(ui, |ui| {
                let head = |ui: &mut Ui, text: &str| ui.label(theme::small(text).color(theme.muted));
                head(ui, "");
                for &part in used {
                    head(ui, PART_NAMES[part]);
                }
                ui.end_row();
                for (class_idx, class) in view.dataset.classes.iter().enumerate() {
                    ui.label(visible(class));
                    for &part in used {
                        ui.label(thousands(parts[part][class_idx] as u64));
                    }
                    ui.end_row();
                }
                if let Some(n_groups) = view.n_groups {
                    head(ui, "Groups");
                    for &part in used {
                        head(ui, &thousands(n_groups[part] as u64));
                    }
                    ui.end_row();
                }
            });
    });
}

fn per_class(counts: &[usize]) -> String {
    if counts.len() > 3 {
        return in_all(counts);
    }
    let words: Vec<String> = counts.iter().map(|&n| thousands(n as u64)).collect();
    words.join(" + ")
}

fn in_all(counts: &[usize]) -> String {
    thousands(counts.iter().sum::<usize>() as u64)
}

fn method_name(method: SplitMethod) -> &'static str {
    match method {
        SplitMethod::Random => "Random",
        SplitMethod::Stratified => "Stratified",
        SplitMethod::Groups => "By group",
        SplitMethod::Folders => "By folder",
    }
}
