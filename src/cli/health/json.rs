//! What was found as one JSON object, with all of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Found;
use crate::experiment::Code;
use crate::experiment::split::groups_from_names;
use crate::health::folder::Leak;

pub(super) fn to_json(found: &Found) -> Value {
    let (dataset, report) = (&found.dataset, &found.report);
    let path = |image: usize| dataset.images[image].path.as_str();
    let class = |class: usize| dataset.classes[class].as_str();
    let paths = |groups: &[Vec<usize>]| -> Value {
        let groups = groups
            .iter()
            .map(|group| group.iter().map(|&i| path(i)).collect::<Vec<_>>());
        groups.collect()
    };
    let label_issues = report.label_issues.iter().map(|issue| {
        json!({
            "path": path(issue.image),
            "label": class(dataset.images[issue.image].class_idx),
            "suggested": class(issue.suggested),
            "score": issue.score,
        })
    });
    let outliers = report
        .outliers
        .iter()
        .map(|o| json!({"path": path(o.image), "score": o.score}));
    let quality = report
        .quality
        .iter()
        .map(|(image, kind)| json!({"path": path(*image), "kind": kind}));
    let unreadable = report
        .unreadable
        .iter()
        .map(|(image, why)| json!({"path": path(*image), "message": why}));
    json!({
        "data": dataset.place(),
        "images": dataset.images.len(),
        "classes": dataset.class_counts(),
        "split": found.config.split,
        "labels": found.decided,
        "settled": report.n_settled,
        "duplicates": paths(&report.duplicates),
        "near_duplicates": paths(&report.near_duplicates),
        "leakage": paths(&report.leakage),
        "leakage_by_parts": report.leaks.iter().map(leak).collect::<Vec<_>>(),
        "no_split": report.no_split,
        "label_issues": label_issues.collect::<Vec<_>>(),
        "labels_not_judged": report.unjudged.iter().map(|&c| class(c)).collect::<Vec<_>>(),
        "outliers": outliers.collect::<Vec<_>>(),
        "quality": quality.collect::<Vec<_>>(),
        "unreadable": unreadable.collect::<Vec<_>>(),
        "shortcuts": report.shortcuts,
        "cautions": codes(found),
        "head_balanced_accuracy": report.head_balanced_accuracy,
        "groups_proposed": groups(found),
        "left_out": found.left_out,
        "warnings": found.warnings,
    })
}

/// What a figure of the folder is to be read with.
fn codes(found: &Found) -> Vec<Code> {
    let tells = found.report.shortcuts.iter().any(|shortcut| shortcut.tells);
    let leaks = !found.report.leakage.is_empty();
    let found = [(leaks, Code::Leak), (tells, Code::Shortcut)];
    found
        .into_iter()
        .filter(|(is_found, _)| *is_found)
        .map(|(_, code)| code)
        .collect()
}

fn leak(leak: &Leak) -> Value {
    json!({"parts": leak.between(), "groups": leak.n_groups, "images": leak.n_images})
}

/// Each image that is not alone, with its group.
fn groups(found: &Found) -> Value {
    let mut sizes = BTreeMap::<&str, usize>::new();
    for group in &found.groups {
        *sizes.entry(group).or_default() += 1;
    }
    let images = found.dataset.images.iter().zip(&found.groups);
    let grouped = images.filter(|(_, group)| sizes[group.as_str()] > 1);
    let groups: BTreeMap<&str, &str> = grouped
        .map(|(image, group)| (image.path.as_str(), group.as_str()))
        .collect();
    let from_names = groups_from_names(&found.dataset);
    let from_names = from_names.map(|names| json!({"pattern": names.pattern, "n_groups": names.n_groups}));
    json!({
        "from_names": from_names,
        "n_groups": sizes.values().filter(|n| **n > 1).count(),
        "no_leak_free_split": found.no_leak_free_split,
        "groups": groups,
    })
}
