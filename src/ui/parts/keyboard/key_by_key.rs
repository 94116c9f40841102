//! One key a frame. Where a frame takes longer than fingers do, several keys come in one: egui then knows Shift only as it is at
//! the frame's end, and what a key does would be about what was there before the key ahead of it. What comes after a key
//! therefore waits for the next frame; only typed letters come together.

use egui::{Event, Key};

#[derive(Default)]
pub struct KeyByKey {
    waiting: Vec<Event>,
}

impl KeyByKey {
    /// Leaves of a frame's events what belongs into it. Whether the others wait for another frame.
    pub fn part(&mut self, events: &mut Vec<Event>, is_typing: bool) -> bool {
        let mut all = std::mem::take(&mut self.waiting);
        all.append(events);
        drop_repeated(&mut all);
        let (mut has_acted, mut n) = (false, all.len());
        for (i, event) in all.iter().enumerate() {
            let is_key = pressed(event).is_some();
            if has_acted && (is_key || matches!(event, Event::ModifiersChanged(_))) {
                n = i;
                break;
            }
            let is_typed = is_typing && matches!(all.get(i + 1), Some(Event::Text(_)));
            let is_click = matches!(event, Event::PointerButton { pressed: false, .. });
            has_acted |= is_key && !is_typed || is_click;
        }
        self.waiting = all.split_off(n);
        *events = all;
        !self.waiting.is_empty()
    }
}

fn pressed(event: &Event) -> Option<Key> {
    match event {
        Event::Key {
            key, pressed: true, ..
        } => Some(*key),
        _ => None,
    }
}

/// A key that is held down comes again and again. Where frames take longer than that, it would go on after it was let go.
fn drop_repeated(events: &mut Vec<Event>) {
    let mut held: Vec<Key> = Vec::new();
    let mut is_dropped = false;
    events.retain(|event| {
        match event {
            Event::Key {
                key, pressed: false, ..
            } => held.retain(|down| down != key),
            Event::Key {
                key, pressed: true, ..
            } if held.contains(key) => {
                is_dropped = true;
                return false;
            }
            Event::Key {
                key, pressed: true, ..
            } => held.push(*key),
            // What the dropped key would have typed.
            Event::Text(_) if is_dropped => return false,
            _ => {}
        }
        is_dropped = false;
        true
    });
}

#[cfg(test)]
mod tests {
    use egui::Modifiers;

    use super::*;

    fn key(key: Key, pressed: bool, modifiers: Modifiers) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers,
        }
    }

    fn stroke(of: Key) -> Vec<Event> {
        vec![key(of, true, Modifiers::NONE), key(of, false, Modifiers::NONE)]
    }

    /// Frame by frame.
    fn frames(mut events: Vec<Event>, is_typing: bool) -> Vec<Vec<Event>> {
        let mut keys = KeyByKey::default();
        let mut frames = Vec::new();
        loop {
            let waits = keys.part(&mut events, is_typing);
            frames.push(std::mem::take(&mut events));
            if !waits {
                return frames;
            }
        }
    }

    #[test]
    fn each_key_has_a_frame_of_its_own() {
        let events = [
            stroke(Key::ArrowDown),
            stroke(Key::ArrowDown),
            stroke(Key::Delete),
        ]
        .concat();
        let frames = frames(events, false);
        let keys: Vec<Vec<Key>> = frames
            .iter()
            .map(|f| f.iter().filter_map(pressed).collect())
            .collect();
        assert_eq!(keys, [[Key::ArrowDown], [Key::ArrowDown], [Key::Delete]]);
    }

    #[test]
    fn shift_is_down_in_the_frame_of_its_key() {
        let shift = Event::ModifiersChanged(Modifiers::SHIFT);
        let up = Event::ModifiersChanged(Modifiers::NONE);
        let tab = |pressed| key(Key::Tab, pressed, Modifiers::SHIFT);
        let events = vec![shift.clone(), tab(true), tab(false), up.clone()];
        assert_eq!(
            frames(events, false),
            [vec![shift, tab(true), tab(false)], vec![up]]
        );
    }

    #[test]
    fn letters_are_typed_together_and_what_follows_them_comes_after() {
        let letter = |of: Key, text: &str| {
            vec![
                key(of, true, Modifiers::NONE),
                Event::Text(text.into()),
                key(of, false, Modifiers::NONE),
            ]
        };
        let typed = [letter(Key::A, "a"), letter(Key::B, "b")].concat();
        let events = [typed.clone(), stroke(Key::Enter), letter(Key::C, "c")].concat();
        assert_eq!(
            frames(events.clone(), true),
            [[typed, stroke(Key::Enter)].concat(), letter(Key::C, "c")]
        );
        // Nobody types, so that each is a command.
        assert_eq!(frames(events, false).len(), 4);
    }

    #[test]
    fn a_key_that_is_held_down_does_not_go_on_after_it_is_let_go() {
        let press = key(Key::ArrowDown, true, Modifiers::NONE);
        let release = key(Key::ArrowDown, false, Modifiers::NONE);
        let events = vec![press.clone(), press.clone(), press.clone(), release.clone()];
        assert_eq!(frames(events, false), [vec![press, release]]);
    }
}
