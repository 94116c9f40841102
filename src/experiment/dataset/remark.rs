//! What the network does not see of images that are in order: counted, and reported once for each kind. None of it is a
//! fault.

use serde::{Deserialize, Serialize};

use super::class_count::ClassCount;
use crate::metrics::{percent, thousands};

/// Kinds of what is lost on the way from a file to the network's input. All of it is lost in the same way with
/// torchvision's `ImageFolder`, which opens files by Pillow's `convert("RGB")`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemarkKind {
    /// Grey as numbers beyond 255, which are cut off there.
    DeepGrey,
    /// An EXIF tag asks for a turn or a mirror image, and is not obeyed.
    Turned,
    /// An animation, or a file of many pages.
    MorePictures,
    /// One colour all over; only a full decode shows it.
    OneColour,
}

/// Which of them are true of one image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unseen {
    pub deep_grey: bool,
    pub turned: bool,
    pub more_pictures: bool,
    pub one_colour: bool,
}

impl Unseen {
    fn has(self, kind: RemarkKind) -> bool {
        match kind {
            RemarkKind::DeepGrey => self.deep_grey,
            RemarkKind::Turned => self.turned,
            RemarkKind::MorePictures => self.more_pictures,
            RemarkKind::OneColour => self.one_colour,
        }
    }
}

/// Images of which the same is true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    pub kind: RemarkKind,
    /// One of them, relative to the dataset's root.
    pub example: String,
    /// Of each class, in class order.
    pub counts: Vec<usize>,
}

impl RemarkKind {
    pub const ALL: [RemarkKind; 4] = [
        RemarkKind::DeepGrey,
        RemarkKind::Turned,
        RemarkKind::MorePictures,
        RemarkKind::OneColour,
    ];

    /// What happens to such images and what can be done, to follow their number; `one` where it is a single image.
    fn message(self, one: bool) -> String {
        let [is, it, is_placeholder] = match one {
            true => ["is", "it", "it is a placeholder"],
            false => ["are", "them", "they are placeholders"],
        };
        match self {
            RemarkKind::DeepGrey => format!(
                "{is} of grey with more than 256 levels, of which all from 255 on become white, as with PyTorch's \
                 ImageFolder; scale {it} to 8 bits, or only the darkest parts are seen"
            ),
            RemarkKind::Turned => format!(
                "{is} meant to be turned by an EXIF tag, which is not obeyed, as with PyTorch's ImageFolder; save {it} \
                 turned where that matters"
            ),
            RemarkKind::MorePictures => {
                let (holds, is_it) = if one {
                    ("holds", "it is")
                } else {
                    ("hold", "they are")
                };
                format!(
                    "{holds} more than one picture (frames or pages), of which the first alone is seen; save the others \
                     as files of their own where {is_it} to count"
                )
            }
            RemarkKind::OneColour => {
                format!(
                    "{is} of one colour all over and can teach nothing; remove {it} where {is_placeholder}"
                )
            }
        }
    }
}

impl Remark {
    pub fn n_images(&self) -> usize {
        self.counts.iter().sum()
    }

    /// One sentence: how many, what of them, of which classes and with an example. `classes` with all their images.
    pub fn in_words(&self, classes: &[ClassCount]) -> String {
        let n = self.n_images();
        let images = if n == 1 { "image" } else { "images" };
        format!(
            "{} {images} {} ({}; {}{})",
            thousands(n as u64),
            self.kind.message(n == 1),
            shares(&self.counts, classes),
            if n == 1 { "" } else { "such as " },
            self.example
        )
    }
}

/// The remarks that are true of any image, kind by kind. `images` are paths with class and findings.
pub fn remarks<'a>(
    n_classes: usize,
    images: impl Iterator<Item = (&'a str, usize, Unseen)> + Clone,
) -> Vec<Remark> {
    let of_kind = |kind: RemarkKind| {
        let mut such = images
            .clone()
            .filter(|(_, _, unseen)| unseen.has(kind))
            .peekable();
        let example = such.peek()?.0.to_owned();
        let mut counts = vec![0; n_classes];
        for (_, class_idx, _) in such {
            counts[class_idx] += 1;
        }
        Some(Remark {
            kind,
            example,
            counts,
        })
    };
    RemarkKind::ALL.into_iter().filter_map(of_kind).collect()
}

/// Such as `REAL 8 of 100, 8.0 %; FAKE 4 of 1,300, 0.3 %`: the classes that have any, the largest shares first.
pub fn shares(counts: &[usize], classes: &[ClassCount]) -> String {
    const SHOWN: usize = 4;
    let share = |n: usize, class: &ClassCount| n as f64 / class.images.max(1) as f64;
    let mut some: Vec<(usize, &ClassCount)> = counts.iter().copied().zip(classes).collect();
    some.retain(|&(n, _)| n > 0);
    some.sort_by(|a, b| share(b.0, b.1).total_cmp(&share(a.0, a.1)));
    let words = |&(n, class): &(usize, &ClassCount)| {
        format!(
            "{} {} of {}, {}",
            class.name,
            thousands(n as u64),
            thousands(class.images as u64),
            percent(Some(share(n, class)), 1)
        )
    };
    let mut lines: Vec<String> = some.iter().take(SHOWN).map(words).collect();
    if some.len() > SHOWN {
        let n = some.len() - SHOWN;
        let classes = if n == 1 { "class" } else { "classes" };
        lines.push(format!("{} more {classes}", thousands(n as u64)));
    }
    lines.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(name: &str, images: usize) -> ClassCount {
        ClassCount {
            name: name.into(),
            images,
        }
    }

    #[test]
    fn images_are_counted_by_class_and_the_first_is_named() {
        let turned = Unseen {
            turned: true,
            ..Unseen::default()
        };
        let both = Unseen {
            one_colour: true,
            ..turned
        };
        let images = [
            ("a/1.jpg", 0, Unseen::default()),
            ("a/2.jpg", 0, turned),
            ("b/1.jpg", 1, both),
            ("b/2.jpg", 1, turned),
        ];
        let found = remarks(2, images.into_iter());
        assert_eq!(
            found,
            [
                Remark {
                    kind: RemarkKind::Turned,
                    example: "a/2.jpg".into(),
                    counts: vec![1, 2]
                },
                Remark {
                    kind: RemarkKind::OneColour,
                    example: "b/1.jpg".into(),
                    counts: vec![0, 1]
                },
            ]
        );
        let classes = [class("a", 2), class("b", 3)];
        assert_eq!(
            found[0].in_words(&classes),
            "3 images are meant to be turned by an EXIF tag, which is not obeyed, as with PyTorch's ImageFolder; save \
             them turned where that matters (b 2 of 3, 66.7 %; a 1 of 2, 50.0 %; such as a/2.jpg)"
        );
        assert_eq!(
            found[1].in_words(&classes),
            "1 image is of one colour all over and can teach nothing; remove it where it is a placeholder (b 1 of 3, \
             33.3 %; b/1.jpg)"
        );
    }

    #[test]
    fn of_many_classes_those_with_the_largest_shares_are_named() {
        let classes: Vec<ClassCount> = (1..=9).map(|n| class(&format!("c{n}"), 10 * n)).collect();
        assert_eq!(
            shares(&[1, 0, 2, 1, 1, 0, 0, 0, 90], &classes),
            "c9 90 of 90, 100.0 %; c1 1 of 10, 10.0 %; c3 2 of 30, 6.7 %; c4 1 of 40, 2.5 %; 1 more class"
        );
    }
}
