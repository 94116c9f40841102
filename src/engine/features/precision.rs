//! In which numbers the backbone computes. `auto` takes bf16 where the hardware is fast at it and it does no harm to
//! features. That is looked at on some of the dataset's own images, whose features in both precisions are kept like all
//! others, so that the next run need not look again.

use tch::{Kind, Tensor};

use super::Features;
use crate::disk::feature_store::{FeatureStore, Numerics};
use crate::engine::backbone::load::Loaded;
use crate::engine::backbone::{Network, load};
use crate::engine::device;
use crate::error::{Error, Result};
use crate::experiment::{Backbone, Config, Dataset, Precision, backbone};
use crate::jobs::progress::Reporter;
use crate::protocol::{Cancel, Phase};

/// bf16 counts as harmless where each image's features point the same way as in f32, to this cosine. On 6,011 faces
/// with at least 0.9985, heads trained on either differed by at most 0.7 points of recall.
const HARMLESS_COSINE: f64 = 0.998;
/// On at most this many images, evenly spread over the dataset and so over its classes. They do not go by the split,
/// so that runs with other splits compute in the same precision and can be compared.
const N_PROBED: usize = 32;

/// A backbone in one precision, and what it extracts from the dataset.
pub struct Extractor {
    pub network: Network,
    pub features: Features,
    /// Warnings so far, to be given once the run has begun.
    pub warnings: Vec<String>,
}

/// A config's backbone, with what it extracts from the dataset.
///
/// # Errors
/// The weights are not there; stopped; a libtorch fault.
pub fn extractor(
    config: &Config,
    dataset: &Dataset,
    store: &FeatureStore,
    progress: &mut Reporter,
) -> Result<Extractor> {
    let backbone = backbone(&config.arch).ok_or_else(|| Error::input("unknown architecture"))?;
    let device = device::choose(config.device)?;
    progress.begin(Phase::Prepare, 0);
    let loaded = load::load(config, backbone, device, progress)?;
    progress.cancel.check()?;
    let inputs = BuildInputs {
        config,
        backbone,
        loaded: &loaded,
        dataset,
        store,
    };
    inputs.build(&progress.cancel)
}

/// What a config's backbone is built from.
pub struct BuildInputs<'a> {
    pub config: &'a Config,
    pub backbone: &'static Backbone,
    pub loaded: &'a Loaded,
    pub dataset: &'a Dataset,
    pub store: &'a FeatureStore,
}

impl BuildInputs<'_> {
    /// In the precision asked for; `auto` looks at the hardware, then at real features.
    ///
    /// # Errors
    /// Parameters that do not fit; stopped; whatever computing features meets.
    pub fn build(&self, cancel: &Cancel) -> Result<Extractor> {
        let has_bf16 = || device::has_bf16(self.loaded.parameters.device());
        match self.config.precision {
            Precision::Bf16 => self.extractor(Kind::BFloat16),
            Precision::Auto if self.config.features_are_fixed() && has_bf16() => self.harmless(cancel),
            Precision::F32 | Precision::Auto => self.extractor(Kind::Float),
        }
    }

    fn extractor(&self, kind: Kind) -> Result<Extractor> {
        let (config, loaded) = (self.config, self.loaded);
        let network = Network::new(self.backbone, &loaded.parameters, config.batch_norm, kind)?;
        let numerics = numerics(loaded, &network);
        Ok(Extractor {
            features: Features::new(self.dataset, config, &numerics, self.store),
            network,
            warnings: vec![],
        })
    }

    fn harmless(&self, cancel: &Cancel) -> Result<Extractor> {
        let (mut exact, mut fast) = (self.extractor(Kind::Float)?, self.extractor(Kind::BFloat16)?);
        match self.lowest_cosine([&mut exact, &mut fast], cancel)? {
            Some(cosine) if cosine < HARMLESS_COSINE => {
                let why =
                    format!("bf16 changes features too much here (cosine {cosine:.4}); computing in f32");
                exact.warnings.push(why);
                Ok(exact)
            }
            _ => Ok(fast),
        }
    }

    /// The least cosine between both precisions' features of an image; `None` where no image could be read.
    fn lowest_cosine(&self, extractors: [&mut Extractor; 2], cancel: &Cancel) -> Result<Option<f64>> {
        let n_images = self.dataset.images.len();
        let step = n_images.div_ceil(N_PROBED).max(1);
        let probed: Vec<usize> = (0..n_images).step_by(step).collect();
        let mut seen = Vec::new();
        for extractor in extractors {
            let mut quiet = Reporter::quiet(cancel);
            let table = extractor.features.table_mut()?;
            let warnings = table.compute(&extractor.network, &probed, &mut quiet)?;
            extractor.warnings.extend(warnings);
            seen.push(table.gather(&table.readable(&probed), tch::Device::Cpu)?);
        }
        // A file that changes at this very moment may be there in one of them alone; then nothing is known.
        if seen[0].size() != seen[1].size() || seen[0].size()[0] == 0 {
            return Ok(None);
        }
        let cosine = Tensor::f_cosine_similarity(&seen[0], &seen[1], 1, 1e-12)?.f_min()?;
        Ok(Some(f64::try_from(&cosine)?))
    }
}

