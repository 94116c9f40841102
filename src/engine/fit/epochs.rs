//! One epoch of training. On features that are there the heads are shared out among the processor's cores, and each
//! core goes through the epoch by itself: sharing single operations instead has all cores wait for the slowest at every
//! one of them, and takes ten times as long where something else runs beside.

use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use tch::Device;

use super::member::{Member, unless_all_failed};
use super::setup::Setup;
use super::shards::Shard;
use super::training::Training;
use crate::engine::backbone::Mode;
use crate::engine::device::threads;
use crate::engine::features::{Features, Table};
use crate::error::Result;
use crate::experiment::RunEvent;
use crate::jobs::journal::Journal;
use crate::jobs::progress::Reporter;
use crate::protocol::{Cancel, Phase, StepBatch};

/// How often a core reports its losses: waking the listener costs as much as a step.
const TELL_EVERY: Duration = Duration::from_millis(20);

/// Trains every shard on the epoch's batches, and the training's heads become what the shards' are; after a stop or an
/// error as far as each has come.
///
/// # Errors
/// Stopped; a libtorch fault; no head is left whose loss is a number.
pub fn train_epoch(
    setup: &Setup,
    training: &mut Training,
    shards: &mut [Shard],
    epoch: u32,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    let order = setup.epoch_order(epoch);
    progress.begin(Phase::Train, order.len());
    let began_secs = progress.elapsed_secs();
    let steps = training.members.iter();
    let mut losses = Losses {
        epoch,
        journal,
        steps: steps.map(|_| StepBatch::starting_at(began_secs)).collect(),
        members: &mut training.members,
        n_images: 0,
    };
    let result = match training.features {
        Features::Table(table) => on_table(setup, table, shards, &order, &mut losses, progress),
        Features::Live(live) => {
            let (shard, n_batches) = (&mut shards[0], &mut training.n_batches);
            let mut iteration = 0;
            live.pass(
                &setup.network,
                Mode::Train,
                &order,
                progress,
                |batch, progress| {
                    let of_step = shard.step_on(&batch.features, &batch.labels)?;
                    iteration += 1;
                    *n_batches += 1;
                    losses.n_images += batch.indices.len();
                    losses.take(0, iteration, &of_step, progress.elapsed_secs())
                },
            )
        }
    };
    // What was computed before a stop is kept too.
    let flushed = losses.flush(progress.elapsed_secs());
    training.n_images += losses.n_images;
    for shard in shards {
        for (i, head) in shard.heads.clone().zip(shard.now()?) {
            training.heads.set(i, &head)?;
        }
    }
    result.and(flushed)
}

/// Each shard on a thread of its own; this one reports what they find.
fn on_table(
    setup: &Setup,
    table: &Table,
    shards: &mut [Shard],
    order: &[usize],
    losses: &mut Losses,
    progress: &mut Reporter,
) -> Result<()> {
    let (n_batch, device) = (setup.config.batch, setup.network.device);
    let _alone = match shards {
        [shard] => threads::alone_if_small(n_batch * shard.n_parameters()),
        _ => Some(threads::alone()),
    };
    let n_threads = tch::get_num_threads();
    let (order, cancel) = (table.readable(order), progress.cancel.clone());
    let (order, cancel) = (&order[..], &cancel);
    let (sender, receiver) = unbounded();
    thread::scope(|scope| {
        let mut running = Vec::new();
        for shard in shards {
            let sender = sender.clone();
            let on_thread = move || {
                tch::set_num_threads(n_threads);
                pass(shard, table, device, order.chunks(n_batch), cancel, &sender)
            };
            running.push(threads::spawn_in(scope, "cw-heads", on_thread)?);
        }
        drop(sender);
        let mut result = losses.follow(receiver, progress);
        for thread in running {
            match thread.join() {
                Ok(of_thread) => result = result.and(of_thread),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        result
    })
}

/// Consecutive steps of one shard.
#[derive(Debug, Default)]
struct Stretch {
    first_head: usize,
    /// From 1.
    first_iteration: usize,
    /// Step by step, one of each head.
    losses: Vec<Vec<f32>>,
    n_images: usize,
}

/// One shard's way through the epoch.
fn pass<'a>(
    shard: &mut Shard,
    table: &Table,
    device: Device,
    batches: impl Iterator<Item = &'a [usize]>,
    cancel: &Cancel,
    sender: &Sender<Stretch>,
) -> Result<()> {
    let first_head = shard.heads.start;
    let begin = |first_iteration| Stretch {
        first_head,
        first_iteration,
        ..Stretch::default()
    };
    let mut told = Instant::now();
    let mut stretch = begin(1);
    let mut result = Ok(());
    for (i, indices) in batches.enumerate() {
        result = cancel.check().and_then(|()| {
            stretch.losses.push(shard.step(table, device, indices)?);
            stretch.n_images += indices.len();
            Ok(())
        });
        if result.is_err() {
            break;
        }
        if told.elapsed() >= TELL_EVERY {
            // Nobody listens once all heads have failed.
            if sender
                .send(std::mem::replace(&mut stretch, begin(i + 2)))
                .is_err()
            {
                return Ok(());
            }
            told = Instant::now();
        }
    }
    let _ = sender.send(stretch);
    result
}

/// Turns the losses into facts of the runs.
struct Losses<'a, 'j> {
    epoch: u32,
    journal: &'a mut Journal<'j>,
    members: &'a mut [Member],
    /// One for each member.
    steps: Vec<StepBatch>,
    /// Those that were trained on.
    n_images: usize,
}

impl Losses<'_, '_> {
    /// Until all shards have ended.
    fn follow(&mut self, stretches: Receiver<Stretch>, progress: &mut Reporter) -> Result<()> {
        for stretch in stretches {
            for (iteration, of_step) in (stretch.first_iteration..).zip(&stretch.losses) {
                self.take(stretch.first_head, iteration, of_step, progress.elapsed_secs())?;
            }
            // Every shard sees the same images.
            if stretch.first_head == 0 {
                self.n_images += stretch.n_images;
                progress.advance(stretch.n_images);
            }
        }
        Ok(())
    }

    /// One step's losses of the heads from `first_head` on; an error once no head is left that goes on.
    fn take(&mut self, first_head: usize, iteration: usize, of_step: &[f32], now: f64) -> Result<()> {
        let mut due = Vec::new();
        for (i, &loss) in (first_head..).zip(of_step) {
            let member = &mut self.members[i];
            if member.failure.is_some() {
                continue;
            }
            if loss.is_finite() {
                let steps = self.steps[i].push(self.epoch, iteration, loss, now);
                due.extend(steps.map(|s| (i, RunEvent::Steps(s))));
            } else {
                member.failure = Some(diverged(loss, self.epoch, iteration));
            }
        }
        self.journal.facts(due)?;
        unless_all_failed(self.members)
    }

    fn flush(&mut self, now: f64) -> Result<()> {
        let rest = self.steps.iter_mut().enumerate();
        let rest = rest.filter_map(|(i, steps)| Some((i, RunEvent::Steps(steps.flush(now)?))));
        self.journal.facts(rest.collect())
    }
}

/// A loss that is not finite gives no gradient, and JSON cannot hold it.
fn diverged(loss: f32, epoch: u32, iteration: usize) -> String {
    let loss = if loss.is_nan() { "NaN" } else { "infinite" };
    format!(
        "the loss is {loss} (the training diverged in epoch {epoch}, iteration {iteration}); try a smaller learning rate, or \
         other weights"
    )
}
