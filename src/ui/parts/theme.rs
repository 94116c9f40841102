//! Every colour, size and font of the window, dark and light. Nothing else in `ui` names a colour.

use std::sync::Arc;

use egui::epaint::text::{FontTweak, VariationCoords};
use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, RichText, Shadow, Stroke,
    TextStyle, Visuals,
};

use crate::app::RUN_COLOURS;

/// Distances come in these steps.
pub const GAP: f32 = 8.0;
pub const TILE_PADDING: i8 = 12;
pub const TOP_BAR: f32 = 40.0;
pub const STATUS_BAR: f32 = 30.0;
/// Where a window opens: over the middle, beside the panels that it is about.
pub const WINDOW_PLACE: [f32; 2] = [300.0, 160.0];
pub const FIELD_HEIGHT: f32 = 26.0;
/// Where the fields of the left panel begin.
pub const LABEL_WIDTH: f32 = 86.0;
const RADIUS: CornerRadius = CornerRadius::same(4);
pub const TILE_RADIUS: CornerRadius = CornerRadius::same(6);

pub const BODY: f32 = 13.0;
pub const SMALL: f32 = 11.5;
const QUIET: f32 = 11.0;
const STRONG_FAMILY: &str = "strong";

/// One theme's colours.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    pub background: Color32,
    pub panel: Color32,
    pub raised: Color32,
    pub line: Color32,
    pub text: Color32,
    pub muted: Color32,
    pub accent: Color32,
    pub on_accent: Color32,
    pub ok: Color32,
    pub warning: Color32,
    /// Something failed, where a warning lets it go on.
    pub error: Color32,
    /// In the order that runs get them.
    pub runs: [Color32; RUN_COLOURS.len()],
    /// The strongest right and wrong cell of a confusion matrix: blue and orange, safe for the colour-blind.
    right: Color32,
    wrong: Color32,
    /// What an empty cell looks like.
    cell: Color32,
    on_dark_cell: Color32,
    on_light_cell: Color32,
    shadow: Color32,
}

pub const DARK: Theme = Theme {
    background: Color32::from_rgb(0x0f, 0x12, 0x17),
    panel: Color32::from_rgb(0x16, 0x1a, 0x21),
    raised: Color32::from_rgb(0x1e, 0x24, 0x2d),
    line: Color32::from_rgb(0x29, 0x30, 0x3b),
    text: Color32::from_rgb(0xe6, 0xe9, 0xee),
    muted: Color32::from_rgb(0x8e, 0x98, 0xa8),
    accent: Color32::from_rgb(0x4c, 0x8d, 0xff),
    on_accent: Color32::from_rgb(0x08, 0x10, 0x20),
    ok: Color32::from_rgb(0x37, 0xb5, 0x8b),
    warning: Color32::from_rgb(0xe3, 0xa3, 0x3c),
    error: Color32::from_rgb(0xff, 0x6b, 0x6b),
    runs: [
        Color32::from_rgb(0x4c, 0x8d, 0xff),
        Color32::from_rgb(0xf2, 0x99, 0x4a),
        Color32::from_rgb(0x2e, 0xc4, 0xb6),
        Color32::from_rgb(0xe8, 0x6f, 0xa1),
        Color32::from_rgb(0xb3, 0x9d, 0xdb),
        Color32::from_rgb(0xc5, 0xd8, 0x6d),
    ],
    right: Color32::from_rgb(0x3b, 0x70, 0xd2),
    wrong: Color32::from_rgb(0xe0, 0x8a, 0x3c),
    cell: Color32::from_rgb(0x1b, 0x20, 0x28),
    on_dark_cell: Color32::WHITE,
    on_light_cell: Color32::BLACK,
    shadow: Color32::from_black_alpha(110),
};

