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
mod fit;
mod jobs;
mod judge;
mod live;
mod notices;
mod runs;
mod settings;
mod state;
mod stored_settings;
#[cfg(test)]
mod tests;

pub use action::{Action, Export, Outside, Pick, Place, PlotFormat};
pub use dataset::gallery::{GALLERY_SIDE, Gallery};
pub use dataset::view::DatasetView;
pub use dropped::IMAGE_ENDINGS;
pub use fit::presets::{Preset, rare_counts};
pub use fit::series::{MEAN_OF, Series, SeriesKey, XAxis, last_x, scaled, series, validation};
pub use fit::weighting_name::weighting_name;
pub use jobs::{JobView, Purpose};
pub use judge::images::{ImageView, Verdict};
pub use judge::parts::images_of;
pub use live::state::{ClassPlot, Live, Subject, TrialView};
pub use notices::{Message, Offer, Toast, ToastKind};
pub use runs::run::{RunState, RunView};
pub use runs::tradeoff::{Dot, SweepChoice};
pub use settings::{Comparison, Normalise, PlotView, SETTINGS_FORMAT, Settings, ThemeChoice};
pub use state::{AppState, Folders, RUN_COLOURS, Showing, path_of_url, sentence_case};
pub use stored_settings::{Unread, read_settings};
