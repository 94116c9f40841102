//! `counterweight demo`: the story that the program exists for, on images that it draws itself.

use std::path::PathBuf;

use super::args::DemoArgs;
use super::output::print::print_line;
use super::output::progress::{ProgressView, Telling};
use super::output::text;
use super::session::Session;
use super::train::{Watched, watch};
use crate::disk::files::user_folders::cache_dir;
use crate::error::{Error, Result};
use crate::experiment::{ClassWeights, Config, Part, weighting_name};
use crate::metrics::{overall, per_class};
use crate::protocol::{DrawDemo, Event, Train};

/// Weights of blighted to healthy: the rare class comes first by name.
const WEIGHTINGS: [[f64; 2]; 3] = [[1.0, 1.0], [3.0, 1.0], [8.0, 1.0]];

/// # Errors
/// There is no place for the images, or they cannot be drawn; a training fails or is stopped; standard output cannot
/// be written.
pub fn demo(session: &Session, args: &DemoArgs) -> Result<()> {
    let dir = match &args.dir {
        Some(dir) => dir.clone(),
        None => default_dir()?,
    };
    let view = ProgressView::new(Telling::Nobody);
    session.run(DrawDemo { dir: dir.clone() }, |event| {
        if let Event::Progress(progress) = event {
            view.show(&progress);
        }
        Ok(())
    })?;
    print_line(OPENING)?;
    let mut runs = Vec::new();
    for weights in WEIGHTINGS {
        let class_weights = ClassWeights::Given(weights.to_vec());
        let request = Train {
            config: Config {
                class_weights,
                ..Config::demo(dir.clone())
            },
            runs_dir: args.runs.dir()?,
        };
        let view = ProgressView::new(Telling::Nobody);
        let (watched, result) = watch(session, request, &view);
        result?;
        let watched = watched.ok_or_else(|| Error::Job("the run reported nothing".into()))?;
        print_line(&format!("\n{}", chapter(&watched, weights)))?;
        runs.push(watched);
    }
    print_line(&format!("\n{}\n\n{}", comparison(&runs), ending(&dir)))
}

const OPENING: &str = "\
1,400 drawn leaves: 200 blighted, 1,200 healthy. Every leaf has brown spots, blighted ones have more on average.
One frozen backbone, one new linear head, three weightings of the classes.";

/// One weighting's matrix, and what it means for the rare class.
fn chapter(watched: &Watched, weights: [f64; 2]) -> String {
    let title = format!("Weights {} : {} (blighted : healthy)", weights[0], weights[1]);
    let Some((classes, evaluation)) = watched.judged(Part::Val) else {
        return title;
    };
    let table = text::table(crate::metrics::notebook_table(classes, &evaluation.confusion));
    let missed = crate::metrics::sentence(classes, &evaluation.confusion, 0, 1);
    format!("{title}\n{table}\n{missed}")
}

fn comparison(runs: &[Watched]) -> String {
    let header = [
        "weights",
        "accuracy",
        "recall blighted",
        "recall healthy",
        "balanced accuracy",
    ];
    let mut rows = vec![header.map(String::from).to_vec()];
    for run in runs {
        let Some((_, evaluation)) = run.judged(Part::Val) else {
            continue;
        };
        let all = overall(&evaluation.confusion);
        let recalls = per_class(&evaluation.confusion);
        let label = run.record.started.as_ref().map_or_else(String::new, |s| {
            weighting_name(&s.config.class_weights, &s.classes)
        });
        rows.push(vec![
            label,
            text::percent(all.accuracy),
            text::percent(recalls[0].recall),
            text::percent(recalls[1].recall),
            text::percent(all.balanced_accuracy),
        ]);
    }
    text::table(rows)
}

fn ending(dir: &std::path::Path) -> String {
    format!(
        "With equal weights the accuracy looks best, and most blighted leaves are missed. Which weighting is right \
         depends on what a miss costs.\nYour own folder: counterweight train --data DIR --class-weights 1,8   \
         (these leaves: {})",
        dir.display()
    )
}

/// Where the demo's images are kept by default: in the user's cache.
///
/// # Errors
/// Neither `XDG_CACHE_HOME` nor `HOME` is set.
pub fn default_dir() -> Result<PathBuf> {
    let nowhere = || Error::input("neither XDG_CACHE_HOME nor HOME is set; give --dir");
    Ok(cache_dir().ok_or_else(nowhere)?.join("demo-leaves"))
}
