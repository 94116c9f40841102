//! Whether something that is no content tells the classes: the type of a file, its size, its brightness. A head may learn
//! that instead (Geirhos et al. 2020, "Shortcut learning"), and no class weight mends it.

use serde::{Deserialize, Serialize};

use super::super::picture::{OF_JPEGS, Properties, SCALES};
use super::tree::{Examples, Tree};

/// One property, and how well it alone tells the classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shortcut {
    pub property: String,
    /// Of a small tree, out of fold; one over the number of classes is chance.
    pub balanced_accuracy: f64,
    /// Whether that is far beyond chance.
    pub tells: bool,
}

/// Share of the way from chance to certainty from which on a property is said to tell the classes, beside its error.
const TELLING: f64 = 0.25;
/// Standard errors that it must be beyond chance.
const SURE: f64 = 3.0;

/// Every property that differs among the images, and all together, the most telling first. `classes` and `folds` are each
/// image's; images that could not be read are left out.
pub fn shortcuts(
    images: &[Option<Properties>],
    classes: &[usize],
    n_classes: usize,
    folds: &[usize],
) -> Vec<Shortcut> {
    let known: Vec<(usize, &Properties)> = images
        .iter()
        .enumerate()
        .filter_map(|(i, image)| Some((i, image.as_ref()?)))
        .collect();
    let of_known = |of_all: &[usize]| -> Vec<usize> { known.iter().map(|(i, _)| of_all[*i]).collect() };
    let (classes, folds) = (of_known(classes), of_known(folds));
    let mut columns = Vec::new();
    let file_type = |image: &Properties| f64::from(image.file.file_type as u8);
    let file_types = known.iter().map(|(_, image)| file_type(image)).collect();
    let scales = SCALES.iter().map(|scale| {
        let of = known.iter().map(|(_, image)| (scale.value)(image).unwrap_or(0.0));
        (scale.name, of.collect::<Vec<f64>>())
    });
    for (name, column) in [("file type", file_types)].into_iter().chain(scales) {
        let differs = column.iter().any(|value| *value != column[0]);
        let is_new = name != OF_JPEGS || known.iter().all(|(_, image)| image.file.jpeg_quality.is_some());
        if differs && is_new {
            columns.push((name, vec![column]));
        }
    }
    if columns.len() > 1 {
        let all = columns.iter().flat_map(|(_, column)| column.clone());
        columns.push(("all of these together", all.collect()));
    }
    let mut found: Vec<Shortcut> = columns
        .into_iter()
        .filter_map(|(name, columns)| {
            judged(
                name,
                Examples {
                    columns: &columns,
                    classes: &classes,
                    n_classes,
                },
                &folds,
            )
        })
        .collect();
    found.sort_by(|a, b| b.balanced_accuracy.total_cmp(&a.balanced_accuracy));
    found
}

/// `None` where there are not two classes.
fn judged(name: &str, examples: Examples, folds: &[usize]) -> Option<Shortcut> {
    let n_folds = folds.iter().max()? + 1;
    let mut n_right = vec![0u64; examples.n_classes];
    let mut n_all = vec![0u64; examples.n_classes];
    for fold in 0..n_folds {
        let (judged, learnt): (Vec<usize>, Vec<usize>) = (0..folds.len()).partition(|&i| folds[i] == fold);
        let tree = Tree::grown(examples, &learnt);
        for i in judged {
            let class = examples.classes[i];
            n_all[class] += 1;
            n_right[class] += u64::from(tree.class_of(examples.columns, i) == class);
        }
    }
    let there: Vec<(u64, u64)> = n_right.into_iter().zip(n_all).filter(|(_, n)| *n > 0).collect();
    if there.len() < 2 {
        return None;
    }
    let n_classes = there.len() as f64;
    let balanced_accuracy = there
        .iter()
        .map(|(right, n)| *right as f64 / *n as f64)
        .sum::<f64>()
        / n_classes;
    let chance = 1.0 / n_classes;
    // Of guessing: the mean of independent shares, each of its class's images.
    let variance = there
        .iter()
        .map(|(_, n)| chance * (1.0 - chance) / *n as f64)
        .sum::<f64>()
        / n_classes.powi(2);
    let to_beat = chance + (TELLING * (1.0 - chance)).max(SURE * variance.sqrt());
    Some(Shortcut {
        property: name.into(),
        balanced_accuracy,
        tells: balanced_accuracy >= to_beat,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::picture::FileFacts;
    use super::*;
    use crate::experiment::FileType;

    /// 30 images of each of two classes, of the same kind of content.
    fn images(file: impl Fn(usize) -> FileFacts) -> (Vec<Option<Properties>>, Vec<usize>, Vec<usize>) {
        let pixel = |i: usize, at: usize| ((at * 31 + i * 77) % 251) as u8;
        let image = |i: usize| {
            let rgb: Vec<u8> = (0..8 * 8 * 3).map(|at| pixel(i, at)).collect();
            Some(Properties::of(file(i), 8, 8, &rgb))
        };
        let classes = (0..60).map(|i| i / 30).collect();
        (
            (0..60).map(image).collect(),
            classes,
            (0..60).map(|i| i % 5).collect(),
        )
    }

    fn png(_: usize) -> FileFacts {
        FileFacts {
            width: 64,
            height: 48,
            n_bytes: 1,
            file_type: FileType::Png,
            jpeg_quality: None,
            turned: false,
        }
    }

    #[test]
    fn a_class_of_another_file_type_is_told_by_it() {
        let (images, classes, folds) = images(|i| FileFacts {
            file_type: if i < 30 { FileType::Jpeg } else { FileType::Png },
            jpeg_quality: (i < 30).then_some(75),
            ..png(i)
        });
        let found = shortcuts(&images, &classes, 2, &folds);
        let first = &found[0];
        assert_eq!((first.balanced_accuracy, first.tells), (1.0, true));
        assert!(found.iter().any(|s| s.property == "file type" && s.tells));
        assert!(
            found.iter().all(|s| s.property != "JPEG quality"),
            "it says no more than the type"
        );
        assert!(found.iter().all(|s| s.property != "size"), "all have one");
    }

    #[test]
    fn what_is_the_same_in_both_classes_tells_nothing() {
        let (images, classes, folds) = images(|i| FileFacts {
            width: 60 + (i % 30) as u32,
            ..png(i)
        });
        let found = shortcuts(&images, &classes, 2, &folds);
        let size = found.iter().find(|s| s.property == "size").unwrap();
        assert!(!size.tells && size.balanced_accuracy < 0.6, "{found:?}");
    }
}
