//! The weight lab: one weighting at the speed of a slider. What does not change between two requests (folder, split,
//! network, features) is prepared once and kept, so that a request costs its training and evaluation alone.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::member::members;
use super::readable::settle::settle;
use super::setup::{Prepared, Setup, checked, prepare};
use super::train_heads::train_heads;
use super::training::Training;
use crate::disk::dataset::groups::groups_of;
use crate::disk::dataset::labels::{Decided, decided_by, put_upon};
use crate::disk::feature_store::FeatureStore;
use crate::disk::files::stamp::FileState;
use crate::engine::features::Features;
use crate::error::{Error, Result};
use crate::experiment::{Config, Dataset, Groups, LabelsOverlay, Part, Split, SplitMethod, WeightsSource};
use crate::jobs::journal::Journal;
use crate::jobs::progress::Reporter;
use crate::protocol::{Cancel, Trial};

/// Up to this many missing images are computed on the way.
const FEW: usize = 64;

/// What requests about the same images and backbone share.
#[derive(Debug)]
pub struct LiveSession {
    setup: Setup,
    features: Features,
    /// Except for what a head has for itself.
    config: Config,
    /// What the dataset, its split and the network were read from, as it was then.
    watched: Vec<(PathBuf, Option<FileState>)>,
    /// The validation images.
    images: Arc<[PathBuf]>,
    /// Their groups, where the split is by groups.
    groups: Option<Vec<String>>,
    folder: OwnLabels,
    /// The decisions that setup, features, images and groups are as of.
    overlay: Option<LabelsOverlay>,
}

/// Trains and judges one head on features that are there.
///
/// # Errors
/// The request is wrong, or features of more than a few images are missing; stopped; whatever a training meets.
pub fn try_weights(
    session: &mut Option<LiveSession>,
    config: &Config,
    store: &FeatureStore,
    progress: &mut Reporter,
) -> Result<Box<Trial>> {
    let config = checked(config)?;
    if !config.features_are_fixed() {
        return Err(Error::input(
            "features depend on their batch with batch statistics, so there is nothing to try weights on",
        ));
    }
    let mut open = match session.take().filter(|session| session.serves(&config)) {
        Some(open) => open,
        None => LiveSession::open(&config, store, progress)?,
    };
    let relabelled = open.relabel(&config, store, &progress.cancel);
    let trial = relabelled.and_then(|()| open.trial(&config, &progress.cancel));
    // A stop leaves the session as good as it was.
    if matches!(trial, Ok(_) | Err(Error::Stopped)) {
        *session = Some(open);
    }
    trial.map(Box::new)
}

/// What the folder itself says, on which other decisions can be put.
#[derive(Debug)]
struct OwnLabels {
    /// By image index.
    classes: Vec<usize>,
    split: Split,
    groups: Option<Vec<String>>,
}

impl LiveSession {
    fn open(config: &Config, store: &FeatureStore, progress: &mut Reporter) -> Result<Self> {
        let plain = Config {
            labels_overlay: None,
            ..config.clone()
        };
        let configs = std::slice::from_ref(&plain);
        let Prepared {
            mut setup,
            mut features,
            ..
        } = prepare(configs, store, progress, |_| ())?;
        let table = features.table_mut()?;
        let watched = watched(config, &setup.dataset);
        let everything = setup.split.all();
        let missing = table.look_up(&everything, progress)?;
        let n_missing = missing.iter().filter(|(_, content)| content.is_some()).count();
        if n_missing > FEW {
            return Err(Error::input(format!(
                "the features of {n_missing} of {} images are not there yet; compute them first",
                everything.len()
            )));
        }
        table.complete(&setup.network, &everything, progress)?;
        if let Some(settled) = settle(&setup, &table.images)? {
            setup.split = settled.split;
        }
        let all = paths(&setup.dataset, 0..setup.dataset.images.len());
        let groups = config
            .groups
            .as_ref()
            .filter(|_| config.split == SplitMethod::Groups);
        let groups = groups.map(|groups| groups_of(groups, &setup.dataset.root, &all));
        let folder = OwnLabels {
            classes: setup.dataset.images.iter().map(|image| image.class_idx).collect(),
            split: setup.split.clone(),
            groups: groups.transpose()?,
        };
        let mut session = LiveSession {
            groups: None,
            images: Arc::default(),
            watched,
            config: config.without_head(),
            setup,
            features,
            folder,
            overlay: None,
        };
        session.follow_split();
        Ok(session)
    }

