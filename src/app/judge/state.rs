//! What runs say of images: of those that were opened to be predicted, and of those that they were judged on.

use std::path::PathBuf;
use std::sync::Arc;

use super::class_folders::FolderEvaluation;
use super::listing::{DerivedListing, Listing};
use super::table::ImageTable;
use super::why::Why;
use crate::app::picture_cache::PictureCache;
use crate::protocol::{Picture, Thumbnail};

/// The pictures that can be drawn of one class against the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClassPlot {
    #[default]
    TradeOff,
    PrecisionRecall,
    Roc,
    Calibration,
    Cost,
}

impl ClassPlot {
    pub const ALL: [ClassPlot; 5] = [
        ClassPlot::TradeOff,
        ClassPlot::PrecisionRecall,
        ClassPlot::Roc,
        ClassPlot::Calibration,
        ClassPlot::Cost,
    ];

    pub fn name(self) -> &'static str {
        match self {
            ClassPlot::TradeOff => "Trade-off",
            ClassPlot::PrecisionRecall => "Precision and recall",
            ClassPlot::Roc => "ROC",
            ClassPlot::Calibration => "Calibration",
            ClassPlot::Cost => "Cost",
        }
    }
}

/// `None` until it comes, or why it cannot.
type AskedPicture = Option<Result<Arc<Picture>, String>>;

#[derive(Debug, Default)]
pub struct Judge {
    pub table: ImageTable,
    pub listing: Listing,
    pub(in crate::app) derived: DerivedListing,
    /// The row that is shown on the right.
    pub chosen: Option<usize>,
    /// Whether it is shown large.
    pub is_enlarged: bool,
    /// Small pictures of the rows in sight.
    pub pictures: PictureCache,
    /// The chosen image's, once it was asked for.
    picture: Option<(PathBuf, AskedPicture)>,
    /// Every shown run is asked, however many images there are.
    pub asks_all: bool,
    /// The user has stopped the predictions; what is known stays.
    pub is_stopped: bool,
    pub why: Why,
    pub evaluation: Option<FolderEvaluation>,
    pub(in crate::app) evaluation_job: Option<u64>,
    pub plot: ClassPlot,
    /// Pictures that were pasted since the start.
    pub(in crate::app) n_pasted: usize,
}

impl Judge {
    /// Other images, listed as at first.
    pub(in crate::app) fn open(&mut self, table: ImageTable) {
        *self = Judge {
            table,
            plot: self.plot,
            n_pasted: self.n_pasted,
            why: std::mem::take(&mut self.why),
            ..Judge::default()
        };
    }

    pub(in crate::app) fn choose(&mut self, row: Option<usize>) {
        self.chosen = row.filter(|&row| row < self.table.rows().len());
        self.is_enlarged &= self.chosen.is_some();
    }

    pub fn chosen_path(&self) -> Option<&PathBuf> {
        let row = self.table.rows().get(self.chosen?)?;
        Some(&row.path)
    }

    /// The picture of the chosen image, or why there is none; `None` until it is known.
    pub fn chosen_picture(&self) -> Option<&Result<Arc<Picture>, String>> {
        let (of, picture) = self.picture.as_ref()?;
        picture.as_ref().filter(|_| Some(of) == self.chosen_path())
    }

    /// The chosen image, where its picture was not asked for yet; from then on it is.
    pub(in crate::app) fn missing_picture(&mut self) -> Option<PathBuf> {
        let path = self.chosen_path()?.clone();
        if self.picture.as_ref().is_some_and(|(of, _)| *of == path) {
            return None;
        }
        self.picture = Some((path.clone(), None));
        Some(path)
    }

    pub(in crate::app) fn forget_picture(&mut self) {
        self.picture = None;
    }

    pub(in crate::app) fn take_chosen_picture(&mut self, thumbnail: Thumbnail) {
        if let Some((path, picture)) = &mut self.picture
            && *path == thumbnail.path
        {
            *picture = Some(thumbnail.picture.map(Arc::new));
        }
    }
}
