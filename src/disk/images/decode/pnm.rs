//! PNM (`P1` to `P6`), scaled to its own white as Pillow does it.

use super::super::header::pnm::{Words, words};
use super::{Fault, Pixels, pick};

/// `bytes` have been found to begin with a PNM's header of a size within the limit.
///
/// # Errors
/// There are fewer pixels than the header says; in a text kind, one is not a number up to 65,535.
pub fn decode(bytes: &[u8]) -> Result<Pixels, Fault> {
    let words = words(bytes)?;
    let body = bytes.get(words.pixels_at..).ok_or_else(Fault::truncated)?;
    let n_samples = (words.width * words.height * words.channels()) as usize;
    let samples = match words.kind {
        1 => plain_bits(body, n_samples),
        2 | 3 => plain_numbers(body, n_samples)?,
        4 => packed_bits(body, &words),
        _ if words.white > 255 => body
            .chunks_exact(2)
            .map(|b| u16::from_be_bytes([b[0], b[1]]).into())
            .collect(),
        _ => body.iter().take(n_samples).map(|&byte| byte.into()).collect(),
    };
    let samples = samples.get(..n_samples).ok_or_else(Fault::truncated)?;
    let full = if words.is_deep_grey() { 65535.0 } else { 255.0 };
    let scaled = |&sample: &u32| {
        (f64::from(sample) / f64::from(words.white) * full)
            .round_ties_even()
            .min(255.0) as u8
    };
    let rgb = if words.channels() == 3 {
        pick::<_, 3, 3>(samples, scaled)
    } else {
        pick::<_, 1, 1>(samples, scaled)
    };
    Ok(Pixels {
        width: words.width as u32,
        height: words.height as u32,
        rgb,
    })
}

/// Bytes outside comments.
fn without_comments(body: &[u8]) -> impl Iterator<Item = u8> {
    let mut in_comment = false;
    body.iter().copied().filter(move |&byte| {
        match byte {
            b'#' => in_comment = true,
            b'\n' | b'\r' => in_comment = false,
            _ => {}
        }
        !in_comment
    })
}

/// In bitmaps 1 is black.
fn plain_bits(body: &[u8], n_samples: usize) -> Vec<u32> {
    let bits = without_comments(body).filter(|byte| matches!(byte, b'0' | b'1'));
    bits.map(|bit| u32::from(bit == b'0')).take(n_samples).collect()
}

fn packed_bits(body: &[u8], words: &Words) -> Vec<u32> {
    let width = words.width as usize;
    let row = |bytes: &[u8]| {
        (0..width)
            .map(|x| u32::from(bytes[x / 8] >> (7 - x % 8) & 1 == 0))
            .collect::<Vec<_>>()
    };
    body.chunks_exact(words.row_bytes() as usize)
        .take(words.height as usize)
        .flat_map(row)
        .collect()
}

fn plain_numbers(body: &[u8], n_samples: usize) -> Result<Vec<u32>, Fault> {
    let text: Vec<u8> = without_comments(body).collect();
    let numbers = text
        .split(u8::is_ascii_whitespace)
        .filter(|digits| !digits.is_empty())
        .take(n_samples);
    let number = |digits: &[u8]| String::from_utf8_lossy(digits).parse::<u16>().map(u32::from);
    numbers
        .map(number)
        .collect::<Result<_, _>>()
        .map_err(|_| Fault::corrupt("its PNM pixels are not numbers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `np.array(Image.open(f).convert("RGB"))` in Pillow 13; grey ones say each pixel once.
    #[test]
    fn samples_are_scaled_as_pillow_scales_them() {
        let table: [(&[u8], &[u8]); 9] = [
            (b"P5 6 1 255\n\x00\x01\x02\x80\xfe\xff", &[0, 1, 2, 128, 254, 255]),
            (
                b"P5\n6 1\n100\n\x00\x01\x02\x32\x63\x64",
                &[0, 3, 5, 128, 252, 255],
            ),
            (
                b"P2 # comment\n6 1\n100\n0 1 2 # more\n50 99 100",
                &[0, 3, 5, 128, 252, 255],
            ),
            (b"P5\n3 1\n1000\n\x00\x00\x00\x01\x01\xf4", &[0, 66, 255]),
            (b"P5\n3 1\n65535\n\x00\x05\x01\x00\xff\xff", &[5, 255, 255]),
            (b"P6\n1 1\n1000\n\x00\x02\x01\xf4\x03\xe8", &[1, 128, 255]),
            (b"P3 1 1 255 9 8 7\n", &[9, 8, 7]),
            (b"P4\n8 1\n\xa5", &[0, 255, 0, 255, 255, 0, 255, 0]),
            (b"P1\n8 1\n1 0 1 0 0101", &[0, 255, 0, 255, 255, 0, 255, 0]),
        ];
        for (file, expect) in table {
            let got = decode(file).unwrap().rgb;
            let is_color = matches!(file[1], b'3' | b'6');
            let got: Vec<u8> = if is_color {
                got
            } else {
                got.chunks(3).map(|rgb| rgb[0]).collect()
            };
            assert_eq!(got, expect, "{}", String::from_utf8_lossy(file));
        }
    }

    #[test]
    fn too_few_samples_are_a_truncated_file() {
        for file in [
            &b"P5 2 1 255\na"[..],
            b"P2 2 1 255\n7 ",
            b"P1 3 1\n1 0 ",
            b"P4 9 1\na",
            b"P6 1 1 255\nab",
        ] {
            assert_eq!(
                decode(file).unwrap_err(),
                Fault::truncated(),
                "{}",
                String::from_utf8_lossy(file)
            );
        }
    }
}