    /// Puts other decisions upon the folder's labels; those that it has stay where that cannot be done.
    fn relabel(&mut self, config: &Config, store: &FeatureStore, cancel: &Cancel) -> Result<()> {
        let wanted = &config.labels_overlay;
        // Without a version nobody can say whether they are the same.
        let is_known = wanted.as_ref().is_none_or(|overlay| !overlay.version.is_empty());
        if is_known && *wanted == self.overlay {
            return Ok(());
        }
        let LiveSession { setup, folder, .. } = self;
        let decided = match wanted {
            Some(overlay) => decided_by(&overlay.file, &setup.dataset, store, cancel)?,
            None => Decided::default(),
        };
        // In case that what follows fails, the next trial begins here again.
        self.overlay = Some(LabelsOverlay::of(""));
        for (image, class_idx) in setup.dataset.images.iter_mut().zip(&folder.classes) {
            image.class_idx = *class_idx;
        }
        let mut split = folder.split.clone();
        let by = (config.split, folder.groups.as_deref());
        put_upon(&decided, &mut setup.dataset, &mut split, by)?;
        setup.split = split;
        self.features.images_mut().relabel(&setup.dataset);
        self.overlay.clone_from(wanted);
        self.follow_split();
        Ok(())
    }

    fn follow_split(&mut self) {
        let val = &self.setup.split.val;
        self.images = paths(&self.setup.dataset, val.iter().copied());
        let groups = self.folder.groups.as_ref();
        self.groups = groups.map(|groups| val.iter().map(|&i| groups[i].clone()).collect());
    }

    /// Whether it was opened for such a config, and no image was added or removed since, nor another file changed.
    fn serves(&self, config: &Config) -> bool {
        let is_as_it_was = |(path, state): &(PathBuf, Option<FileState>)| FileState::of(path) == *state;
        self.config == config.without_head() && self.watched.iter().all(is_as_it_was)
    }

    fn trial(&mut self, config: &Config, cancel: &Cancel) -> Result<Trial> {
        let setup = &mut self.setup;
        setup.config = config.clone();
        let members = members(std::slice::from_ref(config), &setup.dataset, &setup.split)?;
        let mut training = Training::new(setup, &mut self.features, members)?;
        let (mut quiet, mut journal) = (Reporter::quiet(cancel), Journal::unheard());
        train_heads(setup, &mut training, false, &mut quiet, &mut journal)?;
        let seconds = quiet.elapsed_secs();
        let record = std::mem::take(&mut journal.runs[0].record);
        let evaluation = record.latest(Part::Val).cloned();
        let outputs = training.val.first().ok_or_else(not_evaluated)?;
        let mut predictions = outputs.predictions(Arc::clone(&self.images))?;
        if let Some(groups) = &self.groups {
            predictions = predictions.in_groups(groups);
        }
        Ok(Trial {
            config: config.clone(),
            n_train: setup.dataset.counts_of(setup.split.train.iter().copied()),
            classes: setup.dataset.classes.clone(),
            class_weights: training.members[0].class_weights.clone(),
            evaluation: evaluation.ok_or_else(not_evaluated)?,
            losses: record.losses,
            epoch_starts: record.epoch_starts,
            predictions,
            seconds,
        })
    }
}

fn paths(dataset: &Dataset, indices: impl Iterator<Item = usize>) -> Arc<[PathBuf]> {
    indices.map(|i| (&dataset.images[i].path).into()).collect()
}

fn not_evaluated() -> Error {
    Error::Job("the head was not evaluated".into())
}

