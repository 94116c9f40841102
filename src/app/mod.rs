//! What the window shows, as plain data: the state, the actions that change it, and the engine's events that do.
//! Nothing here draws, waits, or touches a file or a tensor; what an action needs from outside goes through
//! [`Host`], so that tests and the window drive the same code.
//!
//! One folder a subject, each with its part of the state (`state`), of [`Action`] (`action`) and of the events (`event`).
//! [`Looking`] is the one value that says what matrix, figures and curves are about.

mod action;
mod cache;
mod dataset;
mod dropped;
mod event;
mod fit;
mod goal;
mod health;
mod host;
mod images;
mod jobs;
mod judge;
mod labels;
mod latest;
mod live;
mod looking;
mod machine;
mod map;
mod merged_settings;
mod notices;
mod picture_cache;
mod runs;
mod settings;
mod state;
mod stored_settings;
#[cfg(test)]
mod tests;
mod windows;

pub use action::Action;
pub use cache::action::CacheAction;
pub use cache::state::Cache;
pub use dataset::action::DatasetAction;
pub use dataset::gallery::Gallery;
pub use dataset::state::{DatasetState, path_of_url};
pub use dataset::view::DatasetView;
pub use dropped::{IMAGE_ENDINGS, WEIGHTS_ENDINGS};
pub use fit::action::FitAction;
pub use fit::class_order::{ClassKey, ClassOrder};
pub use fit::listed_classes::SEARCHED;
pub use fit::plot_view::{PlotFormat, PlotView, XAxis};
pub use fit::presets::{Preset, rare_counts};
pub use fit::series::{MEAN_OF, Series, SeriesKey, last_x, scaled, series, validation};
pub use fit::state::Fit;
pub use fit::sweep::SweepChoice;
pub use goal::action::GoalAction;
pub use goal::cost_rules::{CostRules, Rule};
pub use goal::met::Standing;
pub use goal::words::{aim_in_words, figure_in_words, rate_in_words};
pub use health::action::HealthAction;
pub use health::finding::{Finding, FindingRow};
pub use health::state::{Examined, Health};
pub use host::{Export, Host, LabelsFile, Pick, Place};
pub use images::action::ImagesAction;
pub use images::large::LARGE_SIDE;
pub use images::listed::{ImageBehind, ImagesBehind};
pub use images::read_slices::SliceRow;
pub use images::slices::SlicesShown;
pub use images::state::{Images, Shows};
pub use jobs::{JobView, Jobs, Purpose, ShownIn};
pub use judge::action::JudgeAction;
pub use judge::class_folders::FolderEvaluation;
pub use judge::listing::{Counts, Listed, Listing, Only, SortBy, Verdicts};
pub use judge::state::{ClassPlot, Judge};
pub use judge::table::{Answer, ImageTable};
pub use labels::action::LabelsAction;
pub use labels::state::Labels;
pub use live::action::LiveAction;
pub use live::state::{Live, TrialView};
pub use looking::action::LookAction;
pub use looking::against::{Against, MOST_COMPARED};
pub use looking::derived::{Grouped, Mistakes};
pub use looking::known::KnownIntervals;
pub use looking::sentence::images_of;
pub use looking::shown::{Calibration, why_predicted};
pub use looking::state::{Looking, Model};
pub use looking::subject::Subject;
pub use machine::state::Machine;
pub use map::action::MapAction;
pub use map::choices::{MapColour, MapLayout, MapPart};
pub use map::entry::{ChosenFigures, Counted, Entry};
pub use map::nearest::{CopyOfImage, NearImage};
pub use map::point::MapPoint;
pub use map::state::{Made, MapState};
pub use merged_settings::merged_settings;
pub use notices::{Message, Notices, Offer, Toast, ToastKind, sentence_case};
pub use picture_cache::{GALLERY_SIDE, PictureCache};
pub use runs::action::RunsAction;
pub use runs::dots::Dot;
pub use runs::list::action::{Choice, ListAction, Move};
pub use runs::list::order::{Grouping, ListOrder, Measure, RunSort};
pub use runs::list::rows::{ListRow, RunList, SweepRow};
pub use runs::report::REPORT_FILE;
pub use runs::run::{RunState, RunView};
pub use runs::state::{Chosen, RUN_COLOURS, RowId, Runs};
pub use runs::tradeoff::Price;
pub use settings::{
    ClassesBy, Comparison, FigureOrder, MAX_ZOOM, MIN_ZOOM, Normalise, SETTINGS_FORMAT, Settings,
    ShownProbabilities, ThemeChoice,
};
pub use state::{AppState, Folders};
pub use stored_settings::{Unread, read_settings};
pub use windows::action::{WindowAction, Zoom};
pub use windows::state::{Showing, Windows};
