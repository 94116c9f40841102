//! The images that are chosen on the map, in figures: how many of each class, and the run's matrix of those that it has judged.

use egui::{Label, Ui};

use crate::app::{Action, AppState, ChosenFigures, ImagesAction, MapAction, Normalise};
use crate::metrics::{Confusion, overall, percent, thousands, wilson};
use crate::ui::judge::matrix::{Model, matrix_at};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{empty, fine_print, heading_row, quiet_button};
use crate::visible::visible_names;

/// Of more classes those with the most images are in the matrix.
const MOST_CLASSES: usize = 8;
/// Classes that are named in the sentence.
const NAMED: usize = 3;

pub fn chosen(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let n = state.map.chosen.len();
    let title = match n {
        0 => "Chosen on the map".to_owned(),
        1 => "Chosen · 1 image".to_owned(),
        n => format!("Chosen · {} images", thousands(n as u64)),
    };
    heading_row(ui, &title, |ui| {
        if n > 0 && quiet_button(ui, "Let go", "Choose no image on the map").clicked() {
            actions.push(Action::Map(MapAction::LetGo));
        }
    });
    let Some(made) = state.map.made.as_ref().filter(|_| n > 0) else {
        return empty(
            ui,
            "Draw around images with Shift held, or click on the legend, to see what the run makes of them",
        );
    };
    let figures = state.chosen_figures();
    let classes = visible_names(&made.dataset.classes);
    ui.spacing_mut().item_spacing.y = 3.0;
    ui.add(Label::new(of_classes(&figures, &classes)).wrap());
    let Some(confusion) = &figures.confusion else {
        let part = state.looking.part.in_words();
        let text = match state.subject() {
            Some(subject) => format!("None of them is a {part} image of {}", subject.label),
            None => "Choose a run to see what it makes of them".into(),
        };
        fine_print(ui, &text, theme::of(ui));
        return;
    };
    ui.add(Label::new(judged(state, &figures, confusion)).wrap())
        .on_hover_text("95 % interval in brackets (Wilson 1927)");
    matrix(ui, &classes, confusion, actions);
}

/// Such as `171 FAKE, 43 REAL`.
fn of_classes(figures: &ChosenFigures, classes: &[String]) -> String {
    let mut counts: Vec<(usize, &String)> = figures.n_of_class.iter().copied().zip(classes).collect();
    counts.retain(|(n, _)| *n > 0);
    counts.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    let named: Vec<String> = counts
        .iter()
        .take(NAMED)
        .map(|(n, class)| format!("{} {class}", thousands(*n as u64)))
        .collect();
    let rest: usize = counts.iter().skip(NAMED).map(|(n, _)| n).sum();
    match counts.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        n => format!(
            "{}, {} of {n} other classes",
            named.join(", "),
            thousands(rest as u64)
        ),
    }
}

fn judged(state: &AppState, figures: &ChosenFigures, confusion: &Confusion) -> String {
    let right: u64 = confusion.diagonal().sum();
    let n = confusion.total();
    let interval = wilson(right, n).map_or_else(String::new, |interval| {
        format!(" ({:.0} to {:.0})", interval.low * 100.0, interval.high * 100.0)
    });
    let part = state.looking.part.in_words();
    let label = state.subject().map_or_else(String::new, |subject| subject.label);
    let rest = match figures.n_chosen as u64 - n {
        0 => String::new(),
        rest => format!("; {} more were not judged in this part", thousands(rest)),
    };
    format!(
        "{} {part} images, judged by {label}: accuracy {}{interval}, balanced accuracy {}{rest}",
        thousands(n),
        percent(Some(right as f64 / n.max(1) as f64), 1),
        percent(overall(confusion).balanced_accuracy, 1),
    )
}

/// Of the classes that are among them, true or predicted. A cell's click chooses its images alone.
fn matrix(ui: &mut Ui, classes: &[String], confusion: &Confusion, actions: &mut Vec<Action>) {
    let (shown, n_more) = shown_classes(confusion);
    if n_more > 0 {
        let text = format!("The {} largest of {} classes", shown.len(), shown.len() + n_more);
        fine_print(ui, &text, theme::of(ui));
    }
    let names: Vec<String> = shown
        .iter()
        .map(|&class_idx| classes[class_idx].clone())
        .collect();
    let part = confusion.in_order(&shown);
    let model = Model::new(&names, &part, Normalise::Counts);
    let area = ui.available_rect_before_wrap();
    if area.width() < 90.0 || area.height() < 60.0 {
        return;
    }
    let mut asked = Vec::new();
    matrix_at(ui, "chosen on the map", &model, area.into(), None, &mut asked);
    let of_all = |(truth, predicted): (usize, usize)| (shown[truth], shown[predicted]);
    actions.extend(asked.into_iter().filter_map(|action| match action {
        Action::Images(ImagesAction::ShowCell(cell)) => {
            Some(Action::Map(MapAction::ChooseCell(of_all(cell))))
        }
        _ => None,
    }));
}

/// In the folder's order, and how many more there are.
fn shown_classes(confusion: &Confusion) -> (Vec<usize>, usize) {
    let n_of = |class_idx: usize| confusion.row_total(class_idx) + confusion.col_total(class_idx);
    let mut there: Vec<usize> = (0..confusion.n_classes())
        .filter(|&class| n_of(class) > 0)
        .collect();
    there.sort_by_key(|&class| (std::cmp::Reverse(n_of(class)), class));
    let n_more = there.len().saturating_sub(MOST_CLASSES);
    there.truncate(MOST_CLASSES);
    there.sort_unstable();
    (there, n_more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_classes_are_shown_and_the_rest_is_counted() {
        let mut confusion = Confusion::new(20);
        (0..12).for_each(|class| (0..=class).for_each(|_| confusion.add(class, 19)));
        let (shown, n_more) = shown_classes(&confusion);
        assert_eq!(shown, [5, 6, 7, 8, 9, 10, 11, 19]);
        assert_eq!(n_more, 5);
    }

    #[test]
    fn classes_are_counted_the_largest_first() {
        let names: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).to_vec();
        let of = |n_of_class: &[usize]| {
            let figures = ChosenFigures {
                n_of_class: n_of_class.to_vec(),
                ..ChosenFigures::default()
            };
            of_classes(&figures, &names)
        };
        assert_eq!(of(&[1, 0, 1200, 0, 0, 0]), "1,200 c, 1 a");
        assert_eq!(of(&[1, 2, 3, 4, 5, 6]), "6 f, 5 e, 4 d, 6 of 3 other classes");
    }
}
