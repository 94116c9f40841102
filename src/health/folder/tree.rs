//! A small decision tree, as scikit-learn's `DecisionTreeClassifier(max_depth=3, class_weight="balanced")` grows it: at each
//! node the question that lowers the Gini impurity most.

/// Questions one after the other, at most.
const MOST_DEPTH: usize = 3;
/// Images on either side of a question, at least: one alone is no rule.
const LEAST_IN_LEAF: usize = 5;

#[derive(Debug)]
pub enum Tree {
    Leaf(usize),
    Question {
        column: usize,
        /// Up to it the first branch, beyond it the second.
        threshold: f64,
        branches: Box<[Tree; 2]>,
    },
}

/// What a tree is grown from.
#[derive(Debug, Clone, Copy)]
pub struct Examples<'a> {
    /// Properties, each of all images.
    pub columns: &'a [Vec<f64>],
    pub classes: &'a [usize],
    pub n_classes: usize,
}

impl Tree {
    /// From those of the images that `among` names.
    pub fn grown(examples: Examples, among: &[usize]) -> Self {
        let mut counts = vec![0.0; examples.n_classes];
        for &i in among {
            counts[examples.classes[i]] += 1.0;
        }
        // Each class weighs the same.
        let weights: Vec<f64> = counts
            .iter()
            .map(|n| if *n > 0.0 { 1.0 / n } else { 0.0 })
            .collect();
        Growing { examples, weights }.node(among.to_vec(), MOST_DEPTH)
    }

    /// The class of an image, by its properties.
    pub fn class_of(&self, columns: &[Vec<f64>], image: usize) -> usize {
        match self {
            Tree::Leaf(class) => *class,
            Tree::Question {
                column,
                threshold,
                branches,
            } => branches[usize::from(columns[*column][image] > *threshold)].class_of(columns, image),
        }
    }
}

struct Growing<'a> {
    examples: Examples<'a>,
    /// Of an image of each class.
    weights: Vec<f64>,
}

struct Cut {
    impurity: f64,
    column: usize,
    threshold: f64,
}

impl Growing<'_> {
    fn node(&self, among: Vec<usize>, depth: usize) -> Tree {
        let totals = self.totals(&among);
        let heaviest = (0..totals.len()).max_by(|&a, &b| totals[a].total_cmp(&totals[b]).then(b.cmp(&a)));
        let leaf = Tree::Leaf(heaviest.unwrap_or(0));
        if depth == 0 {
            return leaf;
        }
        let Some(cut) = self.best_cut(&among, &totals) else {
            return leaf;
        };
        let is_first = |i: &usize| self.examples.columns[cut.column][*i] <= cut.threshold;
        let (first, second) = among.into_iter().partition(is_first);
        Tree::Question {
            column: cut.column,
            threshold: cut.threshold,
            branches: Box::new([self.node(first, depth - 1), self.node(second, depth - 1)]),
        }
    }

    fn totals(&self, among: &[usize]) -> Vec<f64> {
        let mut totals = vec![0.0; self.weights.len()];
        for &i in among {
            let class = self.examples.classes[i];
            totals[class] += self.weights[class];
        }
        totals
    }

    /// The first of the best; `None` where no question lowers the impurity.
    fn best_cut(&self, among: &[usize], totals: &[f64]) -> Option<Cut> {
        let mut best: Option<Cut> = None;
        let whole = Side::of(totals.to_vec());
        for (column, values) in self.examples.columns.iter().enumerate() {
            let mut order = among.to_vec();
            order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
            let (mut first, mut second) = (Side::of(vec![0.0; totals.len()]), whole.clone());
            for at in 1..order.len() {
                let class = self.examples.classes[order[at - 1]];
                first.add(class, self.weights[class]);
                second.add(class, -self.weights[class]);
                let [below, above] = [values[order[at - 1]], values[order[at]]];
                if below >= above || at < LEAST_IN_LEAF || order.len() - at < LEAST_IN_LEAF {
                    continue;
                }
                let impurity = first.impurity() + second.impurity();
                let to_beat = best
                    .as_ref()
                    .map_or(whole.impurity() - 1e-9, |best| best.impurity - 1e-12);
                if impurity < to_beat {
                    best = Some(Cut {
                        impurity,
                        column,
                        threshold: (below + above) / 2.0,
                    });
                }
            }
        }
        best
    }
}

/// Weights on one side of a question: the sums by which the impurity is known change with each image by one class alone.
#[derive(Clone)]
struct Side {
    totals: Vec<f64>,
    whole: f64,
    squares: f64,
}

impl Side {
    fn of(totals: Vec<f64>) -> Self {
        Side {
            whole: totals.iter().sum(),
            squares: totals.iter().map(|total| total * total).sum(),
            totals,
        }
    }

    fn add(&mut self, class: usize, weight: f64) {
        let total = &mut self.totals[class];
        self.squares += weight * (2.0 * *total + weight);
        self.whole += weight;
        *total += weight;
    }

    /// Gini's, times the weight: W - Σ w² / W.
    fn impurity(&self) -> f64 {
        const NOTHING: f64 = 1e-12;
        if self.whole <= NOTHING {
            return 0.0;
        }
        self.whole - self.squares / self.whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Class 1 lies between two bounds of the second property; the first is noise.
    #[test]
    fn two_questions_find_what_lies_between_two_bounds() {
        let noise: Vec<f64> = (0..60).map(|i| f64::from(i * 37 % 60)).collect();
        let value: Vec<f64> = (0..60).map(f64::from).collect();
        let classes: Vec<usize> = (0..60).map(|i| usize::from((20..40).contains(&i))).collect();
        let columns = [noise, value];
        let examples = Examples {
            columns: &columns,
            classes: &classes,
            n_classes: 2,
        };
        let all: Vec<usize> = (0..60).collect();
        let tree = Tree::grown(examples, &all);
        assert!(
            all.iter().all(|&i| tree.class_of(&columns, i) == classes[i]),
            "{tree:?}"
        );
        let few = Tree::grown(examples, &[1, 2, 3, 25]);
        assert!(matches!(few, Tree::Leaf(_)), "four images are no rule");
    }

    /// The first question of scikit-learn's tree on the same numbers:
    /// t = DecisionTreeClassifier(max_depth=1, class_weight="balanced", min_samples_leaf=5).fit(x, y);
    /// t.tree_.feature[0], t.tree_.threshold[0]
    #[test]
    fn the_first_question_is_scikit_learns() {
        let x: Vec<f64> = (0..40).map(|i| f64::from((i * i * 7 + 3 * i) % 41)).collect();
        let z: Vec<f64> = (0..40).map(|i| f64::from((i * 13) % 17)).collect();
        let classes: Vec<usize> = (0..40)
            .map(|i| if i % 3 == 0 { 2 } else { usize::from(i % 5 == 0) })
            .collect();
        let columns = [x, z];
        let examples = Examples {
            columns: &columns,
            classes: &classes,
            n_classes: 3,
        };
        let Tree::Question {
            column, threshold, ..
        } = Tree::grown(examples, &(0..40).collect::<Vec<_>>())
        else {
            panic!("there is one")
        };
        assert_eq!((column, threshold), (0, 21.5));
    }
}
