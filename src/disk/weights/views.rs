//! What a pickle of `torch.save` describes: a state_dict, whose tensors are named views of storages. The numbers lie
//! elsewhere in the file; a view gathers its own from the bytes of its storage.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::element::{Element, StorageType};
use super::pickle::{Id, Name, Pickle, Value};

/// Under which a training script keeps the state_dict in its checkpoint.
const CHECKPOINT_KEYS: [&str; 6] = [
    "state_dict",
    "model",
    "model_state_dict",
    "model_state",
    "net",
    "state_dict_ema",
];

/// Bytes that several tensors may share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Storage<'p> {
    pub key: &'p str,
    pub kind: &'static StorageType,
    pub n_elements: u64,
    /// In elements, where a legacy file says that it is a part of a larger one.
    offset: usize,
}

impl Storage<'_> {
    /// Length in bytes; none if that overflows.
    pub fn n_bytes(&self) -> Option<u64> {
        self.n_elements.checked_mul(self.kind.n_bytes as u64)
    }
}

/// A tensor. Offset and strides count elements of its storage, as in PyTorch.
#[derive(Debug)]
pub(super) struct View<'p> {
    pub name: &'p str,
    pub storage: Storage<'p>,
    pub shape: Vec<usize>,
    offset: usize,
    strides: Vec<usize>,
}

/// The tensors of the state_dict that the pickle holds, itself or as a part of a checkpoint; in its order.
///
/// # Errors
/// What it holds instead, or the first tensor that makes no sense.
pub(super) fn state_dict_views<'p>(pickle: &'p Pickle) -> Result<Vec<View<'p>>, String> {
    let mut views: Vec<View> = Vec::new();
    let mut position_of: BTreeMap<&str, usize> = BTreeMap::new();
    for &(key, value) in state_dict_entries(pickle)? {
        // Keys that are not text and values that are not tensors (`_extra_state`) belong to none of these networks.
        let Value::Text(name) = pickle.get(key) else {
            continue;
        };
        let Some(arguments) = tensor_arguments(pickle, value) else {
            continue;
        };
        let view = view(pickle, name, arguments).map_err(|what| format!("tensor `{name}`: {what}"))?;
        match position_of.get(name) {
            // A name given twice: the last one counts, as in Python.
            Some(&earlier) => views[earlier] = view,
            None => {
                position_of.insert(name, views.len());
                views.push(view);
            }
        }
    }
    Ok(views)
}

/// Every storage that the pickle mentions, by key: also those of tensors that nobody asks for.
///
/// # Errors
/// One of them is not described as `torch.save` does it.
pub(super) fn storages<'p>(pickle: &'p Pickle) -> Result<BTreeMap<&'p str, Storage<'p>>, String> {
    let host = pickle.values().iter().filter(|v| matches!(v, Value::Host(_)));
    host.map(|value| storage(pickle, value).map(|s| (s.key, s)))
        .collect()
}

fn state_dict_entries<'p>(pickle: &'p Pickle) -> Result<&'p [(Id, Id)], String> {
    let Value::Dict(top) = pickle.root() else {
        return Err("it holds no state_dict (a dict of named tensors)".into());
    };
    let has_tensors = |entries: &[(Id, Id)]| {
        entries
            .iter()
            .any(|&(_, v)| tensor_arguments(pickle, v).is_some())
    };
    if has_tensors(top) {
        return Ok(top);
    }
    if let Some(entries) = within(pickle, top, &has_tensors, MOST_WRAPPERS) {
        return Ok(entries);
    }
    let keys = top.iter().filter_map(|&(key, _)| match pickle.get(key) {
        Value::Text(key) => Some(*key),
        _ => None,
    });
    let keys: Vec<&str> = keys.take(5).collect();
    Err(format!(
        "it holds a dict ({}) without tensors; expected a state_dict, or one under {}",
        if keys.is_empty() {
            "empty".into()
        } else {
            keys.join(", ")
        },
        CHECKPOINT_KEYS.join(", "),
    ))
}

/// Checkpoints that hold a checkpoint, at most; a pickle can hold itself.
const MOST_WRAPPERS: usize = 4;

