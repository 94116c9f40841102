//! Where a class is found less: a row for each slice of the images, the worst first. A row is the way to its images.

use egui::{
    ComboBox, Rect, Response, Role, ScrollArea, Sense, TextWrapMode, Ui, WidgetInfo, WidgetText, pos2, vec2,
};

use crate::app::{Action, AppState, ImagesAction, Showing, Shows, SliceRow, SlicesShown, WindowAction};
use crate::metrics::{percent, thousands, wilson};
use crate::ui::judge::interval_bar::{in_brackets, interval_bar};
use crate::ui::parts::keyboard::drop_down::drop_down;
use crate::ui::parts::keyboard::one_stop::OneStop;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{empty, fine_print, focus_ring, heading_row, named, quiet_button};
use crate::visible::visible;

const ROW: f32 = 42.0;
/// What each line under the first takes; narrow rows have one more.
const LINE: f32 = 17.0;
const GAP: f32 = 8.0;
/// Of the difference to the rest.
const DIFFERENCE: f32 = 160.0;
/// Of the interval, where there is room for it beside a recall in full.
const BAR: f32 = 120.0;
const WITH_BAR: f32 = 660.0;
/// Classes whose recall stands in a tip.
const MOST_CLASSES: usize = 12;

pub fn slices_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let label = state
        .subject()
        .map_or_else(String::new, |subject| format!(" · {}", subject.label));
    heading_row(ui, &format!("Slices{label}"), |ui| {
        if quiet_button(ui, "Close", "Close the slices").clicked() {
            actions.push(Action::Window(WindowAction::Show(Showing::OneRun)));
        }
    });
    let shown = match state.slices_shown() {
        Ok(shown) => shown,
        Err(reason) => return empty(ui, &reason),
    };
    if shown.ranked.rows.is_empty() {
        return empty(ui, "The images do not differ in anything that is known of them");
    }
    let by = state.images.slices.by.as_deref();
    choice(ui, &shown, by, actions);
    let rows = shown.rows(by);
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical()
        .id_salt("slices")
        .auto_shrink(false)
        .show(ui, |ui| {
            let stop = OneStop::down(ui, "rows of the slices", rows.len());
            for (i, row) in rows.into_iter().enumerate() {
                let response = slice_row(ui, state, &shown, row, stop.sense(i), actions);
                stop.drawn(ui, i, &response);
            }
            ui.add_space(GAP);
            for why in &shown.read.left_out {
                fine_print(ui, &visible(why), theme::of(ui));
            }
        });
}

/// Which property, and what the figures mean.
fn choice(ui: &mut Ui, shown: &SlicesShown, by: Option<&str>, actions: &mut Vec<Action>) {
    let is_there = |name: &&str| {
        shown
            .read
            .properties
            .iter()
            .any(|property| property.name == *name)
    };
    let now = by.filter(is_there);
    let mut chosen = now.map(str::to_owned);
    let text = now.map_or_else(
        || "By everything known of the images".into(),
        |name| format!("By {}", visible(name)),
    );
    let combo = ComboBox::from_id_salt("property of the slices")
        .width(ui.available_width())
        .truncate()
        .selected_text(text);
    let combo = drop_down(ui, combo, |ui| {
        ui.selectable_value(&mut chosen, None, "By everything known of the images");
        for property in &shown.read.properties {
            let text = format!("By {}", visible(&property.name));
            ui.selectable_value(&mut chosen, Some(property.name.clone()), text);
        }
    });
    named(&combo, Role::ComboBox, "Property of the slices");
    if chosen.as_deref() != now {
        actions.push(Action::Images(ImagesAction::SliceBy(chosen)));
    }
    let mut words = format!(
        "Against the other images of which the property is known. Of {} differences, \"{}\" is what stays below 5 % by Fisher's \
         exact test with Holm's correction for as many",
        thousands(shown.ranked.n_compared as u64),
        if shown.read.in_groups { "likely" } else { "surely" },
    );
    if shown.read.in_groups {
        words += ", as if images of one group did not resemble each other: none is sure";
    }
    ui.add(egui::Label::new(theme::small(words).color(theme::of(ui).muted)).wrap());
    ui.add_space(4.0);
}

fn slice_row(
    ui: &mut Ui,
    state: &AppState,
    shown: &SlicesShown,
    row: &SliceRow,
    sense: Sense,
    actions: &mut Vec<Action>,
) -> Response {
    let classes = state.looked_at_classes();
    let class = classes.get(shown.class_idx).map_or("", String::as_str);
    let (found, n) = row
        .figures
        .found
        .get(shown.class_idx)
        .copied()
        .unwrap_or_default();
    let (difference, verdict) = against_rest(row, shown.read.in_groups);
    let title = format!("{}: {}", visible(&row.property), visible(&row.slice));
    let images = format!("{} images", thousands(row.figures.n_images));
    let width = ui.available_width();
    let height = if width < WITH_BAR { ROW + LINE } else { ROW };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), sense);
    let in_words = found_in_words(found, n, class);
    let spoken = format!("{title}: {images}, {in_words}; {difference} against the rest, {verdict}");
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &spoken));
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if ui.is_rect_visible(rect) {
        let texts = Texts {
            title,
            images,
            found: in_words,
            recall_first: recall_first(found, n, class),
            difference,
            verdict,
        };
        paint(ui, rect, &response, &texts, row, (found, n));
    }
    focus_ring(ui, &response);
    if response.clicked() {
        actions.push(Action::Images(ImagesAction::Show(Shows::Slice {
            property: row.property.clone(),
            slice: row.slice.clone(),
        })));
    }
    response.on_hover_text(tip(classes, row))
}

