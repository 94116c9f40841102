//! What the issues of a folder mean for a job on it: one sentence for each kind, those that cost images first.

use std::collections::BTreeMap;
use std::path::Path;

use super::left_out::{gathered, large_losses};
use crate::error::{Error, Result};
use crate::experiment::{Dataset, Issue, IssueKind};

/// One warning for each reason why images are left out, one for what the classes lose by it, and one for each kind of
/// what else deserves a look.
pub fn folder_warnings(dataset: &Dataset) -> Vec<String> {
    let (lost, rest): (Vec<&Issue>, Vec<&Issue>) =
        dataset.issues.iter().partition(|issue| is_loss(issue.kind));
    let mut warnings = gathered(
        lost.iter()
            .map(|issue| (Path::new(&issue.path), issue.message.as_str())),
    );
    warnings.extend(large_losses_of(dataset, &lost));
    let mut kinds: BTreeMap<IssueKind, Vec<&Issue>> = BTreeMap::new();
    for issue in rest {
        kinds.entry(issue.kind).or_default().push(issue);
    }
    warnings.extend(kinds.into_iter().map(|(kind, issues)| {
        let first = issues[0];
        let more = match issues.len() - 1 {
            0 => String::new(),
            n => format!(" (and {n} more: {})", kind.name()),
        };
        format!("{}: {}{more}", first.path, first.message)
    }));
    warnings
}

/// Whether it makes the file an image that is not trained on.
fn is_loss(kind: IssueKind) -> bool {
    use IssueKind::{LinkLoop, Missing, NotAnImage, NotUtf8, TooLarge, Truncated, Unreadable};
    matches!(
        kind,
        Unreadable | Truncated | TooLarge | NotAnImage | NotUtf8 | LinkLoop | Missing
    )
}

fn large_losses_of(dataset: &Dataset, lost: &[&Issue]) -> Option<String> {
    let n_lost = n_lost(dataset, lost);
    let n_files: Vec<usize> = dataset
        .counts()
        .iter()
        .zip(&n_lost)
        .map(|(n, lost)| n + lost)
        .collect();
    large_losses(&dataset.classes, &n_lost, &n_files)
}

/// Of each class; paths tell it where folders are the classes.
fn n_lost(dataset: &Dataset, lost: &[&Issue]) -> Vec<usize> {
    if let Some(table) = &dataset.table {
        return table.n_lost.clone();
    }
    let mut n_lost = vec![0; dataset.n_classes()];
    for class_idx in lost.iter().filter_map(|issue| class_of(dataset, &issue.path)) {
        n_lost[class_idx] += 1;
    }
    n_lost
}

/// The class in whose folder a file lies.
fn class_of(dataset: &Dataset, path: &str) -> Option<usize> {
    let mut parts = path.split('/').take(2);
    parts.find_map(|part| dataset.classes.iter().position(|class| class == part))
}

/// A class of which nothing can be read is not the same as a folder without images, and no figure may pass over it.
///
/// # Errors
/// There is such a class, with its name, how many files it has, and what is wrong with one of them.
pub fn no_class_is_unreadable(dataset: &Dataset) -> Result<()> {
    if dataset.table.is_some() {
        return no_class_of_a_table_is_lost(dataset);
    }
    let counts = dataset.counts();
    for (class_idx, class) in dataset.classes.iter().enumerate() {
        let is_of_class =
            |issue: &&Issue| is_loss(issue.kind) && class_of(dataset, &issue.path) == Some(class_idx);
        let mut of_class = dataset.issues.iter().filter(is_of_class).peekable();
        let (0, Some(first)) = (counts[class_idx], of_class.peek().copied()) else {
            continue;
        };
        let n = of_class.count();
        let none = match n {
            1 => "the one image cannot be read".to_owned(),
            n => format!("none of the {n} images can be read"),
        };
        let message = format!(
            "class {class}: {none}, such as {}: {}; replace them, or leave the class out by moving its folder away",
            first.path, first.message
        );
        return Err(Error::file(&dataset.root, message));
    }
    Ok(())
}

fn no_class_of_a_table_is_lost(dataset: &Dataset) -> Result<()> {
    let empty = dataset
        .issues
        .iter()
        .find(|issue| issue.kind == IssueKind::EmptyClass);
    empty.map_or(Ok(()), |issue| {
        Err(Error::file(
            dataset.place(),
            format!("class {}: {}", issue.path, issue.message),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ImageEntry;

    fn folder(n_real: usize, issues: &[(&str, IssueKind, &str)]) -> Dataset {
        let image = |class_idx| ImageEntry {
            path: String::new(),
            class_idx,
            folder: None,
        };
        let issue = |&(path, kind, message): &(&str, IssueKind, &str)| Issue {
            path: path.into(),
            kind,
            message: message.into(),
        };
        Dataset {
            classes: vec!["FAKE".into(), "REAL".into()],
            images: [vec![image(0); 40], vec![image(1); n_real]].concat(),
            issues: issues.iter().map(issue).collect(),
            ..Dataset::default()
        }
    }

    #[test]
    fn what_costs_images_comes_first_and_is_gathered() {
        use IssueKind::{Duplicate, Unreadable};
        let dataset = folder(
            10,
            &[
                ("FAKE/1.png", Duplicate, "is twice there"),
                ("FAKE/3.png", Duplicate, "is twice there, too"),
                ("REAL/1.tif", Unreadable, "Zstandard"),
                ("REAL/2.tif", Unreadable, "Zstandard"),
            ],
        );
        assert_eq!(
            folder_warnings(&dataset),
            [
                "2 images are left out: Zstandard (REAL/1.tif and REAL/2.tif)",
                "a large share of images is left out: 2 of 12 of REAL",
                "FAKE/1.png: is twice there (and 1 more: duplicate)",
            ]
        );
        assert!(no_class_is_unreadable(&dataset).is_ok());
    }

    #[test]
    fn a_class_of_which_nothing_can_be_read_is_named() {
        let unreadable = [
            ("val/REAL/1.tif", IssueKind::Unreadable, "Zstandard"),
            ("val/REAL/2.tif", IssueKind::Unreadable, "Zstandard"),
            ("REAL", IssueKind::EmptyClass, "none of the 2 images"),
        ];
        let message = no_class_is_unreadable(&folder(0, &unreadable))
            .unwrap_err()
            .to_string();
        assert!(
            message
                .contains("class REAL: none of the 2 images can be read, such as val/REAL/1.tif: Zstandard;"),
            "{message}"
        );
        // A folder without images is another matter, and the split reports it.
        let empty = [("REAL", IssueKind::EmptyClass, "no images")];
        assert!(no_class_is_unreadable(&folder(0, &empty)).is_ok());
    }
}
