//! Files that `torch.save` wrote: the zip archive (PyTorch 1.6 and later) and the legacy stream of pickles with the
//! storages after them.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config};

use super::pickle::{Pickle, Value};
use super::tensors::{MOST_TENSOR_BYTES, NamedTensor, StateDict};
use super::unknown_file::truncated;
use super::views::{View, state_dict_views, storages};

/// `0x1950a86a20f9469cfc6c`, little-endian: with it a legacy file begins.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/// Weights hardly compress and views hardly repeat: a file that unfolds to more than this many times its own size
/// (and more than a trifle) is made to fill the memory.
const MAX_UNFOLDING: u64 = 16;
const TRIFLE: u64 = 1 << 20;

const BIG_ENDIAN: &str = "it was written on a big-endian machine; save its state_dict as safetensors";

/// A state_dict from a legacy file: pickles of the magic number, the version, the writer's machine, the object and
/// the storage keys; then the storages.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn read_legacy(bytes: &[u8]) -> Result<StateDict, String> {
    let mut at = 0;
    let mut next = || -> Result<Pickle, String> {
        let pickle = Pickle::read(&bytes[at..]).map_err(|e| e.to_string())?;
        at += pickle.n_bytes;
        Ok(pickle)
    };
    if *next()?.root() != Value::BigInt(&MAGIC) {
        return Err(
            "it is a Python pickle, but none that torch.save wrote; save the state_dict as safetensors"
                .into(),
        );
    }
    let (_version, machine, object, keys) = (next()?, next()?, next()?, next()?);
    if is_big_endian(&machine) {
        return Err(BIG_ENDIAN.into());
    }
    let views = state_dict_views(&object)?;
    let stored = legacy_storages(bytes, at, &object, &keys)?;
    materialise(views, &mut unfolding_limit(bytes.len() as u64), |key| {
        stored.get(key).copied()
    })
}

fn is_big_endian(machine: &Pickle) -> bool {
    let Value::Dict(entries) = machine.root() else {
        return false;
    };
    entries.iter().any(|&(key, value)| {
        *machine.get(key) == Value::Text("little_endian") && *machine.get(value) == Value::Bool(false)
    })
}

/// The bytes of each storage. From `at` on they lie in the order of `keys`, each after its length in elements.
fn legacy_storages<'b, 'p>(
    bytes: &'b [u8],
    mut at: usize,
    object: &'p Pickle,
    keys: &Pickle,
) -> Result<BTreeMap<&'p str, &'b [u8]>, String> {
    let described = storages(object)?;
    let Value::List(key_ids) = keys.root() else {
        return Err("its list of storages is broken".into());
    };
    let order = key_ids.iter().map(|&id| match keys.get(id) {
        Value::Text(key) => described.get(key).copied(),
        _ => None,
    });
    let order: Option<Vec<_>> = order.collect();
    let order = order.ok_or("its list of storages is broken")?;

    let end = order
        .iter()
        .try_fold(at as u64, |end, s| end.checked_add(8)?.checked_add(s.n_bytes()?));
    let end = end.ok_or("the sizes of its storages overflow")?;
    if end > bytes.len() as u64 {
        return Err(truncated(bytes.len() as u64, end));
    }
    let mut stored = BTreeMap::new();
    for storage in order {
        let (length, rest) = bytes[at..].split_first_chunk().ok_or("its storages are broken")?;
        if u64::from_le_bytes(*length) != storage.n_elements {
            return Err(format!(
                "storage {} has not the length that the tensors expect",
                storage.key
            ));
        }
        let n_bytes = storage.n_bytes().and_then(|n| usize::try_from(n).ok());
        let data = n_bytes
            .and_then(|n| rest.get(..n))
            .ok_or("its storages are broken")?;
        stored.insert(storage.key, data);
        at += length.len() + data.len();
    }
    Ok(stored)
}