/// The state_dict under one of the [`CHECKPOINT_KEYS`], itself or in a checkpoint that lies there.
fn within<'p>(
    pickle: &'p Pickle,
    entries: &'p [(Id, Id)],
    has_tensors: &impl Fn(&[(Id, Id)]) -> bool,
    n_wrappers: usize,
) -> Option<&'p [(Id, Id)]> {
    let held = |wanted: &&str| {
        entries
            .iter()
            .find_map(|&(key, value)| match (pickle.get(key), pickle.get(value)) {
                (Value::Text(key), Value::Dict(inner)) if key == wanted => Some(inner.as_slice()),
                _ => None,
            })
    };
    let held: Vec<&[(Id, Id)]> = CHECKPOINT_KEYS.iter().filter_map(held).collect();
    let itself = held.iter().copied().find(|inner| has_tensors(inner));
    let deeper = n_wrappers.checked_sub(1)?;
    itself.or_else(|| {
        held.into_iter()
            .find_map(|inner| within(pickle, inner, has_tensors, deeper))
    })
}

/// The arguments of the call that would make the tensor, if `id` is one; a parameter is the tensor it wraps.
fn tensor_arguments<'p>(pickle: &'p Pickle, id: Id) -> Option<&'p [Id]> {
    let arguments_of = |id: Id, wanted: Name| match pickle.get(id) {
        Value::Call { function, arguments } if *function == wanted => tuple(pickle, *arguments),
        _ => None,
    };
    let inner = arguments_of(id, Name::RebuildParameter).and_then(|a| a.first().copied());
    arguments_of(inner.unwrap_or(id), Name::RebuildTensor)
}

fn view<'p>(pickle: &'p Pickle, name: &'p str, arguments: &[Id]) -> Result<View<'p>, String> {
    let &[stored, offset, shape, strides, ..] = arguments else {
        return Err("too few arguments to rebuild it".into());
    };
    let storage = storage(pickle, pickle.get(stored))?;
    let shape = sizes(pickle, shape).ok_or("its shape is not a tuple of sizes")?;
    let strides = sizes(pickle, strides).ok_or("its strides are not a tuple of sizes")?;
    if shape.len() != strides.len() {
        return Err("it has not as many strides as dimensions".into());
    }
    let offset = size(pickle, offset).and_then(|offset| offset.checked_add(storage.offset));
    Ok(View {
        name,
        storage,
        shape,
        offset: offset.ok_or("its offset is not a size")?,
        strides,
    })
}

/// `('storage', type, key, device, elements)`, in legacy files also `None` or `(view key, offset, elements)`.
fn storage<'p>(pickle: &'p Pickle, value: &Value) -> Result<Storage<'p>, String> {
    let described = match value {
        Value::Host(description) => tuple(pickle, *description),
        _ => None,
    };
    let Some(&[tag, kind, key, _device, n_elements, ref rest @ ..]) = described else {
        return Err("its storage is not described as torch.save does".into());
    };
    let offset = match rest.first().map(|&part| pickle.get(part)) {
        Some(Value::Tuple(part)) => part.get(1).and_then(|&offset| size(pickle, offset)),
        _ => Some(0),
    };
    match (
        pickle.get(tag),
        pickle.get(kind),
        pickle.get(key),
        size(pickle, n_elements),
        offset,
    ) {
        (
            Value::Text("storage"),
            Value::Name(Name::Storage(kind)),
            Value::Text(key),
            Some(n),
            Some(offset),
        ) => Ok(Storage {
            key,
            kind,
            n_elements: n as u64,
            offset,
        }),
        _ => Err("its storage is not described as torch.save does".into()),
    }
}

fn tuple<'p>(pickle: &'p Pickle, id: Id) -> Option<&'p [Id]> {
    match pickle.get(id) {
        Value::Tuple(items) | Value::List(items) => Some(items),
        _ => None,
    }
}

fn size(pickle: &Pickle, id: Id) -> Option<usize> {
    match pickle.get(id) {
        Value::Int(n) => usize::try_from(*n).ok(),
        _ => None,
    }
}

/// No weights have more dimensions, and a tuple may be the shape of thousands of names.
const MOST_DIMENSIONS: usize = 8;

fn sizes(pickle: &Pickle, id: Id) -> Option<Vec<usize>> {
    tuple(pickle, id)
        .filter(|sizes| sizes.len() <= MOST_DIMENSIONS)?
        .iter()
        .map(|&item| size(pickle, item))
        .collect()
}

