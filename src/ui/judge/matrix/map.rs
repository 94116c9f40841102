//! A matrix of too many classes for a number in each cell: a picture with a pixel for each cell, or for several
//! where there are fewer pixels than cells. The strongest of those is shown, so no confusion is lost between pixels.

use egui::{Color32, ColorImage, Rect, TextureHandle, TextureOptions, Ui, pos2};

use super::layout::{Layout, View};
use super::model::Model;
use crate::ui::parts::theme::{self, Theme};

/// The picture as it was made last, and what it was made of.
#[derive(Clone)]
struct Kept {
    made_of: u64,
    texture: TextureHandle,
}

pub fn map(ui: &Ui, salt: &str, model: &Model, layout: &Layout) {
    let theme = theme::of(ui);
    let pixels = layout.grid.size() * ui.pixels_per_point();
    let view = layout.view;
    let side = |length: f32| (length as usize).clamp(1, view.n);
    let size = [side(pixels.x), side(pixels.y)];
    let id = ui.scope_id().with((salt, "map"));
    let made_of = fingerprint(model, view, size, ui.visuals().dark_mode);
    let kept: Option<Kept> = ui.data(|data| data.get_temp(id));
    let kept = kept.filter(|kept| kept.made_of == made_of).unwrap_or_else(|| {
        let image = image(theme, model, view, size);
        let texture = ui
            .ctx()
            .load_texture("confusion matrix", image, TextureOptions::NEAREST);
        let kept = Kept { made_of, texture };
        ui.data_mut(|data| data.insert_temp(id, kept.clone()));
        kept
    });
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter()
        .image(kept.texture.id(), layout.grid, whole, theme::untinted());
}

/// Of each pixel, the strongest of its cells; a wrong one before a right one of the same strength.
fn image(theme: &Theme, model: &Model, view: View, [width, height]: [usize; 2]) -> ColorImage {
    let View {
        first: [row, column],
        n,
    } = view;
    let mut strongest = vec![(0.0_f32, false); width * height];
    for (down, across) in (0..n).flat_map(|down| (0..n).map(move |across| (down, across))) {
        let (true_idx, predicted_idx) = (row + down, column + across);
        let cell = (
            model.strength((true_idx, predicted_idx)),
            true_idx != predicted_idx,
        );
        let pixel = &mut strongest[down * height / n * width + across * width / n];
        if cell > *pixel {
            *pixel = cell;
        }
    }
    let colours: Vec<Color32> = strongest
        .into_iter()
        .map(|(strength, is_wrong)| theme.cell(!is_wrong, strength))
        .collect();
    ColorImage::new([width, height], colours)
}

/// Of what is seen: other counts, another picture. Asked for in every frame, so the cells themselves are not looked at.
fn fingerprint(model: &Model, view: View, size: [usize; 2], dark: bool) -> u64 {
    let mix = |sum: u64, n: u64| (sum.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    let seed = [
        size[0] as u64,
        size[1] as u64,
        view.first[0] as u64,
        view.first[1] as u64,
        view.n as u64,
        u64::from(dark),
        model.normalise() as u64,
        model.confusion.digest(),
    ];
    seed.into_iter().fold(0, mix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Normalise;
    use crate::metrics::Confusion;

    #[test]
    fn no_confusion_is_lost_where_cells_share_a_pixel() {
        let classes: Vec<String> = (0..100).map(|i| i.to_string()).collect();
        let mut confusion = Confusion::new(100);
        (0..100).for_each(|i| (0..9).for_each(|_| confusion.add(i, i)));
        confusion.add(70, 31);
        let model = Model::new(&classes, &confusion, Normalise::Rows);
        let dark = theme::DARK;
        let whole = View::whole(100);
        let of = |size| image(&dark, &model, whole, size);
        let coloured = |image: &ColorImage| {
            let empty = dark.cell(true, 0.0);
            image.pixels.iter().filter(|colour| **colour != empty).count()
        };
        assert_eq!(coloured(&of([100, 100])), 101);
        let small = of([10, 10]);
        assert_eq!(coloured(&small), 11);
        assert_eq!(small[(3, 7)], dark.cell(false, 0.1));
        let before = fingerprint(&model, whole, [10, 10], true);
        let mut other = confusion.clone();
        other.move_one(5, 5, 6);
        let other = Model::new(&classes, &other, Normalise::Rows);
        assert_ne!(before, fingerprint(&other, whole, [10, 10], true));
    }
}
