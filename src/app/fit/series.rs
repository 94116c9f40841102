//! A run's losses as lines to draw: smoothed, on the chosen x axis, and reduced to what a screen can show.
//! A hundred thousand losses must cost a frame no more than a thousand.

use super::plot_view::{PlotView, XAxis};
use crate::experiment::RunRecord;

/// What a series was computed from; as long as it is the same, so is the series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeriesKey {
    pub n_losses: usize,
    pub x: XAxis,
    pub smoothing: f64,
    pub log: bool,
    pub means: bool,
    /// The part of the x axis that is seen.
    pub range: [f64; 2],
    pub n_columns: usize,
}

impl SeriesKey {
    pub fn new(record: &RunRecord, view: &PlotView, range: [f64; 2], n_columns: usize) -> Self {
        SeriesKey {
            n_losses: record.losses.len(),
            x: view.x,
            smoothing: view.smoothing,
            log: view.log,
            means: view.means,
            range,
            n_columns: n_columns.max(1),
        }
    }
}

/// Points `[x, loss]`, x ascending; the loss as its logarithm to base ten where the key says so.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// Two points a column, the smallest and the largest loss, where there are more losses than that.
    pub raw: Vec<[f64; 2]>,
    /// Exponential moving average, corrected for its start.
    pub smooth: Vec<[f64; 2]>,
    /// The notebook's points: after every twentieth iteration of an epoch the mean of those twenty.
    pub means: Vec<[f64; 2]>,
}

/// Iterations that one of the notebook's points is the mean of.
pub const MEAN_OF: usize = 20;

pub fn series(record: &RunRecord, key: &SeriesKey) -> Series {
    let mut positions = Positions::new(record, key.x);
    let [left, right] = key.range;
    let width = (right - left).max(f64::MIN_POSITIVE) / key.n_columns as f64;
    let dense = record.losses.len() > 2 * key.n_columns;
    let mut average = Average::new(key.smoothing);
    let mut out = Series::default();
    let mut column = Column::default();
    for (i, &loss) in record.losses.iter().enumerate() {
        let smooth = average.next(f64::from(loss));
        let x = positions.x(i);
        if x < left || x > right || !loss.is_finite() {
            continue;
        }
        let point = [x, scaled(f64::from(loss), key.log)];
        let smooth = [x, scaled(smooth, key.log)];
        if !dense {
            out.raw.push(point);
            out.smooth.push(smooth);
            continue;
        }
        let index = ((x - left) / width) as usize;
        if column.index != index {
            column.flush(&mut out);
            column.index = index;
        }
        column.take(point, smooth);
    }
    column.flush(&mut out);
    if key.means {
        out.means = means(record, key);
    }
    out
}

/// Where they stand closer than a quarter of a column, only the smallest and the largest of a column are kept.
fn means(record: &RunRecord, key: &SeriesKey) -> Vec<[f64; 2]> {
    let mut positions = Positions::new(record, key.x);
    let [left, right] = key.range;
    let width = 4.0 * (right - left).max(f64::MIN_POSITIVE) / key.n_columns as f64;
    let ends = record
        .epoch_starts
        .iter()
        .skip(1)
        .copied()
        .chain([record.losses.len()]);
    let mut points = Vec::new();
    for (&start, end) in record.epoch_starts.iter().zip(ends) {
        for (i, twenty) in record.losses[start..end].chunks_exact(MEAN_OF).enumerate() {
            let mean = twenty.iter().map(|&l| f64::from(l)).sum::<f64>() / MEAN_OF as f64;
            let x = positions.x(start + (i + 1) * MEAN_OF - 1);
            if x >= left && x <= right && mean.is_finite() {
                points.push([x, scaled(mean, key.log)]);
            }
        }
    }
    if points.len() <= key.n_columns / 2 {
        return points;
    }
    let mut out = Series::default();
    let mut column = Column::default();
    for point in points {
        let index = ((point[0] - left) / width) as usize;
        if column.index != index {
            column.flush(&mut out);
            column.index = index;
        }
        column.take(point, point);
    }
    column.flush(&mut out);
    out.raw
}

