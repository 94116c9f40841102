//! The plot: every weighting a line, the least of all rules, and what is at stake as a line to be dragged.

use egui::{Role, Ui, Vec2, vec2};
use egui_plot::{
    AxisHints, GridInput, GridMark, Line, LineStyle, MarkerShape, Plot, PlotPoints, PlotUi, Points, VLine,
};

use crate::app::{Action, AppState, CostRules, Dot, GoalAction};
use crate::metrics::{CostLine, miss_ratio, ratio_in_words, rounded, telling_ratios};
use crate::ui::judge::curves::axes::{axis, uncut};
use crate::ui::judge::curves::marks::ink_of;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::named;
use crate::visible::visible;

/// What the axes take of the plot's width and height, about.
const AXES: Vec2 = vec2(52.0, 36.0);
/// Numbers along stand no closer than this.
const APART: f32 = 34.0;
/// And no nearer to the ends.
const ENDS: [f32; 2] = [10.0, 14.0];
/// What may be asked for.
pub const RATIOS: std::ops::RangeInclusive<f64> = 0.001..=1000.0;
/// Above the most that the best rule costs, for lines to come down from.
const ABOVE: f64 = 1.7;
const MOST: f64 = 0.55;

pub fn plot(ui: &mut Ui, state: &AppState, dots: &[Dot], actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let (Some(prevalence), Some(at)) = (state.prevalence(), state.miss_share()) else {
        return;
    };
    let rules = state.cost_rules();
    let class = state.looked_at_classes().get(state.weighed_class());
    let class = class.map(|class| visible(class).into_owned()).unwrap_or_default();
    let made = made(ui, prevalence, &class, top(&rules), theme);
    let shown = made.show(ui, |plot| {
        weightings(plot, state, dots, theme);
        // On test images nothing is chosen.
        if state.looking.is_on_validation() {
            least(plot, &rules, theme);
        }
        stakes(plot, state, at, theme);
    });
    let response = &shown.response;
    let said = state.cost_in_words().unwrap_or_default();
    named(response, Role::Canvas, &format!("Cost of {class}: {said}"));
    if (response.dragged() || response.clicked())
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let share = shown.transform.value_from_position(pointer).x;
        actions.extend(asked(state, miss_ratio(share, prevalence)));
    }
    response
        .clone()
        .on_hover_cursor(egui::CursorIcon::ResizeHorizontal);
}

/// A miss of the weighed class is to cost that much.
pub fn asked(state: &AppState, ratio: f64) -> Option<Action> {
    let class = state.looked_at_classes().get(state.weighed_class())?;
    let ratio = rounded(ratio.clamp(*RATIOS.start(), *RATIOS.end()), 3);
    let mut stakes = state.stakes().clone();
    stakes.miss_costs.insert(class.clone(), ratio);
    Some(Action::Goal(GoalAction::SetStakes(stakes)))
}

/// How far up the plot goes.
fn top(rules: &CostRules) -> f64 {
    let highest = rules.corners().iter().map(|[_, cost]| *cost).fold(0.02, f64::max);
    (highest * ABOVE).min(MOST)
}

fn made<'a>(ui: &Ui, prevalence: f64, class: &str, top: f64, theme: &'a Theme) -> Plot<'a> {
    let space = ui.available_size() - AXES;
    let along = theme::small(format!("False alarms that a missed {class} costs")).color(theme.muted);
    let up = match space.y {
        ..120.0 => "",
        120.0..210.0 => "Cost",
        _ => "Cost, of all that can be lost",
    };
    let up = theme::small(up).color(theme.muted);
    let number = move |mark: GridMark, _: &_| ratio_in_words(miss_ratio(mark.value, prevalence));
    let x_axis = AxisHints::new_x()
        .tick_label_color(theme.muted)
        .tick_label_font(theme::font(11.0));
    Plot::new("cost lines")
        .show_background(false)
        .allow_scroll(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .set_margin_fraction(vec2(0.0, 0.0))
        .default_x_bounds(0.0, 1.0)
        .default_y_bounds(0.0, top)
        .grid_color(theme.line)
        .show_x(false)
        .show_y(false)
        .x_grid_spacer(move |_: GridInput| marks(prevalence, space.x))
        .y_grid_spacer(move |input| {
            uncut(
                crate::ui::judge::curves::axes::marks(input.bounds, space.y, 30.0),
                input.bounds,
                space.y,
            )
        })
        .custom_x_axes(vec![
            x_axis.label_spacing(1.0..=2.0).formatter(number).label(along),
        ])
        .custom_y_axes(vec![axis(AxisHints::new_y(), theme).label(up)])
        .label_formatter(|_| None)
}

fn marks(prevalence: f64, length: f32) -> Vec<GridMark> {
    let of_length = |points: f32| f64::from(points / length.max(1.0));
    let named = telling_ratios(prevalence, of_length(APART), ENDS.map(of_length)).into_iter();
    let mark = |(value, _)| GridMark {
        value,
        step_size: 1.0,
    };
    named.map(mark).collect()
}

fn line(name: &str, rule: CostLine) -> Line<'static> {
    let ends = vec![[0.0, rule.at(0.0)], [1.0, rule.at(1.0)]];
    Line::new(name.to_owned(), PlotPoints::from(ends)).allow_hover(false)
}

/// Each run by its largest score, and the two rules that need no run.
fn weightings(plot: &mut PlotUi<'_>, state: &AppState, dots: &[Dot], theme: &Theme) {
    for (name, rule) in [("Never", CostLine::NOTHING), ("Always", CostLine::EVERYTHING)] {
        let line = line(name, rule).color(theme.muted).width(1.0);
        plot.line(line.style(LineStyle::dashed_loose()).id(name));
    }
    for dot in dots.iter().filter(|dot| !dot.again) {
        let rule = CostLine::of_recalls(dot.recall, dot.rest_recall);
        let is_chosen = state.looking.run == Some(dot.run);
        let ink = ink_of(state, dot, theme);
        let (ink, width) = if is_chosen {
            (ink, 2.0)
        } else {
            (ink.gamma_multiply(0.6), 1.0)
        };
        let line = line(&state.runs.all[dot.run].label(), rule)
            .color(ink)
            .width(width);
        plot.line(line.id(("cost", dot.run)));
    }
}

/// What the best rule costs everywhere.
fn least(plot: &mut PlotUi<'_>, rules: &CostRules, theme: &Theme) {
    let line = Line::new("Least cost", PlotPoints::from(rules.corners()));
    plot.line(line.color(theme.text).width(2.5).allow_hover(false).id("least"));
}

/// Where things stand.
fn stakes(plot: &mut PlotUi<'_>, state: &AppState, at: f64, theme: &Theme) {
    let line = VLine::new("At stake", at).color(theme.accent).width(1.5);
    plot.vline(line.allow_hover(false).id("at stake"));
    let Some(now) = state.cost_line_now() else { return };
    let diamond = |radius, ink| {
        let points = Points::new("Now", PlotPoints::from(vec![[at, now.at(at)]])).allow_hover(false);
        points.shape(MarkerShape::Diamond).radius(radius).color(ink)
    };
    plot.points(diamond(9.0, theme.panel).id("now ring"));
    plot.points(diamond(7.0, theme.accent).id("now"));
}
