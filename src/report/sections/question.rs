//! What was asked: why the classes are weighed at all, and the goal, where the folder has one.

use super::section;
use crate::metrics::{Met, percent};
use crate::report::element::{Element, el};
use crate::report::told::{Told, class_counts};
use crate::report::words::{counted, images_of, p, sentence, together};
use crate::visible::visible_name;

pub fn question(told: &Told) -> Option<Element> {
    let run = told.run(0);
    let classes = run.classes();
    let counts: Vec<usize> = class_counts(run).iter().map(|parts| parts.iter().sum()).collect();
    let total: usize = counts.iter().sum();
    let class_idx = told.class_of(&told.sets[0]);
    let (class, n) = (classes.get(class_idx)?, *counts.get(class_idx)?);
    let share = percent(Some(n as f64 / total.max(1) as f64), 1);
    let n_as_rare = counts.iter().filter(|&&other| other == n).count() - 1;
    let as_rare = match n_as_rare {
        0 => String::new(),
        others => format!(
            " (as few as of {others} other {})",
            if others == 1 { "class" } else { "classes" }
        ),
    };
    let text = format!(
        "{} has {} images of {} classes. Of {class} there are {}, {} of all{as_rare}. A classifier that is trained on them as they are can \
         be right about most images and still miss much of what is rare. Class weights make a mistake in one class count more than \
         in another; what they find more of one class they pay for in the others. Which weights are right depends on what a miss \
         costs and on what the images can tell, and that is what this page shows.",
        visible_name(run.config.place()),
        counted(total as u64),
        counted(classes.len() as u64),
        counted(n as u64),
        together(&share)
    );
    let mut children = vec![p(text)];
    children.extend(goal(told));
    Some(section("question", "The question", children))
}

/// The goal, and whether each run meets it on each part.
fn goal(told: &Told) -> Vec<Element> {
    let set = &told.sets[0];
    let classes = told.run(set.runs[0]).classes();
    let Some((goal, class_idx)) = told.goal(classes) else {
        return vec![];
    };
    let mut met = Vec::new();
    for part in told.parts_of(set) {
        for (run, judged) in told.judged_of(set, part) {
            let Some(standing) = goal.bounds.met(&judged.rates[class_idx]) else {
                continue;
            };
            let says = match standing {
                Met::Surely => "surely meets it: the whole of each range does",
                Met::Perhaps => "may meet it: a range lies on both sides",
                Met::Not => "does not meet it",
            };
            met.push(el("li").text(format!("On {}, {} {says}.", images_of(part), told.names[run])));
        }
    }
    let set_goal = p(format!(
        "The goal that was set: {}",
        sentence(&goal.in_words(classes))
    ));
    let list = (!met.is_empty()).then(|| el("ul").children(met));
    [Some(set_goal), list].into_iter().flatten().collect()
}