/// As the plot draws a loss.
pub fn scaled(loss: f64, log: bool) -> f64 {
    if log { loss.max(1e-6).log10() } else { loss }
}

/// Losses that fall on one column of the screen.
#[derive(Default)]
struct Column {
    index: usize,
    extremes: Option<([f64; 2], [f64; 2])>,
    smooth: [f64; 2],
}

impl Column {
    fn take(&mut self, point: [f64; 2], smooth: [f64; 2]) {
        let (low, high) = self.extremes.get_or_insert((point, point));
        if point[1] < low[1] {
            *low = point;
        }
        if point[1] > high[1] {
            *high = point;
        }
        self.smooth = smooth;
    }

    fn flush(&mut self, out: &mut Series) {
        if let Some((low, high)) = self.extremes.take() {
            let (first, second) = if low[0] <= high[0] {
                (low, high)
            } else {
                (high, low)
            };
            out.raw.extend([first, second]);
            out.smooth.push(self.smooth);
        }
    }
}

/// An exponential moving average that starts unbiased: Kingma and Ba 2015, section 3.
struct Average {
    smoothing: f64,
    sum: f64,
    weight: f64,
}

impl Average {
    fn new(smoothing: f64) -> Self {
        Average {
            smoothing: smoothing.clamp(0.0, 0.999),
            sum: 0.0,
            weight: 0.0,
        }
    }

    fn next(&mut self, value: f64) -> f64 {
        if value.is_finite() {
            self.sum = self.smoothing * self.sum + (1.0 - self.smoothing) * value;
            self.weight = self.smoothing * self.weight + (1.0 - self.smoothing);
        }
        self.sum / self.weight.max(f64::MIN_POSITIVE)
    }
}

/// Where each loss lies on the x axis; asked in ascending order.
struct Positions<'a> {
    record: &'a RunRecord,
    axis: XAxis,
    epoch: usize,
    tick: usize,
}

impl<'a> Positions<'a> {
    fn new(record: &'a RunRecord, axis: XAxis) -> Self {
        Positions {
            record,
            axis,
            epoch: 0,
            tick: 0,
        }
    }

    fn x(&mut self, i: usize) -> f64 {
        match self.axis {
            XAxis::Iteration => (i + 1) as f64,
            XAxis::Epoch => self.epoch_at(i),
            XAxis::Time => self.secs_at(i),
        }
    }

    fn epoch_at(&mut self, i: usize) -> f64 {
        let starts = &self.record.epoch_starts;
        while starts.get(self.epoch + 1).is_some_and(|&start| start <= i) {
            self.epoch += 1;
        }
        let start = starts.get(self.epoch).copied().unwrap_or(0);
        let started = self.record.started.as_ref();
        let per_epoch = started.map_or(1, |s| s.iterations_per_epoch.max(1));
        self.epoch as f64 + (i - start + 1) as f64 / per_epoch as f64
    }

    /// Losses of one batch of steps share its time evenly.
    fn secs_at(&mut self, i: usize) -> f64 {
        let clock = &self.record.clock;
        while clock.get(self.tick).is_some_and(|&(done, _)| done <= i) {
            self.tick += 1;
        }
        let (done, secs) = clock.get(self.tick).copied().unwrap_or((i + 1, 0.0));
        let (before, since) = match self.tick.checked_sub(1).and_then(|t| clock.get(t)) {
            Some(&tick) => tick,
            // When the first step began is not recorded; take its batch to be as quick as the next.
            None => (0, (secs - first_span(clock)).max(0.0)),
        };
        since + (secs - since) * (i + 1 - before) as f64 / (done - before).max(1) as f64
    }
}

fn first_span(clock: &[(usize, f64)]) -> f64 {
    match clock {
        [(first, a), (second, b), ..] if second > first => (b - a) * *first as f64 / (second - first) as f64,
        _ => 0.0,
    }
}

