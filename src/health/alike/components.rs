//! What hangs together by pairs: union-find (Tarjan 1975).

/// Items by number; each alone at first.
#[derive(Debug, Clone)]
pub struct Components {
    parent: Vec<usize>,
}

impl Components {
    pub fn new(n: usize) -> Self {
        Components {
            parent: (0..n).collect(),
        }
    }

    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The smaller number leads, so that the outcome does not depend on the order of pairs.
        self.parent[a.max(b)] = a.min(b);
    }

    pub fn join_all(&mut self, items: &[usize]) {
        for pair in items.windows(2) {
            self.join(pair[0], pair[1]);
        }
    }

    pub fn are_joined(&mut self, a: usize, b: usize) -> bool {
        self.root(a) == self.root(b)
    }

    /// The smallest item of the component.
    pub fn root(&mut self, item: usize) -> usize {
        let mut root = item;
        while self.parent[root] != root {
            root = self.parent[root];
        }
        let mut at = item;
        while self.parent[at] != root {
            at = std::mem::replace(&mut self.parent[at], root);
        }
        root
    }

    /// Those of two items and more, each and all in rising order.
    pub fn groups(&mut self) -> Vec<Vec<usize>> {
        let mut by_root = vec![Vec::new(); self.parent.len()];
        for item in 0..self.parent.len() {
            let root = self.root(item);
            by_root[root].push(item);
        }
        by_root.retain(|group| group.len() > 1);
        by_root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_make_groups_in_whatever_order_they_come() {
        let pairs = [(5, 3), (1, 2), (3, 7), (2, 2), (7, 5)];
        for order in [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1]] {
            let mut components = Components::new(8);
            for i in order {
                components.join(pairs[i].0, pairs[i].1);
            }
            assert_eq!(components.groups(), [vec![1, 2], vec![3, 5, 7]]);
        }
        let mut components = Components::new(4);
        components.join_all(&[3, 0, 1]);
        assert!(components.are_joined(1, 3) && !components.are_joined(2, 3));
    }
}
