//! What takes a value of its own on the command line: a grid of weights, sizes of files, and where the runs are.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use crate::disk::runs::place::{earlier_runs, runs_dir};
use crate::error::{Error, Result};
use crate::experiment::{ClassWeights, Code, Source, weight_grid};
use crate::metrics::named;

/// What to look at: a folder, or the images of a table.
#[derive(Debug, Clone, Args)]
pub struct SourceArgs {
    /// Image folder: one sub-folder per class, or train/ val/ test/ with the classes in each; with --labels: where the table's
    /// paths start, if not in its own folder
    #[arg(value_name = "DIR", required_unless_present = "labels")]
    pub dir: Option<PathBuf>,
    /// Table of images and labels, in place of class folders: CSV, TSV or JSON lines with the columns path and label
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
}

impl SourceArgs {
    pub fn source(&self) -> Source {
        Source::given(self.dir.clone(), self.labels.clone())
    }
}

/// `CLASS=FROM:TO:COUNT`
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    class: String,
    from: f64,
    to: f64,
    count: usize,
}

impl Grid {
    /// The weightings, evenly spaced in ratio; every other class weighs one.
    ///
    /// # Errors
    /// There is no such class; there are more weights than a sweep trains.
    pub fn weightings(&self, classes: &[String]) -> Result<Vec<ClassWeights>> {
        let place = classes.iter().position(|class| *class == self.class);
        let Some(place) = place else {
            let message = format!(
                "--grid: no class is named {}; the classes are {}",
                self.class,
                named(classes, 10)
            );
            return Err(Error::Input(message));
        };
        let weighting = |weight: f64| {
            let mut weights = vec![1.0; classes.len()];
            weights[place] = weight;
            ClassWeights::Given(weights)
        };
        let weights = weight_grid(self.from, self.to, self.count).map_err(Error::Input)?;
        Ok(weights.into_iter().map(weighting).collect())
    }
}

impl FromStr for Grid {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not of the form CLASS=FROM:TO:COUNT, such as REAL=1:16:24");
        let (class, range) = text.rsplit_once('=').ok_or_else(wrong)?;
        let words: Vec<&str> = range.split(':').collect();
        let [from, to, count] = words[..] else {
            return Err(wrong());
        };
        let grid = Grid {
            class: class.to_owned(),
            from: from.parse().map_err(|_| wrong())?,
            to: to.parse().map_err(|_| wrong())?,
            count: count.parse().map_err(|_| wrong())?,
        };
        let is_weight = |x: f64| x.is_finite() && x > 0.0;
        if !is_weight(grid.from) || !is_weight(grid.to) || grid.count == 0 {
            return Err(format!(
                "{text:?}: both ends must be above 0, and the count at least 1"
            ));
        }
        Ok(grid)
    }
}

/// `CLASS=SHARE`: how common a class is where a classifier will be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Prevalence {
    pub class: String,
    /// Between 0 and 1.
    pub share: f64,
}

impl FromStr for Prevalence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("{text:?} is not of the form CLASS=SHARE, such as REAL=0.005, REAL=0.5% or REAL=1/200")
        };
        let (class, share) = text.rsplit_once('=').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
        let share = match (share.split_once('/'), share.strip_suffix('%')) {
            (Some((part, whole)), _) => number(part)? / number(whole)?,
            (None, Some(percent)) => number(percent)? / 100.0,
            (None, None) => number(share)?,
        };
        match share > 0.0 && share < 1.0 {
            true => Ok(Prevalence {
                class: class.to_owned(),
                share,
            }),
            false => Err(format!("{text:?}: the share must lie between 0 and 1")),
        }
    }
}

/// # Errors
/// It is none.
pub fn caution_code(text: &str) -> Result<Code, String> {
    let known = Code::ALL.map(Code::name).join(", ");
    Code::of_name(&text.to_uppercase()).ok_or_else(|| format!("cautions are {known}"))
}

/// # Errors
/// It is none.
pub fn miss_cost(text: &str) -> Result<f64, String> {
    let cost = text
        .parse::<f64>()
        .ok()
        .filter(|cost| (1e-6..=1e6).contains(cost));
    cost.ok_or_else(|| format!("{text:?} is not a cost from 0.000001 to 1,000,000"))
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

const UNITS: [(&str, f64); 9] = [
    ("KIB", 1024.0),
    ("MIB", 1_048_576.0),
    ("GIB", 1_073_741_824.0),
    ("TIB", 1_099_511_627_776.0),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("B", 1.0),
];

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let upper = text.trim().to_uppercase();
        let unit = UNITS
            .iter()
            .find_map(|(unit, factor)| Some((upper.strip_suffix(unit)?, *factor)));
        let (number, factor) = unit.unwrap_or((&upper, 1.0));
        match number.trim().parse::<f64>() {
            Ok(n) if n.is_finite() && n >= 0.0 => Ok(Size((n * factor) as u64)),
            _ => Err(format!(
                "{text:?} is not a size; write bytes, or such as 500MB or 20GB"
            )),
        }
    }
}

/// Where the runs are.
#[derive(Debug, Clone, Args)]
pub struct RunsPlace {
    /// Folder that runs are kept in [default: the same as the window's, which `counterweight runs` names]
    #[arg(long, value_name = "DIR")]
    runs: Option<PathBuf>,
}

impl RunsPlace {
    /// # Errors
    /// None was given, and the user's own cannot be found.
    pub fn dir(&self) -> Result<PathBuf> {
        self.runs.clone().map_or_else(runs_dir, Ok)
    }

    /// Runs that lie where earlier versions kept them and that nobody asked for.
    pub fn left_out(&self) -> Option<PathBuf> {
        let earlier = earlier_runs().filter(|_| self.runs.is_none())?;
        runs_dir().is_ok_and(|dir| dir != earlier).then_some(earlier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_even_in_ratio_and_ends_where_it_says() {
        let classes = ["FAKE", "REAL"].map(String::from);
        let grid: Grid = "REAL=1:16:5".parse().unwrap();
        let expected = [1.0, 2.0, 4.0, 8.0, 16.0].map(|w| ClassWeights::Given(vec![1.0, w]));
        assert_eq!(grid.weightings(&classes).unwrap(), expected);
        let one: Grid = "a=b=3:9:1".parse().unwrap();
        assert!(one.weightings(&classes).unwrap_err().to_string().contains("a=b"));
        for wrong in ["REAL", "REAL=1:2", "REAL=0:2:3", "REAL=1:x:3", "REAL=1:2:0"] {
            assert!(wrong.parse::<Grid>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_class_is_as_common_as_is_written() {
        for text in ["a=b=0.005", "a=b=0.5%", "a=b=1/200"] {
            let common: Prevalence = text.parse().unwrap();
            assert_eq!((&*common.class, common.share), ("a=b", 0.005), "{text}");
        }
        for wrong in [
            "REAL", "REAL=0", "REAL=1", "REAL=200", "REAL=x", "REAL=1/0", "REAL=-1%",
        ] {
            assert!(wrong.parse::<Prevalence>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_have_units() {
        let table = [
            ("20GB", 20_000_000_000),
            ("1.5 kib", 1536),
            ("7", 7),
            ("0", 0),
            ("3B", 3),
        ];
        for (text, bytes) in table {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        for wrong in ["", "GB", "-1MB", "x"] {
            assert!(wrong.parse::<Size>().is_err(), "{wrong}");
        }
    }
}