impl View<'_> {
    /// # Errors
    /// The type's name, if weights are never of it.
    pub fn element(&self) -> Result<Element, String> {
        let kind = self.storage.kind;
        kind.element.ok_or_else(|| {
            format!(
                "is of type {}, and weights are floating point or integer",
                kind.name
            )
        })
    }

    /// Number of elements; none if that overflows.
    pub fn n_elements(&self) -> Option<usize> {
        self.shape.iter().try_fold(1usize, |n, &dim| n.checked_mul(dim))
    }

    /// Its elements in row-major order, from the bytes of its storage.
    ///
    /// # Errors
    /// It reaches beyond its storage.
    pub fn gather<'s>(&self, storage: &'s [u8]) -> Result<Cow<'s, [u8]>, String> {
        let width = self.storage.kind.n_bytes;
        let n = self.n_elements().ok_or("its shape overflows")?;
        if n == 0 {
            return Ok(Cow::Borrowed(&[]));
        }
        let steps = self.shape.iter().zip(&self.strides);
        let last = steps.clone().try_fold(self.offset, |at, (&dim, &stride)| {
            at.checked_add(stride.checked_mul(dim - 1)?)
        });
        if last.is_none_or(|last| last >= storage.len() / width) {
            return Err("it reaches beyond its storage".into());
        }
        let mut dense = 1;
        let is_contiguous = steps.rev().all(|(&dim, &stride)| {
            let fits = dim == 1 || stride == dense;
            dense *= dim;
            fits
        });
        if is_contiguous {
            return Ok(Cow::Borrowed(&storage[self.offset * width..][..n * width]));
        }
        Ok(Cow::Owned(self.gather_strided(storage, n)))
    }

    /// Walks the index like an odometer; [`View::gather`] has checked that its ends lie in the storage.
    fn gather_strided(&self, storage: &[u8], n: usize) -> Vec<u8> {
        let width = self.storage.kind.n_bytes;
        let mut gathered = Vec::with_capacity(n * width);
        let mut index = vec![0; self.shape.len()];
        let mut at = self.offset;
        for _ in 0..n {
            gathered.extend_from_slice(&storage[at * width..][..width]);
            for dim in (0..index.len()).rev() {
                index[dim] += 1;
                at += self.strides[dim];
                if index[dim] < self.shape[dim] {
                    break;
                }
                at -= index[dim] * self.strides[dim];
                index[dim] = 0;
            }
        }
        gathered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::weights::element::storage_type;

    fn bytes_of(offset: usize, shape: &[usize], strides: &[usize], n_stored: u8) -> Result<Vec<u8>, String> {
        let storage = Storage {
            key: "0",
            kind: storage_type("ByteStorage").ok_or("no such type")?,
            n_elements: u64::from(n_stored),
            offset: 0,
        };
        let view = View {
            name: "weight",
            storage,
            shape: shape.to_vec(),
            offset,
            strides: strides.to_vec(),
        };
        let stored: Vec<u8> = (0..n_stored).collect();
        view.gather(&stored).map(Cow::into_owned)
    }

    #[test]
    fn a_view_gathers_what_it_covers_and_nothing_beyond() {
        assert_eq!(bytes_of(1, &[2, 2], &[2, 1], 6), Ok(vec![1, 2, 3, 4]));
        assert_eq!(bytes_of(0, &[3, 2], &[1, 3], 6), Ok(vec![0, 3, 1, 4, 2, 5]));
        assert_eq!(bytes_of(5, &[], &[], 6), Ok(vec![5]));
        assert_eq!(bytes_of(2, &[3], &[0], 6), Ok(vec![2, 2, 2]));
        assert_eq!(bytes_of(99, &[0, 7], &[9, 9], 6), Ok(vec![]));
        assert_eq!(bytes_of(0, &[1, 6], &[77, 1], 6), Ok((0..6).collect()));
        for (offset, shape, strides) in [
            (6, vec![], vec![]),
            (1, vec![2, 3], vec![3, 1]),
            (0, vec![2], vec![usize::MAX]),
            (usize::MAX, vec![2], vec![1]),
            (0, vec![usize::MAX, 2], vec![0, 0]),
        ] {
            assert!(
                bytes_of(offset, &shape, &strides, 6).is_err(),
                "{offset} {shape:?} {strides:?}"
            );
        }
    }
}