const LIGHT: Theme = Theme {
    background: Color32::from_rgb(0xee, 0xf0, 0xf4),
    panel: Color32::from_rgb(0xff, 0xff, 0xff),
    raised: Color32::from_rgb(0xf3, 0xf5, 0xf8),
    line: Color32::from_rgb(0xd9, 0xde, 0xe6),
    text: Color32::from_rgb(0x1b, 0x22, 0x2c),
    muted: Color32::from_rgb(0x5f, 0x6a, 0x7c),
    accent: Color32::from_rgb(0x24, 0x62, 0xd6),
    on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
    ok: Color32::from_rgb(0x15, 0x7a, 0x58),
    warning: Color32::from_rgb(0x8f, 0x5d, 0x06),
    error: Color32::from_rgb(0xc4, 0x2b, 0x35),
    runs: on_white(),
    right: Color32::from_rgb(0x5a, 0x93, 0xee),
    wrong: Color32::from_rgb(0xe5, 0x92, 0x45),
    cell: Color32::from_rgb(0xf5, 0xf6, 0xf9),
    on_dark_cell: Color32::WHITE,
    on_light_cell: Color32::BLACK,
    shadow: Color32::from_black_alpha(28),
};

/// The run colours that exported plots have as well.
const fn on_white() -> [Color32; RUN_COLOURS.len()] {
    let mut colours = [Color32::BLACK; RUN_COLOURS.len()];
    let mut i = 0;
    while i < colours.len() {
        let [red, green, blue] = RUN_COLOURS[i];
        colours[i] = Color32::from_rgb(red, green, blue);
        i += 1;
    }
    colours
}

/// The theme that this part of the window is drawn in.
pub fn of(ui: &egui::Ui) -> &'static Theme {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// How often the run colours were gone through before that one.
pub fn round(colour: usize) -> usize {
    colour / RUN_COLOURS.len()
}

impl Theme {
    pub fn run(&self, colour: usize) -> Color32 {
        self.runs[colour % self.runs.len()]
    }

    /// A matrix cell: `strength` from 0 to 1. Even faint cells differ from an empty one.
    pub fn cell(&self, right: bool, strength: f32) -> Color32 {
        let full = if right { self.right } else { self.wrong };
        if strength <= 0.0 {
            return self.cell;
        }
        self.cell
            .lerp_to_gamma(full, 0.12 + 0.88 * strength.clamp(0.0, 1.0))
    }

    /// Whichever ink is read more easily on that colour.
    pub fn ink_on(&self, fill: Color32) -> Color32 {
        let inks = [self.on_light_cell, self.on_dark_cell];
        let [dark, light] = inks.map(|ink| contrast(ink, fill));
        if dark > light { inks[0] } else { inks[1] }
    }

    pub fn hairline(&self) -> Stroke {
        Stroke::new(1.0, self.line)
    }

    /// The frame of one of the centre's tiles.
    pub fn tile(&self) -> egui::Frame {
        egui::Frame::new()
            .stroke(self.hairline())
            .corner_radius(TILE_RADIUS)
            .inner_margin(Margin::same(TILE_PADDING))
    }

    /// A small box that floats over something else.
    pub fn card(&self) -> egui::Frame {
        egui::Frame::new()
            .fill(self.raised)
            .stroke(self.hairline())
            .corner_radius(RADIUS)
            .inner_margin(Margin::symmetric(10, 6))
    }
}

/// Relative luminance, WCAG 2.
fn luminance(colour: Color32) -> f32 {
    let rgba = egui::Rgba::from(colour);
    0.2126 * rgba.r() + 0.7152 * rgba.g() + 0.0722 * rgba.b()
}

/// Contrast ratio of two colours, from 1 to 21 (WCAG 2.2, success criterion 1.4.3).
fn contrast(one: Color32, other: Color32) -> f32 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

pub fn strong_font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(STRONG_FAMILY.into()))
}

pub fn font(size: f32) -> FontId {
    FontId::proportional(size)
}

pub fn strong(text: impl Into<String>) -> RichText {
    RichText::new(text).font(strong_font(BODY))
}

pub fn small(text: impl Into<String>) -> RichText {
    RichText::new(text).size(SMALL)
}

/// An icon from the icon font, which stands beside words or has a name of its own to be read aloud.
pub fn icon(icon: egui_material_icons::MaterialIcon, size: f32) -> RichText {
    RichText::new(icon.codepoint).font(font(size))
}

