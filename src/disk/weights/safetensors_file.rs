//! Safetensors: eight bytes of header length, a JSON header, the data.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::io::{Read, Seek};
use std::path::Path;

use safetensors::tensor::{Dtype, Metadata, TensorInfo, View};

use super::element::safetensors_element;
use super::tensors::{
    MOST_TENSOR_BYTES, NamedTensor, StateDict, TOO_MANY, TensorData, Unreadable, beginning,
};
use super::unknown_file::{truncated, what_it_is};
use crate::disk::files::whole_file::write_whole;
use crate::error::Error;

/// Writes `model.safetensors` as Python's safetensors would: beside its place and renamed into it, the same bytes for
/// the same tensors in whatever order.
///
/// # Errors
/// [`Error::Io`] where it cannot be written; [`Error::Job`] where the tensors cannot be told in the format.
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

/// A network here has a few hundred tensors, each a hundred bytes of header.
const MOST_HEADER_BYTES: u64 = 4 << 20;

/// A state_dict from a safetensors file of that length, one tensor after the other: a file of gigabytes that are not
/// weights is refused by its header, before they are read.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn read_safetensors(
    reader: &mut (impl Read + Seek),
    n_bytes: u64,
) -> Result<StateDict, Unreadable> {
    let metadata = read_header(reader, n_bytes)?;
    let tensors = metadata.tensors();
    // As they follow each other in the file; empty ones lie at one place.
    let mut tensors: Vec<(String, &TensorInfo)> = tensors.into_iter().collect();
    tensors.sort_by(|(a, one), (b, other)| (one.data_offsets, a).cmp(&(other.data_offsets, b)));
    let mut room = MOST_TENSOR_BYTES;
    let mut named = Vec::new();
    for (name, info) in tensors {
        let element = safetensors_element(info.dtype).ok_or_else(|| {
            format!(
                "tensor `{name}` is of type {}, and weights are floating point or integer",
                info.dtype
            )
        })?;
        let stored = info.data_offsets.1 - info.data_offsets.0;
        room = element
            .room_left(stored / element.n_bytes(), room)
            .ok_or(TOO_MANY)?;
        let mut bytes = vec![0; stored];
        reader.read_exact(&mut bytes)?;
        named.push(NamedTensor {
            data: element
                .decode(&bytes)
                .map_err(|what| format!("tensor `{name}` {what}"))?,
            name,
            shape: info.shape.clone(),
        });
    }
    Ok(StateDict::new(named))
}

/// Eight bytes of header length and the header, held against the length of the file.
fn read_header(reader: &mut (impl Read + Seek), n_bytes: u64) -> Result<Metadata, Unreadable> {
    let broken = |what: &dyn std::fmt::Display| format!("the safetensors file is broken: {what}");
    let mut length = [0; 8];
    reader.read_exact(&mut length)?;
    let header_bytes = u64::from_le_bytes(length);
    if header_bytes > MOST_HEADER_BYTES {
        reader.rewind()?;
        return Err(what_it_is(&beginning(reader)?).into());
    }
    if n_bytes < 8 + header_bytes {
        let message = format!(
            "the file is truncated: it has {n_bytes} bytes, its header alone should have {}",
            8 + header_bytes
        );
        return Err(message.into());
    }
    let mut header = vec![0; header_bytes as usize];
    reader.read_exact(&mut header)?;
    let metadata: Metadata = serde_json::from_slice(&header).map_err(|e| broken(&e))?;
    let expected = (8 + header_bytes).checked_add(metadata.data_len() as u64);
    let expected = expected.ok_or_else(|| broken(&"its offsets overflow"))?;
    match n_bytes.cmp(&expected) {
        Ordering::Less => Err(truncated(n_bytes, expected).into()),
        Ordering::Equal => Ok(metadata),
        Ordering::Greater => Err(broken(&format!("{} bytes follow its tensors", n_bytes - expected)).into()),
    }
}
