//! The golden's own world: a few dozen arithmetic images and a random ResNet-18, the same wherever they are made.

use std::path::{Path, PathBuf};

use counterweight::experiment::{BatchNorm, Normalize, Precision, WeightsSource};

use super::against::Told;

const SIDE: u32 = 32;
/// Class folders and how many images each.
const CLASSES: [(&str, u32); 2] = [("dark", 28), ("light", 12)];

/// Draws the images below `dir`, losslessly.
pub fn draw(dir: &Path) -> PathBuf {
    let root = dir.join("images");
    for (class, (name, n_images)) in CLASSES.iter().enumerate() {
        let folder = root.join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        for i in 0..*n_images {
            let image = image::RgbImage::from_fn(SIDE, SIDE, |x, y| {
                let wave = (x * (3 + i % 5) + y * (7 + i % 3) + i * 13) % 120;
                image::Rgb([0, 1, 2].map(|channel| (wave + channel * 11 + class as u32 * 60) as u8))
            });
            image.save(folder.join(format!("{i:02}.png"))).expect("an image");
        }
    }
    root
}

/// What the reference is told, and we are: one of the golden's two settings.
pub fn told(images: &Path, batch_norm: BatchNorm) -> Told {
    let normalize = match batch_norm {
        BatchNorm::Batch => Normalize::None,
        BatchNorm::Frozen => Normalize::Imagenet,
    };
    Told {
        data: images.into(),
        weights: WeightsSource::Random,
        batch: 8,
        batch_norm,
        normalize,
        resize: None,
        precision: Precision::F32,
    }
}
