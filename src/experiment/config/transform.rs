//! What is done to an image before and in a backbone whose statistics are frozen: then, and only then, its features
//! depend on nothing else, and can be kept.

use super::Config;
use super::choices::{BatchNorm, Normalize, Resize};

/// Made of a config only where features may be kept. Where they depend on the batch, or on chance, there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenTransform {
    arch: String,
    resize: Resize,
    image_size: u32,
    normalize: Normalize,
}

impl FrozenTransform {
    /// `None` with batch statistics.
    pub fn of(config: &Config) -> Option<Self> {
        match config.batch_norm {
            BatchNorm::Batch => None,
            BatchNorm::Frozen => Some(FrozenTransform {
                arch: config.arch.clone(),
                resize: config.resize,
                image_size: config.image_size,
                normalize: config.normalize,
            }),
        }
    }

    pub fn arch(&self) -> &str {
        &self.arch
    }

    pub fn resize(&self) -> Resize {
        self.resize
    }

    /// Side in pixels; means nothing where `resize` is `none`.
    pub fn image_size(&self) -> u32 {
        self.image_size
    }

    pub fn normalize(&self) -> Normalize {
        self.normalize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_statistics_make_no_transform() {
        let mut config = Config::default();
        assert!(FrozenTransform::of(&config).is_some());
        config.batch_norm = BatchNorm::Batch;
        assert_eq!(FrozenTransform::of(&config), None);
    }
}
