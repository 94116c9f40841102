//! Images small enough to show, and what an image's file says of itself.

use std::path::Path;

use crate::disk::images::facts;
use crate::disk::images::thumbnail_store::ThumbnailStore;
use crate::error::Result;
use crate::jobs::Tell;
use crate::jobs::gate::Gate;
use crate::protocol::{Cancel, DatasetEvent, ImageFacts, Thumbnail, Thumbnails};

/// Reports each image, readable or not. The gate bounds how many are decoded at a time, of all requests together.
///
/// # Errors
/// Stopped.
pub fn thumbnails(
    request: &Thumbnails,
    (gate, store): (&Gate, &ThumbnailStore),
    cancel: &Cancel,
    tell: Tell,
) -> Result<()> {
    for path in &request.paths {
        let pass = gate.enter(cancel)?;
        let picture = store
            .thumbnail(path, request.side, cancel)
            .map_err(|e| e.to_string());
        drop(pass);
        cancel.check()?;
        let path = path.clone();
        tell(DatasetEvent::Thumbnail(Thumbnail { path, picture }).into());
    }
    Ok(())
}

/// # Errors
/// The file cannot be read, or is no image that can be used.
pub fn describe(path: &Path) -> Result<Box<ImageFacts>> {
    facts::of_file(path).map(Box::new)
}