/// A quiet heading; capitals are set here so that what is read aloud and searched for is the plain text. What stands after a
/// ` · ` is a name, and keeps its case.
pub fn heading(text: &str, theme: &Theme) -> RichText {
    quiet_caps(text).color(theme.muted)
}

/// A heading's small controls.
pub fn quiet_caps(text: &str) -> RichText {
    let text = match text.split_once(" · ") {
        Some((heading, name)) => format!("{} · {name}", heading.to_uppercase()),
        None => text.to_uppercase(),
    };
    quiet_name(text)
}

/// The same of a name alone.
pub fn quiet_name(name: impl Into<String>) -> RichText {
    RichText::new(name)
        .font(strong_font(QUIET))
        .extra_letter_spacing(0.9)
}

/// Fonts, spacing and both themes' visuals. Once, at the start.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    ctx.add_glyph_rasterizer(super::missing_glyph::numbers(untinted()));
    ctx.all_styles_mut(|style| {
        style.text_styles.insert(TextStyle::Body, font(BODY));
        style.text_styles.insert(TextStyle::Button, font(BODY));
        style.text_styles.insert(TextStyle::Small, font(SMALL));
        style.text_styles.insert(TextStyle::Heading, strong_font(16.0));
        style
            .text_styles
            .insert(TextStyle::Monospace, FontId::monospace(12.0));
        style.spacing.item_spacing = egui::vec2(GAP, 6.0);
        style.spacing.button_padding = egui::vec2(10.0, 4.0);
        style.spacing.interact_size = egui::vec2(32.0, FIELD_HEIGHT);
        style.spacing.menu_margin = Margin::same(6);
        style.spacing.window_margin = Margin::same(16);
        style.spacing.icon_width = 14.0;
        style.spacing.icon_width_inner = 8.0;
        style.spacing.slider_rail_height = 4.0;
        style.spacing.combo_height = 320.0;
        style.spacing.tooltip_width = 320.0;
        style.interaction.selectable_labels = false;
        style.interaction.tooltip_delay = 0.35;
        style.animation_time = 0.08;
    });
    ctx.set_visuals_of(egui::Theme::Dark, visuals(&DARK, Visuals::dark()));
    ctx.set_visuals_of(egui::Theme::Light, visuals(&LIGHT, Visuals::light()));
}

/// Inter in two weights from one variable file, whose digits are all of one width; egui's own fonts behind it, and
/// the icons last: they lie where no script has letters.
fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let inter = |weight: f32| {
        let data = FontData::from_static(include_bytes!("../../../assets/fonts/Inter.ttf"));
        Arc::new(data.tweak(FontTweak {
            coords: VariationCoords::new([(b"wght", weight)]),
            ..FontTweak::default()
        }))
    };
    fonts.font_data.insert("inter".into(), inter(400.0));
    fonts.font_data.insert("inter-strong".into(), inter(600.0));
    let icons = egui_material_icons::font_insert();
    let mut behind = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    behind.push(icons.name.clone());
    fonts.font_data.insert(icons.name, Arc::new(icons.data));
    let with = |first: &str| {
        let mut names = vec![first.to_owned()];
        names.extend(behind.iter().cloned());
        names
    };
    fonts.families.insert(FontFamily::Proportional, with("inter"));
    fonts
        .families
        .insert(FontFamily::Name(STRONG_FAMILY.into()), with("inter-strong"));
    fonts
}

