//! The rows of the list of runs: this folder's by the chosen order and groups, then those of other folders under theirs.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::order::{Grouping, ListOrder, RunSort};
use super::search::matches;
use super::sweeps::{sweeps_of, what_varies};
use crate::app::notices::sentence_case;
use crate::app::runs::run::RunView;
use crate::app::runs::state::{RowId, Runs};
use crate::experiment::config::fields::{DATA, FIELDS, SPLIT};
use crate::metrics::thousands;
use crate::visible::{visible_name, visible_path};

/// What is listed of the runs that are there.
#[derive(Debug, Default, PartialEq)]
pub struct RunList {
    pub rows: Vec<ListRow>,
    /// Runs that are there, and those of them that the list would show with every sweep open.
    pub n_all: usize,
    pub n_listed: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ListRow {
    /// What the rows after it have in common.
    Heading {
        text: String,
        whole: String,
        n_runs: usize,
    },
    Sweep(SweepRow),
    Run {
        run: usize,
        /// By which runs are measured.
        figure: Option<f64>,
        /// Of an open sweep, or of a closed one the run that is looked at.
        is_inside: bool,
        is_of_folder: bool,
    },
}

/// The runs of a sweep as one row.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepRow {
    pub sweep: String,
    /// Those that are listed, in their order.
    pub runs: Vec<usize>,
    /// How many the sweep has.
    pub n_all: usize,
    /// The class whose weight they vary, where they vary nothing else.
    pub class: Option<String>,
    /// Such as `1 : 1 to 1 : 24`.
    pub range: Option<String>,
    /// The run with the best figure.
    pub best: Option<usize>,
    pub figure: Option<f64>,
    pub is_open: bool,
    pub is_of_folder: bool,
}

impl SweepRow {
    /// Such as `sweep of REAL`, as it stands in a sentence.
    pub fn name(&self) -> String {
        match &self.class {
            Some(class) => format!("sweep of {class}"),
            None => "sweep".into(),
        }
    }

    /// Such as `24 from 1 : 1 to 1 : 24`, or `5 of 24` where the others are not listed.
    pub fn extent(&self) -> String {
        let n = match self.runs.len() {
            n if n == self.n_all => n.to_string(),
            n => format!("{n} of {}", self.n_all),
        };
        match &self.range {
            Some(range) => format!("{n} from {range}"),
            None => format!("{n} weightings"),
        }
    }
}

impl ListRow {
    /// What the row is known by; a heading cannot be chosen.
    pub fn id(&self) -> Option<RowId> {
        match self {
            ListRow::Heading { .. } => None,
            ListRow::Sweep(row) => Some(RowId::Sweep(row.sweep.clone())),
            ListRow::Run { run, .. } => Some(RowId::Run(*run)),
        }
    }

    pub fn is(&self, id: &RowId) -> bool {
        match (self, id) {
            (ListRow::Sweep(row), RowId::Sweep(sweep)) => row.sweep == *sweep,
            (ListRow::Run { run, .. }, RowId::Run(of)) => run == of,
            _ => false,
        }
    }

    /// The runs that are chosen with it.
    pub fn runs(&self) -> &[usize] {
        match self {
            ListRow::Heading { .. } => &[],
            ListRow::Sweep(row) => &row.runs,
            ListRow::Run { run, .. } => std::slice::from_ref(run),
        }
    }
}

/// What the list follows from.
pub(in crate::app) struct ListInputs<'a> {
    pub runs: &'a Runs,
    pub order: &'a ListOrder,
    pub is_of_folder: &'a dyn Fn(usize) -> bool,
    pub figure: &'a dyn Fn(usize) -> Option<f64>,
    pub looked_at: Option<usize>,
    /// Whose weight the runs may be ordered by.
    pub class: Option<&'a str>,
}

