//! In which order the classes are listed, and which of them.

use serde::{Deserialize, Serialize};

/// What classes are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassKey {
    /// As the folder has them, which is by name.
    #[default]
    Folder,
    Images,
    Weight,
    Recall,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClassOrder {
    pub key: ClassKey,
    pub descending: bool,
}

impl ClassOrder {
    /// After a click on that heading: one way, then the other, then as the folder has them again. What is looked for comes
    /// first: the rarest, the heaviest, the worst found.
    pub fn after_click(self, key: ClassKey) -> Self {
        let first = ClassOrder {
            key,
            descending: key == ClassKey::Weight,
        };
        match self.key == key {
            false => first,
            true if self.descending == first.descending => ClassOrder {
                key,
                descending: !first.descending,
            },
            true => ClassOrder::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_orders_one_way_then_the_other_then_not_at_all() {
        let mut order = ClassOrder::default();
        let mut seen = vec![];
        for _ in 0..3 {
            order = order.after_click(ClassKey::Weight);
            seen.push((order.key, order.descending));
        }
        let folder = (ClassKey::Folder, false);
        assert_eq!(
            seen,
            [(ClassKey::Weight, true), (ClassKey::Weight, false), folder]
        );
        let images = order.after_click(ClassKey::Images);
        assert_eq!((images.key, images.descending), (ClassKey::Images, false));
        assert_eq!(images.after_click(ClassKey::Recall).key, ClassKey::Recall);
    }
}
