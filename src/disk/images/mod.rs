//! One image: its bytes, what its header says, its pixels, and these at the size a network sees.

pub mod bytes;
pub mod content;
pub mod decode;
pub mod facts;
pub mod header;
pub mod jpeg_quality;
pub mod loader;
mod resample;
pub mod resize;
pub mod thumbnail;
pub mod thumbnail_store;
