//! Whether the processor has the registers that our own loops are compiled for.

/// Registers of eight numbers, and multiplying and adding in one.
#[cfg(target_arch = "x86_64")]
pub fn is_there() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

/// Every 64-bit ARM has registers of four, and the compiler knows.
#[cfg(not(target_arch = "x86_64"))]
pub fn is_there() -> bool {
    cfg!(target_arch = "aarch64")
}

/// Whether loops of our own are the quicker way here. Without the compiler's optimisation they take longer than what
/// they save.
pub fn pays() -> bool {
    !cfg!(debug_assertions) && is_there()
}
