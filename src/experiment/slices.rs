//! Images of a part in slices, by anything that is known of them: a number in quarters, a word by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::{plain, thousands};

/// Values that become a slice each; the images of others are one more.
const MOST_VALUES: usize = 30;
/// As many different numbers are named one by one.
const FEW_NUMBERS: usize = 4;
/// Images to a value, at least, in the mean: a property that tells almost every image apart makes no slices.
const IMAGES_TO_A_VALUE: usize = 3;

/// One property, and the images in each of its slices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Property {
    pub name: String,
    pub slices: Vec<Slice>,
    /// Images of which it is not known.
    pub n_unknown: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    pub name: String,
    /// Among the predictions of the part, ascending.
    pub places: Vec<u32>,
}

/// The images of each slice, property by property.
pub fn places_of(properties: &[Property]) -> Vec<Vec<&[u32]>> {
    let mut all = Vec::with_capacity(properties.len());
    for property in properties {
        all.push(
            property
                .slices
                .iter()
                .map(|slice| slice.places.as_slice())
                .collect(),
        );
    }
    all
}

/// What a property says of each image, where it is known.
#[derive(Debug, Clone)]
pub enum Values {
    Numbers(Vec<Option<f64>>, Written),
    Words(Vec<Option<String>>),
}

/// How numbers are written: each, and what follows the last.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    pub number: fn(f64) -> String,
    pub unit: &'static str,
}

impl Property {
    /// # Errors
    /// It makes no two slices; why, in words, where that is worth a word.
    pub fn of(name: &str, values: &Values) -> Result<Property, Option<String>> {
        let (slices, n_images) = match values {
            Values::Numbers(values, write) => (of_numbers(values, *write), values.len()),
            Values::Words(values) => (of_words(name, values)?, values.len()),
        };
        let slices = one_of_each_name(slices);
        if slices.len() < 2 {
            return Err(None);
        }
        let n_known: usize = slices.iter().map(|slice| slice.places.len()).sum();
        Ok(Property {
            name: name.to_owned(),
            slices,
            n_unknown: n_images - n_known,
        })
    }
}

/// A slice is known by its name: numbers that are written alike are one slice, else a name would lead to the images of another.
fn one_of_each_name(slices: Vec<Slice>) -> Vec<Slice> {
    let mut known: Vec<Slice> = Vec::with_capacity(slices.len());
    for slice in slices {
        match known.iter_mut().find(|known| known.name == slice.name) {
            Some(same) => {
                same.places.extend(slice.places);
                same.places.sort_unstable();
            }
            None => known.push(slice),
        }
    }
    known
}

/// Words that are all numbers, and too many to be names, are numbers.
pub fn of_column(words: Vec<Option<String>>) -> Values {
    let numbers: Option<Vec<Option<f64>>> = words
        .iter()
        .map(|word| match word {
            None => Some(None),
            Some(word) => word
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
                .map(Some),
        })
        .collect();
    let is_scale = |numbers: &Vec<Option<f64>>| distinct(numbers).len() > FEW_NUMBERS;
    match numbers.filter(is_scale) {
        Some(numbers) => Values::Numbers(
            numbers,
            Written {
                number: four_digits,
                unit: "",
            },
        ),
        None => Values::Words(words),
    }
}

fn four_digits(number: f64) -> String {
    let n_before = number.abs().max(1.0).log10().floor() as i32 + 1;
    let scale = 10_f64.powi(4 - n_before);
    plain((number * scale).round() / scale)
}

