//! What decisions come to, and which images they are about.

use super::*;

fn image(content: &str, path: &str, copies: &[&str]) -> ImageName {
    ImageName {
        content: content.into(),
        path: path.into(),
        copies: copies.iter().map(|&path| path.into()).collect(),
    }
}

fn change(content: &str, change: LabelChange) -> ImageChange {
    ImageChange {
        image: image(content, &format!("A/{content}.png"), &[]),
        change,
    }
}

/// Of the content `c`.
fn copy(path: &str, copies: &[&str], change: LabelChange) -> ImageChange {
    ImageChange {
        image: image("c", path, copies),
        change,
    }
}

fn overlay(changes: &[ImageChange]) -> Overlay {
    let mut overlay = Overlay::default();
    changes.iter().for_each(|change| overlay.take(change));
    overlay
}

/// The places of content `c` that are excluded where these are all there are, and how many decisions are about none.
fn excluded<'a>(overlay: &Overlay, places: &[&'a str]) -> (Vec<&'a str>, usize) {
    let of_content = (places.iter().enumerate())
        .map(|(i, &place)| (place.to_owned(), i))
        .collect();
    let (found, n_absent) = overlay.find(&BTreeMap::from([("c".to_owned(), of_content)]));
    let excluded = found.iter().filter(|(_, label)| label.is_excluded);
    (excluded.map(|(&i, _)| places[i]).collect(), n_absent)
}

#[test]
fn the_last_decision_of_each_kind_holds() {
    let overlay = overlay(&[
        change("1", LabelChange::Label(Some("B".into()))),
        change("1", LabelChange::Exclude(true)),
        change("1", LabelChange::Label(Some("C".into()))),
        change("2", LabelChange::Exclude(true)),
        change("2", LabelChange::Exclude(false)),
        change("3", LabelChange::Note("blurred".into())),
        change("4", LabelChange::Group(Some("g".into()))),
        change("4", LabelChange::Clear),
    ]);
    assert_eq!(overlay.decisions.keys().collect::<Vec<_>>(), ["1", "3"]);
    let one = &overlay.decisions["1"][0].label;
    assert_eq!((one.label.as_deref(), one.is_excluded), (Some("C"), true));
    assert!(overlay.changes_training());
    let again = overlay.as_step();
    assert_eq!(self::overlay(&again), overlay);
}

#[test]
fn a_note_trains_nothing_else() {
    let overlay = overlay(&[change("3", LabelChange::Note("blurred".into()))]);
    assert!(!overlay.is_empty() && !overlay.changes_training());
}

#[test]
fn of_several_that_hold_the_same_one_can_be_left_out() {
    use LabelChange::{Clear, Exclude};
    let all = ["A/1", "A/2", "B/3"];
    let out = overlay(&[
        copy("A/1", &["A/2", "B/3"], Exclude(true)),
        copy("B/3", &["A/1", "A/2"], Exclude(true)),
    ]);
    assert_eq!(excluded(&out, &all), (vec!["A/1", "B/3"], 0));
    assert_eq!(self::overlay(&out.as_step()), out);
    // What the first format decided is about all of them, and one can be taken out of that.
    let of_all = ImageChange {
        image: image("c", "A/1", &[]),
        change: Exclude(true),
    };
    let before = overlay(std::slice::from_ref(&of_all));
    assert_eq!(excluded(&before, &all), (all.to_vec(), 0));
    for back in [Exclude(false), Clear] {
        let but_one = overlay(&[of_all.clone(), copy("A/2", &["A/1", "B/3"], back)]);
        assert_eq!(excluded(&but_one, &all), (vec!["A/1", "B/3"], 0));
        assert_eq!(self::overlay(&but_one.as_step()), but_one);
    }
    let alone_again = overlay(&[
        copy("A/1", &["A/2"], Exclude(true)),
        copy("A/1", &[], Exclude(false)),
    ]);
    assert!(alone_again.is_empty(), "{alone_again:?}");
}

#[test]
fn a_decision_about_one_of_several_goes_with_it() {
    let out = overlay(&[copy("A/1", &["A/2", "B/3"], LabelChange::Exclude(true))]);
    let table: [(&[&str], &[&str], usize); 7] = [
        // Its name or its folder changed, or those of all.
        (&["A/9", "A/2", "B/3"], &["A/9"], 0),
        (&["C/1", "C/2", "B/3"], &["C/1"], 0),
        (&["C/1", "C/2", "D/3"], &["C/1"], 0),
        // Another one moved, or one more came.
        (&["A/1", "A/2", "C/3"], &["A/1"], 0),
        (&["A/1", "A/2", "B/3", "C/4"], &["A/1"], 0),
        // It is not there any more, and the others were not left out.
        (&["A/2", "B/3"], &[], 1),
        // One of two is gone, and nobody can say which.
        (&["A/9", "B/3"], &[], 1),
    ];
    for (places, expected, n_absent) in table {
        assert_eq!(
            excluded(&out, places),
            (expected.to_vec(), n_absent),
            "{places:?}"
        );
    }
    // A decision about it at its new place goes on from the old one.
    let mut moved = out;
    moved.take(&copy(
        "A/9",
        &["A/2", "B/3"],
        LabelChange::Note("the left one".into()),
    ));
    assert_eq!(excluded(&moved, &["A/9", "A/2", "B/3"]), (vec!["A/9"], 0));
    assert_eq!(moved.decisions["c"].len(), 1);
}

#[test]
fn a_version_says_which_of_several_is_left_out() {
    let lines = |changes: &[ImageChange]| overlay(changes).of_training().collect::<Vec<_>>();
    let exclude = LabelChange::Exclude(true);
    assert_ne!(
        lines(&[copy("A/1", &["A/2"], exclude.clone())]),
        lines(&[copy("A/2", &["A/1"], exclude.clone())])
    );
    // As in the first format.
    assert_eq!(lines(&[change("1", exclude)]), ["1\0\0true\0"]);
    assert!(lines(&[change("1", LabelChange::Note("n".into()))]).is_empty());
}

#[test]
fn what_is_kept_together_grows() {
    let image = |content: &str| image(content, &format!("A/{content}.png"), &[]);
    let groups = |overlay: &Overlay| -> Vec<(String, String)> {
        let group = |d: &Decision| Some((d.image.content.clone(), d.label.group.clone()?));
        overlay.all().filter_map(group).collect()
    };
    let mut overlay = overlay(&together(
        &Overlay::default(),
        &[vec![image("5"), image("7")], vec![image("8"), image("9")]],
    ));
    assert_eq!(
        groups(&overlay),
        [("5", "5"), ("7", "5"), ("8", "8"), ("9", "8")].map(|(a, b)| (a.into(), b.into()))
    );
    for change in together(&overlay, &[vec![image("7"), image("9")]]) {
        overlay.take(&change);
    }
    assert!(
        groups(&overlay).iter().all(|(_, group)| group == "5"),
        "{overlay:?}"
    );
}

#[test]
fn copies_can_be_kept_together_and_are_no_group_with_others_of_their_content() {
    let one = |path: &str, copies: &[&str]| image("c", path, copies);
    let first = vec![one("A/1", &["A/2", "B/3"]), one("A/2", &["A/1", "B/3"])];
    let apart = vec![one("B/3", &["A/1", "A/2"]), image("d", "A/4", &[])];
    let overlay = overlay(&together(&Overlay::default(), &[first, apart]));
    let names: Vec<_> = overlay.all().map(|d| d.label.group.as_deref()).collect();
    assert_eq!(names, [Some("c"), Some("c"), Some("c+"), Some("c+")]);
}
