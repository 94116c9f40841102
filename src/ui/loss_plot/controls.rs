//! The controls in the loss plot's heading.

use egui::{Popup, Role, Slider, Ui};

use crate::app::{Action, PlotFormat, PlotView, XAxis};
use crate::ui::form_panel::named;
use crate::ui::widgets::{quiet_button, quiet_menu, quiet_toggle};

/// What was asked of the plot itself.
#[derive(Default)]
pub struct Asked {
    /// Show everything again.
    pub fit: bool,
    /// Take its picture.
    pub picture: bool,
}

pub fn controls(ui: &mut Ui, view: PlotView, zoomed: bool, actions: &mut Vec<Action>) -> Asked {
    let mut next = view;
    ui.spacing_mut().item_spacing.x = 14.0;
    let picture = export_menu(ui, actions);
    let fit = zoomed && quiet_button(ui, "Fit", "Fit the plot").clicked();
    toggles(ui, view, &mut next);
    let smooth = quiet_menu(ui, &format!("Smooth {:.2}", view.smoothing), "Smoothing");
    Popup::menu(&smooth)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.spacing_mut().slider_width = 180.0;
            let slider = Slider::new(&mut next.smoothing, 0.0..=0.99).fixed_decimals(2);
            named(&ui.add(slider), Role::Slider, "Smoothing");
        });
    let x = quiet_menu(ui, view.x.name(), "X axis");
    Popup::menu(&x).show(|ui| {
        for axis in XAxis::ALL {
            ui.selectable_value(&mut next.x, axis, axis.name());
        }
    });
    if next != view {
        actions.push(Action::SetPlot(next));
    }
    Asked {
        // Another x axis or scale is another picture; an old zoom means nothing there.
        fit: fit || next.x != view.x || next.log != view.log,
        picture,
    }
}

fn toggles(ui: &mut Ui, view: PlotView, next: &mut PlotView) {
    let options: [(&str, &str, &str, fn(&mut PlotView) -> &mut bool); 3] = [
        (
            "Weighted",
            "Weighted validation loss",
            "Validation losses (diamonds) with the run's class weights, which puts runs on different scales",
            |v| &mut v.weighted,
        ),
        ("Log", "Logarithmic loss", "Logarithmic loss (Ctrl+L)", |v| {
            &mut v.log
        }),
        (
            "Mean 20",
            "Means of 20 iterations",
            "A point after every twentieth iteration of an epoch: the mean of those twenty, as the notebook printed it",
            |v| &mut v.means,
        ),
    ];
    for (text, name, tip, of) in options {
        let on = *of(&mut view.clone());
        if quiet_toggle(ui, text, name, on).on_hover_text(tip).clicked() {
            *of(next) = !on;
        }
    }
}

/// Gives whether a picture is wanted, which only the window itself can take.
fn export_menu(ui: &mut Ui, actions: &mut Vec<Action>) -> bool {
    let mut picture = false;
    let button = quiet_menu(ui, "Export", "Export the plot");
    Popup::menu(&button).show(|ui| {
        picture = ui.button("PNG, as it is here…").clicked();
        for (text, format) in [("SVG…", PlotFormat::Svg), ("CSV, every loss…", PlotFormat::Csv)] {
            if ui.button(text).clicked() {
                actions.push(Action::ExportPlot(format));
            }
        }
    });
    picture
}
