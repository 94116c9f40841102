//! `counterweight report`: runs as one page for people.

use crate::cli::args::ReportArgs;
use crate::cli::output::print::print_line;
use crate::cli::output::progress::{ProgressView, Telling};
use crate::cli::session::{Session, run_dir};
use crate::error::Result;
use crate::experiment::Stakes;
use crate::protocol::{ReportWritten, WriteReport};
use crate::visible::{visible_lines, visible_path};

/// # Errors
/// A run is not found, or none can be read; the page cannot be written, or would replace something else; stopped; standard output
/// cannot be written.
pub fn report(session: &Session, args: &ReportArgs) -> Result<()> {
    let runs: Result<Vec<_>> = args.run.iter().map(|run| run_dir(run, &args.runs)).collect();
    let request = WriteReport {
        runs: runs?,
        to: args.output.clone(),
        // Goals are set in the window, and kept with its settings.
        goal: None,
        stakes: Stakes {
            common: args.prevalence.clone().map(|common| (common.class, common.share)),
            ..Stakes::default()
        },
        miss_cost: args.miss_cost,
        full: args.full,
    };
    let view = ProgressView::new(Telling::Nobody);
    let written = session.ask(request, |event| view.show_of(event));
    view.clear();
    let ReportWritten {
        path,
        n_runs,
        unreadable,
    } = written?;
    for why in unreadable {
        eprintln!("warning: {}", visible_lines(&why));
    }
    let runs = if n_runs == 1 {
        "1 run".to_owned()
    } else {
        format!("{n_runs} runs")
    };
    print_line(&format!("Wrote a report of {runs} to {}", visible_path(&path)))
}
