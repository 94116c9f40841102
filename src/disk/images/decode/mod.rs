//! Pixels of one image file, as Pillow's `Image.open(f).convert("RGB")` gives them: the first frame, not turned by EXIF,
//! alpha dropped and not blended, palettes expanded, grey in all three channels.

mod bmp;
mod jpeg;
mod jpeg_colours;
mod jpeg_scans;
mod left_alone;
mod png_chunks;
mod pnm;
mod shrunk;
mod tiff;
mod turned;

use std::error::Error as _;
use std::io::{self, Cursor};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::error::ImageError;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::header::tiff::marks;
use super::header::{Fault, Header, inspect};
use crate::disk::files::stoppable::Stoppable;
use crate::error::{Error, Result};
use crate::experiment::FileType;
use crate::protocol::Cancel;

/// An image in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    /// `[height, width, 3]`, 0 to 255.
    pub rgb: Vec<u8>,
}

/// An image about to be resized: as it is, or shrunk by its decoder already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The image's own size.
    pub width: u32,
    pub height: u32,
    pub pixels: Pixels,
    /// How many of the image's own pixels a pixel's sides cover; 1 where it is not shrunk.
    pub factor: u32,
}

impl From<Pixels> for Source {
    fn from(pixels: Pixels) -> Self {
        Source {
            width: pixels.width,
            height: pixels.height,
            pixels,
            factor: 1,
        }
    }
}

/// The image that these bytes of a file hold; `path` is named in errors.
///
/// # Errors
/// They are not an image, are damaged or cut off, or declare more pixels than `MAX_PIXELS`; stopped. Unlike
/// Pillow, a JPEG whose compressed data is damaged in the middle is refused and not filled up with grey.
pub fn decode_bytes(bytes: &[u8], path: &Path, cancel: &Cancel) -> Result<Pixels> {
    Ok(decode_to_resize(bytes, path, cancel, |_, _| None)?.pixels)
}

/// As [`decode_bytes`], where the image is then resized to what `wanted` makes of its size; `None` leaves it alone.
///
/// # Errors
/// As [`decode_bytes`].
pub fn decode_to_resize(
    bytes: &[u8],
    path: &Path,
    cancel: &Cancel,
    wanted: impl FnOnce(u32, u32) -> Option<(u32, u32)>,
) -> Result<Source> {
    // A decoder that panics costs its image alone.
    let decoded = catch_unwind(AssertUnwindSafe(|| source(bytes, cancel, wanted)));
    let crashed = || Fault::corrupt("its decoder crashed");
    let decoded = decoded.unwrap_or_else(|_| Err(crashed()));
    decoded.map_err(|fault| match cancel.is_cancelled() {
        // What a decoder says of a reader that failed it.
        true => Error::Stopped,
        false => Error::file(path, fault.message),
    })
}

fn source(
    bytes: &[u8],
    cancel: &Cancel,
    wanted: impl FnOnce(u32, u32) -> Option<(u32, u32)>,
) -> Result<Source, Fault> {
    let header = inspect(&mut Cursor::new(bytes))?;
    let (width, height) = (header.width, header.height);
    let bytes = match header.format {
        FileType::Jpeg => &*jpeg_colours::as_libjpeg_takes_them(bytes),
        _ => bytes,
    };
    if header.format == FileType::Jpeg
        && let Some(wanted) = wanted(width, height)
        && let Some((pixels, factor)) = shrunk::decode(bytes, cancel, (width, height), wanted)
    {
        jpeg_scans::check(bytes, cancel)?;
        return Ok(Source {
            width,
            height,
            pixels,
            factor,
        });
    }
    pixels(bytes, cancel, header).map(Source::from)
}

fn pixels(bytes: &[u8], cancel: &Cancel, header: Header) -> Result<Pixels, Fault> {
    let n_pixels = u64::from(header.width) * u64::from(header.height);
    let decoded = match header.format {
        FileType::Jpeg => jpeg_scans::check(bytes, cancel).and_then(|()| jpeg::decode(bytes, cancel)),
        FileType::Pnm => pnm::decode(bytes),
        FileType::Png => by_image(bytes, ImageFormat::Png, cancel, n_pixels),
        FileType::Gif => by_image(bytes, ImageFormat::Gif, cancel, n_pixels),
        FileType::Bmp => by_image(bytes, ImageFormat::Bmp, cancel, n_pixels),
        FileType::Tiff => by_image(bytes, ImageFormat::Tiff, cancel, n_pixels)
            .or_else(|fault| tiff::decode(bytes, cancel).ok_or(fault)),
        FileType::WebP if n_pixels <= SMALL_WEBP => by_image(bytes, ImageFormat::WebP, cancel, n_pixels),
        FileType::WebP => {
            let (bytes, of_thread) = (bytes.to_vec(), cancel.clone());
            left_alone::unless_stopped(cancel, move || {
                by_image(&bytes, ImageFormat::WebP, &of_thread, n_pixels)
            })
        }
    }?;
    let marks = (header.format == FileType::Tiff).then(|| marks(bytes));
    if (decoded.width, decoded.height) != (header.width, header.height) {
        return Err(Fault::corrupt(
            "it holds an image of another size than it declares",
        ));
    }
    if let Some(marks) = marks {
        return Ok(turned::turned(decoded, marks));
    }
    Ok(decoded)
}

