//! Text where there is little room. Names of classes lose their middle, or what all of them share, and stand whole under the
//! pointer and for screen readers; any other line loses its end.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, FontId, Galley, Response, Role, Ui, WidgetInfo};

use crate::short_name::{Shared, shortened};
use crate::ui::parts::theme;

/// One line of that width.
pub fn fitted(ui: &Ui, name: &str, shared: Shared, font: FontId, width: f32, ink: Color32) -> Arc<Galley> {
    let galley = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), ink);
    let short = shortened(name, shared, |text| galley(text).size().x <= width);
    galley(&short)
}

/// One line that ends with an ellipsis where it is wider than that.
pub fn elided(ui: &Ui, text: &str, font: FontId, width: f32, ink: Color32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, ink);
    job.wrap = TextWrapping::truncate_at_width(width.max(10.0));
    ui.painter().layout_job(job)
}

/// A name as a label as wide as there is room.
pub fn name_label(ui: &mut Ui, name: &str, shared: Shared, is_strong: bool) -> Response {
    let font = match is_strong {
        true => theme::strong_font(theme::SMALL),
        false => theme::font(theme::SMALL),
    };
    name_in(ui, name, shared, font)
}

/// The same in that font.
pub fn name_in(ui: &mut Ui, name: &str, shared: Shared, font: FontId) -> Response {
    let ink = theme::of(ui).text;
    let galley = fitted(ui, name, shared, font, ui.available_width(), ink);
    let is_whole = galley.text() == name;
    let label = ui.add(egui::Label::new(galley));
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
    match is_whole {
        true => label,
        false => label.on_hover_text(name),
    }
}
