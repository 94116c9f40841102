//! What the plots say in words.

use crate::app::{AppState, Dot, Price};
use crate::metrics::{Aim, cost_of_thousand, of_class, percent, thousands};
use crate::visible::visible;

/// Classes that are named of those that gain or pay.
const MOST_NAMED: usize = 3;

/// What a dot is, with its matrix and what it costs.
pub fn in_words(state: &AppState, dot: &Dot, class: &str) -> String {
    let run = &state.runs.all[dot.run];
    let mut lines = vec![
        format!("{}, {class} weighs {:.2} times as much", run.label(), dot.weight),
        format!("recall of {class} {}", percent(Some(dot.recall), 1)),
        format!(
            "others not predicted {class} {}",
            percent(Some(dot.rest_recall), 1)
        ),
    ];
    let classes = run.classes();
    let evaluation = state.evaluation_of(dot);
    if let Some(evaluation) = evaluation.filter(|_| classes.len() <= 4) {
        for (true_idx, row) in evaluation.confusion.rows().enumerate() {
            let cells: Vec<String> = row.iter().map(|n| format!("{:>7}", thousands(*n))).collect();
            lines.push(format!(
                "true {}: {}",
                visible(&classes[true_idx]),
                cells.join("  ")
            ));
        }
    }
    if let (Some(Aim::LeastCost(costs)), Some(evaluation)) = (state.goal().map(|goal| &goal.aim), evaluation)
        && let Some(cost) = cost_of_thousand(&evaluation.confusion, costs)
    {
        lines.push(format!("costs {cost:.0} per 1,000 images"));
    }
    if let Some(met) = state.goal_of_run(dot.run) {
        lines.push(crate::app::sentence_case(crate::ui::goal::sign::spoken(met)));
    }
    if dot.again {
        lines.push("Tried again with the labels as decided; a click and the comparison show the run as it was judged, by its own".into());
    }
    lines.extend(who_pays(state, dot));
    if dot.on_front {
        lines.push("No other weighting is better in both".into());
    }
    lines.join("\n")
}

/// Such as `Compared with 1 : 3, recall in points: skirt +12.0; paid for by dress −4.1, hat −2.0`, where there are more than two
/// classes.
pub fn who_pays(state: &AppState, dot: &Dot) -> Option<String> {
    let run = &state.runs.all[dot.run];
    let classes = run.classes();
    let (lighter, prices) = state.price(dot).filter(|_| classes.len() > 2)?;
    let told = |price: &Price| {
        let sign = if price.gain() > 0.0 { '+' } else { '−' };
        let points = price.gain().abs() * 100.0;
        format!("{} {sign}{points:.1}", visible(&classes[price.class_idx]))
    };
    let n_paying = prices.iter().filter(|price| price.gain() < 0.0).count();
    let (paying, gaining) = prices.split_at(n_paying);
    let list = |of: &mut dyn Iterator<Item = &Price>, n: usize| {
        let named: Vec<String> = of.take(MOST_NAMED).map(told).collect();
        match n.saturating_sub(MOST_NAMED) {
            _ if n == 0 => "nobody".to_owned(),
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        }
    };
    Some(format!(
        "Compared with {}, recall in points: {}; paid for by {}",
        state.runs.all[lighter].label(),
        list(&mut gaining.iter().rev(), gaining.len()),
        list(&mut paying.iter(), paying.len()),
    ))
}

/// What the picture says, for those who do not see it.
pub fn described(state: &AppState, class: &str) -> String {
    match state.subject() {
        Some(subject) => {
            let figures = of_class(subject.confusion(), state.weighed_class());
            let recall = percent(figures.and_then(|c| c.recall), 1);
            let rest = percent(figures.and_then(|c| c.specificity), 1);
            format!(
                "{} of {}: recall of {class} {recall}, the rest {rest}",
                state.judge.plot.name(),
                subject.label
            )
        }
        None => state.judge.plot.name().to_owned(),
    }
}
