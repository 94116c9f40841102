//! What lies over the window for a while: notices and help.

use egui::{Align2, Area, Context, Id, Key, Order, RichText, Ui, Window, vec2};

use crate::app::{Action, Notices, Offer, Toast, ToastKind, WindowAction, Windows};
use crate::ui::commands;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{named, quiet_button};

pub fn toasts(ui: &Ui, notices: &Notices, actions: &mut Vec<Action>) {
    let ctx = ui.ctx();
    let area = Area::new(Id::unique("toasts"))
        .order(Order::Tooltip)
        .anchor(Align2::RIGHT_BOTTOM, vec2(-12.0, -theme::STATUS_BAR - 12.0))
        .interactable(true);
    area.show(ctx, |ui| {
        for toast in &notices.toasts {
            one_toast(ui, toast, actions);
        }
    });
}

fn one_toast(ui: &mut Ui, toast: &Toast, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let colour = match toast.kind {
        ToastKind::Info => theme.muted,
        ToastKind::Ok => theme.ok,
        ToastKind::Warning => theme.warning,
        ToastKind::Error => theme.error,
    };
    theme.card().shadow(ui.visuals().popup_shadow).show(ui, |ui| {
        ui.set_width(214.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.label(theme::small(format!("{} {}", toast.kind.sign(), toast.kind.name())).color(colour));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                if quiet_button(ui, "Close", "Close the notice").clicked() {
                    actions.push(Action::Window(WindowAction::DismissToast(toast.id)));
                }
                let details = quiet_button(ui, "Details", "Details of the notice");
                if details
                    .on_hover_text("Everything known about it, to read or copy")
                    .clicked()
                {
                    actions.push(Action::Window(WindowAction::ShowMessage(toast.id)));
                }
                if let Some(offer @ (Offer::RestoreRuns(_) | Offer::ShowOnly(_) | Offer::RestoreForm(_))) =
                    &toast.offer
                    && quiet_button(ui, "Undo", "Undo this").clicked()
                {
                    actions.push(Action::accept(offer));
                    actions.push(Action::Window(WindowAction::DismissToast(toast.id)));
                }
            });
        });
        ui.add(egui::Label::new(&toast.text).wrap());
        if let Some(offer) = &toast.offer
            && let Some((text, name)) = question(offer)
        {
            let button = ui.button(text);
            named(&button, egui::Role::Button, name);
            if button.clicked() {
                actions.push(Action::accept(offer));
                actions.push(Action::Window(WindowAction::DismissToast(toast.id)));
            }
        }
    });
}

/// What the button of a notice that asks something says, and what is read aloud.
fn question(offer: &Offer) -> Option<(&'static str, &'static str)> {
    match offer {
        Offer::RestoreRuns(_) | Offer::ShowOnly(_) | Offer::RestoreForm(_) => None,
        Offer::UseSettings(_) => Some(("Use them", "Use the settings of the file")),
        Offer::ImportLabels(_) => Some(("Take them in", "Take in the decisions about labels")),
        Offer::OpenReport(_) => Some(("Open it", "Open the report")),
        Offer::ListRuns(_) => Some(("List them, too", "List the runs of that folder, too")),
        Offer::Evaluate { .. } => Some(("Evaluate it", "Evaluate the run on this folder")),
    }
}

pub fn help(ctx: &Context, windows: &Windows, actions: &mut Vec<Action>) {
    let mut open = windows.help;
    if !open {
        return;
    }
    let window = Window::new("Keyboard shortcuts")
        .open(&mut open)
        .collapsible(false)
        .resizable(false);
    window
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
        .show(ctx, |ui| {
            egui::Grid::new("shortcuts")
                .num_columns(2)
                .spacing([32.0, 4.0])
                .show(ui, |ui| {
                    let rows = commands::entries().filter_map(|e| Some((e.name, e.keys(ui.ctx())?)));
                    let more = [
                        ("Move the selected cell (in the matrix)", "Arrow keys"),
                        ("Zoom in, out, back", "Ctrl + / Ctrl − / Ctrl 0"),
                        ("This list", "?"),
                    ];
                    let rows: Vec<_> = rows.chain(more.map(|(n, k)| (n, k.to_owned()))).collect();
                    for (name, keys) in rows {
                        ui.label(name);
                        ui.label(RichText::new(keys).color(theme::of(ui).muted));
                        ui.end_row();
                    }
                });
        });
    if !open || ctx.input(|i| i.key_pressed(Key::Escape)) {
        actions.push(Action::Window(WindowAction::OpenHelp(false)));
    }
}