/// What stands in a row.
struct Texts {
    title: String,
    images: String,
    found: String,
    /// The same for a line that may be too short for the class's name.
    recall_first: String,
    difference: String,
    verdict: &'static str,
}

fn paint(ui: &Ui, rect: Rect, response: &Response, texts: &Texts, row: &SliceRow, (found, n): (u64, u64)) {
    let theme = theme::of(ui);
    if response.hovered() {
        ui.painter().rect_filled(rect, 4, theme.raised);
    }
    ui.painter()
        .hline(rect.x_range(), rect.bottom(), theme.hairline());
    let right = Rect::from_min_max(pos2(rect.right() - DIFFERENCE, rect.top()), rect.max);
    let has_bar = rect.width() >= WITH_BAR;
    let bar = if has_bar { BAR + GAP } else { 0.0 };
    let width = (right.left() - rect.left() - bar - 2.0 * GAP).max(40.0);
    let sure = row.figures.against_rest.is_some_and(|against| against.is_sure());
    let ink = if sure { theme.text } else { theme.muted };
    let line = |text: &str, colour, at: egui::Pos2, width: f32| {
        let text = WidgetText::from(theme::small(text).color(colour));
        let galley = text.into_galley(ui, Some(TextWrapMode::Truncate), width, egui::TextStyle::Body);
        ui.painter().galley(at, galley, colour);
    };
    let (left, above) = (rect.left() + 4.0, rect.top() + 5.0);
    let below = above + LINE;
    line(&texts.title, theme.text, pos2(left, above), width);
    if has_bar {
        let counted = format!("{} · {}", texts.images, texts.found);
        line(&counted, theme.muted, pos2(left, below), width);
    } else {
        // Beside the difference there is no room for both.
        line(&texts.images, theme.muted, pos2(left, below), width);
        let whole = rect.width() - 8.0;
        line(&texts.recall_first, theme.muted, pos2(left, below + LINE), whole);
    }
    line(
        &texts.difference,
        ink,
        pos2(right.left(), above),
        DIFFERENCE - 4.0,
    );
    line(texts.verdict, ink, pos2(right.left(), below), DIFFERENCE - 4.0);
    if let Some(interval) = wilson(found, n).filter(|_| has_bar) {
        let left = right.left() - GAP - BAR;
        let place = Rect::from_min_max(
            pos2(left, rect.top() + 6.0),
            pos2(left + BAR, rect.bottom() - 6.0),
        );
        interval_bar(ui, place, found as f64 / n as f64, interval, None);
    }
}

/// Such as `33.3 % (22.7 to 45.9), 20 of 60 REAL`.
fn recall_first(found: u64, n: u64, class: &str) -> String {
    match wilson(found, n) {
        None => format!("no {}", visible(class)),
        Some(interval) => format!(
            "{} {}, {} of {} {}",
            percent(Some(found as f64 / n as f64), 1),
            in_brackets(interval),
            thousands(found),
            thousands(n),
            visible(class),
        ),
    }
}

/// Such as `20 of 60 REAL found, 33.3 % (22.7 to 45.9)`.
fn found_in_words(found: u64, n: u64, class: &str) -> String {
    let class = visible(class);
    match wilson(found, n) {
        None => format!("no {class}"),
        Some(interval) => format!(
            "{} of {} {class} found, {} {}",
            thousands(found),
            thousands(n),
            percent(Some(found as f64 / n as f64), 1),
            in_brackets(interval)
        ),
    }
}

/// The difference, and what is to be made of it.
fn against_rest(row: &SliceRow, in_groups: bool) -> (String, &'static str) {
    match &row.figures.against_rest {
        None => ("–".into(), "nothing to compare with"),
        Some(against) => {
            let verdict = match (against.is_sure(), in_groups, against.difference.value < 0.0) {
                (true, false, true) => "surely less",
                (true, false, false) => "surely more",
                (true, true, true) => "likely less",
                (true, true, false) => "likely more",
                (false, ..) => "may be chance",
            };
            (against.difference.in_words(), verdict)
        }
    }
}

/// The recall of each class, where there are not too many.
fn tip(classes: &[String], row: &SliceRow) -> String {
    let of_class = |(class, &(found, n)): (&String, &(u64, u64))| found_in_words(found, n, class);
    let mut lines: Vec<String> = classes
        .iter()
        .zip(&row.figures.found)
        .take(MOST_CLASSES)
        .map(of_class)
        .collect();
    if classes.len() > MOST_CLASSES {
        lines.push(format!("and {} more classes", classes.len() - MOST_CLASSES));
    }
    lines.push("A click shows the images".into());
    lines.join("\n")
}
