//! The window's settings and its layout between two starts, in the store of the window's library. Another window on the same
//! home may use it at the same time: what it stored is kept.

use std::collections::BTreeMap;
use std::path::PathBuf;

use eframe::Storage;

use crate::app::{Settings, Unread, merged_settings, read_settings};

/// What the desktop knows the program by, and the library its store.
pub const APP_ID: &str = "counterweight";
const SETTINGS_KEY: &str = "counterweight";
const LAYOUT_KEY: &str = "counterweight layout";

/// Reads the library's store again, as it is now.
pub type ReadAgain = Box<dyn Fn() -> Option<BTreeMap<String, String>>>;

/// Where the library keeps its store.
pub fn store_file() -> Option<PathBuf> {
    Some(eframe::storage_dir(APP_ID)?.join("app.ron"))
}

#[derive(Default)]
pub struct Store {
    /// This window's settings as they were last read or stored.
    before: Settings,
    read_again: Option<ReadAgain>,
}

/// As it was left, as far as that can be read.
pub struct Stored {
    pub settings: Settings,
    /// Why these are not what was stored.
    pub unread: Option<Unread>,
    pub layout: Option<String>,
}

impl Stored {
    pub fn read(storage: Option<&dyn Storage>) -> Self {
        let stored = |key| storage.and_then(|storage| storage.get_string(key));
        let (settings, unread) = read_settings(stored(SETTINGS_KEY).as_deref());
        Stored {
            settings,
            unread,
            layout: stored(LAYOUT_KEY),
        }
    }
}

impl Store {
    /// Of a window that starts with these settings.
    pub fn of(settings: &Settings) -> Self {
        Store {
            before: settings.clone(),
            read_again: None,
        }
    }

    pub fn is_shared(&mut self, read_again: ReadAgain) {
        self.read_again = Some(read_again);
    }

    pub fn save(&mut self, storage: &mut dyn Storage, mine: &Settings, layout: Option<String>) {
        self.take_over(storage);
        let Stored { settings, unread, .. } = Stored::read(Some(storage));
        let theirs = match (storage.get_string(SETTINGS_KEY), unread) {
            (_, Some(Unread::Newer)) => return,
            (_, Some(Unread::Damaged { text, .. })) => {
                keep_aside(storage, &text);
                self.before.clone()
            }
            (None, None) => self.before.clone(),
            (Some(_), None) => settings,
        };
        let merged = merged_settings(&self.before, mine, theirs);
        self.before = mine.clone();
        if let Ok(text) = serde_json::to_string(&merged) {
            storage.set_string(SETTINGS_KEY, text);
        }
        if let Some(layout) = layout {
            storage.set_string(LAYOUT_KEY, layout);
        }
    }

    /// The library read its store once, at the start.
    fn take_over(&self, storage: &mut dyn Storage) {
        let values = self.read_again.as_ref().and_then(|read_again| read_again());
        for (key, value) in values.unwrap_or_default() {
            if key == SETTINGS_KEY || storage.get_string(&key).is_none() {
                storage.set_string(&key, value);
            }
        }
    }
}

/// Keeps settings that cannot be read beside those that take their place, under a name that nothing had before.
fn keep_aside(storage: &mut dyn Storage, text: &str) {
    let names = (1..).map(|n| match n {
        1 => format!("{SETTINGS_KEY}.unreadable"),
        n => format!("{SETTINGS_KEY}.unreadable-{n}"),
    });
    let mut free = names.filter(|name| storage.get_string(name).is_none());
    if let Some(name) = free.next() {
        storage.set_string(&name, text.to_owned());
    }
}
