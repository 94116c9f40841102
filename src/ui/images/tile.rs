//! One image of the grid: its picture, what the run says of it and whether that is right, and whether it is selected.

use egui::{
    Align2, CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::{Action, AppState, ImageBehind, ImagesAction, ImagesBehind};
use crate::short_name::{Shared, shortened};
use crate::ui::labels::mark::{in_words as label_in_words, mark as mark_label};
use crate::ui::parts::names::{elided, fitted};
use crate::ui::parts::textures::Textures;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::cross;
use crate::visible::visible_path;

/// Height of the two lines under a picture.
pub const TEXT: f32 = 32.0;
const LINE: f32 = 15.0;
/// Side of the sign before the predicted class, and of the mark of a selected image.
const SIGN: f32 = 12.0;
const MARK: f32 = 18.0;

pub struct Tile<'a> {
    /// Its place in the list.
    pub at: usize,
    pub image: &'a ImageBehind<'a>,
    pub rect: Rect,
    pub is_at: bool,
    pub is_selected: bool,
    pub shared: Shared,
}

impl Tile<'_> {
    pub fn show(
        &self,
        ui: &mut Ui,
        textures: &mut Textures,
        state: &AppState,
        images: &ImagesBehind,
        pane: &Response,
        actions: &mut Vec<Action>,
    ) {
        let theme = theme::of(ui);
        // Not a stop of the Tab key of its own.
        let response = ui.interact(self.rect, pane.id.with(self.at), Sense::CLICK);
        let picture = Rect::from_min_size(self.rect.min, vec2(self.rect.width(), self.rect.width()));
        self.picture(ui, textures, state, picture, &response, theme);
        self.lines(ui, images, picture, theme);
        let decided = state.labels.of_path(self.image.name);
        let decided = decided.map_or_else(String::new, |label| format!(", {}", label_in_words(label)));
        let name = format!("{}{decided}", self.in_words(images));
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, self.is_selected, &name));
        if self.is_at {
            let (pane, tile) = (pane.id, response.id);
            ui.ctx().accesskit_node_builder(pane, |node| {
                node.set_active_descendant(tile.accesskit_id());
            });
        }
        self.clicked(ui, &response, picture, pane, actions);
        let reason = state
            .images
            .pictures
            .get(&self.image.path)
            .and_then(|known| known.as_ref().err());
        let reason = reason.map_or_else(String::new, |why| format!("\n{}", crate::visible::visible(why)));
        response.on_hover_ui_at_pointer(|ui| {
            ui.label(format!("{name}\n{}{reason}", self.numbers()));
        });
    }

    /// A click goes there, Shift selects all on the way, Ctrl or the mark selects; two show it large.
    fn clicked(
        &self,
        ui: &Ui,
        response: &Response,
        picture: Rect,
        pane: &Response,
        actions: &mut Vec<Action>,
    ) {
        if response.double_clicked() {
            actions.push(Action::Images(ImagesAction::Enlarge(true)));
            return;
        }
        if !response.clicked() {
            return;
        }
        pane.request_focus();
        let modifiers = ui.input(|i| i.modifiers);
        let on_mark = response
            .interact_pointer_pos()
            .is_some_and(|at| mark(picture).expand(4.0).contains(at));
        actions.push(Action::Images(
            match (modifiers.shift, modifiers.command || on_mark) {
                (true, _) => ImagesAction::GoTo(self.at, true),
                (false, true) => ImagesAction::ToggleAt(self.at),
                (false, false) => ImagesAction::GoTo(self.at, false),
            },
        ));
    }

    fn picture(
        &self,
        ui: &Ui,
        textures: &mut Textures,
        state: &AppState,
        place: Rect,
        response: &Response,
        theme: &Theme,
    ) {
        ui.painter().rect_filled(place, 3, theme.raised);
        match state.images.pictures.get(&self.image.path) {
            Some(Ok(picture)) => _ = textures.fitted(ui, place, &self.image.path, picture),
            Some(Err(_)) => cross(ui, place, theme.warning),
            None => {}
        }
        let (width, ink) = match (self.is_at, self.is_selected, response.hovered()) {
            (true, ..) => (2.5, theme.text),
            (_, true, _) => (2.5, theme.accent),
            (_, _, true) => (1.5, theme.accent),
            _ => (0.0, theme.line),
        };
        if width > 0.0 {
            ui.painter()
                .rect_stroke(place, 3, Stroke::new(width, ink), StrokeKind::Inside);
        }
        if let Some(label) = state.labels.of_path(self.image.name) {
            mark_label(ui, place, label);
        }
        if self.is_selected || response.hovered() {
            selection_mark(ui, mark(place), self.is_selected, theme);
        }
    }

    /// The predicted class; under it the true class, and how probable the predicted one was.
    fn lines(&self, ui: &Ui, images: &ImagesBehind, picture: Rect, theme: &Theme) {
        let said = self.image.said;
        let left = picture.left() + 1.0;
        let line = |i: f32| picture.bottom() + 3.0 + LINE * (i + 0.5);
        sign(ui, pos2(left + SIGN / 2.0, line(0.0)), said.is_right(), theme);
        let predicted = said.predicted.map_or("–", |class_idx| images.class(class_idx));
        let strong = theme::strong_font(theme::SMALL);
        let room = picture.width() - SIGN - 6.0;
        let galley = fitted(ui, predicted, self.shared, strong, room, theme.text);
        let at = pos2(left + SIGN + 4.0, line(0.0) - galley.size().y / 2.0);
        ui.painter().galley(at, galley, theme.text);
        let font = || theme::font(theme::SMALL);
        let number = ui.painter().text(
            pos2(picture.right(), line(1.0)),
            Align2::RIGHT_CENTER,
            format!("{:.3}", said.confidence),
            font(),
            theme.text,
        );
        let room = number.left() - left - 4.0;
        let fits = |text: &str| elided(ui, text, font(), f32::INFINITY, theme.muted).size().x <= room;
        let class = images.class(self.image.said.truth);
        let class = shortened(class, self.shared, |class| fits(&self.truth(images, class)));
        let galley = elided(ui, &self.truth(images, &class), font(), room, theme.muted);
        let at = pos2(left, line(1.0) - galley.size().y / 2.0);
        ui.painter().galley(at, galley, theme.muted);
    }

    /// Such as `is REAL`, or `is REAL, was FAKE` against another run.
    fn truth(&self, images: &ImagesBehind, class: &str) -> String {
        let truth = format!("is {class}");
        match self.image.before {
            Some(before) => format!("{truth}, was {}", images.class(before.called as usize)),
            None => truth,
        }
    }

    fn in_words(&self, images: &ImagesBehind) -> String {
        let said = self.image.said;
        let verdict = if said.is_right() { "right" } else { "wrong" };
        format!(
            "{}: predicted {} with {:.3}, {verdict}, {}",
            visible_path(self.image.name),
            said.predicted
                .map_or("no class", |class_idx| images.class(class_idx)),
            said.confidence,
            self.truth(images, images.class(said.truth)),
        )
    }

    fn numbers(&self) -> String {
        let said = self.image.said;
        format!("Loss {:.3}, margin {:.3}", said.loss, said.margin)
    }
}

