//! A JPEG that is far larger than needed, decoded at a half or a quarter of its size. JPEG keeps blocks of 8 x 8 pixels
//! as frequencies, and from the lower ones alone a smaller block comes out at a fraction of the work. That the network
//! sees the same image all the same is a matter of what is left to resize ([`SPARE`]).

use jpeg_decoder::{CodingProcess, Decoder, PixelFormat};

use super::{Pixels, pick};
use crate::disk::files::stoppable::Stoppable;
use crate::protocol::Cancel;

/// Both sides stay at least this many times as long as needed: Pillow has the same, and of `reducing_gap` says
/// that from 3.0 on "the result is indistinguishable from fair resampling in most cases". Measured on photographs of
/// 800 to 4,032 pixels, needed at 64 to 448: at most 0.4 levels of 255 on average and 8 anywhere. Coloured letters of one
/// pixel's width on white, stored with halved colour, are the worst that was found: 2.4 on average, since there the
/// whole decoder cuts off what is lighter than white before the average and this one after it.
const SPARE: u32 = 3;
/// Not 8: of that only each block's mean is left, and rounded it is 0.7 levels off on average.
const FACTORS: [u32; 2] = [4, 2];

/// By how much an image of that size can be shrunk where `wanted` pixels are needed; 1 is not at all.
fn factor(width: u32, height: u32, wanted: (u32, u32)) -> u32 {
    let is_spare = |have: u32, factor: u32, need: u32| have / factor >= need.saturating_mul(SPARE);
    let fits = |f: &u32| is_spare(width, *f, wanted.0) && is_spare(height, *f, wanted.1);
    FACTORS.into_iter().find(fits).unwrap_or(1)
}