fn visuals(theme: &Theme, mut visuals: Visuals) -> Visuals {
    let shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: theme.shadow,
    };
    visuals.weak_text_color = Some(theme.muted);
    visuals.hyperlink_color = theme.accent;
    visuals.faint_bg_color = theme.raised;
    visuals.extreme_bg_color = theme.background;
    visuals.text_edit_bg_color = Some(theme.background);
    visuals.code_bg_color = theme.raised;
    visuals.warn_fg_color = theme.warning;
    visuals.error_fg_color = theme.error;
    visuals.panel_fill = theme.panel;
    visuals.window_fill = theme.panel;
    visuals.window_stroke = theme.hairline();
    visuals.window_corner_radius = TILE_RADIUS;
    visuals.menu_corner_radius = RADIUS;
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals.selection.bg_fill = theme.accent.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, theme.accent);
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = egui::style::HandleShape::Circle;
    visuals.striped = false;

    let widgets = &mut visuals.widgets;
    let all = [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ];
    for widget in all {
        widget.corner_radius = RADIUS;
        widget.expansion = 0.0;
        widget.bg_fill = theme.line;
        widget.weak_bg_fill = theme.raised;
        widget.bg_stroke = theme.hairline();
        widget.fg_stroke = Stroke::new(1.0, theme.text);
    }
    let lit = theme.raised.lerp_to_gamma(theme.text, 0.06);
    let edge = theme.line.lerp_to_gamma(theme.muted, 0.5);
    widgets.noninteractive.bg_fill = theme.panel;
    widgets.inactive.fg_stroke = Stroke::new(1.5, theme.text);
    widgets.hovered.weak_bg_fill = lit;
    widgets.hovered.bg_stroke = Stroke::new(1.0, edge);
    widgets.hovered.fg_stroke = Stroke::new(1.5, theme.text);
    widgets.active.weak_bg_fill = lit;
    widgets.active.bg_stroke = Stroke::new(1.0, theme.accent);
    widgets.active.fg_stroke = Stroke::new(1.5, theme.text);
    widgets.open.weak_bg_fill = lit;
    widgets.open.bg_stroke = Stroke::new(1.0, edge);
    visuals
}

/// Inside a form, buttons that open a choice look like the fields beside them.
pub fn as_fields(ui: &mut egui::Ui) {
    let theme = of(ui);
    ui.visuals_mut().widgets.inactive.weak_bg_fill = theme.background;
}

/// Over a picture, a share of the strongest from 0 to 1: from clear over red and orange to light yellow (the upper half of
/// matplotlib's inferno), which stays apart from any photograph.
pub fn heat(strength: f32) -> Color32 {
    const STOPS: [[f32; 3]; 3] = [[188.0, 55.0, 84.0], [249.0, 142.0, 9.0], [252.0, 255.0, 164.0]];
    let strength = strength.clamp(0.0, 1.0);
    let (from, to) = if strength < 0.5 { (0, 1) } else { (1, 2) };
    let share = 2.0 * strength - from as f32;
    let [r, g, b] = [0, 1, 2].map(|i| (STOPS[from][i] * (1.0 - share) + STOPS[to][i] * share) as u8);
    Color32::from_rgba_unmultiplied(r, g, b, (255.0 * strength).round() as u8)
}

/// Pictures are shown in their own colours.
pub fn untinted() -> Color32 {
    Color32::WHITE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What WCAG 2.2 asks of text, and of marks that are not text (1.4.11).
    const TEXT: f32 = 4.5;
    const MARK: f32 = 3.0;

    #[test]
    fn everything_written_is_read_easily() {
        for (name, theme) in [("dark", &DARK), ("light", &LIGHT)] {
            let inks = [
                theme.text,
                theme.muted,
                theme.accent,
                theme.ok,
                theme.warning,
                theme.error,
            ];
            for (ink, of) in inks
                .iter()
                .zip(["text", "muted", "accent", "ok", "warning", "error"])
            {
                for ground in [theme.background, theme.panel, theme.raised] {
                    let ratio = contrast(*ink, ground);
                    assert!(ratio >= TEXT, "{name}: {of} on {ground:?} has {ratio:.2}");
                }
            }
            assert!(contrast(theme.on_accent, theme.accent) >= TEXT, "{name}");
            for run in theme.runs {
                assert!(contrast(run, theme.panel) >= MARK, "{name}: {run:?}");
            }
            for (right, step) in [true, false]
                .into_iter()
                .flat_map(|r| (0..=100).map(move |s| (r, s)))
            {
                let fill = theme.cell(right, step as f32 / 100.0);
                let ratio = contrast(theme.ink_on(fill), fill);
                assert!(ratio >= TEXT, "{name}: a cell of {step} % has {ratio:.2}");
            }
        }
    }
}
