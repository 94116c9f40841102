//! Where the columns of the table lie, and their headings, by which it is sorted.

use egui::{Rect, Ui, pos2, vec2};

use crate::app::{Action, AppState, JudgeAction, Listing, SortBy};
use crate::ui::parts::heading::sorted::{Order, SortedHeading};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::run_mark;
use crate::visible::visible;

/// Height of the headings.
pub const HEADING: f32 = 24.0;
/// Room for a picture.
const PICTURE: f32 = 44.0;
const LEAST_FILE: f32 = 130.0;
/// Of a score and a doubt, with the doubt's bar and, where there is no room for that, without.
const NUMBERS: [f32; 2] = [64.0, 104.0];
const NARROW_NUMBERS: [f32; 2] = [54.0, 60.0];
/// Of a class's name, and of the name of a run over its column.
const CLASS_WIDTHS: std::ops::RangeInclusive<f32> = 76.0..=160.0;
/// Between two columns.
const GAP: f32 = 10.0;

/// From left to right.
pub struct Columns {
    pub all: Vec<Column>,
    pub width: f32,
}

pub struct Column {
    pub of: SortBy,
    pub x: f32,
    pub width: f32,
}

impl Columns {
    /// In so much room; what is not needed elsewhere goes to the file's name. `others` are the runs beside the first.
    pub fn new(ui: &Ui, state: &AppState, room: f32, others: &[usize]) -> Self {
        let class = class_width(ui, state);
        let of_run = class + 12.0;
        let rest = room - PICTURE - class - of_run * others.len() as f32 - LEAST_FILE;
        let [score, doubt] = match rest < NUMBERS.iter().sum() {
            true => NARROW_NUMBERS,
            false => NUMBERS,
        };
        let file = LEAST_FILE + (rest - score - doubt).max(0.0);
        let mut all = Vec::new();
        let mut x = PICTURE;
        let of_first = [
            (SortBy::File, file),
            (SortBy::Class, class),
            (SortBy::Score, score),
            (SortBy::Doubt, doubt),
        ];
        let of_others = others.iter().map(|&run| (SortBy::Run(run), of_run));
        for (of, width) in of_first.into_iter().chain(of_others) {
            let inner = width - GAP;
            all.push(Column { of, x, width: inner });
            x += width;
        }
        Columns { all, width: x }
    }

    pub fn column(&self, of: SortBy) -> Option<&Column> {
        self.all.iter().find(|column| column.of == of)
    }

    /// From the beginning of one column to the end of another.
    pub fn span(&self, from: SortBy, to: SortBy, row: Rect) -> Option<Rect> {
        let (from, to) = (self.column(from)?.in_row(row), self.column(to)?.in_row(row));
        Some(from.union(to))
    }
}

/// As wide as the longest class name needs, within reason.
fn class_width(ui: &Ui, state: &AppState) -> f32 {
    let judges = state.table_judges();
    let classes = judges
        .first()
        .map_or(&[][..], |&run| state.runs.all[run].classes());
    let longest = classes.iter().max_by_key(|class| class.chars().count());
    let longest = longest.map_or_else(String::new, |class| visible(class).into_owned());
    let font = theme::strong_font(13.0);
    let galley = ui.painter().layout_no_wrap(longest, font, theme::of(ui).text);
    (galley.size().x + GAP + 8.0).clamp(*CLASS_WIDTHS.start(), *CLASS_WIDTHS.end())
}

impl Column {
    pub fn in_row(&self, row: Rect) -> Rect {
        let left = row.left() + self.x;
        Rect::from_min_max(pos2(left, row.top()), pos2(left + self.width, row.bottom()))
    }
}

pub fn headings(ui: &mut Ui, state: &AppState, columns: &Columns, place: Rect, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    ui.painter().rect_filled(place, 0, theme.panel);
    let y = place.bottom() - 0.5;
    ui.painter()
        .line_segment([pos2(place.left(), y), pos2(place.right(), y)], theme.hairline());
    for column in &columns.all {
        heading(ui, state, column, column.in_row(place), actions);
    }
}

