//! What features say of a folder's labels and images: heads trained out of fold on the kept features, confident learning on
//! their probabilities, and each image's nearest neighbours.

mod copies;
mod out_of_fold;

use tch::Tensor;

use self::copies::join_copies;
use self::out_of_fold::out_of_fold;
use crate::disk::dataset::groups::divide;
use crate::disk::dataset::properties::kept_properties;
use crate::disk::feature_store::FeatureStore;
use crate::engine::backbone::Network;
use crate::engine::features::Table;
use crate::engine::features::neighbours::{Neighbours, nearest};
use crate::engine::fit::precompute::{WholeFolder, whole_folder};
use crate::error::Result;
use crate::experiment::split::folds;
use crate::experiment::{Config, Dataset, RunEvent};
use crate::health::FOLDS;
use crate::health::alike::Components;
use crate::health::findings::LabelFindings;
use crate::health::labels::{LabelIssue, NEIGHBOURS, Outlier, label_issues, outliers};
use crate::jobs::Tell;
use crate::jobs::progress::Reporter;
use crate::metrics::{Confusion, overall};
use crate::protocol::{ExamineLabels, FitEvent, Phase};

/// Judges the labels of a folder that was scanned. Missing features are computed, and kept.
///
/// # Errors
/// The config is wrong, the weights are not there, or not one image can be read; stopped; a libtorch fault.
pub fn examine_labels(
    request: &ExamineLabels,
    store: &FeatureStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<Box<LabelFindings>> {
    let _guard = tch::no_grad_guard();
    let dataset = &*request.dataset;
    let WholeFolder {
        config,
        network,
        features,
        readable: judged,
        warnings,
    } = whole_folder(&request.config, dataset, store, progress)?;
    let table = features.table()?;
    for message in warnings {
        tell(FitEvent::Run(RunEvent::Warning { message }).into());
    }
    let neighbours = neighbours_of(table, &judged, &network, progress)?;
    let mut components = Components::new(dataset.images.len());
    request
        .copies
        .iter()
        .for_each(|copies| components.join_all(copies));
    let properties = kept_properties(dataset, store, &progress.cancel)?;
    join_copies(&neighbours, &judged, &properties, &mut components, progress)?;
    let copies = components.groups();
    let groups = groups(&config, dataset, components);
    let found = judge(dataset, table, &network, &judged, &groups, progress)?;
    let outliers = outliers(&neighbours.mean_distances())
        .into_iter()
        .map(|outlier| Outlier {
            image: judged[outlier.image],
            ..outlier
        });
    Ok(Box::new(LabelFindings {
        copies,
        outliers: outliers.collect(),
        n_judged: judged.len(),
        ..found
    }))
}

fn neighbours_of(
    table: &Table,
    judged: &[usize],
    network: &Network,
    progress: &mut Reporter,
) -> Result<Neighbours> {
    progress.begin(Phase::Compare, judged.len());
    let features: Tensor = table.gather(judged, network.device)?;
    nearest(&features, NEIGHBOURS, progress)
}

/// What may not be in two folds: copies, and what the config's own groups keep together. Groups that cannot be read are the
/// split's to complain of.
fn groups(config: &Config, dataset: &Dataset, mut components: Components) -> Vec<usize> {
    if let Ok((_, Some(names))) = divide(config, dataset) {
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by_key(|&i| (&names[i], i));
        let of_one = order.chunk_by(|&a, &b| names[a] == names[b]);
        of_one.for_each(|group| components.join_all(group));
    }
    (0..dataset.images.len()).map(|i| components.root(i)).collect()
}

/// Labels by out-of-fold probabilities; all else is left to the caller.
fn judge(
    dataset: &Dataset,
    table: &Table,
    network: &Network,
    judged: &[usize],
    groups: &[usize],
    progress: &mut Reporter,
) -> Result<LabelFindings> {
    let labels = table.images.classes_of(judged);
    let groups: Vec<usize> = judged.iter().map(|&i| groups[i]).collect();
    let folds = folds(&labels, dataset.n_classes(), &groups, FOLDS);
    let probabilities = out_of_fold(table, judged, &folds, dataset.n_classes(), network, progress)?;
    // A head that has not seen a class says of its images that they are of another one.
    let is_judged = |at: &usize| !folds.unjudged.contains(&labels[*at]);
    let kept: Vec<usize> = (0..judged.len()).filter(is_judged).collect();
    let kept_labels: Vec<usize> = kept.iter().map(|&at| labels[at]).collect();
    let kept_rows: Vec<Vec<f64>> = kept.iter().map(|&at| probabilities[at].clone()).collect();
    let issues = label_issues(&kept_labels, &kept_rows)
        .into_iter()
        .map(|issue| LabelIssue {
            image: judged[kept[issue.image]],
            ..issue
        });
    let mut confusion = Confusion::new(dataset.n_classes());
    for (label, row) in kept_labels.iter().zip(&kept_rows) {
        let likeliest = (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b]).then(b.cmp(&a)));
        confusion.add(*label, likeliest.unwrap_or_default());
    }
    Ok(LabelFindings {
        copies: vec![],
        label_issues: issues.collect(),
        outliers: vec![],
        balanced_accuracy: overall(&confusion).balanced_accuracy,
        unjudged: folds.unjudged,
        n_judged: 0,
    })
}
