//! What deserves a look in a folder that is in order otherwise: classes whose names look alike, pictures that are there
//! twice.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::experiment::{ImageEntry, Issue, IssueKind, normal_form};
use crate::visible::visible;

/// Classes that a reader takes for one.
pub fn alike_names(classes: &[String]) -> Vec<Issue> {
    let mut forms: BTreeMap<String, &String> = BTreeMap::new();
    let mut in_lower_case: BTreeMap<String, &String> = BTreeMap::new();
    let mut issues = Vec::new();
    for class in classes {
        let form = normal_form(class);
        let Some(first) = forms.get(&form) else {
            // Names that differ by case alone are two folders here, and one on many other computers.
            match in_lower_case.entry(form.to_lowercase()) {
                Entry::Occupied(other) => issues.push(issue(class, other.get(), "in capital letters only")),
                Entry::Vacant(place) => _ = place.insert(class),
            }
            forms.insert(form, class);
            continue;
        };
        let how = match class.trim() == first.trim() {
            true => "in blanks at its end",
            false => "in how its letters are written, or in letters that are not seen",
        };
        issues.push(issue(class, first, how));
    }
    issues
}

fn issue(class: &str, other: &str, how: &str) -> Issue {
    let spelled = |name: &str| match name.is_ascii() && name.trim() == name {
        true => name.to_owned(),
        false => name.escape_unicode().to_string(),
    };
    let spelling = match how.contains("letters") && spelled(class) != class {
        true => format!(" ({})", spelled(class)),
        false => String::new(),
    };
    Issue {
        path: class.to_owned(),
        kind: IssueKind::LookAlike,
        message: format!(
            "this class differs from {:?} {how}{spelling}; put them together if they are one, else rename one",
            visible(other)
        ),
    }
}

/// The same picture in two classes, and more than once in one.
pub fn duplicates(classes: &[String], images: &[ImageEntry], twins: &[Vec<usize>]) -> Vec<Issue> {
    let of_group = |group: &Vec<usize>| {
        let first = &images[group[0]];
        let in_other = group.iter().find(|&&i| images[i].class_idx != first.class_idx);
        let message = match in_other {
            Some(&i) => format!(
                "the same picture lies in class {} too, as {}; keep the one whose class is right",
                classes[images[i].class_idx], images[i].path
            ),
            None => format!(
                "the same picture is there {} times, also as {}; it counts as often, and may be trained on and judged at \
                 once; remove the copies",
                group.len(),
                images[group[1]].path
            ),
        };
        Issue {
            path: first.path.clone(),
            kind: IssueKind::Duplicate,
            message,
        }
    };
    twins.iter().map(of_group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(classes: &[&str]) -> Vec<(String, String)> {
        let classes: Vec<String> = classes.iter().map(|&class| class.to_owned()).collect();
        alike_names(&classes)
            .into_iter()
            .map(|issue| (issue.path, issue.message))
            .collect()
    }

    #[test]
    fn names_that_look_alike_are_told_with_what_differs() {
        assert!(alike(&["FAKE", "REAL"]).is_empty());
        let said = alike(&["Ka\u{308}se", "K\u{e4}se", "wurst", "wurst ", "wurst\u{200b}"]);
        assert_eq!(said.len(), 3);
        assert!(
            said[0].1.contains("in how its letters are written") && said[0].1.contains("\\u{e4}"),
            "{said:?}"
        );
        assert!(said[1].1.contains("in blanks at its end"), "{said:?}");
        assert!(said[2].1.contains("\\u{200b}"), "{said:?}");
        let said = alike(&["Dog", "dog"]);
        assert!(said[0].1.contains("in capital letters only"), "{said:?}");
    }

    #[test]
    fn pictures_in_two_classes_are_told() {
        let image = |path: &str, class_idx| ImageEntry {
            path: path.into(),
            class_idx,
            folder: None,
        };
        let images = [
            image("a/1.png", 0),
            image("a/2.png", 0),
            image("b/1.png", 1),
            image("b/2.png", 1),
        ];
        let classes = ["a".to_owned(), "b".to_owned()];
        let said = duplicates(&classes, &images, &[vec![0, 2], vec![1, 3]]);
        assert!(said[0].message.contains("in class b too, as b/1.png"), "{said:?}");
        let said = duplicates(&classes, &images, &[vec![0, 1]]);
        assert!(
            said[0].message.contains("there 2 times, also as a/2.png"),
            "{said:?}"
        );
    }
}
