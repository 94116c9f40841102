//! What runs differ in, as a table with a sentence for each two, and as JSON.

use serde_json::{Value, json};

use super::Compared;
use crate::cli::images::found::{Judged, images_of};
use crate::cli::output::figures::add_intervals;
use crate::cli::output::report::{AS_COLUMNS, drawn_how};
use crate::cli::output::text;
use crate::experiment::RunPair;
use crate::metrics::{Interval, PairFigure, class_views, overall, percent, roc_auc, thousands};
use crate::short_name::Shared;
use crate::visible::{visible, visible_path};

impl Compared {
    pub fn to_json(&self) -> Value {
        let names = self.names();
        let runs = self
            .runs
            .iter()
            .zip(&names)
            .zip(&self.sureness)
            .map(|((run, name), sureness)| {
                let mut object = json!({
                    "run": name,
                    "dir": run.dir,
                    "threshold": run.decision,
                    "in_groups": sureness.in_groups,
                });
                let confusion = run.predictions.scores().confusion(run.rule());
                let views = class_views(&confusion, &areas(run), &[]);
                add_intervals(
                    &mut object,
                    &run.classes,
                    (&overall(&confusion), &views),
                    sureness,
                );
                object
            });
        let pairs = self.pairs.iter().flat_map(|pair| {
            let figures = pair.differences.figures.iter().zip(&pair.ps_of_all);
            figures.map(|(figure, &p)| self.pair_to_json(pair, figure, p, &names))
        });
        json!({
            "part": self.part.name(),
            "images": self.runs.first().map_or(0, |run| run.predictions.images().len()),
            "classes": self.runs.first().map(|run| &run.classes),
            "compared": self.n_compared(),
            "runs": runs.collect::<Vec<_>>(),
            "pairs": pairs.collect::<Vec<_>>(),
        })
    }

    fn pair_to_json(&self, pair: &RunPair, figure: &PairFigure, p_of_all: f64, names: &[String]) -> Value {
        let test = &pair.differences.mcnemar;
        let Interval { low, high } = figure.difference.interval;
        json!({
            "a": names[pair.a],
            "b": names[pair.b],
            "metric": figure.key,
            "class": figure.class_idx.map(|class_idx| &self.runs[pair.a].classes[class_idx]),
            "difference": figure.difference.value,
            "low": low,
            "high": high,
            "p": figure.p,
            "p_holm": p_of_all,
            "sure": figure.is_sure(p_of_all),
            "images_needed": figure.n_needed,
            "mcnemar_p": test.p,
            "fixed": test.fixed,
            "broken": test.broken,
        })
    }

    pub fn to_text(&self) -> String {
        let names = self.names();
        let n_images = self.runs.first().map_or(0, |run| run.predictions.images().len());
        let mut said = vec![format!(
            "{} runs on {} {}",
            self.runs.len(),
            thousands(n_images as u64),
            images_of(self.part)
        )];
        said.push(format!("\n{}\n", self.table(&names)));
        let shared = Shared::of(&names);
        for pair in &self.pairs {
            let [a, b] = [pair.a, pair.b].map(|run| text::shortened_of(&names[run], shared, NAME));
            if let Some(sentence) = pair.in_a_sentence() {
                said.push(format!("{b} against {a}: {sentence}"));
            }
            said.extend(self.surely_other(pair).map(|words| format!("  {words}")));
        }
        said.push(self.footnote());
        said.join("\n")
    }

    /// What else is surely different, which balanced accuracy may hide.
    fn surely_other(&self, pair: &RunPair) -> Option<String> {
        let classes = &self.runs[pair.a].classes;
        let name = |class_idx: usize| visible(&classes[class_idx]).into_owned();
        let words = pair.differences.surely_other(&pair.ps_of_all, name);
        (!words.is_empty()).then(|| format!("surely different: {}", words.join(", ")))
    }

