//! The points as one picture, painted by the processor only when something of it changes: a frame in which nothing moves costs
//! as much with a hundred thousand points as with ten.

use std::collections::BTreeMap;

use egui::{Color32, ColorImage, Pos2};

use super::look::{Look, Shape};

/// Lines of a pixel that are looked at for how much of it a shape covers.
const FINE: i32 = 4;

/// A point of the picture, in pixels.
#[derive(Debug, Clone, Copy)]
pub struct Dot {
    pub at: Pos2,
    pub look: Look,
    /// One that stands back behind those that are chosen.
    pub is_faint: bool,
}

/// What a pixel beside a point's middle becomes.
type Stamp = Vec<(i32, i32, f32)>;

/// Those that stand back first, then layer by layer. `radius` is that of most, in pixels.
pub fn paint(size: [usize; 2], ground: Color32, radius: f32, dots: &[Dot]) -> ColorImage {
    let mut image = ColorImage::filled(size, ground);
    let mut stamps = BTreeMap::<(Shape, u32), Stamp>::new();
    let layers = dots.iter().map(|dot| (!dot.is_faint, dot.look.layer));
    let mut layers: Vec<(bool, u8)> = layers.collect();
    layers.sort_unstable();
    layers.dedup();
    for layer in layers {
        for dot in dots.iter().filter(|dot| (!dot.is_faint, dot.look.layer) == layer) {
            let radius = (radius * dot.look.size).max(0.5);
            let key = (dot.look.shape, (radius * 8.0) as u32);
            let stamp = stamps.entry(key).or_insert_with(|| stamp(dot.look.shape, radius));
            let colour = match dot.is_faint {
                true => ground.lerp_to_gamma(dot.look.colour, 0.22),
                false => dot.look.colour,
            };
            press(&mut image, stamp, dot.at, colour);
        }
    }
    image
}

fn press(image: &mut ColorImage, stamp: &Stamp, at: Pos2, colour: Color32) {
    let [width, height] = image.size.map(|side| side as i32);
    let (x, y) = (at.x.floor() as i32, at.y.floor() as i32);
    for &(right, down, share) in stamp {
        let (x, y) = (x + right, y + down);
        if x < 0 || y < 0 || x >= width || y >= height {
            continue;
        }
        let pixel = &mut image.pixels[(y * width + x) as usize];
        *pixel = match share >= 1.0 {
            true => colour,
            false => pixel.lerp_to_gamma(colour, share),
        };
    }
}

/// How much of each pixel around the middle the shape covers.
fn stamp(shape: Shape, radius: f32) -> Stamp {
    let reach = radius.ceil() as i32 + 1;
    let covered = |right: i32, down: i32| {
        let inside = (0..FINE * FINE).filter(|i| {
            let fine = |pixel: i32, line: i32| pixel as f32 + (line as f32 + 0.5) / FINE as f32 - 0.5;
            covers(shape, radius, fine(right, i % FINE), fine(down, i / FINE))
        });
        inside.count() as f32 / (FINE * FINE) as f32
    };
    let pixels = (-reach..=reach).flat_map(|down| (-reach..=reach).map(move |right| (right, down)));
    pixels
        .map(|(right, down)| (right, down, covered(right, down)))
        .filter(|(.., share)| *share > 0.0)
        .collect()
}

/// Whether the shape covers what lies there beside its middle. All are about as large to the eye.
fn covers(shape: Shape, radius: f32, x: f32, y: f32) -> bool {
    let (across, down) = (x.abs(), y.abs());
    match shape {
        Shape::Dot | Shape::Disc => x * x + y * y <= radius * radius,
        Shape::Square => across.max(down) <= radius * 0.86,
        Shape::Diamond => across + down <= radius * 1.2,
        Shape::Triangle => y <= radius * 0.92 && across * 1.7 <= y + radius * 1.32,
        Shape::Cross => {
            let arm = (radius * 0.36).max(0.55);
            (across - down).abs() <= arm && across.max(down) <= radius * 0.95
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::parts::theme::DARK;
    use egui::pos2;

    fn dot(x: f32, y: f32, colour: Color32, layer: u8) -> Dot {
        Dot {
            at: pos2(x, y),
            look: Look {
                shape: Shape::Disc,
                colour,
                size: 1.0,
                layer,
            },
            is_faint: false,
        }
    }

    #[test]
    fn higher_layers_lie_on_lower_ones_and_edges_are_not_crossed() {
        let (low, high) = (DARK.ok, DARK.error);
        let dots = [
            dot(5.0, 5.0, high, 2),
            dot(5.0, 5.0, low, 1),
            dot(0.0, 9.9, low, 1),
            dot(-50.0, 900.0, low, 1),
        ];
        let image = paint([10, 10], DARK.panel, 2.0, &dots);
        assert_eq!(image[(5, 5)], high);
        assert_eq!(image[(0, 9)], low);
        assert_eq!(image[(9, 0)], DARK.panel);
        let faint = Dot {
            is_faint: true,
            ..dots[0]
        };
        let image = paint([10, 10], DARK.panel, 2.0, &[faint, dots[1]]);
        assert_eq!(image[(5, 5)], low, "what stands back lies below all");
    }

    #[test]
    fn shapes_are_about_as_large_and_differ() {
        use Shape::*;
        let area = |shape| stamp(shape, 6.0).iter().map(|pixel| pixel.2).sum::<f32>();
        let disc = area(Disc);
        for shape in [Square, Diamond, Triangle] {
            assert!(
                (area(shape) / disc - 1.0).abs() < 0.25,
                "{shape:?} {}",
                area(shape) / disc
            );
        }
        assert!(area(Cross) < disc);
    }
}
