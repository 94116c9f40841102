//! What in an image speaks for a class, over its picture, and in words.

use std::path::Path;
use std::sync::{Arc, Weak};

use egui::{
    ColorImage, ComboBox, Label, Rect, Role, Sense, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use crate::app::{Action, AppState, JudgeAction};
use crate::experiment::Part;
use crate::protocol::Explained;
use crate::ui::parts::keyboard::drop_down::drop_down;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{fine_print, named};
use crate::visible::visible;

/// Pixels of the drawn map a place of it has: the card blends those between.
const FINE: usize = 8;

/// The bar that says what its colours mean, and in how many steps.
const KEY: Vec2 = vec2(84.0, 12.0);
const KEY_STEPS: usize = 28;

/// The map that is on the graphics card.
#[derive(Default)]
pub struct WhyLayer {
    of: Weak<Explained>,
    texture: Option<TextureHandle>,
}

impl WhyLayer {
    /// Over the picture, where the map is known and asked for.
    pub fn over(&mut self, ui: &Ui, picture: Rect, state: &AppState, of: Option<(usize, &Path)>) {
        let Some(Ok(explained)) = of.and_then(|of| answer(state, of)) else {
            return;
        };
        if strongest(explained) <= 0.0 {
            return;
        }
        let is_known = self.of.upgrade().is_some_and(|of| Arc::ptr_eq(&of, explained));
        if !is_known {
            let pixels = drawn(explained);
            self.of = Arc::downgrade(explained);
            self.texture = Some(ui.ctx().load_texture("why", pixels, TextureOptions::LINEAR));
        }
        if let Some(texture) = &self.texture {
            let [left, top, right, bottom] = explained.shown;
            let at = |x: f32, y: f32| picture.lerp_inside(vec2(x, y));
            let place = Rect::from_min_max(at(left, top), at(right, bottom));
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let tint = theme::untinted().gamma_multiply(state.judge.why.opacity);
            ui.painter().image(texture.id(), place, whole, tint);
        }
    }
}

/// Under that run, of the image at that path.
fn answer<'a>(
    state: &'a AppState,
    (run, path): (usize, &Path),
) -> Option<Result<&'a Arc<Explained>, &'a str>> {
    let why = &state.judge.why;
    why.of(path, &state.runs.all[run].dir).filter(|_| why.is_shown)
}

fn strongest(explained: &Explained) -> f32 {
    explained.map.iter().copied().fold(0.0, f32::max)
}

/// The map as colours, each place a few pixels wide and blended into the next.
fn drawn(explained: &Explained) -> ColorImage {
    let (width, height) = (explained.width.max(1), explained.height.max(1));
    let most = strongest(explained).max(f32::MIN_POSITIVE);
    let at = |x: usize, y: usize| explained.map.get(y * width + x).copied().unwrap_or(0.0) / most;
    // Where a pixel's middle lies between the middles of two places, and how near the second.
    let between = |pixel: usize, n: usize| {
        let place = ((pixel as f32 + 0.5) / FINE as f32 - 0.5).clamp(0.0, (n - 1) as f32);
        (place as usize, (place as usize + 1).min(n - 1), place.fract())
    };
    let pixels = (0..height * FINE).flat_map(|y| (0..width * FINE).map(move |x| (x, y)));
    let pixels = pixels.map(|(x, y)| {
        let ((left, right, across), (top, bottom, down)) = (between(x, width), between(y, height));
        let row = |y: usize| at(left, y) * (1.0 - across) + at(right, y) * across;
        theme::heat(row(top) * (1.0 - down) + row(bottom) * down)
    });
    ColorImage::new([width * FINE, height * FINE], pixels.collect())
}

/// The switch, what it shows in words of that run and that image, and how much it may hide.
pub fn controls(ui: &mut Ui, state: &AppState, of: Option<(usize, &Path)>, actions: &mut Vec<Action>) {
    let Some((run, path)) = of else {
        if state.watched_trial().is_some() {
            let text = "Why is told of runs: keep the weights that are tried as one to see it";
            ui.add(Label::new(theme::small(text).color(theme::of(ui).muted)).wrap());
        }
        return;
    };
    if state.looking.part == Part::Train {
        let text = "Why is told by the run's own head, and another judged this image: that of its fold, which is not kept";
        ui.add(Label::new(theme::small(text).color(theme::of(ui).muted)).wrap());
        return;
    }
    let why = &state.judge.why;
    ui.horizontal(|ui| {
        let mut shown = why.is_shown;
        let tip = "Where in the image the network sees the class (Grad-CAM)";
        if ui.checkbox(&mut shown, "Show why").on_hover_text(tip).changed() {
            actions.push(Action::Judge(JudgeAction::ShowWhy(shown)));
        }
        if why.is_shown {
            let mut opacity = why.opacity;
            ui.spacing_mut().slider_width = 72.0;
            let slider = ui.add(egui::Slider::new(&mut opacity, 0.0..=1.0).show_value(false));
            named(&slider, Role::Slider, "How much the map covers the picture");
            if slider.changed() {
                actions.push(Action::Judge(JudgeAction::SetWhyOpacity(opacity)));
            }
        }
    });
    if !why.is_shown {
        return;
    }
    key(ui, why.opacity);
    class_row(ui, state, run, actions);
    let theme = theme::of(ui);
    match answer(state, (run, path)) {
        None => _ = fine_print(ui, "Looking…", theme),
        Some(Err(reason)) => {
            let text = theme::small(visible(reason)).color(theme.warning);
            ui.add(Label::new(text).wrap());
        }
        Some(Ok(explained)) => {
            let classes = state.runs.all[run].classes();
            let class = classes.get(explained.class_idx).map_or("", String::as_str);
            let text = in_words(explained, &visible(class));
            let label = ui.add(Label::new(theme::small(&text).color(theme.muted)).wrap());
            label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
        }
    }
}

