//! What is to be said of a difference between two models: whether it is more than chance, and how many images would tell it.

use super::paired::{PairFigure, PairedDifferences};
use crate::metrics::compared::holm;
use crate::metrics::thousands;

/// Below it a difference is not taken for chance, once all are counted that were looked at.
const ALPHA: f64 = 0.05;

/// The p of each figure of each pair as it counts among others (Holm), in the same order: balanced accuracy, which is what is asked of
/// each pair, among those of all pairs; recalls and areas, which are looked through for what else there is, among all of these.
pub fn corrected(pairs: &[PairedDifferences]) -> Vec<Vec<f64>> {
    let of = |is_asked: bool| {
        let figures = pairs.iter().flat_map(|pair| &pair.figures);
        let ps: Vec<f64> = figures
            .filter(|figure| figure.is_asked() == is_asked)
            .map(|figure| figure.p)
            .collect();
        holm(&ps).into_iter()
    };
    let (mut asked, mut others) = (of(true), of(false));
    let mut next = |figure: &PairFigure| match figure.is_asked() {
        true => asked.next(),
        false => others.next(),
    };
    let of_pair = |pair: &PairedDifferences| pair.figures.iter().filter_map(&mut next).collect();
    pairs.iter().map(of_pair).collect()
}

impl PairFigure {
    /// Whether it is what is asked of a pair.
    fn is_asked(&self) -> bool {
        self.class_idx.is_none()
    }

    /// Whether it is more than chance: its own interval leaves out that there is none, and what is left of its p among all others
    /// that were looked at is small.
    pub fn is_sure(&self, p_of_all: f64) -> bool {
        p_of_all < ALPHA && self.difference.is_sure()
    }
}

impl PairedDifferences {
    /// Of balanced accuracy, in a sentence without the models' names; `ps_of_all` are those of [`corrected`]. `None` where it is not
    /// known.
    pub fn in_a_sentence(&self, ps_of_all: &[f64]) -> Option<String> {
        let mut figures = self.figures.iter().zip(ps_of_all);
        let (figure, &p) = figures.find(|(figure, _)| figure.is_asked())?;
        let images = self.images_in_words();
        if figure.difference.value == 0.0 {
            return Some(format!("the same balanced accuracy; {images}"));
        }
        let by = figure.difference.in_words();
        let p_in_words = p_in_words(p);
        let verdict = match (figure.is_sure(p), figure.n_needed) {
            (true, _) => format!("is more than chance ({p_in_words})"),
            (false, Some(n)) if n > self.n_images => format!(
                "may be chance ({p_in_words}): it would take about {} images of this mix to tell, and there are {}",
                thousands(to_two_digits(n)),
                thousands(self.n_images)
            ),
            _ => format!("may be chance ({p_in_words})"),
        };
        Some(format!(
            "balanced accuracy {by} points, which {verdict}; {images}"
        ))
    }

    /// What else is surely different, which balanced accuracy may hide: `recall of REAL +12.3 (4.1 to 20.5)`; `name` names a class.
    pub fn surely_other(&self, ps_of_all: &[f64], name: impl Fn(usize) -> String) -> Vec<String> {
        let figures = self.figures.iter().zip(ps_of_all);
        let in_words = |(figure, &p): (&PairFigure, &f64)| {
            let class_idx = figure.class_idx.filter(|_| figure.is_sure(p))?;
            let difference = figure.difference.in_words();
            Some(match figure.key {
                "recall" => format!("recall of {} {difference}", name(class_idx)),
                _ => format!("ROC AUC {difference}"),
            })
        };
        figures.filter_map(in_words).collect()
    }

    /// What became of single images: `41 images fixed, 12 broken (McNemar's exact test: p below 0.001)`.
    fn images_in_words(&self) -> String {
        let test = &self.mcnemar;
        let noun = if test.fixed == 1 { "image" } else { "images" };
        let counts = format!(
            "{} {noun} fixed, {} broken",
            thousands(test.fixed),
            thousands(test.broken)
        );
        // Images of one group are no independent witnesses.
        match self.in_groups {
            true => counts,
            false => format!("{counts} (McNemar's exact test: {})", p_in_words(test.p)),
        }
    }
}

/// "p 0.03", "p below 0.001".
pub fn p_in_words(p: f64) -> String {
    match p {
        p if p < 0.001 => "p below 0.001".into(),
        p if p < 0.0995 => format!("p {p:.3}"),
        p => format!("p {p:.2}"),
    }
}

/// What is only an estimate is not told to the last image.
fn to_two_digits(n: u64) -> u64 {
    let step = 10u64.pow(n.checked_ilog10().unwrap_or(0).saturating_sub(1));
    n.div_ceil(step) * step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Difference, Interval, McNemar};

    fn pair(value: f64, half: f64, p: f64, n_needed: u64) -> PairedDifferences {
        let interval = Interval {
            low: value - half,
            high: value + half,
        };
        PairedDifferences {
            figures: vec![PairFigure {
                key: "balanced_accuracy",
                class_idx: None,
                difference: Difference { value, interval },
                p,
                n_needed: Some(n_needed),
            }],
            mcnemar: McNemar::of(41, 12),
            n_images: 3000,
            in_groups: false,
        }
    }

    #[test]
    fn a_difference_is_told_with_what_it_is_worth() {
        let sure = pair(0.032, 0.02, 0.002, 1500);
        let chance = pair(0.008, 0.018, 0.38, 30_412);
        let mut with_recall = sure.clone();
        let recall = PairFigure {
            class_idx: Some(0),
            p: 0.01,
            ..sure.figures[0]
        };
        with_recall
            .figures
            .extend([recall, PairFigure { p: 0.9, ..recall }]);
        // Among two pairs, and among two recalls.
        let ps = corrected(&[with_recall, chance.clone()]);
        assert_eq!(ps, [vec![0.004, 0.02, 0.9], vec![0.38]]);
        assert_eq!(
            sure.in_a_sentence(&ps[0]).unwrap(),
            "balanced accuracy +3.2 (1.2 to 5.2) points, which is more than chance (p 0.004); 41 images fixed, 12 broken \
             (McNemar's exact test: p below 0.001)"
        );
        let text = chance.in_a_sentence(&ps[1]).unwrap();
        let expected = "balanced accuracy +0.8 (−1.0 to 2.6) points, which may be chance (p 0.38): it would take about 31,000 \
                        images of this mix to tell, and there are 3,000; 41 images";
        assert!(text.starts_with(expected), "{text}");
        // By itself it would be told, among others it is not.
        assert!(sure.figures[0].is_sure(0.002) && !sure.figures[0].is_sure(0.06));
        let text = sure.in_a_sentence(&[0.06]).unwrap();
        assert!(text.contains("may be chance (p 0.060); 41"), "{text}");
        let grouped = PairedDifferences {
            in_groups: true,
            ..pair(0.0, 0.01, 1.0, 0)
        };
        let text = grouped.in_a_sentence(&[1.0]).unwrap();
        assert_eq!(text, "the same balanced accuracy; 41 images fixed, 12 broken");
    }
}
