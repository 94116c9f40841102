//! The first run held against each other one: by how much they differ, and whether that is more than chance.

use crate::metrics::{Difference, Interval, PairFigure, p_in_words, points};
use crate::report::element::{Element, el};
use crate::report::judged::Judged;
use crate::report::measured::Held;
use crate::report::told::Told;
use crate::report::words::{self, counted, heading, note, p, scrolled, together};

/// Differences that are named of those that are sure beside balanced accuracy.
const NAMED: usize = 4;
/// Classes that have a column each where runs are held against each other.
const MOST_COLUMNS: usize = 4;

/// What the first has more than each of the others, and for each a sentence.
pub fn differences(
    told: &Told,
    (first, leading): (usize, &Judged),
    others: &[(usize, &Judged)],
    class_idx: usize,
) -> Vec<Element> {
    let held: Vec<(usize, &Held)> = (others.iter())
        .filter_map(|&(run, judged)| Some((run, told.held_against(run, judged.part)?)))
        .collect();
    let classes = told.run(first).classes();
    let name = &told.names[first];
    let said = |&(run, held): &(usize, &Held)| {
        let lead = el("strong").text(format!("{name} against {}. ", told.names[run]));
        let text = in_words(held, classes);
        el("p").class("pair").child(lead).text(words::sentence(&text))
    };
    let mut children: Vec<Element> = held.iter().map(said).collect();
    for (run, _) in others
        .iter()
        .filter(|(run, _)| !held.iter().any(|(other, _)| other == run))
    {
        let text = format!(
            "{name} cannot be held against {}, since it is not known of both what they say of each of the same images.",
            told.names[*run]
        );
        children.push(p(text).class("caution pair"));
    }
    if !held.is_empty() {
        children.push(differences_table(told, leading, &held, class_idx));
        children.push(note(what_is_sure(&held)));
    }
    children
}

/// In a sentence, and what else is surely different.
pub fn in_words(held: &Held, classes: &[String]) -> String {
    let differences = &held.differences;
    let said = differences.in_a_sentence(&held.ps_of_all);
    let mut said = said.unwrap_or_else(|| "how their balanced accuracies differ is not known".into());
    let sure = differences.surely_other(&held.ps_of_all, |class_idx| classes[class_idx].clone());
    if !sure.is_empty() {
        said += &format!(". Surely different: {}", sure[..sure.len().min(NAMED)].join(", "));
    }
    if sure.len() > NAMED {
        said += &format!(", and {} more", counted((sure.len() - NAMED) as u64));
    }
    said + "."
}

/// Which of the figures have a column: of many classes that of the one it is about.
fn has_column(figure: &PairFigure, n_classes: usize, class_idx: usize) -> bool {
    figure.class_idx.is_none() || n_classes <= MOST_COLUMNS || figure.class_idx == Some(class_idx)
}

fn differences_table(told: &Told, leading: &Judged, held: &[(usize, &Held)], class_idx: usize) -> Element {
    let classes = told.run(held[0].0).classes();
    let is_shown = |figure: &&PairFigure| has_column(figure, classes.len(), class_idx);
    let figures = || held[0].1.differences.figures.iter().filter(is_shown);
    let names = figures().map(|figure| match (figure.key, figure.class_idx) {
        ("recall", Some(class_idx)) => format!("{} found", classes[class_idx]),
        (_, Some(_)) => "ROC AUC".to_owned(),
        (_, None) => "Balanced accuracy".to_owned(),
    });
    let names: Vec<String> = names.collect();
    let columns = ["Against"].into_iter().chain(names.iter().map(String::as_str));
    let row = |&(run, held): &(usize, &Held)| {
        let cells = figures().map(|wanted| {
            let mut all = held.differences.figures.iter().zip(&held.ps_of_all);
            let same =
                all.find(|(figure, _)| (figure.key, figure.class_idx) == (wanted.key, wanted.class_idx));
            same.map_or_else(
                || el("td").class("n").text("–"),
                |(figure, &p)| difference_cell(figure, p),
            )
        });
        let test = &held.differences.mcnemar;
        el("tr")
            .attr("data-against", told.run(run).name.clone())
            .attr("data-part", leading.part.name())
            .child(el("th").attr("scope", "row").text(told.names[run].clone()))
            .children(cells)
            .child(number_cell("fixed", test.fixed))
            .child(number_cell("broken", test.broken))
    };
    let table = el("table")
        .class("figures")
        .child(heading(columns.chain(["Fixed", "Broken"])))
        .child(el("tbody").children(held.iter().map(row)));
    scrolled(
        "How the first run differs from the others, in percentage points",
        table,
    )
}

/// With its interval, how probable it is by chance, and of how many images it would be told from that.
fn difference_cell(figure: &PairFigure, p: f64) -> Element {
    let Difference {
        value,
        interval: Interval { low, high },
    } = figure.difference;
    let end = |share: f64| points(share).trim_start_matches('+').to_owned();
    let small = |text: String| el("small").text(together(&text));
    let needed = (figure.n_needed).filter(|_| !figure.is_sure(p));
    el("td")
        .class("n")
        .attr("data-figure", figure.key)
        .attr("data-low", low)
        .attr("data-high", high)
        .attr("data-p", p)
        .child(el("data").attr("value", value).text(points(value)))
        .child(small(format!("{} to {}", end(low), end(high))))
        .child(small(p_in_words(p)))
        .children(needed.map(|n| small(format!("{} images", counted(n))).attr("data-needed", n)))
}

fn number_cell(key: &'static str, n: u64) -> Element {
    el("td")
        .class("n")
        .attr("data-figure", key)
        .child(el("data").attr("value", n).text(counted(n)))
}

fn what_is_sure(held: &[(usize, &Held)]) -> String {
    let in_groups = held.iter().any(|(_, held)| held.differences.in_groups);
    let drawn = match in_groups {
        true => ", by groups, since images of one group resemble each other",
        false => "",
    };
    let figures = held.iter().flat_map(|(_, held)| &held.differences.figures);
    let asked = match held.len() {
        1 => "the balanced accuracy".to_owned(),
        n => format!("{n} balanced accuracies"),
    };
    format!(
        "What the first run has more, in percentage points, with the 95\u{a0}% interval of the difference itself{drawn}; p by Holm for \
         {asked}, and for {} other differences that were looked at. Where it may be chance, the number of images of this \
         mix is told that it would take to tell with a power of 80\u{a0}%. Fixed are images that the first run has right and the other \
         wrong, broken those the other way round.",
        figures.filter(|figure| figure.class_idx.is_some()).count()
    )
}
