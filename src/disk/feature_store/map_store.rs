//! Maps of folders on disk, each under the hash of all that it follows from, so that a folder is laid out once. One that is
//! damaged is made again.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::FeatureStore;
use crate::disk::files::whole_file::{remove_stale, write_whole};
use crate::error::{Error, Result};
use crate::map::FeatureMap;

/// Raised when the same features would be laid out otherwise, or be written otherwise.
const MAP_FORMAT: u32 = 1;
/// As many are kept: of a large folder one has 20 MB.
const MOST: usize = 16;
const MAPS: &str = "maps";
const ENDING: &str = "map";
/// Of the checksum at the end of a file.
const N_CHECKSUM: usize = 32;

/// Where maps are kept, and under which name one is.
#[derive(Debug)]
pub struct MapPlace(Option<PathBuf>);

impl MapPlace {
    /// Of the map of these images, by their places in the folder, with these features, which are laid out with that seed.
    pub fn new(store: &FeatureStore, images: &[usize], rows: &[&[f32]], seed: u64) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("counterweight map {MAP_FORMAT}\n{seed}\n").as_bytes());
        for (image, row) in images.iter().zip(rows) {
            hasher.update(&(*image as u64).to_le_bytes());
            hasher.update(bytemuck::cast_slice(row));
        }
        let name = format!("{}.{ENDING}", &hasher.finalize().to_hex()[..16]);
        MapPlace(store.beside(MAPS).map(|dir| dir.join(name)))
    }

    /// The map as it is kept; `None` where it is not there or is none.
    pub fn read(&self) -> Option<FeatureMap> {
        let bytes = fs::read(self.0.as_ref()?).ok()?;
        let (content, checksum) = bytes.split_at_checked(bytes.len().checked_sub(N_CHECKSUM)?)?;
        let is_whole = blake3::hash(content).as_bytes() == checksum;
        let map: FeatureMap = is_whole.then(|| rmp_serde::from_slice(content).ok())??;
        map.is_whole().then_some(map)
    }

    /// Keeps it, and lets the oldest go where there are many.
    ///
    /// # Errors
    /// What the file system says, with the path.
    pub fn write(&self, map: &FeatureMap) -> Result<()> {
        let Some((path, dir)) = self.0.as_ref().and_then(|path| Some((path, path.parent()?))) else {
            return Ok(());
        };
        let mut bytes =
            rmp_serde::to_vec(map).map_err(|e| Error::file(path, format!("cannot be written: {e}")))?;
        bytes.extend(blake3::hash(&bytes).as_bytes());
        fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
        write_whole(path, &bytes)?;
        trim(dir);
        Ok(())
    }
}

impl FeatureStore {
    /// How many bytes the maps of all folders take.
    pub fn n_bytes_of_maps(&self) -> u64 {
        let dir = self.beside(MAPS);
        dir.as_deref()
            .map(kept)
            .unwrap_or_default()
            .iter()
            .map(|map| map.n_bytes)
            .sum()
    }

    /// Removes all of them; each is made again when it is looked at.
    ///
    /// # Errors
    /// One cannot be removed.
    pub fn clear_maps(&self) -> Result<()> {
        for Kept { path, .. } in self.beside(MAPS).as_deref().map(kept).unwrap_or_default() {
            match fs::remove_file(&path) {
                // Another program was faster.
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(Error::io("remove", &path)(e)),
                _ => {}
            }
        }
        Ok(())
    }
}

/// A map's file.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    made: SystemTime,
    path: PathBuf,
    n_bytes: u64,
}

fn kept(dir: &Path) -> Vec<Kept> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let map = |entry: fs::DirEntry| {
        let path = entry.path();
        let about = entry.metadata().ok()?;
        let (made, n_bytes) = (about.modified().ok()?, about.len());
        let is_map = path.extension().is_some_and(|ending| ending == ENDING);
        is_map.then_some(Kept { made, path, n_bytes })
    };
    entries.filter_map(map).collect()
}

/// A file that cannot be removed is left: it is only a cache.
fn trim(dir: &Path) {
    remove_stale(dir);
    let mut kept = kept(dir);
    kept.sort();
    let n_old = kept.len().saturating_sub(MOST);
    for Kept { path, .. } in kept.drain(..n_old) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::Nearest;

    fn map() -> FeatureMap {
        FeatureMap {
            images: vec![0, 1],
            pca: vec![[0.5, 1.0], [-0.5, -1.0]],
            variance: [0.75, 0.25],
            umap: vec![[1.0, 2.0], [3.0, 4.0]],
            nearest: Nearest {
                k: 1,
                places: vec![1, 0],
                cosines: vec![0.5, 0.5],
            },
        }
    }

    #[test]
    fn a_map_is_found_by_what_it_follows_from_and_never_believed_where_it_is_damaged() {
        let home = tempfile::tempdir().unwrap();
        let store = FeatureStore::at(home.path().join("features"));
        let rows: [&[f32]; 2] = [&[1.0, 2.0], &[3.0, 4.0]];
        let place = MapPlace::new(&store, &[0, 1], &rows, 7);
        assert_eq!(place.read(), None);
        place.write(&map()).unwrap();
        assert_eq!(MapPlace::new(&store, &[0, 1], &rows, 7).read(), Some(map()));
        let others: [&[f32]; 2] = [&[1.0, 2.0], &[3.0, 4.5]];
        for other in [
            MapPlace::new(&store, &[0, 1], &rows, 8),
            MapPlace::new(&store, &[0, 2], &rows, 7),
            MapPlace::new(&store, &[0, 1], &others, 7),
        ] {
            assert_eq!(other.read(), None);
        }
        let path = place.0.clone().unwrap();
        let whole = fs::read(&path).unwrap();
        for damage in [0, whole.len() / 2, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[damage] ^= 1;
            fs::write(&path, bytes).unwrap();
            assert_eq!(place.read(), None, "byte {damage}");
        }
        fs::write(&path, &whole[..20]).unwrap();
        assert_eq!(place.read(), None);
        assert_eq!(
            MapPlace::new(&FeatureStore::in_memory(), &[0], &rows, 7).read(),
            None
        );
    }

    #[test]
    fn only_so_many_are_kept() {
        let home = tempfile::tempdir().unwrap();
        let store = FeatureStore::at(home.path().join("features"));
        let rows: [&[f32]; 2] = [&[1.0], &[2.0]];
        for seed in 0..MOST as u64 + 3 {
            MapPlace::new(&store, &[0, 1], &rows, seed).write(&map()).unwrap();
        }
        let dir = home.path().join("maps");
        assert_eq!(fs::read_dir(&dir).unwrap().count(), MOST);
        // What is none of ours is neither counted nor removed.
        fs::write(dir.join("notes.txt"), "mine").unwrap();
        let one = fs::read_dir(&dir)
            .unwrap()
            .flatten()
            .find(|entry| entry.path().extension().unwrap() == ENDING);
        let n_bytes = one.unwrap().metadata().unwrap().len();
        assert_eq!(store.n_bytes_of_maps(), MOST as u64 * n_bytes);
        store.clear_maps().unwrap();
        assert_eq!(
            (store.n_bytes_of_maps(), fs::read_dir(&dir).unwrap().count()),
            (0, 1)
        );
    }
}