/// A state_dict from a zip archive: `NAME/data.pkl` and, for each storage, `NAME/data/KEY`.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn read_zip(reader: impl Read + Seek, file_bytes: u64) -> Result<StateDict, String> {
    // Left to detect a shift of the whole archive, zip 9.8 takes the ZIP64 records of torch.save for one where the first
    // entry's name happens to be as long as they are.
    let at_the_beginning = Config {
        archive_offset: ArchiveOffset::Known(0),
    };
    let mut archive = ZipArchive::with_config(at_the_beginning, reader).map_err(|e| {
        format!("the file is truncated or damaged: the directory at the end of the zip archive cannot be read ({e})")
    })?;
    let names: Vec<String> = archive
        .file_names()
        .filter_map(|n| n.ok().map(Into::into))
        .collect();
    let folder = names.iter().find_map(|name| name.strip_suffix("/data.pkl"));
    let Some(folder) = folder.filter(|folder| !folder.contains('/')) else {
        return Err("it is a zip archive, but none that torch.save wrote (no data.pkl in it)".into());
    };
    let has = |entry: &str| names.iter().any(|name| *name == format!("{folder}/{entry}"));
    if has("constants.pkl") {
        return Err(
            "it is a TorchScript archive (torch.jit.save, or tch); save the state_dict instead: \
                    torch.save(model.state_dict(), …)"
                .into(),
        );
    }
    let mut limit = unfolding_limit(file_bytes);
    if has("byteorder") && read_entry(&mut archive, &format!("{folder}/byteorder"), &mut limit)? != b"little"
    {
        return Err(BIG_ENDIAN.into());
    }
    let pickled = read_entry(&mut archive, &format!("{folder}/data.pkl"), &mut limit)?;
    let pickle = Pickle::read(&pickled).map_err(|e| e.to_string())?;
    let views = state_dict_views(&pickle)?;

    let mut stored: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for view in &views {
        let key = view.storage.key;
        // A storage without elements has no entry in archives of some versions.
        if view.storage.n_elements > 0 && !stored.contains_key(key) {
            let entry = read_entry(&mut archive, &format!("{folder}/data/{key}"), &mut limit)?;
            stored.insert(key, entry);
        }
    }
    materialise(views, &mut unfolding_limit(file_bytes), |key| {
        Some(stored.get(key).map_or(&[][..], Vec::as_slice))
    })
}

/// The entry's bytes, checked against its CRC, and taken off the `limit`.
fn read_entry<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    name: &str,
    limit: &mut u64,
) -> Result<Vec<u8>, String> {
    let damaged = |what: &dyn std::fmt::Display| {
        format!("the file is damaged: its part {name} cannot be read ({what})")
    };
    let mut entry = archive.by_name(name).map_err(|e| damaged(&e))?;
    let n_bytes = entry.size();
    *limit = limit
        .checked_sub(n_bytes)
        .ok_or("it unfolds to far more than its own size, or than any of these networks")?;
    let mut bytes = Vec::new();
    // One more than it says, so that an entry which goes on is noticed.
    entry
        .by_ref()
        .take(n_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|e| damaged(&e))?;
    if bytes.len() as u64 != n_bytes {
        return Err(damaged(&"its length is wrong"));
    }
    Ok(bytes)
}

fn unfolding_limit(file_bytes: u64) -> u64 {
    let limit = file_bytes.saturating_mul(MAX_UNFOLDING).max(TRIFLE);
    limit.min(MOST_TENSOR_BYTES)
}

/// The tensors of the views, as long as they stay within `limit` bytes.
fn materialise<'s>(
    views: Vec<View>,
    limit: &mut u64,
    storage: impl Fn(&str) -> Option<&'s [u8]>,
) -> Result<StateDict, String> {
    let mut tensors = Vec::new();
    for view in views {
        let mut tensor = || {
            let element = view.element()?;
            let left = view.n_elements().and_then(|n| element.room_left(n, *limit));
            *limit = left.ok_or(
                "with it, the file unfolds to far more than its own size, or than any of these networks",
            )?;
            let bytes = storage(view.storage.key).ok_or("its storage is missing")?;
            element.decode(&view.gather(bytes)?)
        };
        let data = tensor().map_err(|what: String| format!("tensor `{}`: {what}", view.name))?;
        tensors.push(NamedTensor {
            name: view.name.to_owned(),
            shape: view.shape,
            data,
        });
    }
    Ok(StateDict::new(tensors))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pickle of `{"w": _rebuild_tensor_v2(a storage of 1 float, 0, (2**40,), (0,), False, {})}`.
    const EXPANDED: &[u8] = b"}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n(\
        (X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x01tQ\
        K\x00\x8a\x06\x00\x00\x00\x00\x00\x01\x85K\x00\x85\x89}tRs.";

    #[test]
    fn a_small_file_cannot_unfold_into_all_memory() {
        let pickle = Pickle::read(EXPANDED).unwrap();
        let views = state_dict_views(&pickle).unwrap();
        assert_eq!(views[0].shape, [1 << 40]);
        let message = materialise(views, &mut unfolding_limit(1000), |_| Some(&[0; 4])).unwrap_err();
        assert_eq!(
            message,
            "tensor `w`: with it, the file unfolds to far more than its own size, or than any of these networks"
        );
    }
}
