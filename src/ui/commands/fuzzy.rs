//! Whether words that were typed mean a name, and how well: as they stand in it, or by the beginnings of its words.

/// Of one typed word: it begins a word of the name, stands somewhere in it, or is put together from beginnings of its words.
const BEGINS: u32 = 4;
const STANDS_IN: u32 = 2;
const BY_BEGINNINGS: u32 = 1;

/// How well all of the typed words, in small letters, fit the name; `None` where one of them does not.
pub fn score(typed: &[String], name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let of_word = |word: &String| {
        let begins = words(&name).any(|part| part.starts_with(word.as_str()));
        if begins {
            Some(BEGINS)
        } else if name.contains(word.as_str()) {
            Some(STANDS_IN)
        } else {
            is_of_beginnings(word, &name).then_some(BY_BEGINNINGS)
        }
    };
    typed.iter().map(of_word).sum()
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Whether the letters come from the beginnings of words of the name, in their order: `trth` of `train three`.
fn is_of_beginnings(letters: &str, name: &str) -> bool {
    let names: Vec<&str> = words(name).collect();
    fits(letters, &names)
}

fn fits(letters: &str, names: &[&str]) -> bool {
    if letters.is_empty() {
        return true;
    }
    let Some((first, rest)) = names.split_first() else {
        return false;
    };
    let n_same = letters
        .chars()
        .zip(first.chars())
        .take_while(|(a, b)| a == b)
        .count();
    // The longest beginning first; a shorter one may leave letters that the next word begins with.
    let taken = (0..=n_same).rev();
    let mut left = taken.map(|n| letters.char_indices().nth(n).map_or("", |(at, _)| &letters[at..]));
    left.any(|left| fits(left, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_what_people_type_of_them() {
        let scored = |typed: &str| {
            let typed: Vec<String> = typed.split_whitespace().map(str::to_owned).collect();
            score(&typed, "Order the runs by Balanced accuracy")
        };
        assert_eq!(scored(""), Some(0));
        assert_eq!(scored("bal acc"), Some(2 * BEGINS));
        assert_eq!(scored("accuracy order"), Some(2 * BEGINS));
        assert_eq!(scored("lance"), Some(STANDS_IN));
        assert_eq!(scored("obacc"), Some(BY_BEGINNINGS));
        assert_eq!(scored("bacc xyz"), None);
        assert_eq!(scored("accb"), None);
    }
}
