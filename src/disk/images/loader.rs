//! Decodes ahead of the network, on all cores and in bounded memory.
//!
//! Work is handed out image by image in the order of the batches, so that all threads work on the batch that is waited
//! for before any works on the next. A thread goes ahead of the consumer by at most [`BATCHES_AHEAD`] batches (or a few
//! images a thread, where batches are tiny) and only while the finished images hold less than [`BYTES_AHEAD`].

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::bytes::read_image;
use super::content::{ContentHash, content_hash};
use super::decode::{Pixels, decode_to_resize};
use super::header::inspect;
use super::resize::{before_crop, to_network_size};
use crate::error::{Error, Result};
use crate::experiment::Resize;
use crate::protocol::Cancel;
use crate::spawn::spawn;

/// Batches that may be in the making beyond the one that is waited for.
pub const BATCHES_AHEAD: usize = 2;
/// Finished pixels that may lie ready before only the batch that is waited for is worked on. One image per thread, as
/// large as its file says, comes on top while it is decoded.
pub const BYTES_AHEAD: usize = 512 << 20;
/// Where batches are tiny: images that each thread may be ahead nevertheless.
const IMAGES_AHEAD_PER_THREAD: usize = 4;
/// How long a blocked thread may overlook a request to stop.
const POLL: Duration = Duration::from_millis(25);

/// What to load.
#[derive(Debug, Clone)]
pub struct Plan {
    pub root: PathBuf,
    /// Of all images of the dataset, relative to `root`.
    pub paths: Arc<[PathBuf]>,
    /// Indices into `paths`, in the order in which they are wanted.
    pub batches: Vec<Vec<usize>>,
    pub resize: Resize,
    pub image_size: u32,
    pub n_threads: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// The images that were decoded, in the order asked for.
    pub indices: Vec<usize>,
    /// Of the very bytes that were decoded, image by image.
    pub contents: Vec<ContentHash>,
    /// `[indices.len(), height, width, 3]`
    pub pixels: Vec<u8>,
    pub height: u32,
    pub width: u32,
    /// The images that were not.
    pub failures: Vec<Failure>,
}

/// An image that was not decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub image_idx: usize,
    /// What happened and what to do.
    pub message: String,
    /// Of bytes that are not an image, and never will be.
    pub content: Option<ContentHash>,
}

/// Yields the batches in order, then `None`. After [`Error::Stopped`] it yields nothing more.
pub struct Loader {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    waited: Duration,
}

impl Loader {
    /// Starts decoding at once.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn start(plan: Plan, cancel: Cancel) -> Result<Loader> {
        let n_threads = plan.n_threads.max(1);
        let making = plan.batches.iter().map(|batch| Making::of(batch.len())).collect();
        let shared = Arc::new(Shared {
            size: common_size(&plan.root, &plan.paths, plan.resize),
            n_images_ahead: n_threads * IMAGES_AHEAD_PER_THREAD,
            plan,
            cancel,
            state: Mutex::new(State {
                making,
                ..State::default()
            }),
            room: Condvar::new(),
            ready: Condvar::new(),
        });
        let mut loader = Loader {
            shared,
            threads: Vec::with_capacity(n_threads),
            waited: Duration::ZERO,
        };
        for i in 0..n_threads {
            let shared = Arc::clone(&loader.shared);
            let thread = spawn(format!("cw-decode-{i}"), move || shared.work())?;
            loader.threads.push(thread);
        }
        Ok(loader)
    }

    /// How long the consumer has waited for batches so far.
    pub fn waited(&self) -> Duration {
        self.waited
    }
}

impl Iterator for Loader {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Result<Batch>> {
        let started = Instant::now();
        let batch = self
            .shared
            .take(|| self.threads.iter().all(JoinHandle::is_finished));
        self.waited += started.elapsed();
        batch
    }
}

/// Waits for the images that are being decoded, and for no other.
impl Drop for Loader {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.room.notify_all();
        for thread in self.threads.drain(..) {
            // A thread that crashed has been reported by `next`, or nobody waits for it any more.
            let _ = thread.join();
        }
    }
}

