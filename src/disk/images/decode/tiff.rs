//! The kinds of TIFF that scientific programs and Pillow itself write and `image` refuses: palettes, grey with alpha, and
//! grey as large numbers or fractions, which Pillow clips.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::super::header::MAX_PIXELS;
use super::super::header::tiff::palette_flag_at;
use super::{Pixels, pick};
use crate::disk::files::stoppable::Stoppable;
use crate::protocol::Cancel;

const JPEG_COMPRESSION: u16 = 7;

/// `None` where it is another kind of TIFF, or a damaged one.
pub fn decode(bytes: &[u8], cancel: &Cancel) -> Option<Pixels> {
    let Some(flag_at) = palette_flag_at(bytes) else {
        return read(bytes, cancel);
    };
    // `tiff` refuses palettes, so it is told that the indices are grey: the number 3, in either byte order, becomes 1.
    let mut as_grey = bytes.to_vec();
    as_grey
        .get_mut(flag_at..flag_at + 2)?
        .iter_mut()
        .filter(|byte| **byte == 3)
        .for_each(|byte| *byte = 1);
    read(&as_grey, cancel)
}

fn read(bytes: &[u8], cancel: &Cancel) -> Option<Pixels> {
    let mut limits = Limits::default();
    // Numbers of 32 bits.
    limits.decoding_buffer_size = usize::try_from(MAX_PIXELS * 4).ok()?;
    let mut decoder = Decoder::new(Stoppable::new(Cursor::new(bytes), cancel))
        .ok()?
        .with_limits(limits);
    let (width, height) = decoder.dimensions().ok()?;
    let color = decoder.colortype().ok()?;
    let samples = decoder.read_image().ok()?;
    let is_jpeg = decoder.find_tag_unsigned(Tag::Compression).ok()? == Some(JPEG_COMPRESSION);
    let rgb = match (color, samples) {
        (ColorType::Gray(8), DecodingResult::U8(indices)) => {
            expanded(&indices, &decoder.get_tag_u16_vec(Tag::ColorMap).ok()?)
        }
        (
            ColorType::Multiband {
                bit_depth: 8,
                num_samples: 2,
            },
            DecodingResult::U8(samples),
        ) if !is_jpeg => pick::<_, 2, 1>(&samples, |&grey| grey),
        (ColorType::Gray(_), DecodingResult::I16(samples)) => {
            pick::<_, 1, 1>(&samples, |&n| n.clamp(0, 255) as u8)
        }
        (ColorType::Gray(_), DecodingResult::I32(samples)) => {
            pick::<_, 1, 1>(&samples, |&n| n.clamp(0, 255) as u8)
        }
        (ColorType::Gray(_), DecodingResult::U32(samples)) => {
            pick::<_, 1, 1>(&samples, |&n| n.min(255) as u8)
        }
        // `as` cuts off at 0 and 255, and what is after the point.
        (ColorType::Gray(_), DecodingResult::F32(samples)) => pick::<_, 1, 1>(&samples, |&n| n as u8),
        _ => return None,
    };
    let n_bytes = u64::from(width) * u64::from(height) * 3;
    (rgb.len() as u64 == n_bytes).then_some(Pixels { width, height, rgb })
}

/// `colors` holds all reds, then all greens, then all blues, of 16 bits; missing ones are black.
fn expanded(indices: &[u8], colors: &[u16]) -> Vec<u8> {
    let n_colors = colors.len() / 3;
    let color = |channel: usize, index: u8| {
        let is_there = usize::from(index) < n_colors;
        if is_there {
            (colors[channel * n_colors + usize::from(index)] >> 8) as u8
        } else {
            0
        }
    };
    indices
        .iter()
        .flat_map(|&index| [0, 1, 2].map(|channel| color(channel, index)))
        .collect()
}

#[cfg(test)]
mod tests {
    use tiff::encoder::{TiffEncoder, colortype};

    use super::*;

    #[test]
    fn grey_numbers_are_clipped_as_in_pillow() {
        let mut file = Cursor::new(Vec::new());
        let values = [-1.0, 0.9, 200.7, 1e9];
        TiffEncoder::new(&mut file)
            .unwrap()
            .write_image::<colortype::Gray32Float>(4, 1, &values)
            .unwrap();
        let rgb = decode(file.get_ref(), &Cancel::new()).unwrap().rgb;
        assert_eq!(rgb, [0, 0, 0, 0, 0, 0, 200, 200, 200, 255, 255, 255]);
        let mut file = Cursor::new(Vec::new());
        TiffEncoder::new(&mut file)
            .unwrap()
            .write_image::<colortype::GrayI32>(2, 1, &[-5, 256])
            .unwrap();
        assert_eq!(
            decode(file.get_ref(), &Cancel::new()).unwrap().rgb,
            [0, 0, 0, 255, 255, 255]
        );
    }

    #[test]
    fn palettes_are_expanded_to_their_high_bytes() {
        let mut file = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut file).unwrap();
        let mut image = encoder.new_image::<colortype::Gray8>(3, 1).unwrap();
        let colors: Vec<u16> = (0..3 * 256)
            .map(|i| (i % 256 * 256 / (i / 256 + 1)) as u16)
            .collect();
        image.encoder().write_tag(Tag::ColorMap, &colors[..]).unwrap();
        image
            .encoder()
            .write_tag(Tag::PhotometricInterpretation, 3_u16)
            .unwrap();
        image.write_data(&[0, 200, 255]).unwrap();
        assert_eq!(
            decode(file.get_ref(), &Cancel::new()).unwrap().rgb,
            [0, 0, 0, 200, 100, 66, 255, 127, 85]
        );
    }
}
