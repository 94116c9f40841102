//! Which images of a folder the decisions are about: found by where they lay, and by content where they do not lie there
//! any more. Of several with one content each is known by its place.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use super::{journal, table};
use crate::disk::feature_store::{FeatureStore, content_hashes};
use crate::disk::files::whole_file::open_own;
use crate::disk::images::content::hex;
use crate::error::Result;
use crate::experiment::{Dataset, ImageChange, ImageLabel, ImageName, LabelChange, Overlay, together};
use crate::protocol::Cancel;

/// The decisions of a file, and the images of a folder that they are about.
#[derive(Debug, Default)]
pub struct Decided {
    pub overlay: Overlay,
    /// By image index.
    pub images: BTreeMap<usize, ImageLabel>,
    /// Decisions about images that are not in the folder.
    pub n_absent: usize,
    /// What of the file could not be read, in a sentence.
    pub damage: Option<String>,
}

impl Decided {
    /// What names the decisions: equal for equal ones. Notes and where images lay say nothing to a training.
    pub fn version(&self) -> String {
        version(&self.overlay)
    }
}

/// What a file of decisions, a journal or a table, says of a folder.
///
/// # Errors
/// It cannot be read, or is none; stopped.
pub fn decided_by(file: &Path, dataset: &Dataset, store: &FeatureStore, cancel: &Cancel) -> Result<Decided> {
    if !is_journal(file) {
        let listed = table::read(file, dataset)?;
        let changes = named_by_content(dataset, listed.changes, store, cancel)?;
        let mut overlay = Overlay::default();
        changes.iter().for_each(|change| overlay.take(change));
        let groups = groups_of(dataset, &listed.groups, store, cancel)?;
        let kept = together(&overlay, &groups);
        kept.iter().for_each(|change| overlay.take(change));
        let mut decided = found(overlay, dataset, store, cancel)?;
        decided.n_absent += listed.n_absent;
        return Ok(decided);
    }
    let journal = journal::read(file)?;
    let decided = found(journal.history.overlay(), dataset, store, cancel)?;
    Ok(Decided {
        damage: journal.damage,
        ..decided
    })
}

/// Images and what was decided about each, with what they hold; those that cannot be read are left out.
///
/// # Errors
/// Stopped.
pub fn named_by_content(
    dataset: &Dataset,
    changes: Vec<(usize, LabelChange)>,
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<Vec<ImageChange>> {
    let wanted: Vec<usize> = changes.iter().map(|(i, _)| *i).collect();
    let names = names_of(dataset, &wanted, store, cancel)?;
    let named = changes.into_iter().filter_map(|(i, change)| {
        let image = names.get(&i)?.clone();
        Some(ImageChange { image, change })
    });
    Ok(named.collect())
}

/// What these images are known by; those that cannot be read are left out.
///
/// # Errors
/// Stopped.
pub fn names_of(
    dataset: &Dataset,
    wanted: &[usize],
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<BTreeMap<usize, ImageName>> {
    let contents = contents_of(dataset, wanted, store, cancel)?;
    let path = |i: usize| dataset.images[i].path.clone();
    let twins: BTreeMap<usize, &Vec<usize>> = (dataset.twins.iter())
        .flat_map(|twins| twins.iter().map(move |&i| (i, twins)))
        .collect();
    let name = |(i, content): (usize, String)| {
        let others = twins
            .get(&i)
            .into_iter()
            .flat_map(|twins| twins.iter().filter(move |&&other| other != i));
        let name = ImageName {
            content,
            path: path(i),
            copies: others.map(|&other| path(other)).collect(),
        };
        (i, name)
    };
    Ok(contents.into_iter().map(name).collect())
}

/// What the images of each of these groups are known by.
///
/// # Errors
/// Stopped.
pub fn groups_of(
    dataset: &Dataset,
    groups: &[Vec<usize>],
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<Vec<Vec<ImageName>>> {
    let names = names_of(dataset, &groups.concat(), store, cancel)?;
    let of_group = |images: &Vec<usize>| -> Vec<ImageName> {
        let images: BTreeSet<&usize> = images.iter().collect();
        images.into_iter().filter_map(|i| names.get(i).cloned()).collect()
    };
    Ok(groups.iter().map(of_group).collect())
}

/// What these images hold, in hex.
fn contents_of(
    dataset: &Dataset,
    wanted: &[usize],
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<BTreeMap<usize, String>> {
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let paths: Vec<&str> = dataset.images.iter().map(|image| image.path.as_str()).collect();
    let hashes = content_hashes(store, &dataset.root, &paths, &wanted, cancel, &mut |_| {})?;
    let content = |i: usize| Some((i, hex(hashes[i]?)));
    Ok(wanted.into_iter().filter_map(content).collect())
}

/// Finds the images. Nearly always all lie where they lay, and only these are looked at; else every image is.
pub(super) fn found(
    overlay: Overlay,
    dataset: &Dataset,
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<Decided> {
    if overlay.is_empty() {
        return Ok(Decided::default());
    }
    let by_path: BTreeMap<&str, usize> = (dataset.images.iter().enumerate())
        .map(|(i, image)| (image.path.as_str(), i))
        .collect();
    let likely = overlay
        .places()
        .filter_map(|(path, _)| by_path.get(path).copied());
    let contents = contents_of(dataset, &likely.collect::<Vec<_>>(), store, cancel)?;
    let (mut images, mut n_absent) = overlay.find(&places_of(&overlay, dataset, &contents));
    if n_absent > 0 {
        let all: Vec<usize> = (0..dataset.images.len()).collect();
        let contents = contents_of(dataset, &all, store, cancel)?;
        (images, n_absent) = overlay.find(&places_of(&overlay, dataset, &contents));
    }
    Ok(Decided {
        overlay,
        images,
        n_absent,
        damage: None,
    })
}

/// Of each content that was decided about, the places of all its images, with their indices.
fn places_of(
    overlay: &Overlay,
    dataset: &Dataset,
    contents: &BTreeMap<usize, String>,
) -> BTreeMap<String, BTreeMap<String, usize>> {
    let mut places: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let mut add = |content: &String, i: usize| {
        let of_content = places.entry(content.clone()).or_default();
        of_content.insert(dataset.images[i].path.clone(), i);
    };
    for (&i, content) in contents.iter().filter(|(_, content)| overlay.is_about(content)) {
        add(content, i);
    }
    // The same bytes under another name.
    for twins in &dataset.twins {
        let content = twins.iter().find_map(|i| contents.get(i));
        if let Some(content) = content.filter(|content| overlay.is_about(content)) {
            twins.iter().for_each(|&i| add(content, i));
        }
    }
    places
}

pub(super) fn version(overlay: &Overlay) -> String {
    let mut hasher = blake3::Hasher::new();
    for line in overlay.of_training() {
        hasher.update(line.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// A table begins with the names of its columns.
fn is_journal(file: &Path) -> bool {
    let mut first = [0];
    open_own(file).is_ok_and(|mut file| file.read_exact(&mut first).is_ok()) && first == *b"{"
}
