//! The dataset's own pictures, and the class whose images are shown.

use crate::app::picture_cache::PictureCache;

#[derive(Debug, Default)]
pub struct Gallery {
    /// The class whose images are shown in a window of their own.
    pub class: Option<usize>,
    pub pictures: PictureCache,
}

impl Gallery {
    /// Another folder is open: its images are others, and none is shown.
    pub(in crate::app) fn clear(&mut self) {
        *self = Gallery::default();
    }
}
