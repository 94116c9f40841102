//! The feature cache: what is kept of computed features.

pub mod action;
