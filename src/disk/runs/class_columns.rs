//! The columns of a table that has one for each class beside others.

/// The names of more columns of each class, of what the head itself says: such as `score REAL`.
pub fn score_columns(classes: &[String]) -> Vec<String> {
    classes.iter().map(|class| format!("score {class}")).collect()
}

/// The names of the classes' columns beside columns of other names: those of the classes, except for one named as
/// another column is.
pub fn class_columns(classes: &[String], others: &[&str]) -> Vec<String> {
    let name = |class: &String| match others.contains(&class.as_str()) {
        true => format!("class {class}"),
        false => class.clone(),
    };
    classes.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_of_their_own() {
        let classes = ["path", "FAKE", "error"].map(String::from);
        assert_eq!(
            class_columns(&classes, &["path", "class", "error"]),
            ["class path", "FAKE", "class error"]
        );
        assert_eq!(score_columns(&classes)[1], "score FAKE");
    }
}