/// An image's pixels at the network's size and the hash of its file, or why there are none; with the hash where it is
/// the file's content that is at fault.
type Loaded = std::result::Result<(Pixels, ContentHash), (String, Option<ContentHash>)>;

/// A batch in the making.
#[derive(Default)]
struct Making {
    /// By place in the batch.
    images: Vec<Option<Loaded>>,
    n_missing: usize,
    batch: Option<Batch>,
}

impl Making {
    fn of(n_images: usize) -> Self {
        // A batch of nothing is ready from the start.
        let batch = (n_images == 0).then(Batch::default);
        Making {
            images: Vec::new(),
            n_missing: n_images,
            batch,
        }
    }
}

#[derive(Default)]
struct State {
    /// From the batch that the consumer gets next to the last.
    making: VecDeque<Making>,
    /// Batches that the consumer has got.
    n_taken: usize,
    /// Batch and place in it of the next image to hand out.
    next: (usize, usize),
    /// Images handed out that the consumer has not got.
    n_ahead: usize,
    /// Bytes of finished images that the consumer has not got.
    n_bytes: usize,
    is_closed: bool,
}

struct Shared {
    plan: Plan,
    cancel: Cancel,
    /// With [`Resize::None`]: what all images must be, width and height.
    size: Option<(u32, u32)>,
    n_images_ahead: usize,
    state: Mutex<State>,
    /// There may be an image to hand out.
    room: Condvar,
    /// A batch is ready.
    ready: Condvar,
}

impl Shared {
    /// No code that can panic runs under the lock, so a poisoned one holds a good state.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, on: &Condvar, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        on.wait_timeout(state, POLL)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    fn work(&self) {
        while let Some((batch_idx, place)) = self.claim() {
            let image_idx = self.plan.batches[batch_idx][place];
            let loaded = catch_unwind(AssertUnwindSafe(|| self.load(image_idx)));
            let crashed = |_| {
                Err((
                    "decoding it crashed, which is a fault of the decoder; re-save it as PNG".into(),
                    None,
                ))
            };
            self.deliver(batch_idx, place, loaded.unwrap_or_else(crashed));
        }
    }

    /// The next image to load, once there is room for it; `None` when there is no more to do.
    fn claim(&self) -> Option<(usize, usize)> {
        let mut state = self.lock();
        loop {
            while self
                .plan
                .batches
                .get(state.next.0)
                .is_some_and(|batch| state.next.1 >= batch.len())
            {
                state.next = (state.next.0 + 1, 0);
            }
            let (batch_idx, place) = state.next;
            if state.is_closed || self.cancel.is_cancelled() || batch_idx >= self.plan.batches.len() {
                return None;
            }
            let is_near = batch_idx <= state.n_taken + BATCHES_AHEAD || state.n_ahead < self.n_images_ahead;
            if batch_idx == state.n_taken || is_near && state.n_bytes < BYTES_AHEAD {
                state.next.1 += 1;
                state.n_ahead += 1;
                return Some((batch_idx, place));
            }
            state = self.wait(&self.room, state);
        }
    }

    fn load(&self, image_idx: usize) -> Loaded {
        let path = self.plan.root.join(&self.plan.paths[image_idx]);
        let message = |error| match error {
            Error::File { message, .. } => message,
            other => other.to_string(),
        };
        let elsewhere = |error| (message(error), None);
        let bytes = read_image(&path, &self.cancel).map_err(elsewhere)?;
        let (resize, image_size) = (self.plan.resize, self.plan.image_size);
        let wanted = |width, height| before_crop(resize, image_size, width, height);
        let source = decode_to_resize(&bytes, &path, &self.cancel, wanted)
            .map_err(|error| (message(error), Some(content_hash(&bytes))))?;
        let pixels = to_network_size(source, resize, image_size).map_err(elsewhere)?;
        match self.size {
            Some((width, height)) if (pixels.width, pixels.height) != (width, height) => Err((
                format!(
                    "it is {} x {} pixels where the first image is {width} x {height}; choose a resize other than none",
                    pixels.width, pixels.height
                ),
                None,
            )),
            _ => Ok((pixels, content_hash(&bytes))),
        }
    }

    /// Puts an image in its place. Whoever brings a batch's last image puts the batch together.
    fn deliver(&self, batch_idx: usize, place: usize, loaded: Loaded) {
        let indices = &self.plan.batches[batch_idx];
        let mut state = self.lock();
        state.n_bytes += loaded.as_ref().map_or(0, |(pixels, _)| pixels.rgb.len());
        // The consumer gets no batch before all of its images are there.
        let from_front = batch_idx - state.n_taken;
        let making = &mut state.making[from_front];
        making.images.resize_with(indices.len(), || None);
        making.images[place] = Some(loaded);
        making.n_missing -= 1;
        if making.n_missing > 0 {
            return;
        }
        let images = std::mem::take(&mut making.images);
        drop(state);
        let batch = put_together(indices, images);
        let mut state = self.lock();
        let from_front = batch_idx - state.n_taken;
        state.making[from_front].batch = Some(batch);
        self.ready.notify_all();
    }

    /// The next batch, once it is ready. `are_dead` says whether all threads have ended.
    fn take(&self, are_dead: impl Fn() -> bool) -> Option<Result<Batch>> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            let front = state.making.front_mut()?;
            let error = match (self.cancel.check(), front.batch.take()) {
                (Err(stopped), _) => stopped,
                (Ok(()), Some(batch)) => {
                    state.n_ahead -= self.plan.batches[state.n_taken].len();
                    state.n_bytes -= batch.pixels.len();
                    state.making.pop_front();
                    state.n_taken += 1;
                    self.room.notify_all();
                    return Some(Ok(batch));
                }
                (Ok(()), None) if are_dead() => Error::Job("the threads that decode images crashed".into()),
                (Ok(()), None) => {
                    state = self.wait(&self.ready, state);
                    continue;
                }
            };
            state.is_closed = true;
            return Some(Err(error));
        }
    }
}

