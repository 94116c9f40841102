//! Which colours a JPEG's components are, where its markers contradict each other or say nothing: as libjpeg decides it
//! (`default_decompress_parms`), which Pillow goes by. Every decoder has an order of its own among the JFIF marker,
//! Adobe's marker and the components' names, so the markers and names are rewritten in the one way that all decoders read alike.

use std::borrow::Cow;

const SOS: u8 = 0xda;
const EOI: u8 = 0xd9;
const APP0: u8 = 0xe0;
const APP14: u8 = 0xee;
/// The names that mean each, to every decoder that goes by names.
const YCBCR: [u8; 3] = [1, 2, 3];
const RGB: [u8; 3] = *b"RGB";

/// A marker with what belongs to it.
struct Segment<'a> {
    marker: u8,
    /// From the first byte of the marker to the last of the body.
    whole: &'a [u8],
    body: &'a [u8],
}

/// All of them, and between them, as marker 0, compressed data and stray bytes.
fn segments(bytes: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
        let at = rest.windows(2).position(is_marker).unwrap_or(rest.len());
        let (marker, length) = match (at, rest.get(1)) {
            (0, Some(&marker @ (1 | 0xd8 | EOI))) => (marker, 2),
            (0, Some(&marker)) => {
                let of_body = rest
                    .get(2..4)
                    .map_or(0, |b| usize::from(u16::from_be_bytes([b[0], b[1]])));
                (marker, 2 + of_body.max(2))
            }
            _ => (0, at),
        };
        let (whole, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        Some(Segment {
            marker,
            whole,
            body: whole.get(4..).unwrap_or_default(),
        })
    })
}

#[derive(Default)]
struct Said {
    jfif: bool,
    /// The transform of the last Adobe marker.
    adobe: Option<u8>,
    /// The names of the first frame's components.
    names: Vec<u8>,
}

fn said(bytes: &[u8]) -> Said {
    let mut said = Said::default();
    for Segment { marker, body, .. } in segments(bytes) {
        match marker {
            APP0 => said.jfif |= is_jfif(body),
            APP14 if is_adobe(body) => said.adobe = Some(body[11]),
            0xc0..=0xc2 if said.names.is_empty() => {
                said.names = body.iter().skip(6).step_by(3).copied().collect();
            }
            SOS => break,
            _ => {}
        }
    }
    said
}

fn is_jfif(body: &[u8]) -> bool {
    body.len() >= 14 && body.starts_with(b"JFIF\0")
}

fn is_adobe(body: &[u8]) -> bool {
    body.len() >= 12 && body.starts_with(b"Adobe")
}

