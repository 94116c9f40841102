//! Dividing images into train, validation and test.

/// Indices into `Dataset::images` of each part; ascending, disjoint, together all images (`folders` may leave none out).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    pub train: Vec<usize>,
    pub val: Vec<usize>,
    pub test: Vec<usize>,
}
