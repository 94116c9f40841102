//! What every image of a folder comes to without a network (`health::picture`): computed once in its life, and kept beside
//! the features, by content.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::num::NonZero;
use std::path::Path;
use std::thread;

use crate::disk::feature_store::{FeatureSet, FeatureSetKey, FeatureStore, content_hashes};
use crate::disk::files::on_all_cores::{Hands, on_all_cores};
use crate::disk::images::bytes::read_image;
use crate::disk::images::content::{ContentHash, content_hash};
use crate::disk::images::decode::decode_to_resize;
use crate::disk::images::header::inspect;
use crate::disk::images::jpeg_quality::jpeg_quality;
use crate::disk::images::resize::fitting;
use crate::error::{Error, Result};
use crate::experiment::Dataset;
use crate::health::picture::{FileFacts, MEASURED_SIDE, Properties, from_row, to_row};
use crate::protocol::Cancel;

/// Images between two times that what was computed is kept.
const BLOCK: usize = 512;

/// By image index.
#[derive(Debug, Default)]
pub struct FolderProperties {
    /// `None` where it could not be read.
    pub images: Vec<Option<Properties>>,
    /// What each file holds.
    pub contents: Vec<Option<ContentHash>>,
    /// What could not be read, with the reason.
    pub unreadable: BTreeMap<usize, String>,
}

/// How far it is: images looked up, then images decoded, each of how many.
pub enum Step {
    LookedUp(usize, usize),
    Decoded(usize, usize),
}

/// Of all images of a dataset. A stop keeps what was computed until then.
///
/// # Errors
/// Stopped; the system gives no thread.
pub fn properties(
    dataset: &Dataset,
    store: &FeatureStore,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Step),
) -> Result<FolderProperties> {
    let paths: Vec<&str> = dataset.images.iter().map(|image| image.path.as_str()).collect();
    let all: Vec<usize> = (0..paths.len()).collect();
    let mut looked_up = |n: usize| progress(Step::LookedUp(n, paths.len()));
    let contents = content_hashes(store, &dataset.root, &paths, &all, cancel, &mut looked_up)?;
    let mut set = store.open(&FeatureSetKey::properties());
    let missing = once_each(&contents, &set);
    let mut unreadable = BTreeMap::new();
    for (n_blocks, block) in missing.chunks(BLOCK).enumerate() {
        let n_before = n_blocks * BLOCK;
        let mut decoded = |n: u64| progress(Step::Decoded(n_before + n as usize, missing.len()));
        let hands = Hands {
            n_threads: thread::available_parallelism().map_or(1, NonZero::get),
            chunk: 1,
        };
        let look = |at: usize| look(&dataset.root.join(paths[block[at]]), cancel);
        for (at, seen) in on_all_cores(hands, block.len(), cancel, &mut decoded, look)? {
            match seen {
                Ok((content, properties)) => set.add(content, &to_row(&properties)),
                Err(Error::Stopped) => {}
                Err(Error::File { message, .. }) => _ = unreadable.insert(block[at], message),
                Err(other) => _ = unreadable.insert(block[at], other.to_string()),
            }
        }
        set.write_out();
        cancel.check()?;
    }
    store.trim();
    Ok(known(contents, &set, unreadable))
}

