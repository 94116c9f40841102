//! Whether a state_dict is that of a network, and if not, of which other one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::tensors::StateDict;
use crate::error::{Error, Result};
use crate::experiment::backbone;

/// Names listed of each kind; the rest is counted.
const N_LISTED: usize = 3;

/// BatchNorm's counter: in files since PyTorch 0.4.1, and nothing that an evaluation needs.
const COUNTER: &str = "num_batches_tracked";

/// torchvision's layers that a new head replaces.
const CLASSIFIERS: [&str; 2] = ["fc.", "classifier."];

/// A tensor by which a network is recognised, the most specific first: (name, and its first two dimensions, network).
const MARKS: &[(&str, [usize; 2], &str)] = &[
    ("features.3.squeeze.weight", [16, 96], "squeezenet1_0"),
    ("features.3.squeeze.weight", [16, 64], "squeezenet1_1"),
    ("layer3.35.conv3.weight", [1024, 256], "resnet152"),
    ("layer3.22.conv3.weight", [1024, 256], "resnet101"),
    ("layer3.22.conv3.weight", [1024, 512], "wide_resnet101_2"),
    ("layer1.0.conv3.weight", [256, 64], "resnet50"),
    ("layer3.5.conv2.weight", [512, 512], "wide_resnet50_2"),
    ("layer3.5.conv2.weight", [512, 16], "resnext50_32x4d"),
    ("layer3.5.conv2.weight", [256, 256], "resnet34"),
    ("layer4.1.conv2.weight", [512, 512], "resnet18"),
    (
        "features.denseblock1.denselayer1.conv1.weight",
        [128, 64],
        "densenet121",
    ),
    ("features.0.0.weight", [32, 3], "mobilenet_v2"),
    ("features.28.weight", [512, 512], "vgg16"),
    ("Mixed_5b.branch1x1.conv.weight", [64, 192], "inception_v3"),
];

/// Compares what a file holds with what a network expects: every expected tensor with its shape, and nothing else.
/// BatchNorm counters may be missing; torchvision's classifier and names that `ignored` says yes to (the head's) may
/// be there or not, of any shape.
///
/// # Errors
/// [`Error::File`] that says which names are missing, unexpected or of another shape, and which network the file
/// looks like.
pub fn check_fit(
    path: &Path,
    found: &StateDict,
    expected: &[(String, Vec<usize>)],
    ignored: impl Fn(&str) -> bool,
) -> Result<()> {
    let counts = |name: &str| !ignored(name) && !CLASSIFIERS.iter().any(|c| name.starts_with(c));
    let shape_of: BTreeMap<&str, &[usize]> = found
        .tensors
        .iter()
        .map(|t| (t.name.as_str(), t.shape.as_slice()))
        .collect();
    let expected_names: BTreeSet<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();

    let mut missing = Vec::new();
    let mut misshapen = Vec::new();
    for (name, shape) in expected.iter().filter(|(name, _)| counts(name)) {
        match shape_of.get(name.as_str()) {
            None if name.ends_with(COUNTER) => {}
            None => missing.push(name.clone()),
            Some(found) if found == shape => {}
            Some(found) => misshapen.push(format!("{name} is {found:?} instead of {shape:?}")),
        }
    }
    let in_the_way = prefix_in_the_way(&missing, &shape_of);
    let unexpected = found.tensors.iter().map(|t| &t.name);
    let unexpected = unexpected.filter(|name| counts(name) && !name.ends_with(COUNTER));
    let unexpected: Vec<String> = unexpected
        .filter(|name| !expected_names.contains(name.as_str()))
        .cloned()
        .collect();

    let faults = [
        ("missing", missing),
        ("unexpected", unexpected),
        ("of another shape", misshapen),
    ];
    let faults: Vec<String> = faults
        .iter()
        .filter(|(_, names)| !names.is_empty())
        .map(listed)
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    let wanted = network_of(|name| Some(expected.iter().find(|(n, _)| n == name)?.1.as_slice()));
    let other = network_of(|name| shape_of.get(name).copied()).filter(|&other| Some(other) != wanted);
    let in_the_way = in_the_way.map(|prefix| {
        format!(" because `{prefix}` stands before their names; save the state_dict without it")
    });
    let advice = in_the_way.or(other.map(advice)).unwrap_or_default();
    Err(Error::file(
        path,
        format!(
            "these weights do not fit this network{advice}: {}",
            faults.join("; ")
        ),
    ))
}

/// What stands before the missing names in the file, where it holds all of them so; wrappers that are known have been taken
/// off before.
fn prefix_in_the_way<'a>(missing: &[String], shape_of: &BTreeMap<&'a str, &[usize]>) -> Option<&'a str> {
    let first = missing.first()?;
    let prefixes = shape_of
        .keys()
        .filter_map(|name| name.strip_suffix(first.as_str()));
    let holds = |prefix: &str, name: &String| shape_of.contains_key(format!("{prefix}{name}").as_str());
    let mut prefixes = prefixes.filter(|prefix| prefix.ends_with('.'));
    prefixes.find(|prefix| missing.iter().all(|name| holds(prefix, name)))
}

/// What to do about weights of another network.
fn advice(other: &str) -> String {
    match backbone(other) {
        Some(_) => format!(" but {other}, so choose that architecture"),
        None => format!(" but {other}, which is none of the architectures here"),
    }
}

