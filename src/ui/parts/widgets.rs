//! Small pieces that several panels share. Everything painted by hand has a name and a role.

use egui::{Align2, Button, Color32, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use egui_material_icons::MaterialIcon;

use crate::app::{JobView, sentence_case};
use crate::metrics::thousands;
use crate::ui::parts::heading::{Title, titled_row};
use crate::ui::parts::theme::{self, Theme};

/// A quiet heading on the left, `right` at the other end of the same line. Where both do not fit, the heading is cut.
pub fn heading_row<R>(ui: &mut Ui, title: &str, right: impl FnOnce(&mut Ui) -> R) -> R {
    titled_row(ui, Title::plain(title), right)
}

/// A heading's control: no frame, quiet until the pointer is there. `name` is what is read aloud.
pub fn quiet_button(ui: &mut Ui, text: &str, name: &str) -> Response {
    quiet_toggle(ui, text, name, false)
}

/// Room for the triangle of a menu beside its text.
pub const MENU_MARK: f32 = 11.0;

/// A heading's control that opens a choice; a small triangle says so.
pub fn quiet_menu(ui: &mut Ui, text: &str, name: &str) -> Response {
    quiet_menu_of(ui, theme::quiet_caps(text), name)
}

/// The same of text that looks as it is to.
pub fn quiet_menu_of(ui: &mut Ui, text: egui::RichText, name: &str) -> Response {
    let (response, colour) = quiet_text(ui, text, name, (false, MENU_MARK));
    let c = response.rect.right_center() + vec2(-3.5, 0.5);
    let points = vec![c + vec2(-3.5, -2.0), c + vec2(3.5, -2.0), c + vec2(0.0, 2.5)];
    ui.painter()
        .add(egui::Shape::convex_polygon(points, colour, egui::Stroke::NONE));
    response
}

/// The same, lit while it is on.
pub fn quiet_toggle(ui: &mut Ui, text: &str, name: &str, on: bool) -> Response {
    quiet_text(ui, theme::quiet_caps(text), name, (on, 0.0)).0
}

/// The text with that much room after it, and its colour.
fn quiet_text(
    ui: &mut Ui,
    text: egui::RichText,
    name: &str,
    (on, after): (bool, f32),
) -> (Response, Color32) {
    let theme = theme::of(ui);
    let job = egui::WidgetText::from(text);
    let galley = job.into_galley(ui, None, f32::INFINITY, egui::TextStyle::Small);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + after, 18.0), Sense::click());
    let colour = if on {
        theme.accent
    } else if response.hovered() || response.has_focus() {
        theme.text
    } else {
        theme.muted
    };
    let at = Align2::LEFT_CENTER.anchor_size(rect.left_center(), galley.size());
    ui.painter()
        .galley_with_override_text_color(at.min, galley, colour);
    focus_ring(ui, &response);
    let name = name.to_owned();
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), on, &name));
    (response, colour)
}

/// The one primary action.
pub fn primary_button(ui: &mut Ui, icon: MaterialIcon, text: &str, width: f32, enabled: bool) -> Response {
    let theme = theme::of(ui);
    let (icon, label) = (theme::icon(icon, 18.0), theme::strong(text));
    let (icon, label) = if enabled {
        (icon.color(theme.on_accent), label.color(theme.on_accent))
    } else {
        (icon, label)
    };
    // Growing room on both sides keeps icon and words together in the middle.
    let content = (egui::Atom::grow(), icon, label, egui::Atom::grow());
    let mut button = Button::new(content).min_size(vec2(width, 30.0));
    if enabled {
        button = button.fill(theme.accent).stroke(egui::Stroke::NONE);
    }
    // What grows fills all there is, so there must be no more than its share.
    ui.scope(|ui| {
        ui.set_max_width(width);
        let response = ui.add_enabled(enabled, button);
        // The button's own edge is lost on its colour.
        focus_ring(ui, &response);
        response
    })
    .inner
}

/// A round choice among several.
pub fn chip(ui: &mut Ui, text: &str, selected: bool) -> Response {
    let theme = theme::of(ui);
    let (ink, stroke) = if selected {
        (theme.text, egui::Stroke::new(1.0, theme.accent))
    } else {
        (theme.muted, theme.hairline())
    };
    let old = ui.spacing().interact_size.y;
    ui.spacing_mut().interact_size.y = 20.0;
    let button = Button::new(theme::small(text).color(ink))
        .corner_radius(10)
        .stroke(stroke)
        .selected(false);
    let response = ui.add(button);
    ui.spacing_mut().interact_size.y = old;
    let name = text.to_owned();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &name));
    response
}

/// A horizontal bar for a share from 0 to 1, and nothing else.
pub fn bar(ui: &mut Ui, width: f32, share: f32, colour: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 12.0), Sense::hover());
    let track = egui::Rect::from_center_size(rect.center(), vec2(rect.width(), 8.0));
    bar_in(ui, track, share, colour);
    response
}