fn distinct(values: &[Option<f64>]) -> Vec<f64> {
    let mut all: Vec<f64> = values.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// A slice for each of a few numbers, else quarters: NumPy's quantiles, each image up to and with the upper end.
fn of_numbers(values: &[Option<f64>], written: Written) -> Vec<Slice> {
    let Written { number: write, unit } = written;
    let few = distinct(values);
    if few.len() <= FEW_NUMBERS {
        return of_ends(values, &few, |_, to| format!("{}{unit}", write(to)));
    }
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let mut ends: Vec<f64> = [0.25, 0.5, 0.75, 1.0]
        .iter()
        .map(|&q| quantile(&sorted, q))
        .collect();
    ends.dedup();
    let (least, n_ends) = (sorted.first().copied().unwrap_or(0.0), ends.len());
    let quarters = [
        "lowest quarter",
        "second quarter",
        "third quarter",
        "highest quarter",
    ];
    let name = |i: usize, to: f64| {
        // What two have in common belongs to the one below.
        let range = match i.checked_sub(1) {
            None => format!("{} to {}{unit}", write(least), write(to)),
            Some(before) => format!("over {} to {}{unit}", write(ends[before]), write(to)),
        };
        match n_ends == quarters.len() {
            true => format!("{}, {range}", quarters[i]),
            // Where many images have one value there are no quarters.
            false => range,
        }
    };
    of_ends(values, &ends, name)
}

/// As `numpy.quantile`, between two images in proportion.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    below + (above - below) * at.fract()
}

/// Each number belongs to the first end that it does not exceed.
fn of_ends(values: &[Option<f64>], ends: &[f64], name: impl Fn(usize, f64) -> String) -> Vec<Slice> {
    let mut places = vec![Vec::new(); ends.len()];
    for (place, value) in values.iter().enumerate() {
        if let Some(slice) = value.and_then(|value| places.get_mut(ends.partition_point(|&end| end < value)))
        {
            slice.push(place as u32);
        }
    }
    let named = ends.iter().zip(places).enumerate();
    let slices = named.map(|(i, (&to, places))| Slice {
        name: name(i, to),
        places,
    });
    slices.filter(|slice| !slice.places.is_empty()).collect()
}

