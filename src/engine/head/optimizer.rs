//! PyTorch's optimizers, by loops over slices and by tensors, with a state that can be read out and put back. The one place
//! that knows their formulas and constants: Adam is algorithm 1 of Kingma and Ba 2015, with the corrections where PyTorch
//! applies them.

use tch::Tensor;

use crate::engine::device::slices::floats;
use crate::error::{Error, Result};
use crate::experiment::Optimizer;

/// PyTorch's defaults of `Adam` and `AdamW`, and the momentum of our SGD.
const BETAS: (f64, f64) = (0.9, 0.999);
const EPS: f64 = 1e-8;
const ADAMW_DECAY: f64 = 0.01;
const MOMENTUM: f64 = 0.9;

/// What an optimizer remembers of its steps, for parameters in one row: what going on from there needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// Adam's first moment, or SGD's momentum buffer.
    pub first: Vec<f32>,
    /// Adam's second moment.
    pub second: Vec<f32>,
    pub n_steps: i32,
}

impl Moments {
    pub fn at_the_start(n_parameters: usize) -> Self {
        Moments {
            first: vec![0.0; n_parameters],
            second: vec![0.0; n_parameters],
            n_steps: 0,
        }
    }
}

/// The factors of an Adam step that all parameters share.
struct Corrected {
    /// Of the second moment's root. The first correction multiplies the step; here it goes into the divisor, which spares
    /// an operation.
    factor: f64,
    eps: f64,
}

impl Corrected {
    fn at(n_steps: i32) -> Self {
        let correction_1 = 1.0 - BETAS.0.powi(n_steps);
        let correction_2 = 1.0 - BETAS.1.powi(n_steps);
        Corrected {
            factor: correction_1 / correction_2.sqrt(),
            eps: EPS * correction_1,
        }
    }
}

/// One head's optimizer, by loops.
#[derive(Debug, Clone)]
pub struct InLoops {
    optimizer: Optimizer,
    lr: f64,
    moments: Moments,
}

impl InLoops {
    pub fn new(optimizer: Optimizer, lr: f64, n_parameters: usize) -> Self {
        InLoops {
            optimizer,
            lr,
            moments: Moments::at_the_start(n_parameters),
        }
    }

    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// Goes on from there.
    ///
    /// # Errors
    /// They are of another number of parameters.
    pub fn set_moments(&mut self, moments: Moments) -> Result<()> {
        fits(&moments, self.moments.first.len())?;
        self.moments = moments;
        Ok(())
    }

    /// One step of the parameters down the gradient.
    #[inline(always)]
    pub fn step(&mut self, parameters: &mut [f32], gradient: &[f32]) {
        self.moments.n_steps += 1;
        match self.optimizer {
            Optimizer::Adam => self.adam(parameters, gradient),
            Optimizer::AdamW => {
                let kept = (1.0 - self.lr * ADAMW_DECAY) as f32;
                for parameter in parameters.iter_mut() {
                    *parameter *= kept;
                }
                self.adam(parameters, gradient);
            }
            Optimizer::Sgd => self.sgd(parameters, gradient),
        }
    }

    #[inline(always)]
    fn adam(&mut self, parameters: &mut [f32], gradient: &[f32]) {
        let Corrected { factor, eps } = Corrected::at(self.moments.n_steps);
        let (share_1, share_2) = ((1.0 - BETAS.0) as f32, (1.0 - BETAS.1) as f32);
        let (factor, eps, lr) = (factor as f32, eps as f32, self.lr as f32);
        let moments = self.moments.first.iter_mut().zip(&mut self.moments.second);
        for ((parameter, &g), (first, second)) in parameters.iter_mut().zip(gradient).zip(moments) {
            *first += share_1 * (g - *first);
            *second += share_2 * (g * g - *second);
            *parameter -= lr * (*first / (second.sqrt() * factor + eps));
        }
    }

    #[inline(always)]
    fn sgd(&mut self, parameters: &mut [f32], gradient: &[f32]) {
        let lr = self.lr as f32;
        let first = &mut self.moments.first;
        for ((parameter, g), first) in parameters.iter_mut().zip(gradient).zip(first) {
            *first = MOMENTUM as f32 * *first + g;
            *parameter -= lr * *first;
        }
    }
}

/// The same of any number of parameters by tensor operations.
#[derive(Debug)]
pub struct ByTensors {
    optimizer: Optimizer,
    /// As the parameters, or `[1]` where all have one.
    minus_lr: Tensor,
    first: Tensor,
    second: Tensor,
    n_steps: i32,
}