impl RunList {
    pub(in crate::app) fn of(inputs: &ListInputs) -> RunList {
        let Runs {
            all,
            search,
            only_starred,
            today,
            ..
        } = inputs.runs;
        let there: Vec<usize> = (0..all.len()).filter(|&run| !all[run].deleted).collect();
        let words: Vec<String> = search
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let mut listed = there.clone();
        listed.retain(|&run| (!only_starred || all[run].tag.starred) && matches(&all[run], &words, *today));
        let ordered = in_order(inputs, listed);
        let mut building = Building {
            inputs,
            sweeps: sweeps_of(all),
            sizes: BTreeMap::new(),
            rows: Vec::new(),
        };
        for run in &there {
            if let Some(sweep) = building.sweeps.get(run) {
                *building.sizes.entry(sweep.clone()).or_default() += 1;
            }
        }
        let n_listed = ordered.len();
        let (own, others): (Vec<usize>, Vec<usize>) =
            ordered.into_iter().partition(|&run| (inputs.is_of_folder)(run));
        for (heading, section) in sections(inputs, own) {
            building.section(heading, section, true);
        }
        for (heading, section) in folders(all, others) {
            building.section(Some(heading), section, false);
        }
        RunList {
            rows: building.rows,
            n_all: there.len(),
            n_listed,
        }
    }

    /// The runs that the rows stand for, from above; those of a sweep once.
    pub fn runs(&self) -> Vec<usize> {
        let mut runs = Vec::with_capacity(self.n_listed);
        for row in &self.rows {
            match row {
                ListRow::Sweep(row) => runs.extend(&row.runs),
                ListRow::Run {
                    run,
                    is_inside: false,
                    ..
                } => runs.push(*run),
                ListRow::Run { .. } | ListRow::Heading { .. } => {}
            }
        }
        runs
    }

    pub fn position(&self, id: &RowId) -> Option<usize> {
        self.rows.iter().position(|row| row.is(id))
    }
}

fn in_order(inputs: &ListInputs, mut listed: Vec<usize>) -> Vec<usize> {
    let all = &inputs.runs.all;
    let newest_first = |a: &usize, b: &usize| all[*b].compare_age(&all[*a]).then(b.cmp(a));
    listed.sort_by(newest_first);
    let highest_first = |values: BTreeMap<usize, f64>, listed: &mut Vec<usize>| {
        let value = |run: &usize| values.get(run).copied();
        // What has no figure stays below, whichever end is up.
        listed.sort_by(|a, b| match (value(a), value(b)) {
            (Some(a), Some(b)) if inputs.order.reversed => a.total_cmp(&b),
            (Some(a), Some(b)) => b.total_cmp(&a),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        });
    };
    match &inputs.order.by {
        RunSort::Newest => {
            if inputs.order.reversed {
                listed.reverse();
            }
        }
        RunSort::Name => {
            listed.sort_by_cached_key(|&run| all[run].label().to_lowercase());
            if inputs.order.reversed {
                listed.reverse();
            }
        }
        RunSort::Weight => {
            let weight = |&run: &usize| {
                let class = inputs.class?;
                let class_idx = all[run].classes().iter().position(|name| name == class)?;
                Some((run, all[run].weight_of(class_idx)?))
            };
            highest_first(listed.iter().filter_map(weight).collect(), &mut listed);
        }
        RunSort::Overall(_) | RunSort::OfClass { .. } => {
            let figure = |&run: &usize| Some((run, (inputs.figure)(run)?));
            highest_first(listed.iter().filter_map(figure).collect(), &mut listed);
        }
    }
    listed
}

/// A heading as it is shown and in full.
type Heading = (String, String);

/// This folder's runs in their groups; without groups there is no heading.
fn sections(inputs: &ListInputs, own: Vec<usize>) -> Vec<(Option<Heading>, Vec<usize>)> {
    let all = &inputs.runs.all;
    match inputs.order.groups {
        Grouping::Sweep | Grouping::Nothing => vec![(None, own)],
        Grouping::Folder => {
            let of_folders = folders(all, own).into_iter();
            of_folders.map(|(heading, runs)| (Some(heading), runs)).collect()
        }
        Grouping::Split => {
            let mut splits: Vec<Vec<usize>> = Vec::new();
            for run in own {
                match splits
                    .iter_mut()
                    .find(|split| all[split[0]].is_divided_like(&all[run]))
                {
                    Some(split) => split.push(run),
                    None => splits.push(vec![run]),
                }
            }
            let with_heading = |split: Vec<usize>| (Some(split_in_words(&all[split[0]])), split);
            splits.into_iter().map(with_heading).collect()
        }
    }
}

