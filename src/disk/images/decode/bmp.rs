//! BMP of 16 bits a pixel: five or six bits become eight as in Pillow, which cuts off where others round.

/// The largest values of red, green and blue; `None` where the file is of another depth.
fn largest(bytes: &[u8]) -> Option<[u32; 3]> {
    const BITFIELDS: &[u8] = &[3, 0, 0, 0];
    const GREEN_OF_SIX_BITS: &[u8] = &[0xe0, 7, 0, 0];
    if bytes.get(28..30)? != [16, 0] {
        return None;
    }
    let has_six = bytes.get(30..34)? == BITFIELDS && bytes.get(58..62)? == GREEN_OF_SIX_BITS;
    Some([31, if has_six { 63 } else { 31 }, 31])
}

/// Truncates the samples of such a file, which the decoder has rounded.
pub fn cut_off(bytes: &[u8], rgb: &mut [u8]) {
    let Some(largest) = largest(bytes) else { return };
    for pixel in rgb.chunks_exact_mut(3) {
        for (sample, largest) in pixel.iter_mut().zip(largest) {
            let bits = (u32::from(*sample) * largest + 127) / 255;
            *sample = (bits * 255 / largest) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::decode_bytes;
    use crate::protocol::Cancel;

    /// Pillow 13: `(pixel & 31) * 255 / 31`, and of six bits the same with 63, in whole numbers.
    #[test]
    fn five_and_six_bits_become_eight_as_in_pillow() {
        for six in [false, true] {
            let width = 64_u16;
            let masks: &[u8] = match six {
                true => &[0, 0xf8, 0, 0, 0xe0, 7, 0, 0, 0x1f, 0, 0, 0],
                false => &[],
            };
            let pixels = (0..width).flat_map(|i| {
                let pixel = match six {
                    true => (i / 2) << 11 | i << 5 | (i / 2),
                    false => (i / 2) << 10 | (i / 2) << 5 | (i / 2),
                };
                pixel.to_le_bytes()
            });
            let at = 54 + masks.len() as u32;
            let mut file = b"BM".to_vec();
            file.extend((at + 128).to_le_bytes());
            file.extend([0; 4]);
            file.extend(at.to_le_bytes());
            file.extend(40_u32.to_le_bytes());
            file.extend(u32::from(width).to_le_bytes());
            file.extend(1_u32.to_le_bytes());
            file.extend([1, 0, 16, 0, if six { 3 } else { 0 }, 0, 0, 0]);
            file.extend([0; 20]);
            file.extend(masks);
            file.extend(pixels);
            let got = decode_bytes(&file, Path::new("x"), &Cancel::new()).unwrap();
            for (i, pixel) in (0..u32::from(width)).zip(got.rgb.chunks_exact(3)) {
                let five = (i / 2 * 255 / 31) as u8;
                let green = if six { (i * 255 / 63) as u8 } else { five };
                assert_eq!(pixel, [five, green, five], "{i}, six: {six}");
            }
        }
    }
}
