//! The curves: recall against recall with the weightings as dots, precision against recall, ROC, calibration. Drawn as far
//! as there is something to see; the wheel and dragging look closer, a double click goes back.

use std::rc::Rc;

use egui::{Role, Ui, Vec2, vec2};
use egui_plot::{AxisHints, Plot, PlotPoint, PlotResponse, PlotUi};

use super::axes::{axis, fitted, marks, names, uncut, with_room};
use super::marks::{self as drawn, ink_of, place};
use super::words::{described, in_words};
use super::{calibration, clicks};
use crate::app::{Action, AppState, ClassPlot, Dot, LookAction};
use crate::ui::goal::sign::sign;
use crate::ui::parts::room;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::named;
use crate::visible::visible;

/// A click this near to a dot is meant for it, in points.
const REACH: f32 = 14.0;
/// Room beyond the ends of the axes, in points: the largest mark would be cut by the edge, and so would the last number.
const MARK: f32 = 12.0;
const LAST_NUMBER: f32 = 20.0;
/// Numbers along and up stand no closer than this.
const APART: Vec2 = vec2(46.0, 30.0);
/// What the axes take of the plot's width and height, about.
const AXES: Vec2 = vec2(52.0, 36.0);
/// Points of the wheel that look closer by a factor of e.
const WHEEL: f32 = 240.0;

/// How the plots are looked at.
#[derive(Default)]
pub struct View {
    /// The axes go from 0 to 100 %, whatever there is to see.
    pub whole: bool,
    /// The plot that was moved by hand, and the class in it.
    moved: Option<(ClassPlot, usize)>,
}

impl View {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, dots: &[Dot], actions: &mut Vec<Action>) {
        let theme = theme::of(ui);
        let kind = state.judge.plot;
        let looked_at = (kind, state.weighed_class());
        let class = state.looked_at_classes().get(state.weighed_class());
        let class = class.map(|class| visible(class).into_owned()).unwrap_or_default();
        let space = ui.available_size() - AXES;
        let now = drawn::now(state);
        let folds = state.fold_dots(dots);
        let ends = self.ends(state, &[dots, &folds].concat(), now, space);
        let is_moved = self.moved == Some(looked_at);
        let calibration = (kind == ClassPlot::Calibration).then(|| calibration::Curves::of(state));
        let calibration = calibration.flatten().map(Rc::new);
        let made = made(ui, state, (&class, calibration.clone()), space, ends, theme);
        let shown = made.show(ui, |plot| {
            if !is_moved {
                plot.set_auto_bounds(true);
            }
            let looks_closer = look_closer(plot);
            if kind == ClassPlot::Calibration {
                calibration::threshold(plot, state, theme);
            } else {
                drawn::curve(plot, state, theme);
                drawn::goal(plot, state, theme);
                drawn::folds(plot, state, &folds, theme);
                drawn::weightings(plot, state, dots, theme);
            }
            if let Some(curves) = &calibration {
                curves.draw(plot, theme);
            }
            if let Some(at) = now {
                drawn::current(plot, at, theme);
            }
            looks_closer
        });
        signs(ui, state, dots, now, &shown, theme);
        let response = &shown.response;
        if response.dragged() || shown.inner {
            self.moved = Some(looked_at);
        }
        if response.double_clicked() {
            self.moved = None;
        }
        named(response, Role::Canvas, &described(state, &class));
        let near = dot_under_pointer(&shown, dots, kind);
        let Some(dot) = near else {
            if let (true, Some(at)) = (response.clicked(), response.interact_pointer_pos()) {
                actions.extend(clicks::asked(state, &shown.transform, at, REACH));
            }
            return;
        };
        if response.clicked() {
            actions.push(Action::Look(LookAction::Run(dot.run)));
        }
        let response = shown.response.on_hover_cursor(egui::CursorIcon::PointingHand);
        response.on_hover_text_at_pointer(in_words(state, dot, &class));
    }

    pub fn reset(&mut self) {
        self.moved = None;
    }

    /// Of both axes.
    fn ends(&self, state: &AppState, dots: &[Dot], now: Option<[f64; 2]>, space: Vec2) -> [[f64; 2]; 2] {
        let kind = state.judge.plot;
        let goal = drawn::goal_lines(state);
        let places: Vec<[f64; 2]> = dots
            .iter()
            .filter_map(|dot| place(dot, kind))
            .chain(now)
            .collect();
        let of_axis = |axis: usize| match self.whole || places.is_empty() {
            true => [0.0, 1.0],
            false => fitted(places.iter().map(|place| place[axis]).chain(goal[axis])),
        };
        [
            with_room(of_axis(0), MARK, LAST_NUMBER, space.x),
            with_room(of_axis(1), MARK, MARK, space.y),
        ]
    }
}

