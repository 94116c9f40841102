//! What lies over the window for a while: notices, help, the palette.

use egui::{Align2, Area, Button, Context, Id, Key, Order, RichText, ScrollArea, Ui, Window, vec2};

use crate::app::{Action, AppState, Notices, Offer, Toast, ToastKind, WindowAction, Windows};
use crate::ui::commands;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{named, quiet_button};

/// Height of the palette's list, beyond which it scrolls.
const LIST: f32 = 360.0;

/// What the user has typed into the palette, and the entry that Enter takes.
#[derive(Default)]
pub struct Palette {
    text: String,
    row: usize,
}

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
        ToastKind::Warning | ToastKind::Error => theme.warning,
    };
    theme.card().shadow(ui.visuals().popup_shadow).show(ui, |ui| {
        ui.set_width(214.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.label(theme::small(format!("● {}", toast.kind.name())).color(colour));
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
                if let Some(offer @ (Offer::RestoreRuns(_) | Offer::ShowOnly(_))) = &toast.offer
                    && quiet_button(ui, "Undo", "Undo this").clicked()
                {
                    actions.push(Action::accept(offer));
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
        Offer::RestoreRuns(_) | Offer::ShowOnly(_) => None,
        Offer::UseSettings(_) => Some(("Use them", "Use the settings of the file")),
        Offer::ListRuns(_) => Some(("List them, too", "List the runs of that folder, too")),
        Offer::Evaluate(_) => Some(("Evaluate it", "Evaluate the run on this folder")),
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
                    let rows = commands::ALL
                        .iter()
                        .filter_map(|e| Some((e.name, e.keys(ui.ctx())?)));
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

impl Palette {
    pub fn show(&mut self, ctx: &Context, state: &AppState, actions: &mut Vec<Action>) {
        if !state.windows.palette {
            self.text.clear();
            self.row = 0;
            return;
        }
        let matching = self.matching(state);
        self.keys(ctx, matching.len());
        let mut chosen = ctx.input(|i| i.key_pressed(Key::Enter)).then_some(self.row);
        let area = Area::new(Id::unique("palette")).order(Order::Foreground);
        let shown = area.anchor(Align2::CENTER_TOP, vec2(0.0, 96.0)).show(ctx, |ui| {
            egui::Frame::popup(ui.style()).inner_margin(10).show(ui, |ui| {
                ui.set_width(420.0);
                let edit = egui::TextEdit::singleline(&mut self.text)
                    .hint_text("Type a command")
                    .desired_width(f32::INFINITY)
                    .margin(egui::Margin::symmetric(8, 6));
                let edit = ui.add(edit);
                named(&edit, egui::Role::TextInput, "Type a command");
                edit.request_focus();
                // Without a least height the list would never grow again after a word that few commands fit.
                let list = ScrollArea::vertical().max_height(LIST).min_scrolled_height(LIST);
                list.show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    if matching.is_empty() {
                        ui.label(
                            theme::small("No command of that name can be given now")
                                .color(theme::of(ui).muted),
                        );
                    }
                    for (i, entry) in matching.iter().enumerate() {
                        if row(ui, entry, i == self.row) {
                            chosen = Some(i);
                        }
                    }
                });
            });
        });
        let elsewhere = shown.response.clicked_elsewhere();
        if ctx.input(|i| i.key_pressed(Key::Escape)) || elsewhere {
            actions.push(Action::Window(WindowAction::OpenPalette(false)));
        } else if let Some(entry) = chosen.and_then(|i| matching.get(i)) {
            actions.push(Action::Window(WindowAction::OpenPalette(false)));
            actions.extend((entry.action)(state));
        }
    }

    fn matching(&self, state: &AppState) -> Vec<&'static commands::Entry> {
        let wanted = self.text.to_lowercase();
        let fits = |name: &str| {
            wanted
                .split_whitespace()
                .all(|word| name.to_lowercase().contains(word))
        };
        commands::ALL
            .iter()
            .filter(|e| fits(e.name) && e.name != "Command palette" && (e.action)(state).is_some())
            .collect()
    }

    fn keys(&mut self, ctx: &Context, n_rows: usize) {
        ctx.input_mut(|i| {
            if i.consume_key(egui::Modifiers::NONE, Key::ArrowDown) {
                self.row += 1;
            }
            if i.consume_key(egui::Modifiers::NONE, Key::ArrowUp) {
                self.row = self.row.saturating_sub(1);
            }
        });
        self.row = self.row.min(n_rows.saturating_sub(1));
    }
}

fn row(ui: &mut Ui, entry: &commands::Entry, selected: bool) -> bool {
    let keys = entry.keys(ui.ctx()).unwrap_or_default();
    let button = Button::selectable(selected, entry.name)
        .shortcut_text(keys)
        .min_size(vec2(ui.available_width(), 28.0));
    let response = ui.add(button);
    if selected {
        response.scroll_to_me(None);
    }
    response.clicked()
}
