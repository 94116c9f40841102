//! How much room there is, and what is left out where it is little: every size at which the window changes what it
//! shows. In points.

use std::ops::RangeInclusive;

use egui::Ui;

/// The panel of inputs on the left and that of runs on the right: as wide at first, and as narrow and as wide as the
/// user may draw them.
pub const INPUTS_WIDTH: f32 = 268.0;
/// In windows as wide as this the inputs are wider at first, with a class's recall beside its weight.
pub const WIDE_WINDOW: f32 = 1600.0;
pub const WIDE_INPUTS_WIDTH: f32 = 340.0;
pub const INPUTS_WIDTHS: RangeInclusive<f32> = 248.0..=420.0;
pub const RUNS_WIDTH: f32 = 246.0;
/// In narrower windows both are narrower at first, for the sake of what stands between them.
pub const NARROW_WINDOW: f32 = 1150.0;
pub const NARROW_INPUTS_WIDTH: f32 = 262.0;
pub const NARROW_RUNS_WIDTH: f32 = 228.0;
pub const RUNS_WIDTHS: RangeInclusive<f32> = 220.0..=420.0;
/// A class's name before its bar.
pub const CLASS_NAME: f32 = 76.0;
/// Rows of classes as wide as this have room for the recall between images and weight.
pub const RECALL_BESIDE_WEIGHT: f32 = 290.0;

/// A window as high as this has room for everything beside the inputs.
pub const WHOLE_INPUTS: f32 = 830.0;
/// A window must be this much higher per class to have room for pictures under the classes.
pub const CLASS_PICTURES: f32 = 50.0;
/// In lower windows the inputs stand closer, so that two classes' sliders are seen without scrolling;
pub const SPACED_INPUTS: f32 = 760.0;
/// each row that only some experiments have needs this much more.
pub const INPUTS_ROW: f32 = 32.0;
/// In lower windows the weights need the place of a second button; the palette has what it does.
pub const SECOND_BUTTON: f32 = 720.0;

/// In narrower tiles the options of the losses are in one menu.
pub const LOSS_OPTIONS: f32 = 520.0;
/// Lower plots of losses have no room to spare for their legend.
pub const LOSS_LEGEND: f32 = 130.0;
/// From this height on they have room for a third line of it.
pub const LOSS_HIGH: f32 = 220.0;
/// Below this width the matrix's control is short; and this much sooner where the pretrained baseline can be asked
/// for beside it.
pub const MATRIX_HEADING: f32 = 300.0;
pub const BASELINE_TOGGLE: f32 = 90.0;
/// In narrower tiles the sentence above a matrix's list needs a second line, and a third.
pub const MATRIX_ONE_LINE: f32 = 520.0;
pub const MATRIX_TWO_LINES: f32 = 280.0;
/// Below this width the names of figures are cut and intervals left out.
pub const FIGURES: f32 = 330.0;
/// In lower tiles the figures of all classes stand in one line, above those of each class.
pub const FIGURES_IN_ROWS: f32 = 360.0;
/// From this width on the figures of many classes have room for their intervals as bars.
pub const FIGURES_WITH_BARS: f32 = 460.0;
/// From this width on a line has room for the threshold's slider and its buttons.
pub const THRESHOLD_LINE: f32 = 300.0;
/// A lower plot of shares has no room for its axis' name, which would stand over the heading.
pub const SHARES_HEIGHT: f32 = 110.0;
/// From this width on what is known of a large image stands beside it, and not below.
pub const IMAGE_BESIDE: f32 = 560.0;
/// In narrower columns of the comparison a share stands without its sign.
pub const COMPARED_COLUMN: f32 = 96.0;

/// How wide the panel of inputs is before anybody draws it.
pub fn inputs_width(ui: &Ui) -> f32 {
    match ui.ctx().content_rect().width() {
        ..NARROW_WINDOW => NARROW_INPUTS_WIDTH,
        NARROW_WINDOW..WIDE_WINDOW => INPUTS_WIDTH,
        _ => WIDE_INPUTS_WIDTH,
    }
}

/// The same of the panel of runs.
pub fn runs_width(ui: &Ui) -> f32 {
    match ui.ctx().content_rect().width() < NARROW_WINDOW {
        true => NARROW_RUNS_WIDTH,
        false => RUNS_WIDTH,
    }
}

/// How high the window is.
pub fn window_height(ui: &Ui) -> f32 {
    ui.ctx().content_rect().height()
}
