//! Messages for files that hold no weights, or only some of them.

use super::pickle::refused_name;

/// For a file whose length is known to be wrong.
pub(super) fn truncated(n_bytes: u64, expected: u64) -> String {
    format!("the file is truncated: it has {n_bytes} bytes and should have {expected}")
}

/// Names a file that holds no weights by what people have saved under a `.pth` or `.safetensors` before.
pub(super) fn what_it_is(bytes: &[u8]) -> String {
    const EXPECTED: &str = "expected safetensors, or a state_dict that torch.save wrote";
    if let Some(refused) = refused_name(bytes).filter(|_| bytes.trim_ascii_end().ends_with(b".")) {
        return refused;
    }
    let start = &bytes[..bytes.len().min(200)];
    // The cut may have split a character.
    let is_text = std::str::from_utf8(start).map_or_else(|e| e.error_len().is_none(), |_| true)
        && !start.iter().any(|&b| b < b' ' && !b.is_ascii_whitespace());
    if !is_text {
        return match bytes {
            [0x1f, 0x8b, ..] => format!("the file is compressed with gzip: unpack it first; {EXPECTED}"),
            [0x89, b'H', b'D', b'F', ..] => format!("the file is HDF5 (Keras?); {EXPECTED}"),
            _ if bytes.len() < 16 => format!("the file is truncated: it has only {} bytes", bytes.len()),
            _ => format!("not a file of weights, or damaged at its beginning; {EXPECTED}"),
        };
    }
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches('\u{feff}').trim();
    let lower = text.to_lowercase();
    if lower.starts_with("<!doctype") || lower.starts_with("<html") || lower.starts_with("<?xml") {
        return format!("a web page, not weights: the download gave an error or a login page; {EXPECTED}");
    }
    if text.starts_with("version https://git-lfs") {
        return format!("a pointer of Git LFS, not the file itself: `git lfs pull` fetches it; {EXPECTED}");
    }
    let first_line: String = text.lines().next().unwrap_or("").chars().take(40).collect();
    format!("a text file (it begins with “{first_line}”), not weights; {EXPECTED}")
}
