//! Which classes are taken for which: what of a matrix too large to be read says where it goes wrong.

use std::cmp::Reverse;

use super::Confusion;

/// The largest confusion of each class: the class that most of its images are wrongly taken for, the first of equals, and how
/// many they are. `None` where none is wrong.
pub fn taken_for(confusion: &Confusion) -> Vec<Option<(usize, u64)>> {
    let of_row = |(truth, row): (usize, &[u64])| {
        let wrong = row
            .iter()
            .copied()
            .enumerate()
            .filter(|&(called, n)| called != truth && n > 0);
        wrong.rev().max_by_key(|&(_, n)| n)
    };
    confusion.rows().enumerate().map(of_row).collect()
}

/// Who pays for each class: the class that loses the largest share of its images to it against the matrix before, and that
/// share. `None` where none loses any.
pub fn payers(now: &Confusion, before: &Confusion) -> Vec<Option<(usize, f64)>> {
    let n_classes = now.n_classes();
    let mut payers: Vec<Option<(usize, f64)>> = vec![None; n_classes];
    if before.n_classes() != n_classes {
        return payers;
    }
    for (truth, (now_row, before_row)) in now.rows().zip(before.rows()).enumerate() {
        let (n_now, n_before) = (now.row_total(truth), before.row_total(truth));
        if n_now == 0 || n_before == 0 {
            continue;
        }
        for (called, (&n, &m)) in now_row.iter().zip(before_row).enumerate() {
            let lost = n as f64 / n_now as f64 - m as f64 / n_before as f64;
            let is_more = payers[called].is_none_or(|(_, most)| lost > most);
            if called != truth && lost > 0.0 && is_more {
                payers[called] = Some((truth, lost));
            }
        }
    }
    payers
}

/// How many images each wrong cell has, with its true and its predicted class.
fn wrong_cells(confusion: &Confusion) -> impl Iterator<Item = (u64, usize, usize)> {
    let of_row = |(truth, row): (usize, &[u64])| -> Vec<(u64, usize, usize)> {
        let cells = row.iter().enumerate();
        let wrong = cells.filter(|&(called, &n)| called != truth && n > 0);
        wrong.map(|(called, &n)| (n, truth, called)).collect()
    };
    confusion.rows().enumerate().flat_map(of_row)
}

/// All wrong cells, (images, true class, predicted class): those of most images first; of equals, in the matrix's order.
pub fn mistakes_by_number(confusion: &Confusion) -> Vec<(u64, usize, usize)> {
    let mut wrong: Vec<_> = wrong_cells(confusion).collect();
    wrong.sort_unstable_by_key(|&(n, truth, called)| (Reverse(n), truth, called));
    wrong
}

/// That many wrong cells, (true class, predicted class): the largest share of their true class first; of equal shares, that of
/// more images.
pub fn largest_mistakes(confusion: &Confusion, most: usize) -> Vec<(usize, usize)> {
    let totals: Vec<f64> = (0..confusion.n_classes())
        .map(|truth| confusion.row_total(truth) as f64)
        .collect();
    let with_share = |(n, truth, called): (u64, usize, usize)| (n as f64 / totals[truth], n, truth, called);
    let mut wrong: Vec<_> = wrong_cells(confusion).map(with_share).collect();
    let larger_first = |a: &(f64, u64, usize, usize), b: &(f64, u64, usize, usize)| {
        let larger = b.0.total_cmp(&a.0).then(b.1.cmp(&a.1));
        larger.then((a.2, a.3).cmp(&(b.2, b.3)))
    };
    if most > 0 && wrong.len() > most {
        wrong.select_nth_unstable_by(most - 1, larger_first);
    }
    wrong.truncate(most);
    wrong.sort_by(larger_first);
    wrong
        .into_iter()
        .map(|(_, _, truth, called)| (truth, called))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confusion() -> Confusion {
        Confusion::from_rows([[50, 3, 3], [4, 20, 6], [0, 0, 9]])
    }

    #[test]
    fn each_class_is_taken_for_another() {
        assert_eq!(taken_for(&confusion()), [Some((1, 3)), Some((2, 6)), None]);
        assert_eq!(taken_for(&Confusion::new(2)), [None, None]);
    }

    #[test]
    fn who_pays_loses_the_largest_share() {
        // Class 2 was raised: one sixth of class 1 goes to it, and a twenty-eighth of class 0.
        let before = Confusion::from_rows([[52, 3, 1], [4, 25, 1], [2, 1, 6]]);
        let paid = payers(&confusion(), &before);
        assert_eq!((paid[0], paid[1]), (None, None));
        let (payer, share) = paid[2].unwrap();
        assert_eq!(payer, 1);
        assert!((share - 5.0 / 30.0).abs() < 1e-12);
        assert_eq!(payers(&confusion(), &confusion()), [None; 3]);
        assert_eq!(payers(&confusion(), &Confusion::new(3)), [None; 3]);
        assert_eq!(payers(&confusion(), &Confusion::new(2)), [None; 3]);
    }

    #[test]
    fn mistakes_go_by_their_share_and_then_by_their_number() {
        let expected = [(1, 2), (1, 0), (0, 1), (0, 2)];
        assert_eq!(largest_mistakes(&confusion(), 9), expected);
        assert_eq!(largest_mistakes(&confusion(), 1), expected[..1]);
    }

    #[test]
    fn mistakes_go_by_their_number_and_then_as_the_matrix_has_them() {
        let expected = [(6, 1, 2), (4, 1, 0), (3, 0, 1), (3, 0, 2)];
        assert_eq!(mistakes_by_number(&confusion()), expected);
        assert!(mistakes_by_number(&Confusion::new(2)).is_empty());
    }
}
