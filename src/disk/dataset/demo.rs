//! The demo's image folder, drawn by the program: leaves, six healthy ones to each blighted one.
//!
//! Every leaf carries brown spots. A blighted leaf has more of them on average, but the two overlap, so that no
//! classifier can tell all of them apart, and one that minds accuracy alone sacrifices the rare class. That is the
//! situation the program exists for, without a download and without anybody's photographs.

use std::f32::consts::{PI, TAU};
use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Normal};

use crate::error::{Error, Result};
use crate::protocol::Cancel;

/// Class folders with how many leaves each and how much of a leaf its spots cover: mean and standard deviation of
/// the logarithm. The distance of the means over the deviation, 1.6, is what makes the task hard.
const CLASSES: [(&str, usize, f32, f32); 2] = [("blighted", 200, -1.2, 0.35), ("healthy", 1200, -1.75, 0.35)];
const SIDE: u32 = 64;
/// Says that a folder is this demo, and which edition of it,
const MARK_FILE: &str = "about.txt";
const MARK: &str = "Leaves drawn by counterweight, edition 1\n";
/// or that its drawing has not finished.
const UNFINISHED: &str = "Leaves that counterweight began to draw, edition 1\n";

/// Draws the folder, or leaves it if it is there already; one that was interrupted is drawn again. Same program, same
/// images.
///
/// # Errors
/// Where the folder holds something else, or cannot be written.
pub fn draw(dir: &Path, cancel: &Cancel, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
    let mark_file = dir.join(MARK_FILE);
    let mark = fs::read_to_string(&mark_file).unwrap_or_default();
    if mark == MARK {
        return Ok(());
    }
    let holds_something = fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if holds_something && mark != UNFINISHED {
        return Err(Error::file(
            dir,
            "holds something else; give an empty or a new folder for the demo's images",
        ));
    }
    fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
    fs::write(&mark_file, UNFINISHED).map_err(Error::io("write", &mark_file))?;
    let total = CLASSES.iter().map(|class| class.1 as u64).sum();
    let mut done = 0;
    for (stream, (class, n_leaves, mean, deviation)) in CLASSES.into_iter().enumerate() {
        let folder = dir.join(class);
        fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        rng.set_stream(stream as u64);
        for i in 0..n_leaves {
            cancel.check()?;
            let log_cover = gaussian(&mut rng, mean, deviation);
            let path = folder.join(format!("leaf-{i:04}.png"));
            let saved = leaf(&mut rng, log_cover.exp()).save(&path);
            saved.map_err(|e| Error::file(&path, format!("cannot be written: {e}")))?;
            done += 1;
            progress(done, total);
        }
    }
    // Last, so that an interrupted folder is not taken for a whole one.
    fs::write(&mark_file, MARK).map_err(Error::io("write", &mark_file))
}

/// One leaf on its ground; `cover` is the share of the leaf's length and width that its spots take up.
fn leaf(rng: &mut ChaCha8Rng, cover: f32) -> RgbImage {
    let side = SIDE as f32;
    let light = rng.random_range(0.95..1.05);
    let ground = [150.0, 145.0, 120.0].map(|c: f32| c + rng.random_range(-8.0..8.0));
    let green = [85.0, 150.0, 55.0].map(|c: f32| c + rng.random_range(-8.0..8.0));
    let shape = Shape {
        center: [
            side / 2.0 + rng.random_range(-2.0..2.0),
            side / 2.0 + rng.random_range(-2.0..2.0),
        ],
        angle: rng.random_range(0.0..TAU),
        length: side * rng.random_range(0.47..0.49),
        width: side * rng.random_range(0.33..0.35),
    };
    let spots = spots(rng, &shape, cover);
    RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let [along, across] = shape.place(x as f32, y as f32);
        let half_width = shape.width * (1.0 - (along / shape.length).powi(2)).max(0.0).powf(0.8);
        let mut color = if across.abs() < half_width { green } else { ground };
        if across.abs() < half_width {
            let vein = across.abs() < 0.7 || (along - across.abs() * 0.9).rem_euclid(8.0) < 0.9;
            if vein {
                color = color.map(|c| c * 1.18);
            }
            if spots.iter().any(|s| (along - s[0]).hypot(across - s[1]) < s[2]) {
                color = [62.0, 30.0, 14.0];
            }
        }
        let noise = gaussian(rng, 0.0, 7.0);
        Rgb(color.map(|c| (c * light + noise).clamp(0.0, 255.0) as u8))
    })
}

/// Where a leaf lies: lengths in pixels, half of the leaf's own.
struct Shape {
    center: [f32; 2],
    angle: f32,
    length: f32,
    width: f32,
}

impl Shape {
    /// A pixel's place along and across the leaf.
    fn place(&self, x: f32, y: f32) -> [f32; 2] {
        let (dx, dy) = (x - self.center[0], y - self.center[1]);
        let (sin, cos) = self.angle.sin_cos();
        [dx * cos + dy * sin, dy * cos - dx * sin]
    }
}

/// Round spots (along, across, radius) that together cover this share of the leaf, overlaps not counted.
fn spots(rng: &mut ChaCha8Rng, shape: &Shape, cover: f32) -> Vec<[f32; 3]> {
    // The area under the outline 1 - t² raised to 0.8, on both sides.
    let leaf_area = 2.82 * shape.length * shape.width;
    let mut left = cover.min(0.8) * leaf_area;
    let mut spots = Vec::new();
    while left > 0.5 {
        let radius: f32 = rng.random_range(1.0..3.2f32).min((left / PI).sqrt());
        let along = rng.random_range(-0.8..0.8) * shape.length;
        let half_width = shape.width * (1.0 - (along / shape.length).powi(2)).powf(0.8);
        spots.push([along, rng.random_range(-0.8..0.8) * half_width, radius]);
        left -= PI * radius * radius;
    }
    spots
}

/// Standard deviations here are positive constants, for which a normal distribution always exists.
fn gaussian(rng: &mut ChaCha8Rng, mean: f32, deviation: f32) -> f32 {
    Normal::new(mean, deviation).map_or(mean, |normal| normal.sample(rng))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_leaf_again_and_more_brown_for_more_cover() {
        let draw = |cover| leaf(&mut ChaCha8Rng::seed_from_u64(3), cover);
        assert_eq!(draw(0.2), draw(0.2));
        let brown = |image: &RgbImage| image.pixels().filter(|p| p[0] > p[1]).count();
        assert!(brown(&draw(0.4)) > brown(&draw(0.05)) + 100);
    }

    #[test]
    fn another_folder_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("diary.txt"), "mine").unwrap();
        let error = draw(home.path(), &Cancel::new(), &mut |_, _| {}).unwrap_err();
        assert!(error.to_string().contains("holds something else"), "{error}");
    }

    #[test]
    fn a_drawing_that_was_stopped_is_drawn_anew() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("demo");
        let cancel = Cancel::new();
        let stopped = draw(&dir, &cancel, &mut |done, _| {
            if done == 3 {
                cancel.cancel();
            }
        });
        assert!(matches!(stopped, Err(Error::Stopped)), "{stopped:?}");
        let path = dir.join("blighted/leaf-0002.png");
        let before = fs::read(&path).unwrap();
        fs::write(&path, "half").unwrap();
        let mut n_drawn = 0;
        draw(&dir, &Cancel::new(), &mut |done, _| n_drawn = done).unwrap();
        assert_eq!(n_drawn, 1400);
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}
