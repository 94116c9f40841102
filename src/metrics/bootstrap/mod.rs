//! What a figure would have come to on other images of the same kind: images drawn again (`resample`), what ranks and matrices say
//! of them (`areas`, `counts`), how much that varies (`moments`), and the intervals of all figures that follow (`figures`).

mod areas;
mod counts;
mod figures;
mod moments;
mod paired;
mod resample;
#[cfg(test)]
mod tests;
mod verdict;

pub use figures::FigureIntervals;
pub use moments::Moments;
pub use paired::{Judgement, PairFigure, PairedDifferences, paired_differences};
pub use resample::Units;
pub use verdict::{corrected, p_in_words};