/// The same painted into that place.
pub fn bar_in(ui: &Ui, track: egui::Rect, share: f32, colour: Color32) {
    let theme = theme::of(ui);
    ui.painter().rect_filled(track, 2, theme.line.gamma_multiply(0.6));
    let filled = track.width() * share.clamp(0.0, 1.0);
    if filled > 0.0 {
        let filled = egui::Rect::from_min_size(track.min, vec2(filled.max(2.0), track.height()));
        ui.painter().rect_filled(filled, 2, colour);
    }
}

/// The mark of a run that is shown: in its colour, and where the colours come again, of another shape.
pub fn run_mark(ui: &Ui, centre: egui::Pos2, run: &crate::app::RunView) {
    let colour = theme::of(ui).run(run.colour);
    let corners: &[[f32; 2]] = match theme::round(run.colour) % 4 {
        0 => {
            ui.painter().circle_filled(centre, 5.0, colour);
            return;
        }
        1 => &[[-4.5, -4.5], [4.5, -4.5], [4.5, 4.5], [-4.5, 4.5]],
        2 => &[[0.0, -5.5], [5.5, 4.5], [-5.5, 4.5]],
        _ => &[[0.0, -6.0], [6.0, 0.0], [0.0, 6.0], [-6.0, 0.0]],
    };
    let corners = corners.iter().map(|&[x, y]| centre + vec2(x, y)).collect();
    ui.painter()
        .add(egui::Shape::convex_polygon(corners, colour, egui::Stroke::NONE));
}

/// The mark of a run that is hidden.
pub fn ring(ui: &Ui, centre: egui::Pos2, colour: Color32) {
    ui.painter()
        .circle_stroke(centre, 4.0, egui::Stroke::new(1.5, colour));
}

/// Where the keyboard is.
pub fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let stroke = egui::Stroke::new(1.5, theme::of(ui).accent);
        ui.painter()
            .rect_stroke(response.rect.expand(2.0), 4, stroke, egui::StrokeKind::Outside);
    }
}

/// A hairline across, with room on both sides.
pub fn divider(ui: &mut Ui) {
    ui.add_space(4.0);
    let theme = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    let y = rect.center().y;
    ui.painter()
        .line_segment([pos2(rect.left(), y), pos2(rect.right(), y)], theme.hairline());
    ui.add_space(4.0);
}

/// What to do where there is nothing to see yet.
pub fn empty(ui: &mut Ui, text: &str) {
    let theme = theme::of(ui);
    let height = ui.available_height();
    ui.vertical_centered(|ui| {
        ui.add_space((height / 2.0 - 16.0).max(0.0));
        ui.set_max_width(ui.available_width().min(360.0));
        ui.label(egui::RichText::new(text).color(theme.muted));
    });
}

/// One line of muted small text that is cut, not wrapped, and whole under the pointer.
pub fn fine_print(ui: &mut Ui, text: &str, theme: &Theme) -> Response {
    ui.add(egui::Label::new(theme::small(text).color(theme.muted)).truncate())
}

/// How far a job is, in words.
pub fn job_progress(ui: &mut Ui, job: &JobView) {
    ui.add(egui::Spinner::new().size(14.0));
    let text = match job.progress {
        Some(p) if p.total > 0 => {
            format!(
                "{}: {} of {}",
                p.phase.name(),
                thousands(p.done),
                thousands(p.total)
            )
        }
        Some(p) => p.phase.name().to_owned(),
        None => "Waiting for its turn".into(),
    };
    fine_print(ui, &sentence_case(&text), theme::of(ui));
}

/// Of one line of small text.
pub fn small_width(ui: &Ui, text: &str) -> f32 {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let ink = theme::of(ui).text;
    ui.painter().layout_no_wrap(text.to_owned(), font, ink).size().x
}

/// `1:02` or `12 s`.
pub fn duration(secs: f64) -> String {
    let secs = secs.max(0.0);
    if secs < 10.0 {
        format!("{secs:.1} s")
    } else if secs < 60.0 {
        format!("{secs:.0} s")
    } else {
        let whole = secs as u64;
        format!("{}:{:02} min", whole / 60, whole % 60)
    }
}

/// For a painted field that has no label beside it.
pub fn named(response: &Response, role: Role, name: &str) {
    let (name, enabled) = (name.to_owned(), response.enabled());
    response.widget_info(|| WidgetInfo::labeled(role, enabled, &name));
}

/// Three dots that open a menu: quiet until the pointer or the keyboard is there.
pub fn three_dots(ui: &Ui, response: &Response, name: &str) {
    let theme = theme::of(ui);
    let colour = if response.hovered() || response.has_focus() {
        theme.text
    } else {
        theme.muted
    };
    for step in [-1.0, 0.0, 1.0] {
        let centre = response.rect.center() + vec2(0.0, step * 5.0);
        ui.painter().circle_filled(centre, 1.5, colour);
    }
    focus_ring(ui, response);
    named(response, Role::Button, name);
}

