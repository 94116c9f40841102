//! Class weights: how they are asked for, and the numbers that result.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::choices::Stop;
use crate::metrics::plain;

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

    /// Whether both come to the same training, to the 32 bits that are computed with. In the mean of a batch weights count in
    /// relation to one another; the penalty of a training to the minimum is held against their sum.
    pub fn is_same_as(&self, other: &ClassWeights, classes: usize, stop: Stop) -> bool {
        let relative = |weights: &ClassWeights| match weights {
            ClassWeights::Equal => Some(vec![1.0_f32; classes]),
            ClassWeights::Given(given) => {
                let most = match stop {
                    Stop::Epochs => given.iter().copied().fold(0.0, f64::max),
                    Stop::Converged => 1.0,
                };
                Some(given.iter().map(|w| (w / most) as f32).collect())
            }
            _ => None,
        };
        match (relative(self), relative(other)) {
            (Some(one), Some(two)) => one == two,
            _ => self == other,
        }
    }

    /// Short form for lists: weights as `1:8`, presets by name; `FAKE=1:REAL=8` where classes were named.
    pub fn label(&self) -> String {
        self.joined(":", |class, weight| format!("{class}={}", plain(weight)))
    }

    /// The same with room to breathe: `1 : 8`.
    pub fn spaced_label(&self) -> String {
        self.joined(" : ", |class, weight| format!("{class}={}", plain(weight)))
    }

    /// The same for a file's name, without the classes' names, which may have letters that files must not: `1x8`.
    pub fn file_label(&self) -> String {
        self.joined("x", |_, weight| plain(weight)).replace(':', "x")
    }

    fn joined(&self, separator: &str, named: impl Fn(&str, f64) -> String) -> String {
        let words: Vec<String> = match self {
            ClassWeights::Equal => return "equal".into(),
            ClassWeights::Given(weights) => weights.iter().copied().map(plain).collect(),
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
            "no class is named {stranger}; the classes are {}",
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

/// What a weight may be beside 0: training computes with 32 bits, and adds up a batch of them.
const RANGE: std::ops::RangeInclusive<f64> = 1e-30..=1e30;

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
    if let Some(bad) = weights.iter().find(|w| **w != 0.0 && !RANGE.contains(*w)) {
        return Err(format!(
            "class weight {bad:e} is not from {:e} to {:e}; weights are relative, such as 1,8",
            RANGE.start(),
            RANGE.end()
        ));
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
                let words: Vec<String> = pairs.iter().map(|(n, w)| format!("{}={w}", escaped(n))).collect();
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
        if parts(text, '=').len() > 1 {
            // `FAKE=1:REAL=8` is how lists show it.
            let separator = if parts(text, ',').len() > 1 { ',' } else { ':' };
            let pairs = with_weights(parts(text, separator), separator);
            return Ok(ClassWeights::Named(
                pairs
                    .iter()
                    .map(|pair| named_weight(pair))
                    .collect::<Result<_, _>>()?,
            ));
        }
        // `1:8` and `1 : 8` are how lists show it.
        let weights = text.split([',', ':']).map(weight).collect::<Result<_, _>>()?;
        Ok(ClassWeights::Given(weights))
    }
}

/// What has no weight is the beginning of a name that holds the separator.
fn with_weights(parts_of_pairs: Vec<&str>, separator: char) -> Vec<String> {
    let mut pairs: Vec<String> = Vec::new();
    let mut is_begun = false;
    for part in parts_of_pairs {
        match pairs.last_mut().filter(|_| is_begun) {
            Some(begun) => {
                begun.push(separator);
                begun.push_str(part);
            }
            None => pairs.push(part.to_owned()),
        }
        is_begun = parts(part, '=').len() < 2;
    }
    pairs
}

fn named_weight(pair: &str) -> Result<(String, f64), String> {
    match parts(pair, '=')[..] {
        [.., value] if value.len() < pair.len() => {
            let name = &pair[..pair.len() - value.len() - 1];
            Ok((unescaped(name.trim()), weight(value)?))
        }
        _ => Err(format!("{pair:?} is not of the form NAME=WEIGHT")),
    }
}

/// Letters that mean something in a weighting; in a class's name a backslash stands before them.
const MEANING: [char; 4] = ['\\', ',', '=', ':'];

fn escaped(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if MEANING.contains(&c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

fn unescaped(text: &str) -> String {
    let mut letters = text.chars().peekable();
    let mut name = String::new();
    while let Some(c) = letters.next() {
        let is_escape = c == '\\' && letters.peek().is_some_and(|next| MEANING.contains(next));
        let letter = if is_escape { letters.next() } else { Some(c) };
        name.extend(letter);
    }
    name
}

/// As `split`, but not where a backslash stands before.
fn parts(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut is_escaped) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        if c == separator && !is_escaped {
            parts.push(&text[start..at]);
            start = at + c.len_utf8();
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    parts.push(&text[start..]);
    parts
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
    fn weights_are_read_as_they_are_shown() {
        for text in ["1:8", "1 : 8", "1,8", "FAKE=1:REAL=8", "FAKE=1,REAL=8"] {
            let weights: ClassWeights = text.parse().unwrap();
            assert_eq!(
                weights.resolve(&classes(), &[6, 1]).unwrap(),
                [1.0, 8.0],
                "{text}"
            );
        }
        let odd = ClassWeights::Named(vec![
            ("a,b".into(), 1.0),
            ("c=d".into(), 2.0),
            ("e:f".into(), 3.0),
            ("g\\h".into(), 4.0),
            (" i j".trim().into(), 5.0),
        ]);
        assert_eq!(odd.to_string().parse::<ClassWeights>().unwrap(), odd, "{odd}");
        assert_eq!(
            r"a\,b=2,c=1".parse(),
            Ok(ClassWeights::Named(vec![("a,b".into(), 2.0), ("c".into(), 1.0)]))
        );
    }

    #[test]
    fn weightings_that_train_the_same_are_known() {
        let same = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|text| text.parse::<ClassWeights>().unwrap());
            a.is_same_as(&b, 2, Stop::Epochs)
        };
        assert!(same("none", "1:1") && same("1:3", "2:6") && same("3:3", "none"));
        assert!(!same("1:3", "1:3.001") && !same("none", "balanced"));
        let [one, two] = ["1:3", "2:6"].map(|text| text.parse::<ClassWeights>().unwrap());
        assert!(!one.is_same_as(&two, 2, Stop::Converged));
        assert!(same("1:3", "1:3.00000001") && same("balanced", "balanced"));
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
            ("1,1e300", "class weight 1e300 is not from 1e-30 to 1e30"),
            ("1e-300,1", "class weight 1e-300 is not from"),
            ("1,inf", "inf is not a number from 0 up"),
            ("effective:1", "beta must be"),
            ("CAT=1,REAL=2", "no class is named CAT"),
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