/// What is kept of them; nothing is decoded.
///
/// # Errors
/// Stopped; the system gives no thread.
pub fn kept_properties(
    dataset: &Dataset,
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<Vec<Option<Properties>>> {
    let paths: Vec<&str> = dataset.images.iter().map(|image| image.path.as_str()).collect();
    let all: Vec<usize> = (0..paths.len()).collect();
    let contents = content_hashes(store, &dataset.root, &paths, &all, cancel, &mut |_| {})?;
    let set = store.open(&FeatureSetKey::properties());
    Ok(known(contents, &set, BTreeMap::new()).images)
}

/// Images that have no properties yet, one of each content.
fn once_each(contents: &[Option<ContentHash>], set: &FeatureSet) -> Vec<usize> {
    let mut of_content = BTreeMap::new();
    let mut missing = Vec::new();
    for (i, content) in contents.iter().enumerate() {
        match content {
            // It is tried all the same, and says itself why it cannot be read.
            None => missing.push(i),
            Some(content) if set.find(content).is_none() && of_content.insert(content, i).is_none() => {
                missing.push(i);
            }
            Some(_) => {}
        }
    }
    missing
}

fn known(
    contents: Vec<Option<ContentHash>>,
    set: &FeatureSet,
    mut unreadable: BTreeMap<usize, String>,
) -> FolderProperties {
    let of_content = |content: &ContentHash| from_row(set.row(set.find(content)?));
    let images: Vec<Option<Properties>> = contents
        .iter()
        .map(|content| content.as_ref().and_then(of_content))
        .collect();
    // Of images of the same content only one was tried.
    let reasons: BTreeMap<ContentHash, String> = unreadable
        .iter()
        .filter_map(|(&i, why)| Some((contents[i]?, why.clone())))
        .collect();
    for (i, content) in contents.iter().enumerate().filter(|(i, _)| images[*i].is_none()) {
        let why = content.and_then(|content| reasons.get(&content).cloned());
        let why = why.unwrap_or_else(|| "it cannot be read any more".into());
        unreadable.entry(i).or_insert(why);
    }
    FolderProperties {
        images,
        contents,
        unreadable,
    }
}

fn look(path: &Path, cancel: &Cancel) -> Result<(ContentHash, Properties)> {
    let bytes = read_image(path, cancel)?;
    let header = inspect(&mut Cursor::new(&bytes)).map_err(|fault| Error::file(path, fault.message))?;
    let source = decode_to_resize(&bytes, path, cancel, |width, height| {
        fitting(MEASURED_SIDE, width, height)
    })?;
    let file = FileFacts {
        width: source.width,
        height: source.height,
        n_bytes: bytes.len() as u64,
        file_type: header.format,
        jpeg_quality: jpeg_quality(&bytes),
        turned: header.unseen.turned,
    };
    let pixels = &source.pixels;
    let properties = Properties::of(file, pixels.width as usize, pixels.height as usize, &pixels.rgb);
    Ok((content_hash(&bytes), properties))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::disk::scan;
    use crate::experiment::FileType;

    #[test]
    fn they_are_computed_once_and_what_cannot_be_read_is_named() {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        for class in ["a", "b"] {
            fs::create_dir_all(data.join(class)).unwrap();
        }
        let picture =
            |seed: u32| image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([(x * seed) as u8, y as u8, 9]));
        picture(3).save(data.join("a/1.png")).unwrap();
        picture(3).save(data.join("b/again.png")).unwrap();
        picture(5).save(data.join("a/2.jpg")).unwrap();
        let mut damaged = fs::read(data.join("a/1.png")).unwrap();
        damaged[60] ^= 0xff;
        fs::write(data.join("b/1.png"), damaged).unwrap();
        let cancel = Cancel::new();
        let dataset = scan(&data.as_path().into(), &cancel, &mut |_| {}).unwrap();
        let store = FeatureStore::at(home.path().join("features"));
        let mut n_decoded = 0;
        let mut see = |step: Step| {
            if let Step::Decoded(n, _) = step {
                n_decoded = n_decoded.max(n);
            }
        };
        let first = properties(&dataset, &store, &cancel, &mut see).unwrap();
        assert_eq!(n_decoded, 3, "one of the two copies");
        let types: Vec<Option<FileType>> = first
            .images
            .iter()
            .map(|p| Some(p.as_ref()?.file.file_type))
            .collect();
        assert_eq!(
            types,
            [
                Some(FileType::Png),
                Some(FileType::Jpeg),
                None,
                Some(FileType::Png)
            ]
        );
        assert_eq!(first.images[0], first.images[3]);
        assert!(first.unreadable[&2].contains("damaged"), "{:?}", first.unreadable);
        n_decoded = 0;
        let mut see = |step: Step| {
            if let Step::Decoded(n, _) = step {
                n_decoded = n_decoded.max(n);
            }
        };
        let second = properties(&dataset, &store, &cancel, &mut see).unwrap();
        assert_eq!(second.images, first.images);
        assert_eq!(n_decoded, 1, "what was no image is tried again");
        assert_eq!(kept_properties(&dataset, &store, &cancel).unwrap(), first.images);
    }
}
