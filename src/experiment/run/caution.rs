//! With what care a run's figures are to be read, by a code that can be cited, looked up and switched off. Each has a page in
//! `docs/warnings.md`; what calls for it is found in `experiment/cautions/`.

use serde::{Deserialize, Serialize};

/// A kind of caution. Its number never means anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Code {
    #[serde(rename = "CW001")]
    FewImages,
    #[serde(rename = "CW002")]
    FewForThreshold,
    #[serde(rename = "CW003")]
    ClassAbsent,
    #[serde(rename = "CW004")]
    NeverPredicted,
    #[serde(rename = "CW005")]
    AllLearnt,
    #[serde(rename = "CW006")]
    AtTheEdge,
    #[serde(rename = "CW007")]
    Leak,
    #[serde(rename = "CW008")]
    Shortcut,
    #[serde(rename = "CW009")]
    ForeignWeights,
    #[serde(rename = "CW010")]
    StillFalling,
}

/// A caution about one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caution {
    pub code: Code,
    /// What was found, and what to do about it.
    pub message: String,
}

impl Code {
    pub const ALL: [Code; 10] = [
        Code::FewImages,
        Code::FewForThreshold,
        Code::ClassAbsent,
        Code::NeverPredicted,
        Code::AllLearnt,
        Code::AtTheEdge,
        Code::Leak,
        Code::Shortcut,
        Code::ForeignWeights,
        Code::StillFalling,
    ];

    /// Such as `CW001`.
    pub fn name(self) -> &'static str {
        match self {
            Code::FewImages => "CW001",
            Code::FewForThreshold => "CW002",
            Code::ClassAbsent => "CW003",
            Code::NeverPredicted => "CW004",
            Code::AllLearnt => "CW005",
            Code::AtTheEdge => "CW006",
            Code::Leak => "CW007",
            Code::Shortcut => "CW008",
            Code::ForeignWeights => "CW009",
            Code::StillFalling => "CW010",
        }
    }

    /// What it is about, in a few words: the heading of its page.
    pub fn title(self) -> &'static str {
        match self {
            Code::FewImages => "Few images of a class to judge by",
            Code::FewForThreshold => "Too few images to choose a threshold by",
            Code::ClassAbsent => "A class without images in a part",
            Code::NeverPredicted => "A class that is never predicted",
            Code::AllLearnt => "Every training image is told rightly",
            Code::AtTheEdge => "The best of a sweep lies at its edge",
            Code::Leak => "Copies of training images among those that judge",
            Code::Shortcut => "The file alone gives the class away",
            Code::ForeignWeights => "Weights that seem meant for another folder",
            Code::StillFalling => "The loss was still falling at the end",
        }
    }

    pub fn of_name(name: &str) -> Option<Code> {
        Code::ALL.into_iter().find(|code| code.name() == name)
    }
}

impl Caution {
    pub fn new(code: Code, message: String) -> Self {
        Caution { code, message }
    }

    /// Such as `CW004: no image was predicted to be REAL`.
    pub fn in_words(&self) -> String {
        format!("{}: {}", self.code.name(), self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_kept_by_its_name_and_has_its_page() {
        let pages = include_str!("../../../docs/warnings.md");
        for code in Code::ALL {
            let kept = serde_json::to_value(code).unwrap();
            assert_eq!(kept.as_str(), Some(code.name()));
            assert_eq!(Code::of_name(code.name()), Some(code));
            let heading = format!("## {} {}\n", code.name(), code.title());
            assert!(pages.contains(&heading), "docs/warnings.md lacks {heading:?}");
        }
        assert_eq!(Code::of_name("CW999"), None);
    }
}
