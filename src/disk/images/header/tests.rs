//! What headers say beside the size, of files that are put together here.

use std::io::Cursor;

use ::tiff::encoder::{TiffEncoder, colortype};
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Frame, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, RgbImage, RgbaImage};

use super::*;

/// An EXIF block, from its TIFF header on: another tag, then the orientation.
fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    block.extend(b"\x01\x1a\0\x05\0\0\0\x01\0\0\0\x26");
    block.extend([1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    block.extend([0; 12]);
    block
}

fn of(file: &[u8]) -> Unseen {
    inspect(&mut Cursor::new(file)).unwrap().unseen
}

fn drawn(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg_with(exif: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new(&mut bytes)
        .encode_image(&RgbImage::new(9, 9))
        .unwrap();
    let length = (exif.len() + 8) as u16;
    let segment = [&b"\xff\xe1"[..], &length.to_be_bytes(), b"Exif\0\0", exif].concat();
    [&bytes[..2], &segment, &bytes[2..]].concat()
}

/// A PNG of that image with a chunk after its header; nobody looks at the checksum.
fn png_with(image: impl Into<DynamicImage>, name: &[u8], data: &[u8]) -> Vec<u8> {
    let bytes = drawn(image, ImageFormat::Png);
    let chunk = [&(data.len() as u32).to_be_bytes()[..], name, data, b"csum"].concat();
    [&bytes[..33], &chunk, &bytes[33..]].concat()
}

fn webp_with(flags: u8, exif: &[u8]) -> Vec<u8> {
    let pixels = drawn(RgbImage::new(9, 9), ImageFormat::WebP)[12..].to_vec();
    let extended = [&b"VP8X\x0a\0\0\0"[..], &[flags], b"\0\0\0\x08\0\0\x08\0\0"].concat();
    let exif = [&b"EXIF"[..], &(exif.len() as u32).to_le_bytes(), exif].concat();
    let body = [&b"WEBP"[..], &extended, &pixels, &exif].concat();
    [&b"RIFF"[..], &(body.len() as u32).to_le_bytes(), &body].concat()
}

#[test]
fn turns_that_are_not_obeyed_are_seen() {
    for orientation in 1..=8 {
        let turned = Unseen {
            turned: orientation != 1,
            ..Unseen::default()
        };
        let block = exif(orientation);
        assert_eq!(of(&jpeg_with(&block)), turned, "JPEG {orientation}");
        assert_eq!(
            of(&png_with(RgbImage::new(3, 3), b"eXIf", &block)),
            turned,
            "PNG {orientation}"
        );
        assert_eq!(of(&webp_with(8, &block)), turned, "WebP {orientation}");
        let marked = [&b"Exif\0\0"[..], &block].concat();
        assert_eq!(
            of(&webp_with(8, &marked)),
            turned,
            "WebP with JPEG's mark {orientation}"
        );
    }
    // What is not an EXIF block, or a damaged one, turns nothing.
    for block in [&b""[..], b"MM", &exif(6)[..12], b"MM\0\x2a\xff\xff\xff\xff"] {
        assert_eq!(of(&jpeg_with(block)), Unseen::default());
        assert_eq!(
            of(&png_with(RgbImage::new(3, 3), b"eXIf", block)),
            Unseen::default()
        );
        assert_eq!(of(&webp_with(8, block)), Unseen::default());
    }
    // Pillow obeys the tag in a TIFF, and so does our decoder.
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap();
    let mut page = encoder.new_image::<colortype::Gray8>(2, 1).unwrap();
    page.encoder()
        .write_tag(::tiff::tags::Tag::Orientation, 6_u16)
        .unwrap();
    page.write_data(&[1, 2]).unwrap();
    assert_eq!(of(file.get_ref()), Unseen::default());
}

#[test]
fn more_than_one_picture_is_seen() {
    let more = Unseen {
        more_pictures: true,
        ..Unseen::default()
    };
    for n_frames in [1, 2, 5] {
        let expected = if n_frames > 1 { more } else { Unseen::default() };
        let mut gif = Vec::new();
        let mut encoder = GifEncoder::new(&mut gif);
        for _ in 0..n_frames {
            encoder.encode_frame(Frame::new(RgbaImage::new(20, 20))).unwrap();
        }
        drop(encoder);
        assert_eq!(of(&gif), expected, "GIF of {n_frames}");
        let control = [&(n_frames as u32).to_be_bytes()[..], &[0; 4]].concat();
        assert_eq!(
            of(&png_with(RgbImage::new(3, 3), b"acTL", &control)),
            expected,
            "PNG of {n_frames}"
        );
        let mut file = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut file).unwrap();
        for _ in 0..n_frames {
            encoder.write_image::<colortype::Gray8>(2, 1, &[1, 2]).unwrap();
        }
        assert_eq!(of(file.get_ref()), expected, "TIFF of {n_frames}");
    }
    assert_eq!(of(&webp_with(2, &[])), more);
}

#[test]
fn grey_beyond_255_is_seen() {
    let deep = Unseen {
        deep_grey: true,
        ..Unseen::default()
    };
    let grey = ImageBuffer::<Luma<u16>, _>::new(3, 3);
    for format in [ImageFormat::Png, ImageFormat::Tiff] {
        assert_eq!(of(&drawn(grey.clone(), format)), deep, "{format:?}");
        let colour = ImageBuffer::<Rgb<u16>, _>::new(3, 3);
        assert_eq!(of(&drawn(colour, format)), Unseen::default(), "{format:?}");
    }
    // Of grey with alpha the high bytes are taken.
    let with_alpha = ImageBuffer::<LumaA<u16>, _>::new(3, 3);
    assert_eq!(of(&drawn(with_alpha, ImageFormat::Png)), Unseen::default());
    let mut file = Cursor::new(Vec::new());
    TiffEncoder::new(&mut file)
        .unwrap()
        .write_image::<colortype::Gray32Float>(2, 1, &[0.5, 2000.0])
        .unwrap();
    assert_eq!(of(file.get_ref()), deep);
    for (text, expected) in [
        (&b"P5 1 1 255\na"[..], Unseen::default()),
        (b"P5 1 1 256\nab", deep),
        (b"P2 1 1 1000\n500", deep),
        (b"P6 1 1 1000\nabcdef", Unseen::default()),
    ] {
        assert_eq!(of(text), expected);
    }
}

#[test]
fn a_number_that_is_too_large_is_not_taken_for_none() {
    let fault = |file: &[u8]| inspect(&mut Cursor::new(file)).unwrap_err();
    let large = fault(b"P6 5000000000 1 255\nabc");
    assert_eq!(large.kind, IssueKind::TooLarge);
    assert!(
        large.message.contains("declares 5000000000 x 1 pixels"),
        "{large:?}"
    );
    let endless = "9".repeat(40);
    for file in [
        format!("P5 {endless} {endless} 255\na"),
        format!("P4 {endless} 1\na"),
    ] {
        assert_eq!(fault(file.as_bytes()).kind, IssueKind::TooLarge, "{file}");
    }
    for (file, said) in [
        (format!("P5 {endless} 0 65535\na"), "no width or no height"),
        (
            format!("P5 1 1 {endless}\na"),
            "a white that is not from 1 to 65535",
        ),
        ("P5 1 x 255\na".into(), "is not made of numbers"),
    ] {
        let fault = fault(file.as_bytes());
        assert!(fault.message.contains(said), "{file}: {fault:?}");
    }
}
