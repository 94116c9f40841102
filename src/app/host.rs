//! What lies outside the window's state: the engine, the desktop and its dialogs, the clipboard. Knows no state.

use std::path::PathBuf;

use crate::protocol::{Command, FileContent, Job};

/// The window does it; a test writes it down.
pub trait Host {
    fn submit(&mut self, command: Command) -> Job;
    /// The answer, if any, comes later as an action.
    fn pick(&mut self, pick: Pick);
    fn copy(&mut self, text: String);
    /// Closes the window.
    fn close(&mut self);
    /// Puts it out of the way.
    fn minimise(&mut self);
    /// Where that fails, the user gets a message.
    fn reveal(&mut self, place: Place);
}

/// What to ask the desktop for.
#[derive(Debug, Clone, PartialEq)]
pub enum Pick {
    Folder,
    /// A table of images and their labels.
    Table,
    Images,
    /// Folders of images whose classes are not known.
    ImageFolder,
    /// Where to write it.
    Target(Box<Export>),
    /// A file of weights, for the form.
    Weights,
    /// Where to export these runs.
    Export(Vec<usize>),
    /// The page to write about these runs.
    Report(Vec<usize>),
    /// Another folder of runs, to list.
    MoreRuns,
    /// The place to keep runs in.
    RunsPlace,
    /// A table of decisions about labels, or a folder made of them.
    Labels(LabelsFile),
}

/// A file or folder that has to do with decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelsFile {
    Export,
    Import,
    Cleaned,
}

/// A file to be written where the user says.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// What to call it, ending included.
    pub file_name: String,
    pub content: FileContent,
}

/// What the file manager should show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Folder(PathBuf),
    /// In its folder, selected.
    File(PathBuf),
    /// By what shows such files, a browser.
    Page(PathBuf),
}

impl Pick {
    /// How the dialog is titled.
    pub fn title(&self) -> &'static str {
        match self {
            Pick::Folder => "Open a folder with one sub-folder per class",
            Pick::Table => "Open a table of images and labels",
            Pick::Images => "Open images to predict",
            Pick::ImageFolder => "Open a folder of images to predict",
            Pick::Target(_) => "Write to",
            Pick::Weights => "Choose a file of weights",
            Pick::Export(_) => "Choose a folder to export to",
            Pick::Report(_) => "Write the report to",
            Pick::MoreRuns => "List the runs of another folder",
            Pick::Labels(LabelsFile::Export) => "Write the label decisions to",
            Pick::Labels(LabelsFile::Import) => "Take in a table of label decisions",
            Pick::Labels(LabelsFile::Cleaned) => "Name a new folder for the images as they were decided",
            Pick::RunsPlace => "Choose a folder to keep new runs in",
        }
    }
}
