//! What is typed into fields, and what is then said.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::Bench;

/// As a number field is typed into.
pub fn type_into(bench: &mut Bench, label: &str, text: &str) {
    bench.harness.get_by_label(label).click();
    bench.frames();
    bench.key(Modifiers::COMMAND, Key::A);
    bench.harness.event(egui::Event::Text(text.into()));
    bench.key(Modifiers::NONE, Key::Enter);
}

pub fn says(bench: &Bench, text: &str) -> bool {
    bench.harness.query_all_by_label_contains(text).next().is_some()
}
