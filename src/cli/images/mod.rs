//! `counterweight images`: the images behind a run's figures, as the run judged them.

pub mod found;
mod report;
mod similar;

use std::path::Path;

use super::args::ImagesArgs;
use super::output::print::{print_json, print_line};
use super::session::{Session, run_dir};
use crate::disk::runs::image_table;
use crate::error::{Error, Result};
use crate::experiment::{Changes, ImageFilter, ImageOrder, ImageSort, Which, by_similarity, listed_images};
use crate::metrics::thousands;
use crate::visible::visible_path;
use found::{Found, Judged};
use similar::Likeness;

/// # Errors
/// A run is not found or cannot be read, has no such class, or did not judge the same images as the other; images like one are
/// asked for that is not in the run's folder, or whose features cannot be had; the table or standard output cannot be written.
pub fn images(session: &Session, args: &ImagesArgs) -> Result<()> {
    let judged = Judged::read(run_dir(&args.run, &args.runs)?, args.part, args.raw_scores)?;
    let against = match &args.against {
        Some(run) => Some(Judged::read(
            run_dir(run, &args.runs)?,
            args.part,
            args.raw_scores,
        )?),
        None => None,
    };
    let changes = against
        .as_ref()
        .map(|against| changes(against, &judged))
        .transpose()?;
    let which = which(args, &judged)?;
    let order = ImageOrder {
        by: match args.similar_to {
            Some(_) => ImageSort::Similarity,
            None => args.sort,
        },
        reversed: false,
    };
    let (images, filter) = (&judged.predictions, ImageFilter::default());
    let mut places = listed_images(
        (images, judged.shown.as_ref()),
        judged.rule(),
        changes.as_ref(),
        which,
        &filter,
        order,
    );
    let likeness = match &args.similar_to {
        Some(image) => Some(Likeness::read(session, args, &judged.dir, image)?),
        None => None,
    };
    if let Some(likeness) = &likeness {
        let cosine = |place: u32| likeness.of(images.images().get(place as usize)?);
        by_similarity(&mut places, cosine, order.reversed);
    }
    let n = places.len();
    places.truncate(args.limit.unwrap_or(n));
    let found = Found {
        judged: &judged,
        part: args.part,
        which,
        order,
        against: against.as_ref(),
        n,
        places,
        likeness,
        raw_scores: args.raw_scores,
    };
    tell(args, &found)
}

/// As a table, as JSON, or in words.
fn tell(args: &ImagesArgs, found: &Found) -> Result<()> {
    if let Some(path) = &args.csv {
        write_table(path, found)?;
    }
    match (args.json, &args.csv) {
        (true, _) => print_json(&report::to_json(found)),
        (false, Some(path)) => {
            let n = thousands(found.places.len() as u64);
            print_line(&format!("{n} images written to {}", visible_path(path)))
        }
        (false, None) => print_line(&report::to_text(found)),
    }
}

fn changes(before: &Judged, now: &Judged) -> Result<Changes> {
    now.check_same_images(before)?;
    let calls = |judged: &Judged| judged.predictions.undone_calls(judged.rule(), &judged.weights);
    Ok(Changes::between(&calls(before), &calls(now)).unwrap_or_default())
}

fn which(args: &ImagesArgs, judged: &Judged) -> Result<Which> {
    let class = |name: &str| {
        let found = judged.classes.iter().position(|class| class == name);
        found.ok_or_else(|| {
            let message = format!(
                "has no class {name:?}; its classes are {}",
                judged.classes.join(", ")
            );
            Error::file(&judged.dir, message)
        })
    };
    Ok(match (&args.cell, &args.class, args.mistakes, args.only) {
        (Some(cell), ..) => {
            let (truth, predicted) = cell_of(cell, &judged.classes).ok_or_else(|| {
                let message = format!(
                    "has no cell {cell:?}; name a true and a predicted class as TRUE,PREDICTED, of {}",
                    judged.classes.join(", ")
                );
                Error::file(&judged.dir, message)
            })?;
            Which::Cell { truth, predicted }
        }
        (_, Some(name), ..) => Which::Truth(class(name)?),
        (_, _, true, _) => Which::Mistakes,
        (_, _, _, Some(change)) => Which::Change(change),
        _ => Which::All,
    })
}

/// Classes may have commas in their names: the comma that stands between two of them is the one that is meant.
fn cell_of(text: &str, classes: &[String]) -> Option<(usize, usize)> {
    let class = |name: &str| classes.iter().position(|class| class == name);
    let mut commas = text.match_indices(',');
    commas.find_map(|(at, _)| Some((class(&text[..at])?, class(&text[at + 1..])?)))
}

fn write_table(path: &Path, found: &Found) -> Result<()> {
    let images = found.images().map(|image| image_table::Row {
        path: image.path,
        image: image.said,
        probabilities: image.probabilities,
        scores: image.scores,
        before: image.before,
    });
    let Judged { dir, classes, .. } = found.judged;
    let table = image_table::Table {
        part: found.part,
        classes,
        is_against: found.against.is_some(),
        has_scores: !found.raw_scores,
    };
    image_table::write(path, std::slice::from_ref(dir), &table, images)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comma_between_two_classes_is_the_one_that_is_meant() {
        let classes = ["a", "a,b", "b"].map(String::from);
        assert_eq!(cell_of("a,b", &classes), Some((0, 2)));
        assert_eq!(cell_of("a,b,a", &classes), Some((1, 0)));
        assert_eq!(cell_of("a,a,b", &classes), Some((0, 1)));
        assert_eq!(cell_of("a,c", &classes), None);
        assert_eq!(cell_of("a", &classes), None);
    }
}
