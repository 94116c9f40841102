//! What the runs cost where the classifier will be used: over every cost of a miss, and at what is at stake.

use super::curves::{by_part, each_set};
use super::section;
use crate::experiment::Part;
use crate::metrics::{CostLine, in_alarms, thousands};
use crate::report::costs::{CostsThere, There};
use crate::report::element::{Element, el};
use crate::report::figures::cost::cost;
use crate::report::peers::Peers;
use crate::report::told::Told;
use crate::report::words::{heading, images_of, note, p, scrolled, share};

pub fn costs(told: &Told) -> Option<Element> {
    let drawn = each_set(told, |set| of_set(told, set));
    let lead = p(
        "A missed image and a false alarm seldom cost the same. Each line is one run as it predicts, at every cost of a miss; the broad \
         line is the least that any of the runs costs, or on validation images any threshold of the first, and the dashed ones are what it costs to predict \
         the class never or always. The upright line is where things stand.",
    );
    let last = note(
        "Costs are those of the images that were counted, and have no ranges: where two runs may differ by chance, so may what they \
         cost. What costs least on validation images was chosen by them and may look a little better than it is.",
    );
    (!drawn.is_empty()).then(|| {
        let children = [lead].into_iter().chain(drawn).chain([last]).collect();
        section("cost", "What mistakes cost", children)
    })
}

/// What is known of a set: its class, its parts with the runs' costs on each.
struct Known<'a> {
    class: &'a str,
    there: There,
    parts: Vec<(Part, CostsThere)>,
}

fn of_set(told: &Told, set: &Peers) -> Vec<Element> {
    let run = told.run(set.runs[0]);
    let class_idx = told.class_of(set);
    let Some((class, there)) =
        run.classes()
            .get(class_idx)
            .zip(There::of(run, class_idx, &told.material.stakes))
    else {
        return vec![];
    };
    let on = |&part: &Part| {
        let costs = CostsThere::of(there, class_idx, &told.judged_of(set, part));
        (!costs.runs.is_empty()).then_some((part, costs))
    };
    let parts: Vec<(Part, CostsThere)> = told.parts_of(set).iter().filter_map(on).collect();
    if parts.is_empty() {
        return vec![];
    }
    let known = Known { class, there, parts };
    let mut children = vec![p(known.at_stake(told, set))];
    children.extend(by_part(told, set, &|runs| {
        let judged: Vec<_> = runs.iter().map(|&(run, _, judged)| (run, judged)).collect();
        let costs = CostsThere::of(there, class_idx, &judged);
        let named = |&(run, _): &(usize, CostLine)| (run, told.names[run].as_str());
        cost(class, &costs.runs.iter().map(named).collect::<Vec<_>>(), &costs)
    }));
    children.push(known.table(told, set));
    children
}

fn of_thousand(cost: f64) -> String {
    thousands(cost.round() as u64)
}

impl Known<'_> {
    /// What is at stake, and which run costs least there.
    fn at_stake(&self, told: &Told, set: &Peers) -> String {
        let (class, there) = (self.class, self.there);
        let as_in_folder = match there.prevalence == there.own {
            true => " as in the folder",
            false => "",
        };
        let mut said = format!(
            "Where {} of images are {class}{as_in_folder} and a missed {class} costs as much as {}",
            share(Some(there.prevalence), 1),
            in_alarms(there.ratio)
        );
        let (part, costs) = &self.parts[0];
        let Some((best, least)) = costs.best() else {
            return said + ", nothing is known of what the runs cost.";
        };
        let elsewhere = self.parts[1..].iter().filter_map(|(part, costs)| {
            Some(format!(
                ", {} on {}",
                of_thousand(costs.of_run(best)?),
                images_of(*part)
            ))
        });
        let what = match set.runs.len() {
            1 => format!("{} costs", told.names[best]),
            _ => format!("{} costs least of these runs:", told.names[best]),
        };
        said += &format!(
            ", {what} {} false alarms per 1,000 images, by {}{}.",
            of_thousand(least),
            images_of(*part),
            elsewhere.collect::<String>()
        );
        for (line, words) in [
            (CostLine::NOTHING, "nothing"),
            (CostLine::EVERYTHING, "everything"),
        ] {
            let cost = there.cost(line);
            if cost <= least {
                said += &format!(
                    " To predict {words} to be {class} costs {}, which is no more.",
                    of_thousand(cost)
                );
            }
        }
        let is_first = costs.runs.first().is_some_and(|(run, _)| *run == set.runs[0]);
        if let Some((at, cost)) = costs
            .best_threshold()
            .filter(|(_, cost)| is_first && cost.round() < least.round())
        {
            said += &format!(
                " {} would cost {} with {class} from a score of {at:.3} on.",
                told.names[set.runs[0]],
                of_thousand(cost)
            );
        }
        said
    }

    /// Runs by rows, and what it costs to do without; parts by columns.
    fn table(&self, told: &Told, set: &Peers) -> Element {
        let names = self.parts.iter().map(|(part, _)| images_of(*part));
        let cell = |cost: Option<f64>| {
            let cell = el("td").class("n").attr("data-figure", "cost_of_thousand");
            match cost {
                Some(cost) => cell.child(el("data").attr("value", cost).text(of_thousand(cost))),
                None => cell.text("–"),
            }
        };
        let row = |name: String, costs: Vec<Option<f64>>| {
            let name = el("th").attr("scope", "row").text(name);
            el("tr").child(name).children(costs.into_iter().map(cell))
        };
        let runs = set.runs.iter().map(|&run| {
            let costs = self.parts.iter().map(|(_, costs)| costs.of_run(run)).collect();
            row(told.names[run].clone(), costs).attr("data-cost-of", told.run(run).name.clone())
        });
        let without = [("never", CostLine::NOTHING), ("always", CostLine::EVERYTHING)].map(|(what, line)| {
            let costs = self.parts.iter().map(|_| Some(self.there.cost(line))).collect();
            row(format!("{what} {}", self.class), costs)
        });
        let table = el("table")
            .class("figures")
            .child(heading(
                ["Per 1,000 images, in false alarms"].into_iter().chain(names),
            ))
            .child(el("tbody").children(runs).children(without));
        scrolled("What the runs cost", table)
    }
}
