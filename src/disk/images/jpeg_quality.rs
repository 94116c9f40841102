//! At what quality a JPEG was saved, from its table of quantisation.

/// The luminance table of the standard (ITU-T T.81, table K.1), which libjpeg and nearly all others scale; in zigzag order, as
/// a file has it.
const STANDARD: [u16; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40,
    58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103,
    104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];
const DQT: u8 = 0xdb;
const SOS: u8 = 0xda;

/// From 1 to 100, the one whose table is nearest; `None` where the file is no JPEG with such a table.
pub fn jpeg_quality(bytes: &[u8]) -> Option<u8> {
    let table = luminance_table(bytes)?;
    let apart = |quality: u8| -> u32 {
        let entries = STANDARD.iter().zip(&table);
        entries
            .map(|(standard, entry)| u32::from(scaled(*standard, quality).abs_diff(*entry)))
            .sum()
    };
    // Of those that are as near, the better one: from 1 to 2 nothing changes.
    (1..=100).rev().min_by_key(|&quality| apart(quality))
}

/// As libjpeg's `jpeg_quality_scaling` and `jpeg_add_quant_table` have it.
fn scaled(standard: u16, quality: u8) -> u16 {
    let quality = u32::from(quality);
    let percent = if quality < 50 {
        5000 / quality
    } else {
        200 - 2 * quality
    };
    let entry = (u32::from(standard) * percent + 50) / 100;
    entry.clamp(1, 255) as u16
}

fn luminance_table(bytes: &[u8]) -> Option<[u16; 64]> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let (&[marker_start, kind, high, low], _) = rest.split_first_chunk::<4>()?;
        // Any number of fill bytes may stand before a marker.
        if marker_start == 0xff && kind == 0xff {
            rest = &rest[1..];
            continue;
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        let segment = rest.get(4..2 + length)?;
        match kind {
            _ if marker_start != 0xff => return None,
            SOS => return None,
            DQT => {
                if let Some(table) = first_table(segment) {
                    return Some(table);
                }
            }
            _ => {}
        }
        rest = &rest[2 + length..];
    }
}

/// The table of number 0 in a segment, which is luminance's.
fn first_table(mut segment: &[u8]) -> Option<[u16; 64]> {
    while let [head, rest @ ..] = segment {
        let (wide, number) = (head >> 4 != 0, head & 0xf);
        let length = if wide { 128 } else { 64 };
        let (entries, after) = rest.split_at_checked(length)?;
        if number == 0 {
            return Some(std::array::from_fn(|i| match wide {
                true => u16::from_be_bytes([entries[2 * i], entries[2 * i + 1]]),
                false => u16::from(entries[i]),
            }));
        }
        segment = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;

    use super::*;

    #[test]
    fn the_quality_that_it_was_saved_at_is_read_back() {
        let image = image::RgbImage::from_fn(16, 16, |x, y| image::Rgb([x as u8, y as u8, 7]));
        for quality in [5, 30, 50, 75, 85, 95, 100] {
            let mut bytes = Vec::new();
            let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
            image.write_with_encoder(encoder).unwrap();
            assert_eq!(jpeg_quality(&bytes), Some(quality));
        }
        assert_eq!(jpeg_quality(b"\x89PNG\r\n\x1a\n"), None);
        assert_eq!(jpeg_quality(b"\xff\xd8\xff\xdb\x00"), None, "cut off");
    }
}