/// A slider by the logarithm, as wide as said; its handle is no higher than a row of small text.
pub fn log_slider(
    ui: &mut Ui,
    value: &mut f64,
    range: std::ops::RangeInclusive<f64>,
    width: f32,
) -> Response {
    let theme = theme::of(ui);
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = width.max(40.0);
        ui.spacing_mut().interact_size.y = 16.0;
        ui.visuals_mut().selection.bg_fill = theme.accent;
        ui.visuals_mut().widgets.inactive.bg_fill = theme.line;
        let slider = egui::Slider::new(value, range).logarithmic(true);
        ui.add(slider.show_value(false).clamping(egui::SliderClamping::Edits))
    })
    .inner
}

/// A field for a path. While nobody types in it, it shows the end of a long one, which is what distinguishes paths.
pub fn path_edit(ui: &mut Ui, salt: &str, hint: &str, text: &mut String, width: f32) -> Response {
    let id = ui.make_persistent_id(salt);
    let typing = ui.memory(|m| m.has_focus(id));
    let margin = 8.0;
    let mut shown = match typing {
        true => std::mem::take(text),
        false => end_of_path(ui, text, width - 2.0 * margin),
    };
    let edit = egui::TextEdit::singleline(&mut shown)
        .id(id)
        .hint_text(hint)
        .desired_width(f32::INFINITY)
        .margin(egui::Margin::symmetric(margin as i8, 5));
    let response = ui.add_sized([width, theme::FIELD_HEIGHT], edit);
    // What was shown while nobody typed is not what is in the field.
    if typing || response.changed() {
        *text = shown;
    } else {
        // Nobody who listens needs it cut.
        ui.ctx()
            .accesskit_node_builder(id, |node| node.set_value(text.as_str()));
    }
    response
}

/// As much of the end as fits, begun at a folder where one begins there; of a name that is too long its beginning.
pub fn end_of_path(ui: &Ui, text: &str, width: f32) -> String {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let fits = |text: &str| {
        let galley = ui
            .painter()
            .layout_no_wrap(text.to_owned(), font.clone(), theme::of(ui).text);
        galley.size().x <= width
    };
    if fits(text) {
        return text.to_owned();
    }
    let folders: Vec<usize> = text.match_indices(['/', '\\']).map(|(i, _)| i).collect();
    let name = &text[folders.last().map_or(0, |i| i + 1)..];
    let ends = folders.iter().skip(1).map(|&i| format!("…{}", &text[i..]));
    let beginnings = name.char_indices().rev().map(|(i, _)| format!("{}…", &name[..i]));
    let mut cuts = ends.chain([name.to_owned()]).chain(beginnings);
    cuts.find(|cut| fits(cut)).unwrap_or_default()
}

/// For a picture that cannot be shown.
pub fn cross(ui: &Ui, rect: egui::Rect, colour: Color32) {
    let inner = egui::Rect::from_center_size(rect.center(), rect.size() * 0.3);
    let stroke = egui::Stroke::new(1.5, colour);
    for ends in [
        [inner.left_top(), inner.right_bottom()],
        [inner.right_top(), inner.left_bottom()],
    ] {
        ui.painter().line_segment(ends, stroke);
    }
}

/// A small five-pointed star.
pub fn star(ui: &Ui, centre: egui::Pos2, colour: Color32) {
    let points: Vec<egui::Pos2> = (0..10)
        .map(|i| {
            let radius = if i % 2 == 0 { 5.5 } else { 2.4 };
            let angle = std::f32::consts::PI * (i as f32 / 5.0 - 0.5);
            centre + radius * egui::Vec2::angled(angle)
        })
        .collect();
    let mut mesh = egui::Mesh::default();
    mesh.colored_vertex(centre, colour);
    for (i, point) in (0..).zip(&points) {
        mesh.colored_vertex(*point, colour);
        mesh.add_triangle(0, i + 1, (i + 1) % 10 + 1);
    }
    ui.painter().add(mesh);
    // Its edges are smooth, the mesh's are not.
    let edge = egui::Stroke::new(1.0, colour);
    ui.painter().add(egui::Shape::closed_line(points, edge));
}

/// A small triangle that points up or down.
pub fn triangle(ui: &Ui, centre: egui::Pos2, up: bool, colour: Color32) {
    let height = if up { -2.5 } else { 2.5 };
    let points = vec![
        centre + vec2(-3.5, -height),
        centre + vec2(3.5, -height),
        centre + vec2(0.0, height),
    ];
    ui.painter()
        .add(egui::Shape::convex_polygon(points, colour, egui::Stroke::NONE));
}
