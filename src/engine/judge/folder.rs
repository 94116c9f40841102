//! Judging an image folder with a finished run: `counterweight evaluate RUN --data DIR`.

use super::as_trained::label_as_trained;
use super::own_images::{Picked, pick};
use super::same_picture::seen_in_training;
use super::saved_model::SavedModel;
use crate::disk::dataset::groups::in_groups;
use crate::disk::dataset::scan::scan;
use crate::disk::feature_store::FeatureStore;
use crate::engine::features::Features;
use crate::engine::features::precision::numerics;
use crate::engine::fit::readable::folder_warnings::{folder_warnings, no_class_is_unreadable};
use crate::engine::fit::readable::left_out::in_words;
use crate::engine::fit::readable::settle::all_classes_are_there;
use crate::engine::head::Heads;
use crate::engine::head::evaluate::{Outputs, figures, outputs_of};
use crate::error::{Error, Result};
use crate::experiment::{
    BatchNorm, Config, Dataset, FiguresAsked, Part, Reliabilities, RunEvent, Sureness, When, normal_form,
};
use crate::jobs::Tell;
use crate::jobs::progress::Reporter;
use crate::metrics::{Scores, Threshold, named};
use crate::protocol::{Evaluate, FitEvent, Judged, Phase};

/// Scans the folder, picks the images that are fair to judge, judges them and sends the figures.
///
/// # Errors
/// The run or the folder cannot be read, or they do not fit each other; nothing is left to judge; stopped.
pub fn evaluate_folder(
    request: &Evaluate,
    store: &FeatureStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<Box<Judged>> {
    let model = SavedModel::read(&request.run_dir)?;
    // Judging needs the network alone; the parameters that it was made of would stay in memory beside it.
    let (network, numerics) = {
        let loaded = model.load_backbone()?;
        let network = model.network(&loaded)?;
        let numerics = numerics(&loaded, &network);
        (network, numerics)
    };
    let (dataset, mut picked) = picked_images(&model, request, store, progress, tell)?;
    let config = Config {
        batch_norm: BatchNorm::Frozen,
        ..model.run.config.clone().of(request.data.clone())
    };
    let mut features = Features::new(&dataset, &config, &numerics, store);
    let began = progress.elapsed_secs();
    let table = features.table_mut()?;
    warn_all(table.complete(&network, &picked.order, progress)?, tell);
    warn_all(in_words(&dataset, table.images.unreadable()), tell);
    let seen = seen_in_training(&picked.new, &picked.trained, table, &dataset, progress)?;
    picked.leave_out(&seen, &dataset)?;
    warn_all(seen.in_words(&dataset), tell);
    warn_all(picked.may_be_known(), tell);
    let (images, order) = (picked.images(), picked.order);
    warn_all(missing_classes(&dataset, &order), tell);
    let outputs = outputs_of(
        &network,
        &mut features,
        &Heads::starting_at(&model.head, 1)?,
        &order,
        Phase::Validate,
        progress,
    )?;
    let outputs = &outputs[0];
    all_classes_are_there(&dataset, &order, &outputs.indices)?;
    let seconds = progress.elapsed_secs() - began;
    let part = request.part.unwrap_or(Part::Val);
    let when = When::Epoch(model.run.config.n_epochs());
    let (decision, rule) = model.decided()?.unzip();
    let evaluation = figures(
        outputs,
        &model.started.class_weights,
        rule,
        when,
        part,
        progress.elapsed_secs(),
    );
    Ok(Box::new(Judged {
        sureness: sureness(&model, &dataset, outputs, rule)?,
        decision,
        classes: model.started.classes.clone(),
        evaluation,
        learnt: model.started.learnt_in_words(),
        reliabilities: reliabilities(&model, outputs),
        images,
        images_per_sec: outputs.indices.len() as f64 / seconds.max(1e-9),
        seconds: progress.elapsed_secs(),
    }))
}

/// How far the run can be taken at its word about these images.
fn reliabilities(model: &SavedModel, outputs: &Outputs) -> Option<Reliabilities> {
    let scores = Scores::new(
        outputs.n_classes,
        outputs.labels.to_vec(),
        outputs.probabilities(),
    );
    Reliabilities::of(&scores?, &model.started.undo())
}

/// How sure the figures are, by groups where the run was split by such as these images are known to have.
fn sureness(
    model: &SavedModel,
    dataset: &Dataset,
    outputs: &Outputs,
    rule: Option<Threshold>,
) -> Result<Sureness> {
    let images = outputs
        .indices
        .iter()
        .map(|&i| dataset.images[i].path.clone().into());
    let config = &model.run.config;
    Ok(Sureness::of(&FiguresAsked {
        predictions: in_groups(config, &dataset.root, outputs.predictions(images.collect())?),
        rule,
        seed: config.seed,
    }))
}

/// The folder with the labels that the run was trained with, and the images of it that are fair to judge.
fn picked_images(
    model: &SavedModel,
    request: &Evaluate,
    store: &FeatureStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<(Dataset, Picked)> {
    let mut dataset = read_folder(request, &model.started.classes, progress, tell)?;
    let labels = label_as_trained(model, &mut dataset, store, &progress.cancel)?;
    warn_all(labels.said, tell);
    let mut picked = pick(model, request, &dataset, store, progress)?;
    picked.exclude(&labels.excluded, &dataset)?;
    warn_all(std::mem::take(&mut picked.warnings), tell);
    warn_all(picked.learnt(model.run.config.folds), tell);
    Ok((dataset, picked))
}

/// The folder's images with the run's classes.
fn read_folder(
    request: &Evaluate,
    classes: &[String],
    progress: &mut Reporter,
    tell: Tell,
) -> Result<Dataset> {
    progress.begin(Phase::Scan, 0);
    let cancel = progress.cancel.clone();
    let dataset = scan(&request.data, &cancel, &mut |n| progress.reach(n, 0))?;
    no_class_is_unreadable(&dataset)?;
    warn_all(folder_warnings(&dataset), tell);
    in_class_order_of(classes, dataset)
}

fn warn_all(warnings: impl IntoIterator<Item = String>, tell: Tell) {
    for message in warnings {
        tell(FitEvent::Run(RunEvent::Warning { message }).into());
    }
}

/// A sentence about the run's classes that have no image among those to judge.
fn missing_classes(dataset: &Dataset, order: &[usize]) -> Option<String> {
    const NAMED: usize = 5;
    let counts = dataset.counts_of(order.iter().copied());
    let missing: Vec<&str> = (dataset.classes.iter().zip(counts))
        .filter_map(|(class, n)| (n == 0).then_some(class.as_str()))
        .collect();
    let named = named(&missing, NAMED);
    (!missing.is_empty()).then(|| {
        format!(
            "no image of class {named} is evaluated: the means are over the other classes, and say nothing of how often \
             it is found"
        )
    })
}

/// The dataset with the run's classes, in the run's order. A folder may lack some of them, but not bring new ones. Names
/// that look alike are the same class, as after a folder was packed on another system.
fn in_class_order_of(classes: &[String], dataset: Dataset) -> Result<Dataset> {
    let forms: Vec<String> = classes.iter().map(|class| normal_form(class)).collect();
    let place = |name: &String| {
        let exact = classes.iter().position(|class| class == name);
        let alike = || forms.iter().position(|form| *form == normal_form(name));
        exact.or_else(alike).ok_or_else(|| {
            let message = format!(
                "class {name} is not among the run's classes ({})",
                named(classes, 10)
            );
            Error::file(&dataset.root, message)
        })
    };
    let places: Vec<usize> = dataset.classes.iter().map(place).collect::<Result<_>>()?;
    let mut images = dataset.images;
    for image in &mut images {
        image.class_idx = places[image.class_idx];
    }
    Ok(Dataset {
        images,
        classes: classes.to_vec(),
        // Counted by the folder's own classes.
        remarks: Vec::new(),
        ..dataset
    })
}
