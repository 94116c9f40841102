//! The split by groups: whole groups are placed, so that each part's share of each class is as near as they allow.

use std::collections::BTreeSet;

use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use super::Shares;
use crate::experiment::dataset::{Dataset, Part};

/// Rounds of moving groups after all are placed. The first does nearly all there is to do.
const MAX_ROUNDS: usize = 10;

/// The part of each image.
///
/// Groups are placed greedily, the heaviest first, each where the deviation from the wanted class shares stays least;
/// then each may move once more to where it is less, as long as some does. The deviation is Pearson's: the sum over
/// parts and classes of (reached - wanted)^2 / wanted, in shares of the class. In shares, so that a rare class counts as
/// much as a common one; relative to what is wanted, so that train, which wants most, does not get all heavy groups.
///
/// # Errors
/// If there is not one group name for each image.
pub fn grouped(
    dataset: &Dataset,
    group_of_image: &[String],
    shares: Shares,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Part>, String> {
    let n_images = dataset.images.len();
    if group_of_image.len() != n_images {
        return Err(format!(
            "{} groups were given for {n_images} images",
            group_of_image.len()
        ));
    }
    let mut groups = groups_by_name(dataset, group_of_image);
    let mut tally = Tally::new(dataset.counts(), shares);

    // Order by halvings, random within each: ordered by exact size, groups of different sizes would fall alike for
    // every seed.
    groups.shuffle(rng);
    groups.sort_by_key(|group| tally.halvings(group));

    for group in &mut groups {
        group.part = tally.best_part(group, |_| 0);
        tally.add(group);
    }
    for _ in 0..MAX_ROUNDS {
        let mut moved = false;
        for group in &mut groups {
            tally.remove(group);
            let best = tally.best_part(group, |part| tally.n_first(group, part));
            moved |= best != group.part;
            group.part = best;
            tally.add(group);
        }
        if !moved {
            break;
        }
    }

    let mut part_of_image = vec![Part::Val; n_images];
    for group in &groups {
        for &i in &group.images {
            part_of_image[i] = group.part;
        }
    }
    Ok(part_of_image)
}

/// How many groups hold images of a class.
pub fn groups_of_class(dataset: &Dataset, group_of_image: &[String], class_idx: usize) -> usize {
    let images = dataset.images.iter().zip(group_of_image);
    let of_class = images.filter(|(image, _)| image.class_idx == class_idx);
    of_class.map(|(_, group)| group).collect::<BTreeSet<_>>().len()
}

struct Group {
    images: Vec<usize>,
    /// (class, images of it), for those it has. Most groups have one class of many.
    counts: Vec<(usize, usize)>,
    part: Part,
}

fn groups_by_name(dataset: &Dataset, group_of_image: &[String]) -> Vec<Group> {
    let class_of = |i: usize| dataset.images[i].class_idx;
    let mut order: Vec<usize> = (0..group_of_image.len()).collect();
    order.sort_by_key(|&i| (&group_of_image[i], class_of(i)));
    let of_one_name = order.chunk_by(|&a, &b| group_of_image[a] == group_of_image[b]);
    of_one_name
        .map(|images| Group {
            images: images.to_vec(),
            counts: images
                .chunk_by(|&a, &b| class_of(a) == class_of(b))
                .map(|of_class| (class_of(of_class[0]), of_class.len()))
                .collect(),
            part: Part::Train,
        })
        .collect()
}

/// What each part has so far.
struct Tally {
    n_of_class: Vec<usize>,
    /// Parts that want images, with their share.
    wanted: Vec<(Part, f64)>,
    /// Images by part and class.
    placed: [Vec<usize>; Part::ALL.len()],
}

impl Tally {
    fn new(n_of_class: Vec<usize>, shares: Shares) -> Self {
        let val = 1.0 - shares.train - shares.test;
        let wanted = [
            (Part::Train, shares.train),
            (Part::Val, val),
            (Part::Test, shares.test),
        ];
        Tally {
            wanted: wanted.into_iter().filter(|(_, share)| *share > 0.0).collect(),
            placed: std::array::from_fn(|_| vec![0; n_of_class.len()]),
            n_of_class,
        }
    }

    fn add(&mut self, group: &Group) {
        for &(class_idx, n) in &group.counts {
            self.placed[group.part as usize][class_idx] += n;
        }
    }

    fn remove(&mut self, group: &Group) {
        for &(class_idx, n) in &group.counts {
            self.placed[group.part as usize][class_idx] -= n;
        }
    }

    /// How often the class that the group has the largest share of can be halved to come down to it: 0 for the
    /// heaviest groups.
    fn halvings(&self, group: &Group) -> u32 {
        let of_class = |&(class_idx, n): &(usize, usize)| (self.n_of_class[class_idx] / n).ilog2();
        group.counts.iter().map(of_class).min().unwrap_or(0)
    }

    /// The part with the highest rank, and of these the one where the group adds least to the deviation; where it is
    /// if that is as good.
    fn best_part(&self, group: &Group, rank: impl Fn(Part) -> usize) -> Part {
        let key = |part: Part, share: f64| (rank(part), -self.added_deviation(group, part, share));
        let here = self.wanted.iter().find(|(part, _)| *part == group.part);
        let mut best: Option<(Part, (usize, f64))> = None;
        for &(part, share) in here.into_iter().chain(&self.wanted) {
            let key = key(part, share);
            if best.is_none_or(|(_, best_key)| key > best_key) {
                best = Some((part, key));
            }
        }
        best.map_or(group.part, |(part, _)| part)
    }

    /// By how much the deviation grows if the group goes there, up to a number that is the same for all parts:
    /// ((f + g - s)^2 - (f - s)^2) / s = g (2 f + g) / s - 2 g, with shares s wanted, f reached, g of the group.
    fn added_deviation(&self, group: &Group, part: Part, share: f64) -> f64 {
        let placed = &self.placed[part as usize];
        let of_class = |&(class_idx, n): &(usize, usize)| {
            let n_of_class = self.n_of_class[class_idx] as f64;
            let (reached, added) = (placed[class_idx] as f64 / n_of_class, n as f64 / n_of_class);
            added * (2.0 * reached + added) / share
        };
        group.counts.iter().map(of_class).sum()
    }

    /// Of how many classes the part has no image yet but would get some. Takes precedence over the deviation once all
    /// groups are placed, so that no class is missing where it need not be.
    fn n_first(&self, group: &Group, part: Part) -> usize {
        let placed = &self.placed[part as usize];
        group
            .counts
            .iter()
            .filter(|(class_idx, _)| placed[*class_idx] == 0)
            .count()
    }
}
