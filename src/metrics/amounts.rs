//! Amounts as people read them.

/// "98.95 %"; what is undefined is a dash, never a number.
pub fn percent(share: Option<f64>, decimals: usize) -> String {
    match share {
        Some(share) => format!("{:.decimals$} %", share * 100.0),
        None => "–".into(),
    }
}

/// A difference of shares in percentage points, with its sign: "+12.3", "−2.9"; "0.0" where that is all that is left of it.
pub fn points(difference: f64) -> String {
    let text = format!("{:+.1}", difference * 100.0);
    match text.as_str() {
        "+0.0" | "-0.0" => "0.0".into(),
        _ => text.replace('-', "−"),
    }
}

/// "16,464".
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A weight or a rate as it can be typed again: "0.001", "12.5"; "1e-30" where zeros would have to be counted.
pub fn plain(number: f64) -> String {
    match number.abs() {
        size if size > 0.0 && !(1e-6..1e9).contains(&size) => format!("{number:e}"),
        _ => number.to_string(),
    }
}

/// To so many significant digits, as few as are read with ease.
pub fn rounded(number: f64, digits: usize) -> f64 {
    let after_the_first = digits.saturating_sub(1);
    format!("{number:.after_the_first$e}").parse().unwrap_or(number)
}

/// "12.3 MB", "1.2 GB"; in powers of ten.
pub fn bytes(n_bytes: u64) -> String {
    match n_bytes {
        0..1_000_000_000 => format!("{:.1} MB", n_bytes as f64 / 1e6),
        _ => format!("{:.1} GB", n_bytes as f64 / 1e9),
    }
}

/// "3 hours ago".
pub fn ago(secs: u64) -> String {
    let (count, unit) = match secs {
        0..60 => return "just now".into(),
        60..3600 => (secs / 60, "minute"),
        3600..86_400 => (secs / 3600, "hour"),
        _ => (secs / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

/// The first `most` of the names: `a, b, c and 4 more`.
pub fn named(names: &[impl AsRef<str>], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        n => format!("{} and {} more", shown.join(", "), thousands(n as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_first_digits() {
        assert_eq!(
            [rounded(16.068, 3), rounded(0.001234, 2), rounded(99_960.0, 3)],
            [16.1, 0.0012, 1e5]
        );
        assert!(rounded(f64::NAN, 3).is_nan() && rounded(0.0, 3) == 0.0);
    }

    #[test]
    fn differences_have_their_sign() {
        let table = [
            (0.123, "+12.3"),
            (-0.029, "−2.9"),
            (0.0004, "0.0"),
            (-0.0004, "0.0"),
            (1.0, "+100.0"),
        ];
        for (difference, expected) in table {
            assert_eq!(points(difference), expected);
        }
    }

    #[test]
    fn digits_in_threes() {
        let table = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (19628, "19,628"),
            (1234567, "1,234,567"),
        ];
        for (n, expected) in table {
            assert_eq!(thousands(n), expected);
        }
    }

    #[test]
    fn numbers_are_read_as_they_are_shown() {
        let table = [
            (0.0, "0"),
            (8.0, "8"),
            (0.001, "0.001"),
            (1e-30, "1e-30"),
            (1.25e30, "1.25e30"),
            (1e9, "1e9"),
            (123_456_789.0, "123456789"),
        ];
        for (number, expected) in table {
            assert_eq!(plain(number), expected);
            assert_eq!(expected.parse(), Ok(number));
        }
    }

    #[test]
    fn bytes_and_ages() {
        assert_eq!(bytes(12_345_678), "12.3 MB");
        assert_eq!(bytes(1_234_567_890), "1.2 GB");
        let ages = [
            (59, "just now"),
            (60, "1 minute ago"),
            (7200, "2 hours ago"),
            (90_000, "1 day ago"),
        ];
        for (secs, expected) in ages {
            assert_eq!(ago(secs), expected);
        }
    }
}