/// The shrunk image and by how much, where that is possible. What is not whole, in more than one scan (progressive),
/// or in other colours than grey and RGB is left to the decoder that judges files; on the rest both agree whether
/// they are damaged.
pub fn decode(
    bytes: &[u8],
    cancel: &Cancel,
    (width, height): (u32, u32),
    wanted: (u32, u32),
) -> Option<(Pixels, u32)> {
    let factor = factor(width, height, wanted);
    if factor == 1 {
        return None;
    }
    let mut decoder = Decoder::new(Stoppable::new(bytes, cancel));
    decoder.read_info().ok()?;
    let info = decoder.info()?;
    let is_declared = (u32::from(info.width), u32::from(info.height)) == (width, height);
    if info.coding_process != CodingProcess::DctSequential || !is_declared {
        return None;
    }
    let side = |length: u32| u16::try_from(length.div_ceil(factor)).ok();
    let (small_width, small_height) = (side(width)?, side(height)?);
    let scaled = decoder.scale(small_width, small_height).ok()?;
    if scaled != (small_width, small_height) {
        return None;
    }
    let samples = decoder.decode().ok()?;
    let rgb = match info.pixel_format {
        PixelFormat::RGB24 => samples,
        PixelFormat::L8 => pick::<_, 1, 1>(&samples, |&grey| grey),
        PixelFormat::L16 | PixelFormat::CMYK32 => return None,
    };
    let pixels = Pixels {
        width: small_width.into(),
        height: small_height.into(),
        rgb,
    };
    Some((pixels, factor))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use image::codecs::jpeg::JpegEncoder;
    use image::{DynamicImage, GrayImage, RgbImage};

    use super::super::{decode_bytes, decode_to_resize};
    use super::*;
    use crate::disk::to_network_size;
    use crate::experiment::Resize;

    const SIDE: u32 = 64;

    /// Soft shapes with edges between them, as photographs have; sides that no block's side divides.
    fn picture() -> RgbImage {
        RgbImage::from_fn(1003, 790, |x, y| {
            let (x, y) = (f64::from(x), f64::from(y));
            let wave = |fine: f64| 60.0 * ((x / fine).sin() + (y / (fine * 1.3)).cos());
            let edge = if (x - 500.0).hypot(y - 400.0) < 300.0 {
                60.0
            } else {
                0.0
            };
            let level = |fine: f64| (90.0 + wave(fine) + edge).clamp(0.0, 255.0) as u8;
            image::Rgb([level(17.0), level(31.0), level(53.0)])
        })
    }

    fn jpeg(image: impl Into<DynamicImage>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
        image.into().write_with_encoder(encoder).unwrap();
        bytes
    }

    /// What the network sees must hardly differ from what it sees of the whole image.
    fn check(bytes: &[u8], resize: Resize, factor: u32) {
        let wanted = |width, height| crate::disk::images::resize::before_crop(resize, SIDE, width, height);
        let source = decode_to_resize(bytes, Path::new("x"), &Cancel::new(), wanted).unwrap();
        assert_eq!(source.factor, factor);
        let whole = decode_bytes(bytes, Path::new("x"), &Cancel::new()).unwrap();
        assert_eq!((source.width, source.height), (whole.width, whole.height));
        let [got, expect] = [source, whole.into()].map(|s| to_network_size(s, resize, SIDE).unwrap().rgb);
        let apart: Vec<u8> = got.iter().zip(&expect).map(|(a, b)| a.abs_diff(*b)).collect();
        let mean = apart.iter().map(|d| f64::from(*d)).sum::<f64>() / apart.len() as f64;
        let most = apart.iter().max().copied().unwrap_or_default();
        assert!(
            mean < 0.4 && most <= 8,
            "{resize}: {mean:.2} on average, {most} at most"
        );
    }

    #[test]
    fn the_network_sees_the_same_image() {
        let whole = picture();
        check(&jpeg(whole.clone()), Resize::Square, 4);
        check(&jpeg(whole.clone()), Resize::Crop, 2);
        check(&jpeg(DynamicImage::from(whole).to_luma8()), Resize::Square, 4);
        check(
            &jpeg(GrayImage::from_pixel(SIDE * 3, SIDE * 3, image::Luma([9]))),
            Resize::Square,
            1,
        );
    }

    /// Otherwise a damaged image would count or not by the size that it is needed at.
    #[test]
    fn both_decoders_agree_on_what_is_damaged() {
        let whole = jpeg(picture());
        let mut n_damaged = 0;
        for i in 0..48 {
            let at = 700 + i * (whole.len() - 800) / 48;
            let mut bytes = whole.clone();
            match i % 4 {
                0 => bytes[at] ^= 1 << (i % 8),
                1 => bytes[at..at + 16].fill(0),
                2 => bytes[at..at + 4].copy_from_slice(b"\xff\xc0\xff\xda"),
                _ => {
                    bytes.truncate(at);
                    bytes.extend(b"\xff\xd9");
                }
            }
            let is_whole = decode_bytes(&bytes, Path::new("x"), &Cancel::new()).is_ok();
            let source = decode_to_resize(&bytes, Path::new("x"), &Cancel::new(), |_, _| Some((SIDE, SIDE)));
            assert_eq!(source.is_ok(), is_whole, "{i}, damaged at {at}");
            n_damaged += usize::from(!is_whole);
        }
        assert!(n_damaged > 5, "{n_damaged}");
    }

    #[test]
    fn what_is_left_is_three_times_what_is_needed() {
        let expected = [
            ((4032, 3024), 128, 4),
            ((4032, 3024), 224, 4),
            ((4032, 3024), 256, 2),
            ((1536, 1536), 128, 4),
            ((1535, 1536), 128, 2),
            ((768, 768), 128, 2),
            ((4032, 767), 128, 1),
            ((224, 224), 128, 1),
        ];
        for ((width, height), side, expect) in expected {
            assert_eq!(
                factor(width, height, (side, side)),
                expect,
                "{width} x {height} for {side}"
            );
        }
        assert_eq!(factor(4032, 3024, (u32::MAX, 1)), 1);
    }
}
