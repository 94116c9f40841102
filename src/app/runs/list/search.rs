//! Finding runs by words: of their name, note, weights, network, folder, date and state.

use jiff::civil::Date;

use crate::app::runs::run::RunView;
use crate::experiment::{backbone, began};

/// Whether all of the words, in small letters, are somewhere in what is said of the run.
pub(in crate::app) fn matches(run: &RunView, words: &[String], today: Date) -> bool {
    if words.is_empty() {
        return true;
    }
    let text = said_of(run, today);
    words.iter().all(|word| text.contains(word))
}

fn said_of(run: &RunView, today: Date) -> String {
    let config = &run.config;
    let title = backbone(&config.arch).map_or("", |backbone| backbone.title);
    let began = began(&run.name);
    let date = began.map_or_else(String::new, |began| began.strftime("%-d %B %Y %A").to_string());
    let day = match began.map(|began| began.date()) {
        Some(day) if day == today => "today",
        Some(day) if today.yesterday().is_ok_and(|yesterday| day == yesterday) => "yesterday",
        _ => "",
    };
    let weights = run.weights();
    let said = [
        run.label(),
        run.tag.note.clone(),
        // As it is typed: `1:8` as well as `1 : 8`.
        weights.replace(' ', ""),
        weights,
        run.name.clone(),
        config.arch.clone(),
        title.to_owned(),
        config.place().display().to_string(),
        date,
        day.to_owned(),
        run.state().name().to_owned(),
    ];
    said.join("\n").to_lowercase()
}
