//! The arguments of `counterweight labels`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::words::RunsPlace;

#[derive(Debug, Args)]
#[command(mut_arg("runs", |runs| runs.global(true)))]
pub struct LabelsArgs {
    /// Image folder, or table of images, whose labels are decided about; no file of it is ever changed
    pub dir: PathBuf,
    #[command(subcommand)]
    pub action: Option<LabelsAction>,
    #[command(flatten)]
    pub runs: RunsPlace,
    /// Print one JSON object
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum LabelsAction {
    /// List what was decided; what `counterweight labels DIR` alone does
    List,
    /// Say which class images belong to
    Set {
        /// Images, by their path in the folder or from here
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// One of the folder's classes
        #[arg(long = "as", value_name = "CLASS")]
        class: String,
    },
    /// Leave images out: neither trained on nor judged
    Exclude {
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Keep images in one part of the split, such as pictures of one thing
    Together {
        #[arg(required = true, value_name = "PATH", num_args = 1..)]
        paths: Vec<PathBuf>,
    },
    /// Write a note on images
    Note {
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// The note; an empty one removes it
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// Forget what was decided about images
    Clear {
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Take the last decision back
    Undo,
    /// Bring back what was undone last
    Redo,
    /// Write the decisions as a CSV file: path, label, action, note
    Export {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Take in the decisions of such a file, or the groups of one with the columns path and group
    Import {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Make a new folder of the images by class, as they were decided: links, or copies where links cannot be
    Copy {
        /// It may not be there yet
        #[arg(value_name = "NEW_DIR")]
        to: PathBuf,
    },
}
