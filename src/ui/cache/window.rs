//! What is kept of computed features, how much may be, and clearing it.

use egui::{Button, Context, Key, Label, Role, ScrollArea, Ui, Window};

use crate::app::{Action, Cache, CacheAction, Place, WindowAction, Windows};
use crate::metrics::{ago, bytes, thousands};
use crate::protocol::{CacheListing, CachedSet};
use crate::ui::parts::numbers::{Limits, number, range_message};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{bar, divider, fine_print, named, quiet_button};

const GIGABYTE: f64 = 1e9;

/// The limit while it is being dragged, in gigabytes.
#[derive(Default)]
pub struct CacheWindow {
    limit: Option<f64>,
}

impl CacheWindow {
    pub fn show(&mut self, ctx: &Context, cache: &Cache, windows: &Windows, actions: &mut Vec<Action>) {
        let mut open = windows.cache;
        if !open {
            return;
        }
        let window = Window::new("Feature cache").open(&mut open).collapsible(false);
        let window = window
            .default_pos(theme::WINDOW_PLACE)
            .default_size([520.0, 340.0]);
        window.show(ctx, |ui| {
            let theme = theme::of(ui);
            let text = "Each image passes through the backbone once; what came out is kept here";
            fine_print(ui, text, theme);
            match &cache.listing {
                Some(listing) => self.contents(ui, listing, actions),
                None => {
                    fine_print(ui, "Looking…", theme);
                }
            }
        });
        if !open || ctx.input(|i| i.key_pressed(Key::Escape)) {
            actions.push(Action::Window(WindowAction::OpenCache(false)));
        }
    }

    fn contents(&mut self, ui: &mut Ui, listing: &CacheListing, actions: &mut Vec<Action>) {
        let theme = theme::of(ui);
        let Some(dir) = &listing.dir else {
            let text =
                "There is no folder to keep features in; set HOME or COUNTERWEIGHT_FEATURES, and start again";
            ui.label(egui::RichText::new(text).color(theme.warning));
            return;
        };
        let place = ui.add(Button::new(dir.display().to_string()).frame(false).truncate());
        if place.on_hover_text("Show the folder").clicked() {
            actions.push(Action::Window(WindowAction::Reveal(Place::Folder(dir.clone()))));
        }
        self.limit_row(ui, listing, actions);
        divider(ui);
        let others = [
            (listing.thumbnail_bytes, "small pictures"),
            (listing.map_bytes, "maps of folders"),
        ];
        for (n_bytes, what) in others.into_iter().filter(|(n_bytes, _)| *n_bytes > 0) {
            let text = format!("{} of {what} beside them", bytes(n_bytes));
            fine_print(ui, &text, theme).on_hover_text(
                "\"Remove all\" removes them, too; they are made again when they are looked at",
            );
        }
        if listing.sets.is_empty() && others.iter().all(|(n_bytes, _)| *n_bytes == 0) {
            fine_print(
                ui,
                "Nothing is kept yet; train, or go live, and it will be",
                theme,
            );
            return;
        }
        let clear = quiet_button(
            ui,
            "Remove all",
            "Remove all kept features, maps and small pictures",
        );
        if clear
            .on_hover_text("They are computed again when they are needed")
            .clicked()
        {
            actions.push(Action::Cache(CacheAction::Clear(None)));
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for set in &listing.sets {
                ui.push_id(&set.id, |ui| set_row(ui, set, actions));
            }
        });
    }

    fn limit_row(&mut self, ui: &mut Ui, listing: &CacheListing, actions: &mut Vec<Action>) {
        let theme = theme::of(ui);
        let (held, limit) = (listing.n_bytes(), listing.limit_bytes);
        ui.horizontal(|ui| {
            let share = (held as f64 / limit.max(1) as f64).min(1.0);
            bar(ui, 160.0, share as f32, theme.accent);
            ui.label(format!("{} of at most", bytes(held)));
            let mut gigabytes = self.limit.unwrap_or(limit as f64 / GIGABYTE);
            let limits = Limits {
                row: "Cache",
                what: "the limit",
                range: 0.1..=10_000.0,
                unit: " GB",
            };
            let field = number(ui, &mut gigabytes, limits, |drag| drag.speed(0.1).max_decimals(1));
            named(&field, Role::SpinButton, "Most that is kept, in gigabytes");
            if field.changed() {
                self.limit = Some(gigabytes);
            }
            // Not at every step on the way: each would remove what is beyond it.
            if let Some(gigabytes) = self.limit.filter(|_| !field.dragged()) {
                actions.push(Action::Cache(CacheAction::Limit(
                    (gigabytes * GIGABYTE).round() as u64
                )));
                self.limit = None;
            }
            field.on_hover_text("What was used least recently is removed first");
        });
        range_message(ui, "Cache");
    }
}

fn set_row(ui: &mut Ui, set: &CachedSet, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    ui.horizontal(|ui| {
        if quiet_button(ui, "Remove", &format!("Remove {}", set.about)).clicked() {
            actions.push(Action::Cache(CacheAction::Clear(Some(set.id.clone()))));
        }
        ui.add(Label::new(&set.about).truncate()).on_hover_text(&set.id);
    });
    let facts = format!(
        "{} images, {}, used {}",
        thousands(set.n_images),
        bytes(set.n_bytes),
        ago(set.unused_secs)
    );
    fine_print(ui, &facts, theme);
}
