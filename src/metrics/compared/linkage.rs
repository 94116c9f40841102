//! An order of the classes in which those that are taken for each other stand together.

use super::Confusion;

/// By average linkage (Sokal and Michener 1958, UPGMA) on the symmetrised confusion rates: two classes are as similar as the
/// mean of the share of the one that is taken for the other and the share of the other that is taken for the one. Merged in
/// chains of nearest neighbours (Murtagh 1983), which takes n² steps, and always the same way: of equals the first.
pub fn confused_together(confusion: &Confusion) -> Vec<usize> {
    let n = confusion.n_classes();
    if n == 0 {
        return vec![];
    }
    let mut clusters = Clusters::new(confusion);
    let mut chain: Vec<usize> = Vec::new();
    for _ in 1..n {
        clusters.merge_next(&mut chain);
    }
    let whole = clusters.leaves.into_iter().flatten().next();
    whole.unwrap_or_default()
}

struct Clusters {
    n: usize,
    /// Between clusters, `[n, n]`; each cluster stands at the place of its first class.
    similarity: Vec<f64>,
    /// Between classes, as it was at first.
    of_classes: Vec<f64>,
    /// The classes of each cluster in their order; `None` where it was merged into another.
    leaves: Vec<Option<Vec<usize>>>,
}

impl Clusters {
    fn new(confusion: &Confusion) -> Self {
        let n = confusion.n_classes();
        let rate = |t: usize, p: usize| confusion.get(t, p) as f64 / confusion.row_total(t).max(1) as f64;
        let cells = (0..n * n).map(|i| (rate(i / n, i % n) + rate(i % n, i / n)) / 2.0);
        let similarity: Vec<f64> = cells.collect();
        Clusters {
            n,
            of_classes: similarity.clone(),
            similarity,
            leaves: (0..n).map(|class| Some(vec![class])).collect(),
        }
    }

    fn size(&self, cluster: usize) -> f64 {
        self.leaves[cluster]
            .as_ref()
            .map_or(0.0, |leaves| leaves.len() as f64)
    }

    /// Follows nearest neighbours until two are each other's, and merges those.
    fn merge_next(&mut self, chain: &mut Vec<usize>) {
        if chain.is_empty() {
            chain.extend(self.leaves.iter().position(Option::is_some));
        }
        while let Some(&last) = chain.last() {
            let before = chain.len().checked_sub(2).map(|i| chain[i]);
            let Some(nearest) = self.nearest(last, before) else {
                return;
            };
            if Some(nearest) == before {
                chain.truncate(chain.len() - 2);
                return self.merge(last.min(nearest), last.max(nearest));
            }
            chain.push(nearest);
        }
    }

    /// Of equals the one that the chain came from, so that it ends, and else the first.
    fn nearest(&self, of: usize, before: Option<usize>) -> Option<usize> {
        let mut nearest = before;
        for other in (0..self.n).filter(|&other| other != of && self.leaves[other].is_some()) {
            let is_nearer = |than: usize| self.between(of, other) > self.between(of, than);
            if nearest.is_none_or(is_nearer) {
                nearest = Some(other);
            }
        }
        nearest
    }

    fn between(&self, one: usize, two: usize) -> f64 {
        self.similarity[one * self.n + two]
    }

    fn merge(&mut self, one: usize, two: usize) {
        let (a, b) = (self.size(one), self.size(two));
        for other in 0..self.n {
            let mean = (a * self.between(one, other) + b * self.between(two, other)) / (a + b);
            self.similarity[one * self.n + other] = mean;
            self.similarity[other * self.n + one] = mean;
        }
        if let (Some(first), Some(second)) = (self.leaves[one].take(), self.leaves[two].take()) {
            self.leaves[one] = Some(self.joined(first, second));
        }
    }

    /// Turned so that what is most alike meets where they join.
    fn joined(&self, mut first: Vec<usize>, mut second: Vec<usize>) -> Vec<usize> {
        let alike = |a: Option<&usize>, b: Option<&usize>| match (a, b) {
            (Some(a), Some(b)) => self.of_classes[a * self.n + b],
            _ => 0.0,
        };
        let joints = [
            (first.last(), second.first()),
            (first.last(), second.last()),
            (first.first(), second.first()),
            (first.first(), second.last()),
        ];
        let best = joints
            .iter()
            .enumerate()
            .rev()
            .max_by(|(_, x), (_, y)| alike(x.0, x.1).total_cmp(&alike(y.0, y.1)));
        let best = best.map_or(0, |(i, _)| i);
        if best >= 2 {
            first.reverse();
        }
        if best % 2 == 1 {
            second.reverse();
        }
        first.extend(second);
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[u64]]) -> Vec<usize> {
        let rows: Vec<Vec<u64>> = rows.iter().map(|row| row.to_vec()).collect();
        confused_together(&Confusion::try_from(rows).unwrap())
    }

    /// Merges as scipy.cluster.hierarchy.linkage(squareform(1 - similarity), "average") has them: (0, 3) at 0.7, (1, 4) at
    /// 0.8, then 2 with the latter at 0.925, and all at 1.0.
    #[test]
    fn classes_that_are_taken_for_each_other_stand_together() {
        let order = of(&[
            &[6, 0, 0, 4, 0],
            &[0, 7, 1, 0, 2],
            &[0, 2, 8, 0, 0],
            &[2, 0, 0, 8, 0],
            &[0, 2, 0, 0, 8],
        ]);
        assert_eq!(order, [0, 3, 4, 1, 2]);
    }

    #[test]
    fn what_is_never_confused_stays_in_its_order() {
        assert_eq!(of(&[&[3, 0, 0], &[0, 2, 0], &[0, 0, 1]]), [0, 1, 2]);
        assert_eq!(of(&[&[3]]), [0]);
        assert_eq!(of(&[]), Vec::<usize>::new());
        assert_eq!(of(&[&[0, 0], &[0, 0]]), [0, 1]);
    }

    #[test]
    fn every_class_is_there_once_and_a_thousand_take_no_time() {
        let n = 1000;
        let mut confusion = Confusion::new(n);
        for class in 0..n {
            confusion.add(class, class);
            confusion.add(class, (class * 37 + 11) % n);
        }
        let mut order = confused_together(&confusion);
        assert_eq!(confused_together(&confusion), order);
        order.sort_unstable();
        assert_eq!(order, (0..n).collect::<Vec<_>>());
    }
}
