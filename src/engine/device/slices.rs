//! Tensors' memory as plain slices, for loops that tensor operations have no words for.

#![allow(unsafe_code, reason = "a tensor's memory as a slice")]

use tch::{Device, Kind, Tensor};

use crate::error::{Error, Result};

/// The numbers of a contiguous f32 tensor on the processor, in their order in memory. Where there are none, libtorch
/// points nowhere, and a slice must not.
///
/// # Errors
/// The tensor is another.
pub fn floats(tensor: &Tensor) -> Result<&[f32]> {
    check_plain(tensor)?;
    if tensor.numel() == 0 {
        return Ok(&[]);
    }
    // SAFETY: a contiguous f32 tensor on the processor is that many numbers in a row, alive as long as the tensor is
    // borrowed; all are written before they are read, and nobody else writes them meanwhile.
    Ok(unsafe { std::slice::from_raw_parts(tensor.data_ptr().cast(), tensor.numel()) })
}

/// The same to write to. Only for a tensor that was just made and is shared with no other.
///
/// # Errors
/// As [`floats`].
pub fn floats_mut(tensor: &mut Tensor) -> Result<&mut [f32]> {
    check_plain(tensor)?;
    if tensor.numel() == 0 {
        return Ok(&mut []);
    }
    // SAFETY: as above; and the tensor was made here, so that no other tensor shares its numbers.
    Ok(unsafe { std::slice::from_raw_parts_mut(tensor.data_ptr().cast(), tensor.numel()) })
}

fn check_plain(tensor: &Tensor) -> Result<()> {
    let is_plain = tensor.kind() == Kind::Float && tensor.device() == Device::Cpu && tensor.is_contiguous();
    match is_plain {
        true => Ok(()),
        false => Err(Error::Job(
            "a tensor is not laid out as a loop over its numbers needs it".into(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tensor_without_numbers_is_an_empty_slice() {
        let mut nothing = Tensor::f_empty([0, 512], (Kind::Float, Device::Cpu)).unwrap();
        assert!(floats(&nothing).unwrap().is_empty());
        assert!(floats_mut(&mut nothing).unwrap().is_empty());
    }

    #[test]
    fn a_tensor_of_other_numbers_is_refused() {
        assert!(floats(&Tensor::from_slice(&[1i64])).is_err());
    }
}
