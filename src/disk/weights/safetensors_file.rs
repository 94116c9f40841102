//! Safetensors: eight bytes of header length, a JSON header, the data.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, View};

use super::element::safetensors_element;
use super::state_dict::{NamedTensor, StateDict, TensorData};
use super::unknown_file::{truncated, what_it_is};
use crate::disk::whole_file::write_whole;
use crate::error::Error;

/// Writes `model.safetensors` as Python's safetensors would: beside its place and renamed into it, the same bytes for
/// the same tensors in whatever order.
///
/// # Errors
/// [`Error::Io`] where it cannot be written.
pub fn write_safetensors(path: &Path, tensors: &[NamedTensor]) -> crate::error::Result<()> {
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    let bytes = safetensors::serialize(tensors.iter().map(|t| (t.name.as_str(), t)), Some(metadata))
        .map_err(|e| Error::Job(format!("{}: cannot write: {e}", path.display())))?;
    // Not the crate's own `serialize_to_file`: its temporary file keeps mode 0600, which shuts a run folder to others.
    write_whole(path, &bytes)
}

impl View for &NamedTensor {
    fn dtype(&self) -> Dtype {
        match self.data {
            TensorData::F32(_) => Dtype::F32,
            TensorData::I64(_) => Dtype::I64,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        match &self.data {
            TensorData::F32(numbers) => le_bytes(numbers, f32::to_le_bytes),
            TensorData::I64(numbers) => le_bytes(numbers, i64::to_le_bytes),
        }
    }

    fn data_len(&self) -> usize {
        match &self.data {
            TensorData::F32(numbers) => size_of_val(numbers.as_slice()),
            TensorData::I64(numbers) => size_of_val(numbers.as_slice()),
        }
    }
}

/// Through arrays rather than a flat iterator, which would take four times as long.
fn le_bytes<T: Copy, const N: usize>(numbers: &[T], bytes_of: impl Fn(T) -> [u8; N]) -> Cow<'static, [u8]> {
    let arrays: Vec<[u8; N]> = numbers.iter().map(|&n| bytes_of(n)).collect();
    Cow::Owned(arrays.into_flattened())
}

/// A state_dict from a safetensors file.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn read_safetensors(bytes: &[u8]) -> Result<StateDict, String> {
    let broken = |what: &dyn std::fmt::Display| format!("the safetensors file is broken: {what}");
    let expected = safetensors_length(bytes)?;
    let n_bytes = bytes.len() as u64;
    if n_bytes < expected {
        return Err(truncated(n_bytes, expected));
    }
    if n_bytes > expected {
        return Err(broken(&format!(
            "{} bytes follow its tensors",
            n_bytes - expected
        )));
    }
    let file = SafeTensors::deserialize(bytes).map_err(|e| broken(&e))?;
    let mut views: Vec<_> = file.iter().collect();
    // Its own order, that of the data, is not that of the map behind the iterator.
    views.sort_by_key(|(name, view)| (view.data().as_ptr(), *name));
    let mut tensors = Vec::new();
    for (name, view) in views {
        let element = safetensors_element(view.dtype()).ok_or_else(|| {
            format!(
                "tensor `{name}` is of type {}, and weights are floating point or integer",
                view.dtype()
            )
        })?;
        tensors.push(NamedTensor {
            name: name.to_owned(),
            shape: view.shape().to_vec(),
            data: element
                .decode(view.data())
                .map_err(|what| format!("tensor `{name}` {what}"))?,
        });
    }
    Ok(StateDict::new(tensors))
}

/// How long the file must be by its own header: eight bytes of header length, the header, the data.
fn safetensors_length(bytes: &[u8]) -> Result<u64, String> {
    const HEADER_LIMIT: u64 = 100_000_000;
    let Some((length, rest)) = bytes.split_first_chunk() else {
        return Err(what_it_is(bytes));
    };
    let header_bytes = u64::from_le_bytes(*length);
    if header_bytes > HEADER_LIMIT {
        return Err(what_it_is(bytes));
    }
    let Some(header) = rest.get(..header_bytes as usize) else {
        return Err(format!(
            "the file is truncated: it has {} bytes, its header alone should have {}",
            bytes.len(),
            8 + header_bytes
        ));
    };
    let header: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(header)
        .map_err(|e| format!("the safetensors file is broken: its header is no JSON ({e})"))?;
    let ends = header
        .values()
        .filter_map(|tensor| tensor.get("data_offsets")?.get(1)?.as_u64());
    let end = ends.max().unwrap_or(0);
    end.checked_add(8 + header_bytes)
        .ok_or_else(|| "the safetensors file is broken: its offsets overflow".into())
}