/// What the features depend on beside images and transform.
pub fn numerics(loaded: &Loaded, network: &Network) -> Numerics {
    Numerics {
        parameters: loaded.content,
        weights: loaded.from.clone(),
        n_features: network.n_features,
        precision: precision_name(network.kind).into(),
        device_kind: device::kind_name(network.device).into(),
        library: crate::engine::LIBTORCH_VERSION.into(),
    }
}

pub fn precision_name(kind: Kind) -> &'static str {
    if kind == Kind::BFloat16 { "bf16" } else { "f32" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::backbone::load;
    use crate::engine::fit::setup::read_dataset;
    use crate::engine::tests::World;
    use crate::experiment::backbone;

    /// Runs the comparison as `auto` would on hardware with bf16. Returns the cosine and what both came to.
    fn compared(world: &World) -> (Option<f64>, [Extractor; 2]) {
        let config = Config {
            precision: Precision::Auto,
            ..world.config()
        };
        let backbone = backbone(&config.arch).unwrap();
        let cancel = Cancel::new();
        let mut quiet = Reporter::quiet(&cancel);
        let dataset = read_dataset(&config, &mut quiet, |_| ()).unwrap();
        let loaded = load::load(&config, backbone, tch::Device::Cpu, &mut quiet).unwrap();
        let inputs = BuildInputs {
            config: &config,
            backbone,
            loaded: &loaded,
            dataset: &dataset,
            store: &world.store,
        };
        let kinds = [Kind::Float, Kind::BFloat16];
        let [mut exact, mut fast] = kinds.map(|kind| inputs.extractor(kind).unwrap());
        let cosine = inputs.lowest_cosine([&mut exact, &mut fast], &cancel);
        (cosine.unwrap(), [exact, fast])
    }

    #[test]
    fn images_are_probed_once_and_found_again() {
        let world = World::new();
        let (first, extractors) = compared(&world);
        let n_probed = 120usize.div_ceil(4);
        assert_eq!(
            extractors.map(|extractor| extractor.features.images().n_computed),
            [n_probed; 2]
        );
        let (again, extractors) = compared(&world);
        assert_eq!(
            extractors.map(|extractor| extractor.features.images().n_computed),
            [0; 2]
        );
        assert_eq!(again, first);
        let cosine = first.unwrap();
        // 8 bits of a number are not 24, and are not nothing.
        assert!((0.9..1.0 - 1e-9).contains(&cosine), "{cosine}");
    }

    /// Both its ends stay, so that only decoding finds out.
    fn damage(image: &std::path::Path) {
        let mut bytes = std::fs::read(image).unwrap();
        let end = bytes.len() - 16;
        bytes[50..end].fill(0);
        std::fs::write(image, bytes).unwrap();
    }

    #[test]
    fn an_unreadable_image_is_told_once_and_the_others_are_compared() {
        let world = World::new();
        damage(&world.data().join("dark/00.png"));
        let (cosine, [_, mut fast]) = compared(&world);
        assert!(cosine.is_some());
        assert!(fast.warnings.is_empty(), "{:?}", fast.warnings);
        assert_eq!(fast.features.images().unreadable().len(), 1);
        let mut quiet = Reporter::quiet(&Cancel::new());
        let warnings = fast
            .features
            .table_mut()
            .unwrap()
            .complete(&fast.network, &[0, 1, 2], &mut quiet);
        assert!(warnings.unwrap().is_empty());
    }

    #[test]
    fn where_no_image_can_be_read_nothing_is_known() {
        let world = World::new();
        for entry in ["dark", "light"]
            .iter()
            .flat_map(|c| std::fs::read_dir(world.data().join(c)).unwrap())
        {
            damage(&entry.unwrap().path());
        }
        assert_eq!(compared(&world).0, None);
    }
}
