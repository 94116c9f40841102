//! `counterweight evaluate`: a finished run judges an image folder.

use serde_json::json;

use super::args::EvaluateArgs;
use super::output::elsewhere::There;
use super::output::figures::add_sure_figures;
use super::output::print::{print_json, print_line};
use super::output::probabilities::{add_reliability, reliability_in_words};
use super::output::progress::ProgressView;
use super::output::report::sure_report;
use super::session::{Session, run_dir};
use crate::error::Result;
use crate::experiment::{RunEvent, Source};
use crate::protocol::{Evaluate, Event, FitEvent};
use crate::visible::visible;

/// # Errors
/// The run is not found or cannot be read, or the images cannot be judged; stopped; standard output cannot be
/// written.
pub fn evaluate(session: &Session, args: &EvaluateArgs) -> Result<()> {
    let data = Source::given(args.data.clone(), args.labels.clone());
    let request = Evaluate {
        run_dir: run_dir(&args.run, &args.runs)?,
        data: data.clone(),
        part: args.part,
    };
    let view = ProgressView::for_json(args.json);
    let judged = session.ask(request, |event| match event {
        Event::Progress(progress) => view.show(progress),
        Event::Fit(FitEvent::Run(fact)) => {
            view.fact(fact);
            if let RunEvent::Warning { message } = fact {
                view.warn(message);
            }
        }
        _ => {}
    });
    view.clear();
    let judged = judged?;
    let there = args
        .prevalence
        .as_ref()
        .map(|common| There::of(common, args.miss_cost, &judged));
    let there = there.transpose()?;
    if args.json {
        let mut object = json!({
            "run": args.run,
            "data": data.place(),
            "images": judged.images,
            "threshold": judged.decision,
            "classes": judged.classes,
            "images_per_second": judged.images_per_sec,
            "seconds": {"total": judged.seconds},
        });
        add_sure_figures(&mut object, &judged.classes, &judged.evaluation, &judged.sureness);
        if let Some(both) = &judged.reliabilities {
            add_reliability(&mut object, &judged.classes, both, args.raw_scores);
        }
        if let Some(there) = &there {
            object["elsewhere"] = there.to_json();
        }
        return print_json(&object);
    }
    let rule = judged.decision.as_ref().map_or_else(String::new, |d| {
        let [class, why] = [&d.class, &d.chosen_for].map(|text| visible(text));
        format!("\nPredicted {class} from a score of {}: {why}", d.threshold)
    });
    let reliability = (judged.reliabilities.as_ref())
        .map(|both| format!("\n\n{}", reliability_in_words(both, args.raw_scores)));
    let learnt = judged.learnt.map(|learnt| format!("\n{learnt}"));
    print_line(&format!(
        "Evaluated on {}{rule}{}\n\n{}{}{}",
        judged.images,
        learnt.unwrap_or_default(),
        sure_report(&judged.classes, &judged.evaluation, &judged.sureness, args.full),
        reliability.unwrap_or_default(),
        there.map_or_else(String::new, |there| format!("\n\n{}", there.in_words()))
    ))
}
