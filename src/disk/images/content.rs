//! What an image file holds, as a name: the BLAKE3 hash of its bytes. The same picture under another name or in another
//! folder has the same; a changed pixel has not.

/// BLAKE3 of a file's bytes.
pub type ContentHash = [u8; 32];

pub fn content_hash(bytes: &[u8]) -> ContentHash {
    *blake3::hash(bytes).as_bytes()
}

/// As it is written in tables.
pub fn hex(content: ContentHash) -> String {
    blake3::Hash::from_bytes(content).to_hex().to_string()
}

/// Read back; `None` where it is none.
pub fn from_hex(text: &str) -> Option<ContentHash> {
    Some(*blake3::Hash::from_hex(text).ok()?.as_bytes())
}
