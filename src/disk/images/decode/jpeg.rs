//! JPEG: grey, colour, CMYK and YCCK, baseline and progressive.

use std::io::Cursor;

use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::{Fault, Pixels, pick};
use crate::disk::files::stoppable::Stoppable;
use crate::protocol::Cancel;

/// `bytes` have been found to begin with a JPEG's frame header and to hold an end marker.
///
/// # Errors
/// Its data is damaged or cut off, or it is of a kind that is not supported; or the job was stopped, in whatever
/// words.
pub fn decode(bytes: &[u8], cancel: &Cancel) -> Result<Pixels, Fault> {
    // Lenient with the headers, where stray bytes do no harm. Then strict: the lenient decoder would hand out what it
    // could not decode as grey.
    let lenient = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(1 << 16)
        .set_max_height(1 << 16);
    let mut decoder = JpegDecoder::new_with_options(Stoppable::new(Cursor::new(bytes), cancel), lenient);
    decoder.decode_headers().map_err(fault_of)?;
    let damaged = || Fault::corrupt("its JPEG headers are damaged");
    let out = match decoder.input_colorspace().ok_or_else(damaged)? {
        ColorSpace::Luma => ColorSpace::Luma,
        // CMYK goes by Adobe's convention, inverted, as in Pillow.
        ColorSpace::YCbCr | ColorSpace::RGB | ColorSpace::CMYK | ColorSpace::YCCK => ColorSpace::RGB,
        _ => return Err(Fault::unsupported("this JPEG's number of channels")),
    };
    decoder.set_options(lenient.set_strict_mode(true).jpeg_set_out_colorspace(out));
    let samples = decoder.decode().map_err(fault_of)?;
    let (width, height) = decoder.dimensions().ok_or_else(damaged)?;
    let rgb = if out == ColorSpace::Luma {
        pick::<_, 1, 1>(&samples, |&grey| grey)
    } else {
        samples
    };
    match (u32::try_from(width), u32::try_from(height)) {
        (Ok(w), Ok(h)) if rgb.len() == width * height * 3 => Ok(Pixels {
            width: w,
            height: h,
            rgb,
        }),
        _ => Err(damaged()),
    }
}

fn fault_of(error: DecodeErrors) -> Fault {
    match error {
        DecodeErrors::ExhaustedData => Fault::truncated(),
        DecodeErrors::Unsupported(_) => Fault::unsupported("this kind of JPEG"),
        _ => Fault::corrupt("its JPEG data is damaged"),
    }
}
