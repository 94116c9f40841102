//! Where a class is found less: its recall among the images of a slice, against the other images.

use super::compared::{Difference, Factorials, difference_of_shares, fisher_exact, holm};

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
    let ps: Vec<f64> = all.iter().flat_map(|slices| comparisons(slices)).collect();
    let of_all = holm(&ps);
    let mut tested = ps.into_iter().zip(of_all);
    for slices in &mut all {
        let n_tested = comparisons(slices).len();
        let here: Vec<(f64, f64)> = tested.by_ref().take(n_tested).collect();
        let compared = slices.iter_mut().filter_map(|slice| slice.against_rest.as_mut());
        // Two slices share their one comparison.
        for (against, &(p, p_of_all)) in compared.zip(here.iter().cycle()) {
            (against.p, against.p_of_all) = (p, p_of_all);
        }
    }
    all
}

/// How many comparisons were made, which is what the correction is for.
pub fn n_compared(properties: &[Vec<SliceFigures>]) -> usize {
    properties.iter().map(|slices| comparisons(slices).len()).sum()
}

/// What chance each comparison of a property leaves. Where only two of its slices have images of the class, each is the other's
/// rest, and they are one comparison seen from both sides.
fn comparisons(slices: &[SliceFigures]) -> Vec<f64> {
    let compared = slices.iter().filter_map(|slice| slice.against_rest);
    let mut ps: Vec<f64> = compared.map(|against| against.p).collect();
    if ps.len() == 2 {
        ps.pop();
    }
    ps
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

    type Call = (usize, Option<usize>);

    fn two_slices() -> (Vec<Call>, [Vec<u32>; 2]) {
        let mut calls = vec![(0, Some(0)); 5];
        calls.extend((0..10).map(|i| (1, Some(usize::from(i < 2)))));
        calls.extend((0..20).map(|i| (1, Some(usize::from(i < 18)))));
        // Of which the property is not known.
        calls.extend([(1, None); 7]);
        (calls, [(0..15).collect(), (15..35).collect()])
    }

    fn of_second(calls: &[Call]) -> ClassCalls<'_> {
        ClassCalls {
            calls,
            n_classes: 2,
            class_idx: 1,
        }
    }

    /// By hand: class 1 is found in 2 of 10 images here, in 18 of 20 there; class 0 always. SciPy 1.17:
    /// fisher_exact([[2, 8], [18, 2]]).pvalue; statsmodels 0.15: confint_proportions_2indep(2, 10, 18, 20, method="newcomb").
    #[test]
    fn a_slice_is_held_against_the_rest_of_its_property() {
        let (calls, [here, there]) = two_slices();
        let judged = of_second(&calls);
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
        // The other side of the same comparison: there is one in all, which nothing has to be added for.
        let other = light.against_rest.unwrap();
        assert!((other.difference.value - 0.7).abs() < 1e-12);
        assert_eq!([against.p, against.p], [against.p_of_all, other.p]);
        assert_eq!((other.p_of_all, n_compared(&found)), (against.p_of_all, 1));
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

    #[test]
    fn a_property_of_two_slices_is_one_comparison_and_one_of_three_is_three() {
        let (calls, [here, there]) = two_slices();
        let thirds: Vec<Vec<u32>> = (0..3)
            .map(|i| (5..35).filter(|at| at % 3 == i).collect())
            .collect();
        let thirds: Vec<&[u32]> = thirds.iter().map(Vec::as_slice).collect();
        let found = slice_figures(of_second(&calls), &[vec![&here, &there], thirds]);
        assert_eq!(n_compared(&found), 4);
        let both = found[0].iter().map(|slice| slice.against_rest.unwrap().p_of_all);
        for p_of_all in both {
            assert!(
                (p_of_all - 4.0 * 0.00029126295992862707).abs() < 1e-12,
                "{p_of_all}"
            );
        }
    }
}
