//! The number formats that weight files use, and how their bytes become `f32` or `i64`. Little-endian throughout.

use half::{bf16, f16};

use super::tensors::TensorData;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    F16,
    Bf16,
    F32,
    F64,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
}

impl Element {
    pub fn n_bytes(self) -> usize {
        match self {
            Element::I8 | Element::U8 => 1,
            Element::F16 | Element::Bf16 | Element::I16 | Element::U16 => 2,
            Element::F32 | Element::I32 | Element::U32 => 4,
            Element::F64 | Element::I64 | Element::U64 => 8,
        }
    }

    /// What is left of `room`, in bytes of memory, with that many numbers in it; none where they do not fit.
    pub fn room_left(self, n_numbers: usize, room: u64) -> Option<u64> {
        let each = match self {
            Element::F16 | Element::Bf16 | Element::F32 | Element::F64 => size_of::<f32>(),
            _ => size_of::<i64>(),
        };
        room.checked_sub((n_numbers as u64).checked_mul(each as u64)?)
    }

    /// The numbers in `bytes`, whose length is a multiple of [`Element::n_bytes`].
    ///
    /// # Errors
    /// An unsigned 64-bit number that `i64` cannot hold.
    pub fn decode(self, bytes: &[u8]) -> Result<TensorData, String> {
        Ok(match self {
            Element::F16 => TensorData::F32(each(bytes, |b| f16::from_le_bytes(b).to_f32())),
            Element::Bf16 => TensorData::F32(each(bytes, |b| bf16::from_le_bytes(b).to_f32())),
            Element::F32 => TensorData::F32(each(bytes, f32::from_le_bytes)),
            Element::F64 => TensorData::F32(each(bytes, |b| f64::from_le_bytes(b) as f32)),
            Element::I8 => TensorData::I64(each(bytes, |b| i8::from_le_bytes(b).into())),
            Element::I16 => TensorData::I64(each(bytes, |b| i16::from_le_bytes(b).into())),
            Element::I32 => TensorData::I64(each(bytes, |b| i32::from_le_bytes(b).into())),
            Element::I64 => TensorData::I64(each(bytes, i64::from_le_bytes)),
            Element::U8 => TensorData::I64(each(bytes, |[b]| b.into())),
            Element::U16 => TensorData::I64(each(bytes, |b| u16::from_le_bytes(b).into())),
            Element::U32 => TensorData::I64(each(bytes, |b| u32::from_le_bytes(b).into())),
            Element::U64 => {
                let numbers = each(bytes, |b| i64::try_from(u64::from_le_bytes(b)).ok());
                let numbers: Option<Vec<i64>> = numbers.into_iter().collect();
                TensorData::I64(numbers.ok_or("holds a number above 2^63")?)
            }
        })
    }
}

fn each<const N: usize, T>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    let (numbers, _) = bytes.as_chunks::<N>();
    numbers.iter().map(|&b| number(b)).collect()
}

/// The element of a safetensors dtype; none for what weights of these networks never are (bool, complex, 8-bit float).
pub(super) fn safetensors_element(dtype: safetensors::Dtype) -> Option<Element> {
    use safetensors::Dtype;
    Some(match dtype {
        Dtype::F16 => Element::F16,
        Dtype::BF16 => Element::Bf16,
        Dtype::F32 => Element::F32,
        Dtype::F64 => Element::F64,
        Dtype::I8 => Element::I8,
        Dtype::I16 => Element::I16,
        Dtype::I32 => Element::I32,
        Dtype::I64 => Element::I64,
        Dtype::U8 => Element::U8,
        Dtype::U16 => Element::U16,
        Dtype::U32 => Element::U32,
        Dtype::U64 => Element::U64,
        _ => return None,
    })
}

/// A class of PyTorch's that names the element type of a storage in a pickle.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StorageType {
    /// In the module `torch`.
    pub name: &'static str,
    /// Of one element: to find the next storage even after one that cannot be read.
    pub n_bytes: usize,
    /// None where a tensor of it is refused.
    pub element: Option<Element>,
}

const fn readable(name: &'static str, n_bytes: usize, element: Element) -> StorageType {
    StorageType {
        name,
        n_bytes,
        element: Some(element),
    }
}

const fn unreadable(name: &'static str, n_bytes: usize) -> StorageType {
    StorageType {
        name,
        n_bytes,
        element: None,
    }
}

static STORAGE_TYPES: &[StorageType] = &[
    readable("HalfStorage", 2, Element::F16),
    readable("BFloat16Storage", 2, Element::Bf16),
    readable("FloatStorage", 4, Element::F32),
    readable("DoubleStorage", 8, Element::F64),
    readable("CharStorage", 1, Element::I8),
    readable("ShortStorage", 2, Element::I16),
    readable("IntStorage", 4, Element::I32),
    readable("LongStorage", 8, Element::I64),
    readable("ByteStorage", 1, Element::U8),
    unreadable("BoolStorage", 1),
    unreadable("ComplexFloatStorage", 8),
    unreadable("ComplexDoubleStorage", 16),
    unreadable("QInt8Storage", 1),
    unreadable("QUInt8Storage", 1),
    unreadable("QUInt4x2Storage", 1),
    unreadable("QUInt2x4Storage", 1),
    unreadable("QInt32Storage", 4),
    unreadable("UntypedStorage", 1),
];

pub(super) fn storage_type(name: &str) -> Option<&'static StorageType> {
    STORAGE_TYPES.iter().find(|s| s.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_out_as_they_were_written() {
        let cases: &[(Element, &[u8], TensorData)] = &[
            (
                Element::F16,
                &[0x00, 0x3c, 0x00, 0xc0],
                TensorData::F32(vec![1.0, -2.0]),
            ),
            (
                Element::Bf16,
                &[0x80, 0x3f, 0x00, 0xc0],
                TensorData::F32(vec![1.0, -2.0]),
            ),
            (Element::F64, &1.5f64.to_le_bytes(), TensorData::F32(vec![1.5])),
            (Element::I8, &[0xff, 0x7f], TensorData::I64(vec![-1, 127])),
            (Element::U8, &[0xff], TensorData::I64(vec![255])),
            (
                Element::I16,
                &(-300i16).to_le_bytes(),
                TensorData::I64(vec![-300]),
            ),
            (Element::U32, &[0xff; 4], TensorData::I64(vec![4_294_967_295])),
            (Element::U64, &7u64.to_le_bytes(), TensorData::I64(vec![7])),
            (Element::F32, &[], TensorData::F32(vec![])),
        ];
        for (element, bytes, expected) in cases {
            assert_eq!(element.decode(bytes).as_ref(), Ok(expected), "{element:?}");
        }
        assert!(Element::U64.decode(&[0xff; 8]).is_err());
        for storage in STORAGE_TYPES {
            assert!(
                storage.element.is_none_or(|e| e.n_bytes() == storage.n_bytes),
                "{}",
                storage.name
            );
        }
    }
}
