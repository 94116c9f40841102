//! A training, from a config to a run folder. Read in this order: `setup` (what it needs before its first step, with
//! `member`, `folder_warnings` and `settle`), `training` (what changes from there on), `run` (one run, or a sweep), its
//! two ways `epochs` (with `shards`) and `converged`, `save`, and what the window asks before and between trainings: `precompute` and `live`.

pub mod converged;
pub mod epochs;
pub mod folder_warnings;
pub mod left_out;
pub mod live;
pub mod member;
pub mod precompute;
pub mod run;
pub mod save;
pub mod settle;
pub mod setup;
pub mod shards;
pub mod training;
