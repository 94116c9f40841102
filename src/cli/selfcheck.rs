//! `counterweight selfcheck`: what the program runs on, and whether it computes rightly there.

use serde_json::{Value, json};

use super::args::SelfcheckArgs;
use super::output::print::{print_json, print_line};
use super::output::text;
use super::session::Session;
use crate::error::{Error, Result};
use crate::protocol::{RunSelfCheck, SelfCheck};

/// # Errors
/// The check cannot be made; standard output cannot be written. Also where a way of computing does not agree with the
/// first or does not learn, once that is printed.
pub fn selfcheck(session: &Session, args: &SelfcheckArgs) -> Result<()> {
    let check = session.ask(RunSelfCheck, |_| {})?;
    let printed = match args.json {
        true => print_json(&selfcheck_to_json(&check)),
        false => print_line(&describe_selfcheck(&check)),
    };
    if check.all_agree {
        return printed;
    }
    Err(Error::Job(
        "not every way of computing agrees with the first, or learns".into(),
    ))
}

fn program() -> String {
    format!(
        "counterweight {} ({})",
        env!("CARGO_PKG_VERSION"),
        env!("COUNTERWEIGHT_REVISION")
    )
}

fn describe_selfcheck(check: &SelfCheck) -> String {
    let mut lines = vec![
        program(),
        format!(
            "libtorch {}; {}; {} threads",
            check.libtorch, check.cpu, check.threads
        ),
    ];
    lines.extend(check.no_cuda.iter().map(|reason| format!("no CUDA: {reason}")));
    let header = [
        "tiny training",
        "first loss",
        "last loss",
        "difference",
        "allowed",
        "seconds",
    ];
    let mut rows = vec![header.map(String::from).to_vec()];
    rows.extend(check.trainings.iter().map(|t| {
        let figures = [t.first_loss, t.last_loss].map(|x| format!("{x:.5}"));
        let mut row = vec![t.what.clone()];
        row.extend(figures);
        row.extend([
            format!("{:.1e}", t.difference),
            format!("{:.0e}", t.tolerance),
            format!("{:.2}", t.seconds),
        ]);
        row
    }));
    lines.push(format!("\n{}", text::table(rows)));
    if check.all_agree {
        lines.push("\nAll agree".into());
    }
    lines.join("\n")
}

fn selfcheck_to_json(check: &SelfCheck) -> Value {
    let trainings = check.trainings.iter().map(|t| {
        json!({
            "what": t.what,
            "first_loss": t.first_loss,
            "last_loss": t.last_loss,
            "difference": t.difference,
            "tolerance": t.tolerance,
            "seconds": t.seconds,
        })
    });
    json!({
        "program": program(),
        "libtorch": check.libtorch,
        "cpu": check.cpu,
        "threads": check.threads,
        "no_cuda": check.no_cuda,
        "trainings": trainings.collect::<Vec<_>>(),
        "all_agree": check.all_agree,
    })
}
