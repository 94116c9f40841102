//! When two names are the same to a reader: composed letters and decomposed ones, blanks at the ends, letters that nobody
//! sees. A folder that was packed on a Mac comes with other bytes for the same name.

use unicode_normalization::UnicodeNormalization;

use crate::visible::is_hidden;

/// Unicode's normal form C (UAX 15), without blanks at the ends and without letters that are not seen.
pub fn normal_form(name: &str) -> String {
    let seen: String = name.nfc().filter(|&c| !is_hidden(c)).collect();
    seen.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_have_one_form() {
        let forms = [
            "K\u{e4}se",
            "Ka\u{308}se",
            "K\u{e4}se ",
            "K\u{e4}se\u{200b}",
            "\u{feff}K\u{e4}se",
        ];
        assert!(forms.iter().all(|name| normal_form(name) == "K\u{e4}se"));
        // What is seen stays.
        assert_ne!(normal_form("wurst"), normal_form("Wurst"));
        assert_eq!(normal_form("a b"), "a b");
    }
}