/// The same bytes where every decoder takes them for the same colours.
pub fn as_libjpeg_takes_them(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Said { jfif, adobe, names } = said(bytes);
    let is_clear = match names[..] {
        [_] => matches!(adobe, None | Some(0..=2)),
        [1, 2, 3] => matches!(adobe, None | Some(1)),
        [_, _, _, _] => matches!(adobe, None | Some(0 | 2)),
        [a, b, c] => a == b || b == c || a == c,
        _ => true,
    };
    if is_clear {
        return Cow::Borrowed(bytes);
    }
    let is_rgb = match (jfif, adobe) {
        (true, _) => false,
        (false, Some(transform)) => transform == 0,
        (false, None) => names == RGB,
    };
    let new_names: &[u8] = match names.len() {
        3 if is_rgb => &RGB,
        3 => &YCBCR,
        _ => &names,
    };
    let new_name = |name: u8| {
        let place = names.iter().position(|&known| known == name);
        place.map_or(name, |place| new_names[place])
    };
    let mut told = Vec::with_capacity(bytes.len() + 16);
    for Segment { marker, whole, body } in segments(bytes) {
        match marker {
            APP0 if is_jfif(body) => {}
            APP14 if is_adobe(body) => {}
            0xc0..=0xc2 => told.extend(renamed(whole, (4 + 6, 3), usize::MAX, new_name)),
            SOS => {
                let n = body.first().map_or(0, |&n| n.into());
                told.extend(renamed(whole, (4 + 1, 2), n, new_name));
            }
            0xd8 => {
                told.extend(whole);
                if names.len() == 4 {
                    // Unknown transforms are YCCK's to libjpeg.
                    told.extend(b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x02");
                }
            }
            _ => told.extend(whole),
        }
    }
    Cow::Owned(told)
}

/// `n` names at most, the first at `first`, each `step` bytes after the one before.
fn renamed(segment: &[u8], (first, step): (usize, usize), n: usize, new_name: impl Fn(u8) -> u8) -> Vec<u8> {
    let mut segment = segment.to_vec();
    let names = segment.iter_mut().skip(first).step_by(step).take(n);
    names.for_each(|name| *name = new_name(*name));
    segment
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use image::RgbImage;
    use image::codecs::jpeg::JpegEncoder;

    use super::super::{Source, decode_bytes, decode_to_resize};
    use super::*;
    use crate::protocol::Cancel;

    const JFIF: &[u8] = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";

    fn adobe(transform: u8) -> Vec<u8> {
        [b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat()
    }

    /// One colour all over, whose samples are 200, 100 and 50 in YCbCr; those markers and names instead of its own.
    fn jpeg(names: [u8; 3], markers: &[u8], side: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        // 200, 100, 50 in YCbCr, within a level.
        let picture = RgbImage::from_pixel(side, side, image::Rgb([91, 255, 150]));
        JpegEncoder::new_with_quality(&mut bytes, 100)
            .encode_image(&picture)
            .unwrap();
        let own = said(&bytes).names;
        let name = |name: u8| names[own.iter().position(|&known| known == name).unwrap()];
        let mut told = Vec::new();
        for Segment { marker, whole, .. } in segments(&bytes) {
            match marker {
                APP0 => told.extend(markers),
                0xc0 => told.extend(renamed(whole, (10, 3), 3, name)),
                SOS => told.extend(renamed(whole, (5, 2), 3, name)),
                _ => told.extend(whole),
            }
        }
        told
    }

    /// What Pillow 13 (libjpeg-turbo 3) makes of each, seen by `tests/parity/odd_images.py`.
    #[test]
    fn contradictions_are_settled_as_in_libjpeg() {
        let [zero, one, two, seven] = [0, 1, 2, 7].map(adobe);
        let with_jfif = |adobe: &[u8]| [JFIF, adobe].concat();
        let numbers = [1, 2, 3];
        let rgb = *b"RGB";
        let small = *b"rgb";
        let table: [([u8; 3], &[u8], bool); 16] = [
            (numbers, b"", false),
            (numbers, JFIF, false),
            (numbers, &zero, true),
            (numbers, &one, false),
            (numbers, &two, false),
            (numbers, &seven, false),
            (numbers, &with_jfif(&zero), false),
            (numbers, &with_jfif(&two), false),
            (rgb, b"", true),
            (rgb, JFIF, false),
            (rgb, &zero, true),
            (rgb, &one, false),
            (rgb, &seven, false),
            (small, b"", false),
            (small, &zero, true),
            ([1, 34, 35], b"", false),
        ];
        for (names, markers, is_rgb) in table {
            let expected = if is_rgb { [200, 109, 50] } else { [91, 255, 150] };
            let check = |pixel: &[u8], how: &str| {
                let is_near = pixel
                    .iter()
                    .zip(expected)
                    .all(|(a, b): (&u8, u8)| a.abs_diff(b) < 12);
                assert!(is_near, "{how}, {names:?}, {markers:x?}: {pixel:?}");
            };
            let file = jpeg(names, markers, 24);
            let whole = decode_bytes(&file, Path::new("x"), &Cancel::new()).unwrap();
            check(&whole.rgb[..3], "whole");
            let large = jpeg(names, markers, 64);
            let wanted = |_, _| Some((8, 8));
            let Source { pixels, factor, .. } =
                decode_to_resize(&large, Path::new("x"), &Cancel::new(), wanted).unwrap();
            assert_eq!(factor, 2);
            check(&pixels.rgb[..3], "shrunk");
        }
    }

    #[test]
    fn ordinary_files_are_left_as_they_are_and_damaged_ones_are_no_panic() {
        let file = jpeg([1, 2, 3], JFIF, 24);
        assert!(matches!(as_libjpeg_takes_them(&file), Cow::Borrowed(_)));
        let odd = jpeg(*b"RGB", &adobe(7), 24);
        for i in 0..odd.len() {
            let mut damaged = odd.clone();
            damaged[i] ^= 0xff;
            as_libjpeg_takes_them(&damaged);
            as_libjpeg_takes_them(&odd[..i]);
        }
    }
}
