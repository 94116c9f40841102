//! Pictures that lie in the folder more than once. Where one is trained on and its twin is judged, a figure is not one of new
//! images.

use super::{Dataset, Part};
use crate::experiment::split::Split;

/// What is trained on and judged at the same time, in a sentence; `None` where nothing is.
pub fn leaks(dataset: &Dataset, split: &Split) -> Option<String> {
    let mut n_leaked = [0; 3];
    let mut example = None;
    for twins in &dataset.twins {
        let part = |&i: &usize| Some((i, split.part_of(i)?));
        let parts: Vec<(usize, Part)> = twins.iter().filter_map(part).collect();
        let Some(&(trained, _)) = parts.iter().find(|(_, part)| *part == Part::Train) else {
            continue;
        };
        for &(i, part) in parts.iter().filter(|(_, part)| *part != Part::Train) {
            n_leaked[part as usize] += 1;
            example.get_or_insert((i, trained));
        }
    }
    let (judged, trained) = example?;
    let count = |part: Part, name: &str| match n_leaked[part as usize] {
        0 => None,
        1 => Some(format!("1 {name} image")),
        n => Some(format!("{n} {name} images")),
    };
    let counts: Vec<String> = [count(Part::Val, "validation"), count(Part::Test, "test")]
        .into_iter()
        .flatten()
        .collect();
    let is = if n_leaked.iter().sum::<usize>() == 1 {
        "is"
    } else {
        "are"
    };
    Some(format!(
        "{} {is} also trained on, under another name ({} is {}), so the figures are not those of new images; leave all but one \
         out, or keep them together (Health finds them)",
        counts.join(" and "),
        dataset.images[judged].path,
        dataset.images[trained].path
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ImageEntry;

    #[test]
    fn twins_in_two_parts_are_counted() {
        let image = |i: usize| ImageEntry {
            path: format!("{i}.png"),
            class_idx: 0,
            folder: None,
        };
        let mut dataset = Dataset {
            images: (0..8).map(image).collect(),
            twins: vec![vec![0, 1], vec![2, 4, 6], vec![5, 7]],
            ..Dataset::default()
        };
        let split = Split {
            train: vec![0, 1, 2, 3],
            val: vec![4, 5],
            test: vec![6, 7],
        };
        let said = leaks(&dataset, &split).unwrap();
        assert!(
            said.starts_with("1 validation image and 1 test image are also trained on"),
            "{said}"
        );
        assert!(said.contains("(4.png is 2.png)"), "{said}");
        dataset.twins = vec![vec![0, 1], vec![5, 7]];
        assert_eq!(leaks(&dataset, &split), None);
    }
}
