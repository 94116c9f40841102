//! The axes' marks and what is written at them.

use egui_plot::{AxisHints, GridInput, GridMark, HoverPosition};

use crate::app::{PlotView, XAxis};
use crate::ui::parts::theme::{self, Theme};

pub fn axis<'a>(hints: AxisHints<'a>, theme: &Theme) -> AxisHints<'a> {
    hints
        .tick_label_color(theme.muted)
        .tick_label_font(theme::font(11.0))
}

/// Marks at whole multiples of 1, 2 or 5 times a power of ten, as close as they may stand.
pub fn round_marks(input: GridInput, sparser: f64) -> Vec<GridMark> {
    let least = (input.base_step_size * sparser).max(f64::MIN_POSITIVE);
    let power = 10f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|f| f * power >= least)
        .unwrap_or(10.0);
    let step_size = factor * power;
    let (low, high) = input.bounds;
    let (first, last) = ((low / step_size).ceil() as i64, (high / step_size).floor() as i64);
    // Bounds are finite and a step is many pixels wide; the limit is for a plot that has neither.
    let marks = (first..=last).take(200);
    marks
        .map(|i| GridMark {
            value: i as f64 * step_size,
            step_size,
        })
        .collect()
}

pub fn loss_mark(mark: GridMark, log: bool) -> String {
    if log {
        let loss = 10f64.powf(mark.value);
        // Between whole powers of ten the marks lie on no round loss; say fewer digits of them.
        return if loss < 0.01 {
            format!("{loss:.0e}")
        } else {
            format!("{loss:.2}")
        };
    }
    let decimals = (-mark.step_size.log10()).ceil().clamp(1.0, 5.0) as usize;
    format!("{:.decimals$}", mark.value)
}

/// Without a decimal point where nothing follows it.
pub fn tidy(value: f64) -> String {
    if value < 0.0 {
        return String::new();
    }
    if (value - value.round()).abs() < 1e-6 {
        return crate::metrics::thousands(value.round() as u64);
    }
    format!("{}", (value * 100.0).round() / 100.0)
}

pub fn readout(at: &HoverPosition<'_>, view: PlotView) -> Option<String> {
    let HoverPosition::NearDataPoint {
        plot_name, position, ..
    } = at
    else {
        return None;
    };
    let loss = if view.log {
        10f64.powf(position.y)
    } else {
        position.y
    };
    let x = match view.x {
        XAxis::Iteration => format!("iteration {}", tidy(position.x)),
        XAxis::Epoch => format!("epoch {:.2}", position.x),
        XAxis::Time => format!("{:.1} s", position.x),
    };
    Some(format!("{plot_name}\n{x}\nloss {loss:.4}"))
}
