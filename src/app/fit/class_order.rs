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
