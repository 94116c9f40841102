//! Labels that are probably wrong, by confident learning (Northcutt, Jiang and Chuang 2021): as cleanlab 2.9's
//! `find_label_issues(labels, pred_probs)` finds them with its defaults (`prune_by_noise_rate`), and ranked by self-confidence.
//!
//! An image counts for another class where its probability of that class is at least the mean of those that are labelled so.
//! The table of these counts (the confident joint), scaled to the numbers of labels, says how many labels of each class are
//! of each other one; that many are taken, the surest first.

use serde::{Deserialize, Serialize};

/// Two numbers that differ by less are one.
const NEARLY: f64 = 1e-6;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LabelIssue {
    pub image: usize,
    /// The class that the image is probably of.
    pub suggested: usize,
    /// The probability of its label, out of fold: the lower, the likelier it is wrong.
    pub score: f64,
}

/// `probabilities` are out of fold, `[n, n_classes]`, each row summing to one. The likeliest first.
pub fn label_issues(labels: &[usize], probabilities: &[Vec<f64>]) -> Vec<LabelIssue> {
    let n_classes = probabilities.first().map_or(0, Vec::len);
    if n_classes < 2 {
        return vec![];
    }
    let to_prune = prune_counts(&calibrated(
        &confident_joint(labels, probabilities, n_classes),
        labels,
    ));
    let mut is_issue = vec![false; labels.len()];
    for label in 0..n_classes {
        let images: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] == label).collect();
        if images.len() < 2 {
            continue; // the last of a class is kept
        }
        for other in (0..n_classes).filter(|&other| other != label && to_prune[other][label] > 0) {
            let margin = |i: usize| probabilities[i][other] - probabilities[i][label];
            let mut surest = images.clone();
            surest.sort_by(|&a, &b| margin(b).total_cmp(&margin(a)));
            surest
                .iter()
                .take(to_prune[other][label])
                .for_each(|&i| is_issue[i] = true);
        }
    }
    let mut issues: Vec<LabelIssue> = (0..labels.len())
        .filter(|&i| is_issue[i])
        .filter_map(|i| {
            let suggested = likeliest_but_nearly(&probabilities[i], labels[i]);
            let score = probabilities[i][labels[i]];
            // Where the label is the likeliest class itself there is nothing to suggest.
            (suggested != labels[i]).then_some(LabelIssue {
                image: i,
                suggested,
                score,
            })
        })
        .collect();
    issues.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.image.cmp(&b.image)));
    issues
}

/// The likeliest class; the label where it is as likely.
fn likeliest_but_nearly(probabilities: &[f64], label: usize) -> usize {
    let of = |class: usize| probabilities[class] + if class == label { NEARLY } else { 0.0 };
    first_largest((0..probabilities.len()).map(of))
}

fn first_largest(values: impl Iterator<Item = f64>) -> usize {
    let largest = values
        .enumerate()
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    largest.map_or(0, |(place, _)| place)
}

/// `[label][probable class]`: images that are surely of a class, by their label.
fn confident_joint(labels: &[usize], probabilities: &[Vec<f64>], n_classes: usize) -> Vec<Vec<f64>> {
    let thresholds: Vec<f64> = (0..n_classes)
        .map(|class| {
            let own = labels
                .iter()
                .zip(probabilities)
                .filter(|(label, _)| **label == class);
            let (sum, n) = own.fold((0.0, 0u32), |(sum, n), (_, p)| (sum + p[class], n + 1));
            // No image is surely of a class without images.
            if n == 0 {
                2.0
            } else {
                (sum / f64::from(n)).max(NEARLY)
            }
        })
        .collect();
    let mut joint = vec![vec![0.0_f64; n_classes]; n_classes];
    for (&label, of_image) in labels.iter().zip(probabilities) {
        let sure: Vec<usize> = (0..n_classes)
            .filter(|&k| of_image[k] >= thresholds[k] - NEARLY)
            .collect();
        let class = match sure[..] {
            [] => continue,
            [only] => only,
            _ => first_largest(of_image.iter().copied()),
        };
        joint[label][class] += 1.0;
    }
    for (class, row) in joint.iter_mut().enumerate() {
        row[class] = row[class].max(1.0);
    }
    joint
}

/// Scaled so that each row sums to the number of its labels.
fn calibrated(joint: &[Vec<f64>], labels: &[usize]) -> Vec<Vec<i64>> {
    const TINY: f64 = 1e-100;
    let mut counts = vec![0.0; joint.len()];
    labels.iter().for_each(|&label| counts[label] += 1.0);
    let scaled: Vec<Vec<f64>> = joint
        .iter()
        .zip(&counts)
        .map(|(row, count)| {
            let sum = row.iter().sum::<f64>().max(TINY);
            row.iter().map(|n| n / sum * count).collect()
        })
        .collect();
    // Halves are common here, and the last bit of the sum decides how they are rounded: it is added up as cleanlab's is.
    let by_class: Vec<f64> = (0..joint.len())
        .flat_map(|class| scaled.iter().map(move |row| row[class]))
        .collect();
    let whole = pairwise_sum(&by_class).max(TINY);
    let row = |row: &Vec<f64>| {
        let row: Vec<f64> = row.iter().map(|n| n / whole * labels.len() as f64).collect();
        rounded(&row)
    };
    scaled.iter().map(row).collect()
}

