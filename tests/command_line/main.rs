//! The command line as scripts and people meet it.
#![cfg(feature = "torch")]

mod cautions;
mod check;
mod classes;
mod compare;
mod endings;
mod folds;
mod health;
mod honest;
mod images;
mod label_table;
mod labels;
mod labels_place;
mod names;
mod one_run;
mod places;
mod report;
mod report_as_others;
mod slices;
mod stakes;
mod sweep;
mod undone;
mod world;
mod wrong_input;