/// Where the mark of a selected image is.
fn mark(picture: Rect) -> Rect {
    Rect::from_min_size(picture.min + vec2(5.0, 5.0), vec2(MARK, MARK))
}

fn selection_mark(ui: &Ui, place: Rect, is_selected: bool, theme: &Theme) {
    let radius = CornerRadius::same(4);
    let fill = if is_selected {
        theme.accent
    } else {
        theme.panel.gamma_multiply(0.8)
    };
    ui.painter().rect_filled(place, radius, fill);
    let rim = if is_selected { theme.accent } else { theme.muted };
    ui.painter()
        .rect_stroke(place, radius, Stroke::new(1.5, rim), StrokeKind::Inside);
    if is_selected {
        tick(ui, place.shrink(4.0), Stroke::new(2.0, theme.on_accent));
    }
}

fn tick(ui: &Ui, place: Rect, stroke: Stroke) {
    let at = |x: f32, y: f32| place.min + place.size() * vec2(x, y);
    ui.painter()
        .line(vec![at(0.0, 0.55), at(0.36, 0.95), at(1.0, 0.08)], stroke);
}

/// A tick on blue where the run is right, a cross on orange where it is wrong, as the matrix has them.
pub fn sign(ui: &Ui, centre: egui::Pos2, is_right: bool, theme: &Theme) {
    let fill = theme.cell(is_right, 1.0);
    let ink = Stroke::new(1.6, theme.ink_on(fill));
    ui.painter().circle_filled(centre, SIGN / 2.0, fill);
    let place = Rect::from_center_size(centre, vec2(SIGN, SIGN) * 0.5);
    match is_right {
        true => tick(ui, place, ink),
        false => {
            let place = place.shrink(0.5);
            ui.painter()
                .line_segment([place.left_top(), place.right_bottom()], ink);
            ui.painter()
                .line_segment([place.right_top(), place.left_bottom()], ink);
        }
    }
}