/// With [`Resize::None`], the size of the dataset's first readable image.
pub fn common_size(root: &Path, paths: &[PathBuf], resize: Resize) -> Option<(u32, u32)> {
    match resize {
        Resize::None => paths.iter().find_map(|path| size(root, path)),
        _ => None,
    }
}

/// How many of these images have each size, as far as they can be read.
pub fn sizes<'a>(root: &Path, paths: impl Iterator<Item = &'a Path>) -> BTreeMap<(u32, u32), usize> {
    let mut sizes = BTreeMap::new();
    for size in paths.filter_map(|path| size(root, path)) {
        *sizes.entry(size).or_default() += 1;
    }
    sizes
}

/// As the file's header declares it.
fn size(root: &Path, path: &Path) -> Option<(u32, u32)> {
    let file = File::open(root.join(path)).ok()?;
    let header = inspect(&mut BufReader::new(file)).ok()?;
    Some((header.width, header.height))
}

fn put_together(indices: &[usize], images: Vec<Option<Loaded>>) -> Batch {
    let mut batch = Batch::default();
    for (&image_idx, loaded) in indices.iter().zip(images.into_iter().flatten()) {
        match loaded {
            Ok((image, content)) => {
                if batch.indices.is_empty() {
                    (batch.width, batch.height) = (image.width, image.height);
                    batch.pixels.reserve_exact(image.rgb.len() * indices.len());
                }
                batch.indices.push(image_idx);
                batch.contents.push(content);
                batch.pixels.extend_from_slice(&image.rgb);
            }
            Err((message, content)) => batch.failures.push(Failure {
                image_idx,
                message,
                content,
            }),
        }
    }
    batch
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};
    use tempfile::TempDir;

    use super::*;

    /// Image `i` is `[i, i, i]` all over; every seventh is cut off.
    fn plan(n_images: usize, batch: usize, resize: Resize) -> (TempDir, Plan) {
        let dir = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = (0..n_images).map(|i| format!("{i}.png").into()).collect();
        for (i, path) in paths.iter().enumerate() {
            let path = dir.path().join(path);
            RgbImage::from_pixel(12, 10, Rgb([i as u8; 3]))
                .save(&path)
                .unwrap();
            if i % 7 == 6 {
                let bytes = std::fs::read(&path).unwrap();
                std::fs::write(&path, &bytes[..40]).unwrap();
            }
        }
        let order: Vec<usize> = (0..n_images).rev().collect();
        let plan = Plan {
            root: dir.path().into(),
            paths: paths.into(),
            batches: order.chunks(batch).map(<[usize]>::to_vec).collect(),
            resize,
            image_size: 8,
            n_threads: 3,
        };
        (dir, plan)
    }

    #[test]
    fn batches_come_in_order_whole_and_with_their_failures() {
        for batch in [1, 4, 100] {
            let (_dir, plan) = plan(50, batch, Resize::Square);
            let mut loader = Loader::start(plan.clone(), Cancel::new()).unwrap();
            for asked in &plan.batches {
                let got = loader.next().unwrap().unwrap();
                let (failed, whole): (Vec<usize>, Vec<usize>) = asked.iter().partition(|&&i| i % 7 == 6);
                assert_eq!(got.indices, whole);
                assert_eq!(
                    got.failures.iter().map(|f| f.image_idx).collect::<Vec<_>>(),
                    failed
                );
                assert!(
                    got.failures
                        .iter()
                        .all(|f| f.message.starts_with("the file ends before") && f.content.is_some())
                );
                let expect: Vec<u8> = whole.iter().flat_map(|&i| [i as u8; 8 * 8 * 3]).collect();
                assert_eq!(got.pixels, expect);
            }
            assert!(loader.next().is_none());
        }
    }

    #[test]
    fn a_batch_of_nothing_is_a_batch() {
        let (_dir, mut plan) = plan(3, 1, Resize::Square);
        plan.batches = vec![vec![], vec![1], vec![]];
        let sizes: Vec<usize> = Loader::start(plan, Cancel::new())
            .unwrap()
            .map(|b| b.unwrap().indices.len())
            .collect();
        assert_eq!(sizes, [0, 1, 0]);
    }

    #[test]
    fn without_resize_another_size_is_a_failure() {
        let (dir, mut plan) = plan(4, 4, Resize::None);
        RgbImage::new(5, 5).save(dir.path().join("2.png")).unwrap();
        plan.batches = vec![vec![2, 1, 0]];
        let batch = Loader::start(plan, Cancel::new())
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        assert_eq!((batch.indices, batch.width, batch.height), (vec![1, 0], 12, 10));
        let message = "it is 5 x 5 pixels where the first image is 12 x 10; choose a resize other than none";
        let failure = Failure {
            image_idx: 2,
            message: message.to_string(),
            content: None,
        };
        assert_eq!(batch.failures, [failure]);
    }

    #[test]
    fn threads_go_ahead_by_no_more_than_they_may() {
        let (_dir, plan) = plan(200, 20, Resize::Square);
        let mut loader = Loader::start(plan, Cancel::new()).unwrap();
        loader.next().unwrap().unwrap();
        std::thread::sleep(Duration::from_millis(300));
        let state = loader.shared.lock();
        assert_eq!((state.n_taken, state.n_ahead), (1, 20 * (1 + BATCHES_AHEAD)));
    }

    #[test]
    fn a_stop_is_seen_while_waiting_and_before() {
        let (_dir, plan) = plan(200, 200, Resize::Square);
        let cancel = Cancel::new();
        let mut loader = Loader::start(plan, cancel.clone()).unwrap();
        cancel.cancel();
        let started = Instant::now();
        assert!(matches!(loader.next(), Some(Err(Error::Stopped))));
        assert!(loader.next().is_none());
        drop(loader);
        assert!(started.elapsed() < Duration::from_secs(1));
    }

    #[test]
    fn a_panic_is_the_failure_of_its_image() {
        let (_dir, mut plan) = plan(3, 3, Resize::Square);
        // No such path: indexing it panics inside the thread.
        plan.batches = vec![vec![0, 999, 1]];
        let batch = Loader::start(plan, Cancel::new())
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        assert_eq!(batch.indices, [0, 1]);
        assert!(batch.failures[0].message.contains("crashed"));
    }
}
