//! Class weights: how they are asked for, and the numbers that result.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How the classes are weighed in the loss. Written `none`, `balanced`, `inverse-sqrt`, `effective:0.999`,
/// `1,8` (in class order) or `FAKE=1,REAL=8`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ClassWeights {
    /// Every image counts the same.
    #[default]
    Equal,
    /// n / (k n_c), as scikit-learn's `balanced`.
    Balanced,
    /// 1 / sqrt(n_c), scaled to a mean of one.
    InverseSqrt,
    /// (1 - beta) / (1 - beta^n_c), scaled to a mean of one: the effective number of samples, Cui et al. 2019,
    /// "Class-Balanced Loss Based on Effective Number of Samples", equation 9.
    Effective(f64),
    /// As given, in class order.
    Given(Vec<f64>),
    /// As given, by class name; every class must be named.
    Named(Vec<(String, f64)>),
}

impl ClassWeights {
    /// The weight of each class. `n_train` counts the training images of each class; the presets look at nothing else.
    ///
    /// # Errors
    /// A sentence that says what does not fit, for people.
    pub fn resolve(&self, classes: &[String], n_train: &[usize]) -> Result<Vec<f64>, String> {
        let k = classes.len() as f64;
        let n: usize = n_train.iter().sum();
        let weights = match self {
            ClassWeights::Equal => vec![1.0; classes.len()],
            ClassWeights::Balanced => by_count(classes, n_train, |c| n as f64 / (k * c))?,
            ClassWeights::InverseSqrt => mean_one(by_count(classes, n_train, |c| 1.0 / c.sqrt())?),
            ClassWeights::Effective(beta) => mean_one(by_count(classes, n_train, |c| {
                (1.0 - beta) / (1.0 - beta.powf(c))
            })?),
            ClassWeights::Given(given) if given.len() == classes.len() => given.clone(),
            ClassWeights::Given(given) => {
                return Err(format!(
                    "{} class weights for {} classes ({}); give one for each, in this order",
                    given.len(),
                    classes.len(),
                    classes.join(", ")
                ));
            }
            ClassWeights::Named(pairs) => by_name(classes, pairs)?,
        };
        check(&weights)?;
        Ok(weights)
    }

    /// Short form for lists: weights as `1:8`, presets by name; `FAKE=1:REAL=8` where classes were named.
    pub fn label(&self) -> String {
        self.joined(":", |class, weight| format!("{class}={weight}"))
    }

    /// The same with room to breathe: `1 : 8`.
    pub fn spaced_label(&self) -> String {
        self.joined(" : ", |class, weight| format!("{class}={weight}"))
    }

    /// The same for a file's name, without the classes' names, which may have letters that files must not: `1x8`.
    pub fn file_label(&self) -> String {
        self.joined("x", |_, weight| weight.to_string()).replace(':', "x")
    }

    fn joined(&self, separator: &str, named: impl Fn(&str, f64) -> String) -> String {
        let words: Vec<String> = match self {
            ClassWeights::Equal => return "equal".into(),
            ClassWeights::Given(weights) => weights.iter().map(f64::to_string).collect(),
            ClassWeights::Named(pairs) => pairs
                .iter()
                .map(|(class, weight)| named(class, *weight))
                .collect(),
            preset => return preset.to_string(),
        };
        words.join(separator)
    }
}

fn by_count(classes: &[String], n_train: &[usize], weight: impl Fn(f64) -> f64) -> Result<Vec<f64>, String> {
    if let Some(empty) = n_train.iter().position(|&n| n == 0) {
        return Err(format!(
            "class {} has no training image, so its weight cannot be computed from counts",
            classes[empty]
        ));
    }
    Ok(n_train.iter().map(|&n| weight(n as f64)).collect())
}

fn mean_one(weights: Vec<f64>) -> Vec<f64> {
    let scale = weights.len() as f64 / weights.iter().sum::<f64>();
    weights.into_iter().map(|w| w * scale).collect()
}

fn by_name(classes: &[String], pairs: &[(String, f64)]) -> Result<Vec<f64>, String> {
    if let Some((stranger, _)) = pairs.iter().find(|(name, _)| !classes.contains(name)) {
        return Err(format!(
            "no class is called {stranger}; the classes are {}",
            classes.join(", ")
        ));
    }
    classes
        .iter()
        .map(|class| {
            let mut of_class = pairs.iter().filter(|(name, _)| name == class);
            match (of_class.next(), of_class.next()) {
                (Some((_, w)), None) => Ok(*w),
                (None, _) => Err(format!("class {class} has no weight")),
                (Some(_), Some(_)) => Err(format!("class {class} has two weights")),
            }
        })
        .collect()
}

/// Weights must be numbers from 0 up, and one of them above 0.
fn check(weights: &[f64]) -> Result<(), String> {
    if let Some(bad) = weights.iter().find(|w| !w.is_finite() || **w < 0.0) {
        return Err(format!(
            "class weight {bad} is not a number from 0 up; weights are relative, such as 1,8"
        ));
    }
    if weights.iter().all(|&w| w == 0.0) {
        return Err("all class weights are 0; at least one must be above 0".into());
    }
    Ok(())
}

