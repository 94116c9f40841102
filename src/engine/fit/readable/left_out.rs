//! Images that are left out, in words: a sentence for each reason and one for what the classes lose.

use std::collections::BTreeMap;
use std::path::Path;

use crate::experiment::Dataset;
use crate::metrics::named;

/// How many files of a kind a sentence names.
const NAMED: usize = 2;
/// Reasons that get their own sentence.
const KINDS: usize = 5;
/// Classes that are named.
const CLASSES: usize = 5;

/// One sentence for each reason, with how many images it left out and a few of their names.
pub fn in_words(dataset: &Dataset, left_out: &BTreeMap<usize, String>) -> Vec<String> {
    let named = left_out
        .iter()
        .map(|(&i, why)| (Path::new(&dataset.images[i].path), why.as_str()));
    gathered(named)
}

/// The same of files with the reason why each cannot be read. A single one is named with its reason.
pub fn gathered<'a>(files: impl Iterator<Item = (&'a Path, &'a str)>) -> Vec<String> {
    let mut kinds: BTreeMap<&str, Vec<&Path>> = BTreeMap::new();
    for (path, why) in files {
        kinds.entry(why).or_default().push(path);
    }
    let mut kinds: Vec<(&str, Vec<&Path>)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, paths)| std::cmp::Reverse(paths.len()));
    let rest = kinds.split_off(kinds.len().min(KINDS));
    let mut sentences: Vec<String> = kinds.iter().map(|(why, paths)| sentence(why, paths)).collect();
    if !rest.is_empty() {
        let paths: Vec<&Path> = rest.iter().flat_map(|(_, paths)| paths.iter().copied()).collect();
        sentences.push(sentence(
            "for other reasons, which a scan of the folder lists",
            &paths,
        ));
    }
    sentences
}

fn sentence(why: &str, paths: &[&Path]) -> String {
    let [first, .., last] = paths else {
        let name = paths
            .first()
            .map_or_else(String::new, |path| path.display().to_string());
        return format!("{name} is left out: {why}");
    };
    let more = match paths.len() - NAMED {
        0 => format!("{} and {}", first.display(), last.display()),
        n => format!("{}, {} and {n} more", first.display(), paths[1].display()),
    };
    format!("{} images are left out: {why} ({more})", paths.len())
}

/// A warning that names the classes which lose more than a tenth of their images, as `4 of 12 of REAL`. Both counts are by
/// class; `n_images` includes what is lost.
pub fn large_losses(classes: &[String], n_lost: &[usize], n_images: &[usize]) -> Option<String> {
    let counts = n_lost.iter().zip(n_images).zip(classes);
    let large: Vec<String> = counts
        .filter(|((lost, images), _)| *lost * 10 > **images)
        .map(|((lost, images), class)| format!("{lost} of {images} of {class}"))
        .collect();
    let named = named(&large, CLASSES);
    (!large.is_empty()).then(|| format!("a large share of images is left out: {named}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_gathered_with_a_few_names() {
        let files = |files: &[(&'static str, &'static str)]| {
            gathered(files.iter().map(|&(path, why)| (Path::new(path), why)))
        };
        assert!(files(&[]).is_empty());
        assert_eq!(files(&[("a.tif", "zstd")]), ["a.tif is left out: zstd"]);
        assert_eq!(
            files(&[("a.tif", "zstd"), ("b.tif", "zstd")]),
            ["2 images are left out: zstd (a.tif and b.tif)"]
        );
        let many = files(&[
            ("a", "x"),
            ("b", "zstd"),
            ("c", "zstd"),
            ("d", "zstd"),
            ("e", "zstd"),
        ]);
        assert_eq!(
            many,
            [
                "4 images are left out: zstd (b, c and 2 more)",
                "a is left out: x"
            ]
        );
        let reasons = ["1", "2", "3", "4", "5", "6", "7"].map(|why| ("p", why));
        let said = files(&reasons);
        assert_eq!(said.len(), KINDS + 1);
        assert!(
            said[KINDS].starts_with("2 images are left out: for other reasons"),
            "{said:?}"
        );
    }

    #[test]
    fn of_many_classes_a_few_are_named() {
        let classes: Vec<String> = (0..7).map(|i| format!("c{i}")).collect();
        let said = large_losses(&classes, &[1; 7], &[2; 7]).unwrap();
        assert!(said.ends_with("1 of 2 of c4 and 2 more"), "{said}");
        // A tenth is not large yet.
        assert_eq!(large_losses(&classes, &[1; 7], &[10; 7]), None);
        let said = large_losses(&classes[..2], &[1, 2], &[10, 12]).unwrap();
        assert_eq!(said, "a large share of images is left out: 2 of 12 of c1");
    }
}
