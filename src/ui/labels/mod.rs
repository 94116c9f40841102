//! Decisions about single images, where these are shown: a bar for those that are selected, keys, marks on the pictures, and
//! what was decided in all.

pub mod bar;
pub mod keys;
pub mod mark;
pub mod row;