impl fmt::Display for ClassWeights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClassWeights::Equal => f.write_str("none"),
            ClassWeights::Balanced => f.write_str("balanced"),
            ClassWeights::InverseSqrt => f.write_str("inverse-sqrt"),
            ClassWeights::Effective(beta) => write!(f, "effective:{beta}"),
            ClassWeights::Given(weights) => {
                let words: Vec<String> = weights.iter().map(f64::to_string).collect();
                f.write_str(&words.join(","))
            }
            ClassWeights::Named(pairs) => {
                let words: Vec<String> = pairs.iter().map(|(n, w)| format!("{n}={w}")).collect();
                f.write_str(&words.join(","))
            }
        }
    }
}

impl FromStr for ClassWeights {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        match text {
            "none" | "equal" => return Ok(ClassWeights::Equal),
            "balanced" => return Ok(ClassWeights::Balanced),
            "inverse-sqrt" => return Ok(ClassWeights::InverseSqrt),
            _ => {}
        }
        if let Some(beta) = text.strip_prefix("effective:") {
            return match beta.parse::<f64>() {
                Ok(beta) if (0.0..1.0).contains(&beta) => Ok(ClassWeights::Effective(beta)),
                _ => Err(format!(
                    "effective:{beta}: beta must be from 0 up to below 1, such as effective:0.999"
                )),
            };
        }
        if text.contains('=') {
            let pairs = text.split(',').map(named_weight).collect::<Result<_, _>>()?;
            return Ok(ClassWeights::Named(pairs));
        }
        let weights = text.split(',').map(weight).collect::<Result<_, _>>()?;
        Ok(ClassWeights::Given(weights))
    }
}

fn named_weight(pair: &str) -> Result<(String, f64), String> {
    let (name, value) = pair
        .rsplit_once('=')
        .ok_or_else(|| format!("{pair:?} is not of the form NAME=WEIGHT"))?;
    Ok((name.trim().to_owned(), weight(value)?))
}

fn weight(word: &str) -> Result<f64, String> {
    word.trim().parse().map_err(|_| {
        format!(
            "{word:?} is not a class weight; give numbers in class order (1,8), NAME=WEIGHT pairs, none, balanced, \
             inverse-sqrt or effective:BETA"
        )
    })
}

impl TryFrom<String> for ClassWeights {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<ClassWeights> for String {
    fn from(weights: ClassWeights) -> String {
        weights.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes() -> Vec<String> {
        vec!["FAKE".into(), "REAL".into()]
    }

    /// Hand-computed for 600 FAKE and 100 REAL.
    #[test]
    fn weights_of_600_to_100() {
        let beta: f64 = 0.99;
        let raw = [
            (1.0 - beta) / (1.0 - beta.powi(600)),
            (1.0 - beta) / (1.0 - beta.powi(100)),
        ];
        let scale = 2.0 / (raw[0] + raw[1]);
        let table: [(&str, [f64; 2]); 7] = [
            ("none", [1.0, 1.0]),
            ("balanced", [700.0 / 1200.0, 700.0 / 200.0]),
            // 1/sqrt(600) : 1/sqrt(100) = 1 : sqrt(6), scaled to a sum of 2.
            (
                "inverse-sqrt",
                [2.0 / (1.0 + 6f64.sqrt()), 2.0 * 6f64.sqrt() / (1.0 + 6f64.sqrt())],
            ),
            ("effective:0.99", [raw[0] * scale, raw[1] * scale]),
            ("effective:0", [1.0, 1.0]),
            ("1, 8", [1.0, 8.0]),
            ("REAL=8,FAKE=0.5", [0.5, 8.0]),
        ];
        for (text, expected) in table {
            let weights: ClassWeights = text.parse().unwrap();
            let resolved = weights.resolve(&classes(), &[600, 100]).unwrap();
            for (r, e) in resolved.iter().zip(expected) {
                assert!((r - e).abs() < 1e-12, "{text}: {resolved:?} for {expected:?}");
            }
            assert_eq!(weights.to_string().parse::<ClassWeights>().unwrap(), weights);
        }
    }

    #[test]
    fn what_does_not_fit_says_why() {
        let table = [
            ("1,2,3", "3 class weights for 2 classes"),
            ("1,-8", "-8 is not a number from 0 up"),
            ("1,NaN", "NaN is not a number from 0 up"),
            ("REAL=NaN,FAKE=1", "NaN is not a number from 0 up"),
            ("REAL=-1,FAKE=1", "-1 is not a number from 0 up"),
            ("0,0", "all class weights are 0"),
            ("1,x", "\"x\" is not a class weight"),
            ("effective:1", "beta must be"),
            ("CAT=1,REAL=2", "no class is called CAT"),
            ("REAL=2", "class FAKE has no weight"),
            ("REAL=2,FAKE=1,REAL=3", "class REAL has two weights"),
        ];
        for (text, expected) in table {
            let message = text
                .parse::<ClassWeights>()
                .and_then(|w| w.resolve(&classes(), &[600, 100]))
                .unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
        }
        let empty = ClassWeights::Balanced.resolve(&classes(), &[600, 0]);
        assert!(empty.unwrap_err().contains("class REAL has no training image"));
    }
}
