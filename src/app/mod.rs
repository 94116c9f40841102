//! What the window shows, as plain data: the state, the actions that change it, and the engine's events that do.
//! Nothing here draws, waits, or touches a file or a tensor; what an action needs from outside goes through
//! [`Outside`], so that tests and the window drive the same code.

mod action;
mod apply_action;
mod apply_event;
mod cache;
mod closing;
mod dataset;
mod dropped;
mod export;
mod folders;
mod gallery;
mod jobs;
mod lab;
mod parts;
mod prediction;
mod run;
mod runs;
mod series;
mod settings;
mod state;
#[cfg(test)]
mod tests;
mod threshold;
mod toast;
mod tradeoff;
mod weight_names;
mod weights;

pub use action::{Action, Export, Outside, Pick, Place, PlotFormat};
pub use dataset::DatasetView;
pub use dropped::IMAGE_ENDINGS;
pub use gallery::{GALLERY_SIDE, Gallery};
pub use jobs::{JobView, Purpose};
pub use lab::{Lab, LabPlot, Subject, TrialView};
pub use parts::images_of;
pub use prediction::{ImageView, Verdict};
pub use run::{RunState, RunView};
pub use series::{MEAN_OF, Series, SeriesKey, XAxis, last_x, scaled, series, validation};
pub use settings::{Comparison, Normalise, PlotView, Settings, ThemeChoice};
pub use state::{AppState, Folders, RUN_COLOURS, Showing, path_of_url, sentence_case};
pub use toast::{Message, Offer, Toast, ToastKind};
pub use tradeoff::{Dot, SweepChoice};
pub use weight_names::weighting_name;
pub use weights::{Preset, rare_counts};
