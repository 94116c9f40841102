//! Which column of a table of labels is which, by the names that other programs write.

/// As Hugging Face's imagefolder (`file_name`), lightly-train (`image_path`), AutoGluon (`image`) and FiftyOne (`filepath`)
/// name it.
const PATH: [&str; 8] = [
    "path",
    "file_name",
    "filename",
    "image_path",
    "filepath",
    "file_path",
    "image",
    "file",
];
const LABEL: [&str; 2] = ["label", "class"];
const SPLIT: [&str; 2] = ["split", "part"];
const GROUP: [&str; 1] = ["group"];
/// What only other tables with a path and a class have: those of decisions, of predictions and of a run's images.
const OF_OTHERS: [&str; 3] = ["action", "error", "predicted"];

/// Their places in the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    pub path: usize,
    pub label: usize,
    pub split: Option<usize>,
    pub group: Option<usize>,
}

/// `None` where there is no label, or no path that it is of.
pub fn columns(header: &[String]) -> Option<Columns> {
    if place(header, &OF_OTHERS).is_some() {
        return None;
    }
    Some(Columns {
        path: path_column(header)?,
        label: place(header, &LABEL)?,
        split: place(header, &SPLIT),
        group: place(header, &GROUP),
    })
}

pub fn path_column(header: &[String]) -> Option<usize> {
    place(header, &PATH)
}

/// Whether it says which images belong together, and not what they show.
pub fn names_groups(header: &[String]) -> bool {
    path_column(header).is_some() && place(header, &GROUP).is_some()
}

/// Of those that are there, the name that comes first in the list.
fn place(header: &[String], names: &[&str]) -> Option<usize> {
    names
        .iter()
        .find_map(|name| header.iter().position(|field| field.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Option<Columns> {
        columns(&header.split(',').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn columns_are_found_by_the_names_that_programs_write() {
        let plain = |path, label| {
            Some(Columns {
                path,
                label,
                split: None,
                group: None,
            })
        };
        assert_eq!(of("path,label"), plain(0, 1));
        assert_eq!(of("Label,FILE_NAME"), plain(1, 0));
        assert_eq!(of("id,image_path,label"), plain(1, 2));
        assert_eq!(of("image,label"), plain(0, 1));
        // The one that says more.
        assert_eq!(of("image,path,class,label"), plain(1, 3));
        let all = of("group,split,label,path").unwrap();
        assert_eq!((all.split, all.group), (Some(1), Some(0)));
        // Groups, decisions, predictions, a run's images.
        for other in [
            "path,group",
            "path,label,action,note",
            "path,class,error,run",
            "path,part,true_class,predicted",
            "label",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