/// Pixels up to which a WebP, whose decoder reads all of it first, is decoded so fast that no stop is needed.
const SMALL_WEBP: u64 = 1 << 20;

/// What decoders need beside the pixels, whatever the size.
const ROOM: u64 = 64 << 20;

fn by_image(bytes: &[u8], format: ImageFormat, cancel: &Cancel, n_pixels: u64) -> Result<Pixels, Fault> {
    let fault = |error| fault_of(error, format);
    let bytes = &*png_chunks::without_company(bytes, format);
    let mut reader = ImageReader::with_format(Stoppable::new(Cursor::new(bytes), cancel), format);
    let mut limits = Limits::no_limits();
    // Four channels of 16 bits, the most that any format has, and the same again to work with.
    limits.max_alloc = Some(n_pixels * 8 * 2 + ROOM);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(fault)?;
    let (width, height) = decoder.dimensions();
    let image = DynamicImage::from_decoder(decoder).map_err(fault)?;
    // A colour that PNG declares transparent makes grey of 16 bits come with an alpha channel that the file has not.
    let is_png_grey_16 = format == ImageFormat::Png && bytes.get(24..26) == Some(&[16, 0]);
    // Pillow keeps 16-bit grey as numbers and clips them; in all else with 16 bits it takes the high byte.
    let clipped = |&grey: &u16| grey.min(255) as u8;
    let high = |&sample: &u16| (sample >> 8) as u8;
    let mut rgb = match image {
        DynamicImage::ImageRgb8(image) => image.into_raw(),
        DynamicImage::ImageRgba8(image)
            if format == ImageFormat::Tiff && marks(bytes).alpha_is_in_colours =>
        {
            turned::without_alpha(&image)
        }
        DynamicImage::ImageRgba8(image) => pick::<_, 4, 3>(&image, |&sample| sample),
        DynamicImage::ImageLuma8(image) => pick::<_, 1, 1>(&image, |&sample| sample),
        DynamicImage::ImageLumaA8(image) => pick::<_, 2, 1>(&image, |&sample| sample),
        DynamicImage::ImageRgb16(image) => pick::<_, 3, 3>(&image, high),
        DynamicImage::ImageRgba16(image) => pick::<_, 4, 3>(&image, high),
        DynamicImage::ImageLuma16(image) => pick::<_, 1, 1>(&image, clipped),
        DynamicImage::ImageLumaA16(image) if is_png_grey_16 => pick::<_, 2, 1>(&image, clipped),
        DynamicImage::ImageLumaA16(image) => pick::<_, 2, 1>(&image, high),
        _ => {
            return Err(Fault::unsupported(format_args!(
                "this kind of {}",
                name_of(format)
            )));
        }
    };
    if format == ImageFormat::Bmp {
        bmp::cut_off(bytes, &mut rgb);
    }
    Ok(Pixels { width, height, rgb })
}

/// The first `COLORS` of every `CHANNELS` samples, as RGB: one colour is grey.
fn pick<T, const CHANNELS: usize, const COLORS: usize>(samples: &[T], to_byte: impl Fn(&T) -> u8) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(samples.len() / CHANNELS * 3);
    for pixel in samples.chunks_exact(CHANNELS) {
        let color = |i| to_byte(&pixel[if COLORS == 3 { i } else { 0 }]);
        rgb.extend([color(0), color(1), color(2)]);
    }
    rgb
}

fn name_of(format: ImageFormat) -> String {
    match format {
        ImageFormat::WebP => "WebP".into(),
        _ => format!("{format:?}").to_uppercase(),
    }
}

