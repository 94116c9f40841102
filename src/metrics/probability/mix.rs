//! The mix of classes that a head learns from: that of the training images, each counted as often as its weight says.

use std::cmp::Ordering;

/// Shares of the classes, in class order.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    /// Of the training images, `s_c`.
    pub own: Vec<f64>,
    /// As they are learnt, `w_c s_c`, made to sum to one.
    pub learnt: Vec<f64>,
}

impl Mix {
    /// Of weights and training images of each class; `None` where they do not fit each other, or nothing is learnt.
    pub fn new(class_weights: &[f64], n_train: &[usize]) -> Option<Self> {
        if class_weights.len() != n_train.len() {
            return None;
        }
        let own = shares(n_train.iter().map(|&n| n as f64).collect())?;
        let weighed = own
            .iter()
            .zip(class_weights)
            .map(|(share, weight)| share * weight);
        Some(Mix {
            learnt: shares(weighed.collect())?,
            own,
        })
    }

    /// The classes that gain and lose the largest share by it; `None` where none does.
    pub fn most_changed(&self) -> Option<[usize; 2]> {
        let change = |&class_idx: &usize| self.learnt[class_idx] - self.own[class_idx];
        let by = |a: &usize, b: &usize| change(a).partial_cmp(&change(b)).unwrap_or(Ordering::Equal);
        let classes = || 0..self.own.len();
        let (gains, loses) = (classes().max_by(by)?, classes().min_by(by)?);
        // Shares that are equal but for their rounding have not changed.
        (change(&gains) > 1e-9).then_some([gains, loses])
    }
}

fn shares(mut of_each: Vec<f64>) -> Option<Vec<f64>> {
    let sum: f64 = of_each.iter().sum();
    if !(sum.is_finite() && sum > 0.0) {
        return None;
    }
    of_each.iter_mut().for_each(|part| *part /= sum);
    Some(of_each)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 8 x 16 of 8 x 16 + 84 is 60.4 %.
    #[test]
    fn a_weight_makes_a_class_as_common_as_it_says() {
        let mix = Mix::new(&[1.0, 8.0], &[84, 16]).unwrap();
        assert_eq!(mix.own, [0.84, 0.16]);
        assert!((mix.learnt[1] - 128.0 / 212.0).abs() < 1e-12);
        assert_eq!(mix.most_changed(), Some([1, 0]));
        let mix = Mix::new(&[1.0, 0.1, 2.0], &[50, 30, 20]).unwrap();
        assert_eq!(mix.most_changed(), Some([2, 1]));
    }

    #[test]
    fn equal_weights_leave_the_mix_as_it_is() {
        let mix = Mix::new(&[0.7; 3], &[7, 2, 1]).unwrap();
        assert_eq!(mix.most_changed(), None);
        assert_eq!(Mix::new(&[1.0], &[1, 2]), None);
        assert_eq!(Mix::new(&[1.0, 2.0], &[0, 0]), None);
        assert_eq!(Mix::new(&[1.0, 0.0], &[0, 5]), None);
    }
}
