//! What features depend on beside the image itself.

use crate::experiment::FrozenTransform;
use crate::health::picture::N_NUMBERS;

/// Raised when the same inputs would give other features: a change to a decoder, a resize, a network's layout. Features of
/// another format are never read, whoever wrote them: they lie in sets of their own.
pub const FEATURES_FORMAT: u32 = 4;

/// Names a feature set. It can only be made of a [`FrozenTransform`], which exists for no config under which an image's
/// features depend on its batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureSetKey {
    id: String,
    about: String,
    pub n_features: usize,
}

/// How the backbone computes: what it was made of, and in which numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numerics {
    /// BLAKE3 of all parameters.
    pub parameters: [u8; 32],
    /// Where they were read from, for people.
    pub weights: String,
    pub n_features: usize,
    /// `f32` or `bf16`.
    pub precision: String,
    /// `cpu` or `cuda`, without a number.
    pub device_kind: String,
    /// Version of the library that computes.
    pub library: String,
}

impl FeatureSetKey {
    /// `common_size` is the width and height that all images must have, where none is resized.
    pub fn new(transform: &FrozenTransform, common_size: Option<(u32, u32)>, numerics: &Numerics) -> Self {
        let size = match common_size {
            Some((width, height)) => format!("{width} x {height}"),
            None => transform.image_size().to_string(),
        };
        let decided_by = [
            &format!("counterweight features {FEATURES_FORMAT}"),
            transform.arch(),
            transform.resize().name(),
            &size,
            transform.normalize().name(),
            &numerics.precision,
            &numerics.device_kind,
            &numerics.library,
            &numerics.n_features.to_string(),
        ];
        let mut hasher = blake3::Hasher::new();
        hasher.update(&numerics.parameters);
        hasher.update(decided_by.join("\n").as_bytes());
        let about = format!(
            "{}, {} weights, {} px {}, normalize {}, {} {}",
            transform.arch(),
            numerics.weights,
            size,
            transform.resize(),
            transform.normalize(),
            numerics.device_kind,
            numerics.precision,
        );
        FeatureSetKey {
            id: hasher.finalize().to_hex()[..16].to_owned(),
            about,
            n_features: numerics.n_features,
        }
    }

    /// Of what images come to without a network.
    pub fn properties() -> Self {
        /// Raised when the same image would give other numbers.
        const PROPERTIES_FORMAT: u32 = 1;
        let decided_by = format!("counterweight properties {PROPERTIES_FORMAT}\n{N_NUMBERS}");
        FeatureSetKey {
            id: blake3::hash(decided_by.as_bytes()).to_hex()[..16].to_owned(),
            about: "sizes, brightness, sharpness and sketches, for the health of folders".into(),
            n_features: N_NUMBERS,
        }
    }

    /// Sixteen hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The same for people.
    pub fn about(&self) -> &str {
        &self.about
    }
}
