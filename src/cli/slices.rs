//! `counterweight slices`: where a class is found less, by anything that is known of the images.

use serde_json::{Map, Value, json};

use super::args::SlicesArgs;
use super::images::found::{Judged, images_of};
use super::output::print::{print_json, print_line};
use super::output::progress::ProgressView;
use super::output::text;
use super::session::{Session, run_dir};
use crate::error::{Error, Result};
use crate::experiment::slices::places_of;
use crate::metrics::{
    AgainstRest, ClassCalls, SliceFigures, n_compared, named, percent, predicted_class, slice_figures,
    thousands, wilson,
};
use crate::protocol::{ReadSlices, RunSlices};
use crate::short_name::Shared;
use crate::visible::visible;

/// As many classes have a column each.
const FEW_CLASSES: usize = 4;

/// The slices of a run, with what became of the images in each.
struct Sliced<'a> {
    judged: &'a Judged,
    class_idx: usize,
    read: &'a RunSlices,
    figures: Vec<Vec<SliceFigures>>,
    /// The one property that is shown, by its name. All are compared, so that a slice is as sure here as among the others.
    by: Option<&'a str>,
}

/// A slice, and the property that it is one of.
type Row<'a> = (&'a str, &'a str, &'a SliceFigures);

/// # Errors
/// The run is not found or cannot be read, has no such class or property, or no predictions of that part; stopped; standard output
/// cannot be written.
pub fn slices(session: &Session, args: &SlicesArgs) -> Result<()> {
    // What it predicts goes by its raw scores.
    let judged = Judged::read(run_dir(&args.run, &args.runs)?, args.part, true)?;
    let class_idx = class_of(args, &judged)?;
    let view = ProgressView::for_json(args.json);
    let request = ReadSlices {
        run_dir: judged.dir.clone(),
        part: args.part,
        source: args.source(),
    };
    let read = session.ask(request, |event| view.show_of(event));
    view.clear();
    let read = *read?;
    let by = match &args.by {
        Some(name) => Some(property_of(&read, name)?),
        None => None,
    };
    let rule = judged.rule();
    let calls: Vec<(usize, Option<usize>)> = judged
        .predictions
        .rows()
        .map(|(_, truth, probabilities)| (truth, predicted_class(probabilities, rule)))
        .collect();
    let of_class = ClassCalls {
        calls: &calls,
        n_classes: judged.classes.len(),
        class_idx,
    };
    let sliced = Sliced {
        figures: slice_figures(of_class, &places_of(&read.properties)),
        judged: &judged,
        class_idx,
        read: &read,
        by,
    };
    match args.json {
        true => print_json(&sliced.to_json()),
        false => print_line(&sliced.to_text()),
    }
}

/// The one that is named, the one that the run's threshold is of, or the rarest.
fn class_of(args: &SlicesArgs, judged: &Judged) -> Result<usize> {
    let place = |name: &str| judged.classes.iter().position(|class| class == name);
    if let Some(name) = &args.class {
        return place(name).ok_or_else(|| {
            let message = format!(
                "has no class {name:?}; its classes are {}",
                named(&judged.classes, 10)
            );
            Error::file(&judged.dir, message)
        });
    }
    if let Some(class_idx) = judged
        .decision
        .as_ref()
        .and_then(|decision| place(&decision.class))
    {
        return Ok(class_idx);
    }
    let mut n_of_class = vec![0; judged.classes.len()];
    judged
        .predictions
        .rows()
        .for_each(|(_, truth, _)| n_of_class[truth] += 1);
    let there = n_of_class.iter().enumerate().filter(|(_, n)| **n > 0);
    Ok(there
        .min_by_key(|(_, n)| **n)
        .map_or(0, |(class_idx, _)| class_idx))
}

/// Its name as it is written.
fn property_of<'a>(read: &'a RunSlices, name: &str) -> Result<&'a str> {
    let mut names = read.properties.iter().map(|property| property.name.as_str());
    // Two may differ in case alone.
    let exact = names.clone().find(|known| *known == name);
    if let Some(known) = exact.or_else(|| names.find(|known| known.eq_ignore_ascii_case(name))) {
        return Ok(known);
    }
    let names: Vec<&str> = read
        .properties
        .iter()
        .map(|property| property.name.as_str())
        .collect();
    Err(Error::Input(format!(
        "--by: the images do not differ in {name:?}; they differ in {}",
        named(&names, 20)
    )))
}

