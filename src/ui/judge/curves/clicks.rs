//! A click on a curve is a click on the images that it is made of.

use egui::Pos2;
use egui_plot::{PlotPoint, PlotTransform};

use super::marks::point;
use crate::app::{Action, AppState, ClassPlot, ImagesAction, JudgeAction, Shows};
use crate::metrics::CalibrationBin;

/// What a click asks for, where it is no farther than `reach` points from the curve: of the calibration the images of that
/// tenth of the score; of another curve the threshold there, and the mistakes that it makes.
pub fn asked(state: &AppState, to_screen: &PlotTransform, at: Pos2, reach: f32) -> Vec<Action> {
    let away = |[x, y]: [f64; 2]| to_screen.position_from_point(&PlotPoint::new(x, y)).distance(at);
    let kind = state.judge.plot;
    if kind == ClassPlot::Calibration {
        let bins = state.calibration();
        let bin = nearest(bins.iter(), |bin| away([bin.mean_score, bin.share]), reach);
        return bin.and_then(|bin| of_tenth(state, bin)).into_iter().collect();
    }
    if !state.looking.is_on_validation() {
        return vec![];
    }
    let curve = state.curve();
    let place = |at: &_| point(at, kind).map_or(f32::MAX, away);
    match nearest(curve.iter(), place, reach) {
        Some(found) => vec![
            Action::Judge(JudgeAction::SetThreshold(Some(found.threshold))),
            Action::Images(ImagesAction::Show(Shows::Mistakes)),
        ],
        None => vec![],
    }
}

fn nearest<'a, T>(items: impl Iterator<Item = &'a T>, away: impl Fn(&T) -> f32, reach: f32) -> Option<&'a T> {
    let places = items.map(|item| (away(item), item));
    let (least, item) = places.min_by(|a, b| a.0.total_cmp(&b.0))?;
    (least < reach).then_some(item)
}

fn of_tenth(state: &AppState, bin: &CalibrationBin) -> Option<Action> {
    let class = state.looked_at_classes().get(state.weighed_class())?;
    let tenth = Shows::Tenth(class.clone(), bin.tenth);
    Some(Action::Images(ImagesAction::Show(tenth)))
}
