//! The order in which people count names: `class 2` before `class 10`.

use std::cmp::Ordering;

/// Numbers in names by their value, all else by code point.
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (number_left, number_right) = (leading_digits(left), leading_digits(right));
        if number_left > 0 && number_right > 0 {
            let (l, r) = (&left[..number_left], &right[..number_right]);
            let (l, r) = (l.trim_start_matches('0'), r.trim_start_matches('0'));
            let by_value = l.len().cmp(&r.len()).then_with(|| l.cmp(r));
            if by_value.is_ne() {
                return by_value;
            }
            (left, right) = (&left[number_left..], &right[number_right..]);
            continue;
        }
        match (left.chars().next(), right.chars().next()) {
            (Some(l), Some(r)) if l == r => (left, right) = (&left[l.len_utf8()..], &right[r.len_utf8()..]),
            // Names of one value, such as 1 and 01, still have an order.
            (None, None) => return a.cmp(b),
            (l, r) => return l.cmp(&r),
        }
    }
}

fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_by_their_value() {
        let mut names = ["b", "a10", "a2", "10", "9", "a", "a2b", "01", "1", "A3"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["01", "1", "9", "10", "A3", "a", "a2", "a2b", "a10", "b"]);
    }
}
