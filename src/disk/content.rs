//! What an image file holds, as a name: the BLAKE3 hash of its bytes. The same picture under another name or in another
//! folder has the same; a changed pixel has not.

/// BLAKE3 of a file's bytes.
pub type ContentHash = [u8; 32];

pub fn content_hash(bytes: &[u8]) -> ContentHash {
    *blake3::hash(bytes).as_bytes()
}
