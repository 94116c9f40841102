//! A training, from a config to a run folder. Read in this order: `setup` (what it needs before its first step, with
//! `member` and `readable`), `training` (what changes from there on), `run` (one run, or a sweep), `train_heads` with its two
//! ways `epochs` (over `shards`) and `converged`, `folds` after it, `save`, and what the window asks before and between
//! trainings: `precompute` and `live`.

pub mod cautions;
pub mod converged;
pub mod epochs;
pub mod folds;
pub mod live;
pub mod member;
pub mod precompute;
pub mod readable;
pub mod run;
pub mod save;
pub mod setup;
pub mod shards;
pub mod train_heads;
pub mod training;