/// What the colours mean.
fn key(ui: &mut Ui, opacity: f32) {
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = KEY.y;
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(theme::small("says nothing"));
        let (place, response) = ui.allocate_exact_size(KEY, Sense::hover());
        let width = KEY.x / KEY_STEPS as f32;
        for step in 0..KEY_STEPS {
            let left = place.left() + width * step as f32;
            let part = Rect::from_min_max(pos2(left, place.top()), pos2(left + width, place.bottom()));
            let heat = theme::heat((step as f32 + 0.5) / KEY_STEPS as f32);
            ui.painter().rect_filled(part, 0, heat.gamma_multiply(opacity));
        }
        let theme = theme::of(ui);
        ui.painter()
            .rect_stroke(place, 2, theme.hairline(), StrokeKind::Outside);
        ui.label(theme::small("says most"));
        let name = "Colours from what says nothing for the class, which is clear, to what says most, which is light yellow";
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        response.on_hover_text(name);
    });
}

/// The class that is asked about.
fn class_row(ui: &mut Ui, state: &AppState, run: usize, actions: &mut Vec<Action>) {
    const PREDICTED: &str = "the predicted class";
    let classes = state.runs.all[run].classes();
    let mut chosen = state
        .judge
        .why
        .class_idx
        .filter(|&class_idx| class_idx < classes.len());
    let before = chosen;
    ui.horizontal(|ui| {
        ui.label(theme::small("What speaks for"));
        let text = chosen.map_or(PREDICTED.into(), |class_idx| visible(&classes[class_idx]));
        let combo = ComboBox::from_id_salt("why class").selected_text(text).truncate();
        let shown = drop_down(ui, combo, |ui| {
            ui.selectable_value(&mut chosen, None, PREDICTED);
            for (class_idx, class) in classes.iter().enumerate() {
                ui.selectable_value(&mut chosen, Some(class_idx), visible(class));
            }
        });
        named(&shown, Role::ComboBox, "Class that is asked about");
    });
    if chosen != before {
        actions.push(Action::Judge(JudgeAction::AskWhy(chosen)));
    }
}

/// Such as "41 % of what speaks for REAL lies in the upper left ninth": the map for who does not see it.
fn in_words(explained: &Explained, class: &str) -> String {
    if strongest(explained) <= 0.0 {
        return format!("Nothing in the image speaks for {class}");
    }
    let (width, height) = (explained.width, explained.height);
    if width < 3 || height < 3 {
        return format!(
            "{width} x {height} places speak for {class}, each as large as that: a larger image size shows more"
        );
    }
    let mut ninths = [0.0; 9];
    for (i, share) in explained.map.iter().enumerate() {
        let (columns, rows) = (thirds(i % width, width), thirds(i / width, height));
        for (ninth, sum) in ninths.iter_mut().enumerate() {
            *sum += share * rows[ninth / 3] * columns[ninth % 3];
        }
    }
    let (most, share) = (ninths.iter().enumerate())
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map_or((4, 0.0), |(i, share)| (i, *share));
    let all: f32 = ninths.iter().sum();
    let place = [
        "upper left",
        "upper middle",
        "upper right",
        "middle left",
        "middle",
        "middle right",
        "lower left",
        "lower middle",
        "lower right",
    ][most];
    format!(
        "{:.0} % of what speaks for {class} lies in the {place} ninth of what the network is shown",
        100.0 * share / all.max(f32::MIN_POSITIVE)
    )
}

/// How much of one of `n` places of equal length lies in each third of them all: a place may lie across two.
fn thirds(place: usize, n: usize) -> [f32; 3] {
    let (from, to) = (place as f32 * 3.0 / n as f32, (place + 1) as f32 * 3.0 / n as f32);
    std::array::from_fn(|third| {
        let inside = to.min(third as f32 + 1.0) - from.max(third as f32);
        inside.max(0.0) / (to - from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(width: usize, map: Vec<f32>) -> Explained {
        Explained {
            class_idx: 1,
            probabilities: vec![0.25, 0.75],
            height: map.len() / width,
            map,
            width,
            shown: [0.0, 0.0, 1.0, 1.0],
        }
    }

    #[test]
    fn the_map_is_told_in_words() {
        let mut map = vec![0.0; 49];
        (map[6], map[5], map[24]) = (3.0, 1.0, 4.0);
        map[13] = 2.0;
        let text = in_words(&explained(7, map), "REAL");
        assert_eq!(
            text,
            "60 % of what speaks for REAL lies in the upper right ninth of what the network is shown"
        );
        assert_eq!(
            in_words(&explained(7, vec![0.0; 49]), "REAL"),
            "Nothing in the image speaks for REAL"
        );
        // Equal everywhere, no ninth has more than its share, however few the places.
        for n in 3..9 {
            let text = in_words(&explained(n, vec![1.0; n * n]), "REAL");
            assert!(text.starts_with("11 % of what speaks for REAL"), "{n}: {text}");
        }
        assert!(in_words(&explained(2, vec![1.0; 4]), "REAL").starts_with("2 x 2 places"));
    }

    #[test]
    fn places_are_blended_and_the_strongest_is_the_least_seen_through() {
        let image = drawn(&explained(2, vec![0.0, 2.0]));
        assert_eq!(image.size, [16, 8]);
        let alpha: Vec<u8> = image.pixels[..16].iter().map(|pixel| pixel.a()).collect();
        assert!(alpha.is_sorted(), "{alpha:?}");
        assert_eq!((alpha[0], alpha[15]), (0, 255));
    }
}
