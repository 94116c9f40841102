//! Fields for numbers. What is typed counts at Enter. A number that is out of range is not clamped: the field keeps the last
//! good one, and a message beside it says why.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use egui::emath::Numeric;
use egui::{DragValue, Id, Response, Ui};

use crate::experiment::Field;
use crate::ui::parts::theme;

/// What may be typed, and how that is said.
pub struct Limits<T> {
    /// The row that shows what is wrong, by [`range_message`].
    pub row: &'static str,
    /// Such as `the batch`.
    pub what: &'static str,
    pub range: RangeInclusive<T>,
    /// Such as ` %`, after numbers.
    pub unit: &'static str,
}

impl<T: Numeric> Limits<T> {
    /// Those of a hyperparameter, whose messages that row shows.
    pub fn of(field: &Field, row: &'static str) -> Self {
        let number = field.number.as_ref();
        Limits {
            row,
            what: number.map_or("", |number| number.what),
            range: number.map_or(T::MIN..=T::MAX, |number| {
                T::from_f64(*number.typed.start())..=T::from_f64(*number.typed.end())
            }),
            unit: number.map_or("", |number| number.unit),
        }
    }
}

/// Adds the field. `made` gives it its size, its speed and its digits.
pub fn number<T: Numeric>(
    ui: &mut Ui,
    value: &mut T,
    limits: Limits<T>,
    made: impl FnOnce(DragValue<'_>) -> DragValue<'_>,
) -> Response {
    let wrong = RefCell::new(None);
    let tried = RefCell::new(false);
    let before = *value;
    let (least, most) = (limits.range.start().to_f64(), limits.range.end().to_f64());
    let parse = |text: &str| {
        *tried.borrow_mut() = true;
        let parsed = match limits.unit.contains('%') {
            true => in_range::<T>(&as_percent(text), least, most),
            false => in_range::<T>(text, least, most),
        };
        *wrong.borrow_mut() = parsed.as_ref().err().map(|reason| {
            let text = text.trim();
            match reason {
                Unfit::NoNumber => format!("{text} is not a number; {} stays {}", limits.what, shown(before)),
                Unfit::NotWhole => format!(
                    "{text} is not a whole number; {} stays {}",
                    limits.what,
                    shown(before)
                ),
                Unfit::OutOfRange => format!(
                    "{text} is out of range: {} goes from {} to {}{} and stays {}{}",
                    limits.what,
                    shown(*limits.range.start()),
                    shown(*limits.range.end()),
                    limits.unit,
                    shown(before),
                    limits.unit
                ),
            }
        });
        parsed.ok()
    };
    let drag = DragValue::new(value)
        .range(limits.range.clone())
        .clamp_existing_to_range(false)
        .suffix(limits.unit)
        .update_while_editing(false)
        .custom_parser(parse);
    let response = ui.add(made(drag));
    let wrong = wrong.into_inner();
    if wrong.is_some() {
        set_message(ui, limits.row, limits.what, wrong);
    } else if tried.into_inner() || response.changed() {
        set_message(ui, limits.row, limits.what, None);
    }
    response
}

/// `1/200` is 0.5 %.
fn as_percent(text: &str) -> String {
    let share = text.split_once('/').and_then(|(part, whole)| {
        let [part, whole] = [part, whole].map(|number| number.trim().parse::<f64>().ok());
        Some(100.0 * part? / whole?)
    });
    share.map_or_else(|| text.to_owned(), |share| share.to_string())
}

enum Unfit {
    NoNumber,
    NotWhole,
    OutOfRange,
}

fn in_range<T: Numeric>(text: &str, least: f64, most: f64) -> Result<f64, Unfit> {
    // As the field shows it, and as people write it.
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.trim_end_matches(['%']).replace('−', "-");
    match plain.parse::<f64>() {
        Ok(value) if value.is_nan() => Err(Unfit::NoNumber),
        Ok(value) if !(least..=most).contains(&value) => Err(Unfit::OutOfRange),
        Ok(value) if T::INTEGRAL && value.fract() != 0.0 => Err(Unfit::NotWhole),
        Ok(value) => Ok(value),
        Err(_) => Err(Unfit::NoNumber),
    }
}

/// In thousands where it is whole.
fn shown<T: Numeric>(value: T) -> String {
    let value = value.to_f64();
    match value.fract() == 0.0 && (0.0..1e15).contains(&value) {
        true => crate::metrics::thousands(value as u64),
        false => format!("{value}"),
    }
}

fn key(row: &str) -> Id {
    Id::unique(("out of range", row))
}

/// Each row shows one message, about the field that was typed into last.
type RangeMessage = Option<(&'static str, String)>;

fn set_message(ui: &Ui, row: &'static str, what: &'static str, wrong: Option<String>) {
    let message: RangeMessage = ui.data(|data| data.get_temp(key(row))).flatten();
    let is_mine = message.as_ref().is_none_or(|(of, _)| *of == what);
    if wrong.is_some() || is_mine {
        let message: RangeMessage = wrong.map(|wrong| (what, wrong));
        ui.data_mut(|data| data.insert_temp(key(row), message));
    }
}

/// What was out of range in that row, where something was.
pub fn range_message(ui: &mut Ui, row: &str) {
    let message: RangeMessage = ui.data(|data| data.get_temp(key(row))).flatten();
    if let Some((_, wrong)) = message {
        let wrong = theme::small(crate::app::sentence_case(&wrong)).color(theme::of(ui).warning);
        ui.add(egui::Label::new(wrong).wrap());
    }
}
