//! Images that were saved again, found by their perceptual hashes alone; what is cropped takes features to be found.

use std::collections::BTreeMap;

use super::super::picture::{PerceptualHash, Properties, perceptual_hash};
use super::aligned::is_same_picture;
use super::close_hashes::close_pairs;
use super::components::Components;

/// Joins the images that show the same. `images` are what is known of each, `None` where it could not be read. One that
/// shows nothing is like every other such one, and nobody's copy.
pub fn copies_by_hash(images: &[Option<Properties>], components: &mut Components) {
    let mut of_hash = BTreeMap::<PerceptualHash, Vec<usize>>::new();
    for (i, image) in images.iter().enumerate() {
        if let Some(image) = image.as_ref().filter(|image| !image.measures.show_nothing()) {
            of_hash.entry(perceptual_hash(&image.sketch)).or_default().push(i);
        }
    }
    let mut join = |a: usize, b: usize| {
        if let (Some(one), Some(other)) = (&images[a], &images[b])
            && !components.are_joined(a, b)
            && is_same_picture(&one.sketch, &other.sketch)
        {
            components.join(a, b);
        }
    };
    // Of the same hash each is compared with the first: thousands of copies of one image are no millions of pairs.
    for same in of_hash.values() {
        same[1..].iter().for_each(|&other| join(same[0], other));
    }
    let hashes: Vec<PerceptualHash> = of_hash.keys().copied().collect();
    for (i, j) in close_pairs(&hashes) {
        join(of_hash[&hashes[i]][0], of_hash[&hashes[j]][0]);
    }
}
