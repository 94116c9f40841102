//! What is asked of the system for this process.

#![allow(unsafe_code, reason = "a signal's disposition is the system's")]

/// Where a file would grow beyond what is allowed (`ulimit -f`), the write fails and says so; left alone, the system ends
/// the whole program. For the program's start.
#[cfg(unix)]
pub fn outlive_file_limits() {
    use nix::sys::signal::{SigHandler, Signal, signal};
    // SAFETY: no handler is installed, so none can run; where it cannot be ignored, all stays as it was.
    let _ = unsafe { signal(Signal::SIGXFSZ, SigHandler::SigIgn) };
}

#[cfg(not(unix))]
pub fn outlive_file_limits() {}

/// Lets the system send this process a SIGTERM when the thread that started it ends, in whatever way.
#[cfg(target_os = "linux")]
pub fn end_with_parent() {
    let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGTERM);
}

/// Elsewhere only the end of the pipe shows it.
#[cfg(not(target_os = "linux"))]
pub fn end_with_parent() {}

/// Bytes that a file in that folder may still take; none where the system does not say.
#[cfg(unix)]
pub fn room_in(folder: &std::path::Path) -> Option<u64> {
    let found = nix::sys::statvfs::statvfs(folder).ok()?;
    // How wide these numbers are differs from system to system.
    #[allow(clippy::useless_conversion)]
    let (blocks, size) = (
        u64::from(found.blocks_available()),
        u64::from(found.fragment_size()),
    );
    blocks.checked_mul(size)
}

#[cfg(not(unix))]
pub fn room_in(_: &std::path::Path) -> Option<u64> {
    None
}
