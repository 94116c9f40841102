//! A folder's images by their features: their places in two pictures, and the nearest of each.

use serde::{Deserialize, Serialize};

/// One entry an image that has features, in the folder's order; the places below are places in this list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FeatureMap {
    /// Into the folder's images.
    pub images: Vec<u32>,
    /// Along the two directions in which the features differ most.
    pub pca: Vec<[f32; 2]>,
    /// Which share of the features' variance each of these directions has.
    pub variance: [f64; 2],
    /// By neighbourhoods; empty until it is known.
    pub umap: Vec<[f32; 2]>,
    /// Of no image until it is known.
    pub nearest: Nearest,
}

impl FeatureMap {
    /// Where the image stands in the list.
    pub fn place_of(&self, image: usize) -> Option<usize> {
        self.images.binary_search(&u32::try_from(image).ok()?).ok()
    }

    /// Whether its lists fit each other, as those of a file may not.
    pub fn is_whole(&self) -> bool {
        let n = self.images.len();
        let is_finite = |points: &[[f32; 2]]| points.iter().flatten().all(|x| x.is_finite());
        let rises = self.images.windows(2).all(|pair| pair[0] < pair[1]);
        let fits = self.pca.len() == n && self.umap.len() == n && self.nearest.is_of(n);
        rises && fits && is_finite(&self.pca) && is_finite(&self.umap)
    }
}

/// The nearest others of each image by the cosine of their features, the nearest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Nearest {
    /// How many of each.
    pub k: usize,
    /// `[n, k]`, row-major.
    pub places: Vec<u32>,
    /// Of the same.
    pub cosines: Vec<f32>,
}

impl Nearest {
    /// Place and cosine, the nearest first; none where they are not known.
    pub fn of(&self, place: usize) -> impl Iterator<Item = (usize, f32)> {
        let row = place * self.k..(place + 1) * self.k;
        let places = self.places.get(row.clone()).unwrap_or_default();
        let cosines = self.cosines.get(row).unwrap_or_default();
        places
            .iter()
            .zip(cosines)
            .map(|(&at, &cosine)| (at as usize, cosine))
    }

    fn is_of(&self, n: usize) -> bool {
        let is_long = |len: usize| Some(len) == n.checked_mul(self.k);
        is_long(self.places.len())
            && is_long(self.cosines.len())
            && self.places.iter().all(|&place| (place as usize) < n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_three() -> FeatureMap {
        FeatureMap {
            images: vec![0, 2, 5],
            pca: vec![[0.0; 2]; 3],
            umap: vec![[1.0; 2]; 3],
            nearest: Nearest {
                k: 1,
                places: vec![1, 0, 1],
                cosines: vec![0.9, 0.9, 0.5],
            },
            ..FeatureMap::default()
        }
    }

    #[test]
    fn images_are_found_and_their_nearest_listed() {
        let map = of_three();
        assert!(map.is_whole());
        assert_eq!(
            [0, 1, 5].map(|image| map.place_of(image)),
            [Some(0), None, Some(2)]
        );
        assert_eq!(map.nearest.of(2).collect::<Vec<_>>(), [(1, 0.5)]);
        assert_eq!(map.nearest.of(3).count(), 0);
        assert_eq!(Nearest::default().of(0).count(), 0);
    }

    #[test]
    fn lists_that_do_not_fit_each_other_are_no_map() {
        let change = |change: fn(&mut FeatureMap)| {
            let mut map = of_three();
            change(&mut map);
            map.is_whole()
        };
        assert!(!change(|map| map.images = vec![0, 5, 2]));
        assert!(!change(|map| _ = map.umap.pop()));
        assert!(!change(|map| map.pca[1] = [f32::NAN, 0.0]));
        assert!(!change(|map| map.nearest.places[0] = 3));
        assert!(!change(|map| map.nearest.k = usize::MAX));
    }
}