impl ByTensors {
    /// `minus_lr` is as the parameters, or `[1]`.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn new(optimizer: Optimizer, minus_lr: Tensor, parameters: &Tensor) -> Result<Self> {
        Ok(ByTensors {
            optimizer,
            minus_lr,
            first: parameters.f_zeros_like()?,
            second: parameters.f_zeros_like()?,
            n_steps: 0,
        })
    }

    /// # Errors
    /// A libtorch fault.
    pub fn moments(&self) -> Result<Moments> {
        let numbers = |t: &Tensor| -> Result<Vec<f32>> {
            let here = t.f_to_device(tch::Device::Cpu)?.f_contiguous()?;
            Ok(floats(&here)?.to_vec())
        };
        Ok(Moments {
            first: numbers(&self.first)?,
            second: numbers(&self.second)?,
            n_steps: self.n_steps,
        })
    }

    /// Goes on from there.
    ///
    /// # Errors
    /// They are of another number of parameters; a libtorch fault.
    pub fn set_moments(&mut self, moments: &Moments) -> Result<()> {
        fits(moments, self.first.numel())?;
        self.first.f_copy_(&Tensor::f_from_slice(&moments.first)?)?;
        self.second.f_copy_(&Tensor::f_from_slice(&moments.second)?)?;
        self.n_steps = moments.n_steps;
        Ok(())
    }

    /// One step of the parameters down the gradient, both in one row.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn step(&mut self, parameters: &mut Tensor, gradient: &Tensor) -> Result<()> {
        self.n_steps += 1;
        match self.optimizer {
            Optimizer::Adam => self.adam(parameters, gradient),
            Optimizer::AdamW => {
                let decayed = parameters.f_mul_scalar(ADAMW_DECAY)?;
                let _ = parameters.f_addcmul_(&decayed, &self.minus_lr)?;
                self.adam(parameters, gradient)
            }
            Optimizer::Sgd => {
                let _ = self.first.f_mul_scalar_(MOMENTUM)?.f_add_(gradient)?;
                let _ = parameters.f_addcmul_(&self.first, &self.minus_lr)?;
                Ok(())
            }
        }
    }

    fn adam(&mut self, parameters: &mut Tensor, gradient: &Tensor) -> Result<()> {
        let Corrected { factor, eps } = Corrected::at(self.n_steps);
        let _ = self.first.f_lerp_(gradient, 1.0 - BETAS.0)?;
        let _ = self.second.f_lerp_(&gradient.f_square()?, 1.0 - BETAS.1)?;
        let mut scale = self.second.f_sqrt()?;
        let _ = scale.f_mul_scalar_(factor)?.f_add_scalar_(eps)?;
        let _ = parameters.f_addcmul_(&self.first.f_div(&scale)?, &self.minus_lr)?;
        Ok(())
    }
}

fn fits(moments: &Moments, n_parameters: usize) -> Result<()> {
    let n = [moments.first.len(), moments.second.len()];
    if n == [n_parameters; 2] && moments.n_steps >= 0 {
        return Ok(());
    }
    Err(Error::Job(format!(
        "an optimizer's state of {} numbers does not fit {n_parameters} parameters",
        n[0]
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient(step: usize) -> Vec<f32> {
        (0..5).map(|i| ((i * 7 + step * 3) % 11) as f32 - 5.0).collect()
    }

    /// Ten steps at once, and five, then five from the state that was read out.
    #[test]
    fn a_state_that_was_read_out_goes_on_as_if_nothing_had_been() {
        for &optimizer in Optimizer::ALL {
            let mut whole = (InLoops::new(optimizer, 0.1, 5), vec![1.0f32; 5]);
            (0..10).for_each(|step| whole.0.step(&mut whole.1, &gradient(step)));
            let mut half = (InLoops::new(optimizer, 0.1, 5), vec![1.0f32; 5]);
            (0..5).for_each(|step| half.0.step(&mut half.1, &gradient(step)));
            let mut rest = InLoops::new(optimizer, 0.1, 5);
            rest.set_moments(half.0.moments().clone()).unwrap();
            // The same state in tensors.
            let mut parameters = Tensor::from_slice(&half.1);
            let mut tensors = ByTensors::new(optimizer, Tensor::from_slice(&[-0.1f32]), &parameters).unwrap();
            tensors.set_moments(half.0.moments()).unwrap();
            for step in 5..10 {
                rest.step(&mut half.1, &gradient(step));
                tensors
                    .step(&mut parameters, &Tensor::from_slice(&gradient(step)))
                    .unwrap();
            }
            assert_eq!(half.1, whole.1, "{optimizer}");
            assert_eq!(rest.moments(), whole.0.moments(), "{optimizer}");
            let by_tensors: Vec<f32> = Vec::try_from(&parameters).unwrap();
            for (a, b) in by_tensors.iter().zip(&whole.1) {
                assert!((a - b).abs() < 1e-5, "{optimizer}: {by_tensors:?} {:?}", whole.1);
            }
            assert_eq!(tensors.moments().unwrap().n_steps, 10);
            assert!(rest.set_moments(Moments::at_the_start(4)).is_err());
        }
    }
}
