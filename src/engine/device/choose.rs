//! Devices: which there are, which one to use, and what it can do.

#![allow(unsafe_code, reason = "a library that is loaded runs code")]

use std::sync::OnceLock;

use tch::{Cuda, Device};

use crate::error::{Error, Result};
use crate::experiment::DeviceChoice;
use crate::protocol::advice::CHOOSE_DEVICE;

/// Loads libtorch's CUDA half where an NVIDIA driver is there. Must run before the first use of libtorch, which looks
/// for its CUDA hooks once and remembers the answer; every entry to the engine calls it. The binary itself links the
/// CPU half only, so that a start without a GPU never touches two gigabytes of CUDA libraries.
///
/// Returns why there is no CUDA, where there is none.
pub fn load_cuda() -> Option<&'static str> {
    static REASON: OnceLock<Option<String>> = OnceLock::new();
    let try_and_tell = || {
        let reason = try_load_cuda();
        match &reason {
            None => tracing::info!("CUDA can be used"),
            Some(reason) => tracing::info!("no CUDA: {reason}"),
        }
        reason
    };
    REASON.get_or_init(try_and_tell).as_deref()
}

#[cfg(target_os = "linux")]
fn try_load_cuda() -> Option<String> {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
    if !std::path::Path::new("/proc/driver/nvidia/version").exists() {
        return Some("no NVIDIA driver on this machine".into());
    }
    // SAFETY: the library is libtorch's own; its initialisers are those that a CUDA build of libtorch runs anyway.
    match unsafe { Library::open(Some("libtorch_cuda.so"), RTLD_NOW | RTLD_GLOBAL) } {
        Ok(library) => {
            // Never unloaded: libtorch keeps pointers into it until the process ends.
            std::mem::forget(library);
            (!Cuda::is_available()).then(|| "libtorch's CUDA libraries load but see no usable device".into())
        }
        Err(e) => {
            let reason = e.to_string();
            Some(format!(
                "libtorch's CUDA libraries do not load: {}",
                reason.lines().next().unwrap_or_default()
            ))
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn try_load_cuda() -> Option<String> {
    (!Cuda::is_available()).then(|| "this libtorch sees no CUDA device".into())
}

/// Every device there is, the CPU first.
pub fn all() -> Vec<Device> {
    let n_cuda = if load_cuda().is_none() {
        Cuda::device_count().max(0) as usize
    } else {
        0
    };
    std::iter::once(Device::Cpu)
        .chain((0..n_cuda).map(Device::Cuda))
        .collect()
}

/// The device that was asked for.
///
/// # Errors
/// Where it is not there: which, why, and what there is.
pub fn choose(choice: DeviceChoice) -> Result<Device> {
    let devices = all();
    match choice {
        DeviceChoice::Cpu => Ok(Device::Cpu),
        DeviceChoice::Auto => Ok(devices.get(1).copied().unwrap_or(Device::Cpu)),
        DeviceChoice::Cuda(n) if devices.contains(&Device::Cuda(n)) => Ok(Device::Cuda(n)),
        DeviceChoice::Cuda(n) => {
            let reason = load_cuda().map_or_else(
                || format!("there are {} CUDA devices, counted from 0", devices.len() - 1),
                str::to_owned,
            );
            Err(Error::input(format!(
                "device cuda:{n} is not there: {reason}; {CHOOSE_DEVICE}"
            )))
        }
    }
}

/// `cpu` or `cuda:N`.
pub fn name(device: Device) -> String {
    match device {
        Device::Cuda(n) => format!("cuda:{n}"),
        _ => "cpu".into(),
    }
}

/// `cpu` or `cuda`: devices of one kind compute the same up to rounding.
pub fn kind_name(device: Device) -> &'static str {
    match device {
        Device::Cuda(_) => "cuda",
        _ => "cpu",
    }
}

/// Whether the device multiplies bf16 in hardware, so that it is faster there than f32.
pub fn has_bf16(device: Device) -> bool {
    match device {
        Device::Cuda(n) => cuda_capability(n).is_some_and(|major| major >= 8),
        _ => cpu_has_bf16(),
    }
}

#[cfg(target_arch = "x86_64")]
fn cpu_has_bf16() -> bool {
    std::is_x86_feature_detected!("avx512bf16")
}

#[cfg(not(target_arch = "x86_64"))]
fn cpu_has_bf16() -> bool {
    false
}

/// Major compute capability, from the driver's own tool; libtorch's C interface does not report it.
fn cuda_capability(index: usize) -> Option<u32> {
    let output = std::process::Command::new("nvidia-smi")
        .args([
            "--query-gpu=compute_cap",
            "--format=csv,noheader",
            "-i",
            &index.to_string(),
        ])
        .output()
        .ok()?;
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// The CPU's vector instructions as far as they matter here, best first, such as `AVX2, FMA`.
pub fn cpu_capability() -> String {
    let mut found: Vec<&str> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        let features = [
            ("AVX512-BF16", std::is_x86_feature_detected!("avx512bf16")),
            ("AVX512", std::is_x86_feature_detected!("avx512f")),
            ("AVX2", std::is_x86_feature_detected!("avx2")),
            ("FMA", std::is_x86_feature_detected!("fma")),
        ];
        found.extend(features.iter().filter(|f| f.1).map(|f| f.0));
    }
    if found.is_empty() {
        std::env::consts::ARCH.into()
    } else {
        found.join(", ")
    }
}