fn fault_of(error: ImageError, format: ImageFormat) -> Fault {
    let name = name_of(format);
    match error {
        ImageError::Unsupported(_) => Fault::unsupported(format_args!("this kind of {name}")),
        ImageError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => Fault::truncated(),
        error => {
            let mut cause = error.source();
            while let Some(inner) = cause {
                let is_end = |e: &io::Error| e.kind() == io::ErrorKind::UnexpectedEof;
                if inner.downcast_ref().is_some_and(is_end) {
                    return Fault::truncated();
                }
                cause = inner.source();
            }
            Fault::corrupt(format_args!("its {name} data is damaged"))
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{GrayAlphaImage, GrayImage, ImageBuffer, Luma, Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn drawn(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.into().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn decode_whole(bytes: &[u8]) -> Result<Pixels> {
        decode_bytes(bytes, Path::new("x"), &Cancel::new())
    }

    #[test]
    fn lossless_formats_give_back_what_was_drawn() {
        let picture = RgbImage::from_fn(33, 17, |x, y| Rgb([x as u8 * 7, y as u8 * 15, (x ^ y) as u8]));
        for format in [
            ImageFormat::Png,
            ImageFormat::Bmp,
            ImageFormat::Tiff,
            ImageFormat::WebP,
        ] {
            let got = decode_whole(&drawn(picture.clone(), format)).unwrap();
            assert_eq!(
                (got.width, got.height, &got.rgb),
                (33, 17, picture.as_raw()),
                "{format:?}"
            );
        }
    }

    #[test]
    fn alpha_is_dropped_and_not_blended() {
        let rgba = RgbaImage::from_raw(2, 1, vec![1, 2, 3, 0, 4, 5, 6, 128]).unwrap();
        assert_eq!(
            decode_whole(&drawn(rgba, ImageFormat::Png)).unwrap().rgb,
            [1, 2, 3, 4, 5, 6]
        );
        let grey = GrayAlphaImage::from_raw(2, 1, vec![7, 0, 8, 255]).unwrap();
        assert_eq!(
            decode_whole(&drawn(grey, ImageFormat::Png)).unwrap().rgb,
            [7, 7, 7, 8, 8, 8]
        );
    }

    /// Pillow 13: grey of 16 bits is clipped, colour of 16 bits loses its low byte.
    #[test]
    fn sixteen_bits_become_eight_as_in_pillow() {
        let values = vec![0_u16, 1, 255, 256, 1000, 65535];
        let grey = ImageBuffer::<Luma<u16>, _>::from_raw(6, 1, values.clone()).unwrap();
        for format in [ImageFormat::Png, ImageFormat::Tiff] {
            let got = decode_whole(&drawn(grey.clone(), format)).unwrap().rgb;
            assert_eq!(
                got.iter().step_by(3).collect::<Vec<_>>(),
                [&0, &1, &255, &255, &255, &255],
                "{format:?}"
            );
        }
        let color = ImageBuffer::<Rgb<u16>, _>::from_raw(2, 1, values.clone()).unwrap();
        assert_eq!(
            decode_whole(&drawn(color, ImageFormat::Png)).unwrap().rgb,
            [0, 0, 0, 1, 3, 255]
        );
        let rgba = ImageBuffer::<Rgba<u16>, _>::from_raw(1, 1, vec![256, 1000, 65535, 0]).unwrap();
        assert_eq!(
            decode_whole(&drawn(rgba, ImageFormat::Png)).unwrap().rgb,
            [1, 3, 255]
        );
    }

    #[test]
    fn a_jpeg_is_near_to_what_was_drawn() {
        let picture = RgbImage::from_fn(40, 30, |x, y| Rgb([x as u8 * 5, y as u8 * 8, 100]));
        let got = decode_whole(&drawn(picture.clone(), ImageFormat::Jpeg)).unwrap();
        assert!(
            got.rgb
                .iter()
                .zip(picture.as_raw())
                .all(|(a, b)| a.abs_diff(*b) < 40)
        );
        let grey = GrayImage::from_pixel(9, 9, Luma([77]));
        assert_eq!(
            decode_whole(&drawn(grey, ImageFormat::Jpeg)).unwrap().rgb,
            [77; 9 * 9 * 3]
        );
    }

    #[test]
    fn every_cut_is_an_error_and_never_grey() {
        let picture = RgbImage::from_fn(64, 64, |x, y| {
            Rgb([(x * y) as u8, (x * 31) as u8, (y * 17) as u8])
        });
        use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
        for format in [Jpeg, Png, Gif, Bmp, Tiff, WebP] {
            let whole = drawn(picture.clone(), format);
            assert!(decode_whole(&whole).is_ok(), "{format:?}");
            for eighths in 0..8 {
                let cut = &whole[..whole.len() * eighths / 8];
                let message = decode_whole(cut).expect_err("cut").to_string();
                let is_named = ["ends before", "is empty", "none of JPEG"]
                    .iter()
                    .any(|part| message.contains(part));
                assert!(is_named, "{format:?} cut at {eighths}/8: {message}");
            }
        }
    }

    /// Whatever the decoder makes of a reader that fails, it is a stop and never a damaged image.
    #[test]
    fn a_stop_reaches_into_every_decoder() {
        let picture = RgbImage::from_fn(64, 64, |x, y| Rgb([(x * y) as u8, x as u8, y as u8]));
        use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
        let cancel = Cancel::new();
        cancel.cancel();
        for format in [Jpeg, Png, Gif, Bmp, Tiff, WebP] {
            let whole = drawn(picture.clone(), format);
            for wanted in [None, Some((8, 8))] {
                let got = decode_to_resize(&whole, Path::new("x"), &cancel, |_, _| wanted);
                assert!(matches!(got, Err(Error::Stopped)), "{format:?}: {got:?}");
            }
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let mut bomb = drawn(GrayImage::new(1, 1), ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        let message = decode_whole(&bomb).unwrap_err().to_string();
        assert!(message.contains("65535 x 65535 pixels"), "{message}");
    }

    #[test]
    fn errors_are_one_line_that_says_what_to_do() {
        let mut damaged = drawn(RgbImage::new(50, 50), ImageFormat::Png);
        damaged[45] ^= 0xff;
        let expect = "x: its PNG data is damaged; copy or download it again, or re-save it as PNG";
        assert_eq!(decode_whole(&damaged).unwrap_err().to_string(), expect);
    }
}
