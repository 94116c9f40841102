//! Finding runs by words: of their name, note, weights, network, folder, date and state.

use crate::app::runs::run::RunView;
use crate::experiment::{backbone, began};

/// Whether all of the words, in small letters, are somewhere in what is said of the run.
pub(in crate::app) fn matches(run: &RunView, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let text = said_of(run);
    words.iter().all(|word| text.contains(word))
}

fn said_of(run: &RunView) -> String {
    let config = &run.config;
    let title = backbone(&config.arch).map_or("", |backbone| backbone.title);
    let date = began(&run.name).map_or_else(String::new, |began| began.strftime("%-d %B %Y %A").to_string());
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
        config.data.display().to_string(),
        date,
        run.state().name().to_owned(),
    ];
    said.join("\n").to_lowercase()
}