/// By the wheel; whether it was turned.
fn look_closer(plot: &mut PlotUi<'_>) -> bool {
    let wheel = plot.ctx().input(|i| i.smooth_scroll_delta().y);
    let is_turned = plot.response().hovered() && wheel != 0.0;
    if is_turned {
        plot.zoom_bounds_around_hovered(Vec2::splat((wheel / WHEEL).exp()));
    }
    is_turned
}

fn made<'a>(
    ui: &Ui,
    state: &AppState,
    (class, calibration): (&str, Option<Rc<calibration::Curves>>),
    space: Vec2,
    [along, up]: [[f64; 2]; 2],
    theme: &'a Theme,
) -> Plot<'a> {
    let kind = state.judge.plot;
    let [x_name, y_name] = names(state, kind, class);
    let x_name = x_name.fitted(ui, space.x, theme);
    let y_name = match ui.available_height() - AXES.y < room::SHARES_HEIGHT {
        true => egui::RichText::default(),
        false => y_name.fitted(ui, space.y, theme),
    };
    let class = class.to_owned();
    Plot::new(("weigh", kind as u8))
        .show_background(false)
        .allow_scroll(false)
        .set_margin_fraction(vec2(0.0, 0.0))
        .default_x_bounds(along[0], along[1])
        .default_y_bounds(up[0], up[1])
        .grid_color(theme.line)
        .x_grid_spacer(move |input| uncut(marks(input.bounds, space.x, APART.x), input.bounds, space.x))
        .y_grid_spacer(move |input| marks(input.bounds, space.y, APART.y))
        .cursor_color(theme.line)
        .custom_x_axes(vec![axis(AxisHints::new_x(), theme).label(x_name)])
        .custom_y_axes(vec![axis(AxisHints::new_y(), theme).label(y_name)])
        // Dots have a readout of their own.
        .label_formatter(move |at| calibration.as_ref()?.readout(at, &class))
}

/// Over the plot, where there is a goal: whether each weighting meets it, and what is looked at.
fn signs(
    ui: &Ui,
    state: &AppState,
    dots: &[Dot],
    now: Option<[f64; 2]>,
    shown: &PlotResponse<bool>,
    theme: &Theme,
) {
    let painter = ui.painter_at(shown.transform.frame().expand(1.0));
    let at = |[x, y]: [f64; 2]| shown.transform.position_from_point(&PlotPoint::new(x, y));
    let kind = state.judge.plot;
    for dot in dots.iter().filter(|_| kind != ClassPlot::Calibration) {
        if let (Some(met), Some(place)) = (state.goal_of_run(dot.run), place(dot, kind)) {
            sign(&painter, at(place), met, ink_of(state, dot, theme));
        }
    }
    let standing = state.standing(state.looking.part);
    if let (Some(place), Some(met)) = (now, standing.and_then(|standing| standing.met)) {
        sign(&painter, at(place), met, theme.on_accent);
    }
}

/// The nearest dot, where one is near enough to be meant.
fn dot_under_pointer<'a>(shown: &PlotResponse<bool>, dots: &'a [Dot], kind: ClassPlot) -> Option<&'a Dot> {
    let pointer = shown.response.hover_pos()?;
    let away = |dot: &Dot| {
        place(dot, kind).map_or(f32::MAX, |[x, y]| {
            let at = shown.transform.position_from_point(&PlotPoint::new(x, y));
            at.distance(pointer)
        })
    };
    let nearest = dots.iter().min_by(|a, b| away(a).total_cmp(&away(b)))?;
    (away(nearest) < REACH).then_some(nearest)
}
