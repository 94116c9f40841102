//! Figures as SVG: lines and texts that are crisp in print, each with a title and a description for those who do not see it.

pub mod calibration;
pub mod cost;
pub mod losses;
pub mod matrix;
pub mod recalls;
pub mod trade_off;

mod frame;
mod series;

use super::element::{Element, el};

/// A figure with what it is on, and what there is to say of it. `legend` may be missing where there is one line alone.
pub fn figure(caption: &str, drawing: Element, legend: Option<Element>) -> Element {
    let caption = el("figcaption").text(caption);
    el("figure").child(caption).child(drawing).children(legend)
}

pub use series::legend;