    fn table(&self, names: &[String]) -> String {
        let classes = &self.runs[0].classes;
        let n_columns = if classes.len() <= AS_COLUMNS {
            classes.len()
        } else {
            0
        };
        let mut heading = vec!["run".to_owned(), BALANCED.into()];
        heading.extend(
            classes
                .iter()
                .take(n_columns)
                .map(|class| format!("{class} found")),
        );
        heading.extend((classes.len() == 2).then(|| AREA.to_owned()));
        let mut rows = vec![heading];
        for ((run, name), sureness) in self.runs.iter().zip(names).zip(&self.sureness) {
            let confusion = run.predictions.scores().confusion(run.rule());
            let known = &sureness.intervals;
            let balanced = overall(&confusion).balanced_accuracy;
            let mut row = vec![name.clone(), shown(balanced, known.overall("balanced_accuracy"))];
            let areas = areas(run);
            let views = class_views(&confusion, &areas, &[]);
            row.extend((0..n_columns).map(|i| shown(views[i].metrics.recall, known.of_class(i, "recall"))));
            row.extend((classes.len() == 2).then(|| shown(views[1].roc_auc, known.of_class(1, "roc_auc"))));
            rows.push(row);
        }
        let narrow = text::Narrow {
            cut: &["run"],
            expendable: &[AREA],
            last: "run",
        };
        text::table_without(text::width(), rows, &narrow, Shared::of(names))
    }

    fn footnote(&self) -> String {
        let in_groups = self.sureness.iter().any(|sureness| sureness.in_groups);
        let figures = self.pairs.iter().flat_map(|pair| &pair.differences.figures);
        let has_lost = self.sureness.iter().any(|sureness| sureness.has_lost_groups);
        let drawn = drawn_how(in_groups, has_lost);
        let asked = match self.pairs.len() {
            1 => "the balanced accuracy".to_owned(),
            n => format!("{n} balanced accuracies"),
        };
        format!(
            "\n95 % intervals in brackets{drawn}; that of a difference is its own. What is called more than chance stays below 5 % with \
             Holm's correction for {asked}; what is surely different, for the {} other differences that were \
             looked at. How many images it takes is told for a power of 80 %.",
            figures.filter(|figure| figure.class_idx.is_some()).count(),
        )
    }

    fn n_compared(&self) -> usize {
        self.pairs.iter().map(|pair| pair.differences.figures.len()).sum()
    }

    /// Those of the folders; where two are the same, with the folders above.
    fn names(&self) -> Vec<String> {
        let name = |run: &Judged| {
            run.dir
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
        };
        let short: Vec<Option<String>> = self.runs.iter().map(name).collect();
        let is_twice = |name: &Option<String>| short.iter().filter(|other| *other == name).count() > 1;
        let whole = |run: &Judged| visible_path(&run.dir).to_string();
        let named = self.runs.iter().zip(&short);
        let of = |(run, name): (&Judged, &Option<String>)| match name {
            Some(short) if !is_twice(name) => short.clone(),
            _ => whole(run),
        };
        named.map(of).collect()
    }
}

const BALANCED: &str = "balanced accuracy";
const AREA: &str = "ROC AUC";
/// Columns that a run's name may take in a sentence.
const NAME: usize = 40;

/// Such as `75.2 % (68.0 to 81.2)`.
fn shown(value: Option<f64>, interval: Option<Interval>) -> String {
    let between = interval.map_or_else(String::new, |interval| {
        format!(" ({:.1} to {:.1})", interval.low * 100.0, interval.high * 100.0)
    });
    format!("{}{between}", percent(value, 1))
}

/// Of each class of two; of more, which are not compared, none.
fn areas(run: &Judged) -> Vec<Option<f64>> {
    let scores = run.predictions.scores();
    let of_class = |class_idx| {
        let (scores, positive) = scores.of_class(class_idx);
        roc_auc(&scores, &positive)
    };
    match scores.n_classes() {
        2 => (0..2).map(of_class).collect(),
        _ => vec![],
    }
}