/// Every folder from the dataset's own down to its images, and the files beside it that the config names. An image
/// that is rewritten in its place is not noticed: that would mean looking at each before every trial.
fn watched(config: &Config, dataset: &Dataset) -> Vec<(PathBuf, Option<FileState>)> {
    let root = &dataset.root;
    let mut paths = BTreeSet::from([root.clone()]);
    for image in &dataset.images {
        let path = Path::new(&image.path);
        let is_below =
            (path.components()).all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        // Of an image elsewhere its own folder: what is above it is nobody's that trains here.
        let n_folders = if is_below { usize::MAX } else { 1 };
        let folders = path.ancestors().skip(1).take(n_folders);
        for folder in folders.map(|folder| root.join(folder)) {
            if !paths.insert(folder) {
                break;
            }
        }
    }
    if let WeightsSource::File(file) = &config.weights {
        paths.insert(file.clone());
    }
    if let Some(Groups::Csv(file)) = &config.groups {
        paths.insert(file.clone());
    }
    paths.extend(config.label_table.clone());
    let state = |path: PathBuf| {
        let state = FileState::of(&path);
        (path, state)
    };
    paths.into_iter().map(state).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::engine::tests::{World, draw};
    use crate::experiment::SplitMethod;

    /// Whether a trial after the change starts from the beginning.
    fn is_noticed(world: &World, config: &Config, change: impl FnOnce()) -> bool {
        let session = LiveSession::open(config, &world.store, &mut Reporter::quiet(&Cancel::new())).unwrap();
        assert!(session.serves(config));
        change();
        !session.serves(config)
    }

    #[test]
    fn whatever_the_answer_depends_on_is_watched() {
        let world = World::new();
        let data = world.data();
        fs::create_dir_all(data.join("dark/deep/deeper")).unwrap();
        draw(&data.join("dark/deep/deeper/1.png"), 50, 20);
        let table = world.home.path().join("groups.csv");
        let rows = |dataset: &Dataset| {
            let row = |(i, image): (usize, &crate::experiment::ImageEntry)| format!("{},{i}\n", image.path);
            let rows: String = dataset.images.iter().enumerate().map(row).collect();
            format!("path,group\n{rows}")
        };
        let (setup, ..) = world.prepared(&[world.config()]);
        fs::write(&table, rows(&setup.dataset)).unwrap();
        let config = checked(&Config {
            split: SplitMethod::Groups,
            groups: Some(Groups::Csv(table.clone())),
            ..world.config()
        })
        .unwrap();
        assert!(!is_noticed(&world, &config, || {}));
        assert!(is_noticed(&world, &config, || draw(
            &data.join("dark/new.png"),
            99,
            20
        )));
        fs::remove_file(data.join("dark/new.png")).unwrap();
        assert!(is_noticed(&world, &config, || fs::create_dir(data.join("third")).unwrap()));
        fs::remove_dir(data.join("third")).unwrap();
        assert!(is_noticed(&world, &config, || draw(
            &data.join("dark/deep/new.png"),
            99,
            20
        )));
        fs::remove_file(data.join("dark/deep/new.png")).unwrap();
        let longer = fs::read_to_string(&table).unwrap() + "dark/none.png,7\n";
        assert!(is_noticed(&world, &config, || fs::write(&table, longer).unwrap()));
    }

    #[test]
    fn a_table_is_watched_and_nothing_above_its_images() {
        let dataset = Dataset {
            root: "/data/tables".into(),
            images: ["/far/deep/1.png", "../beside/2.png", "own/deep/3.png"]
                .map(|path| crate::experiment::ImageEntry {
                    path: path.into(),
                    class_idx: 0,
                    folder: None,
                })
                .into(),
            ..Dataset::default()
        };
        let config = Config {
            label_table: Some("/data/tables/labels.csv".into()),
            ..Config::default()
        };
        let found: Vec<PathBuf> = (watched(&config, &dataset).into_iter())
            .map(|(path, _)| path)
            .collect();
        let expected = [
            "/data/tables",
            "/data/tables/../beside",
            "/data/tables/labels.csv",
            "/data/tables/own",
            "/data/tables/own/deep",
            "/far/deep",
        ];
        assert_eq!(found, expected.map(PathBuf::from));
    }
}
