//! What of the map is shown, and how.

use crate::experiment::Part;

/// What decides where an image lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapLayout {
    #[default]
    Umap,
    Pca,
}

impl MapLayout {
    pub const ALL: [MapLayout; 2] = [MapLayout::Umap, MapLayout::Pca];

    pub fn name(self) -> &'static str {
        match self {
            MapLayout::Umap => "UMAP",
            MapLayout::Pca => "PCA",
        }
    }

    pub fn explanation(self) -> &'static str {
        match self {
            MapLayout::Umap => {
                "UMAP: what is near in the features is near on the map. How far apart groups lie, and how large they are, says \
                 little"
            }
            MapLayout::Pca => {
                "PCA: the two directions in which the features differ most. Distances are true, and most of what tells images \
                 apart may lie in other directions"
            }
        }
    }
}

/// What tells the points apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapColour {
    #[default]
    Class,
    Verdict,
    Confidence,
}

impl MapColour {
    pub const ALL: [MapColour; 3] = [MapColour::Class, MapColour::Verdict, MapColour::Confidence];

    pub fn name(self) -> &'static str {
        match self {
            MapColour::Class => "By class",
            MapColour::Verdict => "By verdict",
            MapColour::Confidence => "By confidence",
        }
    }
}

/// Which images are on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapPart {
    #[default]
    All,
    Judged(Part),
    /// Those that the run has judged in no part: most were trained on.
    Rest,
}

impl MapPart {
    pub const ALL: [MapPart; 5] = [
        MapPart::All,
        MapPart::Judged(Part::Val),
        MapPart::Judged(Part::Test),
        MapPart::Judged(Part::Train),
        MapPart::Rest,
    ];

    pub fn name(self) -> &'static str {
        match self {
            MapPart::All => "All images",
            MapPart::Judged(Part::Train) => "Training images",
            MapPart::Judged(Part::Val) => "Validation images",
            MapPart::Judged(Part::Test) => "Test images",
            MapPart::Rest => "Images without a verdict",
        }
    }

    pub fn has(self, part: Option<Part>) -> bool {
        match self {
            MapPart::All => true,
            MapPart::Judged(judged) => part == Some(judged),
            MapPart::Rest => part.is_none(),
        }
    }
}
