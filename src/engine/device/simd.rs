//! The wide registers that our own loops are compiled for: whether the processor has them, and sums that stay in them.

#![allow(unsafe_code, reason = "wide registers")]

/// Whether the processor has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
pub fn is_there() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

/// Every 64-bit ARM has registers of four, and the compiler knows.
#[cfg(not(target_arch = "x86_64"))]
pub fn is_there() -> bool {
    cfg!(target_arch = "aarch64")
}

/// Whether hand-written loops are the quicker way here. Without the compiler's optimisation they take longer than what
/// they save.
pub fn pays() -> bool {
    !cfg!(debug_assertions) && is_there()
}

/// Sixteen sums of products that stay in registers, which the compiler does not always see by itself.
#[derive(Debug, Clone, Copy)]
pub struct Sums(parts::Parts);

/// Two registers of eight.
#[cfg(target_arch = "x86_64")]
mod parts {
    use std::arch::x86_64::{__m256, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_storeu_ps};

    use super::Sums;

    pub type Parts = [__m256; 2];

    impl Sums {
        #[inline]
        #[target_feature(enable = "avx2,fma")]
        pub fn new(numbers: &[f32; 16]) -> Self {
            Sums(load(numbers))
        }

        /// Adds `number` times each of the factors.
        #[inline]
        #[target_feature(enable = "avx2,fma")]
        pub fn add(&mut self, number: f32, factors: &[f32; 16]) {
            let (number, [low, high]) = (_mm256_set1_ps(number), load(factors));
            self.0 = [
                _mm256_fmadd_ps(number, low, self.0[0]),
                _mm256_fmadd_ps(number, high, self.0[1]),
            ];
        }

        #[inline]
        #[target_feature(enable = "avx2,fma")]
        pub fn store(self, to: &mut [f32; 16]) {
            let to = to.as_mut_ptr();
            // SAFETY: sixteen numbers are twice eight, and need no alignment.
            unsafe {
                _mm256_storeu_ps(to, self.0[0]);
                _mm256_storeu_ps(to.add(8), self.0[1]);
            }
        }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn load(from: &[f32; 16]) -> Parts {
        let from = from.as_ptr();
        // SAFETY: as above.
        unsafe { [_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))] }
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod parts {
    use super::Sums;

    pub type Parts = [f32; 16];

    impl Sums {
        #[inline(always)]
        pub fn new(numbers: &[f32; 16]) -> Self {
            Sums(*numbers)
        }

        #[inline(always)]
        pub fn add(&mut self, number: f32, factors: &[f32; 16]) {
            for (sum, factor) in self.0.iter_mut().zip(factors) {
                *sum = number.mul_add(*factor, *sum);
            }
        }

        #[inline(always)]
        pub fn store(self, to: &mut [f32; 16]) {
            *to = self.0;
        }
    }
}
