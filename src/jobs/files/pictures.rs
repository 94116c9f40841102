//! Images small enough to show.

use crate::disk::images::thumbnail::thumbnail;
use crate::error::Result;
use crate::jobs::Tell;
use crate::jobs::gate::Gate;
use crate::protocol::{Cancel, DatasetEvent, Thumbnail, Thumbnails};

/// Reports each image, readable or not. The gate bounds how many are decoded at a time, of all requests together.
///
/// # Errors
/// Stopped.
pub fn thumbnails(request: &Thumbnails, gate: &Gate, cancel: &Cancel, tell: Tell) -> Result<()> {
    for path in &request.paths {
        let pass = gate.enter(cancel)?;
        let picture = thumbnail(path, request.side, cancel).map_err(|e| e.to_string());
        drop(pass);
        cancel.check()?;
        let path = path.clone();
        tell(DatasetEvent::Thumbnail(Thumbnail { path, picture }).into());
    }
    Ok(())
}