/// `2 missing: conv1.weight, bn1.weight`, or `60 missing: a, b, c and 57 more`.
fn listed((kind, names): &(&str, Vec<String>)) -> String {
    let first = names[..names.len().min(N_LISTED)].join(", ");
    let more = names.len().saturating_sub(N_LISTED);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{} {kind}: {first}{rest}", names.len())
}

fn network_of<'s>(shape_of: impl Fn(&str) -> Option<&'s [usize]>) -> Option<&'static str> {
    let mark = MARKS
        .iter()
        .find(|(name, dims, _)| shape_of(name).is_some_and(|shape| shape.starts_with(dims)));
    mark.map(|&(_, _, network)| network)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::weights::{NamedTensor, TensorData};

    type Shape<'a> = (&'a str, &'a [usize]);

    fn holding(tensors: &[Shape]) -> StateDict {
        let tensors = tensors.iter().map(|(name, shape)| NamedTensor {
            name: (*name).into(),
            shape: shape.to_vec(),
            data: TensorData::F32(vec![0.0; shape.iter().product()]),
        });
        StateDict {
            tensors: tensors.collect(),
        }
    }

    fn verdict(found: &[Shape]) -> String {
        let expected = [
            ("conv1.weight", vec![2, 3]),
            ("bn1.weight", vec![2]),
            ("bn1.bias", vec![2]),
            ("bn1.running_mean", vec![2]),
            ("bn1.num_batches_tracked", vec![]),
            ("head.weight", vec![2, 2]),
        ];
        let expected = expected.map(|(name, shape)| (name.to_owned(), shape));
        let fit = check_fit(Path::new("w.pth"), &holding(found), &expected, |name| {
            name.starts_with("head.")
        });
        fit.map_or_else(|e| e.to_string(), |()| "fits".into())
    }

    #[test]
    fn a_file_fits_or_the_error_names_the_differences() {
        let body: [Shape; 4] = [
            ("conv1.weight", &[2, 3]),
            ("bn1.weight", &[2]),
            ("bn1.bias", &[2]),
            ("bn1.running_mean", &[2]),
        ];
        assert_eq!(verdict(&body), "fits");
        let with: &[Shape] = &[
            ("fc.weight", &[1000, 2]),
            ("head.weight", &[7, 2]),
            ("x.num_batches_tracked", &[]),
        ];
        assert_eq!(verdict(&[&body[..], with].concat()), "fits");

        let cases: &[(&[Shape], &str)] = &[
            (
                &body[1..],
                "w.pth: these weights do not fit this network: 1 missing: conv1.weight",
            ),
            (&[], "4 missing: conv1.weight, bn1.weight, bn1.bias and 1 more"),
            (
                &[("layer1.0.conv3.weight", &[256, 64, 1, 1]), ("bn1.weight", &[5])],
                "w.pth: these weights do not fit this network but resnet50, so choose that architecture: 3 missing: conv1.weight, \
                 bn1.bias, bn1.running_mean; 1 unexpected: layer1.0.conv3.weight; \
                 1 of another shape: bn1.weight is [5] instead of [2]",
            ),
        ];
        for (found, expected) in cases {
            let verdict = verdict(found);
            assert!(verdict.ends_with(expected), "{verdict}");
        }
    }

    #[test]
    fn a_prefix_that_is_in_the_way_is_named() {
        let within = |prefix: &str, more: &[Shape]| {
            let names = ["conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean"];
            let names = names.map(|name| format!("{prefix}{name}"));
            let shapes: [&[usize]; 4] = [&[2, 3], &[2], &[2], &[2]];
            let tensors = names.iter().map(String::as_str).zip(shapes);
            verdict(&tensors.chain(more.iter().copied()).collect::<Vec<_>>())
        };
        for prefix in ["student.", "ema.inner."] {
            // Beside it, what is not part of the network.
            for more in [&[][..], &[("projector.weight", &[7, 7][..])]] {
                let verdict = within(prefix, more);
                let said = format!("because `{prefix}` stands before their names; save");
                assert!(verdict.contains(&said), "{verdict}");
            }
        }
        assert!(!verdict(&[("student.conv1.weight", &[2, 3])]).contains("stands before"));
    }

    #[test]
    fn the_more_telling_mark_decides() {
        let cases: &[(&[Shape], Option<&str>)] = &[
            (
                &[
                    ("layer4.1.conv2.weight", &[512, 512]),
                    ("layer3.5.conv2.weight", &[256, 256]),
                ],
                Some("resnet34"),
            ),
            (&[("layer4.1.conv2.weight", &[512, 512])], Some("resnet18")),
            (&[("features.3.squeeze.weight", &[16, 96])], Some("squeezenet1_0")),
            (&[("conv.weight", &[1, 1])], None),
        ];
        for (tensors, network) in cases {
            let shape_of = |name: &str| Some(tensors.iter().find(|(n, _)| *n == name)?.1);
            assert_eq!(network_of(shape_of), *network);
        }
    }

    #[test]
    fn a_part_of_the_wanted_network_is_not_called_another() {
        let mark: Shape = ("layer4.1.conv2.weight", &[512, 512]);
        let expected = [
            (mark.0.to_owned(), mark.1.to_vec()),
            ("conv1.weight".to_owned(), vec![2]),
        ];
        let error = check_fit(Path::new("w.pth"), &holding(&[mark]), &expected, |_| false).unwrap_err();
        assert_eq!(
            error.to_string(),
            "w.pth: these weights do not fit this network: 1 missing: conv1.weight"
        );
    }
}
