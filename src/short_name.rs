//! Names in places that are too narrow for them. What several names have in common is what is left out, so that they can still
//! be told apart: of `class_number_007_left` and `class_number_019_left` that is `…007…` and not `class_nu…`.

/// Fewer letters in common are not worth an ellipsis.
const WORTH: usize = 3;
const ELLIPSIS: char = '…';

/// What all of some names begin and end with, in letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shared {
    beginning: usize,
    end: usize,
}

impl Shared {
    /// Of one name alone that is nothing.
    pub fn of(names: &[String]) -> Self {
        let [first, others @ ..] = names else {
            return Shared::default();
        };
        if others.is_empty() {
            return Shared::default();
        }
        let first: Vec<char> = first.chars().collect();
        let (mut beginning, mut end) = (first.len(), first.len());
        let mut shortest = first.len();
        for name in others {
            let same = |letters: &mut dyn Iterator<Item = char>, of: &mut dyn Iterator<Item = &char>| {
                letters.zip(of).take_while(|(a, b)| a == *b).count()
            };
            beginning = beginning.min(same(&mut name.chars(), &mut first.iter()));
            end = end.min(same(&mut name.chars().rev(), &mut first.iter().rev()));
            shortest = shortest.min(name.chars().count());
        }
        // Of `aa` and `aaa` a letter would count twice.
        end = end.min(shortest.saturating_sub(beginning));
        let beginning = at_boundary(first[..beginning].iter().copied(), first.get(beginning));
        let inside = first.len().checked_sub(end + 1).and_then(|i| first.get(i));
        let end = at_boundary(first[first.len() - end..].iter().rev().copied(), inside);
        let worth = |n: usize| if n >= WORTH { n } else { 0 };
        Shared {
            beginning: worth(beginning),
            end: worth(end),
        }
    }
}

/// How many of the letters end with a word or a number; the rest belongs to what comes `next`.
fn at_boundary(letters: impl Iterator<Item = char>, next: Option<&char>) -> usize {
    let letters: Vec<char> = letters.collect();
    let kind = |c: char| (c.is_alphabetic(), c.is_numeric());
    let Some(next) = next.copied().filter(|c| c.is_alphanumeric()) else {
        return letters.len();
    };
    let of_next = letters.iter().rev().take_while(|c| kind(**c) == kind(next));
    letters.len() - of_next.count()
}

/// As much of the name as fits: all of it, else without what it shares with the others, else without its middle. `fits`
/// must hold for a part where it holds for the whole.
pub fn shortened(name: &str, shared: Shared, fits: impl Fn(&str) -> bool) -> String {
    if fits(name) {
        return name.to_owned();
    }
    let letters: Vec<char> = name.chars().collect();
    let n = letters.len();
    let (from, to) = match shared.beginning + shared.end < n {
        true => (shared.beginning, n - shared.end),
        false => (0, n),
    };
    let ends = |from: usize, to: usize| -> String {
        let head = (from > 0).then_some(ELLIPSIS);
        let tail = (to < n).then_some(ELLIPSIS);
        head.into_iter()
            .chain(letters[from..to].iter().copied())
            .chain(tail)
            .collect()
    };
    // With as much of the end as there is room for, then with as much of the beginning.
    if fits(&ends(from, to)) {
        let to = most(to, n, |to| fits(&ends(from, to)));
        let from = n - most(n - from, n, |kept| fits(&ends(n - kept, to)));
        return ends(from, to);
    }
    let core = &letters[from..to];
    let cut = |kept: usize| -> String {
        let (head, tail) = (kept.div_ceil(2), kept / 2);
        let middle = core[..head].iter().copied().chain([ELLIPSIS]);
        middle.chain(core[core.len() - tail..].iter().copied()).collect()
    };
    cut(most(0, core.len().saturating_sub(1), |kept| fits(&cut(kept))))
}

/// The largest number up to `high` that holds, where `low` is taken to hold and each that is smaller than one that holds.
fn most(mut low: usize, mut high: usize, holds: impl Fn(usize) -> bool) -> usize {
    while low < high {
        let middle = (low + high).div_ceil(2);
        match holds(middle) {
            true => low = middle,
            false => high = middle - 1,
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(names: &[&str], most: usize) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        let shared = Shared::of(&names);
        let fits = |text: &str| text.chars().count() <= most;
        names.iter().map(|name| shortened(name, shared, fits)).collect()
    }

    #[test]
    fn what_differs_stays() {
        let numbered = [
            "class_number_000_left",
            "class_number_007_left",
            "class_number_019_left",
        ];
        assert_eq!(short(&numbered, 30), numbered);
        assert_eq!(short(&numbered, 5), ["…000…", "…007…", "…019…"]);
        assert_eq!(short(&numbered, 9)[1], "…007_left");
        assert_eq!(short(&numbered, 16)[1], "…number_007_left");
        assert_eq!(short(&numbered, 3), ["0…0", "0…7", "0…9"]);
        assert_eq!(short(&["species 00", "species 49"], 6), ["…es 00", "…es 49"]);
        // A word is not taken apart, and a few letters are not worth it.
        assert_eq!(short(&["foxglove", "foxtail lily"], 7), ["fox…ove", "fox…ily"]);
        assert_eq!(short(&["a one", "a two"], 4), ["a …e", "a …o"]);
    }

    #[test]
    fn names_that_share_nothing_lose_their_middle() {
        assert_eq!(
            short(&["tyrannosaurus", "velociraptor"], 7),
            ["tyr…rus", "vel…tor"]
        );
        assert_eq!(short(&["tyrannosaurus"], 8), ["tyra…rus"]);
        assert_eq!(short(&["", "x"], 0)[0], "");
        assert_eq!(short(&["aa", "aaa"], 1), ["…", "…"]);
        // The same name twice shares all of itself.
        assert_eq!(short(&["long name", "long name"], 5), ["lo…me", "lo…me"]);
    }
}
