//! Names that are safe to show. A file's or a class's name may hold anything but a slash: line breaks that forge rows,
//! escape sequences that colour a terminal or write its clipboard, letters that turn the text around, letters that
//! nobody sees. They are shown by their number, as `ls` shows them.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::Path;

/// A name in one line, with everything in it that is not seen written as `\n`, `\x1b` or `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// The same of several names, copied only where one of them needs it.
pub fn visible_names(names: &[String]) -> Cow<'_, [String]> {
    match names.iter().any(|name| name.chars().any(is_hidden)) {
        false => Cow::Borrowed(names),
        true => Cow::Owned(names.iter().map(|name| visible(name).into_owned()).collect()),
    }
}

/// A text of several lines; what is in a line must have been made [`visible`] where a line break would matter.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c == '\n')
}

/// A path in one line. What is not UTF-8 in it is shown as `�`.
pub fn visible_path(path: &Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
}

/// The last name of a path in one line; all of a path that has none.
pub fn visible_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    visible(&name.to_string_lossy()).into_owned()
}

/// JSON whose strings hold no letter that a terminal would obey; it means what it meant before.
pub fn visible_json(json: &str) -> Cow<'_, str> {
    if !json.chars().any(|c| is_hidden(c) && c != '\n') {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            // Between the values only; in them it is escaped already.
            '\n' => text.push(c),
            c if is_hidden(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
            c => text.push(c),
        }
    }
    Cow::Owned(text)
}

fn escaped(text: &str, is_kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(|c| is_hidden(c) && !is_kept(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if !is_hidden(c) || is_kept(c) => shown.push(c),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if u32::from(c) < 0x100 => _ = write!(shown, "\\x{:02x}", u32::from(c)),
            c => _ = write!(shown, "\\u{{{:x}}}", u32::from(c)),
        }
    }
    Cow::Owned(shown)
}

/// Control letters, those that change the direction of what follows, and those without a width of their own. The joiners
/// (U+200C, U+200D) are seen by what they do to their neighbours in many scripts, so they stay.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xad | 0x061c | 0x180e | 0x200b | 0x200e | 0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff
            | 0xfff9..=0xfffb | 0xe0000..=0xe007f)
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it. Numbers stay.
pub fn cell(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err() {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// The same of a relative path, which stays a path to the same file.
pub fn path_cell(path: &str) -> Cow<'_, str> {
    match path.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("./{path}")),
        false => Cow::Borrowed(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_shown_by_its_number() {
        for (text, shown) in [
            ("Käse 100 %", "Käse 100 %"),
            ("नमस्ते", "नमस्ते"),
            ("a\nb", "a\\nb"),
            ("\x1b[31mred\x1b]52;c;x\x07", "\\x1b[31mred\\x1b]52;c;x\\x07"),
            ("d\re\tf\0", "d\\re\\tf\\x00"),
            ("\u{9b}1m", "\\x9b1m"),
            ("gpj.\u{202e}exe", "gpj.\\u{202e}exe"),
            ("wurst\u{200b}", "wurst\\u{200b}"),
            ("\u{feff}first", "\\u{feff}first"),
        ] {
            assert_eq!(visible(text), shown);
        }
        assert_eq!(visible_lines("a\nb\x1b"), "a\nb\\x1b");
        assert!(matches!(visible("plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn json_means_the_same_and_is_harmless() {
        let value = serde_json::json!({"path": "a\u{9b}\u{202e}\u{e0041}b\n\x1b", "ok": "ä"});
        let text = format!("{value:#}");
        let shown = visible_json(&text);
        assert!(shown.chars().all(|c| c == '\n' || !is_hidden(c)), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    #[test]
    fn cells_are_no_formulas() {
        for (text, shown) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("@SUM(1)", "'@SUM(1)"),
            ("-0.125", "-0.125"),
            ("+1e3", "+1e3"),
            ("-x", "'-x"),
            ("FAKE", "FAKE"),
        ] {
            assert_eq!(cell(text), shown);
        }
        assert_eq!(path_cell("=a/b.png"), "./=a/b.png");
        assert_eq!(path_cell("/=a/b.png"), "/=a/b.png");
    }
}
