//! How a point looks, by what tells the points apart: a colour, and with it a shape or a size, so that nothing is said by
//! colour alone.

use egui::Color32;

use crate::app::Entry;
use crate::ui::parts::theme::Theme;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    Dot,
    Disc,
    Square,
    Diamond,
    Triangle,
    Cross,
}

/// Classes take them in turn; with the colours' own turn, thirty look different.
const OF_CLASSES: [Shape; 5] = [
    Shape::Disc,
    Shape::Diamond,
    Shape::Square,
    Shape::Triangle,
    Shape::Cross,
];

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    pub shape: Shape,
    pub colour: Color32,
    /// Beside others, 1 being as large as most.
    pub size: f32,
    /// Points of a higher one lie on those of a lower one.
    pub layer: u8,
}

/// How it looks; `n_classes` says how unsure a verdict can be.
pub fn look(entry: Entry, n_classes: usize, theme: &Theme) -> Look {
    let (shape, colour, size, layer) = match entry {
        Entry::Class(class_idx) => {
            let shape = OF_CLASSES[class_idx % OF_CLASSES.len()];
            (shape, theme.run(class_idx), 1.0, 1)
        }
        Entry::Right => (Shape::Disc, theme.cell(true, 1.0), 0.9, 1),
        Entry::Wrong => (Shape::Cross, theme.cell(false, 1.0), 1.5, 2),
        Entry::Tenth(tenth) => {
            let least = 1.0 / n_classes.max(1) as f32;
            let confidence = (f32::from(tenth) + 0.5) / 10.0;
            let doubt = ((1.0 - confidence) / (1.0 - least).max(0.1)).clamp(0.0, 1.0);
            let colour = theme.muted.lerp_to_gamma(theme.cell(false, 1.0), doubt);
            (Shape::Disc, colour, 0.7 + 0.9 * doubt, 10 - tenth)
        }
        Entry::NotJudged => (Shape::Dot, theme.panel.lerp_to_gamma(theme.muted, 0.6), 0.6, 0),
    };
    Look {
        shape,
        colour,
        size,
        layer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::parts::theme::DARK;

    #[test]
    fn nothing_is_told_apart_by_colour_alone() {
        let looks: Vec<Look> = (0..30).map(|i| look(Entry::Class(i), 30, &DARK)).collect();
        for (i, one) in looks.iter().enumerate() {
            assert!(
                looks[..i]
                    .iter()
                    .all(|other| (other.shape, other.colour) != (one.shape, one.colour))
            );
        }
        // Neighbours differ in both.
        assert!(looks.windows(2).all(|pair| pair[0].shape != pair[1].shape));
        let of = |entry| look(entry, 2, &DARK);
        assert_ne!(of(Entry::Right).shape, of(Entry::Wrong).shape);
        let sizes: Vec<f32> = (5..10).map(|tenth| of(Entry::Tenth(tenth)).size).collect();
        assert!(sizes.windows(2).all(|pair| pair[0] > pair[1]), "{sizes:?}");
    }
}
