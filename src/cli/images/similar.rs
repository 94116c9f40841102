//! How like one image those of a run are, by the features of the run's backbone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::args::ImagesArgs;
use crate::cli::output::progress::ProgressView;
use crate::cli::session::Session;
use crate::disk::runs::folder::CONFIG_FILE;
use crate::disk::runs::saved::read_config;
use crate::error::{Error, Result};
use crate::experiment::Dataset;
use crate::protocol::{FindSimilar, Scan};
use crate::visible::visible_path;

/// The cosine of each image's features with those of the one that was named, by its path in the folder.
pub struct Likeness(BTreeMap<PathBuf, f32>);

impl Likeness {
    /// # Errors
    /// The run's folder cannot be read any more, or the image is not in it; features cannot be computed; stopped.
    pub fn read(session: &Session, args: &ImagesArgs, run_dir: &Path, image: &Path) -> Result<Self> {
        let config = Box::new(read_config(&run_dir.join(CONFIG_FILE))?);
        let view = ProgressView::for_json(args.json);
        let source = config.source();
        let dataset = session.ask(Scan { source }, |event| view.show_of(event))?;
        let dataset = Arc::<Dataset>::from(dataset);
        let place = place_of(image, &dataset).ok_or_else(|| {
            let folder = visible_path(dataset.place());
            Error::file(
                image,
                format!("is not among the images of {folder}, which the run was trained on"),
            )
        })?;
        let request = FindSimilar {
            dataset: Arc::clone(&dataset),
            config,
            image: place,
        };
        let found = session.ask(request, |event| view.show_of(event));
        view.clear();
        let named = dataset.images.iter().zip(found?.cosines);
        Ok(Likeness(
            named
                .filter_map(|(image, cosine)| Some((PathBuf::from(&image.path), cosine?)))
                .collect(),
        ))
    }

    pub fn of(&self, name: &Path) -> Option<f32> {
        self.0.get(name).copied()
    }
}

/// By its path in the folder, or from here.
fn place_of(image: &Path, dataset: &Dataset) -> Option<usize> {
    let named = dataset
        .images
        .iter()
        .position(|entry| Path::new(&entry.path) == image);
    named.or_else(|| {
        let wanted = image.canonicalize().ok()?;
        let root = dataset.root.canonicalize().ok()?;
        let inside = wanted.strip_prefix(&root).ok()?;
        dataset
            .images
            .iter()
            .position(|entry| Path::new(&entry.path) == inside)
    })
}
