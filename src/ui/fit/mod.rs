//! What is trained and how: form, class weights, the buttons that train, and the losses.

pub mod class_table;
pub mod form;
pub mod loss_plot;
pub mod train;
