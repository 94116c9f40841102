//! The learning rate: a slider by its logarithm, and any number beside it.

use egui::{Response, Ui, WidgetInfo};

use crate::experiment::config::fields::LR;
use crate::ui::parts::fields::wide;
use crate::ui::parts::numbers::{Limits, number};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::log_slider;

/// A slider over the rates that heads are trained with, by their logarithm, and any number beside it.
pub fn learning_rate(ui: &mut Ui, lr: &mut f64) -> Response {
    let number_width = 58.0;
    let mut slid = *lr;
    let slider = log_slider(
        ui,
        &mut slid,
        1e-5..=1.0,
        ui.available_width() - number_width - theme::GAP,
    );
    slider.widget_info(|| WidgetInfo::slider(true, slid, "Learning rate, slider"));
    if slider.changed() {
        *lr = one_digit(slid);
    }
    let speed = lr.abs().max(1e-9) * 0.02;
    let limits = Limits::of(&LR, LR.label);
    let size = wide(ui);
    let typed = number(ui, lr, limits, |drag| {
        drag.speed(speed)
            .custom_formatter(|lr, _| scientific(lr))
            .min_size(size)
    });
    slider.on_hover_text(LR.explanation);
    typed
}

/// One digit is all that a slider can mean: `3e-4`.
fn one_digit(value: f64) -> f64 {
    // Through text, so that it is the number that people would write.
    format!("{value:.0e}").parse().unwrap_or(value)
}

/// `1e-3` rather than `0.001`; ordinary numbers stay ordinary.
fn scientific(value: f64) -> String {
    if value == 0.0 || (0.01..1000.0).contains(&value.abs()) || !value.is_finite() {
        return format!("{}", (value * 1e6).round() / 1e6);
    }
    let exponent = value.abs().log10().floor();
    let mantissa = (value / 10f64.powf(exponent) * 100.0).round() / 100.0;
    format!("{mantissa}e{exponent}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn learning_rates_are_written_short() {
        for (value, text) in [
            (1e-3, "1e-3"),
            (3.2e-4, "3.2e-4"),
            (0.01, "0.01"),
            (0.1, "0.1"),
            (0.0, "0"),
            (5e4, "5e4"),
        ] {
            assert_eq!(super::scientific(value), text);
        }
    }

    #[test]
    fn a_slider_gives_numbers_that_people_write() {
        for (slid, lr) in [(0.000_987, 1e-3), (0.000_312, 3e-4), (0.999, 1.0)] {
            assert_eq!(super::one_digit(slid), lr);
        }
    }
}
