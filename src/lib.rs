//! counterweight: decide how to weigh the classes of an imbalanced image folder.
//!
//! A frozen ImageNet backbone, a new linear head, and a class-weighted cross-entropy: the question is which weights.
//! This page is the map of the house.
//!
//! # One direction
//!
//! ```text
//! disk -> dataset -> split -> pixels -> features -> heads -> events -> run record -> views
//!                                          |                 ^                    |
//!                                     feature store           '----- commands <----'
//! ```
//!
//! Data flows to the right; the only thing that flows back is a [`protocol::Command`]. A front end (the window, the
//! command line) submits commands through a [`protocol::Link`], gets [`protocol::Event`]s, and folds a run's facts through
//! [`experiment::RunRecord::apply`], the only reducer there is. The run folder holds the same facts, one a line.
//!
//! # The rooms
//!
//! | room | what lives there | what must never be there |
//! |---|---|---|
//! | [`metrics`] | confusion matrix, per-class and overall figures, their intervals and differences, what a goal asks of them, curves, losses: pure functions of counts and scores | I/O, threads, clocks |
//! | [`experiment`] | dataset index, split, decisions about labels, config and its validation, a folder's goal, run events and their fold, which images a figure is about | I/O, threads, clocks |
//! | [`health`] | what may be wrong with a folder's images: copies, labels, quality, shortcuts: pure functions of pixels, features and probabilities | I/O, threads, clocks |
//! | [`map`] | where a folder's images lie by their features: pure functions of which image is near which | I/O, threads, clocks |
//! | [`report`] | runs as one page of HTML for people: a pure function of what was read of them | I/O, threads, clocks |
//! | [`protocol`] | commands, events, the link, cancel, step batching | tensors, locks, closures that compute |
//! | [`disk`] | scan, decode, resize, load ahead, small pictures that are kept, weight files, the feature store, run folders and where they are kept, the journal of label decisions, the demo's images | tensors |
//! | [`jobs`] | what a job does around its work: its progress, its end, the facts of its runs; the jobs that only read and write files (runs counted and searched for a goal, folders of images examined and watched, labels decided), which run in the front end's own process | tensors |
//! | `engine` | device, backbones, features, heads and how they are trained, evaluation, prediction, where in an image a class is seen, labels examined out of fold, live weights, worker threads | a window |
//! | [`remote`] | the engine in a process of its own: messages through two pipes, and what happens when it ends | tensors, a window |
//! | [`app`] | what the window shows, as plain data, a folder a subject: state, actions, what an event changes | drawing, tensors, files |
//! | `ui` | the window: one file a panel, theme, the eframe application | tensors, blocking calls |
//! | [`cli`] | arguments, progress, tables, JSON, exit codes | tensors |
//!
//! [`any_path`], [`backlog`], [`error`], [`formats`], [`log`], [`memory`], [`now`], [`process`], [`short_name`], [`spawn`] and
//! [`visible`] are for all of them.
//!
//! Who may import whom is checked by `tests/tidy.rs`. The features `torch` and `gui` gate the two heavy rooms, engine and
//! ui; without them the rest compiles and tests without libtorch and without a window. `main.rs` is the program; built
//! without `torch`, as `make run` builds it so that its window opens at once, it starts `engine_main.rs` beside it.
//!
//! # Where a newcomer puts things
//!
//! - A hyperparameter: a field of [`experiment::Config`], its entry in `experiment/config/fields.rs` (flag, label, range,
//!   what depends on it), a control in `ui/fit/form/` and its use in the engine.
//! - A figure: a function in `metrics/` and an entry in `metrics/registry.rs`.
//! - A panel: one file in its subject's folder of `ui/` and, if it changes anything, a variant of that subject's action in
//!   `app/`.
//! - A backbone: an entry in `experiment/config/backbone.rs`.
//! - A fact about a run: a variant of [`experiment::RunEvent`] (raise the format, and leave a run of the one before in
//!   `tests/fixtures/compat`) and an arm of `apply`.
//! - Something to do on request: a struct in its subject's file of `protocol/`, a line in `protocol/ask.rs`, and an arm in
//!   `jobs/files/` or, where it takes a tensor, in `engine/worker.rs`.
//!
//! # Promises
//!
//! 1. Messages are owned plain data. A tensor never leaves the engine.
//! 2. Finished, Stopped and Failed are three outcomes in the type. A panic in a job becomes a failed
//!    job, and so does the end of the engine's own process; what needs no tensor goes on without it.
//! 3. Partial failure is data: a scan returns the dataset and its issues, an unreadable image is left out and named.
//! 4. Class and file order are torchvision's. All randomness takes the config's seed; nothing iterates a hash map. Same
//!    config, seed, files and device: same record, except for its timings.
//! 5. Events reach the run folder before they reach a front end. Every other file is renamed into its place. So a run
//!    that another process writes is watched by reading its folder ([`disk::runs::follow`]); no fact is applied twice.
//! 6. An image passes through a frozen backbone once in its life: features are kept by content, and believed only with
//!    their checksum. Where they would depend on the batch there is no key to keep them under.
//! 7. Every thread is named and joined, except for those that wait for what may take for ever: the desktop's file
//!    dialog and file manager, and a file that hangs ([`jobs::beside`]); a request to stop is looked at between two
//!    stages of the network.

pub mod any_path;
pub mod app;
pub mod backlog;
pub mod cli;
pub mod disk;
#[cfg(feature = "torch")]
pub mod engine;
pub mod error;
pub mod experiment;
pub mod formats;
pub mod health;
pub mod jobs;
pub mod log;
pub mod map;
pub mod memory;
pub mod metrics;
pub mod now;
pub mod process;
pub mod protocol;
pub mod remote;
pub mod report;
pub mod short_name;
pub mod spawn;
#[cfg(feature = "gui")]
pub mod ui;
pub mod visible;
