//! Image folders: looked through, checked, divided, drawn and shown.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::experiment::{Checked, Config, Dataset, Source};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum DatasetCommand {
    Scan(Scan),
    CheckImages(CheckImages),
    CountSplit(CountSplit),
    DrawDemo(DrawDemo),
    Thumbnails(Thumbnails),
    DescribeImage(DescribeImage),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum DatasetEvent {
    Scanned(Box<Dataset>),
    /// What was to be scanned holds runs, in that folder; that run, where it is one itself. The scan then fails.
    RunsFound {
        runs_dir: PathBuf,
        run: Option<PathBuf>,
    },
    /// What was to be scanned holds images and no folders: there is no class to read off. The scan then fails.
    ImagesFound(PathBuf),
    /// What was to be scanned says which images belong together, and not of which class they are. The scan then fails.
    GroupsFound(PathBuf),
    /// What was to be scanned is a table of decisions about labels. The scan then fails.
    DecisionsFound(PathBuf),
    Checked(Box<Checked>),
    SplitCounted(SplitCounts),
    Thumbnail(Thumbnail),
    Described(Box<ImageFacts>),
}

/// Look through an image folder, or the images of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    pub source: Source,
}

/// Decode every image of a folder that was scanned. Stopped, it answers with what was decoded until then
/// ([`Checked::is_whole`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckImages {
    pub dataset: Arc<Dataset>,
}

/// What the config's split comes to, where finding out takes a look at every image or at a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountSplit {
    pub dataset: Arc<Dataset>,
    pub config: Box<Config>,
}

/// Draw the demo's image folder, or leave it if it is there already.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrawDemo {
    pub dir: PathBuf,
}

/// Decode images small enough to show; one [`DatasetEvent::Thumbnail`] each, also where it cannot be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thumbnails {
    pub paths: Vec<PathBuf>,
    /// Longest side at most, in pixels.
    pub side: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitCounts {
    /// Images of each class in train, validation and test; or why there is no such split.
    pub parts: Result<[Vec<usize>; 3], String>,
    /// Groups in train, validation and test, where it is by groups.
    pub n_groups: Option<[usize; 3]>,
    /// What decisions about labels change in it, a sentence each.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thumbnail {
    pub path: PathBuf,
    /// Why there is none, for people.
    pub picture: Result<Picture, String>,
}

/// Look into an image's file, without decoding it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DescribeImage {
    #[serde(with = "crate::any_path")]
    pub path: PathBuf,
}

/// What an image's file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFacts {
    #[serde(with = "crate::any_path")]
    pub path: PathBuf,
    pub n_bytes: u64,
    /// Such as `JPEG`.
    pub format: String,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// What of it the network does not see, in words, such as that it is turned by EXIF.
    pub unseen: Vec<String>,
}

/// Pixels to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Width and height.
    pub size: [usize; 2],
    /// `[height, width, 3]`, row-major.
    pub rgb: Vec<u8>,
}