/// The right end of a run on that axis.
pub fn last_x(record: &RunRecord, axis: XAxis) -> f64 {
    match record.losses.len() {
        0 => 0.0,
        n => match axis {
            XAxis::Iteration => n as f64,
            XAxis::Time => record.clock.last().map_or(0.0, |tick| tick.1),
            XAxis::Epoch => {
                let mut positions = Positions::new(record, axis);
                positions.x(n - 1)
            }
        },
    }
}

/// Validation losses after epochs as `[x, loss]`.
pub fn validation(record: &RunRecord, view: &PlotView) -> Vec<[f64; 2]> {
    use crate::experiment::{Part, When};
    let of_epoch = |e: &crate::experiment::Evaluation| {
        let When::Epoch(epoch) = e.when else { return None };
        if e.part != Part::Val {
            return None;
        }
        let end = record.epoch_starts.get(epoch as usize).copied();
        let x = match view.x {
            XAxis::Iteration => end.unwrap_or(record.losses.len()) as f64,
            XAxis::Epoch => f64::from(epoch),
            XAxis::Time => e.elapsed_secs,
        };
        let loss = if view.weighted { e.weighted_loss } else { e.loss };
        Some([x, scaled(loss, view.log)])
    };
    record.evaluations.iter().filter_map(of_epoch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{RunEvent, Steps};

    fn record(n: usize) -> RunRecord {
        let mut record = RunRecord::default();
        for epoch in 1..=2 {
            record.apply(&RunEvent::Steps(Steps {
                epoch,
                first: 1,
                losses: (0..n / 2).map(|i| if i % 2 == 0 { 1.0 } else { 3.0 }).collect(),
                elapsed_secs: f64::from(epoch),
            }));
        }
        record
    }

    fn key(record: &RunRecord, n_columns: usize) -> SeriesKey {
        let range = [0.0, record.losses.len() as f64];
        SeriesKey::new(record, &PlotView::default(), range, n_columns)
    }

    #[test]
    fn few_losses_are_drawn_as_they_are() {
        let record = record(8);
        let series = series(&record, &key(&record, 100));
        assert_eq!(series.raw.len(), 8);
        assert_eq!(series.raw[1], [2.0, 3.0]);
        // The average starts at the first loss, not at zero.
        assert_eq!(series.smooth[0], [1.0, 1.0]);
        assert!(series.smooth[7][1] > 1.5 && series.smooth[7][1] < 2.5);
    }

    #[test]
    fn many_losses_keep_their_extremes_and_order() {
        let record = record(100_000);
        let series = series(&record, &key(&record, 500));
        assert!(series.raw.len() <= 2 * 501 && series.smooth.len() <= 501);
        assert!(series.raw.windows(2).all(|w| w[0][0] <= w[1][0]));
        assert!(series.raw.iter().any(|p| p[1] == 1.0) && series.raw.iter().any(|p| p[1] == 3.0));
    }

    #[test]
    fn every_twenty_iterations_of_an_epoch_give_one_mean() {
        let mut record = RunRecord::default();
        for epoch in 1..=2 {
            record.apply(&RunEvent::Steps(Steps {
                epoch,
                first: 1,
                losses: (0..50).map(|i| (i / 20) as f32 + epoch as f32).collect(),
                elapsed_secs: f64::from(epoch),
            }));
        }
        let view = PlotView {
            means: true,
            ..PlotView::default()
        };
        let means =
            |n_columns| series(&record, &SeriesKey::new(&record, &view, [0.0, 100.0], n_columns)).means;
        // The last ten of each epoch of fifty do not fill a twenty: the notebook leaves them out, too.
        assert_eq!(means(100), [[20.0, 1.0], [40.0, 2.0], [70.0, 2.0], [90.0, 3.0]]);
        assert!(means(4).len() <= 4, "{:?}", means(4));
    }

    #[test]
    fn epochs_and_seconds_reach_the_same_end() {
        let record = record(8);
        assert_eq!(last_x(&record, XAxis::Iteration), 8.0);
        assert_eq!(last_x(&record, XAxis::Time), 2.0);
        let mut positions = Positions::new(&record, XAxis::Time);
        let secs: Vec<f64> = (0..8).map(|i| positions.x(i)).collect();
        assert_eq!(secs, [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0]);
    }
}
