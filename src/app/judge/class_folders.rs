//! Folders that are named like the classes of a run, and what the run comes to on them.

use super::table::ImageTable;
use crate::experiment::{Source, normal_form};
use crate::protocol::Judged;

/// What is known of a run on such a folder.
#[derive(Debug)]
pub struct FolderEvaluation {
    pub run: usize,
    pub data: Source,
    pub warnings: Vec<String>,
    /// None while it is computed.
    pub outcome: Option<Result<Judged, String>>,
}

/// How many classes have a folder of their name in the one that was opened; none where an image lies elsewhere.
pub(in crate::app) fn n_class_folders(table: &ImageTable, classes: &[String]) -> Option<usize> {
    let [dir] = table.sources.as_slice() else {
        return None;
    };
    let classes: Vec<String> = classes.iter().map(|class| normal_form(class)).collect();
    let mut found = vec![false; classes.len()];
    let mut last: Option<&str> = None;
    for image in table.rows() {
        let mut below = image.path.strip_prefix(dir).ok()?.components();
        let folder = below.next()?.as_os_str().to_str()?;
        below.next()?;
        // Rows of one folder stand together.
        if last != Some(folder) {
            let name = normal_form(folder);
            found[classes.iter().position(|class| *class == name)?] = true;
            last = Some(folder);
        }
    }
    let n_found = found.into_iter().filter(|&found| found).count();
    (n_found > 1).then_some(n_found)
}
