//! A finished run judges images: files (`predict`, with `cache` for those that were judged before) and folders (`folder`,
//! with `own_images` and `same_picture`, which leave out what the run was trained on). What it sees in one: `grad_cam`.

mod as_trained;
pub mod cache;
pub mod folder;
pub mod grad_cam;
mod own_images;
pub mod predict;
mod same_picture;
pub mod saved_model;
