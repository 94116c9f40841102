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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Config, Evaluation, Goal, Part, RunEvent, RunRecord, RunTag, Started};
    use crate::metrics::{Aim, Bounds};
    use crate::report::material::{Material, Pictures, ReportRun};
    use crate::report::measured::Measured;

    /// One that finds so many of 100 REAL, and calls 10 of 1,000 FAKE so.
    fn run(name: &str, found: u64) -> ReportRun {
        let matrix = [[990, 10], [100 - found, found]];
        let events = [
            RunEvent::Started(Box::new(Started::of_two_classes(Config::default()))),
            RunEvent::Evaluated(Evaluation::of_counts(Part::Val, matrix)),
        ];
        ReportRun {
            record: RunRecord::from_events(&events),
            tag: RunTag {
                name: name.into(),
                ..RunTag::default()
            },
            data_fingerprint: "f".into(),
            ..ReportRun::default()
        }
    }

    /// SciPy: binomtest(k, 100).proportion_ci(0.95, "wilson") is 0.826 to 0.945 for 90, 0.711 to 0.867 for 80, and 0.307 to
    /// 0.502 for 40.
    #[test]
    fn a_goal_is_met_surely_perhaps_or_not() {
        let goal = Goal {
            class: "REAL".into(),
            bounds: Bounds {
                recall: Some(0.8),
                ..Bounds::default()
            },
            aim: Aim::FewestFalsePositives,
        };
        let mut material = Material {
            runs: vec![run("sure", 90), run("open", 80), run("short", 40)],
            goal: Some(goal),
            ..Material::default()
        };
        let said = |material: &Material| {
            let measured = Measured::of(material, || Ok::<(), ()>(())).unwrap();
            let pictures = Pictures::new();
            let mut html = String::new();
            question(&Told::new(material, &measured, &pictures))
                .unwrap()
                .write(&mut html);
            html
        };
        let html = said(&material);
        for expected in [
            "The goal that was set: Find at least 80 % of REAL",
            "On validation images, sure surely meets it",
            "On validation images, open may meet it",
            "On validation images, short does not meet it",
        ] {
            assert!(html.contains(expected), "{expected}: {html}");
        }
        // A goal for a class that is not there is none.
        material.goal = material.goal.map(|goal| Goal {
            class: "gone".into(),
            ..goal
        });
        assert!(!said(&material).contains("The goal"));
    }
}