fn heading(ui: &mut Ui, state: &AppState, column: &Column, mut place: Rect, actions: &mut Vec<Action>) {
    let listing = &state.judge.listing;
    if let SortBy::Run(run) = column.of
        && let Some(run) = state.runs.all.get(run)
    {
        run_mark(ui, pos2(place.left() + 5.0, place.center().y), run);
        place.min.x += 16.0;
    }
    let sorted = listing.sorted_by == column.of;
    let name = name(state, column.of);
    let heading = SortedHeading {
        name: &name,
        spoken: &format!("Sort the images by {}", spoken(column.of, &name)),
        explanation: &tip(state, column.of),
        order: match sorted {
            true => Order::of(!listing.ascending),
            false => Order::Not,
        },
        on_right: false,
    };
    if heading.show(ui, place, ("heading", key(column.of))).clicked() {
        let ascending = match sorted {
            true => !listing.ascending,
            false => column.of.rises_first(),
        };
        actions.push(Action::Judge(JudgeAction::SetListing(Listing {
            sorted_by: column.of,
            ascending,
            ..listing.clone()
        })));
    }
}

fn key(of: SortBy) -> (u8, usize) {
    match of {
        SortBy::File => (0, 0),
        SortBy::Class => (1, 0),
        SortBy::Score => (2, 0),
        SortBy::Doubt => (3, 0),
        SortBy::Run(run) => (4, run),
    }
}

fn name(state: &AppState, of: SortBy) -> String {
    match of {
        SortBy::File => "File".into(),
        SortBy::Class => "Predicted".into(),
        SortBy::Score if is_undone(state) => "Prob.".into(),
        SortBy::Score => "Score".into(),
        SortBy::Doubt => "Doubt".into(),
        SortBy::Run(run) => state
            .runs
            .all
            .get(run)
            .map_or_else(String::new, |run| run.label()),
    }
}

fn spoken(of: SortBy, name: &str) -> String {
    match of {
        SortBy::Class => "predicted class".into(),
        SortBy::Score if name != "Score" => "probability".into(),
        SortBy::Run(_) => format!("what {name} predicts"),
        SortBy::File | SortBy::Score | SortBy::Doubt => name.to_lowercase(),
    }
}

fn tip(state: &AppState, of: SortBy) -> String {
    match of {
        SortBy::File => "The path below what was opened".into(),
        SortBy::Class => "The class that the chosen run predicts, by its threshold where one is set".into(),
        SortBy::Score if is_undone(state) => {
            "How probable the predicted class is under the chosen run, from 0 to 1, for the mix of the training images: what the \
             class weights did is undone. It is predicted by the scores as they were weighted"
                .into()
        }
        SortBy::Score => {
            "What the chosen run gives the predicted class, from 0 to 1. Under class weights a score is no chance: \
             the calibration plot shows how often such images are of the class"
                .into()
        }
        SortBy::Doubt => "How close the next class comes. By the largest score: 100 % less the distance between the two \
                          largest. By a threshold: 100 % less the distance to it, as a share of the largest there can be \
                          on its side"
            .into(),
        SortBy::Run(run) => {
            let label = state.runs.all.get(run).map_or_else(String::new, |run| run.label());
            format!("What {label} predicts, by the threshold that is kept with it; ≠ where it says otherwise")
        }
    }
}

/// Whether anything is undone in what the first run says.
pub fn is_undone(state: &AppState) -> bool {
    let first = state.table_judges().first().copied();
    first.is_some_and(|run| state.undo_of_new(run).changes())
}

/// A rectangle as high as a row's text, in the middle of a cell.
pub fn line_in(cell: Rect, height: f32) -> Rect {
    Rect::from_center_size(cell.center(), vec2(cell.width(), height))
}