/// In the order in which NumPy adds: eight sums side by side, and halves of what is longer.
fn pairwise_sum(values: &[f64]) -> f64 {
    const LANES: usize = 8;
    const BLOCK: usize = 128;
    if values.len() < LANES {
        return values.iter().sum();
    }
    if values.len() > BLOCK {
        let half = values.len() / 2 / LANES * LANES;
        return pairwise_sum(&values[..half]) + pairwise_sum(&values[half..]);
    }
    let (whole, rest) = values.as_chunks::<LANES>();
    let mut sums = whole[0];
    for lanes in &whole[1..] {
        sums.iter_mut().zip(lanes).for_each(|(sum, value)| *sum += value);
    }
    let [a, b, c, d, e, f, g, h] = sums;
    rest.iter()
        .fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, value| {
            sum + value
        })
}

/// `[probable class][label]`: how many to take; at least one of each class stays.
fn prune_counts(joint: &[Vec<i64>]) -> Vec<Vec<usize>> {
    let n = joint.len();
    let at = |class: usize, label: usize| joint[label][class] as f64;
    let missing: Vec<f64> = (0..n).map(|k| (1.0 - at(k, k)).max(0.0)).collect();
    let n_rates: Vec<f64> = (0..n)
        .map(|label| {
            let n_nonzero = (0..n).filter(|&class| joint[label][class] != 0).count() as f64;
            (n_nonzero - 1.0).max(1.0)
        })
        .collect();
    let count = |class: usize, label: usize| {
        let lowered = (at(class, label) - missing[label] / n_rates[label]).max(0.0);
        if class == label {
            at(class, class).max(1.0)
        } else {
            lowered.trunc()
        }
    };
    let row = |class: usize| {
        let row: Vec<f64> = (0..n).map(|label| count(class, label)).collect();
        row.into_iter().map(|n| n.max(0.0) as usize).collect()
    };
    (0..n).map(row).collect()
}

/// To whole numbers of the same sum: what was rounded off most is rounded the other way.
fn rounded(row: &[f64]) -> Vec<i64> {
    let mut whole: Vec<f64> = row.iter().map(|n| n.round_ties_even()).collect();
    let wanted = row.iter().sum::<f64>().round_ties_even();
    loop {
        let missing = (wanted - whole.iter().sum::<f64>()).round_ties_even();
        if missing == 0.0 {
            return whole.into_iter().map(|n| n as i64).collect();
        }
        let step = missing.signum();
        // Of equals the first is lowered and the last is raised, as NumPy's order has it.
        let mut order: Vec<usize> = (0..row.len()).collect();
        order.sort_by(|&a, &b| (row[a] - whole[a]).total_cmp(&(row[b] - whole[b])));
        if step > 0.0 {
            order.reverse();
        }
        let n_changed = (missing.abs() as usize).min(row.len());
        order[..n_changed].iter().for_each(|&i| whole[i] += step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_rounded_to_their_sum() {
        assert_eq!(rounded(&[1.4, 1.4, 1.2]), [1, 2, 1]);
        assert_eq!(rounded(&[2.6, 2.7, 2.7]), [2, 3, 3]);
        assert_eq!(rounded(&[0.0, 5.0]), [0, 5]);
    }

    #[derive(Deserialize)]
    struct Golden {
        labels: Vec<usize>,
        probabilities: Vec<Vec<f64>>,
        joint: Vec<Vec<i64>>,
        issues: Vec<usize>,
    }

    /// Made by `tests/reference/label_issues.py`.
    #[test]
    fn they_are_cleanlabs() {
        let text = std::fs::read_to_string("tests/golden/health/label_issues.json").unwrap();
        let cases: Vec<Golden> = serde_json::from_str(&text).unwrap();
        assert_eq!(cases.len(), 6);
        for (i, golden) in cases.into_iter().enumerate() {
            let n_classes = golden.probabilities[0].len();
            let joint = confident_joint(&golden.labels, &golden.probabilities, n_classes);
            assert_eq!(calibrated(&joint, &golden.labels), golden.joint, "case {i}");
            let found = label_issues(&golden.labels, &golden.probabilities);
            let images: Vec<usize> = found.iter().map(|issue| issue.image).collect();
            assert_eq!(images, golden.issues, "case {i}");
        }
    }

    /// Ten sure images of each of two classes, one of which is labelled as the other.
    #[test]
    fn a_label_that_all_else_speaks_against_is_found() {
        let labels: Vec<usize> = (0..20).map(|i| usize::from(i >= 10)).collect();
        let mut probabilities: Vec<Vec<f64>> = labels
            .iter()
            .enumerate()
            .map(|(i, &label)| {
                let sure = 0.9 + 0.001 * i as f64;
                if label == 0 {
                    vec![sure, 1.0 - sure]
                } else {
                    vec![1.0 - sure, sure]
                }
            })
            .collect();
        assert_eq!(label_issues(&labels, &probabilities), []);
        probabilities[3] = vec![0.02, 0.98];
        let found = label_issues(&labels, &probabilities);
        let expected = LabelIssue {
            image: 3,
            suggested: 1,
            score: 0.02,
        };
        assert_eq!(found, [expected]);
        assert_eq!(label_issues(&[0, 0], &[vec![1.0], vec![1.0]]), []);
    }
}
