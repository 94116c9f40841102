//! A PNG without its company: colour profiles and texts are compressed, may unfold to gigabytes, and change no pixel here.

use std::borrow::Cow;

use image::ImageFormat;

const SIGNATURE: usize = 8;
/// Length, name and checksum.
const AROUND: usize = 12;
const COMPANY: [&[u8]; 4] = [b"iCCP", b"zTXt", b"iTXt", b"tEXt"];

/// The same bytes for other formats, and where there is none.
pub fn without_company(bytes: &[u8], format: ImageFormat) -> Cow<'_, [u8]> {
    let has_company = |chunk: &(&[u8], &[u8])| COMPANY.contains(&chunk.0);
    if format != ImageFormat::Png || !chunks(bytes).any(|chunk| has_company(&chunk)) {
        return Cow::Borrowed(bytes);
    }
    let mut kept = bytes[..SIGNATURE].to_vec();
    for (_, chunk) in chunks(bytes).filter(|chunk| !has_company(chunk)) {
        kept.extend(chunk);
    }
    Cow::Owned(kept)
}

/// Name and whole bytes of each; what is cut at the end comes as it is.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes.get(SIGNATURE..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let name = rest.get(4..8)?;
        let (chunk, after) = rest.split_at(length.saturating_add(AROUND).min(rest.len()));
        rest = after;
        Some((name, chunk))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_and_texts_go_and_all_else_stays() {
        let chunk =
            |name: &[u8], data: &[u8]| [&(data.len() as u32).to_be_bytes()[..], name, data, b"csum"].concat();
        let file = |chunks: &[Vec<u8>]| [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat();
        let [header, profile, data, text, end] = [
            (b"IHDR", &b"size"[..]),
            (b"iCCP", b"zeros"),
            (b"IDAT", b"pixels"),
            (b"tEXt", b"a"),
            (b"IEND", b""),
        ]
        .map(|(name, data)| chunk(name, data));
        let whole = file(&[header.clone(), profile, data.clone(), text, end.clone()]);
        let expected = file(&[header, data, end]);
        assert_eq!(*without_company(&whole, ImageFormat::Png), expected);
        assert!(matches!(
            without_company(&expected, ImageFormat::Png),
            Cow::Borrowed(_)
        ));
        // A length beyond the end takes what there is.
        let cut = &whole[..whole.len() - 20];
        assert!(without_company(cut, ImageFormat::Png).len() < cut.len());
    }
}