fn of_words(name: &str, values: &[Option<String>]) -> Result<Vec<Slice>, Option<String>> {
    let mut by_word: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (place, word) in values.iter().enumerate() {
        if let Some(word) = word.as_deref().filter(|word| !word.is_empty()) {
            by_word.entry(word).or_default().push(place as u32);
        }
    }
    let n_known: usize = by_word.values().map(Vec::len).sum();
    if by_word.len() > MOST_VALUES && by_word.len() * IMAGES_TO_A_VALUE > n_known {
        return Err(Some(format!(
            "{name} has {} values for {} images, too few images to each",
            thousands(by_word.len() as u64),
            thousands(n_known as u64)
        )));
    }
    let mut words: Vec<(&str, Vec<u32>)> = by_word.into_iter().collect();
    words.sort_by_key(|(_, places)| std::cmp::Reverse(places.len()));
    let others = words.split_off(words.len().min(MOST_VALUES));
    let mut slices: Vec<Slice> = words
        .into_iter()
        .map(|(word, places)| Slice {
            name: word.to_owned(),
            places,
        })
        .collect();
    if !others.is_empty() {
        let values = if others.len() == 1 { "value" } else { "values" };
        let name = format!("{} other {values}", thousands(others.len() as u64));
        let mut places: Vec<u32> = others.into_iter().flat_map(|(_, places)| places).collect();
        places.sort_unstable();
        slices.push(Slice { name, places });
    }
    Ok(slices)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: &[f64]) -> Vec<(String, usize)> {
        let values = values.iter().map(|&value| Some(value)).collect();
        let property = Property::of(
            "x",
            &Values::Numbers(
                values,
                Written {
                    number: plain,
                    unit: "",
                },
            ),
        );
        let slices = property.map_or_else(|_| vec![], |property| property.slices);
        slices
            .into_iter()
            .map(|slice| (slice.name, slice.places.len()))
            .collect()
    }

    /// NumPy 2: np.quantile([1, 2, 3, 4, 5, 6, 7, 10], [0.25, 0.5, 0.75]) is [2.75, 4.5, 6.25].
    #[test]
    fn numbers_fall_into_quarters() {
        let found = numbers(&[5.0, 1.0, 2.0, 3.0, 4.0, 6.0, 7.0, 10.0]);
        let expected = [
            ("lowest quarter, 1 to 2.75", 2),
            ("second quarter, over 2.75 to 4.5", 2),
            ("third quarter, over 4.5 to 6.25", 2),
            ("highest quarter, over 6.25 to 10", 2),
        ];
        assert_eq!(found, expected.map(|(name, n)| (name.to_owned(), n)));
        // A few numbers are named; of one there is nothing to tell.
        assert_eq!(numbers(&[2.0, 1.0, 1.0]), [("1".to_owned(), 2), ("2".into(), 1)]);
        assert!(numbers(&[3.0, 3.0]).is_empty());
        // Most of one value: that is a slice of its own.
        let found = numbers(&[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(found[0], ("0 to 0".to_owned(), 5));
    }

    #[test]
    fn numbers_that_are_written_alike_are_one_slice() {
        let of = |values: &[f64]| {
            let values = values.iter().map(|&value| Some(value)).collect();
            let number: fn(f64) -> String = |number| format!("{number:.2}");
            Property::of("x", &Values::Numbers(values, Written { number, unit: "" }))
        };
        let slices = of(&[1.334, 0.75, 1.333, 1.5]).unwrap().slices;
        let found: Vec<_> = slices
            .iter()
            .map(|slice| (&*slice.name, &*slice.places))
            .collect();
        assert_eq!(found, [("0.75", &[1][..]), ("1.33", &[0, 2]), ("1.50", &[3])]);
        assert_eq!(of(&[1.334, 1.333]), Err(None));
        // Ranges that are told apart by what is not written, too.
        let many: Vec<f64> = (0..40)
            .map(|i| {
                if i < 25 {
                    0.501 + f64::from(i % 5) * 1e-4
                } else {
                    f64::from(i)
                }
            })
            .collect();
        let slices = of(&many).unwrap().slices;
        let names: std::collections::BTreeSet<&str> = slices.iter().map(|slice| &*slice.name).collect();
        assert_eq!(names.len(), slices.len(), "{slices:?}");
    }

    #[test]
    fn words_are_slices_and_rare_ones_are_put_together() {
        let words = |n_words: usize, n_each: usize| -> Vec<Option<String>> {
            (0..n_words * n_each)
                .map(|i| Some(format!("w{:02}", i % n_words)))
                .collect()
        };
        let mut some = words(2, 3);
        some.extend([None, Some(String::new())]);
        let property = Property::of("camera", &Values::Words(some)).unwrap();
        assert_eq!((property.slices.len(), property.n_unknown), (2, 2));
        assert_eq!(property.slices[1].places, [1, 3, 5]);
        let many = Property::of("camera", &Values::Words(words(40, 3))).unwrap();
        assert_eq!(many.slices.len(), 31);
        assert_eq!(
            (&*many.slices[30].name, many.slices[30].places.len()),
            ("10 other values", 30)
        );
        let one_more = Property::of("camera", &Values::Words(words(31, 3))).unwrap();
        assert_eq!(&*one_more.slices[30].name, "1 other value");
        let id = Property::of("id", &Values::Words(words(40, 2))).unwrap_err();
        assert_eq!(
            id.unwrap(),
            "id has 40 values for 80 images, too few images to each"
        );
    }

    #[test]
    fn a_column_of_many_numbers_is_a_scale() {
        let column = |words: &[&str]| of_column(words.iter().map(|word| Some((*word).to_owned())).collect());
        assert!(matches!(column(&["1", "2", "1"]), Values::Words(_)));
        assert!(matches!(
            column(&["1", "2", "3", "4", "5.5"]),
            Values::Numbers(..)
        ));
        assert!(matches!(column(&["1", "2", "3", "4", "five"]), Values::Words(_)));
    }
}
