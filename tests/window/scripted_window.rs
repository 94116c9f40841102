//! The window over the scripted engine, to look at it without training anything:
//! `cargo run --example scripted_window --no-default-features --features gui`.
//! `PACE` is the milliseconds between two batches of steps.

use std::time::Duration;

use counterweight::app::Folders;

mod scripted;

fn main() -> counterweight::error::Result<()> {
    let pace = std::env::var("PACE")
        .ok()
        .and_then(|p| p.parse().ok())
        .unwrap_or(60);
    let folders = Folders {
        runs_dir: "runs".into(),
        demo_dir: "faces-6k".into(),
        pasted_dir: "pasted".into(),
        ..Folders::default()
    };
    counterweight::ui::open(
        |wake| Ok(scripted::start(wake, Duration::from_millis(pace))),
        folders,
        Box::new(|| None),
    )
}
