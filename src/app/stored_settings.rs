//! The window's settings as they were stored: taken where this version can read them, and never lost where it cannot.

use serde_json::Value;

use crate::app::settings::{SETTINGS_FORMAT, SETTINGS_FORMATS, Settings};
use crate::experiment::CONFIG_FORMATS;
use crate::formats::Formats;

/// Why stored settings were not taken, and what is to become of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// They stay as they are, so that nothing may be stored in their place.
    Newer,
    /// To be kept under another name: their text, and what is wrong with it.
    Damaged { text: String, reason: String },
}

impl Unread {
    /// What happened and what to do, for people.
    pub fn message(&self) -> String {
        match self {
            Unread::Newer => {
                "A newer counterweight wrote the window's settings, which are left as they are; update \
                              this one. Until then it starts as at first, and keeps no settings"
                    .into()
            }
            Unread::Damaged { reason, .. } => format!(
                "The window's settings cannot be read ({reason}); they are kept aside, and the window starts as at first"
            ),
        }
    }
}

/// The settings that were stored, or those of a first start.
pub fn read_settings(stored: Option<&str>) -> (Settings, Option<Unread>) {
    let Some(text) = stored else {
        return (Settings::default(), None);
    };
    if is_newer(text) {
        return (Settings::default(), Some(Unread::Newer));
    }
    match serde_json::from_str::<Settings>(text) {
        Ok(read) => {
            let settings = Settings {
                format: SETTINGS_FORMAT,
                ..read
            };
            (settings, None)
        }
        Err(e) => {
            let unread = Unread::Damaged {
                text: text.to_owned(),
                reason: e.to_string(),
            };
            (Settings::default(), Some(unread))
        }
    }
}

/// In newer ones not every setting is known here, and neither is every field of the form in them.
fn is_newer(text: &str) -> bool {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return false;
    };
    let is_newer = |format: &Value, formats: Formats| format.as_u64().is_some_and(|f| formats.is_newer(f));
    is_newer(&value["format"], SETTINGS_FORMATS) || is_newer(&value["form"]["format"], CONFIG_FORMATS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_taken_or_said_to_be_left() {
        let stored = Settings {
            zoom: 1.5,
            ..Settings::default()
        };
        let text = serde_json::to_string(&stored).unwrap();
        assert_eq!(read_settings(Some(&text)), (stored, None));
        assert_eq!(read_settings(None), (Settings::default(), None));
        for newer in [
            r#"{"format":3,"zoom":"wide"}"#,
            r#"{"format":2,"form":{"format":9,"colours":"all"}}"#,
        ] {
            assert_eq!(
                read_settings(Some(newer)),
                (Settings::default(), Some(Unread::Newer))
            );
        }
        for damaged in ["{", r#"{"form":{"colours":"all"}}"#, r#"{"zoom":"wide"}"#] {
            let (settings, unread) = read_settings(Some(damaged));
            assert_eq!(settings, Settings::default());
            let Some(Unread::Damaged { text, .. }) = unread else {
                panic!("{damaged}: {unread:?}")
            };
            assert_eq!(text, damaged);
        }
    }
}
