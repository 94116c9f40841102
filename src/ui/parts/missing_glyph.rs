//! Letters that no font here has: a box with the letter's number, so that two names in such a script can be told apart.
//! Drawn only where neither our fonts nor the system's have the letter.

use egui::{
    Color32, ColorImage, GlyphBitmap, GlyphRasterizer, GlyphRasterizerRequest, RasterizedGlyph, vec2,
};

/// Hexadecimal digits of three by five dots, a row each, the left dot first.
const DIGITS: [[u8; 5]; 16] = [
    [0b111, 0b101, 0b101, 0b101, 0b111],
    [0b010, 0b110, 0b010, 0b010, 0b111],
    [0b111, 0b001, 0b111, 0b100, 0b111],
    [0b111, 0b001, 0b011, 0b001, 0b111],
    [0b101, 0b101, 0b111, 0b001, 0b001],
    [0b111, 0b100, 0b111, 0b001, 0b111],
    [0b111, 0b100, 0b111, 0b101, 0b111],
    [0b111, 0b001, 0b010, 0b010, 0b010],
    [0b111, 0b101, 0b111, 0b101, 0b111],
    [0b111, 0b101, 0b111, 0b001, 0b111],
    [0b111, 0b101, 0b111, 0b101, 0b101],
    [0b110, 0b101, 0b110, 0b101, 0b110],
    [0b111, 0b100, 0b100, 0b100, 0b111],
    [0b110, 0b101, 0b101, 0b101, 0b110],
    [0b111, 0b100, 0b111, 0b100, 0b111],
    [0b111, 0b100, 0b111, 0b100, 0b100],
];
/// A digit with the dot between it and the next.
const DIGIT: [usize; 2] = [4, 6];
/// The frame's line and the dot inside it.
const FRAME: usize = 2;
/// What of a box of 15 dots lies below the line that letters stand on.
const BELOW: f32 = 3.0;
/// Text up to this size, in pixels, has dots of one pixel.
const DOT: f32 = 16.0;
/// More letters of one cluster say no more.
const MOST_LETTERS: usize = 4;

/// `ink` is the letters' own colour, which the text's replaces.
pub fn numbers(ink: Color32) -> GlyphRasterizer {
    GlyphRasterizer::new(
        "counterweight::missing_glyph",
        move |asked: &GlyphRasterizerRequest<'_>| Some(boxes(asked.cluster, asked.font_size_px, ink)),
    )
}

/// A box a letter, side by side.
fn boxes(cluster: &str, font_size: f32, ink: Color32) -> RasterizedGlyph {
    let dot = (font_size / DOT).round().max(1.0) as usize;
    let letters: Vec<Vec<usize>> = cluster.chars().take(MOST_LETTERS).map(digits).collect();
    let widths: Vec<usize> = letters.iter().map(|digits| width(digits)).collect();
    let height = 2 * DIGIT[1] - 1 + 2 * FRAME;
    // A free dot on both sides.
    let whole: usize = widths.iter().map(|width| width + 1).sum();
    let mut image = ColorImage::filled([whole * dot, height * dot], Default::default());
    let mut left = 0;
    for (digits, width) in letters.iter().zip(&widths) {
        for y in 0..height {
            for x in 0..*width {
                if is_inked(digits, [x, y], [*width, height]) {
                    fill(&mut image, [left + x, y], dot, ink);
                }
            }
        }
        left += width + 1;
    }
    let advance_px = image.width() as f32;
    let bitmap = GlyphBitmap {
        image,
        offset_px: vec2(0.0, -((height as f32 - BELOW) * dot as f32)),
        is_color: false,
    };
    RasterizedGlyph { bitmap, advance_px }
}

/// Four, or six where the number has more than four.
fn digits(letter: char) -> Vec<usize> {
    let number = u32::from(letter);
    let n = if number > 0xffff { 6 } else { 4 };
    (0..n).rev().map(|i| (number >> (4 * i)) as usize & 15).collect()
}

fn width(digits: &[usize]) -> usize {
    digits.len() / 2 * DIGIT[0] - 1 + 2 * FRAME
}

/// Whether that dot belongs to the frame or to a digit; digits stand in two rows.
fn is_inked(digits: &[usize], [x, y]: [usize; 2], [width, height]: [usize; 2]) -> bool {
    if x == 0 || y == 0 || x == width - 1 || y == height - 1 {
        return true;
    }
    let (Some(x), Some(y)) = (x.checked_sub(FRAME), y.checked_sub(FRAME)) else {
        return false;
    };
    let (column, row) = (x / DIGIT[0], y / DIGIT[1]);
    let (across, down) = (x % DIGIT[0], y % DIGIT[1]);
    let digit = digits
        .get(row * digits.len() / 2 + column)
        .filter(|_| row < 2 && column < digits.len() / 2);
    across < 3 && down < 5 && digit.is_some_and(|&digit| DIGITS[digit][down] >> (2 - across) & 1 == 1)
}

fn fill(image: &mut ColorImage, [x, y]: [usize; 2], dot: usize, ink: Color32) {
    for down in 0..dot {
        for across in 0..dot {
            image[(x * dot + across, y * dot + down)] = ink;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme;

    /// What is drawn, with `#` for ink.
    fn drawn(cluster: &str) -> Vec<String> {
        let image = boxes(cluster, 13.0, theme::untinted()).bitmap.image;
        let line = |y| (0..image.width()).map(move |x| (x, y));
        let dot = |at| if image[at] == theme::untinted() { '#' } else { ' ' };
        (0..image.height()).map(|y| line(y).map(dot).collect()).collect()
    }

    #[test]
    fn a_letter_is_a_box_with_its_number() {
        // बिल and मुख differ in every letter, 0x092C from 0x092E by its last digit.
        let letter = drawn("\u{092c}");
        assert_eq!(
            letter[..8],
            [
                "########### ",
                "#         # ",
                "# ### ### # ",
                "# # # # # # ",
                "# # # ### # ",
                "# # #   # # ",
                "# ### ### # ",
                "#         # ",
            ]
        );
        assert_ne!(letter, drawn("\u{092e}"));
        assert_eq!(letter.len(), 15);
        // One box a letter, and a wider one for a number of more digits.
        assert_eq!(drawn("\u{092c}\u{093f}")[0], "########### ########### ");
        assert_eq!(drawn("\u{20000}")[0].trim_end().len(), 15);
    }

    #[test]
    fn names_without_a_font_are_drawn_and_differ() {
        let ctx = egui::Context::default();
        theme::install(&ctx);
        let width = |text: &str| {
            let mut width = 0.0;
            // Two passes: fonts are there in the second.
            for _ in 0..2 {
                let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
                    let font = theme::font(13.0);
                    width = ui
                        .painter()
                        .layout_no_wrap(text.into(), font, theme::untinted())
                        .size()
                        .x;
                });
                output.textures_delta.clear();
            }
            width
        };
        assert!(width("\u{1018c}") > 10.0);
        assert!(width("\u{ac00}\u{ac01}") > width("\u{ac00}"));
    }
}
