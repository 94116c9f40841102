//! The palette: every command, recent folder and run by what is typed of its name.

use egui::{Align2, Area, Button, Context, Id, Key, Order, Role, ScrollArea, Ui, WidgetInfo, vec2};

use super::entries;
use super::entry::Entry;
use super::fuzzy::score;
use super::offered::offered;
use crate::app::{Action, AppState, WindowAction};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::named;

/// Height of the list, beyond which it scrolls.
const LIST: f32 = 360.0;
/// Of several hundred runs nobody reads all names.
const MOST_ROWS: usize = 60;
const WIDTH: f32 = 460.0;

/// What the user has typed, and the row that Enter takes.
#[derive(Default)]
pub struct Palette {
    text: String,
    row: usize,
}

/// Something that can be asked for now.
struct Item {
    name: String,
    keys: Option<String>,
    action: Action,
}

impl Palette {
    pub fn show(&mut self, ctx: &Context, state: &AppState, actions: &mut Vec<Action>) {
        if !state.windows.palette {
            self.text.clear();
            self.row = 0;
            return;
        }
        let matching = self.matching(ctx, state);
        self.keys(ctx, matching.len().min(MOST_ROWS));
        let mut chosen = ctx.input(|i| i.key_pressed(Key::Enter)).then_some(self.row);
        let area = Area::new(Id::unique("palette")).order(Order::Foreground);
        let shown = area.anchor(Align2::CENTER_TOP, vec2(0.0, 96.0)).show(ctx, |ui| {
            egui::Frame::popup(ui.style()).inner_margin(10).show(ui, |ui| {
                ui.set_width(WIDTH);
                self.field(ui);
                chosen = self.rows(ui, &matching).or(chosen);
            });
        });
        let elsewhere = shown.response.clicked_elsewhere();
        if ctx.input(|i| i.key_pressed(Key::Escape)) || elsewhere {
            actions.push(Action::Window(WindowAction::OpenPalette(false)));
        } else if let Some(item) = chosen.and_then(|i| matching.get(i)) {
            actions.push(Action::Window(WindowAction::OpenPalette(false)));
            actions.push(Action::Window(WindowAction::RememberCommand(item.name.clone())));
            actions.push(item.action.clone());
        }
    }

    fn field(&mut self, ui: &mut Ui) {
        let edit = egui::TextEdit::singleline(&mut self.text)
            .hint_text("Type a command, a folder or a run")
            .desired_width(f32::INFINITY)
            .margin(egui::Margin::symmetric(8, 6));
        let edit = ui.add(edit);
        named(&edit, Role::TextInput, "Type a command");
        edit.request_focus();
        if edit.changed() {
            self.row = 0;
        }
    }

    /// Gives the row that was clicked.
    fn rows(&self, ui: &mut Ui, matching: &[Item]) -> Option<usize> {
        let muted = theme::of(ui).muted;
        let mut clicked = None;
        // Without a least height the list would never grow again after a word that few commands fit.
        let list = ScrollArea::vertical().max_height(LIST).min_scrolled_height(LIST);
        list.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if matching.is_empty() {
                ui.label(theme::small("No command of that name can be given now").color(muted));
            }
            for (i, item) in matching.iter().take(MOST_ROWS).enumerate() {
                if row(ui, item, i == self.row) {
                    clicked = Some(i);
                }
            }
            if matching.len() > MOST_ROWS {
                let text = format!(
                    "{} more; type a word of the one you mean",
                    matching.len() - MOST_ROWS
                );
                ui.add_space(4.0);
                ui.label(theme::small(text).color(muted));
            }
        });
        clicked
    }

    /// What fits best first; of what fits as well, what was used last.
    fn matching(&self, ctx: &Context, state: &AppState) -> Vec<Item> {
        let typed: Vec<String> = self
            .text
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let recent = &state.settings.recent_commands;
        let used = |name: &str| recent.iter().position(|used| used == name).unwrap_or(usize::MAX);
        let mut matching: Vec<(u32, usize, Item)> = items(ctx, state)
            .into_iter()
            .filter_map(|item| Some((score(&typed, &item.name)?, used(&item.name), item)))
            .collect();
        matching.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        matching.into_iter().map(|(_, _, item)| item).collect()
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

fn items(ctx: &Context, state: &AppState) -> Vec<Item> {
    let item = |entry: &Entry| {
        Some(Item {
            name: entry.name.into(),
            keys: entry.keys(ctx),
            action: (entry.action)(state)?,
        })
    };
    let commands = entries().filter(|entry| entry.name != "Command palette");
    let others = offered(state).into_iter().map(|offered| Item {
        name: offered.name,
        keys: None,
        action: offered.action,
    });
    commands.filter_map(item).chain(others).collect()
}

fn row(ui: &mut Ui, item: &Item, selected: bool) -> bool {
    let keys = item.keys.clone().unwrap_or_default();
    let button = Button::selectable(selected, &item.name)
        .shortcut_text(keys)
        .truncate()
        .min_size(vec2(ui.available_width(), 28.0));
    let response = ui.add(button);
    // Read aloud without the blanks before the keys, which are told as keys.
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &item.name));
    if let Some(keys) = &item.keys {
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_keyboard_shortcut(keys.as_str()));
    }
    if selected {
        response.scroll_to_me(None);
    }
    response.clicked()
}
