//! Images that are whole, and the same with their ends cut off.

use image::codecs::jpeg::JpegEncoder;
use image::{GrayImage, RgbImage};

use super::*;
use crate::experiment::IssueKind;

/// Pillow 12: `Image.effect_noise((24, 20), 90).convert("RGB")` saved with `quality=50, progressive=True,
/// subsampling=2`: ten scans, with refinements of DC and AC.
const PROGRESSIVE: &str = "\
    ffd8ffe000104a46494600010100000100010000ffdb004300100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a \
    333d3c3933383740485c4e404457453738506d51575f626768673e4d71797064785c656763ffdb0043011112121815182f1a1a2f \
    63423842636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363 \
    6363ffc20011080014001803012200021101031101ffc40017000101010100000000000000000000000000020103ffc400140101 \
    00000000000000000000000000000000ffda000c030100021003100000014e762901c0341fffc4001c1000010500030000000000 \
    000000000000010002031112212232ffda0008010100010502972b4dce450771440f48809b751f793fffc4001411010000000000 \
    0000000000000000000020ffda0008010301013f011fffc40014110100000000000000000000000000000020ffda000801020101 \
    3f011fffc400241000010302040700000000000000000000010002111221033241611322315171a1c1ffda0008010100063f02a9 \
    b98ceeb95c089f09b22c8684d85bba97401bd9343f5dfa27c089a7dac27c997be95c239681f17fffc40021100002010402020300 \
    00000000000000000111210031416151f071c18191d1ffda0008010100013f21602a682bbbfb4e07169839df7e8508b5c6465c35 \
    df634020b3c2b8178b9b6e821984ee0985e4df6e99100cdb332f8f58e2856092091969a2258641c0168e2f50e01806cd3fffda00 \
    0c0301000200030000001030c700ffc40014110100000000000000000000000000000020ffda0008010301013f101fffc4001411 \
    0100000000000000000000000000000020ffda0008010201013f101fffc4001e1001010101010001050000000000000000011121 \
    31004151617181a1ffda0008010100013f1068a02b0402006aae48d8a638688ae862248c0c0de75f94b07aacc54b822eb141ba0a \
    4f081a8908d321e101ac71c7c3f00581d0940f82165199ea585084a23807ac6b15949e401abce953bf53fbe364a936b44b6830fc \
    43f60383d3ef9456e557f2defbffd9";

fn progressive() -> Vec<u8> {
    let digits: Vec<u8> = PROGRESSIVE.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks_exact(2).map(byte).collect()
}

/// Sides that no block's side divides.
fn sequential() -> [Vec<u8>; 2] {
    let noise = |x: u32, y: u32, c: u32| ((x * 7919 + y * 104_729 + c * 31) % 251) as u8;
    let mut files = [Vec::new(), Vec::new()];
    let colour = RgbImage::from_fn(45, 37, |x, y| image::Rgb([0, 1, 2].map(|c| noise(x, y, c))));
    let grey = GrayImage::from_fn(45, 37, |x, y| image::Luma([noise(x, y, 0)]));
    JpegEncoder::new_with_quality(&mut files[0], 80)
        .encode_image(&colour)
        .unwrap();
    JpegEncoder::new_with_quality(&mut files[1], 80)
        .encode_image(&grey)
        .unwrap();
    files
}

#[test]
fn a_whole_image_is_whole_and_one_that_was_cut_is_not() {
    let [colour, grey] = sequential();
    for whole in [colour, grey, progressive()] {
        assert_eq!(check(&whole, &Cancel::new()), Ok(()));
        let data = whole.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap() + 14;
        for cut in (data..whole.len() - 3).step_by(7) {
            // Not between the two bytes of a stuffed one.
            let cut = if whole[cut - 1] == 0xff { cut + 1 } else { cut };
            let ended = [&whole[..cut], &[0xff, 0xd9]].concat();
            let fault = check(&ended, &Cancel::new()).expect_err(&format!("cut at {cut} of {}", whole.len()));
            assert!(
                matches!(fault.kind, IssueKind::Truncated | IssueKind::Unreadable),
                "{fault:?}"
            );
        }
    }
}

#[test]
fn damage_is_never_a_panic() {
    for whole in [sequential()[0].clone(), progressive()] {
        for i in 0..2000 {
            let mut bytes = whole.clone();
            let at = 2 + i * 7919 % (bytes.len() - 2);
            bytes[at] ^= 1 << (i % 8);
            let _ = check(&bytes, &Cancel::new());
            let _ = check(&bytes[..at], &Cancel::new());
        }
    }
}
