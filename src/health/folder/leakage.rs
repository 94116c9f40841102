//! Copies that lie in more than one part of a split: what is judged was trained on, and figures are not of new images.

use serde::{Deserialize, Serialize};

use crate::experiment::Part;

/// Between two parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leak {
    /// In the order of a split.
    pub parts: [Part; 2],
    /// Groups of copies that have images in both.
    pub n_groups: usize,
    /// Images of these groups in the first part and in the second.
    pub n_images: [usize; 2],
}

/// The groups of copies that straddle, and how many do between each two parts. `copies` are images that belong together, by
/// index; `part_of` is each image's part.
pub fn leakage(copies: &[Vec<usize>], part_of: &[Option<Part>]) -> (Vec<Vec<usize>>, Vec<Leak>) {
    let mut straddling = Vec::new();
    let mut leaks = Vec::<Leak>::new();
    for images in copies {
        let count = |part: Part| {
            images
                .iter()
                .filter(|&&i| part_of.get(i) == Some(&Some(part)))
                .count()
        };
        let there: Vec<(Part, usize)> = Part::ALL
            .map(|part| (part, count(part)))
            .into_iter()
            .filter(|(_, n)| *n > 0)
            .collect();
        if there.len() > 1 {
            straddling.push(images.clone());
        }
        for (at, &(first, n_first)) in there.iter().enumerate() {
            for &(second, n_second) in &there[at + 1..] {
                let parts = [first, second];
                let place = leaks
                    .iter()
                    .position(|leak| leak.parts == parts)
                    .unwrap_or(leaks.len());
                if place == leaks.len() {
                    leaks.push(Leak {
                        parts,
                        n_groups: 0,
                        n_images: [0, 0],
                    });
                }
                let leak = &mut leaks[place];
                leak.n_groups += 1;
                leak.n_images[0] += n_first;
                leak.n_images[1] += n_second;
            }
        }
    }
    leaks.sort_by_key(|leak| leak.parts);
    (straddling, leaks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_in_two_parts_are_counted_for_each_pair() {
        use Part::{Test, Train, Val};
        let parts = [Train, Train, Val, Val, Test, Test, Train].map(Some);
        let copies = [vec![0, 2], vec![1, 6], vec![3, 4, 0], vec![4, 5]];
        let (straddling, leaks) = leakage(&copies, &parts);
        assert_eq!(straddling, [vec![0, 2], vec![3, 4, 0]]);
        let counts: Vec<_> = leaks
            .iter()
            .map(|leak| (leak.parts, leak.n_groups, leak.n_images))
            .collect();
        assert_eq!(
            counts,
            [
                ([Train, Val], 2, [2, 2]),
                ([Train, Test], 1, [1, 1]),
                ([Val, Test], 1, [1, 1])
            ]
        );
        assert_eq!(leakage(&copies, &[None; 7]), (vec![], vec![]));
    }
}
