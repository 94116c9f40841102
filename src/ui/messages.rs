//! All messages since the start, with their details; what a notice's "details" opens.

use egui::{Align, Button, Context, Key, Layout, RichText, ScrollArea, Ui, Window, vec2};

use crate::app::{Action, Message, Notices, ToastKind, WindowAction, Windows};
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::{chip, quiet_button};

pub fn messages(ctx: &Context, notices: &Notices, windows: &Windows, actions: &mut Vec<Action>) {
    let mut open = windows.messages;
    if !open {
        return;
    }
    let window = Window::new("Messages").open(&mut open).collapsible(false);
    let window = window
        .default_pos(theme::WINDOW_PLACE)
        .default_size([560.0, 340.0]);
    window.show(ctx, |ui| {
        let shows_log = windows.shows_program_log;
        ui.horizontal(|ui| {
            for (log, name, hint) in TABS {
                if chip(ui, name, shows_log == log).on_hover_text(hint).clicked() {
                    actions.push(Action::Window(WindowAction::ShowProgramLog(log)));
                }
            }
        });
        if shows_log {
            program_log(ui, &notices.program_log, actions);
        } else {
            all_messages(ui, notices, actions);
        }
    });
    if !open || ctx.input(|i| i.key_pressed(Key::Escape)) {
        actions.push(Action::Window(WindowAction::OpenMessages(false)));
    }
}

/// Whether it is the log, its name, and what it is.
const TABS: [(bool, &str, &str); 2] = [
    (false, "Messages", "What the window said"),
    (
        true,
        "Log",
        "What the program did, for whoever must follow a fault",
    ),
];

fn all_messages(ui: &mut Ui, notices: &Notices, actions: &mut Vec<Action>) {
    if notices.log.is_empty() {
        let theme = theme::of(ui);
        ui.label(RichText::new("No messages yet").color(theme.muted));
        return;
    }
    if ui.button("Copy all").clicked() {
        let lines: Vec<String> = notices.log.iter().map(Message::whole).collect();
        actions.push(Action::Window(WindowAction::Copy(lines.join("\n"))));
    }
    ScrollArea::vertical()
        .auto_shrink(false)
        .stick_to_bottom(notices.unfolded.is_none())
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for message in &notices.log {
                one_message(ui, message, notices.unfolded == Some(message.id), actions);
            }
        });
}

fn program_log(ui: &mut Ui, lines: &[String], actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    if lines.is_empty() {
        ui.label(RichText::new("Nothing logged yet").color(theme.muted));
        return;
    }
    if ui.button("Copy all").clicked() {
        actions.push(Action::Window(WindowAction::Copy(lines.join("\n"))));
    }
    ScrollArea::vertical()
        .auto_shrink(false)
        .stick_to_bottom(true)
        .show(ui, |ui| {
            for line in lines {
                let text = theme::small(line).color(theme.text);
                ui.add(egui::Label::new(text).selectable(true).wrap());
            }
        });
}

fn one_message(ui: &mut Ui, message: &Message, unfolded: bool, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    ui.push_id(message.id, |ui| {
        let line = format!(
            "{}  {} {}: {}",
            message.clock,
            message.kind.sign(),
            message.kind.name(),
            message.text
        );
        let text = RichText::new(line).color(ink(message.kind, theme));
        let row = Button::selectable(unfolded, text)
            .wrap()
            .min_size(vec2(0.0, 22.0));
        let across = Layout::top_down_justified(Align::LEFT);
        let row = ui.with_layout(across, |ui| ui.add(row)).inner;
        if row.on_hover_text("Details").clicked() {
            actions.push(Action::Window(WindowAction::ShowMessage(message.id)));
        }
        if let Some(offer) = &message.offer {
            ui.indent("offer", |ui| {
                let undo = quiet_button(ui, "Undo", &format!("Undo: {}", message.text));
                if undo.on_hover_text("Bring back what is in the trash").clicked() {
                    actions.push(Action::accept(offer));
                }
            });
        }
        if unfolded {
            details(ui, message, theme, actions);
        }
    });
}

fn details(ui: &mut Ui, message: &Message, theme: &Theme, actions: &mut Vec<Action>) {
    ui.indent("details", |ui| {
        for line in &message.details {
            let text = theme::small(line).color(theme.muted);
            ui.add(egui::Label::new(text).selectable(true).wrap());
        }
        if message.details.is_empty() {
            ui.label(theme::small("Nothing more is known").color(theme.muted));
        }
        if quiet_button(ui, "Copy", "Copy the message").clicked() {
            actions.push(Action::Window(WindowAction::Copy(message.whole())));
        }
    })
    .response
    .scroll_to_me(None);
}

fn ink(kind: ToastKind, theme: &Theme) -> egui::Color32 {
    match kind {
        ToastKind::Warning => theme.warning,
        ToastKind::Error => theme.error,
        ToastKind::Info | ToastKind::Ok => theme.text,
    }
}
