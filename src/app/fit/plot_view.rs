//! How the losses are drawn: what the user chooses beside the plot, and what comes back at the next start.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum XAxis {
    #[default]
    Iteration,
    Epoch,
    Time,
}

impl XAxis {
    pub const ALL: [XAxis; 3] = [XAxis::Iteration, XAxis::Epoch, XAxis::Time];

    pub fn name(self) -> &'static str {
        match self {
            XAxis::Iteration => "Iteration",
            XAxis::Epoch => "Epoch",
            XAxis::Time => "Time, s",
        }
    }
}

/// How the loss plot shows its runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlotView {
    pub x: XAxis,
    /// Weight of the past in the moving average, from 0 to below 1.
    pub smoothing: f64,
    pub log: bool,
    /// The notebook's points: the mean of every twenty iterations.
    pub means: bool,
    /// Validation losses with the run's class weights, which puts runs on different scales.
    pub weighted: bool,
}

impl Default for PlotView {
    fn default() -> Self {
        PlotView {
            x: XAxis::Iteration,
            smoothing: 0.8,
            log: false,
            means: false,
            weighted: false,
        }
    }
}

/// The format that the loss plot is exported in; its picture is the window's to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotFormat {
    Svg,
    Csv,
}