impl Sliced<'_> {
    /// The worst first: what is surely worse, then what may be chance, then what cannot be compared.
    fn rows(&self) -> Vec<Row<'_>> {
        let mut rows: Vec<Row<'_>> = Vec::new();
        let all = self.read.properties.iter().zip(&self.figures);
        for (property, figures) in all.filter(|(property, _)| self.by.is_none_or(|by| property.name == by)) {
            for (slice, figures) in property.slices.iter().zip(figures) {
                rows.push((&property.name, &slice.name, figures));
            }
        }
        rows.sort_by(|a, b| a.2.order().total_cmp(&b.2.order()));
        rows
    }

    fn class(&self) -> &str {
        &self.judged.classes[self.class_idx]
    }

    fn to_json(&self) -> Value {
        let rows = self.rows().into_iter().map(|(property, slice, figures)| {
            let recall = |(class, &(found, n)): (&String, &(u64, u64))| {
                let interval = wilson(found, n);
                let of_class = json!({
                    "found": found,
                    "images": n,
                    "recall": (n > 0).then(|| found as f64 / n as f64),
                    "interval": interval.map(|interval| [interval.low, interval.high]),
                });
                (class.clone(), of_class)
            };
            let recalls: Map<String, Value> = self
                .judged
                .classes
                .iter()
                .zip(&figures.found)
                .map(recall)
                .collect();
            let against = figures.against_rest.map(|against| {
                json!({
                    "difference": against.difference.value,
                    "interval": [against.difference.interval.low, against.difference.interval.high],
                    "p": against.p,
                    "p_holm": against.p_of_all,
                    "sure": against.is_sure() && !self.read.in_groups,
                })
            });
            json!({
                "property": property,
                "slice": slice,
                "images": figures.n_images,
                "classes": recalls,
                "against_rest": against,
            })
        });
        json!({
            "run": self.judged.dir,
            "part": self.read.part.name(),
            "threshold": self.judged.decision,
            "class": self.class(),
            "compared": n_compared(&self.figures),
            "in_groups": self.read.in_groups,
            "slices": rows.collect::<Vec<_>>(),
            "left_out": self.read.left_out,
        })
    }

    fn to_text(&self) -> String {
        let n_images = self.judged.predictions.images().len() as u64;
        let class = visible(self.class()).into_owned();
        let mut said = vec![format!(
            "Where {class} is found less: {} {} in {} slices",
            thousands(n_images),
            images_of(self.read.part),
            self.rows().len(),
        )];
        if let Some(decision) = &self.judged.decision {
            said.push(format!("The run {}", decision.in_words()));
        }
        if self.figures.is_empty() {
            said.push("The images do not differ in anything that is known of them".into());
        } else {
            said.push(format!("\n{}", self.table()));
            said.push(self.footnote());
        }
        said.extend(self.read.left_out.iter().map(|why| visible(why).into_owned()));
        said.join("\n")
    }

    fn table(&self) -> String {
        let classes = self.columns();
        let mut heading: Vec<String> = ["property", "slice", "images"].map(String::from).to_vec();
        heading.extend(
            classes
                .iter()
                .map(|&i| format!("{} found", self.judged.classes[i])),
        );
        heading.extend([format!("{} against the rest", self.class()), String::new()]);
        let mut rows = vec![heading];
        for (property, slice, figures) in self.rows() {
            let mut row = vec![property.to_owned(), slice.to_owned(), thousands(figures.n_images)];
            row.extend(classes.iter().map(|&i| found_in_words(figures.found[i])));
            row.extend(match &figures.against_rest {
                None => ["–".to_owned(), String::new()],
                Some(against) => [against.difference.in_words(), self.verdict(against).to_owned()],
            });
            rows.push(row);
        }
        text::table_within(text::width(), rows, &[0, 1], Shared::of(&[] as &[String]))
    }

    /// The class in question first; others where there is room for them.
    fn columns(&self) -> Vec<usize> {
        let n = self.judged.classes.len();
        let others = (0..n).filter(|&i| i != self.class_idx && n <= FEW_CLASSES);
        [self.class_idx].into_iter().chain(others).collect()
    }

    fn verdict(&self, against: &AgainstRest) -> &'static str {
        match against.is_sure() {
            true => self.sure(),
            false => "may be chance",
        }
    }

    /// What stays below 5 % is called.
    fn sure(&self) -> &'static str {
        match self.read.in_groups {
            true => "likely",
            false => "sure",
        }
    }

    fn footnote(&self) -> String {
        let mut words = format!(
            "\nThe rest are the other images of which the property is known; 95 % intervals. {} differences were looked at{}: \
             \"{}\" is what stays below 5 % by Fisher's exact test with Holm's correction for as many.",
            n_compared(&self.figures),
            self.by
                .map_or("", |_| ", those of the other properties with them"),
            self.sure(),
        );
        if self.read.in_groups {
            words += " Images of one group resemble each other and are counted as if they did not, so none is called sure.";
        }
        words
    }
}

/// Such as `20 of 60, 33.3 % (22.7 to 45.9)`.
fn found_in_words((found, n): (u64, u64)) -> String {
    let Some(interval) = wilson(found, n) else {
        return "none".into();
    };
    format!(
        "{} of {}, {} ({:.1} to {:.1})",
        thousands(found),
        thousands(n),
        percent(Some(found as f64 / n as f64), 1),
        interval.low * 100.0,
        interval.high * 100.0
    )
}
