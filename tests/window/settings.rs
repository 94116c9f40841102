//! Settings come back at the next start; those that this version cannot read are never lost.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use counterweight::app::{Action, RunsAction, ThemeChoice, WindowAction};
use counterweight::protocol::link;
use counterweight::ui::Window;
use eframe::App;

use crate::{DESKTOP, folders};

/// As eframe keeps them, but in memory.
#[derive(Default)]
pub struct Store(BTreeMap<String, String>);

impl eframe::Storage for Store {
    fn get_string(&self, key: &str) -> Option<String> {
        self.0.get(key).cloned()
    }

    fn set_string(&mut self, key: &str, value: String) {
        self.0.insert(key.to_owned(), value);
    }

    fn remove_string(&mut self, key: &str) {
        self.0.remove(key);
    }

    fn flush(&mut self) {}
}

fn stored(settings: &str) -> Store {
    Store([("counterweight".to_owned(), settings.to_owned())].into())
}

fn restored(store: &Store) -> Window {
    let (front, _engine) = link(Arc::new(|_| {}));
    Window::restored(&egui::Context::default(), front, DESKTOP, folders(), Some(store))
}

/// What the window tells at its start.
fn told(window: &Window) -> String {
    let texts = window
        .state()
        .notices
        .toasts
        .iter()
        .map(|toast| toast.text.as_str());
    texts.collect::<Vec<_>>().join("\n")
}

fn saved(window: &mut Window, mut store: Store) -> BTreeMap<String, String> {
    window.act(Action::Window(WindowAction::SetTheme(ThemeChoice::Dark)));
    window.save(&mut store);
    store.0
}

#[test]
fn settings_come_back() {
    let kept = saved(&mut restored(&Store::default()), Store::default());
    let again = restored(&Store(kept));
    assert_eq!(again.state().settings.theme, ThemeChoice::Dark);
    assert_eq!(told(&again), "");
}

#[test]
fn settings_of_a_newer_version_are_told_of_and_stay() {
    let newer = r#"{"format":9,"zoom":"wide"}"#;
    let mut window = restored(&stored(newer));
    assert!(told(&window).starts_with("A newer counterweight wrote the window's settings"));
    assert_eq!(saved(&mut window, stored(newer)), stored(newer).0);
}

#[test]
fn settings_that_cannot_be_read_are_kept_aside() {
    let damaged = r#"{"zoom":"wide"}"#;
    let mut window = restored(&stored(damaged));
    assert!(told(&window).starts_with("The window's settings cannot be read"));
    let kept = saved(&mut window, stored(damaged));
    assert_eq!(kept["counterweight.unreadable"], damaged);
    assert!(kept["counterweight"].contains(r#""theme":"dark""#));
    // Once is enough.
    let kept = saved(&mut window, Store(kept));
    assert!(!kept.contains_key("counterweight.unreadable-2"));
}

/// They read the store when they started; the one that closes last must not take back what the other stored.
#[test]
fn of_two_windows_on_one_home_each_stores_what_it_changed() {
    let shared = Rc::new(RefCell::new(saved(
        &mut restored(&Store::default()),
        Store::default(),
    )));
    let window = |store: &BTreeMap<String, String>| {
        let mut window = restored(&Store(store.clone()));
        let shared = Rc::clone(&shared);
        window.shares_its_store(Box::new(move || Some(shared.borrow().clone())));
        window
    };
    let at_start = shared.borrow().clone();
    let (mut first, mut second) = (window(&at_start), window(&at_start));
    first.act(Action::Runs(RunsAction::ListFolder("/of/first".into())));
    second.act(Action::Runs(RunsAction::ListFolder("/of/second".into())));
    second.act(Action::Window(WindowAction::SetTheme(ThemeChoice::Light)));
    for window in [&mut second, &mut first] {
        let mut own = Store(at_start.clone());
        window.save(&mut own);
        *shared.borrow_mut() = own.0;
    }
    let again = restored(&Store(shared.borrow().clone()));
    let settings = &again.state().settings;
    assert_eq!(settings.theme, ThemeChoice::Light);
    assert_eq!(
        settings.more_runs,
        [Path::new("/of/first"), Path::new("/of/second")]
    );
}
