//! Where a class is found less: its recall among the images of a slice, against the other images.

mod fisher;
mod holm;

use fisher::{Factorials, fisher_exact};
use holm::holm;

use super::compared::{Difference, difference_of_shares};

/// Below it a difference is not taken for chance, once all are counted that were looked at.
const ALPHA: f64 = 0.05;

/// What became of the images of a slice.
#[derive(Debug, Clone, PartialEq)]
pub struct SliceFigures {
    pub n_images: u64,
    /// Of each class: found, and how many there are.
    pub found: Vec<(u64, u64)>,
    /// Of the class that is asked about; `None` where the slice has none of its images, or has them all.
    pub against_rest: Option<AgainstRest>,
}

/// A class's recall in a slice, less that among the other images of which the property is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgainstRest {
    pub difference: Difference,
    /// Fisher's exact test, two-sided.
    pub p: f64,
    /// The same for as many slices as were compared (Holm).
    pub p_of_all: f64,
}

impl SliceFigures {
    /// By which the worst come first: what is surely worse or better, then what may be chance, then what cannot be compared.
    pub fn order(&self) -> f64 {
        match &self.against_rest {
            // A difference is at most one.
            Some(against) if against.is_sure() => against.difference.value,
            Some(against) => 10.0 + against.difference.value,
            None => 20.0,
        }
    }
}

impl AgainstRest {
    /// Whether it is more than what the best and the worst of so many slices show by chance.
    pub fn is_sure(&self) -> bool {
        self.p_of_all < ALPHA
    }
}

/// True and predicted class of each image, and the class whose recall is held against the rest.
#[derive(Debug, Clone, Copy)]
pub struct ClassCalls<'a> {
    pub calls: &'a [(usize, Option<usize>)],
    pub n_classes: usize,
    pub class_idx: usize,
}

/// The figures of each property's slices. A slice is the places of its images; those of one property have no image in common.
pub fn slice_figures(judged: ClassCalls, properties: &[Vec<&[u32]>]) -> Vec<Vec<SliceFigures>> {
    let factorials = Factorials::up_to(judged.calls.len() as u64);
    let mut all: Vec<Vec<SliceFigures>> = properties
        .iter()
        .map(|slices| of_property(judged, slices, &factorials))
        .collect();
    let compared = || all.iter().flatten().filter_map(|slice| slice.against_rest);
    let ps: Vec<f64> = compared().map(|against| against.p).collect();
    let mut of_all = holm(&ps).into_iter();
    for slice in all.iter_mut().flatten() {
        if let Some(against) = &mut slice.against_rest {
            against.p_of_all = of_all.next().unwrap_or(1.0);
        }
    }
    all
}

fn of_property(judged: ClassCalls, slices: &[&[u32]], factorials: &Factorials) -> Vec<SliceFigures> {
    let found: Vec<Vec<(u64, u64)>> = slices.iter().map(|places| found(judged, places)).collect();
    let of_class = |found: &Vec<(u64, u64)>| found.get(judged.class_idx).copied().unwrap_or((0, 0));
    let all = found
        .iter()
        .map(of_class)
        .fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
    let figures = |(places, found): (&&[u32], Vec<(u64, u64)>)| {
        let here = of_class(&found);
        let rest = (all.0 - here.0, all.1 - here.1);
        let against_rest = difference_of_shares(here, rest).map(|difference| {
            let p = fisher_exact(here, rest, factorials);
            AgainstRest {
                difference,
                p,
                p_of_all: p,
            }
        });
        SliceFigures {
            n_images: places.len() as u64,
            found,
            against_rest,
        }
    };
    slices.iter().zip(found).map(figures).collect()
}

fn found(judged: ClassCalls, places: &[u32]) -> Vec<(u64, u64)> {
    let mut found = vec![(0, 0); judged.n_classes];
    for &(truth, predicted) in places
        .iter()
        .filter_map(|&place| judged.calls.get(place as usize))
    {
        if let Some((part, whole)) = found.get_mut(truth) {
            *whole += 1;
            *part += u64::from(predicted == Some(truth));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: class 1 is found in 2 of 10 images here, in 18 of 20 there; class 0 always. SciPy 1.17:
    /// fisher_exact([[2, 8], [18, 2]]).pvalue; statsmodels 0.15: confint_proportions_2indep(2, 10, 18, 20, method="newcomb").
    #[test]
    fn a_slice_is_held_against_the_rest_of_its_property() {
        let mut calls = vec![(0, Some(0)); 5];
        calls.extend((0..10).map(|i| (1, Some(usize::from(i < 2)))));
        calls.extend((0..20).map(|i| (1, Some(usize::from(i < 18)))));
        // Of which the property is not known.
        calls.extend([(1, None); 7]);
        let (here, there): (Vec<u32>, Vec<u32>) = ((0..15).collect(), (15..35).collect());
        let judged = ClassCalls {
            calls: &calls,
            n_classes: 2,
            class_idx: 1,
        };
        let found = slice_figures(judged, &[vec![&here, &there]]);
        let [dark, light] = &found[0][..] else { panic!() };
        assert_eq!((dark.n_images, light.n_images), (15, 20));
        assert_eq!(dark.found, [(5, 5), (2, 10)]);
        let against = dark.against_rest.unwrap();
        assert!((against.difference.value + 0.7).abs() < 1e-12);
        assert!(
            (against.p - 0.00029126295992862707).abs() < 1e-12,
            "{}",
            against.p
        );
        assert!(
            (against.difference.interval.low + 0.8604470325192407).abs() < 1e-9,
            "{against:?}"
        );
        assert!(
            (against.difference.interval.high + 0.33065758359195235).abs() < 1e-9,
            "{against:?}"
        );
        // The other side of the same comparison, and two of them in all.
        assert!((light.against_rest.unwrap().difference.value - 0.7).abs() < 1e-12);
        assert!((against.p_of_all - 2.0 * 0.00029126295992862707).abs() < 1e-12);
        assert!(against.is_sure());
        // Of class 0 there is none among the rest.
        let of_first = slice_figures(
            ClassCalls {
                class_idx: 0,
                ..judged
            },
            &[vec![&here, &there]],
        );
        assert_eq!(of_first[0][0].against_rest, None);
    }
}
