//! What is asked of the allocator. glibc's is made for small blocks: left alone it fetches large ones from the system,
//! emptied page by page, and hands them back, again for every frame and every layer of a network.

#![allow(unsafe_code, reason = "the allocator is asked to give back what is free")]

/// One malloc arena for all threads, which keeps what is freed for what comes next: the arena of a finished job's thread
/// would never be used again (1.8 GB after sixty predictions, of which 0.5 GB were in use). A frame of
/// the window takes 4 ms in place of 6. For the program's start.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn keep_large_blocks() {
    use std::ffi::c_int;
    /// As in glibc's malloc.h: free memory that is kept at the end of an arena, the size from which a block is
    /// fetched on its own, and the number of arenas.
    const M_TRIM_THRESHOLD: c_int = -1;
    const M_MMAP_THRESHOLD: c_int = -3;
    const M_ARENA_MAX: c_int = -8;
    unsafe extern "C" {
        fn mallopt(parameter: c_int, value: c_int) -> c_int;
    }
    for (parameter, value) in [
        (M_TRIM_THRESHOLD, 256 << 20),
        (M_MMAP_THRESHOLD, 128 << 20),
        (M_ARENA_MAX, 1),
    ] {
        // SAFETY: it takes no pointer, and refuses what it does not know.
        unsafe { mallopt(parameter, value) };
    }
}

/// Gives back to the system what is free. Costs milliseconds; for the end of a job, not for its steps.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn give_back() {
    unsafe extern "C" {
        fn malloc_trim(pad: usize) -> std::ffi::c_int;
    }
    // SAFETY: it takes no pointer, and glibc lets any thread call it at any time.
    unsafe { malloc_trim(0) };
}

/// Other systems' allocators see to it by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn keep_large_blocks() {}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back() {}
