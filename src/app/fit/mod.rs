//! What is trained and how: the form, weightings, trainings and their losses.

pub mod action;
pub mod class_order;
pub mod event;
pub mod form;
pub mod listed_classes;
pub mod loss_export;
pub mod plot_view;
pub mod presets;
pub mod queue;
pub mod series;
pub mod state;
pub mod sweep;
pub mod training;
pub mod waiting;
