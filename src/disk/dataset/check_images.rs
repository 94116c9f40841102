//! Decodes every image of a folder before anything is trained on it, and so finds what a scan of headers and ends cannot.

use std::num::NonZero;
use std::path::Path;
use std::thread;

use crate::disk::files::on_all_cores::{Hands, on_all_cores};
use crate::disk::images::bytes::read_image;
use crate::disk::images::decode::{Pixels, decode_bytes};
use crate::error::{Error, Result};
use crate::experiment::{Checked, Dataset, ImageEntry, Issue, IssueKind, Unseen, remarks};
use crate::protocol::Cancel;

/// Reads and decodes all images that a scan has found; after a stop, the result covers those that were done by then.
/// `progress` gets how many are done, on the calling thread.
///
/// # Errors
/// The system gives no thread.
pub fn check_images(dataset: &Dataset, cancel: &Cancel, progress: &mut dyn FnMut(u64)) -> Result<Checked> {
    let hands = Hands {
        n_threads: thread::available_parallelism().map_or(1, NonZero::get),
        chunk: 1,
    };
    let images = &dataset.images;
    let look = |i: usize| look(&dataset.root.join(&images[i].path), cancel);
    let mut seen = on_all_cores(hands, images.len(), cancel, progress, look)?;
    // Those that a stop interrupted.
    seen.retain(|(_, seen)| !matches!(seen, Err(Error::Stopped)));
    let mut checked = Checked {
        place: dataset.place().to_path_buf(),
        n_checked: vec![0; dataset.n_classes()],
        n_failed: vec![0; dataset.n_classes()],
        is_whole: seen.len() == images.len(),
        ..Checked::default()
    };
    let mut whole = Vec::with_capacity(seen.len());
    for (i, seen) in seen {
        let ImageEntry { path, class_idx, .. } = &images[i];
        checked.n_checked[*class_idx] += 1;
        match seen {
            Ok(unseen) => whole.push((path.as_str(), *class_idx, unseen)),
            Err(error) => {
                checked.n_failed[*class_idx] += 1;
                checked.issues.push(Issue {
                    path: path.clone(),
                    kind: IssueKind::Undecodable,
                    message: match error {
                        Error::File { message, .. } => message,
                        other => other.to_string(),
                    },
                });
            }
        }
    }
    checked.remarks = remarks(dataset.n_classes(), whole.into_iter());
    checked.issues.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(checked)
}

/// The scan has reported already what headers say.
fn look(path: &Path, cancel: &Cancel) -> Result<Unseen> {
    let bytes = read_image(path, cancel)?;
    let pixels = decode_bytes(&bytes, path, cancel)?;
    Ok(Unseen {
        one_colour: is_of_one_colour(&pixels),
        ..Unseen::default()
    })
}

/// An image of one pixel cannot be anything else.
fn is_of_one_colour(pixels: &Pixels) -> bool {
    let mut all = pixels.rgb.chunks_exact(3);
    let first = all.next();
    pixels.rgb.len() > 3 && all.all(|pixel| Some(pixel) == first)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Cursor;

    use image::{ImageFormat, Luma, Rgb, RgbImage};
    use tempfile::TempDir;

    use super::*;
    use crate::disk::scan;
    use crate::experiment::RemarkKind;

    fn png(image: impl Into<image::DynamicImage>) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.into().write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    fn folder() -> TempDir {
        let noise = RgbImage::from_fn(20, 20, |x, y| Rgb([(x * 13) as u8, (y * 7) as u8, (x * y) as u8]));
        let whole = png(noise.clone());
        let mut damaged = whole.clone();
        damaged[60] ^= 0xff;
        let deep = image::ImageBuffer::<Luma<u16>, _>::from_fn(9, 9, |x, y| Luma([(x * y * 900) as u16]));
        let files = [
            ("a/1.png", whole.clone()),
            ("a/2.png", damaged.clone()),
            ("b/1.png", damaged),
            ("b/2.png", png(RgbImage::from_pixel(8, 8, Rgb([9, 9, 9])))),
            ("b/3.png", png(deep)),
            ("b/4.png", whole[..whole.len() - 20].to_vec()),
        ];
        let dir = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        dir
    }

    #[test]
    fn what_only_decoding_tells_is_told_class_by_class() {
        let dir = folder();
        let dataset = scan(&dir.path().into(), &Cancel::new(), &mut |_| {}).unwrap();
        // A scan sees the cut file and the deep grey, and neither the damage nor the colour.
        assert_eq!(dataset.counts(), [2, 3]);
        let of_scan: Vec<RemarkKind> = dataset.remarks.iter().map(|remark| remark.kind).collect();
        assert_eq!(of_scan, [RemarkKind::DeepGrey]);
        let mut last = 0;
        let checked = check_images(&dataset, &Cancel::new(), &mut |n| last = n).unwrap();
        assert_eq!(last, 5);
        assert_eq!((checked.n_checked, checked.n_failed), (vec![2, 3], vec![1, 1]));
        assert!(checked.is_whole);
        let failed: Vec<&str> = checked.issues.iter().map(|issue| issue.path.as_str()).collect();
        assert_eq!(failed, ["a/2.png", "b/1.png"]);
        assert!(
            checked.issues[0].message.contains("its PNG data is damaged"),
            "{:?}",
            checked.issues
        );
        let found: Vec<(RemarkKind, &[usize])> =
            checked.remarks.iter().map(|r| (r.kind, &r.counts[..])).collect();
        assert_eq!(found, [(RemarkKind::OneColour, &[0, 1][..])]);
    }

    #[test]
    fn a_stop_keeps_what_was_seen_until_then() {
        let dir = folder();
        let dataset = scan(&dir.path().into(), &Cancel::new(), &mut |_| {}).unwrap();
        let cancel = Cancel::new();
        cancel.cancel();
        let checked = check_images(&dataset, &cancel, &mut |_| {}).unwrap();
        assert!(!checked.is_whole);
        assert_eq!((checked.n_checked, checked.issues), (vec![0, 0], vec![]));
    }
}
