//! Formats of the files that are kept: which of them this version reads, and what to do about one of another. A new kind
//! of fact or field raises the newest; the oldest stays, so that what was written once is read for ever.

use serde::Deserialize;

/// Those that this version reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats {
    pub oldest: u32,
    pub newest: u32,
}

impl Formats {
    pub fn is_newer(self, found: u64) -> bool {
        found > u64::from(self.newest)
    }

    pub fn reads(self, found: u64) -> bool {
        (u64::from(self.oldest)..=u64::from(self.newest)).contains(&found)
    }

    /// What is wrong with a file of that format, and what to do; `None` for one that is read. `what` names the format.
    pub fn refusal(self, what: &str, found: u64) -> Option<String> {
        if self.reads(found) {
            return None;
        }
        let advice = match self.is_newer(found) {
            true => "a newer counterweight wrote it; update this one",
            false => "an older counterweight wrote it; use that one, or train again",
        };
        let read = match self.oldest == self.newest {
            true => self.newest.to_string(),
            false => format!("{} to {}", self.oldest, self.newest),
        };
        Some(format!(
            "has {what} format {found}, and this version reads {read}: {advice}"
        ))
    }
}

/// The format that a JSON object says it is of.
pub fn format_of(json: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Formatted {
        format: u64,
    }
    serde_json::from_slice(json)
        .ok()
        .map(|object: Formatted| object.format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_refused_with_what_to_do() {
        let formats = Formats { oldest: 2, newest: 3 };
        assert_eq!(formats.refusal("event", 2), None);
        assert_eq!(formats.refusal("event", 3), None);
        let said = |found| formats.refusal("event", found).unwrap();
        assert_eq!(
            said(4),
            "has event format 4, and this version reads 2 to 3: a newer counterweight wrote it; update this one"
        );
        assert!(said(1).ends_with("use that one, or train again"));
        assert_eq!(format_of(br#"{"format":7,"cost":3}"#), Some(7));
        assert_eq!(format_of(b"7"), None);
    }
}
