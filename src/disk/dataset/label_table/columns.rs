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
const OF_OTHERS: [(&str, &str); 3] = [
    (
        "action",
        "decisions about labels, which are taken in for the images that they are about",
    ),
    ("error", "predictions"),
    ("predicted", "a run's images"),
];

/// What a name of each is about, for people.
const KINDS: [(&str, &[&str]); 4] = [
    ("paths", &PATH),
    ("labels", &LABEL),
    ("parts", &SPLIT),
    ("groups", &GROUP),
];

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
    if of_another_kind(header).is_some() {
        return None;
    }
    Some(Columns {
        path: path_column(header)?,
        label: place(header, &LABEL)?,
        split: place(header, &SPLIT),
        group: place(header, &GROUP),
    })
}

/// A name that two columns have of which one must be right.
pub fn doubled(header: &[String]) -> Option<&String> {
    let is_known = |name: &String| {
        KINDS
            .iter()
            .any(|(_, names)| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
    };
    let later = |at: usize| {
        header[at + 1..]
            .iter()
            .any(|other| other.eq_ignore_ascii_case(&header[at]))
    };
    let mut names = header.iter().enumerate();
    names
        .find(|(at, name)| is_known(name) && later(*at))
        .map(|(_, name)| name)
}

/// Where several columns could say a thing, which one is read and which are not, a sentence for each thing.
pub fn passed_over(header: &[String]) -> Vec<String> {
    let of_kind = |(what, names): &(&str, &[&str])| {
        let read = place(header, names)?;
        let is_other = |(at, name): &(usize, &String)| {
            *at != read && names.iter().any(|known| name.eq_ignore_ascii_case(known))
        };
        let others = header.iter().enumerate().filter(is_other);
        let others: Vec<&str> = others.map(|(_, name)| name.as_str()).collect();
        let read = &header[read];
        let others = (!others.is_empty()).then(|| others.join(" and "))?;
        Some(format!(
            "its {what} are read from the column {read}, and not from {others}; rename the columns if that is wrong"
        ))
    };
    KINDS.iter().filter_map(of_kind).collect()
}

/// What another table of this program is of, and the column that tells.
pub fn of_another_kind(header: &[String]) -> Option<(&'static str, &'static str)> {
    let mut others = OF_OTHERS.iter();
    let (column, what) = others.find(|(column, _)| place(header, &[column]).is_some())?;
    Some((what, column))
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
        let header = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            passed_over(&header("image,path,class,label,part")),
            [
                "its paths are read from the column path, and not from image; rename the columns if that is wrong",
                "its labels are read from the column label, and not from class; rename the columns if that is wrong",
            ]
        );
        assert_eq!(passed_over(&header("path,label,note,note")), [""; 0]);
        assert_eq!(doubled(&header("path,Label,label")), Some(&"Label".to_owned()));
        assert_eq!(doubled(&header("path,label,note,note")), None);
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
