//! The controls in the loss plot's heading.

use egui::{Popup, Role, Slider, Ui};

use crate::app::{Action, FitAction, PlotFormat, PlotView, XAxis};
use crate::ui::parts::widgets::named;
use crate::ui::parts::widgets::{quiet_button, quiet_menu, quiet_toggle};

/// What was asked of the plot itself.
#[derive(Default)]
pub struct Asked {
    /// Show everything again.
    pub fit: bool,
    /// Take its picture.
    pub picture: bool,
}

pub fn controls(
    ui: &mut Ui,
    view: PlotView,
    (is_narrow, zoomed): (bool, bool),
    actions: &mut Vec<Action>,
) -> Asked {
    let mut next = view;
    ui.spacing_mut().item_spacing.x = 14.0;
    if is_narrow {
        let button = quiet_menu(ui, "View", "View of the plot");
        let popup = Popup::menu(&button).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
        popup.show(|ui| {
            for option in &OPTIONS {
                let mut on = *(option.of)(&mut next);
                ui.checkbox(&mut on, option.name).on_hover_text(option.tip);
                *(option.of)(&mut next) = on;
            }
            ui.separator();
            ui.label("Smoothing");
            smoothing(ui, &mut next);
            ui.separator();
            x_axis(ui, &mut next);
        });
    } else {
        let x = quiet_menu(ui, view.x.name(), "X axis");
        Popup::menu(&x).show(|ui| x_axis(ui, &mut next));
        let button = quiet_menu(ui, &format!("Smooth {:.2}", view.smoothing), "Smoothing");
        Popup::menu(&button)
            .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| smoothing(ui, &mut next));
        toggles(ui, view, &mut next);
    }
    let fit = zoomed && quiet_button(ui, "Fit", "Fit the plot").clicked();
    let picture = export_menu(ui, actions);
    if next != view {
        actions.push(Action::Fit(FitAction::SetPlot(next)));
    }
    Asked {
        // Another x axis or scale is another picture; an old zoom means nothing there.
        fit: fit || next.x != view.x || next.log != view.log,
        picture,
    }
}

fn smoothing(ui: &mut Ui, next: &mut PlotView) {
    ui.spacing_mut().slider_width = 180.0;
    let slider = Slider::new(&mut next.smoothing, 0.0..=0.99).fixed_decimals(2);
    named(&ui.add(slider), Role::Slider, "Smoothing");
}

fn x_axis(ui: &mut Ui, next: &mut PlotView) {
    for axis in XAxis::ALL {
        ui.selectable_value(&mut next.x, axis, axis.name());
    }
}

/// What is on or off.
struct PlotOption {
    text: &'static str,
    name: &'static str,
    tip: &'static str,
    of: fn(&mut PlotView) -> &mut bool,
}

const OPTIONS: [PlotOption; 3] = [
    PlotOption {
        text: "Weighted",
        name: "Weighted validation loss",
        tip: "Validation losses (diamonds) with the run's class weights, which puts runs on different scales",
        of: |v| &mut v.weighted,
    },
    PlotOption {
        text: "Log",
        name: "Logarithmic loss",
        tip: "Logarithmic loss (Ctrl+L)",
        of: |v| &mut v.log,
    },
    PlotOption {
        text: "Mean 20",
        name: "Means of 20 iterations",
        tip: "A point after every twentieth iteration of an epoch: the mean of those twenty",
        of: |v| &mut v.means,
    },
];

fn toggles(ui: &mut Ui, view: PlotView, next: &mut PlotView) {
    for option in OPTIONS.iter().rev() {
        let on = *(option.of)(&mut view.clone());
        let toggle = quiet_toggle(ui, option.text, option.name, on);
        if toggle.on_hover_text(option.tip).clicked() {
            *(option.of)(next) = !on;
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
                actions.push(Action::Fit(FitAction::ExportPlot(format)));
            }
        }
    });
    picture
}