/// How a run's images were divided.
fn split_in_words(run: &RunView) -> Heading {
    let config = &run.config;
    let others = FIELDS.iter().filter(|field| {
        let is_named = [DATA.key, SPLIT.key].contains(&field.key);
        !is_named && (field.decides_split)(config) && field.shown(config) != "–"
    });
    let mut words = vec![SPLIT.shown(config)];
    words.extend(others.map(|field| field.in_words(config)));
    if let Some(started) = &run.record.started {
        let n_val = started.n_val.iter().sum::<usize>();
        words.push(format!("{} validation images", thousands(n_val as u64)));
    }
    let text = sentence_case(&words.join(", "));
    (text.clone(), text)
}

/// Runs by the folder they were trained on, the folder of the first one first.
fn folders(all: &[RunView], runs: Vec<usize>) -> Vec<(Heading, Vec<usize>)> {
    let mut folders: Vec<Vec<usize>> = Vec::new();
    for run in runs {
        match folders
            .iter_mut()
            .find(|f| all[f[0]].config.place() == all[run].config.place())
        {
            Some(folder) => folder.push(run),
            None => folders.push(vec![run]),
        }
    }
    let named = |folder: Vec<usize>| {
        let data = all[folder[0]].config.place();
        let name = visible_name(data);
        let name = if name.is_empty() {
            "Unknown folder".into()
        } else {
            name
        };
        ((name, visible_path(data)), folder)
    };
    folders.into_iter().map(named).collect()
}

struct Building<'a> {
    inputs: &'a ListInputs<'a>,
    sweeps: BTreeMap<usize, String>,
    /// How many runs each sweep has.
    sizes: BTreeMap<String, usize>,
    rows: Vec<ListRow>,
}

impl Building<'_> {
    fn section(&mut self, heading: Option<Heading>, runs: Vec<usize>, is_of_folder: bool) {
        if let Some((text, whole)) = heading {
            let n_runs = runs.len();
            self.rows.push(ListRow::Heading { text, whole, n_runs });
        }
        let mut of_sweep: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let sweeps = std::mem::take(&mut self.sweeps);
        for &run in &runs {
            if let Some(sweep) = sweeps.get(&run) {
                of_sweep.entry(sweep).or_default().push(run);
            }
        }
        for &run in &runs {
            let sweep = sweeps.get(&run).filter(|sweep| self.is_folded(sweep));
            let Some(sweep) = sweep else {
                self.run(run, false, is_of_folder);
                continue;
            };
            // The sweep stands where its first run would.
            if let Some(runs) = of_sweep.remove(sweep.as_str()) {
                self.sweep(sweep, runs, is_of_folder);
            }
        }
        self.sweeps = sweeps;
    }

    /// What is left of a sweep of which all but one are deleted is a run like any other.
    fn is_folded(&self, sweep: &str) -> bool {
        self.inputs.order.groups != Grouping::Nothing && self.sizes.get(sweep).is_some_and(|&n| n > 1)
    }

    fn run(&mut self, run: usize, is_inside: bool, is_of_folder: bool) {
        self.rows.push(ListRow::Run {
            run,
            figure: (self.inputs.figure)(run),
            is_inside,
            is_of_folder,
        });
    }

    fn sweep(&mut self, sweep: &str, runs: Vec<usize>, is_of_folder: bool) {
        let all = &self.inputs.runs.all;
        let figures = runs
            .iter()
            .filter_map(|&run| Some((run, (self.inputs.figure)(run)?)));
        let best = figures.max_by(|a, b| a.1.total_cmp(&b.1));
        let views: Vec<&RunView> = runs.iter().map(|&run| &all[run]).collect();
        let n_all = self.sizes.get(sweep).copied().unwrap_or(runs.len());
        let (class, range) = what_varies(&views).unzip();
        // Whoever searches wants to see what was found.
        let is_open = self.inputs.runs.open_sweeps.contains(sweep) || self.inputs.runs.is_filtered();
        let row = SweepRow {
            sweep: sweep.to_owned(),
            n_all,
            class,
            range,
            best: best.map(|best| best.0),
            figure: best.map(|best| best.1),
            is_open,
            is_of_folder,
            runs: runs.clone(),
        };
        self.rows.push(ListRow::Sweep(row));
        let looked_at = self.inputs.looked_at;
        for run in runs.into_iter().filter(|&run| is_open || Some(run) == looked_at) {
            self.run(run, true, is_of_folder);
        }
    }
}
