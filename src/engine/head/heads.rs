//! The trainable part: linear layers on the features. Any number of heads lie stacked in one tensor, so that a step of
//! all of them is a handful of tensor operations whatever their number; each is what it would be alone.

use std::ops::Range;

use tch::{Device, Kind, Tensor};

use crate::engine::device::random::{Purpose, rng, uniform};
use crate::error::{Error, Result};

/// One head: logits = features x weightᵀ + bias.
#[derive(Debug)]
pub struct Head {
    /// `[n_classes, n_features]`, f32
    pub weight: Tensor,
    /// `[n_classes]`, f32
    pub bias: Tensor,
}

impl Head {
    /// Initialised as `torch.nn.Linear` is: both uniform over ±1/√n_features.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn new(n_features: usize, n_classes: usize, seed: u64, device: Device) -> Result<Self> {
        let mut rng = rng(seed, Purpose::Head);
        let bound = 1.0 / (n_features as f32).sqrt();
        let weight = uniform(&mut rng, n_classes * n_features, bound);
        let bias = uniform(&mut rng, n_classes, bound);
        Self::from_values(&weight, &bias, device)
    }

    /// From given values; `weight` row-major `[n_classes, n_features]`, as many rows as `bias` has entries.
    ///
    /// # Errors
    /// The weights do not make so many rows, or another libtorch fault.
    pub fn from_values(weight: &[f32], bias: &[f32], device: Device) -> Result<Self> {
        let n_classes = bias.len() as i64;
        Ok(Head {
            weight: Tensor::f_from_slice(weight)?
                .f_view([n_classes, -1])?
                .f_to_device(device)?,
            bias: Tensor::f_from_slice(bias)?.f_to_device(device)?,
        })
    }

    pub fn n_classes(&self) -> usize {
        self.bias.size()[0] as usize
    }

    /// Logits as rows of plain numbers, `[n, n_features]` to `[n, n_classes]`.
    ///
    /// # Errors
    /// The features are of another number, or another libtorch fault.
    pub fn logit_rows(&self, features: &Tensor) -> Result<Vec<f32>> {
        let logits = features.f_linear(&self.weight, Some(&self.bias))?;
        rows(&logits)
    }
}

/// Heads of one size, stacked.
#[derive(Debug)]
pub struct Heads {
    pub n_heads: usize,
    pub n_classes: usize,
    /// All weights, then all biases: `[n_heads * n_classes * (n_features + 1)]`, f32. The two below are views of it.
    pub flat: Tensor,
    /// `[n_heads * n_classes, n_features]`
    pub weight: Tensor,
    /// `[n_heads * n_classes]`
    pub bias: Tensor,
}

impl Heads {
    /// `n_heads` copies of one head to start from.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn starting_at(head: &Head, n_heads: usize) -> Result<Self> {
        let n = n_heads as i64;
        Self::stacked(n_heads, &head.weight.f_repeat([n, 1])?, &head.bias.f_repeat([n])?)
    }

    /// A copy of `[n_heads * n_classes, n_features]` and `[n_heads * n_classes]`.
    fn stacked(n_heads: usize, weight: &Tensor, bias: &Tensor) -> Result<Self> {
        let n_rows = bias.size()[0] as usize;
        let flat = Tensor::f_cat(&[&weight.f_reshape([-1i64])?, bias], 0)?;
        let (weight, bias) = views(&flat, n_rows)?;
        Ok(Heads {
            n_heads,
            n_classes: n_rows / n_heads,
            flat,
            weight,
            bias,
        })
    }

    /// A copy of some of them.
    ///
    /// # Errors
    /// There are not so many, or another libtorch fault.
    pub fn part(&self, heads: Range<usize>) -> Result<Self> {
        let (from, n) = (
            (heads.start * self.n_classes) as i64,
            (heads.len() * self.n_classes) as i64,
        );
        let (weight, bias) = (self.weight.f_narrow(0, from, n)?, self.bias.f_narrow(0, from, n)?);
        Self::stacked(heads.len(), &weight, &bias)
    }

    /// One of them; a view, which goes on changing with the stack.
    ///
    /// # Errors
    /// There is none of that number, or another libtorch fault.
    pub fn head(&self, i: usize) -> Result<Head> {
        let (from, n) = ((i * self.n_classes) as i64, self.n_classes as i64);
        Ok(Head {
            weight: self.weight.f_narrow(0, from, n)?,
            bias: self.bias.f_narrow(0, from, n)?,
        })
    }

    /// Puts another head in one's place.
    ///
    /// # Errors
    /// As [`Heads::head`]; the other one is of another size.
    pub fn set(&mut self, i: usize, head: &Head) -> Result<()> {
        let place = self.head(i)?;
        // A head of one class would otherwise be copied into every row.
        if place.weight.size() != head.weight.size() || place.bias.size() != head.bias.size() {
            let message = "a head of another size cannot be put among these";
            return Err(Error::Job(message.into()));
        }
        let (mut weight, mut bias) = (place.weight, place.bias);
        weight.f_copy_(&head.weight)?;
        bias.f_copy_(&head.bias)?;
        Ok(())
    }

    /// `[n, n_features]` to `[n, n_heads, n_classes]`.
    ///
    /// # Errors
    /// As [`Head::logit_rows`].
    pub fn logits(&self, features: &Tensor) -> Result<Tensor> {
        let logits = features.f_linear(&self.weight, Some(&self.bias))?;
        Ok(logits.f_view([-1, self.n_heads as i64, self.n_classes as i64])?)
    }

    /// Logits of each head as rows of plain numbers, `[n, n_classes]`.
    ///
    /// # Errors
    /// As [`Head::logit_rows`].
    pub fn logit_rows(&self, features: &Tensor) -> Result<Vec<Vec<f32>>> {
        let by_head = self.logits(features)?.f_permute([1, 0, 2])?;
        let all = rows(&by_head)?;
        let n_each = all.len() / self.n_heads;
        Ok(all.chunks(n_each.max(1)).map(<[f32]>::to_vec).collect())
    }
}

/// The weights and biases in a flat tensor of `n_rows` rows each.
///
/// # Errors
/// Its numbers do not make so many rows, or another libtorch fault.
pub fn views(flat: &Tensor, n_rows: usize) -> Result<(Tensor, Tensor)> {
    let n_rows = n_rows as i64;
    let n_weights = flat.size()[0] - n_rows;
    let weight = flat.f_narrow(0, 0, n_weights)?.f_view([n_rows, -1])?;
    Ok((weight, flat.f_narrow(0, n_weights, n_rows)?))
}

fn rows(logits: &Tensor) -> Result<Vec<f32>> {
    let flat = logits
        .f_to_device(Device::Cpu)?
        .f_to_kind(Kind::Float)?
        .f_contiguous()?
        .f_view([-1i64])?;
    Ok(Vec::try_from(&flat)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_of_another_size_is_refused() {
        let head = |n_classes: usize| Head::new(5, n_classes, n_classes as u64, Device::Cpu).unwrap();
        let mut heads = Heads::starting_at(&head(3), 2).unwrap();
        let before = heads.flat.copy();
        for n_classes in [1, 2, 4] {
            assert!(heads.set(1, &head(n_classes)).is_err(), "{n_classes} classes");
        }
        assert!(heads.set(2, &head(3)).is_err(), "there are two");
        assert_eq!(heads.flat, before);
    }
}
